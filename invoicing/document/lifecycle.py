"""What happened to an issued document, and the status that follows from it: derived, and never stored on it.

What is owed of an invoice is its total less what the buyer withholds, less its credit notes, less what was paid. What
is refunded of a credit note is taken off what was paid of its invoice: the balance is the invoice's alone. A credit
note for an invoice of a former system has a balance of its own: it is owed to the customer until it is paid back, or
used on another invoice.

Of an invoice in instalments, what is paid settles the earliest one first, and what is credited comes off the last one
first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from invoicing.document.documents import Document, DocumentKind


class Status(StrEnum):
    ISSUED = "issued"
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"
    OVERDUE = "overdue"
    CREDITED = "credited"


OPEN = "open"
"""What a list can be limited to besides a status: invoices of which something is owed, due or not."""

DRAFT = "draft"
"""The status of what is not issued, which no issued document has: drafts are a list of their own."""


@dataclass(frozen=True, slots=True)
class Balance:
    """What happened to a document, in minor units of its currency.

    `payable_minor` is the total less what is withheld, `credited_minor` the same of an invoice's credit notes.
    `paid_minor` is what was received for an invoice, less what was reversed, and less what was refunded of its credit
    notes; for a credit note it is what was refunded, less what was reversed. `alone` is a credit note that counts on no
    invoice here.
    """

    kind: DocumentKind
    payable_minor: int
    credited_minor: int = 0
    paid_minor: int = 0
    alone: bool = False

    @property
    def due_minor(self) -> int:
        """What the customer owes; less than zero where the customer is owed. A credit note counts on its invoice."""
        if self.kind is DocumentKind.CREDIT_NOTE:
            return self.paid_minor - self.payable_minor if self.alone else 0
        return self.payable_minor - self.credited_minor - self.paid_minor


def first_balance(document: Document) -> Balance:
    """The balance of a document that was just issued."""
    alone = document.kind is DocumentKind.CREDIT_NOTE and not document.of_invoice
    return Balance(document.kind, document.payable_minor, alone=alone)


def next_due(document: Document, balance: Balance) -> date:
    """The day on which the next part of what is owed is, or was, due: the due date where there are no instalments, or
    where all are settled.
    """
    reached_minor = 0
    for instalment in document.instalments:
        reached_minor += instalment.amount_minor
        if reached_minor > balance.paid_minor:
            return instalment.due_date
    return document.due_date


def status_of(balance: Balance, *, due_date: date, today: date) -> Status:
    """The status on `today`. Overdue begins the day after the due date, of instalments after the `next_due`, and says
    more than partially paid.

    An invoice of zero stays issued: nothing is owed, and nothing can be paid. A credit note is issued, or paid where
    all of it was refunded, or used; so is an invoice below zero, a final one below its advances.
    `storage.books.balances` says the same in SQL.
    """
    if balance.kind is DocumentKind.CREDIT_NOTE:
        return _settled(balance.paid_minor, of_minor=balance.payable_minor)
    if balance.due_minor > 0:
        if due_date < today:
            return Status.OVERDUE
        return Status.PARTIALLY_PAID if balance.paid_minor > 0 else Status.ISSUED
    if 0 < balance.payable_minor <= balance.credited_minor or balance.credited_minor <= balance.payable_minor < 0:
        return Status.CREDITED
    if balance.payable_minor < 0:
        return _settled(-balance.paid_minor, of_minor=balance.credited_minor - balance.payable_minor)
    return Status.PAID if balance.paid_minor > 0 else Status.ISSUED


def _settled(settled_minor: int, *, of_minor: int) -> Status:
    """The status of what is owed to the customer."""
    if settled_minor <= 0:
        return Status.ISSUED
    return Status.PAID if settled_minor >= of_minor else Status.PARTIALLY_PAID
