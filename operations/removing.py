"""Removing an organization: only what lies in a sealed, verified archive is removed, and then nothing of it is left but
the line that says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import Session

from invoicing.organizations import OrganizationRef
from invoicing.progress import Progress
from invoicing.refusals import Conflict, InvalidInput
from invoicing.retention import kept_until
from invoicing.text.codes import small_letters
from operations.access import Office
from operations.handing_over import archive_of, check_may_leave, close_books, let_stay
from operations.verification import Verified, verify_laid_down
from storage.books import closing
from storage.books.documents import latest_issue_date
from storage.directory import departures, organizations
from storage.folder.archive import Archived, check_target, lay_down_archive, opened_archive
from storage.folder.making import being_made
from storage.folder.removal import directories_naming, remove_files
from storage.work.budget import IN_A_THREAD
from storage.work.completion import to_its_end

_NOT_IN_ORDER = "it was not removed, because its books were not in order"


@dataclass(frozen=True, slots=True)
class Removed:
    """What was removed, and the archive that it is in; and where what was set aside of all organizations says something
    of it still.
    """

    archived: Archived
    verified: Verified
    named_in: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Retention:
    """How long the law has an organization's documents kept: the day, with the law; None where it is not known here, or
    there is no document.
    """

    last_issued: date | None
    until: date | None
    law: str


async def retention_of(office: Office, organization: OrganizationRef) -> Retention:
    """Until when the documents of an organization are to be kept, as far as that is known."""
    last = await office.store.pool.read(organization.id, latest_issue_date)
    known = kept_until(organization.country, last) if last is not None else None
    return Retention(last, known[0] if known else None, known[1] if known else "")


async def remove_organization(
    office: Office, organization: OrganizationRef, target: Path, progress: Progress, *, handle: str
) -> Removed:
    """Close the organization's books, put them into an archive, verify what is in that, and remove all there is of the
    organization here. `handle` is typed by whoever means it.

    Raises:
        NotAllowed: it is not the principal's to do.
        Conflict: the organization is a practice or the only one here, or its books are not in order.
        InvalidInput: another handle than the organization's, or no place for an archive.
        StorageFault: books cannot be removed here.
    """
    await check_may_leave(office, organization)
    if small_letters(handle.strip()) != organization.handle:
        raise InvalidInput(
            f"Type the handle of the organization that is to be removed, {organization.handle}.", field="handle"
        )
    store = office.store
    if await store.directory.read(organizations.count_all) < 2:
        raise Conflict(f"{organization.handle} is the only organization here: remove the data folder instead.")
    check_target(store.root, target)
    await store.pool.workers.use_files(organization.id, store.databases.check_may_discard)
    was_open = not await store.pool.read(organization.id, closing.closed_by)
    await close_books(office, organization, closing.REMOVING)
    # What is in the archive is all that will be left: it is what is verified.
    archived = await archive_of(office, organization, target, "removal", progress)
    workers = store.pool.workers
    verified = await workers.use_files(organization.id, lambda: _verify_archive(office, organization, target))
    if verified.problem:
        if was_open:
            await let_stay(office, organization, reason=_NOT_IN_ORDER)
        raise Conflict(f"The books are not in order, and nothing was removed: {verified.problem}.")
    await store.pool.let_go(organization.id)
    await to_its_end(_remove(office, organization, archived))
    if office.visits is not None:
        # An act on what is not there any more stands in the installation's own log.
        office.visits.organizations.pop(organization.id, None)
    named_in = await workers.use_files(organization.id, lambda: directories_naming(store.root, organization.id))
    return Removed(archived, verified, tuple(named_in))


async def _remove(office: Office, organization: OrganizationRef, archived: Archived) -> None:
    store, now, by = office.store, office.now(), office.principal.on_record

    def forget(db: Session) -> None:
        departures.forget_organization(db, organization.id, keep=office.principal.user_id)
        departures.note_removed(
            db, organization.id, organization.handle, at=now, by=by, sha256=archived.manifest_sha256
        )

    # Interrupted after the directory has forgotten it, what is left of it goes when the store is opened again; so it
    # does where a bucket of files does not answer now.
    with being_made(store.root, organization.id, stays_if_refused=True):
        await store.directory.write(forget, size=IN_A_THREAD)
        await store.pool.workers.use_files(organization.id, lambda: _remove_all(office, organization))


def _remove_all(office: Office, organization: OrganizationRef) -> None:
    office.store.discard(organization.id)
    remove_files(office.store.root, organization.id)


def _verify_archive(office: Office, organization: OrganizationRef, path: Path) -> Verified:
    """Read the archive back as somebody would who has nothing else, and verify what is in it."""
    keys = office.store.signing.path.parent
    with (
        opened_archive(path, keys=keys) as (archived, archive),
        TemporaryDirectory(prefix=".new-", dir=path.parent) as folder,
    ):
        laid = lay_down_archive(archived, archive, Path(folder), progress=lambda done, of: None)
        return verify_laid_down(laid, organization)
