"""Queries on issued documents: the number series they draw from, the hash chain they make, and lists of them.

Rows are only ever added here; the database refuses to change or delete them.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, not_
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from invoicing.canonical import ALGORITHM, document_from_text, document_link_text, document_text, genesis, link_hash
from invoicing.documents import Document
from invoicing.posting import JournalSide
from invoicing.text import fold, search_key
from storage.ids import new_id
from storage.paging import Page, decode_cursor, encode_cursor, like_pattern, page_of
from storage.tables import books
from storage.tuples import before


@dataclass(frozen=True, slots=True)
class Issued:
    """An issued document with its place in the hash chain."""

    document: Document
    position: int
    hash: str
    issued_at: datetime
    issued_by: str


@dataclass(frozen=True, slots=True)
class Header:
    """What a list shows of an issued document; amounts in minor units of `currency`."""

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


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """Which documents a list holds; what is empty does not limit it. `overdue` is judged on `today`."""

    query: str = ""
    kind: str = ""
    customer: str = ""
    issued_from: date | None = None
    issued_to: date | None = None
    overdue: bool | None = None
    today: date = date.max


def next_sequence(session: Session, series: str, period: str) -> int:
    """The sequence number that the next document of the series takes in this period."""
    row = session.get(books.SeriesPeriod, (series, period))
    return 1 if row is None else row.next_sequence


def take_sequence(session: Session, series: str, period: str) -> int:
    """Draw the next sequence number; it is drawn only if the transaction is kept."""
    row = session.get(books.SeriesPeriod, (series, period))
    if row is None:
        row = books.SeriesPeriod(series=series, period=period, next_sequence=1)
        session.add(row)
    taken = row.next_sequence
    row.next_sequence = taken + 1
    return taken


def last_issue_date(session: Session, series: str) -> date | None:
    """The issue date of the newest document of the series; dates of a series never run backwards."""
    return session.exec(
        select(func.max(books.IssuedDocument.issue_date)).where(col(books.IssuedDocument.series) == series)
    ).one()


def add_document(
    session: Session, document: Document, *, period: str, sequence: int, issued_at: datetime, issued_by: str
) -> Issued:
    """Add an issued document as the next link of the chain, with its lines and taxes."""
    position, previous = _chain_head(session, document.organization)
    text = document_text(document)
    covered = document_link_text(
        text, series=document.series, period=period, sequence=sequence, issued_at=issued_at, by=issued_by
    )
    link = link_hash(previous=previous, position=position + 1, text=covered)
    session.add(
        books.IssuedDocument(
            position=position + 1,
            id=document.id,
            kind=document.kind.value,
            number=document.number,
            series=document.series,
            period=period,
            sequence=sequence,
            issue_date=document.issue_date,
            due_date=document.due_date,
            customer_id=document.customer,
            customer_name=document.buyer.name,
            search_key=search_key(document.number, document.buyer.name, document.purchase_order),
            currency=document.currency,
            net_minor=document.net_minor,
            tax_minor=document.tax_minor,
            total_minor=document.total_minor,
            content=text,
            algorithm=ALGORITHM,
            previous_hash=previous,
            hash=link,
            issued_at=issued_at,
            issued_by=issued_by,
        )
    )
    session.flush()
    _add_lines(session, document)
    return Issued(document, position + 1, link, issued_at, issued_by)


def add_journal_entry(session: Session, document: Document, sides: tuple[JournalSide, ...]) -> None:
    """Add the document's journal entry. After it, the database takes no further lines for the document."""
    entry_id = new_id("jrn")
    session.add(
        books.JournalEntry(
            id=entry_id,
            document_id=document.id,
            entry_date=document.issue_date,
            description=f"{document.number} {document.buyer.name}",
        )
    )
    session.flush()
    session.add_all(
        books.JournalLine(
            entry_id=entry_id,
            position=position,
            account=side.account,
            debit_minor=side.debit_minor,
            credit_minor=side.credit_minor,
            currency=document.currency,
        )
        for position, side in enumerate(sides, start=1)
    )
    session.flush()


def document_by_id_or_number(session: Session, key: str) -> Issued | None:
    """The document of this id or number; numbers are compared without regard to case."""
    query = select(books.IssuedDocument).where(
        (col(books.IssuedDocument.id) == key) | (col(books.IssuedDocument.number) == key.upper())
    )
    row = session.exec(query.limit(1)).first()
    return None if row is None else _issued(row)


def find_documents(session: Session, wanted: DocumentFilter, *, cursor: str, limit: int) -> Page[Header]:
    """A page of documents, newest issue date first; their contents are not read."""
    conditions = _conditions(wanted)
    order = (_DOCUMENT.issue_date, _DOCUMENT.position)
    if (position := decode_cursor(cursor, str, int)) is not None:
        conditions.append(before(order, (_cursor_date(str(position[0])), position[1])))
    rows = session.execute(
        sql_select(*_HEADER).where(*conditions).order_by(*(column.desc() for column in order)).limit(limit + 1)
    ).all()
    return page_of(
        [Header(*row) for row in rows],
        limit=limit,
        count=lambda: _count(session, conditions),
        cursor_of=lambda header: encode_cursor(header.issue_date.isoformat(), header.position),
    )


def count_documents(session: Session, wanted: DocumentFilter) -> int:
    return _count(session, _conditions(wanted))


def documents_in_order(session: Session, wanted: DocumentFilter, *, after_position: int, limit: int) -> list[Issued]:
    """At most `limit` matching documents, oldest first, after a position of the chain."""
    query = select(books.IssuedDocument).where(*_conditions(wanted), _DOCUMENT.position > after_position)
    return [_issued(row) for row in session.exec(query.order_by(_DOCUMENT.position).limit(limit))]


_DOCUMENT: Any = books.IssuedDocument
_HEADER = tuple(getattr(_DOCUMENT, field.name) for field in fields(Header))


def _count(session: Session, conditions: list[ColumnElement[bool]]) -> int:
    return int(session.execute(sql_select(func.count()).select_from(_DOCUMENT).where(*conditions)).scalar_one())


def _conditions(wanted: DocumentFilter) -> list[ColumnElement[bool]]:
    conditions = [_DOCUMENT.search_key.like(like_pattern(word), escape="\\") for word in fold(wanted.query).split()]
    if wanted.kind:
        conditions.append(_DOCUMENT.kind == wanted.kind)
    if wanted.customer:
        conditions.append(_DOCUMENT.customer_id == wanted.customer)
    if wanted.issued_from is not None:
        conditions.append(_DOCUMENT.issue_date >= wanted.issued_from)
    if wanted.issued_to is not None:
        conditions.append(_DOCUMENT.issue_date <= wanted.issued_to)
    if wanted.overdue is not None:
        # What owes nothing is never overdue: the same rule as `invoicing.lifecycle.status_of`.
        overdue = and_(_DOCUMENT.due_date < wanted.today, _DOCUMENT.total_minor > 0)
        conditions.append(overdue if wanted.overdue else not_(overdue))
    return conditions


def _chain_head(session: Session, organization_id: str) -> tuple[int, str]:
    query = select(books.IssuedDocument.position, books.IssuedDocument.hash)
    row = session.exec(query.order_by(col(books.IssuedDocument.position).desc()).limit(1)).first()
    return (0, genesis(organization_id)) if row is None else (row[0], row[1])


def _add_lines(session: Session, document: Document) -> None:
    session.add_all(
        books.DocumentLine(
            document_id=document.id,
            position=line.position,
            item_id=line.item,
            description=line.description,
            quantity=line.quantity,
            unit_price=line.unit_price,
            tax_code=line.tax_code,
            tax_category=line.tax_category.value,
            tax_rate=line.tax_rate,
            net_minor=line.net_minor,
        )
        for line in document.lines
    )
    session.add_all(
        books.DocumentTax(
            document_id=document.id,
            position=position,
            category=tax.category.value,
            rate=tax.rate,
            taxable_minor=tax.taxable_minor,
            tax_minor=tax.tax_minor,
        )
        for position, tax in enumerate(document.taxes, start=1)
    )
    session.flush()


def _cursor_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date.min


def _issued(row: books.IssuedDocument) -> Issued:
    return Issued(
        document=document_from_text(row.content),
        position=row.position,
        hash=row.hash,
        issued_at=row.issued_at,
        issued_by=row.issued_by,
    )
