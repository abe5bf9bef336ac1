"""By whom a request is counted that brings no credential."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.requests import Request

from operations.networks import is_this_machine, network_of
from server.http.limits import Limiter


def asker_of(request: Request, otherwise: str) -> str:
    """The network from which it comes. This machine itself is nobody, for a proxy stands there, behind which is
    everybody: from there it counts by what it asks for, `otherwise`, so that no stranger uses up what is for others.
    Empty where there is nothing to count by.
    """
    address = request.client.host if request.client is not None else ""
    if address and not is_this_machine(address):
        return network_of(address) or address
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
