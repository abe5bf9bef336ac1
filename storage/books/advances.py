"""Queries on advances: what is left of each, and what deducts it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from storage.books import tables
from storage.books.total_tables import AdvanceEntry
from storage.queries.statements import execute, table_of

_ENTRIES, _DOCUMENTS = table_of(AdvanceEntry).c, table_of(tables.DocumentRow).c
_OPEN = (
    select(_DOCUMENTS.id, _DOCUMENTS.number, _DOCUMENTS.currency)
    .join_from(table_of(AdvanceEntry), table_of(tables.DocumentRow), _DOCUMENTS.id == _ENTRIES.advance_id)
    .where(_ENTRIES.customer_id == bindparam("customer"))
    .group_by(_DOCUMENTS.id, _DOCUMENTS.number, _DOCUMENTS.currency, _DOCUMENTS.position)
    .having(func.sum(_ENTRIES.net_minor) > 0)
    .order_by(_DOCUMENTS.position)
)
_OF = (
    select(_DOCUMENTS.id, _DOCUMENTS.number, _DOCUMENTS.credits_id, _ENTRIES.net_minor, _ENTRIES.tax_minor)
    .join_from(table_of(AdvanceEntry), table_of(tables.DocumentRow), _DOCUMENTS.id == _ENTRIES.document_id)
    .where(_ENTRIES.advance_id == bindparam("advance"))
    .order_by(_DOCUMENTS.position)
)


@dataclass(frozen=True, slots=True)
class NamedAdvance:
    """An advance of which something is left."""

    id: str
    number: str
    currency: str


@dataclass(frozen=True, slots=True)
class AdvanceLeft:
    """What is left of an advance to deduct, and the numbers of the final invoices that deduct it."""

    net_minor: int
    tax_minor: int
    deducted_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Change:
    """What a document does to an advance, which is itself (`credits` is empty), or of which it is a credit note, or
    which it deducts: amounts less than zero take off what is left.
    """

    id: str
    number: str
    credits: str | None
    net_minor: int
    tax_minor: int


def open_advances(session: Session, customer: str) -> list[NamedAdvance]:
    """The advances of a customer of which something is left, in the order in which they were issued."""
    return [NamedAdvance(*row) for row in execute(session, _OPEN, {"customer": customer})]


def left_of_advance(session: Session, advance: str) -> AdvanceLeft:
    """What is left of an advance. A final invoice deducts it as far as no credit note of that takes that back."""
    changes = [_Change(*row) for row in execute(session, _OF, {"advance": advance})]
    numbers = {one.id: one.number for one in changes}
    standing: dict[str, int] = {}
    for one in changes:
        if advance not in (one.id, one.credits):
            final = one.credits or one.id
            standing[final] = standing.get(final, 0) + one.net_minor
    return AdvanceLeft(
        sum(one.net_minor for one in changes),
        sum(one.tax_minor for one in changes),
        tuple(numbers[final] for final, net in standing.items() if net),
    )
