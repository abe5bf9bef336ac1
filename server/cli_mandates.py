"""The commands `mandate`: what the law says of the form of invoices, and how they are handed in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import anyio
import typer

from server.cli_options import Data, Json, Organization, command_group
from server.console import say, say_json
from server.settings import read_settings

if TYPE_CHECKING:
    from operations.access import Office
    from operations.mandates import MandatesOfOrganization
    from storage.books.pool import Books

Code = Annotated[str, typer.Argument(help="The mandate's code, such as it-sdi.")]
Draft = Annotated[str, typer.Option(help="For this draft alone (its id).")]

mandate_app = command_group("Laws that want another form of invoice than a PDF.")


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(mandate_app, name="mandate")


@mandate_app.command("list")
def list_mandates(organization: Organization, data: Data = None, as_json: Json = False) -> None:
    """List the mandates that hold or will within a year, and how their documents are handed in."""

    async def act(_: Office, books: Books) -> MandatesOfOrganization:
        from operations import mandates

        return await mandates.get_mandates(books)

    _run(data, organization, act, changing=False, as_json=as_json)


@mandate_app.command("acknowledge")
def acknowledge_mandate(
    code: Code,
    organization: Organization,
    handed_in: Annotated[str, typer.Option(help="How, such as: entered in the SdI by our provider.")],
    draft: Draft = "",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Put on record how the documents of a mandate are handed in."""

    async def act(office: Office, books: Books) -> MandatesOfOrganization:
        from operations import mandates

        return await mandates.acknowledge_mandate(office, books, code, handed_in=handed_in, draft=draft)

    _run(data, organization, act, changing=True, as_json=as_json)


@mandate_app.command("withdraw")
def withdraw_acknowledgement(
    code: Code, organization: Organization, draft: Draft = "", data: Data = None, as_json: Json = False
) -> None:
    """Withdraw what was acknowledged; the record of it stays."""

    async def act(office: Office, books: Books) -> MandatesOfOrganization:
        from operations import mandates

        return await mandates.withdraw_acknowledgement(office, books, code, draft=draft)

    _run(data, organization, act, changing=True, as_json=as_json)


def _run(
    data: Path | None,
    organization: str,
    act: Callable[[Office, Books], Awaitable[MandatesOfOrganization]],
    *,
    changing: bool,
    as_json: bool,
) -> None:
    options = read_settings(data)

    async def run() -> None:
        from operations.access import open_books
        from operations.rights import Right
        from server.app import find_organization, local_office
        from views.mandates import mandate_answer, mandate_line

        wanted = Right.ACKNOWLEDGE_MANDATE if changing else Right.READ
        async with local_office(options) as office:
            books = open_books(office, await find_organization(office, organization), wanted)
            found = await act(office, books)
        if as_json:
            say_json([mandate_answer(state).model_dump() for state in found.states])
            return
        for state in found.states:
            say(mandate_line(state))
        if not found.states:
            say(f"No mandate: in {found.country} a PDF is an invoice.")

    anyio.run(run)
