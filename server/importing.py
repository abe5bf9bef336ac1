"""Importing a file of customers or items on the command line, and the report on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from invoicing.importing.columns import Kind
from invoicing.importing.decimals import DecimalSign
from invoicing.importing.tables import FILE_BYTES_MAX, Problem
from invoicing.refusals import InvalidInput, LimitExceeded
from invoicing.text.typed import counted
from operations.access import open_books
from operations.import_files import FileToImport, read_file_to_import
from operations.imported import Import, Imported, ImportedRow, Outcome
from operations.importing import import_table
from operations.rights import Right
from server.app import find_organization, local_office
from server.console import complain, progress, say, say_json
from server.settings import Settings
from views.remedies import at_terminal, line_of, told

LISTED_ROWS_MAX = 50
FILE_NAME_CHARACTERS_MAX = 200


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
    sheet: str
    delimiter: str
    encoding: str
    decimal_sign: DecimalSign | None
    ignore_unknown: bool
    map: Mapping[str, str]


async def import_from_file(request: ImportRequest) -> None:
    content = _content(request.file)
    asked = FileToImport(
        kind=request.kind,
        content=content,
        file_name=_file_name(request.file),
        map=request.map,
        sheet=request.sheet,
        delimiter=request.delimiter,
        encoding=request.encoding,
        decimal_sign=request.decimal_sign,
        ignore_unknown=request.ignore_unknown,
    )
    async with local_office(request.settings) as office:
        organization = await find_organization(office, request.organization)
        books = open_books(office, organization, Right.IMPORT_RECORDS)
        with progress("Reading") as tell:
            read = await read_file_to_import(
                books, asked, update=request.update, dry_run=request.dry_run, progress=tell
            )
        wanted = read.wanted
        with progress("Checking") as tell:
            imported = await import_table(books, wanted, progress=tell)
    notes = [told(note, at_terminal) for note in read.notes]
    if request.as_json:
        say_json(_as_data(wanted, imported, organization.handle, read.form, notes))
    else:
        say(f"{organization.name} ({organization.handle}), {request.kind.value} from {wanted.file_name} ({read.form})")
        for line in (*notes, *_lines(imported), _summary(wanted, imported)):
            say(line)
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


def _file_name(path: Path) -> str:
    """The name as text: a name of the file system need not be one."""
    name = path.name.encode("utf-8", "replace").decode()
    return "".join(character if character.isprintable() else "?" for character in name)[:FILE_NAME_CHARACTERS_MAX]


def _lines(imported: Imported) -> list[str]:
    """A line for each row, or, where there are many, for those that want attention."""
    rows = imported.rows
    if len(rows) > LISTED_ROWS_MAX:
        rows = tuple(row for row in rows if row.outcome is Outcome.REFUSED)
    lines = [line for row in rows[:LISTED_ROWS_MAX] for line in _row_lines(row, imported.written)]
    if len(rows) > LISTED_ROWS_MAX:
        lines.append(f"{len(rows) - LISTED_ROWS_MAX} more rows are refused; --json lists every row.")
    return lines


def _row_lines(row: ImportedRow, written: bool) -> list[str]:
    beginning = f"row {row.number}: "
    match row.outcome:
        case Outcome.REFUSED:
            return [
                f"{beginning}refused{_in_column(problem)}: {told(problem, at_terminal)}" for problem in row.problems
            ]
        case Outcome.UNCHANGED:
            return [f"{beginning}unchanged, {row.name}"]
        case Outcome.UPDATED:
            return [f"{beginning}{_act(row, written)}, {row.name}: {', '.join(row.fields)}"]
        case Outcome.CREATED:
            return [f"{beginning}{_act(row, written)}, {row.name}"]


def _in_column(problem: Problem) -> str:
    return f", column {problem.column}" if problem.column else ""


def _act(row: ImportedRow, written: bool) -> str:
    return row.outcome.value if written else f"would be {row.outcome.value}"


def _summary(wanted: Import, imported: Imported) -> str:
    counts = imported.counts
    rows = counted(counts["rows"], "row")
    if imported.written:
        return f"Imported {rows}: {', '.join(f'{counts[outcome.value]} {outcome.value}' for outcome in Outcome)}."
    told = (
        f"of {rows} {counts['created']} would be created, {counts['updated']} updated,"
        f" {counts['unchanged']} unchanged, {counts['refused']} refused."
    )
    return f"{'This was a dry run' if wanted.dry_run else 'Nothing was imported'}: {told}"


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
        "columns": {column.heading: column.field for column in wanted.columns.known},
        "ignored_columns": list(wanted.columns.ignored),
        "dry_run": wanted.dry_run,
        "written": imported.written,
        "counts": imported.counts,
        "notes": notes,
        "rows": [_row_data(row) for row in imported.rows],
    }


def _row_data(row: ImportedRow) -> dict[str, Any]:
    return {
        "row": row.number,
        "outcome": row.outcome.value,
        "id": row.id or None,
        "name": row.name or None,
        "fields": list(row.fields),
        "problems": [
            {"field": problem.field or None, "column": problem.column or None, "reason": told(problem, at_terminal)}
            for problem in row.problems
        ],
    }
