"""Queries for verification: whether documents of a former system are as they were imported, and in the journal."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, exists, select
from sqlmodel import Session

from invoicing.document.canonical import genesis, link_hash
from invoicing.document.documents import DocumentKind
from invoicing.settlement.entries import PostedSide
from storage.books import former_tables, tables
from storage.books.checks import IMPORTING_FORMER, PAYING, Owing, acts
from storage.books.former_documents import FormerDocument, covered, opening_sides
from storage.books.journal import EntryKind, described, plain_entry
from storage.queries.statements import Kept, execute, table_of
from storage.work.asking import Ask, each

_PAGE = 200
_KEPT = Kept(former_tables.FormerDocument, FormerDocument, kind=DocumentKind)
_OF, _ENTRY, _LINE = _KEPT.table.c, table_of(tables.JournalEntry).c, table_of(tables.JournalLine).c
_PAGES = (
    _KEPT.all.add_columns(_OF.position, _OF.entry_id, _OF.previous_hash, _OF.hash)
    .where(_OF.position > bindparam("after"))
    .order_by(_OF.position)
    .limit(_PAGE)
)
_ENTRIES = select(
    _ENTRY.id,
    _ENTRY.kind,
    _ENTRY.entry_date,
    _ENTRY.description,
    _ENTRY.accounting_currency,
    _ENTRY.document_id,
    _ENTRY.payment_id,
).where(_ENTRY.id.in_(bindparam("entries", expanding=True)))
_LINES = (
    select(_LINE.entry_id, _LINE.account, _LINE.debit_minor, _LINE.credit_minor, _LINE.accounting_minor)
    .add_columns(_LINE.currency, _LINE.dimensions)
    .where(_LINE.entry_id.in_(bindparam("entries", expanding=True)))
    .order_by(_LINE.entry_id, _LINE.position)
)

_PAID = table_of(former_tables.FormerPayment).c
_PAID_PAGES = (
    select(_PAID.position, _PAID.id, _PAID.paid_on, _PAID.debit_account, _PAID.credit_account, _PAID.amount_minor)
    .add_columns(_PAID.currency, _PAID.entry_id, _OF.number, _OF.customer_name)
    .join_from(_PAID.id.table, _KEPT.table, _OF.id == _PAID.document_id)
    .where(_PAID.position > bindparam("after"))
    .order_by(_PAID.position)
    .limit(_PAGE)
)

_NAMED = (_OF.entry_id, _PAID.entry_id)
_UNNAMED = (
    select(_ENTRY.id, _ENTRY.description)
    .where(_ENTRY.document_id.is_(None), _ENTRY.payment_id.is_(None))
    .where(*(~exists().where(entry_id == _ENTRY.id) for entry_id in _NAMED))
    .order_by(_ENTRY.id)
    .limit(1)
)

Entries = dict[str, tuple[tuple[Any, ...], list[tuple[Any, ...]]]]


def former_problems(ask: Ask, organization_id: str, books_currency: str) -> Iterator[str]:
    """Documents of a former system that are not as they were imported, or are not in the journal as they must be."""
    recorded: dict[str, str] = {}
    for act in acts(ask, IMPORTING_FORMER):
        recorded |= act.detail["documents"]
    previous, position = genesis(organization_id), 0
    for rows, entries in each(ask, _documents, 0):
        for document, found_at, entry_id, before, link in rows:
            name, position = f"former document {document.number}", position + 1
            if (found_at, before) != (position, previous):
                yield f"{name}: the chain is cut before it"
            if link != link_hash(previous=previous, position=position, text=covered(document, entry_id)):
                yield f"{name}: its content does not fit its hash"
            if recorded.pop(document.id, "") != link:
                yield f"{name}: it is not the one that was imported"
            yield from _entry_problems(name, document, entries.get(entry_id or ""), books_currency)
            previous = link
    for document_id in recorded:
        yield f"former document {document_id}: it was imported, and is not there any more"


def former_owings(ask: Ask) -> dict[str, Owing]:
    """What counts of each former document for what is owed here, by its id: what was open on the opening day."""
    return {
        document.id: Owing(
            document.number, document.kind.value, document.currency, document.open_minor, None, document.opening_day
        )
        for rows, _ in each(ask, _documents, 0)
        for document, *_ in rows
    }


def former_payment_problems(ask: Ask, books_currency: str) -> Iterator[str]:
    """Payments of former documents without their journal entry, and entries that are not what was paid."""
    recorded = {act.subject: act.detail["journal"] for act in acts(ask, *PAYING) if "journal" in act.detail}
    for rows, entries in each(ask, _payments, 0):
        for _, payment_id, paid_on, debit, credit, amount, currency, entry_id, number, customer in rows:
            name = f"payment {payment_id}"
            if entry_id not in entries:
                yield f"{name}: it has no journal entry"
                continue
            entry, sides = entries[entry_id]
            said = (EntryKind.FORMER_PAYMENT, paid_on, described(number, customer), books_currency, None, None)
            if entry != said:
                yield f"{name}: its journal entry has another date, text or currency"
            wanted = recorded.get(payment_id, plain_entry(debit, credit, amount, known=currency == books_currency))
            plain = all((one[4], one[5]) == (currency, None) for one in sides)
            if not plain or [list(one[:4]) for one in sides] != wanted:
                yield f"{name}: its journal entry is not what was recorded"
            if sum(one[1] - one[2] for one in sides) or sum(one[3] or 0 for one in sides):
                yield f"{name}: its journal entry does not balance"


def unnamed_entry_problems(ask: Ask) -> Iterator[str]:
    """An entry of the journal that is of no document and no payment, of here or of a former system."""
    for entry_id, description in ask(_unnamed):
        yield f"journal entry {entry_id} ({description}): it is of no document and no payment"


def _unnamed(session: Session) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in execute(session, _UNNAMED)]


def _payments(key: int, session: Session) -> tuple[int, list[tuple[list[tuple[Any, ...]], Entries]]] | None:
    rows = [tuple(row) for row in execute(session, _PAID_PAGES, {"after": key})]
    return (rows[-1][0], [(rows, entries_of(session, [row[7] for row in rows]))]) if rows else None


def _entry_problems(name: str, document: FormerDocument, found: Any, books_currency: str) -> Iterator[str]:
    wanted = opening_sides(document, books_currency) if document.open_minor else ()
    if found is None:
        if document.open_minor:
            yield f"{name}: it has no journal entry"
        return
    entry, sides = found
    said = (EntryKind.FORMER, document.opening_day, described(document.number, document.customer_name), books_currency)
    if entry != (*said, None, None):
        yield f"{name}: its journal entry has another date, text or currency"
    if sides != [(*posted_row(one), document.currency, None) for one in wanted]:
        yield f"{name}: its journal entry is not what was imported"


def posted_row(one: PostedSide) -> tuple[Any, ...]:
    """A side as its row has it."""
    return one.side.account, one.side.debit_minor, one.side.credit_minor, one.accounting_minor


def entries_of(session: Session, ids: list[str]) -> Entries:
    """Entries with their sides, by id."""
    lines = execute(session, _LINES, {"entries": ids}).all()
    sides = {entry_id: [tuple(one[1:]) for one in some] for entry_id, some in groupby(lines, key=lambda one: one[0])}
    rows = execute(session, _ENTRIES, {"entries": ids})
    return {row[0]: (tuple(row[1:]), sides.get(row[0], [])) for row in rows}


def _documents(key: int, session: Session) -> tuple[int, list[tuple[list[tuple[Any, ...]], Entries]]] | None:
    rows = execute(session, _PAGES, {"after": key}).all()
    if not rows:
        return None
    found = [(_KEPT.of(row[:-4]), *row[-4:]) for row in rows]
    return found[-1][1], [(found, entries_of(session, [row[2] for row in found if row[2]]))]
