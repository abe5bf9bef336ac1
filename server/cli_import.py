"""The command `import`: customers, items and number series from CSV and XLSX files, all of a file or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import anyio
import typer

from server.cli_options import Data, Json, Organization, command_group
from server.settings import read_settings

if TYPE_CHECKING:
    from invoicing.importing.reading import Reading

File = Annotated[Path, typer.Argument(help="A CSV or XLSX file with the names of its columns.")]
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
Profile = Annotated[str, typer.Option(help="Whose export it is, such as xero; none for nobody's; else recognised.")]
Map = Annotated[
    list[str] | None,
    typer.Option("--map", help="HEADING=FIELD: which field a column is; empty passes over it. Repeatable."),
]

import_app = command_group("Import customers, items or number series from a CSV or XLSX file.")


def _add_command(kind: str, text: str) -> None:
    @import_app.command(kind, help=text)
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
        map_columns: Map = None,
        profile: Profile = "",
        data: Data = None,
        as_json: Json = False,
    ) -> None:
        from dataclasses import replace

        from invoicing.importing.vocabulary import Kind
        from server.importing import ImportRequest, import_from_file

        reading = _reading(map_columns or [], sheet, delimiter, encoding, decimal_comma, ignore_unknown)
        reading = replace(reading, profile=profile)
        request = ImportRequest(
            kind=Kind(kind),
            file=file,
            organization=organization,
            settings=read_settings(data),
            update=update,
            dry_run=dry_run,
            as_json=as_json,
            reading=reading,
        )
        anyio.run(import_from_file, request)


_add_command("customers", "Import customers. All rows are checked first; if one is refused, nothing is imported.")
_add_command("items", "Import items. All rows are checked first; if one is refused, nothing is imported.")
_add_command("series", "Import number series (code, kind, pattern, next), all of them or none.")


def _reading(
    columns: list[str], sheet: str, delimiter: str, encoding: str, decimal_comma: bool | None, ignore_unknown: bool
) -> Reading:
    from invoicing.importing.decimals import DecimalSign
    from invoicing.importing.reading import Reading, delimiter_of, mapped
    from invoicing.refusals import InvalidInput

    try:
        return Reading(
            map=mapped(columns),
            sheet=sheet,
            delimiter=delimiter_of(delimiter),
            encoding=_encoding(encoding),
            decimal_sign=None if decimal_comma is None else DecimalSign.COMMA if decimal_comma else DecimalSign.POINT,
            ignore_unknown=ignore_unknown,
        )
    except InvalidInput as refusal:
        raise typer.BadParameter(refusal.message, param_hint=f"--{refusal.field}") from None


def _encoding(given: str) -> str:
    from invoicing.importing.csv_table import known_encoding
    from invoicing.refusals import InvalidInput

    try:
        return given and known_encoding(given)
    except InvalidInput:
        raise typer.BadParameter("give one such as utf-8 or windows-1250.", param_hint="--encoding") from None
