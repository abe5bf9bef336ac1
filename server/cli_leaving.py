"""The commands by which an organization leaves and comes: `hand-over`, `take-over` and `remove`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import anyio
import typer

from invoicing.text.typed import counted
from server.cli_options import Data, Json, SignedBy
from server.console import progress, say, say_json
from server.settings import Settings, read_settings

if TYPE_CHECKING:
    from operations.removing import Retention
    from storage.folder.archive import Archived

_Handle = Annotated[str, typer.Argument(help="The organization's handle.", metavar="ORGANIZATION")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for name, command in (("hand-over", hand_over), ("take-over", take_over), ("remove", remove)):
        app.command(name)(command)


def hand_over(
    organization: _Handle,
    file: Annotated[Path | None, typer.Argument(help="The file that it is to be put into.")] = None,
    receipt: Annotated[
        Path | None, typer.Option(help="Put the receipt of whoever took it over on record: that seals it.")
    ] = None,
    signed_by: SignedBy = "",
    take_back: Annotated[
        bool, typer.Option("--take-back", help="Use it here again, as long as no receipt has sealed it.")
    ] = False,
    reason: Annotated[str, typer.Option(help="With --take-back: why; it goes into the audit trail.")] = "",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Hand a client over to another installation: from then on its books can only be read here."""
    if sum((file is not None, receipt is not None, take_back)) != 1:
        raise typer.BadParameter("say one of FILE, --receipt and --take-back.")
    if (reason and not take_back) or (signed_by and receipt is None):
        raise typer.BadParameter("--reason goes with --take-back, and --signed-by with --receipt.")
    settings = read_settings(data)
    if file is not None:
        anyio.run(_hand_over, settings, organization, file.absolute(), as_json)
    elif receipt is not None:
        anyio.run(_seal, settings, organization, receipt.absolute(), signed_by, as_json)
    else:
        anyio.run(_take_back, settings, organization, reason, as_json)


def take_over(
    file: Annotated[Path, typer.Argument(help="An archive of an organization.")],
    practice: Annotated[str, typer.Option(help="The practice whose client it is to be, where there are several.")] = "",
    signed_by: SignedBy = "",
    reason: Annotated[
        str, typer.Option(help="Why, where its books may go on where it came from; it goes into the audit trail.")
    ] = "",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Take over an organization from a file, once all that is in it is verified; its receipt lies beside the file."""
    anyio.run(_take_over, read_settings(data), file.absolute(), practice, signed_by, reason, as_json)


def remove(
    organization: _Handle,
    file: Annotated[Path, typer.Argument(help="The file into which all of it is put before.")],
    confirm: Annotated[str, typer.Option(help="Its handle once more; asked for where that is left out.")] = "",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Remove a client: all of it is put into a file, that is verified, and nothing is left here but that it was."""
    anyio.run(_remove, read_settings(data), organization, file.absolute(), confirm, as_json)


async def _hand_over(settings: Settings, handle: str, file: Path, as_json: bool) -> None:
    from operations.handing_over import hand_over as hand_over_to
    from server.app import find_organization, local_office

    async with local_office(settings) as office:
        found = await find_organization(office, handle)
        with progress("Handing over") as tell:
            handed = await hand_over_to(office, found, file, tell)
    if as_json:
        say_json(_archive_data(handed.archived) | {"revoked": handed.revoked})
        return
    _tell_of(handed.archived, "handed over")
    say(f"{handle} can be read here, and not changed any more; {counted(handed.revoked, 'credential')} of it ended.")
    say("Whoever takes it over needs the name of that key, by another way than the file, and answers with a receipt:")
    say(f"counterfoil take-over FILE --signed-by {handed.archived.signed_by}")


async def _seal(settings: Settings, handle: str, receipt: Path, signed_by: str, as_json: bool) -> None:
    from operations.handing_over import seal_with_receipt
    from server.app import find_organization, local_office

    async with local_office(settings) as office:
        left = await seal_with_receipt(office, await find_organization(office, handle), receipt, signed_by=signed_by)
    if as_json:
        say_json({"handle": handle, "sealed_at": left.sealed_at and left.sealed_at.isoformat(), "by": left.sealed_by})
        return
    say(f"{handle} is kept elsewhere, as the key {left.sealed_by} has signed: it cannot be taken back any more.")


async def _take_back(settings: Settings, handle: str, reason: str, as_json: bool) -> None:
    from operations.handing_over import take_back
    from server.app import find_organization, local_office

    async with local_office(settings) as office:
        await take_back(office, await find_organization(office, handle), reason=reason)
    if as_json:
        say_json({"handle": handle, "taken_back": True})
        return
    say(f"{handle} is in use here again. No file of it may be taken over any more: delete those that there are.")


async def _take_over(settings: Settings, file: Path, practice: str, signed_by: str, reason: str, as_json: bool) -> None:
    from operations.taking_over import take_over as take_over_from
    from server.app import local_office

    async with local_office(settings) as office:
        with progress("Taking over") as tell:
            taken = await take_over_from(office, file, tell, practice=practice, signed_by=signed_by, reason=reason)
        key = office.store.signing.make(office.now()).key_id
    handle, verified = taken.organization.handle, taken.verified
    if as_json:
        receipt = str(taken.receipt) if taken.receipt else ""
        said = {"handle": handle, "documents": verified.documents, "files": verified.files}
        say_json(said | {"receipt": receipt, "signed_by": key})
        return
    held = f"{counted(verified.documents, 'document')}, {counted(verified.files, 'file')}"
    say(f"{handle} is here: {held}, all in order.")
    if taken.receipt is not None:
        say(f"The receipt, for whoever handed it over, is {taken.receipt}, signed with the key {key}.")


async def _remove(settings: Settings, handle: str, file: Path, confirm: str, as_json: bool) -> None:
    from operations.removing import remove_organization, retention_of
    from server.app import find_organization, local_office

    async with local_office(settings) as office:
        found = await find_organization(office, handle)
        if not as_json:
            say(_retention_line(await retention_of(office, found)))
        typed = confirm
        if not typed and sys.stdin.isatty():
            typed = typer.prompt(f"All of {handle} is removed from here. Type its handle", err=True)
        with progress("Removing") as tell:
            removed = await remove_organization(office, found, file, tell, handle=typed)
    if as_json:
        named_in = [str(path) for path in removed.named_in]
        say_json(_archive_data(removed.archived) | {"documents": removed.verified.documents, "named_in": named_in})
        return
    _tell_of(removed.archived, "removed")
    for path in removed.named_in:
        say(
            f"{path} still names it: that is the directory of all, as it was when the books were moved to a server."
            " Delete it when you need it no more."
        )
    left = "but that, and that it was removed" if removed.named_in else "but that it was removed"
    say(f"Nothing of it is left here {left}. Keep the file: nobody else has it.")


def _tell_of(archived: Archived, done: str) -> None:
    head = archived.manifest.head
    held = f"{counted(head.documents.position, 'document')}, {counted(len(archived.manifest.files) - 1, 'file')}"
    say(f"{archived.manifest.organization.handle} was {done}: {held}, in {archived.path}.")
    say(f"SHA-256 of its manifest: {archived.manifest_sha256}")
    say(f"Signed with the key: {archived.signed_by}")


def _archive_data(archived: Archived) -> dict[str, object]:
    return {
        "handle": archived.manifest.organization.handle,
        "file": str(archived.path),
        "files": len(archived.manifest.files),
        "size_bytes": archived.size_bytes,
        "manifest_sha256": archived.manifest_sha256,
        "signed_by": archived.signed_by,
    }


def _retention_line(retention: Retention) -> str:
    if retention.last_issued is None:
        return "There is no document in it that the law would have kept."
    last = f"Its last document is of {retention.last_issued}"
    if retention.until is None:
        return f"{last}. How long the law has it kept is not known here: the file is to be kept as long as that."
    return f"{last}: the law has it kept until {retention.until} at least ({retention.law}), and so the file."
