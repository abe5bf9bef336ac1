"""Queries for verification: whether each document and each payment has the entry in the journal that it must have."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, func, select
from sqlmodel import Session

from storage.books import tables
from storage.books.checks import ISSUING, PAYING, acts
from storage.books.journal import EntryKind, described, plain_entry, posted_side
from storage.queries.statements import execute, table_of
from storage.work.asking import Ask, each

_PAGE = 200

_ENTRY, _LINE = table_of(tables.JournalEntry), table_of(tables.JournalLine)
_DOCUMENT, _PAYMENT = table_of(tables.DocumentRow), table_of(tables.Payment)
_AFTER: BindParameter[int] = bindparam("after")
_UP_TO: BindParameter[int] = bindparam("up_to")
Posted = tuple[tuple[Any, ...], list[tuple[Any, ...]]]


_POSTED_DOCUMENT = (
    _DOCUMENT.c.id,
    _DOCUMENT.c.number,
    _DOCUMENT.c.total_minor,
    _DOCUMENT.c.currency,
    _ENTRY.c.id,
    _ENTRY.c.kind,
    _ENTRY.c.entry_date,
    _ENTRY.c.description,
    _ENTRY.c.accounting_currency,
    _DOCUMENT.c.issue_date,
    _DOCUMENT.c.accounting_currency,
    _DOCUMENT.c.customer_name,
)
_DOCUMENTS_POSTED = (
    select(*_POSTED_DOCUMENT, _LINE.c.account, _LINE.c.debit_minor, _LINE.c.credit_minor, _LINE.c.currency)
    .add_columns(_LINE.c.dimensions)
    .join_from(_DOCUMENT, _ENTRY, _ENTRY.c.document_id == _DOCUMENT.c.id, isouter=True)
    .join(_LINE, _LINE.c.entry_id == _ENTRY.c.id, isouter=True)
    .where(_DOCUMENT.c.position > _AFTER, _DOCUMENT.c.position <= _UP_TO)
    .order_by(_DOCUMENT.c.position, _LINE.c.position)
)
_POSTED_PAYMENT = (
    _PAYMENT.c.id,
    _PAYMENT.c.paid_on,
    _DOCUMENT.c.number,
    _DOCUMENT.c.customer_name,
    _PAYMENT.c.currency,
    _DOCUMENT.c.accounting_currency,
    _PAYMENT.c.debit_account,
    _PAYMENT.c.credit_account,
    _PAYMENT.c.amount_minor,
    _ENTRY.c.id,
    _ENTRY.c.kind,
    _ENTRY.c.entry_date,
    _ENTRY.c.description,
    _ENTRY.c.accounting_currency,
)
_PAYMENTS_POSTED = (
    select(*_POSTED_PAYMENT, _LINE.c.account, _LINE.c.debit_minor, _LINE.c.credit_minor, _LINE.c.currency)
    .add_columns(_LINE.c.accounting_minor, _LINE.c.dimensions)
    .join_from(_PAYMENT, _DOCUMENT, _DOCUMENT.c.id == _PAYMENT.c.document_id)
    .join(_ENTRY, _ENTRY.c.payment_id == _PAYMENT.c.id, isouter=True)
    .join(_LINE, _LINE.c.entry_id == _ENTRY.c.id, isouter=True)
    .where(_PAYMENT.c.position > _AFTER, _PAYMENT.c.position <= _UP_TO)
    .order_by(_PAYMENT.c.position, _LINE.c.position)
)


def _last_of_page(position: Any) -> Select[*tuple[Any, ...]]:
    page = select(position).where(position > _AFTER).order_by(position).limit(_PAGE).subquery()
    return select(func.max(page.c[0]))


_LAST_DOCUMENT, _LAST_PAYMENT = _last_of_page(_DOCUMENT.c.position), _last_of_page(_PAYMENT.c.position)


def journal_problems(ask: Ask) -> Iterator[str]:
    """Documents without their journal entry, and entries that do not balance or are not what was posted."""
    posted = {act.subject: act.detail.get("journal") for act in acts(ask, *ISSUING)}
    for document, lines in each(ask, _documents_posted, 0):
        document_id, number, total_minor, currency, entry_id, *entry_and_wanted = document
        name = f"document {number}"
        if entry_id is None:
            yield f"{name}: it has no journal entry"
            continue
        debit, credit = sum(line[1] for line in lines), sum(line[2] for line in lines)
        if debit != credit:
            yield f"{name}: its journal entry does not balance"
        recorded = posted.get(document_id)
        if recorded is not None:
            if recorded != [posted_side(line[0], line[1], line[2], line[4]) for line in lines]:
                yield f"{name}: its journal entry is not the one that was posted"
        # The first side of an entry is what is receivable: that is the total.
        elif total_minor and (not lines or sum(lines[0][1:3]) != total_minor):
            yield f"{name}: its journal entry is not its total"
        if any(line[3] != currency for line in lines) or (recorded is None and any(line[4] for line in lines)):
            yield f"{name}: its journal entry is in another currency, or has dimensions that nobody gave it"
        kind, entry_date, description, books_currency, *wanted, customer_name = entry_and_wanted
        if [kind, entry_date, books_currency, description] != [
            EntryKind.DOCUMENT,
            *wanted,
            described(number, customer_name),
        ]:
            yield f"{name}: its journal entry has another date or text"


def _documents_posted(key: int, session: Session) -> tuple[int, list[Posted]] | None:
    """Each document with its entry, and the entry's lines."""
    return _grouped(session, key, _LAST_DOCUMENT, _DOCUMENTS_POSTED, len(_POSTED_DOCUMENT))


def payment_entry_problems(ask: Ask) -> Iterator[str]:
    """Payments without their journal entry, and entries that are not what was paid."""
    recorded = {act.subject: act.detail["journal"] for act in acts(ask, *PAYING) if "journal" in act.detail}
    for payment, lines in each(ask, _payments_posted, 0):
        payment_id, paid_on, number, customer_name, currency, books, debit, credit, amount_minor, entry_id, *entry = (
            payment
        )
        name = f"payment {payment_id}"
        if entry_id is None:
            yield f"{name}: it has no journal entry"
            continue
        if entry != [EntryKind.PAYMENT, paid_on, described(number, customer_name), books]:
            yield f"{name}: its journal entry has another date, text or currency"
        plain = plain_entry(debit, credit, amount_minor, known=currency == books)
        wanted = recorded.get(payment_id, plain)
        plain_sides = all((line[3], line[5]) == (currency, None) for line in lines)
        if not plain_sides or [[*line[:3], line[4]] for line in lines] != wanted:
            yield f"{name}: its journal entry is not what was recorded"
        if sum(line[1] - line[2] for line in lines) or sum(line[4] or 0 for line in lines):
            yield f"{name}: its journal entry does not balance"


def _payments_posted(key: int, session: Session) -> tuple[int, list[Posted]] | None:
    """Each payment with its document and its entry, and the entry's lines."""
    return _grouped(session, key, _LAST_PAYMENT, _PAYMENTS_POSTED, len(_POSTED_PAYMENT))


def _grouped(
    session: Session, key: int, last: Select[*tuple[Any, ...]], query: Select[*tuple[Any, ...]], width: int
) -> tuple[int, list[Posted]] | None:
    """The next rows by their first columns, with the rest of each; a rest that begins with nothing is none."""
    up_to = execute(session, last, {"after": key}).scalar()
    if up_to is None:
        return None
    found: list[Posted] = []
    rows = execute(session, query, {"after": key, "up_to": up_to})
    for of, group in groupby(rows, key=lambda row: tuple(row[:width])):
        rests = [tuple(row[width:]) for row in group]
        found.append((of, [rest for rest in rests if rest[0] is not None]))
    return up_to, found
