"""The outermost layer: each request has an id, which its answer and its log lines bear, and is told as an event."""

from __future__ import annotations

import time

from starlette.datastructures import Headers
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.http.paths import LinkPath, OrganizationPath, PracticePath, connection_path
from server.observing.events import Answered, is_heard, tell
from server.observing.observations import Observation, observing, request_id

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
        with observing(observation):
            try:
                await self._application(scope, receive, reply)
            finally:
                if is_heard():
                    tell(_answered(scope, status, observation, time.perf_counter() - began))


def _answered(scope: Scope, status: int, observation: Observation, seconds: float) -> Answered:
    method = scope["method"]
    return Answered(
        http_method=method if method in _METHODS else _OTHER,
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
