"""How much there is in an organization's books."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session


@dataclass(frozen=True, slots=True)
class Counts:
    customers: int
    items: int
    drafts: int
    documents: int


def counts(session: Session) -> Counts:
    """Customers and items that are not archived, drafts, and issued documents (the view `book_counts`)."""
    row = session.connection().execute(text("SELECT customers, items, drafts, documents FROM book_counts")).one()
    return Counts(*row)
