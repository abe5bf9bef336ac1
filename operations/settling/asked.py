"""What an act of settling asks for, as it is read: documents, kinds, and amounts of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlmodel import Session

from invoicing.document.documents import Document, DocumentKind
from invoicing.money.amounts import check_amount, check_currency, exact_minor, money_text
from invoicing.money.shares import share_out
from invoicing.refusals import Conflict, InvalidInput, LimitExceeded
from invoicing.settlement.kinds import CHOSEN, MONEY, SettlementKind
from invoicing.settlement.worth import settled_by
from invoicing.text.codes import small_letters
from operations.issuing import find_document
from storage.books.documents import IssuedDocument

SHARES_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one act does to one document, named by its id or number; `amount` is in the document's currency."""

    invoice: str
    amount: Decimal | None = None
    kind: str = SettlementKind.PAYMENT.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A share with its document, as it stood before the act. `amount_minor` is None where the kind says how much it is;
    `received_minor` is what arrived in the currency of the books, where that was said instead of a rate.
    """

    issued: IssuedDocument
    kind: SettlementKind
    amount_minor: int | None
    received_minor: int | None = None
    field: str = "amount"

    @property
    def document(self) -> Document:
        return self.issued.document


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """What the act says of the money as a whole: how much, in which currency, and what one unit of the documents'
    currency was worth in that of the books.
    """

    amount: Decimal | None
    currency: str
    exchange_rate: Decimal | None
    accept_overpayment: bool


def read_shares(db: Session, shares: Sequence[Share], *, several: bool) -> list[Wanted]:
    """The shares with their documents, all of one customer and currency.

    Raises:
        NotFound: no such document in these books.
        InvalidInput: an unknown kind, an amount that is none, or one document twice with one kind.
        Conflict: documents of several customers or currencies; another kind than a payment of a credit note.
    """
    if len(shares) > SHARES_MAX:
        raise LimitExceeded(f"invoices: at most {SHARES_MAX} at once.", field="invoices")
    found = [_read(db, share, f"invoices[{index}]." if several else "") for index, share in enumerate(shares)]
    first = found[0].document
    for one in found:
        _check_together(one.document, first)
    named = [(one.document.id, one.kind) for one in found]
    if len(set(named)) < len(named):
        raise InvalidInput("invoices: the same document is named twice with one kind.", field="invoices")
    return found


def _read(db: Session, share: Share, within: str) -> Wanted:
    issued = find_document(db, share.invoice, field=f"{within}invoice", paid=True, former=True)
    kind = _kind(share.kind, field=f"{within}kind")
    if issued.document.kind is DocumentKind.CREDIT_NOTE:
        kind = _of_credit_note(issued.document, kind, field=f"{within}kind")
    amount_minor = None
    if share.amount is not None:
        amount_minor = positive_minor(share.amount, issued.document.currency, field=f"{within}amount")
    return Wanted(issued=issued, kind=kind, amount_minor=amount_minor, field=f"{within}amount")


def _of_credit_note(note: Document, kind: SettlementKind, *, field: str) -> SettlementKind:
    """As what money that goes to the customer is recorded of a credit note: as a refund on its invoice, or where that
    is of a former system, as paid back of the note itself.
    """
    if note.of_invoice and kind is not SettlementKind.PAYMENT:
        raise Conflict(
            f"{field}: {note.number} is a credit note: of it a refund is recorded, and all else of its invoice.",
            field=field,
        )
    if kind not in MONEY:
        raise Conflict(
            f"{field}: {note.number} is a credit note: what it comes to is paid back, or used by the kind credit on"
            " another invoice.",
            field=field,
        )
    return kind if note.of_invoice else SettlementKind.PAID_BACK


def _kind(text: str, *, field: str) -> SettlementKind:
    wanted = small_letters(text) or SettlementKind.PAYMENT.value
    for kind in CHOSEN:
        if wanted == kind.value:
            return kind
    raise InvalidInput(f"{field} must be one of: {', '.join(CHOSEN)}.", field=field)


def positive_minor(amount: Decimal, currency: str, *, field: str) -> int:
    """An amount of more than zero in minor units.

    Raises:
        InvalidInput: not exact in the currency, or not more than zero.
        LimitExceeded: more than 15 digits.
    """
    amount_minor = exact_minor(amount, currency, field=field)
    if amount_minor <= 0:
        raise InvalidInput(
            f"{field} must be more than 0: what was recorded in error is taken back with reverse.", field=field
        )
    return check_amount(amount_minor, field=field)


def _check_together(document: Document, first: Document) -> None:
    if document.customer != first.customer:
        raise Conflict(
            f"invoices: {document.number} is of another customer than {first.number}: record each customer's own.",
            field="invoices",
        )
    if document.currency != first.currency:
        raise Conflict(
            f"invoices: {document.number} is in {document.currency}, {first.number} in {first.currency}: record each"
            " currency by itself.",
            field="invoices",
        )


def with_amounts(wanted: Sequence[Wanted], money: Money, *, books_currency: str) -> list[Wanted]:
    """The shares with what each takes of the money.

    Raises:
        InvalidInput: no amount, amounts that do not sum up, a rate where there is nothing to convert.
        LimitExceeded: more than is owed of all, unless an overpayment is accepted.
        Conflict: another currency than that of the documents or the books.
    """
    currency = wanted[0].document.currency
    _check_rate(wanted, money, books_currency)
    paid = [one for one in wanted if one.kind in MONEY]
    if len({_goes_out(one) for one in paid}) > 1:
        raise InvalidInput("invoices: money that came and money that went are two acts.", field="invoices")
    if money.currency and check_currency(money.currency) != currency:
        _check_books_currency(wanted, money, books_currency)
        return _received(wanted, paid, money, books_currency)
    whole = None if money.amount is None else positive_minor(money.amount, currency, field="amount")
    return _shared(wanted, paid, whole, money)


def _goes_out(wanted: Wanted) -> bool:
    return wanted.document.kind is DocumentKind.CREDIT_NOTE or wanted.kind is SettlementKind.PAID_BACK


def _check_rate(wanted: Sequence[Wanted], money: Money, books_currency: str) -> None:
    document, rate = wanted[0].document, money.exchange_rate
    if rate is None:
        return
    if rate <= 0:
        raise InvalidInput("exchange_rate must be more than 0.", field="exchange_rate")
    if document.currency == books_currency:
        raise InvalidInput(
            f"exchange_rate: {document.number} is in {books_currency}, the currency of the books: there is nothing to"
            " convert.",
            field="exchange_rate",
        )
    for one in wanted:
        if one.document.exchange is None:
            raise InvalidInput(
                f"exchange_rate: {one.document.number} states no rate, so it has no worth in {books_currency} that a"
                " difference could be told of. Leave exchange_rate out.",
                field="exchange_rate",
            )
        if one.kind not in MONEY:
            raise InvalidInput(
                "exchange_rate goes with money alone: with a payment, or what is paid back.", field="kind"
            )


def _check_books_currency(wanted: Sequence[Wanted], money: Money, books_currency: str) -> None:
    document = next((one.document for one in wanted if one.document.exchange is None), wanted[0].document)
    stated = check_currency(money.currency)
    if stated != books_currency or document.exchange is None or any(one.kind not in MONEY for one in wanted):
        raise Conflict(
            f"currency: {document.number} is in {document.currency}, and is paid in that currency: state what it was"
            f" worth in {document.currency}.",
            field="currency",
        )


def _received(wanted: Sequence[Wanted], paid: Sequence[Wanted], money: Money, books_currency: str) -> list[Wanted]:
    """Money in the currency of the books for documents in another: what it settles is said by the amounts of the
    shares, or by a rate.
    """
    if money.amount is None:
        raise InvalidInput("amount is required: how much was received.", field="amount")
    received = positive_minor(money.amount, books_currency, field="amount")
    if all(one.amount_minor is not None for one in paid):
        if money.exchange_rate is not None:
            raise InvalidInput(
                "exchange_rate: the amounts of the invoices say what was settled; leave one of the two out.",
                field="exchange_rate",
            )
        shares = wanted
    elif money.exchange_rate is None:
        raise InvalidInput(
            f"exchange_rate is required, or the amount of each invoice in {wanted[0].document.currency}: how much of it"
            f" was settled by {money_text(received, books_currency)} {books_currency}.",
            field="exchange_rate",
        )
    else:
        whole = settled_by(received, money.exchange_rate, document=wanted[0].document, books_currency=books_currency)
        shares = _shared(wanted, paid, check_amount(whole, field="amount"), money)
    parts = share_out(received, [one.amount_minor or 0 for one in shares])
    return [replace(one, received_minor=part) for one, part in zip(shares, parts, strict=True)]


def _shared(wanted: Sequence[Wanted], paid: Sequence[Wanted], whole: int | None, money: Money) -> list[Wanted]:
    """What the act as a whole comes to, over its documents in their order: each takes what is owed of it."""
    if not paid:
        return _of_one(wanted, whole)
    stated = [one.amount_minor for one in paid if one.amount_minor is not None]
    if len(stated) == len(paid):
        if whole is not None and whole != sum(stated):
            currency = wanted[0].document.currency
            raise InvalidInput(
                f"amount: the payments of the invoices come to {money_text(sum(stated), currency)}, and not to"
                f" {money_text(whole, currency)}.",
                field="amount",
            )
        return list(wanted)
    if stated:
        raise InvalidInput("invoices: state the amount of each, or of none.", field="invoices")
    if whole is None and all(one.kind is SettlementKind.PAID_BACK for one in paid):
        # All that the customer is owed.
        return list(wanted)
    if whole is None:
        raise InvalidInput("amount is required: how much was paid.", field="amount")
    return _spread(wanted, whole, accepted=money.accept_overpayment)


def _of_one(wanted: Sequence[Wanted], whole: int | None) -> list[Wanted]:
    """The amount of an act that moves no money is that of its one document."""
    if whole is None:
        return list(wanted)
    if len(wanted) > 1 or wanted[0].amount_minor is not None:
        raise InvalidInput("amount: state what is settled of each of the invoices instead.", field="amount")
    return [replace(wanted[0], amount_minor=whole)]


def _spread(wanted: Sequence[Wanted], whole: int, *, accepted: bool) -> list[Wanted]:
    paid = [one for one in wanted if one.kind in MONEY]
    if len(wanted) > len(paid):
        raise InvalidInput(
            "invoices: state the amount of each, where they are settled in several ways.", field="invoices"
        )
    left, amounts = whole, dict[int, int]()
    for one in paid:
        # One document takes all of it: whether that is too much is said where its balance is known.
        amount = left if len(paid) == 1 else min(max(one.issued.balance.due_minor, 0), left)
        amounts[id(one)] = amount
        left -= amount
        if not amount:
            raise InvalidInput(
                f"invoices: nothing is left of the money for {one.document.number}, or nothing is owed of it: leave it"
                " out.",
                field="invoices",
            )
    if left and not accepted:
        document = paid[-1].document
        raise LimitExceeded(
            f"amount: {money_text(whole - left, document.currency)} {document.currency} is owed of these invoices"
            f" together, and {money_text(whole, document.currency)} is more. If that was really paid, repeat with"
            " accept_overpayment: the rest goes to the last.",
            field="amount",
        )
    amounts[id(paid[-1])] += left
    return [replace(one, amount_minor=amounts.get(id(one), one.amount_minor)) for one in wanted]
