"""The command `user`: the people of an installation, and the e-mail addresses that audit trails show."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import anyio
import typer

from server.cli_options import Data, Json, command_group
from server.console import say, say_json
from server.settings import Settings, read_settings

user_app = command_group("The people of the installation: whose e-mail addresses the audit trail shows.")


@user_app.command("list")
def list_users(data: Data = None, as_json: Json = False) -> None:
    """List the users with their roles."""
    anyio.run(_list, _as_owner(data), as_json)


@user_app.command("rename")
def rename_user(
    email: Annotated[str, typer.Argument(help="The user's e-mail address, as listed.")],
    new: Annotated[str, typer.Argument(help="The address that later entries of the audit trail show.")],
    data: Data = None,
) -> None:
    """Give a user another e-mail address; what is on record already stays as it is."""
    anyio.run(_rename, _as_owner(data), email, new)


def _as_owner(data: Path | None) -> Settings:
    """The settings without `COUNTERFOIL_USER`: it may be the very address that is to be looked up or mended."""
    return replace(read_settings(data), user="")


async def _list(settings: Settings, as_json: bool) -> None:
    from operations.people import list_people
    from server.app import local_office

    async with local_office(settings) as office:
        found = await list_people(office)
    if as_json:
        say_json([asdict(one) for one in found])
        return
    width = max(len(one.email) for one in found)
    for one in found:
        say(f"{one.email:{width}}  {one.role} of {one.organization}")


async def _rename(settings: Settings, email: str, new: str) -> None:
    from operations import people
    from server.app import local_office

    async with local_office(settings) as office:
        kept = await people.rename_user(office, email, new)
    say(f"{email.strip().casefold()} is {kept} from now on. What is on record already stays as it is.")
