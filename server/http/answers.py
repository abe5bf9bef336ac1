"""What the door answers when it does not let a request in."""

from __future__ import annotations

from mcp_types import JSONRPCError
from starlette.responses import JSONResponse, PlainTextResponse, Response

from operations.authorization.scopes import Asked
from server import revisions
from server.pages.languages import gettext
from server.pages.rendering import render
from storage.directory.credentials import Lapse

_REALM = 'Bearer realm="counterfoil"'
_SCOPE = " ".join(Asked)
_LAPSED = {
    Lapse.UNKNOWN: "A credential is required, and this one is unknown: see that it was copied whole, or get a new one.",
    Lapse.EXPIRED: "This credential has expired: get a new one.",
    Lapse.REVOKED: "This credential was revoked: get a new one.",
    Lapse.ASLEEP: "This credential sleeps since its data was restored from a backup: ask the owner to wake it.",
}
_LAPSED_LINKS = {
    Lapse.EXPIRED: "This secret link has expired: get a new one.",
    Lapse.REVOKED: "This secret link was revoked: get a new one.",
    Lapse.ASLEEP: "This secret link sleeps since its data was restored from a backup: ask the owner to wake it.",
}


class Turned(Exception):
    """A request that is turned away, with the response to send."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


def not_found() -> Turned:
    """What does not exist and what is not the caller's answer alike."""
    return Turned(PlainTextResponse("Not found.", status_code=404))


def method_not_allowed(url: str, *, in_browser: bool) -> Turned:
    """405, with what the address is: who opens it in a browser wants to connect. `url` is empty for a secret link."""
    headers = {"Allow": "POST, DELETE"}
    if not in_browser:
        said = "This address is for AI clients (MCP over Streamable HTTP): use POST. There is no event stream to GET."
        return Turned(PlainTextResponse(said, status_code=405, headers=headers))
    title = gettext("This address is for an AI client")
    return Turned(render("connection_address.html", status=405, headers=headers, title=title, url=url))


def unauthorized(metadata: str, lapse: Lapse | None) -> Turned:
    """401, saying where the connection is described (RFC 9728), what is wrong with the credential (RFC 6750), and with
    which scopes to begin.
    """
    said = _LAPSED[lapse] if lapse else "A credential is required: Authorization: Bearer TOKEN."
    error = f', error="invalid_token", error_description="{said}"' if lapse else ""
    challenge = f'{_REALM}{error}, resource_metadata="{metadata}", scope="{_SCOPE}"'
    return Turned(PlainTextResponse(said, status_code=401, headers={"WWW-Authenticate": challenge}))


def insufficient_scope(metadata: str) -> Turned:
    """403 to a client program that was let look alone, and calls what changes: it can ask its person for more."""
    said = "This connection may look, and change nothing: its person can allow more."
    challenge = (
        f'{_REALM}, error="insufficient_scope", error_description="{said}", resource_metadata="{metadata}",'
        f' scope="{_SCOPE}"'
    )
    return Turned(PlainTextResponse(said, status_code=403, headers={"WWW-Authenticate": challenge}))


def no_such_link(lapse: Lapse | None) -> Turned:
    """404 also for a link that has ended: a client that was answered 401 would look for a sign-in that there is not."""
    if lapse is None or lapse is Lapse.UNKNOWN:
        return not_found()
    return Turned(PlainTextResponse(_LAPSED_LINKS[lapse], status_code=404))


def forbidden_origin() -> Response:
    return PlainTextResponse("This host or origin is not served here.", status_code=403)


def too_many(seconds: int) -> Turned:
    return Turned(
        PlainTextResponse("Too many requests at once.", status_code=429, headers={"Retry-After": str(seconds)})
    )


def too_large(bytes_max: int) -> Turned:
    said = f"The request is too large: at most {bytes_max} bytes."
    return Turned(PlainTextResponse(said, status_code=413, headers={"Connection": "close"}))


def ambiguous() -> Turned:
    return Turned(PlainTextResponse("One Authorization header, not several.", status_code=400))


def unavailable(why: str = "") -> Turned:
    message = why or "Not available at the moment."
    return Turned(PlainTextResponse(message, status_code=503, headers={"Retry-After": "5"}))


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
