"""The commands on what is kept outside the data folder: the key that signs it, and `anchors`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import anyio
import typer

from invoicing.text.typed import counted
from server.cli_options import Data, Json, command_group
from server.console import complain, say, say_json
from server.settings import Settings, read_settings
from views.remedies import at_terminal, told

if TYPE_CHECKING:
    from storage.folder.signing import SigningKey, SigningKeys

signing_key_app = command_group("The key with which this installation signs backups, anchors and what it hands over.")


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("anchors")(anchors)
    app.add_typer(signing_key_app, name="signing-key")


def anchors(
    file: Annotated[
        Path | None, typer.Argument(help="The file to add a line to, made where there is none; left out: print it.")
    ] = None,
    data: Data = None,
) -> None:
    """State where the chains of all books end now, dated and signed, for a place that lies elsewhere."""
    anyio.run(_anchors, read_settings(data), file.absolute() if file else None)


@signing_key_app.command("show")
def show_signing_key(data: Data = None, as_json: Json = False) -> None:
    """Show the name of the key that signs, by which others know it, and those of the keys before it."""
    from server.app import system_clock

    keys = anyio.run(_signing_keys, read_settings(data))
    keys.make(system_clock())
    _tell_of(keys, as_json)


@signing_key_app.command("exchange")
def exchange_signing_key(
    data: Data = None,
    forget: Annotated[
        bool,
        typer.Option("--forget", help="Somebody else may have got hold of it: nothing that it signed counts any more."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Sign with a new key from now on; what was signed before can still be verified."""
    from server.app import system_clock

    keys = anyio.run(_signing_keys, read_settings(data))
    keys.exchange(system_clock(), forget=forget)
    _tell_of(keys, as_json)


def _tell_of(keys: SigningKeys, as_json: bool) -> None:
    *before, signs = keys.all()
    if as_json:
        say_json({"path": str(keys.path), "signs": _key_data(signs), "before": [_key_data(one) for one in before]})
        return
    say(f"Signs: {signs.key_id}, since {signs.made_at:%Y-%m-%d}")
    for one in before:
        say(f"Before: {one.key_id}, from {one.made_at:%Y-%m-%d} to {one.exchanged_at:%Y-%m-%d}")
    say(f"It lies in {keys.path}, and in no backup: keep a copy elsewhere.")


def _key_data(key: SigningKey) -> dict[str, str]:
    return {"name": key.key_id} | key.model_dump(mode="json", exclude_none=True)


async def _anchors(settings: Settings, file: Path | None) -> None:
    from operations.outside_anchors import state_anchors
    from server.app import local_office
    from storage.folder.outside_anchors import add_line, signed_line

    async with local_office(settings) as office:
        stated, left_out = await state_anchors(office)
        signing = office.store.signing
        line = signed_line(stated, signing)
        if file is None:
            sys.stdout.write(line)
        else:
            lines = add_line(file, line, keys=signing, installation=office.store.name)
            say(f"Stated where the chains of {counted(len(stated.heads), 'organization')} end, in {file}.")
            say(f"It has {counted(lines, 'line')}; this one is signed with the key {signing.all()[-1].key_id}.")
    for handle, fault in left_out.items():
        complain(f"{handle}: left out: {told(fault.reason, at_terminal)}")
    if left_out:
        raise typer.Exit(1)


async def _signing_keys(settings: Settings) -> SigningKeys:
    from server.app import local_office

    async with local_office(settings) as office:
        return office.store.signing
