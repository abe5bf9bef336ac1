"""What may be known without a credential: that the server lives, and how a connection is protected (RFC 9728)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from operations.authorization.scopes import Asked
from server.http.origins import origin_asked
from server.http.paths import OrganizationPath, PracticePath, connection_path
from server.oauth.browsers import for_any_page
from server.oauth.resources import path_asked

WELL_KNOWN = "/.well-known/oauth-protected-resource"


async def healthz(_: Request) -> Response:
    """The process serves."""
    return JSONResponse({"status": "ok"})


class ProtectedResource:
    """The metadata of `/mcp` and `/mcp/{organization}`: the same form whether or not the organization exists.

    `resource` is the URL in the form in which it was asked for, host, letter case, slash and all: clients compare it
    with what was typed (RFC 9728, 3.3). Secret links have no metadata: a client that finds some would start a sign-in
    where none is needed.
    """

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url

    async def __call__(self, request: Request) -> Response:
        path = request.path_params.get("path", "")
        if not isinstance(connection_path(f"/{path}"), PracticePath | OrganizationPath):
            return PlainTextResponse("Not found.", status_code=404)
        if request.method == "OPTIONS":
            return for_any_page(request, Response(status_code=204))
        told = {
            "resource": origin_asked(request, self._public_url) + path_asked(request, WELL_KNOWN),
            "resource_name": "Counterfoil",
            "authorization_servers": [self._public_url],
            "scopes_supported": [word.value for word in Asked],
            "bearer_methods_supported": ["header"],
        }
        return for_any_page(request, JSONResponse(told))
