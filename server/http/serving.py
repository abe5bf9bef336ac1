"""Serving over HTTP: the data folder, the application and uvicorn, from start to a clean stop."""

from __future__ import annotations

import gc
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from invoicing.refusals import Unavailable
from server.app import system_clock
from server.http.application import HttpSettings, http_application
from storage.store import open_store

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


async def serve(data: Path, *, host: str, port: int, public_url: str, announce: Callable[[], None]) -> None:
    """Serve until a signal asks to stop; requests under way are finished first. `announce` is told of the start.

    Raises:
        Unavailable: the address or the port is not to be had.
    """
    url = public_url or f"http://{'[::1]' if host == '::1' else '127.0.0.1'}:{port}"
    listener = _listen(host, port)
    announce()
    async with open_store(data) as store:
        application = http_application(store, system_clock, HttpSettings(port=port, public_url=url))
        config = uvicorn.Config(
            application,
            host=host,
            port=port,
            log_level="warning",
            # Paths hold secret links and signed downloads: no access log ever names them.
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=20,
            # Behind a proxy the public URL says what we are called; forwarded headers are not needed for that.
            proxy_headers=False,
        )
        await StoppingServer(config).serve(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError:
        raise Unavailable(f"{host} port {port} is in use or not to be had: choose another with --port.") from None


class StoppingServer(uvicorn.Server):
    """A server that takes a signal as the wish to stop, and does not raise it again when it has stopped."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        # What the program itself consists of stays for good: garbage is looked for in what requests leave alone.
        gc.collect()
        gc.freeze()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    return host in _LOOPBACK
