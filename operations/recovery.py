"""Bringing back books that have lost something: somebody answers for it, and no lost number is given out again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from invoicing.document.documents import DocumentKind
from invoicing.master_data.records import Series
from invoicing.organizations import OrganizationRef
from invoicing.refusals import Conflict
from invoicing.text.typed import clean_line
from operations.access import Office, require
from operations.rights import Right
from storage.books import audit
from storage.books.checks import BRINGING_BACK
from storage.books.series import LostNumbers, go_on_above
from storage.books.states import settings_state
from storage.directory.anchors import Ends, NoAnchor, Number, ends_of_books, loss_of_books
from storage.directory.departures import departure_of
from storage.folder.outside_anchors import Anchors

REASON_LENGTH_MAX = 500
_ANCHOR_LOST = "the directory had lost their anchor"


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """What was lost, in words, and the numbers that were given out and are not there any more."""

    loss: str
    numbers: tuple[LostNumbers, ...]


async def bring_back_books(
    office: Office,
    organization: OrganizationRef,
    *,
    reason: str,
    given: tuple[Number, ...] = (),
    stated: Sequence[Anchors] = (),
) -> BroughtBack:
    """Use books again that end before what the directory knows of them, or was `stated` elsewhere, or are others, such
    as after a restore.

    Numbers go on above the highest that was ever given out, as far as one of these knows it or `given` says; act and
    reason are in the audit trail, and `verify` names the lost numbers from then on.

    Raises:
        Conflict: nothing is lost, somebody writes at the same moment, or the organization was handed over: its books go
            on elsewhere, and an older copy of them must not go on here.
        InvalidInput: no reason.
    """
    require(Right.BRING_BACK_BOOKS, organization, office.principal)
    said = check_reason(reason)
    now, by = office.now(), office.principal.on_record
    left = await office.store.directory.read(lambda db: departure_of(db, organization.id))
    if left is not None:
        raise Conflict(f"{organization.handle} was handed over, or is being removed: its books are closed here.")

    elsewhere = [head.ends for one in stated for head in one.heads if head.organization_id == organization.id]
    elsewhere.sort(key=lambda ends: ends.entries.position, reverse=True)
    given += tuple(number for ends in elsewhere for number in ends.numbers)

    def work(db: Session, anchor: Ends, known: Ends | NoAnchor) -> BroughtBack:
        loss = loss_of_books(db, anchor) or (_ANCHOR_LOST if known is NoAnchor.LOST else "")
        for ends in elsewhere:
            # A directory that was lost together with the books knows nothing of it.
            if found_missing := loss_of_books(db, ends):
                loss, anchor = found_missing, replace(ends, numbers=anchor.numbers)
                break
        if not loss:
            raise Conflict(f"The books of {organization.handle} have lost nothing: there is nothing to bring back.")
        found = ends_of_books(db)
        numbers = tuple(lost for number in anchor.numbers if (lost := _go_on_above(db, number)))
        detail: dict[str, object] = {
            "reason": said,
            "lost": loss,
            "settings": settings_state(db),
            "numbers": [[one.series, one.period, one.first, one.last] for one in numbers],
            "known": [anchor.documents.position, anchor.documents.hash, anchor.entries.position, anchor.entries.hash],
            "found": [found.documents.position, found.documents.hash, found.entries.position, found.entries.hash],
        }
        audit.record(db, BRINGING_BACK, organization.handle, at=now, by=by, detail=detail)
        return BroughtBack(loss, numbers)

    return await office.store.pool.bring_back(organization.id, work, given=given)


def _go_on_above(db: Session, number: Number) -> LostNumbers | None:
    series = Series(number.series, DocumentKind(number.kind), number.pattern)
    return go_on_above(db, series, number.period, number.sequence, first=number.first)


def check_reason(reason: str) -> str:
    """The reason that a person gave, as it goes into the audit trail.

    Raises:
        InvalidInput: there is none, or it is too long.
    """
    return clean_line(reason, field="reason", limit=REASON_LENGTH_MAX, required=True)
