"""What settles a document: recorded on a page of its own, and taken back on another."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.document.documents import DocumentKind
from invoicing.master_data.profiles import Profile
from invoicing.refusals import LimitExceeded, NotFound, Refusal, Unavailable
from invoicing.text.numbers import typed_decimal
from operations.identity.browsing import new_mark
from operations.invoices import get_invoice
from operations.issue_dates import today_in
from operations.issuing import StandingDocument
from operations.payments import PaymentRequest, RecordedPayment, record_payment
from operations.rights import Right
from server.pages.languages import gettext
from server.pages.opening import books_to_act
from server.pages.organization_pages import show
from server.pages.reading import Form, day_of
from server.pages.refused import status_of
from server.pages.rendering import see_other
from server.pages.visiting import Desk, Visitor
from server.pages.words import event_word, settling_word
from storage.books.pool import Books
from storage.books.profile import load_profile
from views.listed_documents import formats_of
from views.organizations import place_of
from views.remedies import message_of, on_page, told
from views.shown_documents import ShownDocument, ShownEvent, amount_to_type, kinds_of_settling, shown_document

_HERE = "invoices"
_FIELDS = ("kind", "amount", "paid_on", "method", "reference", "exchange_rate", "accept_overpayment")


def routes(desk: Desk) -> list[Route]:
    both = ("GET", "POST")
    return [
        *desk.of_organization("/invoices/{document}/pay", _pay, methods=both),
        *desk.of_organization("/invoices/{document}/payments/{payment}/reverse", _reverse, methods=both),
    ]


async def _pay(request: Request, visitor: Visitor) -> Response:
    books = await books_to_act(request, visitor, Right.RECORD_PAYMENT)
    found = await get_invoice(books, request.path_params["document"])
    profile = await books.read(load_profile)
    one = shown_document(found, profile)
    if request.method != "POST":
        kinds, today = kinds_of_settling(one), await books.read(lambda db: today_in(db, books))
        given = dict.fromkeys(_FIELDS, "") | {"kind": kinds[0], "paid_on": today.isoformat()}
        return await _show_pay(visitor, books, found, given | {"amount": amount_to_type(found, profile)})
    form = await visitor.form_sent_once(request, gettext("This was recorded already"), _place(books, one))
    given = {name: form.text(name).strip() for name in _FIELDS}
    try:
        made = await record_payment(books, replace(_wanted(given, profile, found), invoice=one.key))
    except (NotFound, Unavailable):
        raise
    except Refusal as refusal:
        return await _show_pay(visitor, books, found, given, refusal)
    return await _recorded(visitor, books, one, made, "paid")


def _wanted(given: dict[str, str], profile: Profile, found: StandingDocument) -> PaymentRequest:
    """What was typed, as a request.

    Raises:
        InvalidInput: naming the field.
    """
    decimal = formats_of(profile, found.document.currency).decimal

    def number(field: str) -> Decimal | None:
        return typed_decimal(given[field], decimal=decimal, field=field) if given[field] else None

    return PaymentRequest(
        amount=number("amount"),
        kind=given["kind"] or "payment",
        paid_on=day_of(given["paid_on"], field="paid_on"),
        method=given["method"],
        reference=given["reference"],
        exchange_rate=number("exchange_rate"),
        accept_overpayment=given["accept_overpayment"] == "yes",
    )


async def _show_pay(
    visitor: Visitor, books: Books, found: StandingDocument, given: dict[str, str], refusal: Refusal | None = None
) -> Response:
    profile = await books.read(load_profile)
    one = shown_document(found, profile)
    too_much = isinstance(refusal, LimitExceeded) and given["kind"] == "payment"
    title = gettext("Record a refund of %(number)s") if _is_note(one) else gettext("Record a payment of %(number)s")
    return await show(
        visitor,
        books.organization,
        "pay.html",
        here=_HERE,
        status=status_of(refusal),
        title=title % {"number": one.number},
        one=one,
        given=given,
        kinds=[(kind, settling_word(kind, refund=_is_note(one))) for kind in kinds_of_settling(one)],
        foreign=profile.currency if profile.currency != one.currency else "",
        over=too_much or given["accept_overpayment"] == "yes",
        refused=message_of(refusal, on_page) if refusal else "",
        field=refusal.field if refusal and refusal.field in _FIELDS else "",
        mark=new_mark,
    )


async def _reverse(request: Request, visitor: Visitor) -> Response:
    """What was recorded in error is taken back whole, by a counter-entry."""
    books = await books_to_act(request, visitor, Right.RECORD_PAYMENT)
    found = await get_invoice(books, request.path_params["document"])
    one = shown_document(found, await books.read(load_profile))
    payment = request.path_params["payment"]
    event = next((event for event in one.events if event.reverse == payment), None)
    form: Form | None = None
    if request.method == "POST":
        title = gettext("This was taken back already")
        form = await visitor.form_sent_once(request, title, _place(books, one))
    if event is None:
        raise NotFound("There is no such page.")
    if form is None:
        return await _show_reverse(visitor, books, one, event)
    try:
        made = await record_payment(books, PaymentRequest(invoice=one.key, reverse=payment))
    except (NotFound, Unavailable):
        raise
    except Refusal as refusal:
        return await _show_reverse(visitor, books, one, event, refusal)
    return await _recorded(visitor, books, one, made, "reversed")


async def _show_reverse(
    visitor: Visitor, books: Books, one: ShownDocument, event: ShownEvent, refusal: Refusal | None = None
) -> Response:
    context: dict[str, Any] = {"one": one, "event": event, "what": event_word(event.what), "mark": new_mark}
    return await show(
        visitor,
        books.organization,
        "reverse.html",
        here=_HERE,
        status=409 if refusal else 200,
        title=gettext("Take it back?"),
        refused=message_of(refusal, on_page) if refusal else "",
        **context,
    )


async def _recorded(visitor: Visitor, books: Books, one: ShownDocument, made: RecordedPayment, done: str) -> Response:
    """Back to the document; what there is to know of it is said first."""
    place = _place(books, one)
    if not made.warnings:
        return see_other(f"{place}?done={done}")
    said = [told(one_warning, on_page) for one_warning in made.warnings]
    title = gettext("Recorded, and to be known")
    return await show(
        visitor, books.organization, "recorded.html", here=_HERE, title=title, said=said, back=place, number=one.number
    )


def _place(books: Books, one: ShownDocument) -> str:
    return f"{place_of(books.organization)}/invoices/{one.key}"


def _is_note(one: ShownDocument) -> bool:
    return one.kind == DocumentKind.CREDIT_NOTE.value
