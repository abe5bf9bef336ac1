"""Payments: what was received for an invoice, what was refunded of a credit note, and what was recorded in error."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlmodel import Session

from invoicing.document.documents import Document, DocumentKind
from invoicing.document.notices import Notice
from invoicing.money.amounts import AMOUNT_MINOR_MAX, check_amount, check_currency, exact_minor, money_text
from invoicing.refusals import Conflict, InvalidInput, LimitExceeded, NotFound
from invoicing.remedies import Act
from invoicing.text.typed import clean_line
from operations.issue_dates import closed_refusal, today_in
from operations.issuing import StandingDocument, find_document, fingerprint, standing
from operations.likely_duplicates import duplicate_payment
from storage.books import audit, documents, idempotency, payments
from storage.books.documents import IssuedDocument
from storage.books.payments import Payment
from storage.books.pool import Books
from storage.books.profile import load_profile
from storage.ids import new_id

_TOOL = "record_payment"
_EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequest:
    """What was paid of an invoice, or refunded of a credit note, each by its id or number.

    `amount` is in the document's currency. `reverse` is the payment of this document to reverse, by its id; then the
    amount may be left out. `client_reference` is the caller's own name for the payment.
    """

    invoice: str
    amount: Decimal | None = None
    paid_on: date | None = None
    method: str = ""
    reference: str = ""
    currency: str = ""
    reverse: str = ""
    accept_overpayment: bool = False
    client_reference: str = ""


@dataclass(frozen=True, slots=True)
class RecordedPayment:
    """A payment and its document as that stands now; `owed_minor` is what the customer owes of the invoice.

    `replayed` says that an earlier call recorded it; `warnings` what was said when it was recorded.
    """

    payment: Payment
    document: StandingDocument
    owed_minor: int
    replayed: bool = False
    warnings: tuple[Notice, ...] = ()


async def record_payment(books: Books, request: PaymentRequest) -> RecordedPayment:
    """Record a payment, a refund, or the reversal of one: a counter-entry, for what is recorded never changes.

    Raises:
        NotFound: no such document in these books, or no such payment of it.
        InvalidInput: an amount that is not exact in the currency or not more than zero, or a date out of bounds.
        LimitExceeded: more than is owed, unless an overpayment is accepted; overpayments that come to an amount of
            more than 15 digits in minor units; a refund of more than is owed.
        Conflict: another currency than the document's, or a payment that was reversed before.
        IdempotencyMismatch: the client reference was used for something else.
    """
    wanted = replace(
        request,
        method=clean_line(request.method, field="method", limit=100),
        reference=clean_line(request.reference, field="reference", limit=200),
        client_reference=clean_line(request.client_reference, field="client_reference", limit=100),
    )
    return await books.write(lambda db: _record(db, books, wanted))


def _record(db: Session, books: Books, request: PaymentRequest) -> RecordedPayment:
    issued = find_document(db, request.invoice)
    request_hash = fingerprint(replace(request, invoice=issued.document.id)) if request.client_reference else ""
    first = idempotency.subject_of(db, _TOOL, request.client_reference, request_hash)
    if first is not None:
        return _recorded(db, books, issued, _payment(db, first), replayed=True)
    _check_currency(issued.document, request.currency)
    make = _reversal if request.reverse else _new_payment
    payment = make(db, books, issued, request)
    payments.add_payment(db, payment, issued.document, accounting_currency=load_profile(db).currency)
    _audit(db, payment, accepted=request.accept_overpayment, client_reference=request.client_reference)
    idempotency.remember(db, _TOOL, request.client_reference, request_hash, payment.id, at=books.clock())
    warnings = () if payment.reverses_id else duplicate_payment(db, payment)
    return replace(_recorded(db, books, issued, payment), warnings=warnings)


def _new_payment(db: Session, books: Books, issued: IssuedDocument, request: PaymentRequest) -> Payment:
    document = issued.document
    if request.amount is None:
        raise InvalidInput("amount is required: how much was paid.", field="amount")
    amount_minor = _amount(request.amount, document.currency)
    accounts = payments.payment_accounts(db, document)
    if document.kind is DocumentKind.CREDIT_NOTE:
        _check_refund(db, issued, amount_minor)
        debit, credit = accounts.receivable, accounts.bank
    else:
        _check_not_over(issued, amount_minor, accepted=request.accept_overpayment)
        debit, credit = accounts.bank, accounts.receivable
    return Payment(
        position=payments.next_position(db),
        id=new_id("pay"),
        document_id=document.id,
        reverses_id=None,
        amount_minor=amount_minor,
        currency=document.currency,
        paid_on=_day(db, books, request.paid_on, earliest=_EARLIEST),
        method=request.method,
        reference=request.reference,
        debit_account=debit,
        credit_account=credit,
        recorded_at=books.clock(),
        recorded_by=books.actor,
    )


def _reversal(db: Session, books: Books, issued: IssuedDocument, request: PaymentRequest) -> Payment:
    reversed_one = payments.payment_by_id(db, request.reverse.strip())
    if reversed_one is None or reversed_one.document_id != issued.document.id:
        raise NotFound("reverse: no such payment of this document.", field="reverse", remedy=Act.READ_PAYMENTS)
    if reversed_one.reverses_id:
        raise Conflict("reverse: this is itself a reversal. Record the payment anew instead.", field="reverse")
    if payments.reversal_of(db, reversed_one.id):
        raise Conflict("reverse: this payment was reversed before.", field="reverse")
    if request.amount is not None and _amount(request.amount, reversed_one.currency) != reversed_one.amount_minor:
        whole = money_text(reversed_one.amount_minor, reversed_one.currency)
        raise InvalidInput(f"amount: a payment is reversed whole, {whole}, or leave amount out.", field="amount")
    return replace(
        reversed_one,
        position=payments.next_position(db),
        id=new_id("pay"),
        reverses_id=reversed_one.id,
        paid_on=_day(db, books, request.paid_on, earliest=reversed_one.paid_on),
        method=request.method,
        reference=request.reference,
        debit_account=reversed_one.credit_account,
        credit_account=reversed_one.debit_account,
        recorded_at=books.clock(),
        recorded_by=books.actor,
    )


def _check_currency(document: Document, stated: str) -> None:
    if stated and check_currency(stated) != document.currency:
        raise Conflict(
            f"currency: {document.number} is in {document.currency}, and is paid in that currency: state what it was"
            f" worth in {document.currency}.",
            field="currency",
        )


def _amount(amount: Decimal, currency: str) -> int:
    amount_minor = exact_minor(amount, currency, field="amount")
    if amount_minor <= 0:
        raise InvalidInput(
            "amount must be more than 0: what was recorded in error is taken back with reverse.", field="amount"
        )
    return check_amount(amount_minor, field="amount")


def _check_not_over(issued: IssuedDocument, amount_minor: int, *, accepted: bool) -> None:
    document, owed = issued.document, max(issued.balance.due_minor, 0)
    paid_minor = issued.balance.paid_minor
    if accepted and paid_minor + amount_minor > AMOUNT_MINOR_MAX:
        raise LimitExceeded(
            f"amount: with {money_text(paid_minor, document.currency)} {document.currency} that was paid of"
            f" {document.number} before, it comes to more than {money_text(AMOUNT_MINOR_MAX, document.currency)}, the"
            " largest amount of these books. Record it on another document, or reverse what was recorded in error.",
            field="amount",
        )
    if amount_minor > owed and not accepted:
        credited = " It was credited." if issued.balance.credited_minor else ""
        raise LimitExceeded(
            f"amount: {money_text(owed, document.currency)} {document.currency} is owed of {document.number}, and"
            f" {money_text(amount_minor, document.currency)} is more.{credited} If that was really paid, repeat with"
            " accept_overpayment.",
            field="amount",
            remedy=Act.READ_DOCUMENT if credited else None,
        )


def _check_refund(db: Session, issued: IssuedDocument, amount_minor: int) -> None:
    """A refund is not more than the customer is owed, on this credit note and on its invoice."""
    document, balance = issued.document, issued.balance
    assert document.credits is not None  # noqa: S101 - A defect, not bad input.
    owed = max(-documents.balance_of(db, document.credits.id).due_minor, 0)
    most = min(owed, balance.payable_minor - balance.paid_minor)
    if amount_minor > most:
        raise LimitExceeded(
            f"amount: {money_text(most, document.currency)} {document.currency} can be refunded of {document.number}:"
            " a refund is not more than the customer is owed of its invoice, after what was paid and credited.",
            field="amount",
        )


def _day(db: Session, books: Books, stated: date | None, *, earliest: date) -> date:
    today = today_in(db, books)
    day = stated or max(today, earliest)
    if not earliest <= day <= max(today, earliest):
        raise InvalidInput(
            f"paid_on {day.isoformat()} must lie between {earliest.isoformat()} and today, {today.isoformat()}.",
            field="paid_on",
        )
    if closed := closed_refusal(db, day, field="paid_on"):
        raise closed
    return day


def _audit(db: Session, payment: Payment, *, accepted: bool, client_reference: str) -> None:
    audit.record(
        db,
        "reverse_payment" if payment.reverses_id else _TOOL,
        payment.id,
        at=payment.recorded_at,
        by=payment.recorded_by,
        detail=payments.audited(payment) | {"accepted": accepted, "client_reference": client_reference},
    )


def _payment(db: Session, payment_id: str) -> Payment:
    found = payments.payment_by_id(db, payment_id)
    if found is None:
        raise LookupError("a payment that was recorded is not there any more")
    return found


def _recorded(
    db: Session, books: Books, issued: IssuedDocument, payment: Payment, *, replayed: bool = False
) -> RecordedPayment:
    issued = replace(issued, balance=documents.balance_of(db, payment.document_id))
    credited = issued.document.credits
    balance = documents.balance_of(db, credited.id) if credited else issued.balance
    return RecordedPayment(payment, standing(db, books, issued), balance.due_minor, replayed)
