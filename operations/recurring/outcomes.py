"""What an act across clients comes to at each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session

from invoicing.organizations import OrganizationRef
from invoicing.refusals import Refusal
from invoicing.remedies import Remark
from operations.drafts import NOT_READY_FOR_LIVE, Preview
from storage.books.drafts import draft_by_id


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft of the month. `draft` is empty where a dry run would make it; `new` says that this call did."""

    draft: str
    currency: str
    total_minor: int
    new: bool


@dataclass(frozen=True, slots=True)
class Exceptional:
    """What differs or needs a person: `about` names the customer and the document that it is of, where it is of one."""

    about: str
    remarks: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class ClientWork:
    """The work of the month at a client: drafts that are there or would be, how many of its drafts are `issued`
    already, what was `counted` for them where they bill a plan, and what is not as it was.
    """

    organization: OrganizationRef
    drafts: tuple[Drafted, ...] = ()
    issued: int = 0
    counted: tuple[str, ...] = ()
    exceptions: tuple[Exceptional, ...] = ()

    @property
    def totals(self) -> tuple[tuple[str, int], ...]:
        """Currency and total of the drafts, in minor units."""
        return totals_of(self.drafts)


def totals_of(drafts: Iterable[Drafted]) -> tuple[tuple[str, int], ...]:
    """Currency and total of drafts, in minor units."""
    sums: Counter[str] = Counter()
    for one in drafts:
        sums[one.currency] += one.total_minor
    return tuple(sorted(sums.items()))


def refused(organization: OrganizationRef, refusal: Refusal) -> ClientWork:
    """A client at which nothing was done, and why."""
    return ClientWork(organization, exceptions=(Exceptional("", refusal.remarks),))


def remarks_of(preview: Preview) -> tuple[Remark, ...]:
    """What to know before the draft is issued. In a sandbox what only a live organization needs is left out: it is the
    same of each draft.
    """
    warned = (one for one in preview.warnings if one.code != NOT_READY_FOR_LIVE)
    return (*(Remark(f"[{one.code}] {one.text}", one.remedy) for one in warned), *preview.blockers)


def as_kept(db: Session, draft: str) -> Drafted | None:
    """A draft that is there, with the figures that it last showed; None where it is not."""
    kept = draft_by_id(db, draft)
    if kept is None:
        return None
    shown = kept[1]
    return Drafted(draft, shown.currency if shown else "", shown.total_minor if shown else 0, new=False)
