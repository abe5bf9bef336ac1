"""What all our MCP servers have in common, whatever they serve and over which transport."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

from mcp.server import MCPServer
from mcp.server._otel import OpenTelemetryMiddleware
from mcp.server.caching import CacheHint
from mcp.server.context import CallNext, HandlerResult, ServerMiddleware, ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp_types import METHOD_NOT_FOUND

from server.eras import serve_stream
from server.introduction import Introduction
from server.lines import answering_stdio
from server.logs import begin_log
from server.revisions import refuse_old_revisions

Lifespan = Callable[[MCPServer[Any]], AbstractAsyncContextManager[Any]]

# Lists depend on the connection and the principal, hence private; nobody needs them fresher than five minutes.
_CACHE_HINTS: Any = {
    "tools/list": CacheHint(ttl_ms=300_000, scope="private"),
    "resources/templates/list": CacheHint(ttl_ms=300_000, scope="private"),
}


class IntroducedServer(MCPServer[Any]):
    """An MCP server with an introduction, which declares nothing that it does not have."""

    def __init__(
        self,
        introduction: Introduction,
        *,
        lifespan: Lifespan,
        middleware: Sequence[ServerMiddleware[Any]] = (),
        **settings: Any,
    ) -> None:
        self.lifespan = lifespan
        first: ServerMiddleware[Any] = self._without_empty_prompts
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
            middleware=[refuse_old_revisions, first, *middleware],
            **settings,
        )
        if find_spec("opentelemetry.sdk") is None:
            # Nobody reads the spans that the SDK would make of each message.
            kept = [one for one in self._lowlevel_server.middleware if not isinstance(one, OpenTelemetryMiddleware)]
            self._lowlevel_server.middleware[:] = kept

    async def run_stdio_async(self) -> None:
        """Serve on standard input and output until the input ends."""
        async with answering_stdio() as (incoming, outgoing):
            # The SDK's method of this name does the same with the same attribute, but for the era of the stream.
            await serve_stream(self._lowlevel_server, incoming, outgoing)

    async def _without_empty_prompts(self, ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        """The SDK declares prompts and answers for them whether or not there are any."""
        method = ctx.method
        asks_for_prompts = method.startswith("prompts/")
        if not (asks_for_prompts or method in ("initialize", "server/discover")) or await self.list_prompts():
            return await call_next(ctx)
        if asks_for_prompts:
            raise MCPError(code=METHOD_NOT_FOUND, message="Method not found", data=method)
        result = await call_next(ctx)
        if not isinstance(result, dict) or "capabilities" not in result:
            return result
        declared = {name: value for name, value in result["capabilities"].items() if name != "prompts"}
        return {**result, "capabilities": declared}
