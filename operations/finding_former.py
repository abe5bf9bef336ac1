"""Lists of documents in which those of a former system stand behind what was issued here: they are the older ones."""

from __future__ import annotations

from sqlmodel import Session

from invoicing.document.former_records import FORMER
from invoicing.document.lifecycle import OPEN, Status
from storage.books import documents
from storage.books.documents import DocumentFilter, Header
from storage.books.former_lists import count_former_matching, find_former
from storage.paging import Page

WITH_FORMER = frozenset({FORMER, OPEN, Status.OVERDUE.value})
"""The statuses with which a list has documents of a former system."""

_GOES_ON = "f-"
"""Begins the cursors of pages that hold no others; a cursor of what was issued here never does."""


def find_with_former(db: Session, wanted: DocumentFilter, *, only: bool, cursor: str, limit: int) -> Page[Header]:
    """A page of the documents that were issued here, unless `only` those of a former system are wanted, and behind the
    last one of the others.
    """
    if only or cursor.startswith(_GOES_ON):
        return _of_former(db, wanted, cursor.removeprefix(_GOES_ON), limit)
    page = documents.find_documents(db, wanted, cursor=cursor, limit=limit)
    if page.next_cursor:
        return Page(page.items, page.next_cursor, page.left + count_former_matching(db, wanted))
    room = limit - len(page.items)
    if not room:
        left = count_former_matching(db, wanted)
        return Page(page.items, _GOES_ON if left else "", left)
    rest = _of_former(db, wanted, "", room)
    return Page((*page.items, *rest.items), rest.next_cursor, rest.left)


def _of_former(db: Session, wanted: DocumentFilter, cursor: str, limit: int) -> Page[Header]:
    page = find_former(db, wanted, cursor=cursor, limit=limit)
    return Page(page.items, f"{_GOES_ON}{page.next_cursor}" if page.next_cursor else "", page.left)
