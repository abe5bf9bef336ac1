"""Payments and what else settles documents: money received, refunded or paid back, credits applied, differences written
off, bank charges, withheld tax, discounts taken; and what was recorded in error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlmodel import Session

from invoicing.document.documents import Document
from invoicing.document.former_records import is_former
from invoicing.document.notices import Notice
from invoicing.master_data.profiles import Profile
from invoicing.money.amounts import money_text, sum_of_known, to_major
from invoicing.refusals import Conflict, InvalidInput, NotFound
from invoicing.remedies import Act, ReversePayment
from invoicing.settlement.kinds import MONEY, SettlementKind
from invoicing.text.typed import clean_line
from operations.issue_dates import closed_refusal, today_in
from operations.issuing import StandingDocument, find_document, fingerprint, standing
from operations.likely_duplicates import duplicate_payment
from operations.settling.asked import Money, Share, Wanted, positive_minor, read_shares, with_amounts
from operations.settling.limits import allowed, begins_on, check_not_before, owed_since
from operations.settling.recording import RECORDED, Line, Recording, Stated, credit_sources
from storage.books import documents, idempotency, payments
from storage.books.customer_account import owed_to_customer
from storage.books.documents import IssuedDocument
from storage.books.payments import Payment
from storage.books.pool import Books
from storage.books.profile import load_profile

_TOOL = RECORDED
_EARLIEST = date(2000, 1, 1)
_CREDITS = frozenset({SettlementKind.CREDIT, SettlementKind.CREDIT_USED})


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequest:
    """What settles an invoice, or was refunded of a credit note, each by its id or number; or `invoices`, several at
    once.

    `amount` is in the documents' currency, or in that of the books where `currency` says so. `kind` is one of
    `invoicing.settlement.kinds.CHOSEN`. `exchange_rate` is what one unit of the documents' currency was worth in that
    of the books. `reverse` is what was recorded of this document and is taken back, by its id; then the amount may be
    left out. `client_reference` is the caller's own name for the act.
    """

    invoice: str = ""
    amount: Decimal | None = None
    paid_on: date | None = None
    method: str = ""
    reference: str = ""
    currency: str = ""
    reverse: str = ""
    accept_overpayment: bool = False
    client_reference: str = ""
    kind: str = SettlementKind.PAYMENT.value
    exchange_rate: Decimal | None = None
    invoices: tuple[Share, ...] = ()


@dataclass(frozen=True, slots=True)
class Settled:
    """What was recorded of one document, and the document as it stands now; `owed_minor` is what the customer owes of
    the invoice.
    """

    payment: Payment
    document: StandingDocument
    owed_minor: int


@dataclass(frozen=True, slots=True)
class RecordedPayment:
    """What an act recorded, in its order. `replayed` says that an earlier call recorded it; `warnings` what was said
    when it was recorded.
    """

    parts: tuple[Settled, ...]
    replayed: bool = False
    warnings: tuple[Notice, ...] = ()

    @property
    def payment(self) -> Payment:
        return self.parts[0].payment

    @property
    def document(self) -> StandingDocument:
        return self.parts[0].document

    @property
    def owed_minor(self) -> int:
        return self.parts[0].owed_minor


async def record_payment(books: Books, request: PaymentRequest) -> RecordedPayment:
    """Record what settles documents, or take back what was recorded: by a counter-entry, for it never changes.

    Raises:
        NotFound: no such document in these books, or nothing of that id was recorded of it.
        InvalidInput: an amount that is not exact in its currency or not more than zero, a date out of bounds, or parts
            that do not sum up.
        LimitExceeded: more than there is to settle in that way.
        Conflict: another currency, a document of another customer, no account to post to, or what was reversed before.
        IdempotencyMismatch: the client reference was used for something else.
    """
    wanted = replace(
        request,
        method=clean_line(request.method, field="method", limit=100),
        reference=clean_line(request.reference, field="reference", limit=200),
        client_reference=clean_line(request.client_reference, field="client_reference", limit=100),
    )
    return await books.write(lambda db: _record(db, books, wanted))


def record_as_issued(db: Session, books: Books, issued: IssuedDocument) -> IssuedDocument:
    """The document as it stands once that it is paid, as it says of itself, is on record too.

    Raises:
        InvalidInput, Conflict: as `record_payment` does.
    """
    document = issued.document
    if document.paid_on is None:
        return issued
    amount, means = to_major(document.payable_minor, document.currency), document.payment_means
    said = PaymentRequest(amount=amount, paid_on=document.paid_on, method=means.value if means else "")
    (share,) = read_shares(db, (Share(invoice=document.id),), several=False)
    _settle(db, books, load_profile(db), said, [share])
    return _as_now(db, issued)


def _record(db: Session, books: Books, request: PaymentRequest) -> RecordedPayment:
    shares = read_shares(db, _shares(request), several=bool(request.invoices))
    request_hash = fingerprint(_named_by_id(request, shares)) if request.client_reference else ""
    first = idempotency.subject_of(db, _TOOL, request.client_reference, request_hash)
    if first is not None:
        recorded = payments.payment_by_id(db, first)
        if recorded is None:
            raise LookupError("a payment that was recorded is not there any more")
        return RecordedPayment(_settled(db, books, payments.of_receipt(db, recorded.receipt_id), {}), replayed=True)
    profile = load_profile(db)
    make = _reverse if request.reverse else _settle
    made, warnings = make(db, books, profile, request, shares)
    idempotency.remember(db, _TOOL, request.client_reference, request_hash, made[0].id, at=books.clock())
    known = {one.document.id: one.issued for one in shares}
    return RecordedPayment(_settled(db, books, made, known), warnings=warnings)


def _shares(request: PaymentRequest) -> tuple[Share, ...]:
    if not request.invoices:
        return (Share(invoice=request.invoice, kind="" if request.reverse else request.kind),)
    if request.invoice.strip() or request.reverse:
        raise InvalidInput(
            "invoices: name one invoice, or several, not both; and reverse by invoice.", field="invoices"
        )
    usual = request.kind
    return tuple(replace(one, kind=one.kind or usual) for one in request.invoices)


def _named_by_id(request: PaymentRequest, shares: list[Wanted]) -> dict[str, object]:
    """A document has an id and a number: a retry may name it by either. What a request does not say has no part in what
    it is known by, so that a later field changes nothing.
    """
    said: dict[str, object] = {
        name: getattr(request, name)
        for name in (
            "amount",
            "paid_on",
            "method",
            "reference",
            "currency",
            "reverse",
            "accept_overpayment",
            "client_reference",
        )
    }
    said["invoice"] = shares[0].document.id
    if request.kind != SettlementKind.PAYMENT.value:
        said["kind"] = request.kind
    if request.exchange_rate is not None:
        said["exchange_rate"] = request.exchange_rate
    if request.invoices:
        said["invoices"] = [[one.document.id, one.kind.value, one.amount_minor] for one in shares]
    return said


def _settle(
    db: Session, books: Books, profile: Profile, request: PaymentRequest, shares: list[Wanted]
) -> tuple[list[Payment], tuple[Notice, ...]]:
    money = Money(
        amount=request.amount,
        currency=request.currency,
        exchange_rate=request.exchange_rate,
        accept_overpayment=request.accept_overpayment,
    )
    shares = with_amounts(shares, money, books_currency=profile.currency)
    act = Recording(db, books, profile, _stated(db, books, request, earliest=_EARLIEST))
    notices: list[Notice] = []
    for wanted in shares:
        notices += _settle_one(db, act, profile, request, wanted)
    for payment in act.made:
        if payment.kind in MONEY:
            notices += duplicate_payment(db, payment)
    return act.made, tuple(notices)


def _settle_one(
    db: Session, act: Recording, profile: Profile, request: PaymentRequest, wanted: Wanted
) -> tuple[Notice, ...]:
    if act.made:
        # What the act recorded before counts.
        wanted = replace(wanted, issued=_as_now(db, wanted.issued))
    if wanted.kind is SettlementKind.CREDIT and wanted.amount_minor is None:
        wanted = replace(wanted, amount_minor=_all_credit(db, wanted))
    fits = allowed(db, profile, wanted, accept_overpayment=request.accept_overpayment, paid_on=act.paid_on)
    document = wanted.document
    if wanted.kind not in MONEY or is_former(document.id):
        check_not_before(document, begins_on(db, document), act.paid_on)
    received = wanted.received_minor
    if fits.kind is SettlementKind.CREDIT:
        received = _use_credits(db, act, document, fits.amount_minor)
    act.record(Line(document=document, kind=fits.kind, amount_minor=fits.amount_minor, received_minor=received))
    return (*fits.notices, *_at_the_documents_rate(request, wanted, profile))


def _use_credits(db: Session, act: Recording, document: Document, amount_minor: int) -> int | None:
    """Take what the customer is owed elsewhere from there; answers what that was worth in the currency of the books."""
    worths = []
    for source, amount in credit_sources(db, document, amount_minor):
        check_not_before(source, owed_since(db, source), act.paid_on)
        worths.append(act.record(Line(document=source, kind=SettlementKind.CREDIT_USED, amount_minor=amount)))
    return sum_of_known(worths)


def _all_credit(db: Session, wanted: Wanted) -> int | None:
    """All that the customer is owed elsewhere, up to what is owed of this invoice."""
    document = wanted.document
    owed = sum(minor for _, minor in owed_to_customer(db, document.customer, document.currency))
    return min(owed, max(wanted.issued.balance.due_minor, 0)) or None


def _at_the_documents_rate(request: PaymentRequest, wanted: Wanted, profile: Profile) -> tuple[Notice, ...]:
    document, exchange = wanted.document, wanted.document.exchange
    if exchange is None or document.currency == profile.currency or wanted.kind not in MONEY:
        return ()
    if request.exchange_rate is not None or wanted.received_minor is not None:
        return ()
    return (
        Notice(
            "rate_of_the_document",
            f"{document.number}: no exchange rate was stated, so the money counts at the document's, one"
            f" {document.currency} for {exchange.rate} {profile.currency}, without a difference. With the"
            " bank's: take this one back, and record it with exchange_rate.",
        ),
    )


def _reverse(
    db: Session, books: Books, profile: Profile, request: PaymentRequest, shares: list[Wanted]
) -> tuple[list[Payment], tuple[Notice, ...]]:
    issued = shares[0].issued
    first = _to_reverse(db, issued, request)
    together = [first]
    if first.kind in _CREDITS:
        # A credit that moved from one invoice to another moves back whole.
        together = [one for one in payments.of_receipt(db, first.receipt_id) if one.kind in _CREDITS]
    if request.kind != SettlementKind.PAYMENT.value or request.exchange_rate is not None:
        raise InvalidInput("reverse: it is taken back as it was: leave kind and rate out.", field="reverse")
    act = Recording(db, books, profile, _stated(db, books, request, earliest=first.paid_on))
    for one in sorted(together, key=lambda one: one.id != first.id):
        act.reverse(one, find_document(db, one.document_id, former=True).document)
    left = [
        one
        for one in payments.of_receipt(db, first.receipt_id)
        if one.id not in {each.id for each in together} and payments.reversal_of(db, one) is None
    ]
    return act.made, (*map(_still_stands, left), *_used_elsewhere(db, first))


def _still_stands(payment: Payment) -> Notice:
    return Notice(
        "recorded_with_it",
        f"{money_text(payment.amount_minor, payment.currency)} {payment.currency} ({payment.kind.value}) that was"
        f" recorded in the same act still stands [{payment.id}].",
        ReversePayment(payment.id),
    )


def _used_elsewhere(db: Session, reversed_one: Payment) -> tuple[Notice, ...]:
    """What was paid too much, and was used for other invoices since, still stands there."""
    if reversed_one.kind is not SettlementKind.PAYMENT:
        return ()
    standing_ones = payments.standing_of(payments.payments_of(db, reversed_one.document_id))
    return tuple(
        Notice(
            "credit_used_elsewhere",
            f"{money_text(one.amount_minor, one.currency)} {one.currency} of it was used on another invoice, and still"
            f" stands there [{one.id}].",
            ReversePayment(one.id),
        )
        for one in standing_ones
        if one.kind is SettlementKind.CREDIT_USED
    )


def _to_reverse(db: Session, issued: IssuedDocument, request: PaymentRequest) -> Payment:
    found = payments.payment_by_id(db, request.reverse.strip())
    if found is None or found.document_id != issued.document.id:
        raise NotFound("reverse: no such payment of this document.", field="reverse", remedy=Act.READ_PAYMENTS)
    if found.reverses_id:
        raise Conflict("reverse: this is itself a reversal. Record the payment anew instead.", field="reverse")
    if payments.reversal_of(db, found):
        raise Conflict("reverse: this payment was reversed before.", field="reverse")
    _check_currency(issued.document, request.currency)
    if request.amount is not None:
        stated = positive_minor(request.amount, found.currency, field="amount")
        if stated != found.amount_minor:
            whole = money_text(found.amount_minor, found.currency)
            raise InvalidInput(f"amount: a payment is reversed whole, {whole}, or leave amount out.", field="amount")
    return found


def _check_currency(document: Document, stated: str) -> None:
    if stated and stated.strip().upper() != document.currency:
        raise Conflict(f"currency: {document.number} is in {document.currency}.", field="currency")


def _stated(db: Session, books: Books, request: PaymentRequest, *, earliest: date) -> Stated:
    return Stated(
        paid_on=_day(db, books, request.paid_on, earliest=earliest),
        method=request.method,
        reference=request.reference,
        exchange_rate=request.exchange_rate,
        accepted=request.accept_overpayment,
        client_reference=request.client_reference,
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


def _as_now(db: Session, issued: IssuedDocument) -> IssuedDocument:
    return replace(issued, balance=documents.balance_of(db, issued.document.id))


def _settled(
    db: Session, books: Books, made: list[Payment], known: Mapping[str, IssuedDocument]
) -> tuple[Settled, ...]:
    """What was recorded, each with its document: that which was named first, then what was used of other invoices."""
    in_order = sorted(made, key=lambda one: one.kind is SettlementKind.CREDIT_USED and not one.reverses_id)
    return tuple(_settled_one(db, books, payment, known.get(payment.document_id)) for payment in in_order)


def _settled_one(db: Session, books: Books, payment: Payment, known: IssuedDocument | None) -> Settled:
    # Of a document that was read already, only what happened to it is another now.
    issued = _as_now(db, known) if known else find_document(db, payment.document_id, former=True)
    credited = issued.document.of_invoice
    balance = documents.balance_of(db, credited) if credited else issued.balance
    return Settled(payment, standing(db, books, issued), balance.due_minor)
