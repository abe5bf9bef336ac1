"""Verification as a report: whether every document, number, entry, total and file is as it was recorded."""

from __future__ import annotations

from invoicing.refusals import InvalidInput
from invoicing.reports.figures import Report, Row
from invoicing.text.typed import counted
from operations.verification import verify_books
from storage.books.pool import Books


async def verification(books: Books, *, period: str) -> Report:
    """The first thing that is wrong, or that nothing is; it goes through all of the books.

    Raises:
        InvalidInput: a period.
    """
    if period.strip():
        raise InvalidInput("period: verification is of all of the books; leave it out.", field="period")
    found = await verify_books(books)
    looked_at = ", ".join(
        counted(number, noun)
        for number, noun in (
            (found.documents, "document"),
            (found.files, "file"),
            (found.audit_entries, "audit entry"),
        )
    )
    label = f"Not as it was recorded: {found.problem}" if found.problem else "Everything is as it was recorded."
    return Report(rows=[Row(label=label)], notes=(f"Looked at: {looked_at}.", *found.notes))
