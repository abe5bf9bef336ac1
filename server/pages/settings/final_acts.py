"""Going live, archiving and bringing back: pages that say in full what will stand, and do it by a button that repeats
it.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.organizations import Environment, OrganizationKind, OrganizationRef
from invoicing.refusals import Conflict, Refusal
from operations.access import is_allowed, open_books
from operations.going_live import WentLive, go_live
from operations.naming import Caller, PracticeConnection
from operations.organizations import get_organization
from operations.profile import update_organization
from operations.rights import Right
from server.http.answers import Turned
from server.pages.languages import gettext
from server.pages.reading import Form
from server.pages.rendering import nothing_here, see_other, told
from server.pages.settings.frame import SETTINGS, opened, show_room
from server.pages.settings.words import carried_word
from server.pages.visiting import Desk, Visitor
from storage.books.pool import Books
from views.base import View
from views.mandates import refused_by
from views.organizations import place_of
from views.remedies import message_of, on_page

GO_LIVE, ARCHIVE = "go-live", "archive"


class FinalAct(View):
    """An act that leads to a page of its own."""

    word: str
    means: str
    address: str


def routes(desk: Desk) -> list[Route]:
    both = ("GET", "POST")
    return [
        *desk.of_organization(f"/{SETTINGS}/{GO_LIVE}", _going_live, methods=both),
        *desk.of_organization(f"/{SETTINGS}/{ARCHIVE}", _archiving, methods=both),
    ]


def final_acts(visitor: Visitor, organization: OrganizationRef) -> list[FinalAct]:
    """What the visitor may do with the organization as a whole."""
    place = f"{place_of(organization)}/{SETTINGS}"
    acts = []
    if _may_go_live(visitor, organization):
        word = gettext("Go live")
        means = gettext("Make a live organization of this sandbox, with all that is set up here.")
        acts.append(FinalAct(word=word, means=means, address=f"{place}/{GO_LIVE}"))
    if _may_archive(visitor, organization):
        if organization.archived:
            word, means = gettext("Bring this organization back"), gettext("It is listed and can be changed again.")
        else:
            word, means = gettext("Archive this organization"), gettext("It can be read from then on, and not changed.")
        acts.append(FinalAct(word=word, means=means, address=f"{place}/{ARCHIVE}"))
    return acts


def _may_go_live(visitor: Visitor, organization: OrganizationRef) -> bool:
    is_sandbox = organization.environment is Environment.SANDBOX and not organization.archived
    return is_sandbox and is_allowed(Right.GO_LIVE, organization, visitor.office.principal)


def _may_archive(visitor: Visitor, organization: OrganizationRef) -> bool:
    rights = [Right.ARCHIVE]
    if organization.kind is OrganizationKind.PARTNER:
        rights.append(Right.CREATE_CLIENT)
    return all(is_allowed(right, organization, visitor.office.principal) for right in rights)


async def _going_live(request: Request, visitor: Visitor) -> Response:
    books = await opened(request, visitor)
    if not _may_go_live(visitor, books.organization):
        raise Turned(nothing_here())
    if request.method != "POST":
        return await _live_asked(request, visitor, books)
    place = f"{place_of(books.organization)}/{SETTINGS}"
    form = await visitor.form_sent_once(request, gettext("This was done already"), place)
    handle = form.text("handle").strip()
    try:
        _check_ticked(form, await _try(visitor, books))
        made = await go_live(_caller(visitor), books.organization.handle, handle=handle)
    except Refusal as refusal:
        return await _live_asked(request, visitor, books, refusal, handle=handle)
    return see_other(f"{place_of(made.created or books.organization)}/{SETTINGS}?live=yes")


def _check_ticked(form: Form, would: WentLive) -> None:
    """Refuse a form that does not answer for each warning of its page, as that is now.

    Raises:
        Conflict: not all of them are ticked.
    """
    if not set(_warnings(would)) <= set(form.several("warning")):
        raise Conflict(gettext("Tick each warning that you have read; nothing was done."), field="warning")


def _warnings(would: WentLive) -> list[str]:
    return [*refused_by(would.mandates), *(["waiting"] if would.waiting else [])]


async def _try(visitor: Visitor, books: Books) -> WentLive:
    return await go_live(_caller(visitor), books.organization.handle, dry_run=True)


async def _live_asked(
    request: Request, visitor: Visitor, books: Books, refusal: Refusal | None = None, *, handle: str = ""
) -> Response:
    try:
        would = await _try(visitor, books)
    except Conflict as conflict:
        title = gettext("It cannot go live")
        back = ((f"{place_of(books.organization)}/{SETTINGS}", gettext("All settings")),)
        return told(title, message_of(conflict, on_page), status=409, links=back)
    return await show_room(
        request,
        visitor,
        books.organization,
        "settings_go_live.html",
        room="",
        title=gettext("Go live"),
        refusal=refusal,
        handle=handle or would.handle,
        free=would.handle,
        lacks=bool(would.blockers),
        carried_along=[(carried_word(name), number) for name, number in would.carried.items()],
        held=(await get_organization(books)).counts,
        mandates=refused_by(would.mandates),
        waiting=would.waiting,
        currency=books.organization.currency,
    )


def _caller(visitor: Visitor) -> Caller:
    return Caller(visitor.office, PracticeConnection(), "", protocol_has_sessions=False)


async def _archiving(request: Request, visitor: Visitor) -> Response:
    books = await opened(request, visitor)
    organization = books.organization
    if not _may_archive(visitor, organization):
        raise Turned(nothing_here())
    if request.method != "POST":
        return await _archive_asked(request, visitor, books)
    form = await visitor.form(request)
    place = f"{place_of(organization)}/{SETTINGS}"
    archives = form.text("act") == "archive"
    try:
        to_write = open_books(visitor.office, organization, Right.ARCHIVE, even_archived=True)
        await update_organization(visitor.office, to_write, {"archived": archives})
    except Refusal as refusal:
        return await _archive_asked(request, visitor, books, refusal)
    return see_other(place)


async def _archive_asked(request: Request, visitor: Visitor, books: Books, refusal: Refusal | None = None) -> Response:
    archived = books.organization.archived
    return await show_room(
        request,
        visitor,
        books.organization,
        "settings_archive.html",
        room="",
        title=gettext("Bring this organization back") if archived else gettext("Archive this organization"),
        refusal=refusal,
        archived=archived,
        held=(await get_organization(books)).counts,
    )
