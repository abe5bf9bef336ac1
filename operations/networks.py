"""From which network somebody comes, as far as an address tells."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network


def network_of(address: str) -> str:
    """The network of an address: whoever has one of IPv6 has all of a /64. Empty where the text is no address."""
    if (known := _address(address)) is None:
        return ""
    return str(ip_network((known, 64), strict=False)) if isinstance(known, IPv6Address) else str(known)


def is_this_machine(address: str) -> bool:
    """Whether it is the machine's own, where a proxy stands, behind which is everybody."""
    known = _address(address)
    return known is not None and known.is_loopback


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        known = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = known.ipv4_mapped if isinstance(known, IPv6Address) else None
    return mapped or known
