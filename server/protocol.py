"""What all our MCP servers have in common, whatever they serve and over which transport."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from importlib.metadata import version
from typing import Any

from mcp.server import MCPServer
from mcp.server._otel import OpenTelemetryMiddleware
from mcp.server.caching import CacheHint
from mcp.server.context import ServerMiddleware

from server.assistance import TTL_MILLISECONDS, Assistance, Skills, answer_for
from server.eras import serve_stream
from server.introduction import Introduction
from server.lines import answering_stdio
from server.logs import begin_log
from server.noting import note_activity
from server.revisions import refuse_old_revisions

Lifespan = Callable[[MCPServer[Any]], AbstractAsyncContextManager[Any]]

# Lists depend on the connection and the principal, hence private; nobody needs them fresher than five minutes.
_CACHE_HINTS: Any = {
    "tools/list": CacheHint(ttl_ms=TTL_MILLISECONDS, scope="private"),
    "resources/templates/list": CacheHint(ttl_ms=TTL_MILLISECONDS, scope="private"),
    "resources/list": CacheHint(ttl_ms=TTL_MILLISECONDS, scope="private"),
    "prompts/list": CacheHint(ttl_ms=TTL_MILLISECONDS, scope="private"),
}


class IntroducedServer(MCPServer[Any]):
    """An MCP server with an introduction, which declares nothing that it does not have: of prompts and skills there are
    always Counterfoil's own.
    """

    def __init__(
        self,
        introduction: Introduction,
        *,
        lifespan: Lifespan,
        middleware: Sequence[ServerMiddleware[Any]] = (),
        **settings: Any,
    ) -> None:
        self.lifespan = lifespan
        # Before the SDK does it: its framed tracebacks take more than a second to draw, in which nobody is served, and
        # tear an incident's id from what it was about.
        begin_log()
        super().__init__(
            name=introduction.name,
            title=introduction.title,
            version=version("counterfoil"),
            instructions=introduction.instructions,
            log_level="WARNING",
            cache_hints=_CACHE_HINTS,
            # Our lists do not change while a client is connected: there is nothing to listen for.
            subscriptions=False,
            lifespan=lifespan,
            middleware=[refuse_old_revisions, *middleware],
            extensions=[Skills(self.assistance)],
            **settings,
        )
        answer_for(self._lowlevel_server, self.assistance)
        # Outside what the SDK itself refuses.
        self._lowlevel_server.middleware.insert(0, note_activity)
        # The spans that the SDK would make of each message bear its client's words; ours do not (observing/traces.py).
        kept = [one for one in self._lowlevel_server.middleware if not isinstance(one, OpenTelemetryMiddleware)]
        self._lowlevel_server.middleware[:] = kept

    async def run_stdio_async(self) -> None:
        """Serve on standard input and output until the input ends."""
        async with answering_stdio() as (incoming, outgoing):
            # The SDK's method of this name does the same with the same attribute, but for the era of the stream.
            await serve_stream(self._lowlevel_server, incoming, outgoing)

    @abstractmethod
    async def assistance(self) -> Assistance:
        """Who answers for prompts, skills and completions, once that can be answered."""
