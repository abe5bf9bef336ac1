"""Importing number series from a table: new ones, and the numbers at which they go on from a former system.

Each row is saved as a single change of the configuration is, one after the other, and all of them are kept or none.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session

from invoicing.document.numbering import may_collide
from invoicing.importing.tables import Problem
from invoicing.importing.values import ReadRow
from invoicing.refusals import LimitExceeded, Refusal
from invoicing.remedies import Remark
from operations.configuration.entries import Change, Entry
from operations.configuration.numbering import SERIES
from operations.imported import Import, Imported, ImportedRow, Outcome
from storage.books.former_documents import FormerDocument
from storage.books.pool import Books
from storage.books.series import has_documents, kept_series

SERIES_ROWS_MAX = 200
"""Every pattern is compared with every other one: none may give a number that another has given."""


class _NotKept(Exception):
    """Ends the transaction without keeping anything; `rows` is what would have become of them."""

    def __init__(self, rows: tuple[ImportedRow, ...]) -> None:
        super().__init__()
        self.rows = rows


async def import_series(books: Books, wanted: Import) -> Imported:
    """Save the series of every row; if one is refused, or in a dry run, none is kept.

    Raises:
        LimitExceeded: more rows than `SERIES_ROWS_MAX`.
    """
    if len(wanted.rows) > SERIES_ROWS_MAX:
        raise LimitExceeded(f"The file has more than {SERIES_ROWS_MAX} series.", field="file")

    def work(db: Session) -> tuple[ImportedRow, ...]:
        rows = tuple(_save(db, books, wanted, row) for row in wanted.rows)
        if wanted.dry_run or any(row.outcome is Outcome.REFUSED for row in rows):
            raise _NotKept(rows)
        return rows

    try:
        return Imported(await books.write(work, size=len(wanted.rows)), written=True)
    except _NotKept as told:
        return Imported(told.rows, written=False)


def _save(db: Session, books: Books, wanted: Import, row: ReadRow) -> ImportedRow:
    values = {name: str(value).strip() for name, value in row.values.items()}
    problems = list(row.problems)
    known = _entries(db, books)
    if not problems:
        try:
            code = SERIES.save(db, books, Change(code=values.pop("code", ""), values=values))
        except Refusal as refusal:
            headings = {column.field: column.heading for column in wanted.columns.known}
            field = "" if refusal.field == "values" else refusal.field
            problems.append(Problem(field, refusal.message, headings.get(field, ""), refusal.remedy))
    if problems:
        return ImportedRow(row.number, Outcome.REFUSED, problems=tuple(problems))
    before, after = known.get(code), _entries(db, books)[code]
    if before is None:
        return ImportedRow(row.number, Outcome.CREATED, id=code, name=code, fields=tuple(values))
    outcome = Outcome.UPDATED if before != after else Outcome.UNCHANGED
    fields = ("next",) if before != after else ()
    return ImportedRow(row.number, outcome, id=code, name=code, fields=fields)


def _entries(db: Session, books: Books) -> dict[str, Entry]:
    return {entry.code: entry for entry in SERIES.read(db, books)}


def numbers_to_come(db: Session, documents: Sequence[FormerDocument]) -> list[Remark]:
    """That a series which begins anew here would come to give numbers that a former system has given."""
    found = []
    for kept in kept_series(db):
        series = kept.series
        if kept.first_sequence > 1 or has_documents(db, series.code):
            continue
        alike = (one.number for one in documents if one.kind is series.kind and may_collide(series.pattern, one.number))
        if number := next(alike, ""):
            found.append(
                Remark(
                    f"{number} is a number as the series {series.code} gives them ({series.pattern}), which begins at 1"
                    " here: say at which number it goes on before its first document, so that none is given twice."
                )
            )
    return found
