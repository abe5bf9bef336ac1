"""How much there is in an organization's books."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session

from storage.statements import execute

_COUNTS = text("SELECT customers, items, drafts, documents FROM book_counts")


@dataclass(frozen=True, slots=True)
class Counts:
    customers: int
    items: int
    drafts: int
    documents: int


def counts(session: Session) -> Counts:
    """Customers and items that are not archived, drafts, and issued documents (the view `book_counts`)."""
    return Counts(*execute(session, _COUNTS).one())
