"""Serving over HTTP: the data folder, the application and uvicorn, from start to a clean stop."""

from __future__ import annotations

import gc
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from sse_starlette.sse import AppStatus
from starlette.types import ASGIApp

from invoicing.refusals import Unavailable
from server.app import system_clock
from server.http.application import HttpSettings, http_application
from server.http.questions import Questions
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
    settings = HttpSettings(port=port, public_url=url)
    questions = Questions(settings.allowance.asking)
    async with open_store(data) as store:
        application = http_application(store, system_clock, settings, questions=questions)
        await serve_application(application, questions, listener)


async def serve_application(application: ASGIApp, questions: Questions, listener: socket.socket) -> None:
    """Serve until a signal asks to stop; requests under way are finished first, those that wait for answers at once."""
    # Otherwise the library that writes event streams would break them off as soon as a signal arrives.
    AppStatus.disable_automatic_graceful_drain()  # type: ignore[no-untyped-call]  # The library leaves it untyped.
    config = uvicorn.Config(
        application,
        log_level="warning",
        # Paths hold secret links and signed downloads: no access log ever names them.
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=20,
        # Behind a proxy the public URL says what we are called; forwarded headers are not needed for that.
        proxy_headers=False,
    )
    # A user may take longer to answer than there is time to stop.
    await StoppingServer(config, questions.close).serve(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError:
        raise Unavailable(f"{host} port {port} is in use or not to be had: choose another with --port.") from None
    # Its connections inherit this. asyncio sets it only where a socket names its protocol, which this one does not; and
    # an event stream, which is sent in several parts, would wait 40 ms for the client's acknowledgement of the first.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


class StoppingServer(uvicorn.Server):
    """A server that takes a signal as the wish to stop, and does not raise it again when it has stopped."""

    def __init__(self, config: uvicorn.Config, before_stopping: Callable[[], None] = lambda: None) -> None:
        super().__init__(config)
        self._before_stopping = before_stopping

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._before_stopping()
        await super().shutdown(sockets=sockets)

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
