"""The command `import`: customers and items from CSV and XLSX files, all of a file or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import anyio
import typer

from server.cli_options import Data, Json, Organization, command_group
from server.settings import read_settings

File = Annotated[Path, typer.Argument(help="A CSV or XLSX file; its first row names the columns.")]
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
Map = Annotated[
    list[str] | None,
    typer.Option("--map", help="HEADING=FIELD: which field a column is; empty passes over it. Repeatable."),
]

import_app = command_group("Import customers or items from a CSV or XLSX file.")


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
        data: Data = None,
        as_json: Json = False,
    ) -> None:
        from invoicing.importing.columns import Kind
        from invoicing.importing.decimals import DecimalSign
        from server.importing import ImportRequest, import_from_file

        sign = None if decimal_comma is None else DecimalSign.COMMA if decimal_comma else DecimalSign.POINT
        request = ImportRequest(
            kind=Kind(kind),
            file=file,
            organization=organization,
            settings=read_settings(data),
            update=update,
            dry_run=dry_run,
            as_json=as_json,
            sheet=sheet,
            delimiter=_delimiter(delimiter),
            encoding=_encoding(encoding),
            decimal_sign=sign,
            ignore_unknown=ignore_unknown,
            map=_mapped(map_columns or []),
        )
        anyio.run(import_from_file, request)


_add_command("customers", "Import customers. All rows are checked first; if one is refused, nothing is imported.")
_add_command("items", "Import items. All rows are checked first; if one is refused, nothing is imported.")


def _delimiter(given: str) -> str:
    from invoicing.importing.csv_table import DELIMITERS

    sign = DELIMITERS.get(given.lower(), "\t" if given == "\\t" else given)
    if len(sign) > 1 or sign in {'"', "\r", "\n"} or (sign and sign.isalnum()):
        raise typer.BadParameter(f"give {', '.join(DELIMITERS)} or one sign.", param_hint="--delimiter")
    return sign


def _mapped(given: list[str]) -> dict[str, str]:
    mapped: dict[str, str] = {}
    for one in given:
        # A heading can have an equals sign in it; a field has none.
        heading, equals, field = one.rpartition("=")
        if not equals or not heading.strip():
            raise typer.BadParameter('give HEADING=FIELD, such as "Sale price=unit_price".', param_hint="--map")
        if heading.strip() in mapped:
            raise typer.BadParameter(f"{heading.strip()} is there twice.", param_hint="--map")
        mapped[heading.strip()] = field.strip()
    return mapped


def _encoding(given: str) -> str:
    from invoicing.importing.csv_table import known_encoding
    from invoicing.refusals import InvalidInput

    try:
        return given and known_encoding(given)
    except InvalidInput:
        raise typer.BadParameter("give one such as utf-8 or windows-1250.", param_hint="--encoding") from None
