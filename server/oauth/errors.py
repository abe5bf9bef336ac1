"""What is answered to a program that asks for something in a way that is not served, in the words of OAuth."""

from __future__ import annotations

from starlette.responses import JSONResponse

NOT_KEPT = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class OAuthError(Exception):
    """An expected no. `code` is OAuth's word for it, `said` our own text, for whoever has written the program;
    `seconds` are how long to wait, where it came too often.
    """

    def __init__(self, code: str, said: str, *, status: int = 400, seconds: int = 5) -> None:
        super().__init__(code)
        self.code = code
        self.said = said
        self.status = status
        self.seconds = seconds

    def response(self) -> JSONResponse:
        headers = dict(NOT_KEPT)
        if self.status == 401:
            headers["WWW-Authenticate"] = 'Basic realm="counterfoil"'
        if self.status == 429:
            headers["Retry-After"] = str(self.seconds)
        body = {"error": self.code, "error_description": self.said}
        return JSONResponse(body, status_code=self.status, headers=headers)


def invalid_request(said: str) -> OAuthError:
    return OAuthError("invalid_request", said)


def too_many(seconds: int) -> OAuthError:
    """Somebody asks too often, and is to wait so long."""
    return OAuthError("temporarily_unavailable", "Too many at once: wait.", status=429, seconds=seconds)


def invalid_client(said: str) -> OAuthError:
    return OAuthError("invalid_client", said, status=401)
