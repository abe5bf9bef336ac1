"""The command `logo`: what an organization's documents bear at their top."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Annotated

import anyio
import typer

from server.cli_options import Data, Organization, command_group
from server.console import say
from server.settings import Settings, read_settings

logo_app = command_group("The logo on an organization's documents.")


@logo_app.command("set")
def set_logo(
    organization: Organization,
    file: Annotated[Path, typer.Argument(help="A PNG or JPEG image.", exists=True, dir_okay=False, readable=True)],
    data: Data = None,
) -> None:
    """Print this logo on the documents that are rendered from now on. The image is kept as a copy of its pixels."""
    from invoicing.appearance.logo_files import LOGO_BYTES_MAX
    from invoicing.refusals import LimitExceeded

    if file.stat().st_size > LOGO_BYTES_MAX:
        raise LimitExceeded(f"logo: at most {LOGO_BYTES_MAX // 1024} KiB.", field="logo")
    text = base64.b64encode(file.read_bytes()).decode("ascii")
    anyio.run(_change, read_settings(data), organization, text)


@logo_app.command("remove")
def remove_logo(organization: Organization, data: Data = None) -> None:
    """Print no logo from now on. Documents that were rendered with one keep it."""
    anyio.run(_change, read_settings(data), organization, "")


async def _change(settings: Settings, handle: str, logo: str) -> None:
    from operations.access import open_books
    from operations.organizations import get_organization
    from operations.profile import update_organization
    from operations.rights import Right
    from server.app import find_organization, local_office

    async with local_office(settings) as office:
        target = await find_organization(office, handle)
        books = open_books(office, target, Right.UPDATE_PROFILE)
        whose = f"documents of {target.name} ({target.handle})"
        if not logo and not (await get_organization(books)).profile.logo:
            say(f"There was no logo on {whose}: nothing to remove.")
            return
        await update_organization(office, books, {"logo": logo})
        say(f"New {whose} now bear {'the' if logo else 'no'} logo.")
