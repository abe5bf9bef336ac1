"""Taking over the books of an organization from another installation, or from an archive that was made of them here.

Everything is verified before anybody hears of it. Whoever took books over can say so with a signed receipt.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import anyio.to_thread
from sqlmodel import Session

from invoicing.master_data.handles import SANDBOX_SUFFIX
from invoicing.organizations import (
    Environment,
    NamedWrites,
    NewOrganization,
    OrganizationKind,
    OrganizationRef,
    Role,
)
from invoicing.progress import Progress
from invoicing.refusals import Conflict, InvalidInput, NotAllowed, Unavailable
from operations.access import Office, require
from operations.onboarding import find_partner
from operations.recovery import check_reason
from operations.rights import Right
from operations.verification import Verified, verify_laid_down
from storage.books import audit, closing
from storage.directory import access_queries, departures, organizations
from storage.directory.anchors import Ends, add_anchor, ends_of_books, highest, move_forward
from storage.directory.connection_tokens import pick_too
from storage.folder.archive import Archived, lay_down_archive, opened_archive
from storage.folder.laid_down import LaidDown, room_to_lay_down
from storage.folder.making import being_made
from storage.folder.receipts import Receipt, write_receipt
from storage.work.completion import to_its_end

_TAKEN_MAX = 1_000


@dataclass(frozen=True, slots=True)
class TakenOver:
    """The organization as it is here, what was verified of it, and where the receipt lies, if there is one to give."""

    organization: OrganizationRef
    archived: Archived
    verified: Verified
    receipt: Path | None


async def take_over(
    office: Office, file: Path, progress: Progress, *, practice: str = "", signed_by: str = "", reason: str = ""
) -> TakenOver:
    """Take the books of an archive into this installation, as those of a client of the practice: verified, and with an
    entry in their audit trail that says so. `reason` says why, where the books may go on elsewhere.

    Raises:
        NotAllowed: the principal may not make clients.
        InvalidInput: no archive, not signed by a key that counts, changed, or its books are not in order.
        Conflict: the organization is here already, or books that may go on elsewhere are taken without a reason.
    """
    partner = await find_partner(office, practice, field="practice")
    require(Right.CREATE_CLIENT, partner, office.principal)
    store = office.store
    with opened_archive(file, keys=store.signing.path.parent, signed_by=signed_by) as (archived, archive):
        organization_id = archived.manifest.organization.id
        if await store.directory.read(lambda db: organizations.is_known(db, organization_id)):
            raise await _taken_already(office, archived)
        said = _reason_for(archived, reason)
        with being_made(store.root, organization_id):

            def lay_down(folder: Path) -> LaidDown:
                return lay_down_archive(archived, archive, folder, progress=progress)

            verified, ends = await store.pool.workers.use_files(
                organization_id, lambda: _prepare(office, archived, lay_down, said)
            )
            try:
                organization = await store.directory.write(lambda db: _publish(db, office, partner, archived, ends))
            except BaseException:
                await to_its_end(_discard_unless_known(office, organization_id))
                raise
    return TakenOver(organization, archived, verified, _receipt(office, archived))


def _reason_for(archived: Archived, reason: str) -> str:
    """The reason as it goes on record; empty where none is wanted."""
    manifest = archived.manifest
    is_closed = (manifest.purpose, manifest.closed_by) in (
        ("handing over", closing.HANDING_OVER),
        ("removal", closing.REMOVING),
    )
    if is_closed and not reason.strip():
        return ""
    if not reason.strip():
        raise Conflict(
            f"The books of {manifest.organization.handle} may go on where this archive was made, and give the same"
            " numbers out: say why they are used here.",
            field="reason",
        )
    return check_reason(reason)


def _prepare(
    office: Office, archived: Archived, lay_down: Callable[[Path], LaidDown], reason: str
) -> tuple[Verified, Ends]:
    """Put the books in their place, verified, before the directory knows of them."""
    root = office.store.root
    with room_to_lay_down(root, archived.manifest.organization.id) as folder:
        laid = lay_down(folder)
        verified = verify_laid_down(laid, _as_it_was(archived))
        if verified.problem:
            raise InvalidInput(f"The books of the archive are not in order: {verified.problem}.", field="file")
        ends = _go_on(laid, office, archived, reason)
        _bring_in(office, laid)
    return verified, ends


def _bring_in(office: Office, laid: LaidDown) -> None:
    """Put the books in their place, and the files where this installation's are."""
    store, files = office.store, office.store.files.of(laid.organization_id)
    try:
        store.files.take_over(laid.organization_id, laid.folder)
        store.databases.place.bring_in(laid.organization_id, laid.folder)
    except BaseException:
        files.remove_all()
        raise


def _go_on(laid: LaidDown, office: Office, archived: Archived, reason: str) -> Ends:
    """Let the books go on here, with an entry after the one that had closed them; answers where they end then."""
    manifest = archived.manifest
    detail: dict[str, object] = {
        "installation": manifest.installation,
        "purpose": manifest.purpose,
        "signed_by": archived.signed_by,
        "archive": archived.manifest_sha256,
        "entries": manifest.head.entries.hash,
        "reason": reason,
    }
    now, by = office.now(), office.principal.on_record

    def work(db: Session) -> Ends:
        closing.open_again(db, closing.TAKING_OVER, manifest.organization.handle, at=now, by=by, detail=detail)
        return ends_of_books(db)

    return laid.write(work)


def _publish(db: Session, office: Office, partner: OrganizationRef, archived: Archived, ends: Ends) -> OrganizationRef:
    record = archived.manifest.organization
    if organizations.is_known(db, record.id):
        raise Conflict(f"{record.handle} is here already.")
    if organizations.is_archived(db, partner.id):
        raise Conflict("The practice is archived: it takes no new clients.", field="practice")
    new = NewOrganization(
        id=record.id,
        handle_base=record.handle.removesuffix(SANDBOX_SUFFIX),
        name=record.name,
        kind=OrganizationKind.STANDARD,
        environment=Environment(record.environment),
        country=record.country,
        currency=record.currency,
        partner_id=partner.id,
    )
    organizations.add_organization(db, new, now=office.now(), by=office.principal.on_record)
    organizations.set_client_may(db, record.id, frozenset(record.client_may))
    given = tuple(one.number for one in archived.manifest.numbers)
    add_anchor(db, record.id, ends)
    move_forward(db, {record.id: replace(ends, numbers=highest((*ends.numbers, *given)))})
    departures.let_return(db, record.id, at=office.now())
    if limited_by := office.principal.limited_by:
        pick_too(db, limited_by, record.id)
    found = access_queries.reachable_by_id(db, office.principal.reach, record.id)
    if found is None:
        raise NotAllowed("You are limited to some of the practice's clients: an owner takes new ones over.")
    return found


async def _discard_unless_known(office: Office, organization_id: str) -> None:
    with suppress(Unavailable):
        if not await office.store.directory.read(lambda db: organizations.is_known(db, organization_id)):
            await anyio.to_thread.run_sync(office.store.discard, organization_id)


async def _taken_already(office: Office, archived: Archived) -> Conflict:
    """The refusal of books that are here; where they came from this archive, its receipt is given again."""
    record, entries = archived.manifest.organization, archived.manifest.head.entries.hash

    def came_from_it(db: Session) -> bool:
        taken = audit.acts_page(db, [closing.TAKING_OVER], cursor="", limit=_TAKEN_MAX).items
        return any(one.detail["entries"] == entries for one in taken)

    if await office.store.pool.read(record.id, came_from_it):
        _receipt(office, archived)
        return Conflict(f"{record.handle} was taken over from this archive already, and is here.")
    return Conflict(f"{record.handle} is here already: its books are not replaced by those of an archive.")


def _receipt(office: Office, archived: Archived) -> Path | None:
    """Write the receipt beside the archive of what was handed over, for whoever did."""
    if archived.manifest.purpose != "handing over":
        return None
    path = archived.path.with_name(f"{archived.path.name}.receipt")
    receipt = Receipt(installation=office.store.name, at=office.now(), head=archived.manifest.head)
    write_receipt(path, receipt, office.store.signing)
    return path


def _as_it_was(archived: Archived) -> OrganizationRef:
    record = archived.manifest.organization
    return OrganizationRef(
        id=record.id,
        handle=record.handle,
        name=record.name,
        kind=OrganizationKind.STANDARD,
        environment=Environment(record.environment),
        country=record.country,
        currency=record.currency,
        partner_id="",
        named_writes=NamedWrites.LIVE,
        archived=False,
        role=Role.VIEWER,
    )
