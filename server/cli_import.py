"""The command `import`: customers and items from CSV and XLSX files, all of a file or nothing."""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import anyio
import typer

from invoicing.importing.columns import Kind, field_of, match_columns
from invoicing.importing.csv_table import DELIMITERS
from invoicing.importing.decimals import DecimalSign
from invoicing.importing.recognizing import read_table
from invoicing.importing.tables import FILE_BYTES_MAX
from invoicing.importing.values import read_rows
from invoicing.refusals import InvalidInput, LimitExceeded
from operations.access import Right, open_books
from operations.importing import Import, Imported, ImportedRow, Outcome, import_table
from server.app import find_organization, local_office
from server.console import complain, progress, say, say_json
from server.settings import read_settings

LISTED_ROWS_MAX = 50
FILE_NAME_CHARACTERS_MAX = 200

File = Annotated[Path, typer.Argument(help="A CSV or XLSX file; its first row names the columns.")]
Organization = Annotated[str, typer.Option(help="Handle of the organization.")]
Update = Annotated[bool, typer.Option("--update", help="Also change what is there already by its name.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Report what would be done, and change nothing.")]
Sheet = Annotated[str, typer.Option(help="The sheet of an XLSX file, if it has several.")]
Delimiter = Annotated[str, typer.Option(help="comma, semicolon, tab, pipe or a sign; else recognised.")]
Encoding = Annotated[str, typer.Option(help="Encoding of a CSV file, such as windows-1250; else recognised.")]
DecimalComma = Annotated[
    bool | None,
    typer.Option("--decimal-comma/--decimal-point", help="How decimals are written in prices; else recognised."),
]
IgnoreUnknown = Annotated[bool, typer.Option("--ignore-unknown", help="Pass over columns that are no fields.")]
Data = Annotated[Path | None, typer.Option(help="Data folder; default: COUNTERFOIL_DATA, or the platform's own.")]
Json = Annotated[bool, typer.Option("--json", help="Print data instead of text.")]

import_app = typer.Typer(help="Import customers or items from a CSV or XLSX file.", no_args_is_help=True)


@dataclass(frozen=True, slots=True)
class _Request:
    """What was asked for on the command line."""

    kind: Kind
    file: Path
    organization: str
    data: Path | None
    update: bool
    dry_run: bool
    as_json: bool
    sheet: str
    delimiter: str
    encoding: str
    decimal_sign: DecimalSign | None
    ignore_unknown: bool


def _add_command(kind: Kind, text: str) -> None:
    @import_app.command(kind.value, help=text)
    def import_file(
        file: File,
        organization: Organization,
        update: Update = False,
        dry_run: DryRun = False,
        sheet: Sheet = "",
        delimiter: Delimiter = "",
        encoding: Encoding = "",
        decimal_comma: DecimalComma = None,
        ignore_unknown: IgnoreUnknown = False,
        data: Data = None,
        as_json: Json = False,
    ) -> None:
        sign = None if decimal_comma is None else DecimalSign.COMMA if decimal_comma else DecimalSign.POINT
        request = _Request(
            kind=kind,
            file=file,
            organization=organization,
            data=data,
            update=update,
            dry_run=dry_run,
            as_json=as_json,
            sheet=sheet,
            delimiter=_delimiter(delimiter),
            encoding=_encoding(encoding),
            decimal_sign=sign,
            ignore_unknown=ignore_unknown,
        )
        anyio.run(_import, request)


_add_command(Kind.CUSTOMERS, "Import customers. All rows are checked first; if one is refused, nothing is imported.")
_add_command(Kind.ITEMS, "Import items. All rows are checked first; if one is refused, nothing is imported.")


def _delimiter(given: str) -> str:
    sign = DELIMITERS.get(given.lower(), "\t" if given == "\\t" else given)
    if len(sign) > 1 or sign in {'"', "\r", "\n"} or (sign and sign.isalnum()):
        raise typer.BadParameter(f"give {', '.join(DELIMITERS)} or one sign.", param_hint="--delimiter")
    return sign


def _encoding(given: str) -> str:
    try:
        if given:
            # Some codecs are compressions and ciphers rather than encodings; a text refuses those.
            "a".encode(given)
        return given and codecs.lookup(given).name
    except (LookupError, ValueError):
        raise typer.BadParameter("give one such as utf-8 or windows-1250.", param_hint="--encoding") from None


async def _import(request: _Request) -> None:
    content = _content(request.file)
    with progress("Reading") as tell:
        table = read_table(
            content,
            known=lambda heading: bool(field_of(request.kind, heading)),
            sheet=request.sheet,
            delimiter=request.delimiter,
            encoding=request.encoding,
            progress=tell,
        )
    columns = match_columns(request.kind, table, ignore_unknown=request.ignore_unknown)
    wanted = Import(
        kind=request.kind,
        columns=columns,
        rows=read_rows(table, columns, request.decimal_sign),
        file_name=_file_name(request.file),
        sha256=hashlib.sha256(content).hexdigest(),
        update=request.update,
        dry_run=request.dry_run,
    )
    async with local_office(read_settings(request.data)) as office:
        organization = await find_organization(office, request.organization)
        books = open_books(office, organization, Right.CHANGE)
        with progress("Checking") as tell:
            imported = await import_table(books, wanted, progress=tell)
    notes = [*table.notes, *_notes(wanted, organization.country)]
    if request.as_json:
        say_json(_as_data(wanted, imported, organization.handle, table.form, notes))
    else:
        say(f"{organization.name} ({organization.handle}), {request.kind.value} from {wanted.file_name} ({table.form})")
        for line in (*notes, *_lines(imported), _summary(wanted, imported)):
            say(line)
    refused = imported.counts[Outcome.REFUSED.value]
    if refused:
        complain(f"invalid_input: {refused} of {len(imported.rows)} rows are refused; nothing was imported")
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


def _notes(wanted: Import, country: str) -> list[str]:
    notes = []
    if wanted.columns.ignored:
        notes.append(f"Passed over: {', '.join(wanted.columns.ignored)}.")
    if wanted.kind is Kind.CUSTOMERS and country and "country" not in wanted.columns.fields:
        notes.append(f"There is no column country: new customers are in {country}.")
    return notes


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
                f"{beginning}refused{f', column {problem.column}' if problem.column else ''}: {problem.reason}"
                for problem in row.problems
            ]
        case Outcome.UNCHANGED:
            return [f"{beginning}unchanged, {row.name}"]
        case Outcome.UPDATED:
            return [f"{beginning}{_act(row, written)}, {row.name}: {', '.join(row.fields)}"]
        case Outcome.CREATED:
            return [f"{beginning}{_act(row, written)}, {row.name}"]


def _act(row: ImportedRow, written: bool) -> str:
    return row.outcome.value if written else f"would be {row.outcome.value}"


def _summary(wanted: Import, imported: Imported) -> str:
    counts = imported.counts
    if imported.written:
        counted = ", ".join(f"{counts[outcome.value]} {outcome.value}" for outcome in Outcome)
        return f"Imported {counts['rows']} {'row' if counts['rows'] == 1 else 'rows'}: {counted}."
    return (
        f"{'Dry run' if wanted.dry_run else 'Nothing was imported'}: of {counts['rows']} rows {counts['created']} would"
        f" be created, {counts['updated']} updated, {counts['unchanged']} unchanged; {counts['refused']} refused."
    )


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
            {"field": problem.field or None, "column": problem.column or None, "reason": problem.reason}
            for problem in row.problems
        ],
    }
