"""By whom a request is counted that brings no credential."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv6Address, ip_address

from starlette.requests import Request

from server.http.connections import neighbourhood
from server.http.limits import Limiter


def asker_of(request: Request, otherwise: str) -> str:
    """The network from which it comes. This machine itself is nobody, for a proxy stands there, behind which is
    everybody: from there it counts by what it asks for, `otherwise`, so that no stranger uses up what is for others.
    Empty where there is nothing to count by.
    """
    address = request.client.host if request.client is not None else ""
    if address and not _is_this_machine(address):
        return neighbourhood(address)
    return f"for {hashlib.sha256(otherwise.encode()).hexdigest()}" if otherwise else ""


@contextmanager
def counted(limiter: Limiter, asker: str) -> Iterator[int]:
    """Count a request in and out. 0 where it may go on; otherwise after how many seconds to try again. Nobody is not
    counted.
    """
    seconds = limiter.enter(asker) if asker else 0
    try:
        yield seconds
    finally:
        if asker and not seconds:
            limiter.leave(asker)


def _is_this_machine(address: str) -> bool:
    try:
        known = ip_address(address)
    except ValueError:
        return False
    mapped = known.ipv4_mapped if isinstance(known, IPv6Address) else None
    return (mapped or known).is_loopback
