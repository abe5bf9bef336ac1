"""The command `import`: customers, items, number series and open items from CSV and XLSX files: all or nothing."""

from __future__ import annotations

from datetime import date
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

OpeningDay = Annotated[str, typer.Option(help="From which day on they are owed here, such as 2026-01-01.")]
OpeningAccount = Annotated[str, typer.Option(help="The account that takes the other side of what is receivable.")]
DayFirst = Annotated[
    bool | None,
    typer.Option("--day-first/--month-first", help="What 01/02/2026 begins with; else recognised."),
]

import_app = command_group("Import customers, items, number series or open items from a CSV or XLSX file.")


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


def _add_open_items() -> None:
    @import_app.command(
        "open-items",
        help="Import invoices and credit notes of a former system, as records that are never issued again.",
    )
    def import_open_items(
        file: File,
        organization: Organization,
        opening_day: OpeningDay = "",
        opening_account: OpeningAccount = "",
        day_first: DayFirst = None,
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

        from invoicing.importing.dates import DayOrder
        from invoicing.importing.vocabulary import Kind
        from server.importing import ImportRequest, import_from_file

        reading = replace(
            _reading(map_columns or [], sheet, delimiter, encoding, decimal_comma, ignore_unknown),
            profile=profile,
            day_order=None if day_first is None else DayOrder.DAY_FIRST if day_first else DayOrder.MONTH_FIRST,
            opening_day=_opening_day(opening_day),
            opening_account=opening_account,
        )
        request = ImportRequest(
            kind=Kind.OPEN_ITEMS,
            file=file,
            organization=organization,
            settings=read_settings(data),
            update=False,
            dry_run=dry_run,
            as_json=as_json,
            reading=reading,
        )
        anyio.run(import_from_file, request)


_add_command("customers", "Import customers. All rows are checked first; if one is refused, nothing is imported.")
_add_command("items", "Import items. All rows are checked first; if one is refused, nothing is imported.")
_add_open_items()
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


def _opening_day(given: str) -> date | None:
    from invoicing.importing.reading import opening_day_of
    from invoicing.refusals import InvalidInput

    try:
        return opening_day_of(given.strip())
    except InvalidInput as refusal:
        raise typer.BadParameter(refusal.message, param_hint="--opening-day") from None


def _encoding(given: str) -> str:
    from invoicing.importing.csv_table import known_encoding
    from invoicing.refusals import InvalidInput

    try:
        return given and known_encoding(given)
    except InvalidInput:
        raise typer.BadParameter("give one such as utf-8 or windows-1250.", param_hint="--encoding") from None
