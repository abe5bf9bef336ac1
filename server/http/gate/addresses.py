"""Which connection the address names, and whether its method is one of a connection's."""

from __future__ import annotations

from dataclasses import replace

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from server.http import answers
from server.http.answers import Turned
from server.http.gate.state import state_of, with_state
from server.http.paths import ConnectionPath, LinkPath, OrganizationPath, connection_path
from server.pages.languages import speaking_to


class Addresses:
    """Lets through what goes to `/mcp`, `/mcp/{organization}` or `/mcp/k/{key}`."""

    def __init__(self, application: ASGIApp, public_url: str) -> None:
        self._application = application
        self._public_url = public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = connection_of(scope)
        if path is None:
            raise answers.not_found()
        if scope["method"] not in ("POST", "DELETE"):
            with speaking_to(Request(scope), self._public_url):
                raise self._wrong_method(Request(scope), path)
        await self._application(with_state(scope, replace(state_of(scope), path=path)), receive, send)

    def _wrong_method(self, request: Request, path: ConnectionPath) -> Turned:
        url = "" if isinstance(path, LinkPath) else self._public_url + address_of(path)
        return answers.method_not_allowed(url, in_browser=in_browser(request))


def connection_of(scope: Scope) -> ConnectionPath | None:
    """The connection that the address of a request names; None where it names none."""
    # A slash that was written as %2F is one of a name, and no name has one.
    return None if b"%2f" in scope.get("raw_path", b"").lower() else connection_path(scope["path"])


def in_browser(request: Request) -> bool:
    """Whether somebody has opened the address in a browser."""
    return request.method == "GET" and "text/html" in request.headers.get("accept", "")


def address_of(path: ConnectionPath) -> str:
    """The canonical path of a connection that is no secret."""
    return f"/mcp/{path.handle}" if isinstance(path, OrganizationPath) else "/mcp"
