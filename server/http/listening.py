"""Where a server listens, and at which URL it is reached."""

from __future__ import annotations

import socket

from invoicing.refusals import Unavailable

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on this address.

    Raises:
        Unavailable: the address or the port is not to be had.
    """
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError:
        raise Unavailable(f"{host} port {port} is in use or not to be had: choose another with --port.") from None
    # Its connections inherit this. asyncio sets it only where a socket names its protocol, which this one does not; and
    # an event stream, which is sent in several parts, would wait 40 ms for the client's acknowledgement of the first.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def url_of(public_url: str, *, host: str, port: int) -> str:
    """Where the server is reached: at a name, because passkeys need one."""
    return public_url or f"http://{'[::1]' if host == '::1' else 'localhost'}:{port}"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    return host in _LOOPBACK
