"""Queries for verification: what the rows say, without trusting any of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from storage.audit import entry_text
from storage.tables import books, settings

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Totals:
    documents: int
    files: int
    audit_entries: int


@dataclass(frozen=True, slots=True)
class DocumentRow:
    position: int
    id: str
    kind: str
    number: str
    issue_date: date
    due_date: date
    customer_id: str
    customer_name: str
    currency: str
    net_minor: int
    tax_minor: int
    total_minor: int
    content: str
    series: str
    period: str
    sequence: int
    issued_at: datetime
    issued_by: str
    algorithm: str
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class AuditRow:
    position: int
    previous_hash: str
    hash: str
    text: str


def totals(session: Session) -> Totals:
    return Totals(
        documents=session.exec(select(func.count()).select_from(books.IssuedDocument)).one(),
        files=session.exec(select(func.count()).select_from(books.StoredFile)).one(),
        audit_entries=session.exec(select(func.count()).select_from(books.AuditEntry)).one(),
    )


def document_rows(session: Session) -> Iterator[DocumentRow]:
    """All documents in the order of the chain."""
    query = select(books.IssuedDocument).order_by(col(books.IssuedDocument.position))
    for row in session.exec(query.execution_options(yield_per=_BATCH)):
        yield DocumentRow(**{name: getattr(row, name) for name in DocumentRow.__slots__})


def audit_rows(session: Session) -> Iterator[AuditRow]:
    """All audit entries in the order of their chain, with the canonical text of what they say now."""
    query = select(books.AuditEntry).order_by(col(books.AuditEntry.position))
    for row in session.exec(query.execution_options(yield_per=_BATCH)):
        text = entry_text(at=row.at, by=row.principal, act=row.act, subject=row.subject, detail=row.detail)
        yield AuditRow(row.position, row.previous_hash, row.hash, text)


def audit_document_problems(session: Session) -> Iterator[str]:
    """Issued documents that the audit trail knows and the documents do not, or with another hash."""
    known = dict(session.exec(select(books.IssuedDocument.id, books.IssuedDocument.hash)).all())
    issued = session.exec(select(books.AuditEntry).where(col(books.AuditEntry.act) == "issue_invoice"))
    for entry in issued:
        detail = json.loads(entry.detail)
        found = known.pop(entry.subject, None)
        if found is None:
            yield f"document {detail['number']}: it was issued, and is not there any more"
        elif found != detail["hash"]:
            yield f"document {detail['number']}: it is not the one that was issued"
    for document_id in known:
        yield f"document {document_id}: nobody is on record as having issued it"


def line_rows(session: Session, document_id: str) -> list[tuple[object, ...]]:
    """What the line rows of a document say, in the order of the lines."""
    table = books.DocumentLine
    query = select(table).where(col(table.document_id) == document_id).order_by(col(table.position))
    return [
        (
            row.position,
            row.item_id,
            row.description,
            row.quantity,
            row.unit_price,
            row.tax_code,
            row.tax_category,
            row.tax_rate,
            row.net_minor,
        )
        for row in session.exec(query)
    ]


def tax_amounts(session: Session, document_id: str) -> list[tuple[int, int]]:
    """Taxable amount and tax of each subtotal, in minor units."""
    query = select(books.DocumentTax.taxable_minor, books.DocumentTax.tax_minor).where(
        col(books.DocumentTax.document_id) == document_id
    )
    return [(row[0], row[1]) for row in session.exec(query.order_by(col(books.DocumentTax.position)))]


def series_problems(session: Session) -> Iterator[str]:
    """Numbers of a series that are missing, or taken without a document."""
    table: Any = books.IssuedDocument
    query = sql_select(table.series, table.period, func.count(), func.min(table.sequence), func.max(table.sequence))
    found = {
        (series, period): (count, first, last)
        for series, period, count, first, last in session.execute(query.group_by(table.series, table.period))
    }
    for row in session.exec(select(settings.SeriesPeriod)):
        count, first, last = found.pop((row.series, row.period), (0, 1, 0))
        name = f"series {row.series} {row.period}".rstrip()
        if first != 1 or last - first + 1 != count:
            yield f"{name}: {count} documents between numbers {first} and {last}; some are missing"
        if row.next_sequence != last + 1:
            yield f"{name}: the next number is {row.next_sequence}, but the last document has {last}"
    for series, period in found:
        yield f"series {series} {period}: it has documents but no record of its numbers"


def journal_problems(session: Session) -> Iterator[str]:
    """Documents without their journal entry, entries that do not balance, receivables that are not the total."""
    line: Any = books.JournalLine
    entry: Any = books.JournalEntry
    document: Any = books.IssuedDocument
    sums = (
        sql_select(
            entry.document_id,
            func.coalesce(func.sum(line.debit_minor), 0),
            func.coalesce(func.sum(line.credit_minor), 0),
        )
        .join(line, line.entry_id == entry.id, isouter=True)
        .group_by(entry.document_id)
    )
    balances = {document_id: (debit, credit) for document_id, debit, credit in session.execute(sums)}
    for document_id, number, amount in session.execute(sql_select(document.id, document.number, document.total_minor)):
        if document_id not in balances:
            yield f"document {number}: it has no journal entry"
            continue
        debit, credit = balances[document_id]
        if debit != credit:
            yield f"document {number}: its journal entry does not balance"
        elif debit != amount:
            yield f"document {number}: its journal entry is not its total"
