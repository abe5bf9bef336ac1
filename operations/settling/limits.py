"""How much of a document may be settled in each way, and how much it is where nobody said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlmodel import Session

from invoicing.countries.names import country_named
from invoicing.document.documents import Document
from invoicing.document.former_records import is_former
from invoicing.document.notices import Notice
from invoicing.master_data.profiles import Profile
from invoicing.money.amounts import AMOUNT_MINOR_MAX, minor_digits, money_text
from invoicing.refusals import Conflict, InvalidInput, LimitExceeded
from invoicing.remedies import Act
from invoicing.settlement.discounts import WITHOUT_DOCUMENT, allowed_minor
from invoicing.settlement.kinds import SettlementKind
from invoicing.settlement.worth import at_rate
from operations.settling.asked import Wanted
from storage.books import documents, payments
from storage.books.documents import IssuedDocument
from storage.books.former_lists import former_by_key

_OWED = "is owed of {}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What is to be recorded of a document: as which kind, and how much, in minor units of its currency."""

    kind: SettlementKind
    amount_minor: int
    notices: tuple[Notice, ...] = ()


def allowed(db: Session, profile: Profile, wanted: Wanted, *, accept_overpayment: bool, paid_on: date) -> Allowed:
    """The share as it may be recorded, with the balance of its document as it is now.

    Raises:
        InvalidInput: no amount where the kind does not say how much it is.
        LimitExceeded: more than there is to settle in this way.
        Conflict: nothing of the kind is there to be settled.
    """
    issued, amount_minor = wanted.issued, wanted.amount_minor
    if issued.document.of_invoice:
        _check_refund(db, issued, _stated(wanted), field=wanted.field)
        return Allowed(kind=wanted.kind, amount_minor=_stated(wanted))
    match wanted.kind:
        case SettlementKind.PAYMENT:
            _check_not_over(issued, _stated(wanted), accepted=accept_overpayment, field=wanted.field)
            return Allowed(kind=wanted.kind, amount_minor=_stated(wanted))
        case SettlementKind.PAID_BACK:
            most = max(-issued.balance.due_minor, 0)
            return _up_to(wanted, most, amount_minor, "is owed to the customer of {}")
        case SettlementKind.WITHHELD_TAX:
            return _withheld(db, wanted)
        case SettlementKind.DISCOUNT:
            return _discount(db, wanted, paid_on=paid_on)
        case SettlementKind.WRITE_OFF:
            return _write_off(db, profile, wanted)
        case SettlementKind.CHARGES:
            return _up_to(wanted, max(issued.balance.due_minor, 0), _stated(wanted), _OWED)
        case _:
            return _up_to(wanted, max(issued.balance.due_minor, 0), amount_minor, _OWED)


def check_not_before(document: Document, first_day: date, day: date) -> None:
    """Refuse what moves no money before there is anything to settle: tax would fall in a month without a sale.

    Raises:
        InvalidInput
    """
    if day < first_day:
        raise InvalidInput(
            f"paid_on {day.isoformat()} lies before {first_day.isoformat()}, since when there is something to settle of"
            f" {document.number}.",
            field="paid_on",
        )


def begins_on(db: Session, document: Document) -> date:
    """The day from which on there is something to settle of a document: of one of a former system its opening day, for
    what was paid before is no part of what was open then.
    """
    former = former_by_key(db, document.id) if is_former(document.id) else None
    return former[0].opening_day if former else document.issue_date


def owed_since(db: Session, document: Document) -> date:
    """The day of the last thing that happened to an invoice on which the customer is owed something."""
    days = [one.paid_on for one in _standing(db, document)]
    days += [note.document.issue_date for note in documents.credit_notes_of(db, document.id)]
    return max(days, default=begins_on(db, document))


def written_off_or_discounted(db: Session, document: Document) -> payments.Payment | None:
    """A discount or write-off of the invoice that stands: what it settled was never paid."""
    standing = (SettlementKind.DISCOUNT, SettlementKind.WRITE_OFF)
    return next((one for one in _standing(db, document) if one.kind in standing), None)


def _stated(wanted: Wanted) -> int:
    if wanted.amount_minor is None:
        raise InvalidInput(f"{wanted.field} is required: how much it was.", field=wanted.field)
    return wanted.amount_minor


def _up_to(wanted: Wanted, most: int, amount_minor: int | None, what: str) -> Allowed:
    """At most so much; all of it where nothing was said. `what` says what that is, with the number in its place."""
    document = wanted.document
    amount = most if amount_minor is None else amount_minor
    if amount > most or not amount:
        there = f"{money_text(most, document.currency)} {document.currency}"
        raise LimitExceeded(
            f"{wanted.field}: {there} {what.format(document.number)}.",
            field=wanted.field,
            remedy=Act.READ_DOCUMENT,
        )
    return Allowed(kind=wanted.kind, amount_minor=amount)


def _withheld(db: Session, wanted: Wanted) -> Allowed:
    """Tax that the customer kept back: where the invoice itself says how much, its certificate is of that alone."""
    document = wanted.document
    if document.withholding is None:
        return _up_to(wanted, max(wanted.issued.balance.due_minor, 0), _stated(wanted), _OWED)
    withheld = document.withheld_minor
    for note in documents.credit_notes_of(db, document.id):
        withheld -= note.document.withheld_minor
    certified = sum(one.amount_minor for one in _standing(db, document) if one.kind is SettlementKind.CERTIFICATE)
    most = max(withheld - certified, 0)
    found = _up_to(wanted, most, wanted.amount_minor, "of the tax withheld from {} has no certificate yet")
    return Allowed(kind=SettlementKind.CERTIFICATE, amount_minor=found.amount_minor)


def _discount(db: Session, wanted: Wanted, *, paid_on: date) -> Allowed:
    document = wanted.document
    promised = document.early_payment
    if is_former(document.id):
        raise Conflict(
            f"kind: {document.number} was taken over from a former system, which does not say what discount it"
            " promised. Credit that share with a credit note for an invoice of a former system: former_invoice,"
            " former_invoice_date and reason in details of a draft.",
            field="kind",
        )
    if promised is None:
        raise Conflict(
            f"kind: {document.number} promises no discount for early payment. What is given all the same is credited.",
            field="kind",
            remedy=Act.CREDIT_DOCUMENT,
        )
    country = document.seller.address.country
    if country not in WITHOUT_DOCUMENT:
        raise Conflict(
            f"kind: in {country_named(country)} a discount that is taken wants a credit note: credit that share of each"
            " line, and give the discount as the reason.",
            field="kind",
            remedy=Act.CREDIT_DOCUMENT,
        )
    earlier = [note.document for note in documents.credit_notes_of(db, document.id)]
    taken = sum(one.amount_minor for one in _standing(db, document) if one.kind is SettlementKind.DISCOUNT)
    most = min(max(allowed_minor(document, earlier) - taken, 0), max(wanted.issued.balance.due_minor, 0))
    found = _up_to(
        wanted, most, wanted.amount_minor, "can still be taken off {}: what it promised, and what is owed of it"
    )
    late = Notice(
        "late_discount",
        f"{document.number} promised the discount until {promised.until.isoformat()}, and this is of"
        f" {paid_on.isoformat()}.",
    )
    return Allowed(
        kind=found.kind, amount_minor=found.amount_minor, notices=(late,) if paid_on > promised.until else ()
    )


def _write_off(db: Session, profile: Profile, wanted: Wanted) -> Allowed:
    document = wanted.document
    found = _up_to(wanted, max(wanted.issued.balance.due_minor, 0), wanted.amount_minor, _OWED)
    before = sum(one.amount_minor for one in _standing(db, document) if one.kind is SettlementKind.WRITE_OFF)
    worth = before + found.amount_minor
    currency = document.currency
    if document.exchange is not None and currency != profile.currency:
        currency = profile.currency
        worth = at_rate(worth, document.exchange.rate, document=document, books_currency=currency)
    # What the currency cannot say is not allowed.
    limit = int(Decimal(profile.write_off_limit).scaleb(minor_digits(currency)))
    if worth > limit:
        raise LimitExceeded(
            f"{wanted.field}: at most {money_text(limit, currency)} {currency} is written off of an invoice"
            f" (write_off_limit), and with this it would be {money_text(worth, currency)}. What is more is credited, or"
            " stays owed until it is known to be lost.",
            field=wanted.field,
            remedy=None if is_former(document.id) else Act.CREDIT_DOCUMENT,
        )
    return found


def _standing(db: Session, document: Document) -> list[payments.Payment]:
    """What was recorded of the document and not taken back."""
    return payments.standing_of(payments.payments_of(db, document.id))


def _check_not_over(issued: IssuedDocument, amount_minor: int, *, accepted: bool, field: str) -> None:
    document, owed = issued.document, max(issued.balance.due_minor, 0)
    paid_minor = issued.balance.paid_minor
    if accepted and paid_minor + amount_minor > AMOUNT_MINOR_MAX:
        raise LimitExceeded(
            f"{field}: with {money_text(paid_minor, document.currency)} {document.currency} that was paid of"
            f" {document.number} before, it comes to more than {money_text(AMOUNT_MINOR_MAX, document.currency)}, the"
            " largest amount of these books. Record it on another document, or reverse what was recorded in error.",
            field=field,
        )
    if amount_minor > owed and not accepted:
        credited = " It was credited." if issued.balance.credited_minor else ""
        raise LimitExceeded(
            f"{field}: {money_text(owed, document.currency)} {document.currency} is owed of {document.number}, and"
            f" {money_text(amount_minor, document.currency)} is more.{credited} If that was really paid, repeat with"
            " accept_overpayment.",
            field=field,
            remedy=Act.READ_DOCUMENT if credited else None,
        )


def _check_refund(db: Session, issued: IssuedDocument, amount_minor: int, *, field: str) -> None:
    """A refund is not more than the customer is owed, on this credit note and on its invoice."""
    document, balance = issued.document, issued.balance
    owed = max(-documents.balance_of(db, document.of_invoice).due_minor, 0)
    most = min(owed, balance.payable_minor - balance.paid_minor)
    if amount_minor > most:
        raise LimitExceeded(
            f"{field}: {money_text(most, document.currency)} {document.currency} can be refunded of {document.number}:"
            " a refund is not more than the customer is owed of its invoice, after what was paid and credited.",
            field=field,
        )
