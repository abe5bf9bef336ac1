"""What a browser remembers of the client program that waits for its person: the secret that marks the browser, and
where it last brought a request. So whoever signs in by a link, or sets up how, finds back to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from operations.access import Office
from operations.authorization.requests import REQUEST_LIFETIME, waiting_request
from server.pages.cookies import cookie_name, cookie_options

_BROWSER = re.compile(r"[0-9a-f]{40}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,100}")


@dataclass(frozen=True, slots=True)
class BrowserMark:
    """The cookies by which the browser that brought a request is known again, before anybody has signed in, and the
    request found again.
    """

    secure: bool

    @property
    def name(self) -> str:
        return self._named("asking")

    def secret(self, request: Request) -> str:
        """The secret that the browser keeps; empty where it has none."""
        return _kept(request, self.name, _BROWSER)

    def give(self, response: Response, secret: str, asked: str) -> Response:
        """The response, with the browser's secret and that of the request which it has brought."""
        lasts = int(REQUEST_LIFETIME.total_seconds())
        for name, kept, age in ((self.name, secret, None), (self._named("waiting"), asked, lasts)):
            response.set_cookie(name, kept, max_age=age, **cookie_options(secure=self.secure))
        return response

    async def waiting(self, office: Office, request: Request) -> WaitingProgram | None:
        """The program that still waits in this browser, the last one; None where there is none."""
        asked = _kept(request, self._named("waiting"), _SECRET)
        found = await waiting_request(office, asked, self.secret(request)) if asked else None
        return None if found is None else WaitingProgram(found.program.name, consent_address(asked))

    def _named(self, what: str) -> str:
        return cookie_name(what, secure=self.secure)


@dataclass(frozen=True, slots=True)
class WaitingProgram:
    """A client program that waits for a yes, and the page where that is given."""

    name: str
    address: str


def consent_address(secret: str) -> str:
    """The page on which a request is allowed or not."""
    return f"/oauth/consent/{secret}"


def _kept(request: Request, name: str, form: re.Pattern[str]) -> str:
    found = request.cookies.get(name, "")
    return found if form.fullmatch(found) else ""
