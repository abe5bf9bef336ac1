"""Each request to an MCP server is put on the activity log, with what came of it.

Who asked, and for which organization, is known to the doorway alone. Nothing here needs storage, so that a client can
be greeted before that is loaded.
"""

from __future__ import annotations

from typing import Any, Protocol

from mcp.server.context import CallNext, HandlerResult, ServerRequestContext

Request = ServerRequestContext[Any, Any]


class Noting(Protocol):
    """What a doorway does for the log."""

    def note(self, request: Request, outcome: HandlerResult | BaseException) -> None:
        """Put on the log what the request has come to."""


async def note_activity(ctx: Request, call_next: CallNext) -> HandlerResult:
    """The outermost middleware: it sees what all others refuse."""
    doorway: Noting = ctx.lifespan_context
    try:
        result = await call_next(ctx)
    except BaseException as error:
        doorway.note(ctx, error)
        raise
    doorway.note(ctx, result)
    return result
