"""How much there is in an organization's books."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, column, select, table
from sqlmodel import Session

from storage.queries.statements import execute

_NAMES = ("customers", "items", "drafts", "documents")
_COUNTS: Select[*tuple[Any, ...]] = select(*map(column, _NAMES)).select_from(table("book_counts", *map(column, _NAMES)))


@dataclass(frozen=True, slots=True)
class Counts:
    customers: int
    items: int
    drafts: int
    documents: int


def counts(session: Session) -> Counts:
    """Customers and items that are not archived, drafts, and issued documents (the view `book_counts`)."""
    return Counts(*execute(session, _COUNTS).one())
