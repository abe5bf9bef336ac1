"""Sums over a list of documents, per currency: what was really invoiced, and what is still owed of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from invoicing.document.documents import DocumentKind


@dataclass(frozen=True, slots=True)
class Sums:
    """What documents of one currency come to together, in its minor units.

    Credit notes are taken off net, tax and total. `due_minor` is what is still owed of the invoices among them, and
    `owed_to_customers_minor` what customers have paid of others beyond what those come to: the one does not make up
    for the other.
    """

    currency: str
    invoices: int = 0
    credit_notes: int = 0
    net_minor: int = 0
    tax_minor: int = 0
    total_minor: int = 0
    due_minor: int = 0
    owed_to_customers_minor: int = 0

    @property
    def count(self) -> int:
        return self.invoices + self.credit_notes


@dataclass(frozen=True, slots=True)
class Summand:
    """What a document adds to the sums of its currency, or `count` documents of one kind that were added up before,
    all with nothing due, or each with something, or each with less than nothing.
    """

    currency: str
    kind: DocumentKind
    net_minor: int
    tax_minor: int
    total_minor: int
    due_minor: int
    count: int = 1


def sums_per_currency(summands: Iterable[Summand]) -> tuple[Sums, ...]:
    """The sums of each currency that there is, in the order of their codes."""
    sums: dict[str, Sums] = {}
    for one in summands:
        sums[one.currency] = _added(sums.get(one.currency, Sums(one.currency)), one)
    return tuple(sums[currency] for currency in sorted(sums))


def _added(sums: Sums, one: Summand) -> Sums:
    is_note = one.kind is DocumentKind.CREDIT_NOTE
    sign = -1 if is_note else 1
    return Sums(
        currency=sums.currency,
        invoices=sums.invoices + (0 if is_note else one.count),
        credit_notes=sums.credit_notes + (one.count if is_note else 0),
        net_minor=sums.net_minor + sign * one.net_minor,
        tax_minor=sums.tax_minor + sign * one.tax_minor,
        total_minor=sums.total_minor + sign * one.total_minor,
        due_minor=sums.due_minor + max(one.due_minor, 0),
        owed_to_customers_minor=sums.owed_to_customers_minor + max(-one.due_minor, 0),
    )
