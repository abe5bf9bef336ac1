"""What the door answers when it does not let a request in."""

from __future__ import annotations

from mcp_types import JSONRPCError
from starlette.responses import JSONResponse, PlainTextResponse, Response

from server import revisions

_REALM = 'Bearer realm="counterfoil"'


class Turned(Exception):
    """A request that is turned away, with the response to send."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


def not_found() -> Turned:
    """What does not exist and what is not the caller's answer alike."""
    return Turned(PlainTextResponse("Not found.", status_code=404))


def method_not_allowed() -> Turned:
    return Turned(PlainTextResponse("Use POST.", status_code=405, headers={"Allow": "POST, DELETE"}))


def unauthorized(public_url: str, handle: str) -> Turned:
    """401, saying where the connection is described (RFC 9728)."""
    place = f"/mcp/{handle}" if handle else "/mcp"
    metadata = f"{public_url}/.well-known/oauth-protected-resource{place}"
    return Turned(
        PlainTextResponse(
            "A credential is required: Authorization: Bearer TOKEN.",
            status_code=401,
            headers={"WWW-Authenticate": f'{_REALM}, resource_metadata="{metadata}"'},
        )
    )


def forbidden_origin() -> Response:
    return PlainTextResponse("This host or origin is not served here.", status_code=403)


def too_many(seconds: int) -> Turned:
    return Turned(
        PlainTextResponse("Too many requests at once.", status_code=429, headers={"Retry-After": str(seconds)})
    )


def too_large() -> Turned:
    return Turned(PlainTextResponse("The request is too large: at most 1 MiB.", status_code=413))


def ambiguous() -> Turned:
    return Turned(PlainTextResponse("One Authorization header, not several.", status_code=400))


def unavailable() -> Turned:
    return Turned(PlainTextResponse("Not available at the moment.", status_code=503, headers={"Retry-After": "5"}))


def too_slow() -> Turned:
    return Turned(
        PlainTextResponse("The request did not arrive in time.", status_code=408, headers={"Connection": "close"})
    )


def took_too_long() -> Turned:
    """The request was ended in the middle. Whatever it was committing is kept or not, never half."""
    return Turned(PlainTextResponse("The request took too long and was ended.", status_code=504))


def session_required() -> Turned:
    return Turned(_rpc_error(400, "Mcp-Session-Id is required: begin with initialize."))


def session_unknown() -> Turned:
    return Turned(_rpc_error(404, "The session is unknown or has ended: begin anew with initialize."))


def asked_elsewhere() -> Turned:
    """421: 404 would tell the client to begin a new session, and 202 that its user's answer has arrived."""
    return Turned(
        _rpc_error(
            421, "The call that asked this is not held by this server process, or has ended. Nothing was changed."
        )
    )


def too_old(request_id: object, requested: str) -> Turned:
    """The revision that a client asks for, or goes on with, is from before the oldest that is spoken."""
    error = revisions.too_old(requested).error
    known = request_id if isinstance(request_id, str | int) else None
    body = {"jsonrpc": "2.0", "id": known, "error": error.model_dump(mode="json")}
    return Turned(JSONResponse(body, status_code=400))


def refused_request(answer: JSONRPCError) -> Turned:
    """A request that the MCP server would take for something else."""
    return Turned(JSONResponse(answer.model_dump(mode="json", by_alias=True), status_code=400))


def _rpc_error(status: int, message: str) -> Response:
    error = {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": message}}
    return JSONResponse(error, status_code=status)
