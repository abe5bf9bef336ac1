"""The command `logo`: what an organization's documents bear at their top."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Annotated

import anyio
import typer

from invoicing.branding import LOGO_BYTES_MAX
from invoicing.refusals import LimitExceeded
from operations.access import Right, open_books
from operations.profile import update_organization
from server.app import find_organization, local_office
from server.console import say
from server.settings import Settings, read_settings

Data = Annotated[Path | None, typer.Option(help="Data folder; default: COUNTERFOIL_DATA, or the platform's own.")]
Organization = Annotated[str, typer.Option(help="Handle of the organization.")]

logo_app = typer.Typer(help="The logo on an organization's documents.", no_args_is_help=True)


@logo_app.command("set")
def set_logo(
    organization: Organization,
    file: Annotated[Path, typer.Argument(help="A PNG or JPEG image.", exists=True, dir_okay=False, readable=True)],
    data: Data = None,
) -> None:
    """Print this logo on the documents that are rendered from now on. The image is kept as a copy of its pixels."""
    if file.stat().st_size > LOGO_BYTES_MAX:
        raise LimitExceeded(f"logo: at most {LOGO_BYTES_MAX // 1024} KiB.", field="logo")
    text = base64.b64encode(file.read_bytes()).decode("ascii")
    anyio.run(_change, read_settings(data), organization, text, "now bear the logo.")


@logo_app.command("remove")
def remove_logo(organization: Organization, data: Data = None) -> None:
    """Print no logo from now on. Documents that were rendered with one keep it."""
    anyio.run(_change, read_settings(data), organization, "", "now bear no logo.")


async def _change(settings: Settings, handle: str, text: str, outcome: str) -> None:
    async with local_office(settings) as office:
        target = await find_organization(office, handle)
        await update_organization(office, open_books(office, target, Right.CHANGE), {"logo": text})
        say(f"New documents of {target.name} ({target.handle}) {outcome}")
