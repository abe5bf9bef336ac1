"""By whom a request is counted that brings no credential."""

from __future__ import annotations

import hashlib
from ipaddress import IPv6Address, ip_address

from starlette.requests import Request

from server.http.connections import neighbourhood


def asker_of(request: Request, otherwise: str) -> str:
    """The network from which it comes. This machine itself is nobody, for a proxy stands there, behind which is
    everybody: from there it counts by what it asks for, `otherwise`, so that no stranger uses up what is for others.
    """
    address = request.client.host if request.client is not None else ""
    if address and not _is_this_machine(address):
        return neighbourhood(address)
    return f"for {hashlib.sha256(otherwise.encode()).hexdigest()}"


def _is_this_machine(address: str) -> bool:
    try:
        known = ip_address(address)
    except ValueError:
        return False
    mapped = known.ipv4_mapped if isinstance(known, IPv6Address) else None
    return (mapped or known).is_loopback
