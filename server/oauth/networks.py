"""Which network addresses and names are public: what strangers have us ask for must not reach a network of ours."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address

_NAME = re.compile(r"(?=.{4,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")
_NAT64 = IPv6Network("64:ff9b::/96")
_NEVER_V4 = (
    IPv4Network("192.88.99.0/24"),  # Relays of 6to4, withdrawn.
    IPv4Network("168.63.129.16/32"),  # A cloud's own services for its machines, at an address that looks public.
)
_NEVER_V6 = (
    IPv6Network("::/96"),  # An IPv4 address in a form that nobody uses any more.
    IPv6Network("64:ff9b:1::/48"),  # NAT64 within somebody's own network.
    IPv6Network("100::/64"),
    IPv6Network("2001::/23"),  # Teredo, benchmarks, ORCHID: nothing of these is a web server.
    IPv6Network("3fff::/20"),
    IPv6Network("5f00::/16"),
    IPv6Network("fec0::/10"),
)


def is_public_name(host: str) -> bool:
    """Whether a host, in small letters, has the form of a name that the public network can have, with a dot."""
    return _NAME.fullmatch(host) is not None


def is_public(address: Address) -> bool:
    """Whether an address is one of the public network; one that holds another within it, whether that is."""
    if isinstance(address, IPv6Address):
        held = _held_by(address)
        if held is not None:
            return is_public(held)
        if any(address in network for network in _NEVER_V6) or address.scope_id:
            return False
    elif any(address in network for network in _NEVER_V4):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _held_by(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that is asked where this one is: mapped, of 6to4, or behind NAT64."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour
