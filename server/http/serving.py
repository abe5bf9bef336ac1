"""Serving over HTTP: the data folder, the application and uvicorn, from start to a clean stop."""

from __future__ import annotations

import gc
import logging
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import uvicorn
from sse_starlette.sse import AppStatus
from starlette.types import ASGIApp

from invoicing.refusals import Conflict, InvalidInput
from invoicing.text.typed import counted
from operations.identity.public_url import Lost, serve_at
from server.app import system_clock
from server.http.accepting import Acceptor
from server.http.application import HttpSettings, http_application
from server.http.connections import OpenConnections, Shares
from server.http.limits import Allowance
from server.http.listening import listen, url_of
from server.http.loops import new_event_loop
from server.http.metrics import metered
from server.http.protocol import WatchedProtocol
from server.http.questions import Questions
from server.log_lines import fold_log
from server.observing.choice import Observing
from server.observing.json_lines import log_here
from server.observing.traces import tracing
from server.settings import links_url_of
from storage.folder.store import open_store
from storage.sqlite.files_limit import connections_max
from storage.work.limits import Limits
from storage.work.memory import keep_in_few_arenas

if TYPE_CHECKING:
    from storage.files.buckets import Bucket
    from storage.postgres.addresses import Address

_log = logging.getLogger(__name__)


async def serve(
    data: Path,
    *,
    keys: Path,
    address: Address | None = None,
    bucket: Bucket | None = None,
    host: str,
    port: int,
    public_url: str,
    links_url: str = "",
    allowance: Allowance,
    limits: Limits,
    announce: Callable[[], None],
    accept_new_url: bool = False,
    listener: socket.socket | None = None,
    shares: Shares | None = None,
    observing: Observing | None = None,
) -> None:
    """Serve until a signal asks to stop; requests under way are finished first. `announce` is told of the start, and
    `listener` and `shares` are given where others accept from the same socket.

    Raises:
        Unavailable: the address or the port is not to be had.
        InvalidInput: more connections are to be kept than there are files for.
        Conflict: it was served at another URL, and what counts there alone would be lost; or its numbers are to be
            shown, and there is no token for them.
    """
    keep_in_few_arenas()
    url = url_of(public_url, host=host, port=port)
    room = _room_for(allowance)
    connections = OpenConnections(allowance, room, shares) if shares else OpenConnections(allowance, room)
    listener = listener or listen(host, port)
    settings = HttpSettings(port=port, public_url=url, links_url=links_url or links_url_of(url), allowance=allowance)
    questions = Questions(settings.allowance.asking)
    async with AsyncExitStack() as stack:
        stack.enter_context(listener)
        stack.enter_context(log_here(observing or Observing()))
        stack.enter_context(tracing())
        store = await stack.enter_async_context(open_store(data, limits, keys=keys, address=address, bucket=bucket))
        meter = stack.enter_context(metered(observing or Observing(), store, connections.count))
        application = http_application(store, system_clock, settings, questions=questions, meter=meter)
        # Last of all: where it is not served, in the end, stays on record for nobody.
        check_nothing_lost(await serve_at(store, url, accept=accept_new_url), url)
        announce()
        fold_log(allowance.log_lines)
        await serve_application(application, questions, listener, connections)


async def serve_application(
    application: ASGIApp,
    questions: Questions,
    listener: socket.socket,
    connections: OpenConnections | None = None,
) -> None:
    """Serve until a signal asks to stop; requests under way are finished first, those that wait for answers at once."""
    connections = connections or OpenConnections(Allowance(), connections_max())
    # A long transaction computes in a thread. Each time that the event loop has waited for something, it would wait for
    # that thread as well, five milliseconds unless told otherwise: under attack that made calls half as long again.
    sys.setswitchinterval(1 / 10_000)
    # Otherwise the library that writes event streams would break them off as soon as a signal arrives.
    AppStatus.disable_automatic_graceful_drain()  # type: ignore[no-untyped-call]  # The library leaves it untyped.
    # A user may take longer to answer than there is time to stop.
    server = StoppingServer(application, connections, questions.close)
    await server.serve(sockets=[listener])


def serve_here(serving: Callable[..., Awaitable[None]], **more: Any) -> None:
    """Run what serves on an event loop of this process, until it ends."""
    anyio.run(partial(serving, **more), backend_options={"loop_factory": new_event_loop})


def _config(application: ASGIApp, connections: OpenConnections) -> uvicorn.Config:
    """How uvicorn serves an application of ours."""
    return uvicorn.Config(
        application,
        http=WatchedProtocol,
        ws="none",
        # What it has to say goes where everything else does, and is folded there.
        log_config=None,
        log_level="warning",
        # Paths hold secret links and signed downloads: no access log ever names them.
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=connections.allowance.stop_seconds,
        # Behind a proxy the public URL says what we are called; forwarded headers are not needed for that.
        proxy_headers=False,
    )


def _room_for(allowance: Allowance) -> int:
    """How many connections are kept open at most."""
    most = connections_max()
    if allowance.connections > most:
        raise InvalidInput(
            f"COUNTERFOIL_CONNECTIONS is {allowance.connections}, but beside the books there are open files for {most}"
            " connections: raise the limit of open files (ulimit -n), or leave it out.",
            field="COUNTERFOIL_CONNECTIONS",
        )
    return allowance.connections or most


class StoppingServer(uvicorn.Server):
    """A server that takes a signal as the wish to stop, and does not raise it again when it has stopped."""

    def __init__(
        self, application: ASGIApp, connections: OpenConnections, before_stopping: Callable[[], object] = lambda: None
    ) -> None:
        super().__init__(_config(application, connections))
        self._connections = connections
        self._before_stopping = before_stopping

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._before_stopping()
        for acceptor in self.servers:
            acceptor.close()
            await acceptor.wait_closed()
        await super().shutdown(sockets=sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        # uvicorn itself accepts on none of them.
        await super().startup(sockets=[])
        acceptors: list[Any] = [Acceptor(one, self._connection, self._connections) for one in sockets or []]
        self.servers.extend(acceptors)
        # What the program itself consists of stays for good: garbage is looked for in what requests leave alone.
        gc.collect()
        gc.freeze()

    def _connection(self) -> WatchedProtocol:
        return WatchedProtocol(self._connections, self.config, self.server_state, self.lifespan.state)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def check_nothing_lost(lost: Lost | None, url: str) -> None:
    """Refuse to serve where that makes anything worthless.

    Raises:
        Conflict: something counts at the URL before alone.
    """
    if lost is not None:
        raise Conflict(
            f"This was served at {lost.before} before. At {url} nothing of this counts any more:"
            f" {counted(lost.passkeys, 'passkey')}, {counted(lost.connections, 'connection')} of AI clients."
            f" Serve it at {lost.before} (--public-url), or, to go on without them, once with --accept-new-url.",
            field="public_url",
        )
