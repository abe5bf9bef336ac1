"""Who is at a page: somebody who is signed in, or nobody, who is led to the sign-in and back."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.refusals import NotFound, Refusal, Unavailable
from operations.access import Office
from operations.activity import Activity, Door, note, note_failed_authentication
from operations.export_runs import ExportRuns
from operations.held_imports import HeldImports
from operations.identity import known_browsers
from operations.identity.browsing import end_session, signed_in
from server.http.answers import Turned
from server.http.connections import vouch
from server.http.limits import Allowance
from server.http.visits import note_visit
from server.observing.observations import is_nobody
from server.pages.cookies import SessionCookie
from server.pages.languages import gettext, language_of, speaking
from server.pages.organization_pages import put_in_frame
from server.pages.reading import PUBLIC_URL, is_form, read_form, signed_out
from server.pages.rendering import Told, nothing_here, see_other, told
from server.pages.visitor import Visitor, organization_of
from server.refused import note_incident
from views.remedies import message_of, on_page

__all__ = ["Desk", "OpenPage", "Page", "Visitor", "sign_in_first"]
_log = logging.getLogger(__name__)
_NOTHING_DONE = frozenset({*range(400, 500), 503})
"""The statuses of a page that refuses what was asked; after a defect nobody knows."""


Page = Callable[[Request, Visitor], Awaitable[Response]]
OpenPage = Callable[[Request, Visitor | None], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Desk:
    """What pages stand on. The office's principal is nobody yet: each visit puts its own in. `exports` are those that
    were started on a page, `imports` the files that wait to be imported.
    """

    office: Office
    cookie: SessionCookie
    exports: ExportRuns
    imports: HeldImports
    allowance: Allowance = field(default_factory=Allowance)

    @classmethod
    def of(cls, office: Office, allowance: Allowance | None = None) -> Desk:
        store = office.store
        return cls(
            office,
            SessionCookie.of(office.public_url),
            ExportRuns(store.directory),
            HeldImports(store.directory, store.pool),
            allowance or Allowance(),
        )

    def page(self, path: str, page: Page, *, methods: Sequence[str] = ("GET",)) -> Route:
        """The route of a page for people who are signed in; whoever is not signs in and comes back."""

        async def visited(request: Request, visitor: Visitor | None) -> Response:
            return await _signed_out(request) if visitor is None else await page(request, visitor)

        return self.open_page(path, visited, methods=methods)

    def open_page(self, path: str, page: OpenPage, *, methods: Sequence[str] = ("GET",)) -> Route:
        """The route of a page for everybody."""

        async def answer(request: Request) -> Response:
            request.scope[PUBLIC_URL] = self.office.public_url
            with speaking(language_of(request, self.cookie.language(request))):
                try:
                    return await answered(request)
                except Exception as error:
                    return _failed(request, error, path)

        async def answered(request: Request) -> Response:
            try:
                visitor = await self.visitor(request)
            except Unavailable as fault:
                return _unavailable(request, fault, methods)
            status = 500
            try:
                try:
                    response = await _answer(page, request, visitor, methods)
                except Exception as error:
                    response = _failed(request, error, path)
                status = response.status_code
                if visitor is not None:
                    if status in _NOTHING_DONE:
                        await visitor.nothing_was_done()
                    if isinstance(response, Told):
                        await put_in_frame(response, request, visitor)
                return response
            finally:
                if visitor is not None:
                    self._note(visitor, request, f"{request.method} {path}", status)

        return Route(path, answer, methods=list(methods))

    def of_organization(self, path: str, page: Page, *, methods: Sequence[str] = ("GET",)) -> list[Route]:
        """The routes of a page that each organization has, a practice's own among them."""
        return [self.page(f"/{room}/{{handle}}{path}", page, methods=methods) for room in ("o", "practice")]

    async def begin(self, response: Response, secret: str, *, before: Visitor | None) -> Response:
        """The response, with the cookie of a session that has just begun, which is put on the log where its person is
        at home. The browser's session before ends.
        """
        if before is not None:
            await end_session(self.office.store, before.signed_in.session_id)
        begun = await signed_in(self.office.store, self.office.clock, secret)
        self.cookie.give(response, secret)
        if begun is not None:
            done = Activity(door=Door.PAGE, act=f"sign_in_with_{begun.method}", principal=begun.principal)
            note(self.office, done)
            # Without a key there is no mark, but a sign-in there is.
            with suppress(Unavailable):
                now = self.office.latest()
                mark = known_browsers.new_browser_mark(self.office.store, begun.principal.label, now=now)
                self.cookie.leave_mark(response, mark, lasting=known_browsers.LIFETIME)
        return response

    def count_failed(self, reason: str) -> None:
        """Count a sign-in that came to nothing, by one of a few fixed reasons."""
        is_nobody(reason)
        note_failed_authentication(self.office.store, self.office.clock, Door.PAGE, reason)

    def _note(self, visitor: Visitor, request: Request, act: str, status: int) -> None:
        """Put a visit on the activity log of the organization that the address names, if that is in reach."""
        organization = organization_of(request)
        note_visit(self.office, act, status, visitor.office.principal, organization.id if organization else "")

    async def visitor(self, request: Request) -> Visitor | None:
        """Who is signed in with the browser of this request."""
        found = await signed_in(self.office.store, self.office.clock, self.cookie.secret(request))
        if found is None:
            return None
        vouch(request.scope, found.principal.user_id)
        return Visitor(found, replace(self.office, principal=found.principal))


async def _answer(page: OpenPage, request: Request, visitor: Visitor | None, methods: Sequence[str]) -> Response:
    try:
        return await page(request, visitor)
    except Turned as turned:
        return turned.response
    except NotFound:
        return nothing_here()
    except Unavailable as fault:
        return _unavailable(request, fault, methods)
    except Refusal as refusal:
        said = _with_what_was_done(request, message_of(refusal, on_page))
        return told(gettext("This cannot be done"), said, status=409, links=_ways_on(request, methods))


def _with_what_was_done(request: Request, said: str) -> str:
    return " ".join([said, gettext("Nothing was done.")]) if request.method == "POST" else said


def _ways_on(request: Request, methods: Sequence[str]) -> list[tuple[str, str]]:
    """Where somebody goes on whose form was refused: to the page that it was on, if that is at the same address."""
    anew = [(request.url.path, gettext("Open the page anew"))] if request.method == "POST" and "GET" in methods else []
    return [*anew, ("/", gettext("Your organizations"))]


def _unavailable(request: Request, fault: Unavailable, methods: Sequence[str]) -> Response:
    """What is not available now may be in a moment: the same address is a link, or the page that a form was on."""
    _log.error("a page could not be shown: %s", fault)
    query = f"?{request.url.query}" if request.url.query else ""
    again = [(request.url.path + query, gettext("Try again"))] if request.method == "GET" else []
    return told(
        gettext("Not available at the moment"),
        _with_what_was_done(request, message_of(fault, on_page)),
        status=503,
        links=[*again, *_ways_on(request, methods)],
        headers={"Retry-After": "5"},
    )


def _failed(request: Request, error: Exception, path: str) -> Response:
    """Something that should not happen: what that was is in the log, under the number that is told here."""
    incident = note_incident(error, doing=f"answering {request.method} {path}")
    said = gettext(
        "This is our mistake, not yours. Whoever runs this server finds under %(incident)s what it was.",
        incident=incident,
    )
    if request.method == "POST":
        said = " ".join([said, gettext("Look whether it was done before you try again.")])
    return told(gettext("Something went wrong"), said, status=500, links=[("/", gettext("Your organizations"))])


async def _signed_out(request: Request) -> Response:
    """Leads to the sign-in, or keeps a form of ours that was sent on the page that asks for it."""
    if request.method == "POST" and is_form(request):
        try:
            kept = signed_out(request, await read_form(request))
        except Turned:
            # It is not from here, or none: nothing of it is shown to anybody.
            kept = None
        if kept is not None:
            return kept
    return sign_in_first(request)


def sign_in_first(request: Request) -> Response:
    """Leads to the sign-in, and from there back to what was asked for; a form that was sent is not sent again."""
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    query = urlencode({"next": back}) if request.method in ("GET", "HEAD") else ""
    return see_other("/sign-in" + (f"?{query}" if query else ""))
