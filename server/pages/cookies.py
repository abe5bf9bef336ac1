"""The cookies that a browser keeps for us: of whoever is signed in, or was, and of what is under way in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response


def cookie_name(what: str = "", *, secure: bool) -> str:
    """What a cookie is called. Over https its name says to browsers that this host alone has set it, for all pages."""
    return f"{'__Host-' if secure else ''}counterfoil{f'-{what}' if what else ''}"


def cookie_options(*, secure: bool) -> dict[str, Any]:
    """What a browser is told of each: no script reads it, and no other site sends it along with a form."""
    return {"secure": secure, "httponly": True, "samesite": "lax", "path": "/"}


@dataclass(frozen=True, slots=True)
class SessionCookie:
    """The cookie of a session, which holds its secret."""

    secure: bool

    @classmethod
    def of(cls, public_url: str) -> SessionCookie:
        return cls(secure=public_url.startswith("https:"))

    @property
    def name(self) -> str:
        return cookie_name(secure=self.secure)

    def secret(self, request: Request) -> str:
        """The secret that the request's cookie holds; empty where it has none."""
        return request.cookies.get(self.name, "")

    def give(self, response: Response, secret: str) -> Response:
        """The response, with the cookie of a new session."""
        response.set_cookie(self.name, secret, **self._options())
        return response

    def mark(self, request: Request) -> str:
        """What says that somebody has signed in with this browser before; empty where nobody has."""
        return request.cookies.get(f"{self.name}-known", "")

    def leave_mark(self, response: Response, mark: str, *, lasting: timedelta) -> None:
        """Let the browser say from now on, beyond its session, that somebody has signed in with it."""
        response.set_cookie(f"{self.name}-known", mark, max_age=int(lasting.total_seconds()), **self._options())

    def language(self, request: Request) -> str:
        """What the browser says that somebody chose in it, which may be anything; empty where nobody has."""
        return request.cookies.get(f"{self.name}-language", "")

    def keep_language(self, response: Response, language: str, *, lasting: timedelta) -> Response:
        """The response, with which the browser keeps the language that was chosen."""
        response.set_cookie(f"{self.name}-language", language, max_age=int(lasting.total_seconds()), **self._options())
        return response

    def take_back(self, response: Response) -> Response:
        """The response, with which the browser forgets the cookie."""
        response.delete_cookie(self.name, **self._options())
        return response

    def _options(self) -> dict[str, Any]:
        return cookie_options(secure=self.secure)


@dataclass(frozen=True, slots=True)
class HalfwayCookie(SessionCookie):
    """The cookie that carries what a password has shown, sealed, to the page that asks for the code."""

    @property
    def name(self) -> str:
        return cookie_name("halfway", secure=self.secure)
