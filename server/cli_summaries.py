"""The command `rebuild-summaries`, which makes anew what lists of many organizations are made of."""

from __future__ import annotations

from dataclasses import replace

import anyio
import typer

from invoicing.text.typed import counted
from server.cli_folder import existing
from server.cli_options import Data
from server.console import complain, progress, say
from server.settings import Settings, read_settings
from views.remedies import at_terminal, told


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("rebuild-summaries")(rebuild)


def rebuild(data: Data = None) -> None:
    """Make the summaries of all organizations anew from their books; lists and overviews are made of them."""
    anyio.run(_rebuild, read_settings(data))


async def _rebuild(settings: Settings) -> None:
    from operations.summaries import rebuild_summaries
    from server.app import local_office
    from storage.directory.organizations import every_one

    existing(settings)
    # What they say follows from the books alone, so that it does not matter who it is.
    async with local_office(replace(settings, user="")) as office:
        everyone = await office.store.directory.read(every_one)
        with progress("Summing up") as tell:

            async def follow(done: int, of: int) -> None:
                tell(done, of)

            found = await rebuild_summaries(office, everyone, progress=follow)
    damaged = [one for one in found if one.summary is None]
    say(f"Made the summaries of {counted(len(found) - len(damaged), 'organization')} anew.")
    for one in damaged:
        complain(f"{one.organization.handle}: {' '.join(told(blocker, at_terminal) for blocker in one.blockers)}")
    if damaged:
        raise typer.Exit(1)
