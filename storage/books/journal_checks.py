"""Queries for verification: whether each document and each payment has the entry in the journal that it must have."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlmodel import Session

from storage.books import tables
from storage.books.checks import ISSUING, acts
from storage.books.journal import EntryKind, described, payment_sides
from storage.queries.statements import execute, table_of

_BATCH = 500

_ENTRY, _LINE = table_of(tables.JournalEntry), table_of(tables.JournalLine)
_DOCUMENT, _PAYMENT = table_of(tables.DocumentRow), table_of(tables.Payment)
_SIDES_OF = (
    select(_LINE.c.account, _LINE.c.debit_minor, _LINE.c.credit_minor, _LINE.c.accounting_minor)
    .join_from(_ENTRY, _LINE, _LINE.c.entry_id == _ENTRY.c.id)
    .where(_ENTRY.c.document_id == bindparam("document"))
    .order_by(_LINE.c.position)
)


def sides_of(session: Session, document_id: str) -> list[tuple[str, int, int, int | None]]:
    """Account, debit, credit and amount in the accounting currency of each side of a document's entry."""
    return [(row[0], row[1], row[2], row[3]) for row in execute(session, _SIDES_OF, {"document": document_id})]


def journal_problems(session: Session) -> Iterator[str]:
    """Documents without their journal entry, and entries that do not balance or are not what was posted."""
    posted = {act.subject: act.detail.get("journal") for act in acts(session, *ISSUING)}
    for document, lines in _documents_posted(session):
        document_id, number, total_minor, currency, entry_id, *entry_and_wanted = document
        name = f"document {number}"
        if entry_id is None:
            yield f"{name}: it has no journal entry"
            continue
        sides = [list(line[:3]) for line in lines]
        debit, credit = sum(side[1] for side in sides), sum(side[2] for side in sides)
        if debit != credit:
            yield f"{name}: its journal entry does not balance"
        recorded = posted.get(document_id)
        if recorded is not None:
            if recorded != sides:
                yield f"{name}: its journal entry is not the one that was posted"
        # The first side of an entry is what is receivable: that is the total.
        elif total_minor and (not sides or sum(sides[0][1:]) != total_minor):
            yield f"{name}: its journal entry is not its total"
        if any(line[3:] != (currency, None) for line in lines):
            yield f"{name}: its journal entry is in another currency, or has dimensions that nobody gave it"
        kind, entry_date, description, books_currency, *wanted, customer_name = entry_and_wanted
        if [kind, entry_date, books_currency, description] != [
            EntryKind.DOCUMENT,
            *wanted,
            described(number, customer_name),
        ]:
            yield f"{name}: its journal entry has another date or text"


def _documents_posted(session: Session) -> Iterator[tuple[tuple[Any, ...], list[tuple[Any, ...]]]]:
    """Each document with its entry, and the entry's lines."""
    of, entry, line = _DOCUMENT.c, _ENTRY.c, _LINE.c
    document = (
        of.id,
        of.number,
        of.total_minor,
        of.currency,
        entry.id,
        entry.kind,
        entry.entry_date,
        entry.description,
        entry.accounting_currency,
        of.issue_date,
        of.accounting_currency,
        of.customer_name,
    )
    query = (
        select(*document, line.account, line.debit_minor, line.credit_minor, line.currency, line.dimensions)
        .join_from(_DOCUMENT, _ENTRY, entry.document_id == of.id, isouter=True)
        .join(_LINE, line.entry_id == entry.id, isouter=True)
        .order_by(of.position, line.position)
    )
    return _grouped(session, query, len(document))


def payment_entry_problems(session: Session) -> Iterator[str]:
    """Payments without their journal entry, and entries that are not what was paid."""
    for payment, lines in _payments_posted(session):
        payment_id, paid_on, number, customer_name, currency, books, debit, credit, amount_minor, entry_id, *entry = (
            payment
        )
        name = f"payment {payment_id}"
        if entry_id is None:
            yield f"{name}: it has no journal entry"
            continue
        if entry != [EntryKind.PAYMENT, paid_on, described(number, customer_name), books]:
            yield f"{name}: its journal entry has another date, text or currency"
        wanted = [
            (
                side.account,
                side.debit_minor,
                side.credit_minor,
                currency,
                side.debit_minor - side.credit_minor if currency == books else None,
                None,
            )
            for side in payment_sides(debit, credit, amount_minor)
        ]
        if lines != wanted:
            yield f"{name}: its journal entry is not what was recorded"


def _payments_posted(session: Session) -> Iterator[tuple[tuple[Any, ...], list[tuple[Any, ...]]]]:
    """Each payment with its document and its entry, and the entry's lines."""
    paid, of, entry, line = _PAYMENT.c, _DOCUMENT.c, _ENTRY.c, _LINE.c
    payment = (
        paid.id,
        paid.paid_on,
        of.number,
        of.customer_name,
        paid.currency,
        of.accounting_currency,
        paid.debit_account,
        paid.credit_account,
        paid.amount_minor,
        entry.id,
        entry.kind,
        entry.entry_date,
        entry.description,
        entry.accounting_currency,
    )
    lines = (line.account, line.debit_minor, line.credit_minor, line.currency, line.accounting_minor, line.dimensions)
    query = (
        select(*payment, *lines)
        .join_from(_PAYMENT, _DOCUMENT, of.id == paid.document_id)
        .join(_ENTRY, entry.payment_id == paid.id, isouter=True)
        .join(_LINE, line.entry_id == entry.id, isouter=True)
        .order_by(paid.position, line.position)
    )
    return _grouped(session, query, len(payment))


def _grouped(
    session: Session, query: Select[*tuple[Any, ...]], width: int
) -> Iterator[tuple[tuple[Any, ...], list[tuple[Any, ...]]]]:
    """The rows by their first columns, with the rest of each; a rest that begins with nothing is none."""
    rows = session.execute(query.execution_options(yield_per=_BATCH))
    for of, group in groupby(rows, key=lambda row: tuple(row[:width])):
        rests = [tuple(row[width:]) for row in group]
        yield of, [rest for rest in rests if rest[0] is not None]
