"""Queries on what was drafted for which month, and on whether it still stands.

Rows are added and never change. A draft stands while it is there, and what it became until that is credited whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import BindParameter, and_, bindparam, exists, func, not_, or_, select
from sqlmodel import Session

from invoicing.document.canonical import document_from_text
from invoicing.document.documents import Document, DocumentKind
from invoicing.reports.months import Months
from storage.books import recurring_tables, tables
from storage.books.balances import WANTED
from storage.books.idempotency import ISSUED_DRAFT
from storage.queries.statements import execute, table_of

_AT_ONCE = 500

_MADE = table_of(recurring_tables.RecurringDraft)
_DOCUMENTS = table_of(tables.DocumentRow).c
_DRAFTS, _KEYS = table_of(tables.Draft).c, table_of(tables.IdempotencyKey).c
_IDS: BindParameter[str] = bindparam("ids", expanding=True)
_NOTES = _DOCUMENTS.id.table.alias("crediting")
_CREDITED = exists().where(_NOTES.c.credits_id == _DOCUMENTS.id)
# Of what came to nothing nothing is wanted before it is credited whole, either.
_NOTHING = _DOCUMENTS.total_minor == _DOCUMENTS.withheld_minor
_STANDS = or_(WANTED > 0, and_(_NOTHING, or_(not_(_CREDITED), WANTED != 0)))
_LAST = select(func.coalesce(func.max(_MADE.c.position), 0))
_ADD = _MADE.insert().inline()
_OF_MONTH = (
    select(_MADE.c.source_id, _MADE.c.draft).where(_MADE.c.month == bindparam("month")).order_by(_MADE.c.position)
)
_THERE = select(_DRAFTS.id).where(_DRAFTS.id.in_(_IDS))
_STANDING = (
    select(_KEYS.reference)
    .join_from(_KEYS.tool.table, _DOCUMENTS.id.table, _DOCUMENTS.id == _KEYS.subject)
    .where(_KEYS.tool == ISSUED_DRAFT, _KEYS.reference.in_(_IDS), _STANDS)
)
_BECAME = select(_KEYS.reference, _KEYS.subject).where(_KEYS.tool == ISSUED_DRAFT, _KEYS.reference.in_(_IDS))
_INVOICES = select(_DOCUMENTS.content, _DOCUMENTS.id, _DOCUMENTS.issue_date, _DOCUMENTS.position).where(
    _DOCUMENTS.kind == DocumentKind.INVOICE.value, _STANDS
)
_OF_DAYS = _INVOICES.where(_DOCUMENTS.issue_date.between(bindparam("first"), bindparam("last")))
_BY_ID = _INVOICES.where(_DOCUMENTS.id.in_(_IDS))
_MONTHS_OF = (
    select(_KEYS.subject, _MADE.c.month)
    .join_from(_KEYS.tool.table, _MADE, _MADE.c.draft == _KEYS.reference)
    .where(_KEYS.tool == ISSUED_DRAFT, _KEYS.subject.in_(_IDS))
)
_COUNT = select(func.count()).where(_DOCUMENTS.issue_date.between(bindparam("first"), bindparam("last")))


def standing_invoices(session: Session, month: str) -> list[Document]:
    """The invoices of a month, in their order, without those that were credited whole: what was drafted for a month is
    of that month, whenever it was issued, and everything else of the month in which it was.
    """
    days = Months(month, month)
    rows = list(execute(session, _OF_DAYS, {"first": days.first_day, "last": days.last_day}))
    made_for = dict[str, str]()
    ids = [row[1] for row in rows]
    for start in range(0, len(ids), _AT_ONCE):
        made_for |= {row[0]: row[1] for row in execute(session, _MONTHS_OF, {"ids": ids[start : start + _AT_ONCE]})}
    found = {row[1]: row for row in rows if made_for.get(row[1], month) == month}
    drafts = [row[1] for row in execute(session, _OF_MONTH, {"month": month})]
    ids = [one for one in became(session, drafts).values() if one not in found]
    for start in range(0, len(ids), _AT_ONCE):
        found |= {row[1]: row for row in execute(session, _BY_ID, {"ids": ids[start : start + _AT_ONCE]})}
    return [document_from_text(row[0]) for row in sorted(found.values(), key=lambda row: (row[2], row[3]))]


def standing(session: Session, drafts: Iterable[str]) -> frozenset[str]:
    """Those of the drafts that are there, or became an invoice that is not credited whole."""
    wanted, found = sorted(set(drafts)), set[str]()
    for start in range(0, len(wanted), _AT_ONCE):
        ids = {"ids": wanted[start : start + _AT_ONCE]}
        found.update(execute(session, _THERE, ids).scalars())
        found.update(execute(session, _STANDING, ids).scalars())
    return frozenset(found)


def became(session: Session, drafts: Iterable[str]) -> dict[str, str]:
    """The ids of the invoices that drafts became, by these."""
    wanted, found = sorted(set(drafts)), dict[str, str]()
    for start in range(0, len(wanted), _AT_ONCE):
        rows = execute(session, _BECAME, {"ids": wanted[start : start + _AT_ONCE]})
        found |= {row[0]: row[1] for row in rows}
    return found


def drafted_for(session: Session, month: str) -> dict[str, str]:
    """The draft that stands for the month, by the id of the invoice that it was made from."""
    rows = execute(session, _OF_MONTH, {"month": month}).all()
    stand = standing(session, (draft for _, draft in rows))
    return {source: draft for source, draft in rows if draft in stand}


def add_drafted(session: Session, draft: str, *, month: str, source: str, at: datetime, by: str) -> None:
    """Keep that the draft was made for the month from this invoice."""
    position = int(execute(session, _LAST).scalar_one()) + 1
    values = {"position": position, "month": month, "source_id": source, "draft": draft}
    execute(session, _ADD, {**values, "recorded_at": at, "recorded_by": by})


def count_issued(session: Session, first: date, last: date) -> int:
    """How many documents were issued on these days, of either kind."""
    return int(execute(session, _COUNT, {"first": first, "last": last}).scalar_one())
