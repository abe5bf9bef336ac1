"""Crediting an invoice: what is to be taken back is said first, then shown as the credit note that it would be, and the
button of that page issues it.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, assert_never

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.credit.wanted import CreditCharge, CreditLine
from invoicing.document.documents import DocumentKind
from invoicing.document.former_records import is_former
from invoicing.master_data.profiles import Profile
from invoicing.refusals import InvalidInput, NotFound, Refusal, Unavailable
from invoicing.text.numbers import typed_decimal
from operations.approval.waiting import AwaitingApproval
from operations.credit_notes import (
    CreditRequest,
    IssuedCreditNote,
    foresee_credit,
    issue_credit_note,
    left_to_credit,
)
from operations.identity.browsing import new_mark
from operations.invoices import get_invoice
from operations.paper import picture_of, printed_as_draft
from operations.rights import Right
from server.pages.languages import gettext
from server.pages.opening import books_to_act, may
from server.pages.organization_pages import show
from server.pages.reading import Form
from server.pages.refused import status_of
from server.pages.rendering import see_other
from server.pages.visiting import Desk, Visitor
from storage.books.pool import Books
from storage.books.profile import load_profile
from views.listed_documents import formats_of
from views.organizations import place_of
from views.remedies import message_of, on_page
from views.shown_documents import ShownDocument, shown_document
from views.shown_drafts import left_lines, shown_credit

_HERE = "invoices"
_PICTURE_WIDTH = 800
_LINE = re.compile(r"(line|charge)-(\d{1,4})\.(quantity|amount)", re.ASCII)
_PART = "part"


@dataclass(frozen=True, slots=True)
class _Crediting:
    """Whose books, the invoice, and what was typed."""

    visitor: Visitor
    books: Books
    profile: Profile
    one: ShownDocument
    given: Mapping[str, str]


def routes(desk: Desk) -> list[Route]:
    return desk.of_organization("/invoices/{document}/credit", _credit, methods=["GET", "POST"])


async def _credit(request: Request, visitor: Visitor) -> Response:
    books = await books_to_act(request, visitor, Right.CREDIT)
    found = await get_invoice(books, request.path_params["document"])
    if found.document.kind is DocumentKind.CREDIT_NOTE or is_former(found.document.id):
        raise NotFound("There is no such page.")
    profile = await books.read(load_profile)
    one = shown_document(found, profile)
    if request.method != "POST":
        return await _ask(_Crediting(visitor, books, profile, one, {"reason": "", "what": "all"}))
    form = await visitor.form(request)
    act = _Crediting(visitor, books, profile, one, _given(form))
    if form.text("act") == "change":
        return await _ask(act)
    if form.text("act") != "issue":
        return await _show_final(act)
    await visitor.check_first_time(form, gettext("This was credited already"), f"{_place(act)}")
    return await _issued(act, form.text("seen_as"))


def _given(form: Form) -> dict[str, str]:
    given = {name: form.text(name).strip() for name in form.fields if _LINE.fullmatch(name)}
    return given | {"reason": form.text("reason").strip(), "what": form.text("what")}


def _wanted(act: _Crediting) -> tuple[CreditRequest, list[str]]:
    """What is to be taken back, and by which key of the form each line of that goes.

    Raises:
        InvalidInput: what is no number, naming its field.
    """
    if act.given["what"] != _PART:
        if any(text for name, text in act.given.items() if _LINE.fullmatch(name)):
            raise InvalidInput(
                gettext("Choose either all that is left, or only what is entered: nothing was taken from both."),
                field="what",
            )
        return CreditRequest(invoice=act.one.key, reason=act.given["reason"]), []
    decimal = formats_of(act.profile, act.one.currency).decimal
    typed: dict[str, dict[str, Decimal]] = {}
    for name, text in act.given.items():
        if text and (found := _LINE.fullmatch(name)):
            key = f"{found[1]}-{found[2]}"
            typed.setdefault(key, {})[found[3]] = typed_decimal(text, decimal=decimal, field=name)
    lines, charges, keys = [], [], []
    for key, said in typed.items():
        if len(said) > 1:
            raise InvalidInput(
                gettext(
                    "Of one line, enter either the quantity that comes back or the amount by which it is reduced:"
                    " nothing was taken of both."
                ),
                field=f"{key}.amount",
            )
        kind, _, position = key.partition("-")
        if kind == "charge":
            charges.append(CreditCharge(int(position), said.get("amount")))
        else:
            lines.append(CreditLine(int(position), said.get("quantity"), amount=said.get("amount")))
            keys.append(key)
    reason = act.given["reason"]
    return CreditRequest(invoice=act.one.key, reason=reason, lines=tuple(lines), charges=tuple(charges)), keys


async def _ask(act: _Crediting, refusal: Refusal | None = None, keys: list[str] | None = None) -> Response:
    """What is to be taken back, and why."""
    left = await left_to_credit(act.books, act.one.key)
    return await show(
        act.visitor,
        act.books.organization,
        "credit.html",
        here=_HERE,
        status=status_of(refusal),
        title=gettext("Credit %(number)s") % {"number": act.one.number},
        one=act.one,
        given=act.given,
        left=left_lines(left, act.one.currency, act.profile),
        refused=message_of(refusal, on_page) if refusal else "",
        field=_field_of(refusal, keys or []) if refusal else "",
    )


def _field_of(refusal: Refusal, keys: list[str]) -> str:
    """The field of the form that a refusal is about."""
    found = re.match(r"lines\[(\d+)\](?:\.(\w+))?", refusal.field)
    if found and int(found[1]) < len(keys):
        return f"{keys[int(found[1])]}.{'amount' if found[2] == 'amount' else 'quantity'}"
    return "what" if refusal.field == "lines" else refusal.field


async def _show_final(act: _Crediting, refused: str = "", status: int = 200) -> Response:
    """The credit note as it would be: all of it, before it is issued."""
    keys: list[str] = []
    try:
        request, keys = _wanted(act)
        foreseen = await foresee_credit(act.books, request)
    except (NotFound, Unavailable):
        raise
    except Refusal as refusal:
        return await _ask(act, refusal, keys)
    pdf = await printed_as_draft(act.books, foreseen.document)
    picture = await picture_of(act.books, pdf, 1, width=_PICTURE_WIDTH)
    context: dict[str, Any] = {"figures": shown_credit(foreseen, act.profile), "given": act.given, "one": act.one}
    return await show(
        act.visitor,
        act.books.organization,
        "credit_final.html",
        here=_HERE,
        status=status,
        title=gettext("Issue %(number)s?") % {"number": foreseen.number},
        picture="data:image/png;base64," + base64.b64encode(picture.png).decode(),
        obstacle=message_of(foreseen.obstacle, on_page) if foreseen.obstacle else "",
        asks=bool(foreseen.steps),
        seen_as=foreseen.seen_as,
        form_words=foreseen.document.form_words,
        refused=refused,
        mark=new_mark,
        **context,
    )


async def _issued(act: _Crediting, seen_as: str) -> Response:
    keys: list[str] = []
    try:
        request, keys = _wanted(act)
        # Without the digest nobody was shown anything.
        made = await issue_credit_note(act.books, request, seen_as=seen_as or "nothing")
    except (NotFound, Unavailable):
        raise
    except InvalidInput as refusal:
        return await _ask(act, refusal, keys)
    except Refusal as refusal:
        return await _show_final(act, message_of(refusal, on_page), 409)
    match made:
        case IssuedCreditNote():
            return see_other(f"{place_of(act.books.organization)}/invoices/{made.note.document.id}?done=issued")
        case AwaitingApproval():
            decides = may(act.visitor, act.books, Right.DECIDE_APPROVAL)
            title = gettext("It waits for its approval")
            return await show(
                act.visitor, act.books.organization, "credit_waits.html", here=_HERE, title=title, decides=decides
            )
        case never:
            assert_never(never)


def _place(act: _Crediting) -> str:
    return f"{place_of(act.books.organization)}/invoices/{act.one.key}"
