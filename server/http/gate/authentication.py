"""Who asks: the credential of a request, wherever it brings it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from invoicing.refusals import NotFound, Unavailable
from operations.access import Office
from operations.activity import AUTHENTICATE, Activity, Door, note, note_failed_authentication
from operations.authentication import NotYours, Presented, Unauthenticated, authenticate
from server.http import answers
from server.http.answers import Turned
from server.http.connections import vouch
from server.http.discovery import WELL_KNOWN
from server.http.gate.addresses import address_of
from server.http.gate.sessions import SESSION_HEADER
from server.http.gate.state import state_of, with_state
from server.http.origins import origin_asked
from server.http.paths import LinkPath, OrganizationPath
from server.oauth.resources import path_asked
from server.observing.observations import is_nobody
from storage.directory.credentials import Lapse

_log = logging.getLogger(__name__)


class Authentication:
    """Lets through whose credential is good. `presented` reads what a request brings, and `refused` words why the
    secret stands for nobody: a connection reads a header and answers a program, a page will do otherwise.
    """

    def __init__(
        self,
        application: ASGIApp,
        office: Office,
        *,
        presented: Callable[[Scope], Presented],
        refused: Callable[[Scope, Presented, Lapse | None], Turned],
    ) -> None:
        # The office's principal is nobody yet: each request puts its own in.
        self._application = application
        self._office = office
        self._presented = presented
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        presented = self._presented(scope)
        try:
            authenticated = await authenticate(self._office.store, self._office.clock, presented)
        except Unauthenticated as nobody:
            reason = nobody.lapse.name.lower() if nobody.lapse else "no_credential"
            is_nobody(reason)
            note_failed_authentication(self._office.store, self._office.clock, Door.MCP, reason)
            raise self._refused(scope, presented, nobody.lapse) from None
        except NotYours as another:
            tried = Activity(door=Door.MCP, act=AUTHENTICATE, result=NotFound.code, principal=another.principal)
            note(self._office, tried)
            raise answers.not_found() from None
        except Unavailable as error:
            _log.error("a request could not be looked up: %s", error)
            # What is wrong here is not for strangers.
            raise answers.unavailable() from None
        vouch(scope, authenticated.principal.user_id)
        known = replace(state_of(scope), authenticated=authenticated)
        await self._application(with_state(scope, known), receive, send)


class ConnectionCredentials:
    """What a request to an MCP connection brings, in its header or as a secret link, and how it is refused."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url

    def presented(self, scope: Scope) -> Presented:
        """The secret and what it is brought for.

        Raises:
            Turned: several credentials, of which none is better than the other.
        """
        headers, path = Headers(scope=scope), state_of(scope).connection_path
        if len(headers.getlist("authorization")) > 1:
            raise answers.ambiguous()
        session = headers.get(SESSION_HEADER, "")
        if isinstance(path, LinkPath):
            return Presented(path.key, in_the_open=True, session=session)
        scheme, _, secret = headers.get("authorization", "").partition(" ")
        return Presented(
            secret.strip() if scheme.lower() == "bearer" else "",
            handle=path.handle if isinstance(path, OrganizationPath) else "",
            session=session,
            audience=self._public_url + address_of(path),
        )

    def refused(self, scope: Scope, presented: Presented, lapse: Lapse | None) -> Turned:
        if presented.in_the_open:
            return answers.no_such_link(lapse)
        return answers.unauthorized(metadata_of(scope, self._public_url), lapse)


def metadata_of(scope: Scope, public_url: str) -> str:
    """Where the connection of a request is described, in the form in which its client names the connection."""
    request = Request(scope)
    return f"{origin_asked(request, public_url)}{WELL_KNOWN}{path_asked(request)}"
