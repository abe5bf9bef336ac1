"""What may be known without a credential: that the server lives, and how a connection is protected (RFC 9728)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from server.http.paths import OrganizationPath, PracticePath, connection_path

WELL_KNOWN = "/.well-known/oauth-protected-resource"


async def healthz(_: Request) -> Response:
    """The process serves."""
    return JSONResponse({"status": "ok"})


class ProtectedResource:
    """The metadata of `/mcp` and `/mcp/{organization}`: the same form whether or not the organization exists.

    Secret links have none: a client that finds metadata would start a sign-in where none is needed.
    """

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url

    async def __call__(self, request: Request) -> Response:
        path = request.path_params.get("path", "")
        match connection_path(f"/{path}"):
            case PracticePath():
                resource = f"{self._public_url}/mcp"
            case OrganizationPath(handle):
                resource = f"{self._public_url}/mcp/{handle}"
            case _:
                return PlainTextResponse("Not found.", status_code=404)
        return JSONResponse(
            {"resource": resource, "resource_name": "Counterfoil", "bearer_methods_supported": ["header"]}
        )
