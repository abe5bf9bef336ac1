"""The commands on the data folder as a whole: `verify`, `backup`, `restore`, `migrate` and `doctor`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import anyio
import typer

from invoicing.refusals import Conflict, InvalidInput, NotFound
from invoicing.text.typed import counted
from server.cli_options import Data, Json, SignedBy
from server.console import complain, progress, say, say_json
from server.settings import Settings, read_settings
from views.remedies import at_terminal, message_of, told

if TYPE_CHECKING:
    from invoicing.organizations import OrganizationRef
    from operations.access import Office
    from operations.verification import Verified
    from storage.folder.findings import Finding
    from storage.folder.looking import Look
    from storage.folder.outside_anchors import Anchors


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for name, command in (
        ("verify", verify),
        ("backup", backup),
        ("restore", restore),
        ("migrate", migrate),
        ("doctor", doctor),
    ):
        app.command(name)(command)


def existing(settings: Settings) -> Path:
    """The data folder.

    Raises:
        NotFound: there is none.
    """
    from storage.folder.store import exists

    if not exists(settings.data, settings.address):
        raise NotFound(f"There is no Counterfoil data folder at {settings.data} yet: run counterfoil init.")
    return settings.data


def verify(
    data: Data = None,
    organization: Annotated[str, typer.Option(help="Only this organization (its handle).")] = "",
    anchors: Annotated[
        Path | None, typer.Option(help="Compare the books with this file of anchors, or with this backup, too.")
    ] = None,
    signed_by: SignedBy = "",
    as_json: Json = False,
) -> None:
    """Check every document, number series and hash chain; name the first that is wrong."""
    if signed_by and anchors is None:
        raise typer.BadParameter("it goes with --anchors.", param_hint="--signed-by")
    anyio.run(_verify, read_settings(data), organization, anchors, signed_by, as_json)


def backup(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder for the backup, or a new file for one of it.")],
    organization: Annotated[str, typer.Option(help="Back up this organization alone (its handle), into a file.")] = "",
    data: Data = None,
) -> None:
    """Copy the whole data folder, also while it is in use; or one organization of it."""
    if organization:
        anyio.run(_back_up_one, read_settings(data), folder.absolute(), organization)
        return
    from server.app import system_clock
    from storage.folder.backup import back_up
    from storage.folder.store import databases_of, files_of

    settings = read_settings(data)
    root = existing(settings)
    place, now = databases_of(root, settings.address).place, system_clock()
    with progress("Backing up") as tell:
        files = files_of(root, settings.bucket)
        report = back_up(root, place, folder.absolute(), keys=settings.keys, now=now, progress=tell, files=files)
    held = f"{counted(report.organizations, 'organization')}, {counted(report.files, 'file')}"
    say(f"Backed up {held}, to {folder.absolute()}.")
    say(f"SHA-256 of its manifest: {report.manifest_sha256}")
    say(f"Signed with the key: {report.signed_by}")
    _complain_of(report.damaged)


async def _back_up_one(settings: Settings, file: Path, handle: str) -> None:
    from operations.handing_over import back_up_organization
    from server.app import find_organization, local_office

    existing(settings)
    async with local_office(settings) as office:
        with progress("Backing up") as tell:
            archived = await back_up_organization(office, await find_organization(office, handle), file, tell)
    say(f"Backed up {handle}, {counted(len(archived.manifest.files), 'file')}, to {file}.")
    say(f"SHA-256 of its manifest: {archived.manifest_sha256}")
    say(f"Signed with the key: {archived.signed_by}")


def restore(
    folder: Annotated[Path, typer.Argument(help="A backup.")],
    data: Data = None,
    organization: Annotated[
        str, typer.Option(help="Restore this organization alone (its handle), in the place of what there is.")
    ] = "",
    reason: Annotated[
        str, typer.Option(help="With --organization: why, where documents are lost by it; for the audit trail.")
    ] = "",
    signed_by: SignedBy = "",
) -> None:
    """Lay a backup down as a new data folder, after checking every file of it; or one organization of it."""
    settings = read_settings(data)
    if organization:
        # A whole backup is a folder, an archive of one organization is a file.
        anyio.run(_restore_one, settings, folder.absolute(), folder.is_file(), organization, reason, signed_by)
        return
    if reason:
        raise typer.BadParameter("it goes with --organization.", param_hint="--reason")
    if settings.bucket is not None:
        raise InvalidInput(
            "A backup is laid down with its files in the folder: leave the files URL away, and move them into a bucket"
            " then (counterfoil move-files).",
            field="files_url",
        )
    _restore_all(settings, folder.absolute(), signed_by)


def _restore_all(settings: Settings, folder: Path, signed_by: str) -> None:
    from server.app import system_clock
    from storage.folder.backup import restore as lay_down

    with progress("Restoring") as tell:
        if settings.address is None:
            to = lay_down
        else:
            from storage.folder.restoring_all import restore_to_server
            from storage.postgres.place import ServerPlace

            to = partial(restore_to_server, server=ServerPlace(settings.data, settings.address))
        report = to(folder, settings.data, keys=settings.keys, signed_by=signed_by, now=system_clock(), progress=tell)
    held = f"{counted(report.organizations, 'organization')}, {counted(report.files, 'file')}"
    say(f"Restored {held}, to {settings.data}.")
    if report.asleep:
        say(
            f"{counted(report.asleep, 'credential')} of the backup sleep: some may have been revoked since it was made."
            " See counterfoil token list, connection list, key list and link list, and wake those that are still"
            " wanted: counterfoil key wake PREFIX."
        )
    if report.people:
        say(
            f"Everybody is signed out. {counted(report.people, 'user')} with a password or passkeys must use a new link"
            " first, which wakes these: counterfoil user sign-in-link --user MAIL."
        )
    _complain_of(report.damaged)


async def _restore_one(
    settings: Settings, folder: Path, is_archive: bool, handle: str, reason: str, signed_by: str
) -> None:
    from operations.recovery import bring_back_books, check_reason
    from server.app import find_organization, local_office
    from storage.books.pool import ORGANIZATIONS_FOLDER
    from storage.folder.migrating import migrate_all
    from storage.folder.restoring_one import restore_from_archive, restore_organization

    root = existing(settings)
    check_reason(reason)
    migrate_all(root, lambda done, of: None, address=settings.address)
    async with local_office(settings) as office:
        organization, now = await find_organization(office, handle), office.now()
        with progress("Restoring") as tell:
            lay_down = restore_from_archive if is_archive else restore_organization
            restored = lay_down(
                folder,
                root,
                office.store.databases.place,
                organization.id,
                keys=settings.keys,
                signed_by=signed_by,
                now=now,
                progress=tell,
            )
        office.store.files.take_over(organization.id, root / ORGANIZATIONS_FOLDER / organization.id)
        say(f"Restored {handle} as of {restored.created_at:%Y-%m-%d %H:%M} UTC: {counted(restored.files, 'file')}.")
        if restored.before.where:
            say(f"What was there before is kept: {', '.join(restored.before.where)}.")
        try:
            brought = await bring_back_books(office, organization, reason=reason, given=restored.before.given)
        except Conflict as nothing:
            say(message_of(nothing, at_terminal))
            return
    say(f"Lost by that: {brought.loss}. No number that was given out is given out again.")
    say(f"Start a running server anew, and look at what is there: counterfoil verify --organization {handle}")


def migrate(data: Data = None) -> None:
    """Bring the directory and every organization's books to this version's schema."""
    from storage.folder.migrating import migrate_all

    settings = read_settings(data)
    root = existing(settings)
    with progress("Migrating") as tell:
        report = migrate_all(root, tell, by_hand=True, address=settings.address)
    say(f"Migrated {counted(len(report.migrated), 'database')}; {report.current} current already.")
    for name, reason in report.failed:
        complain(f"{name}: {told(reason, at_terminal)}")
    if report.failed:
        raise typer.Exit(1)


def doctor(
    data: Data = None,
    clean: Annotated[
        bool, typer.Option("--clean", help="Remove what interrupted work left behind, and exports that have aged.")
    ] = False,
    clock_is_right: Annotated[
        bool, typer.Option("--clock-is-right", help="The clock was wrong before: go by it as it stands.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Look for what is wrong with the data folder, and say what to do."""
    from server.app import system_clock
    from storage.folder.aged_exports import aged_exports, remove_aged_exports
    from storage.folder.bucket import bucket_findings
    from storage.folder.clock_findings import clock_findings, set_clock_back
    from storage.folder.key_findings import key_findings
    from storage.folder.leftovers import clean_up

    settings = read_settings(data)
    root, now, kept_days = existing(settings), system_clock(), settings.limits.exports_kept_days
    look, diagnosed = _looking_at(settings)
    removed = clean_up(root) if clean else 0
    aged = remove_aged_exports(look, root, now=now, kept_days=kept_days, bucket=settings.bucket) if clean else 0
    if clock_is_right:
        set_clock_back(look, root, now)
    findings = [*diagnosed(), *key_findings(look, settings.keys), *clock_findings(look, now)]
    findings += [*bucket_findings(look, root, settings.bucket), *aged_exports(look, now=now, kept_days=kept_days)]
    _tell_findings(findings, as_json, removed + aged)
    if clean and not as_json:
        say(f"Removed {counted(removed, 'leftover')}.")
    if aged and not as_json:
        say(f"Removed {counted(aged, 'export')} that nobody had asked for in {kept_days} days.")
    _exit_for(findings, settings.address or root)


def _looking_at(settings: Settings) -> tuple[Look, Callable[[], list[Finding]]]:
    """The databases to look at, and what finds out what is wrong with them."""
    if settings.address is not None:
        from storage.postgres.diagnosis import SchemasLook, diagnose_schemas

        return SchemasLook(settings.address), partial(diagnose_schemas, settings.address, settings.data)
    from storage.folder.diagnosis import FolderLook, diagnose

    return FolderLook(settings.data), partial(diagnose, settings.data)


def _tell_findings(findings: Sequence[Finding], as_json: bool, removed: int = 0) -> None:
    if as_json:
        say_json({"removed": removed, "findings": [_finding_data(one) for one in findings]})
        return
    for finding in findings:
        say(f"{finding.severity}: {finding.subject}: {told(finding.remark, at_terminal)}")
    if not findings:
        say("Everything is in order.")


def _exit_for(findings: Sequence[Finding], place: object) -> None:
    if errors := sum(finding.severity == "error" for finding in findings):
        complain(f"{counted(errors, 'error')} in {place}; see above")
        raise typer.Exit(1)


async def _verify(settings: Settings, organization: str, anchors: Path | None, signed_by: str, as_json: bool) -> None:
    from operations.outside_anchors import not_here
    from server.app import local_office
    from storage.folder.outside_anchors import read_anchors

    existing(settings)
    # Whoever looks is not on record, and nothing is changed, so that it does not matter who it is.
    async with local_office(replace(settings, user="")) as office:
        name, stated = office.store.name, []
        if anchors is not None:
            stated = read_anchors(anchors, folder=settings.keys, installation=name, signed_by=signed_by)
        wanted = await _organizations(office, organization)
        gone = [] if organization else await not_here(office, stated)
        with progress("Verifying") as tell:
            found = []
            for done, each in enumerate(wanted, start=1):
                found.append(await _verify_one(office, each, stated))
                tell(done, len(wanted))
    wrong = next((one for one in found if one.problem), None)
    if as_json:
        said = {"ok": wrong is None and not gone, "organizations": [asdict(one) for one in found]}
        say_json(said | ({"gone": gone} if stated else {}))
    else:
        for one in found:
            say(_verified_line(one))
            for note in one.notes:
                say(f"{one.handle}: {note}")
    for handle in gone:
        complain(f"{handle}: the anchors know this organization, and it is not here any more")
    if wrong is not None:
        complain(f"{wrong.handle}: {wrong.problem}")
    if wrong is not None or gone:
        raise typer.Exit(1)


async def _verify_one(office: Office, organization: OrganizationRef, stated: Sequence[Anchors]) -> Verified:
    from operations.verification import Verified, verify_organization
    from storage.faults.errors import StorageFault

    try:
        return await verify_organization(office, organization, stated=stated)
    except StorageFault as fault:
        return Verified(
            handle=organization.handle, documents=0, files=0, audit_entries=0, problem=told(fault.reason, at_terminal)
        )


async def _organizations(office: Office, handle: str) -> list[OrganizationRef]:
    """All that the folder holds, whichever practice they belong to, or the one with this handle."""
    from server.app import no_such_organization
    from storage.directory.organizations import every_one

    found = await office.store.directory.read(lambda db: every_one(db, handle=handle))
    if handle and not found:
        raise no_such_organization()
    return found


def _finding_data(finding: Finding) -> dict[str, str]:
    message = told(finding.remark, at_terminal)
    return {"severity": finding.severity, "subject": finding.subject, "message": message}


def _verified_line(one: Verified) -> str:
    held = f"{counted(one.documents, 'document')}, {counted(one.files, 'file')}"
    trail = f"{one.audit_entries:,} {'entry' if one.audit_entries == 1 else 'entries'} of the audit trail"
    return f"{one.handle}: {held}, {trail}: {one.problem or 'in order'}"


def _complain_of(damaged: tuple[str, ...]) -> None:
    """Files on record that were missing or changed do not stop a backup, but are never passed over in silence."""
    for name in damaged:
        complain(f"damaged, and not in the backup: {name}")
    if damaged:
        raise typer.Exit(1)
