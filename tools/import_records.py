"""The tool `import_records`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from mcp.server.mcpserver import Context
from mcp_types import CallToolResult
from pydantic import Field

from invoicing.importing.kinds import ImportKind
from invoicing.importing.reading import reading_of
from invoicing.refusals import InvalidInput
from invoicing.text.codes import small_letters
from invoicing.text.typed import counted
from operations.access import Office
from operations.import_records import ImportReport, ImportRequest
from operations.import_records import import_records as import_them
from operations.imported import ImportedRow, Outcome
from operations.rights import Right
from operations.uploads import AskedFor
from storage.books.pool import Books
from tools.answers import Answer, answer
from tools.context import BooksToImport, TheOffice
from tools.description import Description, Effect
from tools.inputs import OrganizationArgument, SessionArgument
from views.base import SEVERAL_UNSPELT
from views.importing import (
    ImportColumn,
    ImportRow,
    columns_line,
    import_columns,
    import_row,
    mended_line,
    row_lines,
    summary,
    values_line,
)
from views.organizations import heading, named
from views.remedies import for_assistant, told

LISTED_ROWS_MAX = 50
WHOLE_ROWS_MAX = 3
"""Of so many rows a dry run shows every value: enough to see whether the columns were read rightly."""


class RecordsImported(Answer):
    """`link` is the page on which the file is chosen, where none was given, and `file` what names it in the next call.
    `rows` are the first ones, those before others that are refused. `columns` says what each column was read as, and
    `profile` whose export the file is by its headings.
    """

    kind: str
    link: str
    file: str
    expires_at: datetime | None
    file_name: str
    sha256: str
    form: str
    dry_run: bool
    written: bool
    counts: dict[str, int]
    rows: Annotated[list[ImportRow], SEVERAL_UNSPELT]
    left: int
    notes: list[str]
    profile: str | None
    columns: Annotated[list[ImportColumn], SEVERAL_UNSPELT]


async def import_records(
    context: Context[Any, Any],
    office: TheOffice,
    books: BooksToImport,
    kind: Annotated[str, Field(description=", ".join(ImportKind))],
    file: Annotated[str, Field(description="Leave out for a page on which it is chosen; on stdio a path")] = "",
    map: Annotated[list[str] | None, Field(description="HEADING=FIELD")] = None,
    options: list[str] | None = None,
    update: Annotated[bool, Field(description="Change what is there too")] = False,
    dry_run: bool = True,
    organization: OrganizationArgument = "",
    session: SessionArgument = "",
) -> Annotated[CallToolResult, RecordsImported]:
    # Whoever has the link of a page may give that.
    named_by = file.strip().removeprefix(f"{office.public_url}/uploads/")
    reading = reading_of(map or (), options or ())
    request = ImportRequest(kind=_kind(kind), file=named_by, reading=reading, update=update, dry_run=dry_run)

    async def progress(done: int, of: int) -> None:
        await context.report_progress(done, of, f"{done} of {counted(of, 'row')}")

    done = await import_them(office, books, request, progress=progress)
    if isinstance(done, AskedFor):
        return _page_answer(office, books, request, done)
    return _report_answer(books, request, done)


def _kind(kind: str) -> ImportKind:
    try:
        return ImportKind(small_letters(kind).replace(" ", "_"))
    except ValueError:
        kinds = list(ImportKind)
        raise InvalidInput(f"kind must be one of: {', '.join(kinds)}.", field="kind", candidates=kinds) from None


def _page_answer(office: Office, books: Books, request: ImportRequest, page: AskedFor) -> CallToolResult:
    structured = _structured(books, request, link=f"{office.public_url}/uploads/{page.token}", page=page)
    lines = [
        f"The file ({_things(request.kind)}) is chosen on this page, open until {page.expires_at:%Y-%m-%d %H:%M} UTC:"
        f" {structured.link}",
        f'When it was sent there, repeat this with file="{page.token}": a dry run says what each row becomes.',
    ]
    return answer(heading(books.organization), lines, structured)


def _report_answer(books: Books, request: ImportRequest, report: ImportReport) -> CallToolResult:
    imported, structured = report.imported, _structured(books, request, report=report)
    refused = imported.counts[Outcome.REFUSED.value]
    lines = [
        f"{_things(report.kind).capitalize()} from {report.file_name} ({report.form}).",
        summary(imported, dry_run=request.dry_run),
        *structured.notes,
        *([columns_line(report.columns, for_assistant)] if report.columns and request.dry_run else []),
        *([mended] if (mended := mended_line(imported)) else []),
        *(line for row in _shown(imported.rows) for line in _row_lines(row, written=imported.written)),
        *filter(None, map(values_line, _whole(request, imported.rows))),
        *([f"{structured.left} more rows are not listed here."] if structured.left else []),
        *(["While a row is refused, nothing is imported."] if refused else []),
        *([_what_next(report)] if request.dry_run and not refused else []),
        f"SHA-256 {report.sha256}",
    ]
    return answer(heading(books.organization), lines, structured)


def _structured(
    books: Books,
    request: ImportRequest,
    *,
    report: ImportReport | None = None,
    link: str = "",
    page: AskedFor | None = None,
) -> RecordsImported:
    rows = _shown(report.imported.rows) if report else []
    columns = report.columns if report else None
    whole = {row.number for row in _whole(request, rows)}
    return RecordsImported(
        organization=named(books.organization),
        kind=request.kind,
        link=link,
        file=page.token if page else request.file.strip(),
        expires_at=page.expires_at if page else None,
        file_name=report.file_name if report else "",
        sha256=report.sha256 if report else "",
        form=report.form if report else "",
        dry_run=request.dry_run,
        written=report is not None and report.imported.written,
        counts=report.imported.counts if report else {},
        rows=[import_row(row, for_assistant, whole=row.number in whole) for row in rows],
        left=len(report.imported.rows) - len(rows) if report else 0,
        notes=[told(note, for_assistant) for note in report.notes] if report else [],
        profile=columns.profile.program if columns and columns.profile else None,
        columns=import_columns(columns) if columns else [],
    )


def _shown(rows: tuple[ImportedRow, ...]) -> list[ImportedRow]:
    """Those that want attention first, as many as an answer has room for."""
    refused = [row for row in rows if row.outcome is Outcome.REFUSED]
    others = [row for row in rows if row.outcome is not Outcome.REFUSED]
    return [*refused, *others][:LISTED_ROWS_MAX]


def _what_next(report: ImportReport) -> str:
    if report.columns is not None and report.columns.unknown:
        return "It is imported with dry_run=false when it is said what becomes of the columns that are no fields."
    return "With dry_run=false it is imported."


def _whole(request: ImportRequest, rows: Sequence[ImportedRow]) -> list[ImportedRow]:
    """The rows of which a dry run shows what every field becomes."""
    return [row for row in rows if row.after is not None][:WHOLE_ROWS_MAX] if request.dry_run else []


def _row_lines(row: ImportedRow, *, written: bool) -> list[str]:
    """With the id, by which the next call can name what the row is about."""
    first, *others = row_lines(row, for_assistant, written=written)
    return [first if row.id in ("", row.name) else f"{first} ({row.id})", *others]


def _things(kind: ImportKind) -> str:
    return "number series" if kind is ImportKind.SERIES else kind.value.replace("_", " ")


TOOL = Description(
    import_records,
    title="Import records",
    text="Import a CSV or XLSX file, all or nothing, or a logo. A dry run says what each row becomes.",
    effect=Effect.CHANGES,
    act=Right.IMPORT_RECORDS,
    streams=True,
)
