"""Summaries: what each of many organizations comes to, without opening the books of those that have not changed.

What is asked for is read anew from the books that have changed since, each through its own handle, and kept in the
directory. No commit waits for it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from anyio.lowlevel import checkpoint
from sqlmodel import Session

from invoicing.document.readiness import Blocker, blockers
from invoicing.latest import latest
from invoicing.master_data.profiles import Profile
from invoicing.organizations import Environment, OrganizationRef
from invoicing.progress import AsyncProgress
from invoicing.refusals import Unavailable
from invoicing.reports.months import Months
from invoicing.reports.summaries import (
    DRAFT_DAYS,
    Figures,
    MonthSum,
    OpenMandate,
    Summary,
    figures_on,
    owed_from,
    summary_from_text,
    summary_text,
)
from operations.access import Office, open_books
from operations.issue_dates import today_in
from operations.mandates import mandates_in
from operations.registration import default_code
from operations.rights import Right
from storage.books import reports
from storage.books.approvals import count_returned, count_waiting
from storage.books.audit import entries_end
from storage.books.counts import counts, drafts_changed_before, first_issue_date, last_act_at
from storage.books.pool import Books
from storage.books.profile import load_profile
from storage.directory.summaries import KeptSummary, forget_summaries, keep_summaries, summaries_of
from storage.faults.errors import UNREADABLE_ROW
from storage.faults.kinds import Fault

_log = logging.getLogger("counterfoil")

_AT_ONCE = 50
_LAST_MONTH = "9999-12"


@dataclass(frozen=True, slots=True)
class Standing:
    """How an organization stands today, at its own place. `summary` is None where its books could not be read, which
    is then the only one of its `blockers`.
    """

    organization: OrganizationRef
    summary: Summary | None
    blockers: tuple[Blocker, ...]
    today: date

    @property
    def figures(self) -> tuple[Figures, ...]:
        return figures_on(self.summary, self.today) if self.summary else ()

    @property
    def last_active_on(self) -> date | None:
        """The day at its own place on which something was last done there."""
        last = self.summary.last_activity if self.summary else None
        return last.astimezone(ZoneInfo(self.summary.time_zone)).date() if self.summary and last else None


async def standings(
    office: Office,
    organizations: Sequence[OrganizationRef],
    *,
    progress: AsyncProgress | None = None,
    at_most: int | None = None,
) -> list[Standing]:
    """How these organizations stand, in their order; the principal can reach each of them, as was just looked up.

    With `at_most` no more books than so many are read anew. The organizations of the others are left out, never told
    as they were: whoever asks again is told of so many more.
    """
    ids = [one.id for one in organizations]
    # What is about to be anchored may be by the time that the anchors are looked at, and not the other way round.
    noted = tuple(office.store.pool.entries_noted().items())
    # The files are looked at before their books are read: what is committed between is noticed the next time.
    looks = await office.store.pool.looks(ids)
    kept = await office.store.directory.read(lambda db: summaries_of(db, ids))
    found, made, left = list[Standing](), list[KeptSummary](), len(ids) if at_most is None else at_most
    known = _known_standings(
        tuple(organizations),
        tuple([looks[one] for one in ids]),
        tuple([kept.get(one) for one in ids]),
        noted,
        _quarter_of(office.now()),
    )
    if progress is None and (there := [one for one in known if one is not None]) and len(there) == len(known):
        return there
    for done, (organization, standing) in enumerate(zip(organizations, known, strict=True), start=1):
        if standing is None:
            if not left:
                continue
            standing, entries = await _read_standing(office, organization)
            if standing.summary is not None:
                # What cannot be read is tried each time, and must not keep the others from being read.
                left -= 1
                made.append(
                    KeptSummary(organization.id, looks[organization.id], entries, summary_text(standing.summary))
                )
        found.append(standing)
        if len(made) >= _AT_ONCE:
            await _keep(office, made)
            made = []
        if done % _AT_ONCE == 0:
            # Nothing of what is known is waited for: others have their turn, too.
            await checkpoint()
        if progress is not None:
            await progress(done, len(organizations))
    await _keep(office, made)
    return found


async def rebuild_summaries(
    office: Office, organizations: Sequence[OrganizationRef], *, progress: AsyncProgress
) -> list[Standing]:
    """Forget every summary, and make those of these organizations anew from their books."""
    await office.store.directory.write(forget_summaries)
    return await standings(office, organizations, progress=progress)


def summary_of(db: Session, books: Books) -> Summary:
    """What these books come to, now."""
    profile, today, counted, waiting = load_profile(db), today_in(db, books), counts(db), count_waiting(db)
    sold = reports.sales_by_month(db, Months(f"{today.year - 1:04}-01", _LAST_MONTH))
    return Summary(
        day=today,
        time_zone=profile.time_zone,
        documents=counted.documents,
        drafts=counted.drafts,
        customers=counted.customers,
        items=counted.items,
        last_activity=last_act_at(db),
        blockers=blockers(profile, default_code=default_code(db, profile)),
        months=tuple(sorted((MonthSum(row[0], row[1], row[2], row[5]) for row in sold), key=_by_month)),
        owed=owed_from(((row[1], row[2], row[3]) for row in reports.open_now(db)), today),
        awaiting_approval=waiting[0],
        drafts_awaiting=waiting[1],
        returned=count_returned(db),
        drafts_changed=_drafts_changed(db, today, ZoneInfo(profile.time_zone)),
        mandates=_open_mandates(db, books, profile),
        first_document=first_issue_date(db),
    )


def _drafts_changed(db: Session, today: date, place: ZoneInfo) -> tuple[tuple[date, int], ...]:
    """On which days how many of the drafts that wait for nobody were changed last, those before the last days as one:
    it is the oldest that tells how long they wait.
    """
    days = [today - timedelta(days=back) for back in range(DRAFT_DAYS)]
    beginnings = [datetime.combine(day, time(), place).astimezone(UTC) for day in days]
    oldest, before = drafts_changed_before(db, beginnings)
    if oldest is None:
        return ()
    total, *earlier = before
    counted = [(day, since - until) for day, since, until in zip(days, [total, *earlier], earlier, strict=False)]
    first = (oldest.astimezone(place).date(), earlier[-1])
    return tuple((day, count) for day, count in (first, *reversed(counted)) if count)


def _open_mandates(db: Session, books: Books, profile: Profile) -> tuple[OpenMandate, ...]:
    """Those of a live organization: nothing that a sandbox issues is an invoice."""
    if not profile.country or profile.environment is not Environment.LIVE:
        return ()
    states = mandates_in(db, books, profile).states
    return tuple(
        OpenMandate(one.held.mandate.code, one.held.mandate.name, one.held.since, one.held.is_strict)
        for one in states
        if one.acknowledgement is None
    )


def _by_month(one: MonthSum) -> tuple[str, str]:
    return one.month, one.currency


def _quarter_of(now: datetime) -> datetime:
    """When the quarter of an hour began: no day begins within one, wherever one is."""
    return now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)


# Practices are looked at by several people, who reach different clients.
@latest(16)
def _known_standings(
    organizations: tuple[OrganizationRef, ...],
    looks: tuple[str, ...],
    kept: tuple[KeptSummary | None, ...],
    noted: tuple[tuple[str, int], ...],
    now: datetime,
) -> tuple[Standing | None, ...]:
    """What the kept summaries say of each of them; None where one has to be made anew."""
    further = dict(noted)
    return tuple(
        [
            _known_standing(one, look, known, further.get(one.id, 0), now)
            for one, look, known in zip(organizations, looks, kept, strict=True)
        ]
    )


def _known_standing(
    organization: OrganizationRef, look: str, known: KeptSummary | None, noted: int, now: datetime
) -> Standing | None:
    """What the kept summary says, where it is one of the books as they are, and of today."""
    if known is None or not look or known.look != look or noted > known.entries:
        return None
    summary = summary_from_text(known.figures)
    today = now.astimezone(ZoneInfo(summary.time_zone)).date()
    if not summary.tells_of(today):
        return None
    return Standing(organization, summary, summary.blockers, today)


async def _read_standing(office: Office, organization: OrganizationRef) -> tuple[Standing, int]:
    """What the books themselves say, and the position of the last entry of their audit trail."""
    # Nobody has named this client: whoever looks at all of them acts for the practice.
    books = open_books(replace(office, visits=None), organization, Right.READ)
    try:
        summary, entries = await books.read(lambda db: (summary_of(db, books), entries_end(db)[0]))
    except Unavailable as unavailable:
        return _not_there(office, organization, unavailable), 0
    except UNREADABLE_ROW as error:
        # No release writes such rows, and whoever did must not hide the other clients.
        named = {"organization": organization.handle}
        _log.error("the books of %s cannot be read", organization.handle, exc_info=error, extra=named)
        return _not_there(office, organization, books.out_of_service(Fault.ROWS)), 0
    return Standing(organization, summary, summary.blockers, summary.day), entries


def _not_there(office: Office, organization: OrganizationRef, why: Unavailable) -> Standing:
    blocker = Blocker((), why.message, why.remedy)
    return Standing(organization, None, (blocker,), office.now().date())


async def _keep(office: Office, made: list[KeptSummary]) -> None:
    if not made:
        return
    try:
        await office.store.directory.write(lambda db: keep_summaries(db, made), size=len(made))
    except Unavailable as error:
        # What was read is right, and is read again the next time.
        _log.warning("summaries could not be kept: %s", error)
