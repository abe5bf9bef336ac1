"""The commands `tax-code` and `series`: settings that are kept by hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import anyio
import typer

from invoicing.refusals import InvalidInput
from server.cli_options import Data, Json, Organization, command_group
from server.console import say, say_json
from server.settings import read_settings

if TYPE_CHECKING:
    from invoicing.master_data.records import TaxCode
    from operations.settings import SeriesState
    from storage.books.pool import Books

Code = Annotated[str, typer.Argument(help="The tax code, such as STANDARD or NYC.")]
SeriesCode = Annotated[str, typer.Option("--code", help="Code of the series, such as INVOICES.")]

tax_code_app = command_group("Tax codes and their rates.")
series_app = command_group("Number series of invoices and credit notes.")


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(tax_code_app, name="tax-code")
    app.add_typer(series_app, name="series")


@tax_code_app.command("save")
def save_tax_code(
    code: Code,
    organization: Organization,
    name: Annotated[str, typer.Option(help="Its name; required for a new code.")] = "",
    label: Annotated[str, typer.Option(help="What documents call the tax; default: as in the country.")] = "",
    category: Annotated[str, typer.Option(help="Category of EN 16931, such as S, Z or E; default: S.")] = "",
    percent: Annotated[str, typer.Option(help="The rate from --valid-from on.")] = "",
    part: Annotated[
        list[str] | None,
        typer.Option(help="Of a stack of US sales tax, repeated: level:name:percent, such as state:California:6."),
    ] = None,
    valid_from: Annotated[str, typer.Option(help="The first day of the rate, such as 2026-01-01.")] = "",
    reason: Annotated[str, typer.Option(help="Why no tax is charged, with the article: printed.")] = "",
    reason_local: Annotated[str, typer.Option(help="The same in the language of the country.")] = "",
    reason_code: Annotated[str, typer.Option(help="Its VATEX code.")] = "",
    revenue_account: Annotated[
        str, typer.Option(help="Number of the income account of its lines; - for that of the posting profile.")
    ] = "",
    default: Annotated[bool, typer.Option("--default", help="Use it where nothing else decides.")] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Add a tax code, or a rate of one that is there. Issued documents stay as they are."""
    from invoicing.money.amounts import parse_decimal
    from invoicing.tax.settings import TaxCodeChange, part_from_text

    change = TaxCodeChange(
        code=code,
        name=name,
        label=label,
        category=category,
        percent=parse_decimal(percent, field="percent") if percent else None,
        parts=tuple(part_from_text(text) for text in part or ()),
        valid_from=_day(valid_from, "valid_from"),
        reason=reason,
        reason_local=reason_local,
        reason_code=reason_code,
        default=default,
        revenue_account=revenue_account,
    )

    async def act(books: Books) -> None:
        from operations import settings
        from views.settings import tax_code_shown

        before = next((one.code for one in await settings.list_tax_codes(books) if one.is_default), None)
        saved = await settings.save_tax_code(books, change)
        replaced = before if saved.code.is_default and before != saved.code.code else None
        if as_json:
            shown = tax_code_shown(saved.code).model_dump()
            say_json({"created": saved.created, "replaced_default": replaced, "tax_code": shown})
            return
        say(f"{'Added' if saved.created else 'Changed'} in {books.organization.handle}:")
        _say_code(saved.code)
        if replaced:
            say(f"It is the default now, instead of {replaced}.")

    _run(data, organization, act, changing=True)


@tax_code_app.command("list")
def list_tax_codes(organization: Organization, data: Data = None, as_json: Json = False) -> None:
    """List the tax codes with all their rates."""

    async def act(books: Books) -> None:
        from operations import settings
        from views.settings import tax_code_shown

        found = await settings.list_tax_codes(books)
        if as_json:
            say_json([tax_code_shown(code).model_dump() for code in found])
            return
        for code in found:
            _say_code(code)

    _run(data, organization, act, changing=False)


@series_app.command("list")
def list_series(organization: Organization, data: Data = None, as_json: Json = False) -> None:
    """List the number series, with the number that a document of today would get."""

    async def act(books: Books) -> None:
        from operations import settings
        from views.settings import series_line, series_shown

        states = await settings.list_series(books)
        if as_json:
            say_json([series_shown(state).model_dump() for state in states])
        for state in () if as_json else states:
            say(series_line(state))

    _run(data, organization, act, changing=False)


@series_app.command("add")
def add_series(
    organization: Organization,
    code: SeriesCode,
    pattern: Annotated[str, typer.Option(help="Such as WEB-{YYYY}-{SEQ:5}.")],
    kind: Annotated[str, typer.Option(help="invoice or credit_note.")] = "invoice",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Add a number series; documents that name it draw from it."""

    async def act(books: Books) -> None:
        from operations import settings

        added = await settings.add_series(books, code, kind=kind, pattern=pattern)
        _say_series(added, as_json=as_json)

    _run(data, organization, act, changing=True)


@series_app.command("continue")
def continue_series(
    organization: Organization,
    code: SeriesCode,
    next_sequence: Annotated[int, typer.Option("--next", help="The next number, such as 1042.")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Go on from a former system at a given number, in the current year or month: once, before any document."""

    async def act(books: Books) -> None:
        from operations import settings

        changed = await settings.continue_series(books, code, next_sequence=next_sequence)
        _say_series(changed, as_json=as_json)

    _run(data, organization, act, changing=True)


def _run(data: Path | None, organization: str, act: Callable[[Books], Awaitable[None]], *, changing: bool) -> None:
    options = read_settings(data)

    async def run() -> None:
        from operations.access import open_books
        from operations.rights import Right
        from server.app import find_organization, local_office

        wanted = Right.CHANGE_SETTINGS if changing else Right.READ
        async with local_office(options) as office:
            await act(open_books(office, await find_organization(office, organization), wanted))

    anyio.run(run)


def _day(text: str, field: str) -> date | None:
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - A day has no time zone.
    except ValueError:
        raise InvalidInput(f"{field} must be a day such as 2026-01-01.", field=field) from None


def _say_code(code: TaxCode) -> None:
    from views.settings import tax_code_lines

    for line in tax_code_lines(code):
        say(line)


def _say_series(state: SeriesState, *, as_json: bool) -> None:
    from views.settings import series_line, series_shown

    say_json(series_shown(state).model_dump()) if as_json else say(series_line(state))
