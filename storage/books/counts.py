"""How much there is in an organization's books, and when something was last done there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, column, select, table
from sqlmodel import Session

from storage.books import tables
from storage.books.checks import PRINTING
from storage.queries.statements import execute, table_of

_NAMES = ("customers", "items", "drafts", "documents")
_COUNTS: Select[*tuple[Any, ...]] = select(*map(column, _NAMES)).select_from(table("book_counts", *map(column, _NAMES)))

_ENTRIES = table_of(tables.AuditEntry).c
_LAST_AT = select(_ENTRIES.at).where(_ENTRIES.act != PRINTING).order_by(_ENTRIES.position.desc()).limit(1)


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
