"""MCP on standard input and output: a client is greeted at once, and what does the work is loaded behind the greeting.

Loading storage, printing and the tools takes longer than many clients wait for the first answer. What they ask first
needs none of it: who is there, which revisions are spoken, which tools there are. So these are answered from what was
published, and everything else waits until the office is open.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

import anyio
import anyio.to_thread
from mcp.server.mcpserver import Context, MCPServer
from mcp_types import CallToolResult, InputRequiredResult, ResourceTemplate, Tool

from invoicing.refusals import KeysUnavailable
from server.introduction import PRACTICE, dedicated_introduction
from server.observing.traces import PURPOSE, traces
from server.protocol import IntroducedServer
from server.settings import Settings
from storage.folder.first_look import looks_new, looks_right
from tools.published import read_published

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mcp.server.context import HandlerResult, ServerRequestContext
    from mcp.server.lowlevel.helper_types import ReadResourceContents
    from pydantic import AnyUrl

    from operations.naming import Caller
    from operations.rights import Right
    from server.assistance import Assistance
    from server.connections import LocalDoorway
    from server.mcp import CounterfoilServer
    from server.noting import Came
    from tools.context import Doorway

HEAD_START_MILLISECONDS = 500
"""How long loading waits for a client to ask for the tools, unless it does so before: both at once take both longer."""

_PIECES = (
    "storage.sqlite.engines",
    "storage.folder.migrating",
    "storage.folder.store",
    "operations.access",
    "operations.files",
    "tools.catalog",
    "server.mcp",
)
"""What is loaded, from the bottom to the top: between two of them it can be left at that."""


async def serve_stdio(
    settings: Settings, organization: str, *, tell: Callable[[str], None], give_up: Callable[[Exception], NoReturn]
) -> None:
    """Serve until the input ends; for `organization` alone where one is named.

    `tell` is told of books that could not be migrated. `give_up` ends the process where the folder turns out not to
    open after its client was greeted: by then standard input is being read, which nothing else would end.

    Raises:
        NotFound: there is no such organization, or no practice.
        DamagedStore: the data folder is not ours, or of a newer version.
    """
    handle = organization.strip().lower()
    # What is on a server is looked at when it is opened.
    new = not settings.database_url and looks_new(settings.data)
    as_usual = not (organization or settings.user) if new else _looks_right(settings, organization, handle)
    if not as_usual:
        # Something is wrong, or out of the ordinary: it is found out before anything is answered.
        async with _opened(settings, organization, tell) as whole:
            await whole.run_stdio_async()
        return
    greeting = GreetingServer(handle)
    async with anyio.create_task_group() as group:
        group.start_soon(_open_behind, greeting, _opened(settings, organization, tell), new, give_up)
        try:
            await greeting.run_stdio_async()
        finally:
            greeting.ended.set()
            # Nobody is left who could be disturbed by the loading, or would have to be waited for.
            greeting.wanted.set()


def _looks_right(settings: Settings, organization: str, handle: str) -> bool:
    # A name of blanks alone is no handle, and not none at all either.
    named = bool(handle) == bool(organization) and handle.isascii() and not settings.database_url
    return named and looks_right(settings.data, handle, settings.user.lower())


class GreetingServer(IntroducedServer):
    """Introduces itself and lists what was published; everything else waits for the whole server, and is its work."""

    def __init__(self, handle: str) -> None:
        super().__init__(dedicated_introduction(handle) if handle else PRACTICE, lifespan=self._connected)
        self._published = read_published(dedicated=bool(handle))
        self._whole: CounterfoilServer
        self._doorway: LocalDoorway
        self._is_open = anyio.Event()
        self.wanted = anyio.Event()
        self.ended = anyio.Event()

    def open(self, whole: CounterfoilServer, doorway: LocalDoorway) -> None:
        """Let the whole server work, through its doorway."""
        self._whole, self._doorway = whole, doorway
        self._is_open.set()

    async def caller(self, context: Context[Any, Any]) -> Caller:
        """Who makes this call: for the tools, this is the doorway."""
        return await self._doorway.caller(context)

    def may(self, request: ServerRequestContext[Any, Any], act: Right) -> bool:
        """Whether a tool can be called: the whole server, which is open then, asks its doorway."""
        return self._doorway.may(request, act)

    def note(self, request: ServerRequestContext[Any, Any], outcome: HandlerResult | BaseException) -> Came | None:
        """What was greeted or listed before the whole server was open is on no log."""
        return self._doorway.note(request, outcome) if self._is_open.is_set() else None

    async def list_tools(self) -> list[Tool]:
        self.wanted.set()
        return list(self._published.tools)

    async def list_resource_templates(self) -> list[ResourceTemplate]:
        return list(self._published.templates)

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        return await (await self._opened()).call_tool(name, arguments, context)

    async def read_resource(
        self, uri: AnyUrl | str, context: Context[Any, Any] | None = None
    ) -> Iterable[ReadResourceContents] | InputRequiredResult:
        return await (await self._opened()).read_resource(uri, context)

    async def assistance(self) -> Assistance:
        return await (await self._opened()).assistance()

    async def _opened(self) -> CounterfoilServer:
        self.wanted.set()
        await self._is_open.wait()
        return self._whole

    @asynccontextmanager
    async def _connected(self, _: MCPServer[Any]) -> AsyncIterator[Doorway]:
        yield self


async def _open_behind(
    greeting: GreetingServer,
    opened: AbstractAsyncContextManager[CounterfoilServer],
    new: bool,
    give_up: Callable[[Exception], NoReturn],
) -> None:
    """Load, open the office, and keep it open until the client leaves.

    A client that leaves before that leaves a folder that is there as it is; a new one is begun even so.
    """

    def is_left() -> bool:
        return greeting.ended.is_set() and not new

    try:
        with anyio.move_on_after(HEAD_START_MILLISECONDS / 1_000):
            await greeting.wanted.wait()
        await anyio.to_thread.run_sync(_load, is_left)
        if is_left():
            return
        async with opened as whole, whole.lifespan(whole) as doorway:
            greeting.open(whole, doorway)
            await greeting.ended.wait()
    except Exception as error:
        if greeting.ended.is_set():
            raise
        give_up(error)


def _load(is_left: Callable[[], bool]) -> None:
    for name in _PIECES:
        if is_left():
            return
        import_module(name)


@asynccontextmanager
async def _opened(
    settings: Settings, organization: str, tell: Callable[[str], None]
) -> AsyncIterator[CounterfoilServer]:
    """The whole server, with the folder migrated and open."""
    from server.app import local_office, local_server
    from storage.folder.migrating import migrate_all

    report = await anyio.to_thread.run_sync(partial(migrate_all, settings.data, _tell_nobody, address=settings.address))
    for name, reason in report.failed:
        tell(f"{name}: {reason}")
    async with local_office(settings, begin=True) as office:
        if (spans := traces()) is not None:
            # Without a key organizations are left out of them.
            with suppress(KeysUnavailable):
                spans.key = office.store.keys.key(PURPOSE)
        yield await local_server(office, organization)


def _tell_nobody(done: int, total: int) -> None:
    """On stdio there is nobody to watch a progress bar."""
