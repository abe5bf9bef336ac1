"""Queries on issued documents: the number series they draw from, the hash chain they make, and lists of them.

Rows are only ever added here; the database refuses to change or delete them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, BindParameter, ColumnElement, Row, Select, and_, bindparam, func, or_, select
from sqlmodel import Session

from invoicing.document.canonical import (
    ALGORITHM,
    CANONICAL_VERSION,
    document_from_text,
    document_link_text,
    document_text,
    genesis,
    link_hash,
)
from invoicing.document.documents import Document
from invoicing.document.former_records import is_former
from invoicing.document.lifecycle import Balance, first_balance
from storage.books import settings_tables, tables, total_tables
from storage.books.balances import BALANCE, NEXT_DUE, STATUS, balance_from
from storage.books.document_rows import rows_of
from storage.books.former_documents import former_balance
from storage.books.totals import add_document_totals
from storage.paging import Page, decode_cursor, encode_cursor, like_pattern, page_of, search_words
from storage.queries.cache import remember_for_now, remembered_for_now
from storage.queries.statements import STATEMENTS_KEPT, execute, insert_rows, table_of
from storage.queries.tuples import before


@dataclass(frozen=True, slots=True)
class IssuedDocument:
    """An issued document with its place in the hash chain, and what happened to it."""

    document: Document
    position: int
    hash: str
    issued_at: datetime
    issued_by: str
    balance: Balance


@dataclass(frozen=True, slots=True)
class Header:
    """What a list shows of an issued document; amounts in minor units of `currency`.

    `credits_id` and `credits_number` are the invoice that a credit note takes back; `next_due` is the day on which the
    next part of what is owed is due, as `lifecycle.next_due`.
    """

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
    credits_id: str | None
    credits_number: str | None
    next_due: date
    balance: Balance


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """Which documents a list holds; what is empty does not limit it. `status` is judged on `today`."""

    query: str = ""
    kind: str = ""
    customer: str = ""
    issued_from: date | None = None
    issued_to: date | None = None
    status: str = ""
    today: date = date.max


_DOCUMENTS = table_of(tables.DocumentRow)
_COLUMNS = _DOCUMENTS.c
_PERIODS = table_of(settings_tables.SeriesPeriod)
_THIS_PERIOD = and_(_PERIODS.c.series == bindparam("of_series"), _PERIODS.c.period == bindparam("of_period"))
_NEXT_SEQUENCE = select(_PERIODS.c.next_sequence).where(_THIS_PERIOD)
_FIRST_OF_PERIOD = _PERIODS.insert().inline()
_ADVANCE = (
    _PERIODS.update()
    .where(_THIS_PERIOD)
    .values(next_sequence=_PERIODS.c.next_sequence + 1)
    .returning(_PERIODS.c.next_sequence)
)
# Within a period dates follow the numbers, so that the last number has the last date; the unique key finds it.
_LAST_DATE = (
    select(_COLUMNS.issue_date)
    .where(_COLUMNS.series == bindparam("series"), _COLUMNS.period == bindparam("period"))
    .order_by(_COLUMNS.sequence.desc())
    .limit(1)
)
_CHAIN = ("document chain",)
_LATEST_DATE = select(func.max(_COLUMNS.issue_date))
_CHAIN_HEAD = select(_COLUMNS.position, _COLUMNS.hash).order_by(_COLUMNS.position.desc()).limit(1)
_ADD_DOCUMENT = _DOCUMENTS.insert().inline()
_ADD_LINE = table_of(tables.DocumentLine).insert().inline()
_ADD_LINE_DIMENSION = table_of(tables.LineDimension).insert().inline()
_ADD_TAX = table_of(tables.DocumentTax).insert().inline()
_ADD_TAX_PART = table_of(tables.DocumentTaxPart).insert().inline()
_WHOLE = (_COLUMNS.content, _COLUMNS.position, _COLUMNS.hash, _COLUMNS.issued_at, _COLUMNS.issued_by, *BALANCE)
_BY_KEY = (
    select(*_WHOLE)
    .where(or_(_COLUMNS.id == bindparam("id"), _COLUMNS.number.in_((bindparam("number"), bindparam("capitals")))))
    .limit(1)
)
_NAMED = (
    select(_COLUMNS.id, _COLUMNS.number)
    .where(or_(_COLUMNS.id == bindparam("id"), _COLUMNS.number.in_((bindparam("number"), bindparam("capitals")))))
    .limit(1)
)
_REFERENCES = table_of(total_tables.PaymentReference).c
_KEYS: BindParameter[tuple[str, ...]] = bindparam("keys", expanding=True)
_REFERENCED = (
    select(*_WHOLE)
    .join_from(_DOCUMENTS, table_of(total_tables.PaymentReference), _REFERENCES.document_id == _COLUMNS.id)
    .where(_REFERENCES.reference.in_(_KEYS))
    .limit(1)
)
_HAS_REFERENCE = select(_REFERENCES.document_id).where(_REFERENCES.reference.in_(_KEYS)).limit(1)
_BALANCE_OF = select(*BALANCE).where(_COLUMNS.id == bindparam("id"))
_CREDIT_NOTES = select(*_WHOLE).where(_COLUMNS.credits_id == bindparam("invoice")).order_by(_COLUMNS.position)
_CREDITED = _DOCUMENTS.alias("credited")
_CREDITED_NUMBER = select(_CREDITED.c.number).where(_CREDITED.c.id == _COLUMNS.credits_id).scalar_subquery()
_COLUMNS_SHOWN: dict[str, ColumnElement[Any]] = {
    **_COLUMNS,
    "credits_number": _CREDITED_NUMBER.correlate(_DOCUMENTS),
    "next_due": NEXT_DUE,
}
_HEADER_COLUMNS = tuple(_COLUMNS_SHOWN[field.name] for field in fields(Header) if field.name != "balance")
_HEADER = (*_HEADER_COLUMNS, *BALANCE)
_ORDER = (_COLUMNS.issue_date, _COLUMNS.position)


def next_sequence(session: Session, series: str, period: str) -> int:
    """The sequence number that the next document of the series takes in this period."""
    found = execute(session, _NEXT_SEQUENCE, {"of_series": series, "of_period": period}).scalar()
    return 1 if found is None else int(found)


def take_sequence(session: Session, series: str, period: str) -> int:
    """Draw the next sequence number; it is drawn only if the transaction is kept."""
    following = execute(session, _ADVANCE, {"of_series": series, "of_period": period}).scalar()
    if following is None:
        execute(session, _FIRST_OF_PERIOD, {"series": series, "period": period, "next_sequence": 2})
        return 1
    return int(following) - 1


def last_issue_date(session: Session, series: str, period: str) -> date | None:
    """The issue date of the last number of the series in this period; within it, dates never run backwards."""
    return remembered_for_now(session, _last_date_of(series, period), lambda db: _read_last_date(db, series, period))


def _last_date_of(series: str, period: str) -> tuple[str, str, str]:
    return "last issue date", series, period


def _read_last_date(session: Session, series: str, period: str) -> date | None:
    found: date | None = execute(session, _LAST_DATE, {"series": series, "period": period}).scalar()
    return found


def add_document(
    session: Session, document: Document, *, period: str, sequence: int, issued_at: datetime, issued_by: str
) -> IssuedDocument:
    """Add an issued document as the next link of the chain, with its lines and taxes."""
    position, previous = documents_end(session)
    previous = previous or genesis(document.organization)
    text = document_text(document)
    covered = document_link_text(
        text,
        version=CANONICAL_VERSION,
        series=document.series,
        period=period,
        sequence=sequence,
        issued_at=issued_at,
        by=issued_by,
    )
    link = link_hash(previous=previous, position=position + 1, text=covered)
    rows = rows_of(document)
    row = rows.document | {
        "position": position + 1,
        "period": period,
        "sequence": sequence,
        "content": text,
        "canonical_version": CANONICAL_VERSION,
        "algorithm": ALGORITHM,
        "previous_hash": previous,
        "hash": link,
        "issued_at": issued_at,
        "issued_by": issued_by,
    }
    execute(session, _ADD_DOCUMENT, row)
    insert_rows(session, _ADD_LINE, rows.lines)
    insert_rows(session, _ADD_LINE_DIMENSION, rows.line_dimensions)
    insert_rows(session, _ADD_TAX, rows.taxes)
    insert_rows(session, _ADD_TAX_PART, rows.tax_parts)
    add_document_totals(session, rows)
    remember_for_now(session, _CHAIN, (position + 1, link))
    remember_for_now(session, _last_date_of(document.series, period), document.issue_date)
    return IssuedDocument(document, position + 1, link, issued_at, issued_by, first_balance(document))


def id_and_number(session: Session, key: str) -> tuple[str, str] | None:
    """Id and number of the document of this id or number, without its content."""
    row = execute(session, _NAMED, {"id": key, "number": key, "capitals": key.upper()}).first()
    return None if row is None else (row[0], row[1])


def document_by_id_or_number(session: Session, key: str) -> IssuedDocument | None:
    """The document of this id or number; a number in small letters is also that in capitals."""
    row = execute(session, _BY_KEY, {"id": key, "number": key, "capitals": key.upper()}).first()
    return None if row is None else _issued(row)


def document_by_reference(session: Session, keys: Sequence[str]) -> IssuedDocument | None:
    """The document whose payers state a reference that has one of these keys."""
    row = execute(session, _REFERENCED, {"keys": tuple(keys)}).first()
    return None if row is None else _issued(row)


def has_reference(session: Session, key: str) -> bool:
    """Whether a document has the reference of this key."""
    return execute(session, _HAS_REFERENCE, {"keys": (key,)}).first() is not None


def credit_notes_of(session: Session, invoice_id: str) -> list[IssuedDocument]:
    """The credit notes of an invoice, in the order in which they were issued."""
    return [_issued(row) for row in execute(session, _CREDIT_NOTES, {"invoice": invoice_id})]


def balance_of(session: Session, document_id: str) -> Balance:
    """What has happened to a document until now, also to one of a former system."""
    if is_former(document_id):
        return former_balance(session, document_id)
    return balance_from(*execute(session, _BALANCE_OF, {"id": document_id}).one())


def find_documents(session: Session, wanted: DocumentFilter, *, cursor: str, limit: int) -> Page[Header]:
    """A page of documents, newest issue date first; their contents are not read."""
    conditions, values = conditions_of(wanted)
    if (position := decode_cursor(cursor, str, int)) is not None:
        conditions = (*conditions, "before")
        values |= {"before_date": cursor_date(str(position[0])), "before_position": position[1]}
    rows = execute(session, _page(conditions), {**values, "at_most": limit + 1}).all()
    return page_of(
        [_header(row) for row in rows],
        limit=limit,
        count=lambda: _count(session, conditions, values),
        cursor_of=lambda header: encode_cursor(header.issue_date.isoformat(), header.position),
    )


def first_documents(session: Session, wanted: DocumentFilter, *, limit: int) -> list[Header]:
    """The newest documents, so many at most; those that follow are not counted."""
    conditions, values = conditions_of(wanted)
    return [_header(row) for row in execute(session, _page(conditions), {**values, "at_most": limit})]


def count_documents(session: Session, wanted: DocumentFilter) -> int:
    return _count(session, *conditions_of(wanted))


def documents_in_order(
    session: Session, wanted: DocumentFilter, *, after_position: int, limit: int
) -> list[IssuedDocument]:
    """At most `limit` matching documents, oldest first, after a position of the chain."""
    conditions, values = conditions_of(wanted)
    values |= {"after_position": after_position, "at_most": limit}
    return [_issued(row) for row in execute(session, _in_order((*conditions, "after")), values)]


# What a filter can ask for; each by its name, with its values as parameters.
_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "kind": _COLUMNS.kind == bindparam("kind"),
    "customer": _COLUMNS.customer_id == bindparam("customer"),
    "issued_from": _COLUMNS.issue_date >= bindparam("issued_from"),
    "issued_to": _COLUMNS.issue_date <= bindparam("issued_to"),
    "before": before(_ORDER, (bindparam("before_date"), bindparam("before_position", type_=BigInteger))),
    "after": _COLUMNS.position > bindparam("after_position"),
    **STATUS,
}


def conditions_of(wanted: DocumentFilter) -> tuple[tuple[str, ...], dict[str, Any]]:
    """The names of a filter's conditions, and their values."""
    values: dict[str, Any] = {
        f"word {index}": like_pattern(word) for index, word in enumerate(search_words(wanted.query))
    }
    for name in ("kind", "customer", "issued_from", "issued_to"):
        if value := getattr(wanted, name):
            values[name] = value
    names = tuple(values)
    if wanted.status:
        names = (*names, wanted.status)
        values["today"] = wanted.today
    return names, values


def matching(columns: Sequence[ColumnElement[Any]], names: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    """The columns of the documents that meet the conditions of these names."""
    return select(*columns).where(*(_CONDITIONS.get(name, _holds(name)) for name in names))


def _holds(word: str) -> ColumnElement[bool]:
    return _COLUMNS.search_key.like(bindparam(word), escape="\\")


@lru_cache(STATEMENTS_KEPT)
def _page(names: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    return matching(_HEADER, names).order_by(*(column.desc() for column in _ORDER)).limit(bindparam("at_most"))


@lru_cache(STATEMENTS_KEPT)
def _in_order(names: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    return matching(_WHOLE, names).order_by(_COLUMNS.position).limit(bindparam("at_most"))


@lru_cache(STATEMENTS_KEPT)
def _counting(names: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    return matching((func.count(),), names).select_from(_DOCUMENTS)


def _count(session: Session, names: tuple[str, ...], values: dict[str, Any]) -> int:
    if not names:
        # Positions of the chain follow each other, and nothing is ever taken away: all are as many as the last.
        return documents_end(session)[0]
    return int(execute(session, _counting(names), values).scalar_one())


def latest_issue_date(session: Session) -> date | None:
    """The latest date that a document has; None where there is none."""
    found: date | None = execute(session, _LATEST_DATE).scalar()
    return found


def documents_end(session: Session) -> tuple[int, str]:
    """Position and hash of the last document of the chain; 0 and an empty hash where there is none."""
    return remembered_for_now(session, _CHAIN, _read_chain_head) or (0, "")


def _read_chain_head(session: Session) -> tuple[int, str] | None:
    row = execute(session, _CHAIN_HEAD).first()
    return None if row is None else (row[0], row[1])


def cursor_date(text: str) -> date:
    """The day of a cursor; one that is none comes before all."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date.min


def _issued(row: Row[*tuple[Any, ...]]) -> IssuedDocument:
    content, position, link, issued_at, issued_by, *balance = row
    return IssuedDocument(document_from_text(content), position, link, issued_at, issued_by, balance_from(*balance))


def _header(row: Row[*tuple[Any, ...]]) -> Header:
    values: list[Any] = list(row)
    width = len(_HEADER_COLUMNS)
    values[width:] = [balance_from(*values[width:])]
    return Header(*values)
