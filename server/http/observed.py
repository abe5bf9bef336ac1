"""The outermost layer: each request has an id, which its answer and its log lines bear, and is told as an event."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext

from starlette.datastructures import Headers
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.http.paths import LinkPath, OrganizationPath, PracticePath, connection_path
from server.observing.events import Answered, is_heard, tell
from server.observing.observations import Observation, observing, request_id
from server.observing.traces import Open, traces

HEADER = "x-request-id"
ANYTHING = "/{path:path}"
"""The route of what no other route takes: the connections, and what is nothing."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_OTHER = "other"


class Observed:
    """Lets everything through. What is told of a request is the pattern that its path fits, and never the path."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        observation = Observation(request_id(Headers(scope=scope).get(HEADER, "")))
        named, status = (HEADER.encode(), observation.request.encode()), 0

        async def reply(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message.get("headers", ()), named]}
            await send(message)

        began = time.perf_counter()
        with observing(observation), _traced(scope, observation) as span:
            try:
                await self._application(scope, receive, reply)
            finally:
                if span is not None or is_heard():
                    event = _answered(scope, status, observation, time.perf_counter() - began)
                    _tell(event, span)


def _traced(scope: Scope, observation: Observation) -> AbstractContextManager[Open | None]:
    """A span of the request, where anybody wants one."""
    if (on := traces()) is None:
        return nullcontext()
    method = _method(scope)
    attributes = {
        "http.request.method": method,
        "url.scheme": scope["scheme"],
        "network.protocol.version": scope["http_version"],
        "counterfoil.request": observation.request,
    }
    return on.span(method, attributes, dict(Headers(scope=scope)))


def _tell(event: Answered, span: Open | None) -> None:
    if span is not None:
        span.answered(event.http_method, event.route, event.status, event.organizations)
    if is_heard():
        tell(event)


def _method(scope: Scope) -> str:
    method: str = scope["method"]
    return method if method in _METHODS else _OTHER


def _answered(scope: Scope, status: int, observation: Observation, seconds: float) -> Answered:
    return Answered(
        http_method=_method(scope),
        route=route_of(scope),
        status=status,
        seconds=seconds,
        request=observation.request,
        organizations=tuple(observation.organizations),
        known=observation.known,
        reason=observation.reason,
    )


def route_of(scope: Scope) -> str:
    """The pattern of the route that a request has taken; `other` where there is none."""
    route = scope.get("route")
    pattern = route.path if isinstance(route, Route) else _OTHER
    if pattern != ANYTHING:
        return pattern
    match connection_path(scope["path"]):
        case PracticePath():
            return "/mcp"
        case OrganizationPath():
            return "/mcp/{organization}"
        case LinkPath():
            return "/mcp/k/{key}"
        case None:
            return _OTHER
