"""Mandates: which laws take another form than a PDF, from when, and on record how such documents are handed in."""

from __future__ import annotations

from datetime import date

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.refusals import InvalidInput, NotReady, Refusal
from operations.mandates import acknowledge_mandate, get_mandates, withdraw_acknowledgement
from operations.rights import Right
from server.http.answers import Turned
from server.pages.languages import gettext
from server.pages.rendering import nothing_here
from server.pages.settings.frame import SETTINGS, may, opened, place_of_room, saved, show_room, to_change
from server.pages.visiting import Desk, Visitor
from storage.books.pool import Books
from storage.books.profile import load_profile
from views.listed_documents import formats_of
from views.mandates import MandateAnswer, mandate_answers

_ROOM = "mandates"


def routes(desk: Desk) -> list[Route]:
    whole = f"/{SETTINGS}/{_ROOM}"
    return desk.of_organization(whole, _mandates, methods=["GET", "POST"])


async def _mandates(request: Request, visitor: Visitor) -> Response:
    books = await opened(request, visitor)
    if request.method != "POST":
        return await _shown(request, visitor, books)
    if not may(visitor, books.organization, Right.ACKNOWLEDGE_MANDATE):
        raise Turned(nothing_here())
    place = place_of_room(books.organization, _ROOM)
    form = await visitor.form_sent_once(request, gettext("This was done already"), place)
    code, handed_in = form.text("code"), form.text("handed_in")
    try:
        if form.text("act") == "withdraw":
            changed = to_change(visitor, books, Right.WITHDRAW_ACKNOWLEDGEMENT)
            await withdraw_acknowledgement(visitor.office, changed, code)
        else:
            changed = to_change(visitor, books, Right.ACKNOWLEDGE_MANDATE)
            await acknowledge_mandate(visitor.office, changed, code, handed_in=handed_in)
    except Refusal as refusal:
        # Each mandate has a field of its own.
        beside = InvalidInput(refusal.message, field=f"handed_in-{code}") if refusal.field == "handed_in" else refusal
        return await _shown(request, visitor, books, beside, typed={code: handed_in})
    return saved(books.organization, _ROOM)


async def _shown(
    request: Request,
    visitor: Visitor,
    books: Books,
    refusal: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    try:
        found = await get_mandates(books)
    except NotReady:
        # The law follows from the country, which is not said yet.
        found = None
    formats = formats_of(await books.read(load_profile), books.organization.currency or "EUR")
    return await show_room(
        request,
        visitor,
        books.organization,
        "settings_mandates.html",
        room=_ROOM,
        refusal=refusal,
        typed=typed or {},
        country=found.country if found else "",
        refuses=found is not None and found.policy == "refuse",
        mandates=[(one, formats.date(date.fromisoformat(one.since)), _effect(one)) for one in mandate_answers(found)],
        planned=found.planned if found else (),
        notes=[one.note for one in found.none] if found else [],
        requirements=found.requirements if found else (),
        may=may(visitor, books.organization, Right.ACKNOWLEDGE_MANDATE),
        may_withdraw=may(visitor, books.organization, Right.WITHDRAW_ACKNOWLEDGEMENT),
    )


def _effect(one: MandateAnswer) -> str:
    """What a PDF from here is under the mandate."""
    if one.unlawful:
        return gettext("This program may not be used for such documents.")
    if one.form == "none":
        return gettext("A PDF is only a copy: the invoice itself has another form.")
    return gettext("A PDF is an invoice, which must be reported.")
