"""Archiving an organization, which is read and not changed from then on, and bringing it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlmodel import Session

from invoicing.organizations import OrganizationKind
from invoicing.refusals import Conflict
from operations.access import Office, require
from operations.rights import Right
from storage.books import audit
from storage.books.pool import Books
from storage.directory import organizations
from storage.directory.going_live import set_archived
from storage.work.budget import IN_A_THREAD

ARCHIVED = "archived"


async def change_archived(office: Office, books: Books, changes: Mapping[str, object]) -> Books:
    """Archive the organization of these books, or bring it back; the books may be of an archived one.

    Raises:
        NotAllowed: it is not the principal's to do.
        Conflict: other changes beside it, or a practice that has clients.
    """
    organization, archived = books.organization, bool(changes[ARCHIVED])
    require(Right.ARCHIVE, organization, office.principal, field=ARCHIVED)
    if organization.kind is OrganizationKind.PARTNER:
        # Who sees only some of its clients is one of its people, and answers for none of it as a whole.
        require(Right.CREATE_CLIENT, organization, office.principal, field=ARCHIVED)
    if len(changes) > 1:
        raise Conflict("archived: archive or bring back by itself; change the rest in another call.", field=ARCHIVED)
    if archived == organization.archived:
        return books
    act, now = "archive_organization" if archived else "bring_back_organization", office.now()

    def check(db: Session) -> None:
        if archived and organizations.has_clients(db, organization.id):
            raise Conflict("archived: the practice has clients; archive them first.", field=ARCHIVED)
        if not archived and organization.partner_id and organizations.is_archived(db, organization.partner_id):
            raise Conflict("archived: its practice is archived; bring that back first.", field=ARCHIVED)

    def publish(db: Session) -> None:
        # Looked at in the same transaction: a client that is made at the same time would lose its practice.
        check(db)
        set_archived(db, organization.id, at=now if archived else None)

    await office.store.directory.read(check)
    await books.write(lambda db: audit.record(db, act, organization.handle, at=now, by=books.actor, detail={}))
    await office.store.directory.write(publish, size=IN_A_THREAD)
    return replace(books, organization=replace(organization, archived=archived))


def check_not_archived(books: Books, changes: Mapping[str, object]) -> None:
    """Refuse other changes of an archived organization.

    Raises:
        Conflict
    """
    if books.organization.archived and ARCHIVED not in changes:
        raise Conflict(f"{books.organization.handle} is archived: it can be read, not changed. Bring it back first.")
