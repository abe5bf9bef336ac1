"""Handing a client over to another installation: from the moment that its books are closed, nothing is written to them
here; they can be read, and taken back until whoever took them has said so.

Each step can be repeated, and begins with what is there: interrupted anywhere, the same act goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from invoicing.organizations import OrganizationKind, OrganizationRef
from invoicing.progress import Progress
from invoicing.refusals import Conflict, InvalidInput
from operations.access import Office, require
from operations.recovery import check_reason
from operations.rights import Right
from operations.verification import verify_organization
from storage.books import closing
from storage.directory import departures
from storage.directory.anchors import End, anchored_numbers, ends_of_books
from storage.directory.departures import Leaving, Left
from storage.folder.archive import Archived, Purpose, check_target, make_archive
from storage.folder.receipts import read_receipt
from storage.work.budget import IN_A_THREAD
from storage.work.completion import to_its_end


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The archive that was made, and how many credentials ended with it."""

    archived: Archived
    revoked: int


async def hand_over(office: Office, organization: OrganizationRef, target: Path, progress: Progress) -> HandedOver:
    """Close the organization's books here, end what opens it alone, and put all of it into an archive.

    Raises:
        NotAllowed: it is not the principal's to do.
        Conflict: the organization is a practice, has left already, or its books are not in order.
        InvalidInput: no place for an archive.
    """
    await check_may_leave(office, organization)
    check_target(office.store.root, target)
    left = await office.store.directory.read(lambda db: departures.departure_of(db, organization.id))
    if left is not None and (left.how is not Leaving.HAND_OVER or left.sealed_at is not None):
        raise Conflict(f"{organization.handle} {_how(left)}: it is not handed over again.")
    if not await office.store.pool.read(organization.id, closing.closed_by):
        verified = await verify_organization(office, organization)
        if verified.problem:
            raise Conflict(f"The books of {organization.handle} are not in order: {verified.problem}.")
    revoked = await close_books(office, organization, closing.HANDING_OVER)
    archived = await archive_of(office, organization, target, "handing over", progress)
    return HandedOver(archived, revoked)


async def take_back(office: Office, organization: OrganizationRef, *, reason: str) -> None:
    """Use the books here again. Whoever does so answers for it that no archive of them is taken elsewhere.

    Raises:
        NotAllowed: it is not the principal's to do.
        Conflict: they are in use here, or another installation has said that it has them.
        InvalidInput: no reason.
    """
    _require(office, organization)
    said = check_reason(reason)
    await let_stay(office, organization, reason=said)


async def let_stay(office: Office, organization: OrganizationRef, *, reason: str) -> None:
    """Open closed books again, and let the organization be as it was, but for what was revoked.

    Raises:
        Conflict: as `take_back`.
    """
    store, now = office.store, office.now()
    left = await store.directory.read(lambda db: departures.departure_of(db, organization.id))
    if left is not None and left.sealed_at is not None:
        raise Conflict(f"{organization.handle} {_how(left)}: it cannot be taken back.")
    closed = await store.pool.read(organization.id, closing.closed_by)
    if not closed and left is None:
        raise Conflict(f"{organization.handle} was not handed over: there is nothing to take back.")

    def work(db: Session) -> None:
        if closing.closed_by(db):
            detail: dict[str, object] = {"reason": reason}
            by = office.principal.on_record
            closing.open_again(db, closing.TAKING_BACK, organization.handle, at=now, by=by, detail=detail)

    await to_its_end(store.pool.write(organization.id, work, even_closed=True))
    if left is not None:
        await store.directory.write(lambda db: departures.let_stay(db, organization.id, at=now), size=IN_A_THREAD)


async def seal_with_receipt(office: Office, organization: OrganizationRef, file: Path, *, signed_by: str) -> Left:
    """Put the receipt of whoever took the books over on record: from then on they cannot be taken back.

    Raises:
        NotAllowed: it is not the principal's to do.
        Conflict: the organization was not handed over, or that is sealed already.
        InvalidInput: no receipt, not signed by the key that is named, or of other books.
    """
    _require(office, organization)
    store, now = office.store, office.now()
    receipt, signature = read_receipt(file, keys=store.signing, signed_by=signed_by)
    left = await store.directory.read(lambda db: departures.departure_of(db, organization.id))
    if left is None or left.how is not Leaving.HAND_OVER or left.sealed_at is not None:
        how = "was not handed over" if left is None else _how(left)
        raise Conflict(f"{organization.handle} {how}: there is nothing to seal.")
    ends = await store.pool.read(organization.id, ends_of_books)
    taken = End(receipt.head.entries.position, receipt.head.entries.hash)
    if receipt.head.organization_id != organization.id or taken != ends.entries:
        raise InvalidInput("The receipt is of other books than those that were handed over here.", field="receipt")
    key = signature.key_id

    def work(db: Session) -> Left:
        departures.seal(db, organization.id, at=now, by=key)
        db.flush()
        sealed = departures.departure_of(db, organization.id)
        if sealed is None:
            raise RuntimeError("what was sealed is not there")
        return sealed

    return await store.directory.write(work)


async def back_up_organization(
    office: Office, organization: OrganizationRef, target: Path, progress: Progress
) -> Archived:
    """Put the organization's books and files into an archive, while they go on here.

    Raises:
        NotAllowed: it is not the principal's to do.
        Conflict, InvalidInput, Unavailable: as `make_archive`.
    """
    _require(office, organization)
    return await archive_of(office, organization, target, "backup", progress)


async def check_may_leave(office: Office, organization: OrganizationRef) -> None:
    """Refuse a practice, and whoever may not let an organization go.

    Raises:
        NotAllowed, Conflict
    """
    _require(office, organization)
    has_client = await office.store.directory.read(lambda db: departures.has_any_client(db, organization.id))
    if organization.kind is OrganizationKind.PARTNER or has_client:
        raise Conflict(f"{organization.handle} is a practice: it stays where its clients are.")


async def close_books(office: Office, organization: OrganizationRef, act: str) -> int:
    """Close the books by this act, archive the organization and end what opens it alone; answers how many credentials
    that were. What is done already is not done again.

    Raises:
        Conflict: the organization is being removed, and it is not that which is wanted.
    """
    store, now, by = office.store, office.now(), office.principal.on_record
    closed = await store.pool.read(organization.id, closing.closed_by)
    if closed == closing.REMOVING and act != closed:
        raise Conflict(f"{organization.handle} is being removed: take it back first.")
    if not closed:
        await store.pool.write(organization.id, lambda db: closing.close(db, act, organization.handle, at=now, by=by))
    how = Leaving.HAND_OVER if act == closing.HANDING_OVER else Leaving.REMOVING
    return await store.directory.write(
        lambda db: departures.let_leave(db, organization.id, how, at=now, by=by), size=IN_A_THREAD
    )


async def archive_of(
    office: Office, organization: OrganizationRef, target: Path, purpose: Purpose, progress: Progress
) -> Archived:
    """Put the organization's books and files into an archive, in its turn.

    Raises:
        Conflict, InvalidInput, Unavailable: as `make_archive`.
    """
    store = office.store
    numbers = await store.directory.read(lambda db: anchored_numbers(db, organization.id))
    return await store.pool.workers.use_files(
        organization.id,
        lambda: make_archive(
            store.root,
            store.databases.place,
            target,
            organization,
            purpose=purpose,
            keys=store.signing,
            installation=store.name,
            numbers=numbers,
            now=office.now(),
            by=office.principal.on_record,
            progress=progress,
            files=store.files,
        ),
    )


def _require(office: Office, organization: OrganizationRef) -> None:
    # Who decides where an organization's books are kept decides who gets at them.
    require(Right.ARCHIVE, organization, office.principal)
    require(Right.MANAGE_PEOPLE, organization, office.principal)


def _how(left: Left) -> str:
    words = {
        Leaving.HAND_OVER: "was handed over",
        Leaving.REMOVING: "is being removed",
        Leaving.REMOVED: "was removed",
    }
    sealed = f", and whoever took it confirmed that on {left.sealed_at.date()}" if left.sealed_at else ""
    return f"{words[left.how]} on {left.at.date()}{sealed}"
