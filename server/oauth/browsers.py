"""Programs that run in a browser, on a page of another site: what they may read of ours without any cookie."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

WELL_KNOWN = "/.well-known/"
CALLED_FROM_ANYWHERE = frozenset({"/oauth/token", "/oauth/register", "/oauth/revoke"})


def may_be_called_from_anywhere(path: str) -> bool:
    """Whether a page of any site may call this address."""
    return path in CALLED_FROM_ANYWHERE or path.startswith(WELL_KNOWN)


def for_any_page(request: Request, response: Response) -> Response:
    """The response, for a page of any site to read."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = "GET, POST"
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type, MCP-Protocol-Version"
        response.headers["Access-Control-Max-Age"] = "3600"
    return response
