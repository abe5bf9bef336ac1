"""The command `activity`, which shows who did what in an organization, or of strangers in the installation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import anyio
import typer

from server.cli_folder import existing
from server.cli_options import Data, Json
from server.console import say, say_json
from server.settings import Settings, read_settings

if TYPE_CHECKING:
    from storage.directory.activity import Noted
    from storage.paging import Page

_SHOWN = 100


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("activity")(show_activity)


def show_activity(
    organization: Annotated[
        str, typer.Option(help="Handle of the organization; without it, what belongs to none.")
    ] = "",
    cursor: Annotated[str, typer.Option(help="Where the last page ended.")] = "",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Show who did what, newest first; reads and refusals too, and how often somebody could not sign in."""
    anyio.run(_show, read_settings(data), organization, cursor, as_json)


async def _show(settings: Settings, handle: str, cursor: str, as_json: bool) -> None:
    from operations.activity import list_activity, list_activity_of_nobody
    from server.app import find_organization, local_office

    existing(settings)
    async with local_office(settings) as office:
        if handle:
            target = await find_organization(office, handle)
            page = await list_activity(office, target, cursor=cursor, limit=_SHOWN)
        else:
            page = await list_activity_of_nobody(office.store, cursor=cursor, limit=_SHOWN)
    _tell(page, as_json)


def _tell(page: Page[Noted], as_json: bool) -> None:
    from operations.activity import said_of

    if as_json:
        shown = [
            {
                "at": one.at.isoformat(),
                "user": one.label,
                "program": one.program,
                "credential": one.credential_id,
                "door": one.door,
                "act": one.act,
                "result": one.result,
                "times": one.times,
            }
            for one in page.items
        ]
        say_json({"activity": shown, "next_cursor": page.next_cursor, "left": page.left})
        return
    for one in page.items:
        say(f"{one.at:%Y-%m-%d %H:%M} {said_of(one)}")
    if not page.items:
        say("Nothing.")
    if page.next_cursor:
        say(f"{page.left} more: --cursor {page.next_cursor}")
