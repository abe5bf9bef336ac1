"""Each request to an MCP server is put on the activity log, with what came of it, and told as an event.

Who asked, and for which organization, is known to the doorway alone. Nothing here needs storage, so that a client can
be greeted before that is loaded.
"""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Protocol

from mcp.server.context import CallNext, HandlerResult, ServerRequestContext

from server.observing.events import Called, is_heard, tell
from server.observing.observations import Observation, acts_for, observed, observing, request_id
from server.observing.traces import Open, traces

Request = ServerRequestContext[Any, Any]
METHODS = frozenset(
    {
        *("initialize", "ping", "server/discover", "logging/setLevel", "completion/complete"),
        *("tools/list", "tools/call", "prompts/list", "prompts/get", "skills/list", "skills/get"),
        *("resources/list", "resources/read", "resources/templates/list"),
        *("subscriptions/listen", "resources/subscribe", "resources/unsubscribe"),
        *("notifications/initialized", "notifications/cancelled", "notifications/progress"),
        "notifications/roots/list_changed",
    }
)
"""The methods that there are: any other name is somebody's own words."""
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Came:
    """What a request has come to: the tool that it called, empty where there is none such; the code of its outcome; and
    the handles of the organizations for which it has acted.
    """

    tool: str
    outcome: str
    organizations: tuple[str, ...]


_GREETED, _FAILED = Came("", "ok", ()), Came("", "failed", ())


class Noting(Protocol):
    """What a doorway does for the log."""

    def note(self, request: Request, outcome: HandlerResult | BaseException) -> Came | None:
        """Put on the log what the request has come to, and say it; None where nobody can say it yet."""


async def note_activity(ctx: Request, call_next: CallNext) -> HandlerResult:
    """The outermost middleware: it sees what all others refuse."""
    doorway: Noting = ctx.lifespan_context
    # Over HTTP it is known already; a message that comes otherwise is a request of its own.
    with observing(observed() or Observation(request_id())) as observation:
        began = time.perf_counter()
        with _traced(ctx) as span:
            try:
                result = await call_next(ctx)
            except BaseException as error:
                _tell(ctx, doorway.note(ctx, error) or _FAILED, observation, began, span)
                raise
            _tell(ctx, doorway.note(ctx, result) or _GREETED, observation, began, span)
    return result


def _traced(ctx: Request) -> AbstractContextManager[Open | None]:
    """A span of the message, where anybody wants one."""
    if (on := traces()) is None:
        return nullcontext()
    attributes = {
        "mcp.method.name": _method(ctx),
        "mcp.protocol.version": ctx.protocol_version,
        "network.transport": "pipe" if ctx.request is None else "tcp",
    }
    # What is no number may be anything that its client has thought of.
    if isinstance(ctx.request_id, int):
        attributes["jsonrpc.request.id"] = str(ctx.request_id)
    return on.span(_method(ctx), attributes, ctx.meta or {})


def _method(ctx: Request) -> str:
    return ctx.method if ctx.method in METHODS else OTHER


def _tell(ctx: Request, came: Came, observation: Observation, began: float, span: Open | None) -> None:
    acts_for(came.organizations)
    if span is not None:
        span.called(_method(ctx), came.tool, came.outcome, came.organizations)
    if is_heard():
        tell(
            Called(
                method=_method(ctx),
                tool=came.tool,
                outcome=came.outcome,
                seconds=time.perf_counter() - began,
                request=observation.request,
                organizations=came.organizations,
            )
        )
