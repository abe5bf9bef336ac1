"""Anchors outside of books and directory: stating where every chain ends, and comparing books with what was stated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from invoicing.organizations import OrganizationRef
from operations.access import Office
from storage.books import audit
from storage.books.checks import BRINGING_BACK
from storage.directory import departures, organizations
from storage.directory.anchors import ends_of_books, loss_of_books
from storage.faults.errors import UNREADABLE_ROW, StorageFault
from storage.folder.heads import Head, StatedHead, stated_head_of
from storage.folder.outside_anchors import Anchors

_BROUGHT_BACK_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Compared:
    """What the books of an organization have lost of what was stated of them; empty where nothing is missing. `notes`
    are losses that somebody has answered for.
    """

    problem: str = ""
    notes: tuple[str, ...] = ()


async def state_anchors(office: Office) -> tuple[Anchors, dict[str, StorageFault]]:
    """Where the chains of all books end now, and the handles of those that are out of service, which are left out: what
    has lost something must not be stated as if that had been all.
    """
    store = office.store
    heads: list[StatedHead] = []
    left_out: dict[str, StorageFault] = {}
    for organization_id, handle in await store.directory.read(organizations.all_ids):
        try:
            ends = await store.pool.read(organization_id, ends_of_books)
            heads.append(stated_head_of(organization_id, handle, ends))
        except StorageFault as fault:
            left_out[handle] = fault
    return Anchors(installation=store.name, at=office.now(), heads=tuple(heads)), left_out


async def compare_with_anchors(office: Office, organization: OrganizationRef, stated: Sequence[Anchors]) -> Compared:
    """Whether the books still have every link that was ever stated of them, oldest first. Books that have gone on since
    are as they should be.

    Raises:
        StorageFault: the books are out of service.
    """
    heads = [(one.at, head) for one in stated for head in one.heads if head.organization_id == organization.id]

    def work(db: Session) -> Compared:
        notes: list[str] = []
        for at, head in heads:
            if lost := loss_of_books(db, head.ends):
                said = f"the anchor of {at:%Y-%m-%d %H:%M} UTC knows more of these books: {lost}"
                answered = _answered_for(db, at, head)
                if not answered:
                    return Compared(said, tuple(notes))
                notes.append(f"{said}; {answered}")
        return Compared(notes=tuple(notes))

    try:
        return await office.store.pool.read(organization.id, work, size=len(heads))
    except UNREADABLE_ROW:
        return Compared("a row cannot be read any more: it was changed from outside Counterfoil")


async def not_here(office: Office, stated: Sequence[Anchors]) -> list[str]:
    """The organizations, by the handles they had, that were stated and that the directory does not know any more; of
    one that was removed it knows that.
    """

    def ids(db: Session) -> set[str]:
        return {one for one, _ in organizations.all_ids(db)} | set(departures.handles_of_departed(db))

    known = await office.store.directory.read(ids)
    named = {head.organization_id: head.handle for one in stated for head in one.heads}
    return sorted(handle for organization_id, handle in named.items() if organization_id not in known)


def _answered_for(db: Session, at: datetime, head: Head) -> str:
    """Who has brought the books back after the anchor was made, to where they end before it; empty where nobody has."""
    for act in audit.acts_page(db, [BRINGING_BACK], cursor="", limit=_BROUGHT_BACK_MAX).items:
        documents, _, entries, _ = act.detail["found"]
        if act.at >= at and (documents < head.documents.position or entries < head.entries.position):
            return f"{act.by} brought the books back on {act.at.date()}: {act.detail['reason']}"
    return ""
