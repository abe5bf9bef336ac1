"""Importing a file of customers, items or number series on the command line, and the report on it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from invoicing.importing.columns import not_understood
from invoicing.importing.kinds import file_name_of
from invoicing.importing.reading import Reading
from invoicing.importing.tables import FILE_BYTES_MAX
from invoicing.importing.vocabulary import Kind
from invoicing.refusals import InvalidInput, LimitExceeded
from invoicing.remedies import Act
from invoicing.text.typed import counted
from operations.access import open_books
from operations.import_files import FileToImport, read_file_to_import
from operations.imported import Import, Imported, Outcome
from operations.importing import RIGHT_TO_IMPORT, import_table
from server.app import find_organization, local_office
from server.console import complain, progress, say, say_json
from server.settings import Settings
from views.importing import columns_line, import_row, mended_line, row_lines, summary
from views.remedies import at_terminal, line_of, told

LISTED_ROWS_MAX = 50


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What was asked for on the command line."""

    kind: Kind
    file: Path
    organization: str
    settings: Settings
    update: bool
    dry_run: bool
    as_json: bool
    reading: Reading


async def import_from_file(request: ImportRequest) -> None:
    content = _content(request.file)
    asked = FileToImport(request.kind, lambda: content, file_name_of(request.file.name), request.reading)
    async with local_office(request.settings) as office:
        organization = await find_organization(office, request.organization)
        books = open_books(office, organization, RIGHT_TO_IMPORT[request.kind])
        with progress("Reading") as tell:
            read = await read_file_to_import(
                books, asked, update=request.update, dry_run=request.dry_run, progress=tell
            )
        wanted = read.wanted
        with progress("Checking") as tell:
            imported = await import_table(books, wanted, progress=tell)
    notes = [told(note, at_terminal) for note in (*read.notes, *imported.notes)]
    if request.as_json:
        say_json(_as_data(wanted, imported, organization.handle, read.form, notes))
    else:
        things = request.kind.value.replace("_", " ")
        say(f"{organization.name} ({organization.handle}), {things} from {wanted.file_name} ({read.form})")
        mended = mended_line(imported)
        about = (
            *notes,
            *([columns_line(wanted.columns, at_terminal)] if wanted.dry_run else []),
            *([mended] if mended else []),
        )
        for line in (*about, *_lines(imported), summary(imported, dry_run=wanted.dry_run)):
            say(line)
    if wanted.columns.unknown:
        text = f"{not_understood(wanted.kind, wanted.columns.unknown)} Nothing would be imported."
        complain(line_of(InvalidInput(text, remedy=Act.MAP_OR_IGNORE_COLUMNS), at_terminal))
        raise typer.Exit(1)
    if imported.counts[Outcome.REFUSED.value]:
        complain(line_of(InvalidInput(_refusal(wanted, imported)), at_terminal))
        raise typer.Exit(1)


def _content(path: Path) -> bytes:
    # A pipe is as good as a file.
    if not path.exists() or path.is_dir():
        raise InvalidInput("There is no such file, or it is a folder.", field="file")
    with path.open("rb") as stream:
        content = stream.read(FILE_BYTES_MAX + 1)
    if len(content) > FILE_BYTES_MAX:
        raise LimitExceeded(f"The file has more than {FILE_BYTES_MAX // 1024**2} MiB: split it up.", field="file")
    return content


def _lines(imported: Imported) -> list[str]:
    """A line for each row, or, where there are many, for those that want attention."""
    rows = imported.rows
    if len(rows) > LISTED_ROWS_MAX:
        rows = tuple(row for row in rows if row.outcome is Outcome.REFUSED)
    lines = [line for row in rows[:LISTED_ROWS_MAX] for line in row_lines(row, at_terminal, written=imported.written)]
    if len(rows) > LISTED_ROWS_MAX:
        lines.append(f"{len(rows) - LISTED_ROWS_MAX} more rows are refused; --json lists every row.")
    return lines


def _refusal(wanted: Import, imported: Imported) -> str:
    refused, rows = imported.counts[Outcome.REFUSED.value], counted(len(imported.rows), "row")
    if wanted.dry_run:
        return f"{refused} of {rows} would be refused, and so nothing imported: mend them first"
    return f"{refused} of {rows} {'is' if refused == 1 else 'are'} refused; nothing was imported"


def _as_data(wanted: Import, imported: Imported, handle: str, form: str, notes: list[str]) -> dict[str, Any]:
    return {
        "organization": handle,
        "kind": wanted.kind.value,
        "file": wanted.file_name,
        "sha256": wanted.sha256,
        "form": form,
        "profile": wanted.columns.profile.program if wanted.columns.profile else None,
        "columns": {column.heading: column.field for column in wanted.columns.known},
        "ignored_columns": list(wanted.columns.ignored),
        "unknown_columns": list(wanted.columns.unknown),
        "dry_run": wanted.dry_run,
        "written": imported.written,
        "counts": imported.counts,
        "notes": notes,
        "rows": [import_row(row, at_terminal).model_dump() for row in imported.rows],
    }
