"""Reports as files, whole: made once for the same request on unchanged books, as exports are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TextIO

import anyio.to_thread
from sqlmodel import Session

from invoicing.exports.report_file import names_of, write_report, write_rows
from invoicing.exports.writing import TableFormat
from invoicing.progress import AsyncProgress
from invoicing.refusals import InvalidInput
from invoicing.reports.figures import Report, ReportName, Row
from operations.files import EXPORT_FORMATS, MadeFile
from operations.made_exports import made_once
from operations.reports.asked import Asked
from operations.reports.asking import REPORTS, ReportRequest, asked_in, report_named
from storage.books import exports
from storage.books.exports import MadeExport
from storage.books.pool import Books
from storage.files.kept import FileName, Room
from storage.work.completion import to_its_end

_PAGE = 500


@dataclass(frozen=True, slots=True)
class _Wanted:
    name: ReportName
    asked: Asked
    key: str


async def export_report(books: Books, request: ReportRequest, file_format: str, *, progress: AsyncProgress) -> MadeFile:
    """All rows of a report in one file, its totals last.

    Raises:
        InvalidInput, NotFound: as `get_report`, or a format that reports do not have.
        LimitExceeded: more rows than a sheet holds, or more exports than are made in a day.
    """
    if file_format not in set(TableFormat):
        raise InvalidInput(f"format of a report must be one of: {', '.join(TableFormat)}.", field="format")
    name = report_named(request.report)
    async with books.pool.workers.exports.turn(books.organization.id):
        wanted = await books.read(lambda db: _wanted(db, books, name, replace(request, limit=_PAGE), file_format))
        made = await made_once(books, wanted.key, lambda: _make(books, wanted, TableFormat(file_format), progress))
    return MadeFile(made.file, count=made.documents, notes=made.notes)


def _wanted(db: Session, books: Books, name: ReportName, request: ReportRequest, file_format: str) -> _Wanted:
    asked = asked_in(db, books, name, request)
    words = (asked.customer, asked.dimension or asked.by.value, asked.row, str(asked.stated))
    days = (asked.months.first, asked.months.last, asked.today.isoformat())
    return _Wanted(
        name, asked, exports.request_key(db, ("report", name, file_format, *words, *days, books.organization.name))
    )


async def _make(books: Books, wanted: _Wanted, file_format: TableFormat, progress: AsyncProgress) -> MadeExport:
    kept, organization = books.files, books.organization
    suffix, media_type = EXPORT_FORMATS[file_format]
    # An empty report says of which months it is by its name alone.
    of = f"{wanted.name}-{str(wanted.asked.months).replace(' ', '-')}"
    named = FileName(f"{organization.handle}-{of}-{wanted.asked.today}{suffix}", media_type, f"export-{file_format}")

    async def tell(done: int) -> None:
        await progress(done, count)

    with kept.being_written(Room.EXPORTS, ".lines") as carried:
        with carried.open("w", encoding="utf-8", newline="\n") as file:
            names, count, notes = await _carry(books, wanted, file)
        head = {
            "organization": {"handle": organization.handle, "name": organization.name},
            "report": wanted.name.value,
            "first_day": wanted.asked.months.first_day.isoformat(),
            "last_day": wanted.asked.months.last_day.isoformat(),
            "accounting_currency": wanted.asked.currency,
            "notes": list(notes),
        }
        with kept.being_written(Room.EXPORTS, suffix) as written:
            write_out = books.pool.workers.write_out
            await write_out(write_report, tell, carried, written, file_format, head, names)
            stored = await books.use_files(kept.put, written, named)
    return MadeExport(stored, count, notes)


async def _carry(books: Books, wanted: _Wanted, file: TextIO) -> tuple[list[str], int, tuple[str, ...]]:
    """Write all rows down, of one moment; answers the names of their figures, how many there are, and the notes."""
    names: dict[str, None] = {}
    count, cursor = 0, ""
    async with books.snapshot() as snapshot:
        while True:
            report = await snapshot.read(partial(_page, wanted, cursor))
            names |= dict.fromkeys(names_of(report.rows))
            count += len(report.rows)
            await _write(file, report, report.rows, total=False)
            if not report.next_cursor:
                break
            cursor = report.next_cursor
    names |= dict.fromkeys(names_of(report.totals))
    await _write(file, report, report.totals, total=True)
    return list(names), count, tuple(report.notes)


def _page(wanted: _Wanted, cursor: str, db: Session) -> Report:
    return REPORTS[wanted.name](db, replace(wanted.asked, cursor=cursor))


async def _write(file: TextIO, report: Report, rows: Sequence[Row], *, total: bool) -> None:
    write = partial(write_rows, file, rows, accounting_currency=report.accounting_currency, total=total)
    await to_its_end(anyio.to_thread.run_sync(write))
