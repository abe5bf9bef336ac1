"""Periods: which months are closed, and the pages on which one closes more, or opens them again, after seeing what that
is about.
"""

from __future__ import annotations

from datetime import date

from babel.dates import format_skeleton
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.refusals import Conflict, Refusal
from operations.closing_periods import list_periods, look_at_month
from operations.configuration.configuring import save_entry
from operations.configuration.entries import Change, Part
from operations.rights import Right
from operations.verification import Verified, verify_books
from server.http.answers import Turned
from server.pages.languages import gettext, language
from server.pages.reading import Form
from server.pages.rendering import nothing_here
from server.pages.settings.frame import SETTINGS, may, opened, place_of_room, saved, show_room, to_change
from server.pages.visiting import Desk, Visitor
from storage.books.pool import Books
from views.periods import closable_shown, months_shown, said_shown

_ROOM = "periods"
_SHOWN = 36


def routes(desk: Desk) -> list[Route]:
    whole = f"/{SETTINGS}/{_ROOM}"
    return [
        *desk.of_organization(whole, _periods),
        *desk.of_organization(f"{whole}/{{month}}", _month, methods=["GET", "POST"]),
    ]


async def _periods(request: Request, visitor: Visitor) -> Response:
    books = await opened(request, visitor)
    found = await list_periods(books)
    before = request.query_params.get("before", "")
    months = [one for one in found.months if not before or one.month < before]
    return await show_room(
        request,
        visitor,
        books.organization,
        "settings_periods.html",
        room=_ROOM,
        months=months_shown(found, months[:_SHOWN], _named),
        more=months[_SHOWN - 1].month if months[_SHOWN:] else "",
        said=said_shown(found, _named)[:_SHOWN],
        may=may(visitor, books.organization, Right.CHANGE_PERIODS),
    )


async def _month(request: Request, visitor: Visitor) -> Response:
    """A month that is open is closed here, and one that is closed is opened again."""
    books = await opened(request, visitor)
    month = request.path_params["month"]
    if not may(visitor, books.organization, Right.CHANGE_PERIODS):
        raise Turned(nothing_here())
    if request.method != "POST":
        verified = await verify_books(books) if "verify" in request.query_params else None
        return await _asked(request, visitor, books, month, verified=verified)
    place = place_of_room(books.organization, _ROOM)
    form = await visitor.form_sent_once(request, gettext("This was done already"), place)
    try:
        change = await _change(books, month, form)
        await save_entry(visitor.office, to_change(visitor, books, Right.CHANGE_PERIODS), Part.PERIODS, change)
    except Refusal as refusal:
        return await _asked(request, visitor, books, month, refusal, reason=form.text("reason"))
    return saved(books.organization, _ROOM)


async def _change(books: Books, month: str, form: Form) -> Change:
    """What the form asks for.

    Raises:
        Conflict: it is not what the page showed any more, or not all that it says was ticked.
    """
    shown = closable_shown(await look_at_month(books, month), _named)
    closes = form.text("act") == "close"
    if closes is not shown.closes or form.text("seen") != _seen(shown.drafts, shown.waiting, len(shown.months)):
        raise Conflict(gettext("It is not as it was shown to you any more. This is how it is now; nothing was done."))
    if len(set(form.several("warning"))) < bool(shown.drafts) + bool(shown.waiting):
        raise Conflict(gettext("Tick each warning that you have read; nothing was done."), field="warning")
    return Change(code=month, withdraw=not closes, reason=form.text("reason"))


async def _asked(
    request: Request,
    visitor: Visitor,
    books: Books,
    month: str,
    refusal: Refusal | None = None,
    *,
    reason: str = "",
    verified: Verified | None = None,
) -> Response:
    shown = closable_shown(await look_at_month(books, month), _named)
    name = shown.month.name
    return await show_room(
        request,
        visitor,
        books.organization,
        "settings_period.html",
        room=_ROOM,
        title=gettext("Close %(month)s", month=name) if shown.closes else gettext("Open %(month)s again", month=name),
        refusal=refusal,
        one=shown,
        seen=_seen(shown.drafts, shown.waiting, len(shown.months)),
        reason=reason,
        verified=verified,
    )


def _seen(drafts: int, waiting: int, months: int) -> str:
    """What the form carries of what its page showed."""
    return f"{drafts} {waiting} {months}"


def _named(month: str) -> str:
    """A month in the reader's language."""
    return format_skeleton("yMMMM", date.fromisoformat(f"{month}-01"), locale=language())
