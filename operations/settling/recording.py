"""Writing down what settles documents: each with its row, its entry in the journal, and what it changes in taxes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlmodel import Session

from invoicing.document.documents import Document
from invoicing.master_data.profiles import Profile
from invoicing.master_data.records import Posting
from invoicing.money.amounts import money_text, sum_of_known
from invoicing.refusals import Conflict, LimitExceeded
from invoicing.remedies import Act
from invoicing.settlement.cash import waits_for_payment
from invoicing.settlement.discounts import TaxChange, tax_changes
from invoicing.settlement.entries import PostedSide, credit_side, debit_side, difference, with_difference
from invoicing.settlement.kinds import MONEY, OWED_AGAIN, ROLES, SettlementKind
from invoicing.settlement.worth import at_rate, receivable_worth
from operations.issuing import find_document
from operations.settling.cash import due_by_payment
from storage.books import audit, documents, payments
from storage.books.checks import PAYING
from storage.books.customer_account import owed_to_customer
from storage.books.journal import receivable_of, sides_of_payment, standing_on_account
from storage.books.payments import Payment
from storage.books.pool import Books
from storage.books.settlement_taxes import changed, changes_of, reversed_changes
from storage.ids import new_id

RECORDED, REVERSED = PAYING


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What the act says of all that it records."""

    paid_on: date
    method: str
    reference: str
    exchange_rate: Decimal | None
    accepted: bool
    client_reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is recorded of one document: how much, in minor units of its currency, and what came for it in the currency
    of the books, where that is known: money that arrived, or what a credit was worth on other invoices.
    """

    document: Document
    kind: SettlementKind
    amount_minor: int
    received_minor: int | None = None


class Recording:
    """One act: all that it records has the id of its first in common."""

    def __init__(self, db: Session, books: Books, profile: Profile, stated: Stated) -> None:
        self._db, self._books, self._profile, self._stated = db, books, profile, stated
        self.made: list[Payment] = []

    @property
    def paid_on(self) -> date:
        return self._stated.paid_on

    def record(self, line: Line) -> int | None:
        """Record what settles a document, in its own currency and in that of the books; answers what is taken off its
        worth there, or put to it again, and None where it has none.

        Raises:
            Conflict: the posting profile has no account for this kind.
        """
        document, kind = line.document, line.kind
        posting = payments.payment_posting(self._db, document)
        receivable = receivable_of(self._db, document.id) or posting.receivable
        against = _account(posting, ROLES[kind])
        given = kind in OWED_AGAIN or bool(document.of_invoice)
        worth = self._worth(line, receivable, given=given)
        taxes = self._taxes(line, worth)
        sides = self._sides(line, receivable, against, given=given, worth=worth)
        if taxes:
            sides = _with_tax(sides, taxes, posting.tax_payable)
        if difference(sides):
            gain, loss = _account(posting, "exchange_gain"), _account(posting, "exchange_loss")
            sides = with_difference(sides, gain=gain, loss=loss)
        payment = self._row(line, receivable if given else against, against if given else receivable)
        self._write(payment, document, sides, taxes)
        return worth

    def reverse(self, first: Payment, document: Document) -> None:
        """Take one back by a counter-entry: its sides the other way round, whatever rates and profiles say since."""
        stated, payment_id = self._stated, new_id("pay")
        payment = replace(
            first,
            position=payments.next_position(self._db, first.document_id),
            id=payment_id,
            reverses_id=first.id,
            paid_on=stated.paid_on,
            method=stated.method,
            reference=stated.reference,
            debit_account=first.credit_account,
            credit_account=first.debit_account,
            recorded_at=self._books.clock(),
            recorded_by=self._books.actor,
            receipt_id=self._receipt(payment_id),
        )
        sides = sorted((one.reversed for one in sides_of_payment(self._db, first.id)), key=_debits_first)
        self._write(payment, document, sides, reversed_changes(changes_of(self._db, first.id)))

    def _receipt(self, own: str) -> str:
        return self.made[0].id if self.made else own

    def _row(self, line: Line, debited: str, credited: str) -> Payment:
        stated, payment_id = self._stated, new_id("pay")
        return Payment(
            position=payments.next_position(self._db, line.document.id),
            id=payment_id,
            document_id=line.document.id,
            reverses_id=None,
            amount_minor=line.amount_minor,
            currency=line.document.currency,
            paid_on=stated.paid_on,
            method=stated.method,
            reference=stated.reference,
            debit_account=debited,
            credit_account=credited,
            recorded_at=self._books.clock(),
            recorded_by=self._books.actor,
            kind=line.kind,
            receipt_id=self._receipt(payment_id),
            exchange_rate=stated.exchange_rate if line.kind in MONEY else None,
        )

    def _worth(self, line: Line, receivable: str, *, given: bool) -> int | None:
        """What is taken off the worth of what is receivable, or put to it again: more than zero, but where roundings
        left less than nothing.
        """
        document, currency = line.document, self._profile.currency
        if document.currency == currency:
            return line.amount_minor
        standing = standing_on_account(self._db, document.of_invoice or document.id, receivable)
        settled = -line.amount_minor if given else line.amount_minor
        worth = receivable_worth(document, standing, settled_minor=settled, books_currency=currency)
        return -worth if given and worth is not None else worth

    def _sides(
        self, line: Line, receivable: str, against: str, *, given: bool, worth: int | None
    ) -> tuple[PostedSide, ...]:
        amount, other, rate = line.amount_minor, worth, self._stated.exchange_rate
        if worth is not None and line.received_minor is not None:
            other = line.received_minor
        elif worth is not None and line.kind in MONEY and rate is not None:
            other = at_rate(amount, rate, document=line.document, books_currency=self._profile.currency)
        if given:
            return debit_side(receivable, amount, worth), credit_side(against, amount, other)
        return debit_side(against, amount, other), credit_side(receivable, amount, worth)

    def _taxes(self, line: Line, worth: int | None) -> tuple[TaxChange, ...]:
        if line.kind is not SettlementKind.DISCOUNT:
            return ()
        earlier = [note.document for note in documents.credit_notes_of(self._db, line.document.id)]
        currency = self._profile.currency
        return tax_changes(line.document, earlier, line.amount_minor, worth_minor=worth, books_currency=currency)

    def _changes(self, invoice: Document, payment: Payment, taxes: tuple[TaxChange, ...]) -> tuple[TaxChange, ...]:
        """What a payment changes in the taxes of its invoice: those that wait for it become due by it, the others
        change as they are.
        """
        others = [one for one in taxes if not waits_for_payment(invoice, invoice.taxes[one.position - 1])]
        both = (*others, *due_by_payment(self._db, invoice, payment))
        return tuple(sorted(both, key=lambda one: one.position))

    def _write(
        self,
        payment: Payment,
        document: Document,
        sides: tuple[PostedSide, ...] | list[PostedSide],
        taxes: tuple[TaxChange, ...],
    ) -> None:
        currency = self._profile.currency
        invoice = find_document(self._db, document.of_invoice).document if document.of_invoice else document
        taxes = self._changes(invoice, payment, taxes)
        payments.add_payment(
            self._db, payment, document, sides, accounting_currency=currency, taxed=invoice, changes=taxes
        )
        # A retry finds the act by its first.
        reference = "" if self.made else self._stated.client_reference
        audit.record(
            self._db,
            REVERSED if payment.reverses_id else RECORDED,
            payment.id,
            at=payment.recorded_at,
            by=payment.recorded_by,
            detail=payments.audited(payment)
            | payments.posted(payment, sides, accounting_currency=currency)
            | ({"taxes": [changed(one) for one in taxes]} if taxes else {})
            | {"accepted": self._stated.accepted, "client_reference": reference},
        )
        self.made.append(payment)


def _debits_first(posted: PostedSide) -> int:
    return 0 if posted.side.debit_minor else 1 if posted.side.credit_minor else 2


def _account(posting: Posting, role: str) -> str:
    number: str | None = getattr(posting, role)
    if not number:
        raise Conflict(
            f"The posting profile of payments has no account for {role}: choose one of the chart there.",
            field="kind",
            remedy=Act.CHOOSE_ACCOUNT,
        )
    return number


def _with_tax(sides: tuple[PostedSide, ...], taxes: tuple[TaxChange, ...], tax_payable: str) -> tuple[PostedSide, ...]:
    """The discount without the tax in it, and the tax off what is payable."""
    tax = sum(one.tax_minor for one in taxes)
    if not tax:
        return sides
    discount, receivable = sides
    worth = sum_of_known([one.accounting_tax_minor for one in taxes])
    whole = discount.accounting_minor
    net_worth = None if whole is None or worth is None else whole - worth
    net = debit_side(discount.side.account, discount.side.debit_minor - tax, net_worth)
    return net, debit_side(tax_payable, tax, worth), receivable


def credit_sources(db: Session, document: Document, wanted_minor: int) -> list[tuple[Document, int]]:
    """What the customer is owed on other invoices in this currency, the oldest first, up to so much in all.

    Raises:
        LimitExceeded: the customer is owed less.
    """
    found, left = list[tuple[Document, int]](), wanted_minor
    for invoice_id, owed_minor in owed_to_customer(db, document.customer, document.currency):
        if not left:
            break
        amount = min(owed_minor, left)
        found.append((find_document(db, invoice_id, former=True).document, amount))
        left -= amount
    if left:
        there = wanted_minor - left
        raise LimitExceeded(
            f"amount: {document.buyer.name} is owed {money_text(there, document.currency)} {document.currency} on other"
            f" invoices, and not {money_text(wanted_minor, document.currency)}.",
            field="amount",
        )
    return found
