"""How much there is in an organization's books, and when something was last done there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, case, column, exists, func, select, table
from sqlmodel import Session

from invoicing.approval.approvals import State
from storage.books import tables
from storage.books.approval_tables import Approval
from storage.books.checks import PRINTING
from storage.queries.statements import execute, table_of

_NAMES = ("customers", "items", "drafts", "documents")
_COUNTS: Select[*tuple[Any, ...]] = select(*map(column, _NAMES)).select_from(table("book_counts", *map(column, _NAMES)))

_ENTRIES = table_of(tables.AuditEntry).c
_LAST_AT = select(_ENTRIES.at).where(_ENTRIES.act != PRINTING).order_by(_ENTRIES.position.desc()).limit(1)

_DRAFTS, _APPROVALS, _DOCUMENTS = table_of(tables.Draft), table_of(Approval), table_of(tables.DocumentRow)
_WAITS = exists().where(_APPROVALS.c.id == _DRAFTS.c.id, _APPROVALS.c.state == State.WAITING.value)
_FIRST_ISSUED = select(_DOCUMENTS.c.issue_date).order_by(_DOCUMENTS.c.position).limit(1)


@dataclass(frozen=True, slots=True)
class Counts:
    customers: int
    items: int
    drafts: int
    documents: int


def counts(session: Session) -> Counts:
    """Customers and items that are not archived, drafts, and issued documents (the view `book_counts`)."""
    return Counts(*execute(session, _COUNTS).one())


def last_act_at(session: Session) -> datetime | None:
    """When something was last done here; that a PDF was first made is none of it."""
    at: datetime | None = execute(session, _LAST_AT).scalar()
    return at


def drafts_changed_before(session: Session, moments: Sequence[datetime]) -> tuple[datetime | None, list[int]]:
    """Of the drafts that wait for nobody's approval: when the one was changed that has not been for longest, how many
    there are, and how many of them were changed last before each of the moments.
    """
    row = execute(session, _changed(len(moments)), {f"moment_{at}": moment for at, moment in enumerate(moments)}).one()
    return row[0], [int(count) for count in row[1:]]


def first_issue_date(session: Session) -> date | None:
    """The day on which the first document was issued."""
    day: date | None = execute(session, _FIRST_ISSUED).scalar()
    return day


@cache
def _changed(moments: int) -> Select[*tuple[Any, ...]]:
    changed = _DRAFTS.c.updated_at
    before = [changed < bindparam(f"moment_{at}", type_=changed.type) for at in range(moments)]
    counted = [func.coalesce(func.sum(case((one, 1), else_=0)), 0) for one in before]
    return select(func.min(changed), func.count(), *counted).where(~_WAITS)
