"""What does not agree, though each database is sound: books with what the directory knows of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from invoicing.remedies import Act, BringBack
from storage.books.profile import load_profile
from storage.directory import organizations
from storage.directory.anchors import Ends, NoAnchor, anchor_of, loss_of_books
from storage.faults.errors import UNREADABLE_ROW, StorageFault
from storage.faults.kinds import Fault
from storage.folder.findings import Finding
from storage.folder.looking import Look

Known = Sequence[tuple[str, str]]
"""Id and handle of each organization."""


def losses(look: Look, known: Known) -> Iterator[Finding]:
    """Where books, sound in themselves, are not those of which the directory knows how far they had come."""
    for organization_id, handle in known:
        try:
            lost = _lost(look, organization_id)
        except (StorageFault, *UNREADABLE_ROW):
            # What is wrong with these books is said elsewhere.
            continue
        if lost:
            said = f"{look.where(organization_id)}: {Fault.LOST.sentence}: {lost}. {Fault.LOST.advice}"
            yield Finding("error", handle, said, BringBack(handle))


def _lost(look: Look, organization_id: str) -> str:
    anchor = look.directory(lambda db: anchor_of(db, organization_id))
    if anchor is NoAnchor.LOST:
        return "the directory has lost the anchor of these books"
    return look.books(organization_id, lambda db: loss_of_books(db, anchor)) if isinstance(anchor, Ends) else ""


def disagreements(look: Look, known: Known) -> Iterator[Finding]:
    """Where the directory shows another name, country or currency than the books: a change was interrupted."""
    if not known:
        return
    try:
        shown = look.directory(organizations.all_profiles)
    except StorageFault:
        return
    for organization_id, handle in known:
        try:
            profile = look.books(organization_id, load_profile)
        except StorageFault:
            # What is wrong with these books is said elsewhere.
            continue
        except UNREADABLE_ROW:
            said = f"{look.where(organization_id)}: {Fault.ROWS.reason.text}"
            yield Finding("error", handle, said, Fault.ROWS.remedy)
            continue
        if (profile.name, profile.country, profile.currency) != shown[organization_id]:
            said = "The directory shows another name, country or currency than the books."
            yield Finding("warning", handle, said, Act.SET_NAME_AGAIN)
