"""Documents of a former system as they are looked at: one by its number, and lists of them.

Each is shown in the form of a document that was issued here, without lines, tax and series: those it does not have.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, bindparam, func, literal, or_, select
from sqlmodel import Session

from invoicing.document.documents import Document, DocumentKind, Exchange
from invoicing.document.lifecycle import OPEN, Status
from invoicing.document.parties import Address, Party, PaymentDetails
from invoicing.master_data.profiles import Profile
from invoicing.money.sums import Summand
from storage.books import former_tables
from storage.books.documents import DocumentFilter, Header, IssuedDocument, cursor_date
from storage.books.former_documents import FormerDocument, balance_where, former_balance, worth_of
from storage.paging import Page, decode_cursor, encode_cursor, like_pattern, page_of, search_words
from storage.queries.statements import Kept, execute, table_of
from storage.queries.tuples import before

_KEPT = Kept(former_tables.FormerDocument, FormerDocument, kind=DocumentKind)
_OF, _OWED = _KEPT.table.c, table_of(former_tables.FormerReceivable).c
_BY_KEY = (
    _KEPT.all.add_columns(_OF.hash)
    .where(or_(_OF.id == bindparam("key"), _OF.number == bindparam("key")))
    # Of one number an invoice comes before a credit note.
    .order_by(_OF.kind.desc())
    .limit(1)
)
_LISTED = _KEPT.all.add_columns(_OF.position, _OWED.open_minor).join_from(
    _KEPT.table, _OWED.document_id.table, _OWED.document_id == _OF.id
)
_ORDER = (_OF.issue_date, _OF.position)


@dataclass(frozen=True, slots=True)
class FormerListed:
    """A former document with its place in the chain, what is owed of it now, and its hash."""

    document: FormerDocument
    position: int
    owed_minor: int
    hash: str


def former_by_key(session: Session, key: str) -> tuple[FormerDocument, str] | None:
    """The former document of this id or number, to the letter, and its hash."""
    row = execute(session, _BY_KEY, {"key": key}).first()
    return None if row is None else (_KEPT.of(row[:-1]), row[-1])


def as_issued(session: Session, former: FormerDocument, profile: Profile, link: str) -> IssuedDocument:
    """A former document in the form of an issued one, as it stands now."""
    balance = former_balance(session, former.id)
    return IssuedDocument(
        _document(former, profile), 0, link, issued_at=former.imported_at, issued_by=former.imported_by, balance=balance
    )


def find_former(session: Session, wanted: DocumentFilter, *, cursor: str, limit: int) -> Page[Header]:
    """A page of former documents, newest issue date first. `status` is empty, `open` or `overdue`."""
    found = _matching(_LISTED, wanted)
    if (position := decode_cursor(cursor, str, int)) is not None:
        at = literal(cursor_date(str(position[0]))), literal(position[1], BigInteger)
        found = found.where(before(_ORDER, at))
    rows = execute(session, found.order_by(*(column.desc() for column in _ORDER)).limit(limit + 1)).all()
    return page_of(
        [_header(_KEPT.of(row[:-2]), row[-2], row[-1]) for row in rows],
        limit=limit,
        count=lambda: int(execute(session, select(func.count()).select_from(found.subquery())).scalar_one()),
        cursor_of=lambda header: encode_cursor(header.issue_date.isoformat(), header.position),
    )


def former_in_order(session: Session, wanted: DocumentFilter, *, after_position: int, limit: int) -> list[FormerListed]:
    """At most `limit` former documents in the order in which they were taken over, after a position of their chain."""
    found = _matching(_LISTED.add_columns(_OF.hash), wanted).where(_OF.position > after_position)
    rows = execute(session, found.order_by(_OF.position).limit(limit)).all()
    return [FormerListed(_KEPT.of(row[:-3]), *row[-3:]) for row in rows]


def count_former_matching(session: Session, wanted: DocumentFilter) -> int:
    """How many former documents a list holds."""
    found = _matching(_LISTED, wanted).subquery()
    return int(execute(session, select(func.count()).select_from(found)).scalar_one())


def summands_of_former(session: Session, wanted: DocumentFilter) -> list[Summand]:
    """What former documents add to sums: of their total it is not known what of it is net, and what tax."""
    columns = (_OF.currency, _OF.kind, _OF.total_minor, _OWED.open_minor)
    source = select(*columns).join_from(_KEPT.table, _OWED.document_id.table, _OWED.document_id == _OF.id)
    return [
        Summand(currency, DocumentKind(kind), 0, 0, total, due)
        for currency, kind, total, due in execute(session, _matching(source, wanted))
    ]


def _matching(source: Select[*tuple[Any, ...]], wanted: DocumentFilter) -> Select[*tuple[Any, ...]]:
    conditions: list[ColumnElement[bool]] = [
        _OF.search_key.like(like_pattern(word), escape="\\") for word in search_words(wanted.query)
    ]
    if wanted.kind:
        conditions.append(_OF.kind == wanted.kind)
    if wanted.customer:
        conditions.append(_OF.customer_id == wanted.customer)
    if wanted.issued_from:
        conditions.append(_OF.issue_date >= wanted.issued_from)
    if wanted.issued_to:
        conditions.append(_OF.issue_date <= wanted.issued_to)
    if wanted.status in (OPEN, Status.OVERDUE):
        conditions += [_OF.kind == DocumentKind.INVOICE.value, _OWED.open_minor > 0]
    if wanted.status == Status.OVERDUE:
        conditions.append(_OF.due_date < wanted.today)
    return source.where(*conditions)


def _header(former: FormerDocument, position: int, owed_minor: int) -> Header:
    return Header(
        position=position,
        id=former.id,
        kind=former.kind.value,
        number=former.number,
        issue_date=former.issue_date,
        due_date=former.due_date,
        customer_id=former.customer_id,
        customer_name=former.customer_name,
        currency=former.currency,
        net_minor=0,
        tax_minor=0,
        total_minor=former.total_minor,
        credits_id=None,
        credits_number=None,
        next_due=former.due_date,
        balance=balance_where(former.kind, former.total_minor, owed_minor),
    )


def _document(former: FormerDocument, profile: Profile) -> Document:
    worth = worth_of(former, former.total_minor, profile.currency)
    rate, exchange = former.exchange_rate, None
    if rate is not None and worth is not None:
        exchange = Exchange(profile.currency, rate, former.opening_day, "former system", worth, 0)
    return Document(
        kind=former.kind,
        environment=profile.environment,
        organization="",
        id=former.id,
        number=former.number,
        series="",
        issue_date=former.issue_date,
        due_date=former.due_date,
        supply_date=former.issue_date,
        currency=former.currency,
        prices_include_tax=False,
        rounding="",
        seller=Party(profile.name, Address()),
        buyer=Party(former.customer_name, Address()),
        customer=former.customer_id,
        payment=PaymentDetails(),
        lines=(),
        taxes=(),
        net_minor=0,
        tax_minor=0,
        total_minor=former.total_minor,
        note=former.note,
        exchange=exchange,
        accounting_currency=profile.currency,
    )
