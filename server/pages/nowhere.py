"""What no address of ours is: whoever opens it in a browser is told so on a page, a program in a line."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

from server.http.gate.addresses import connection_of
from server.pages.rendering import nothing_here, see_other
from server.pages.visiting import Desk, Visitor

_A_PATH = re.compile(r"(/[\w.~-]+)+", re.ASCII)
"""A path of this site of which no browser makes another's."""
BELOW = "/{below:path}"
_METHODS = ("GET", "POST")


class Nowhere:
    """Answers a browser at an address that is neither a page nor a connection; everything else is the gate's."""

    def __init__(self, desk: Desk, gate: ASGIApp) -> None:
        below = (f"/{room}/{{handle}}{BELOW}" for room in ("o", "practice"))
        self._pages = Router([desk.open_page(path, _nowhere, methods=_METHODS) for path in (*below, BELOW)])
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        in_browser = scope["method"] in _METHODS and "text/html" in Request(scope).headers.get("accept", "")
        application = self._pages if in_browser and connection_of(scope) is None else self._gate
        await application(scope, receive, send)


async def _nowhere(request: Request, visitor: Visitor | None) -> Response:
    """Below an organization that the visitor reaches it is said among its pages; that of somebody else, and none, are
    told alike. A slash too many leads to the page without it.
    """
    path = request.url.path.rstrip("/")
    # What begins with two slashes, or one the other way round, browsers take for another host.
    if request.method == "GET" and path != request.url.path and _A_PATH.fullmatch(path):
        query = f"?{request.url.query}" if request.url.query else ""
        return see_other(path + query)
    if visitor is not None and "handle" in request.path_params:
        await visitor.organization(request)
    return nothing_here()
