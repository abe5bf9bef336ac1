"""The practice's overview: who owes, at which client, for how long, and what else needs attention."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum, auto
from functools import lru_cache

from invoicing.latest import latest
from invoicing.organizations import Environment, OrganizationRef
from invoicing.reports.figures import Row, totals_of
from invoicing.reports.summaries import SUMMARIES_REMEMBERED, Figures, sum_of
from invoicing.text.typed import fold
from operations.access import Office
from operations.onboarding import find_partner
from operations.summaries import Standing, standings
from storage.directory import organizations
from storage.paging import Page, check_limit, decode_cursor, encode_cursor

NO_CURRENCY = "XXX"
"""Stands where a client has no currency yet (ISO 4217)."""


class Onboarding(StrEnum):
    """How far a client has come; unknown where its books cannot be read."""

    SANDBOX = auto()
    NOT_READY = auto()
    LIVE = auto()
    UNKNOWN = auto()


class Trouble(IntEnum):
    """What is the matter with a client, the worst first: lists are in this order."""

    UNREADABLE = 0
    OVERDUE = 1
    NOT_READY = 2
    APPROVAL = 3
    DRAFTS = 4
    NOTHING = 5


@dataclass(frozen=True, slots=True)
class ClientStanding:
    """How a client stands. `days_overdue` are those of what has been overdue longest, 0 where nothing is."""

    standing: Standing
    figures: tuple[Figures, ...]
    days_overdue: int

    @property
    def onboarding(self) -> Onboarding:
        if self.standing.summary is None:
            return Onboarding.UNKNOWN
        if self.standing.blockers:
            return Onboarding.NOT_READY
        return Onboarding.SANDBOX if self.is_sandbox else Onboarding.LIVE

    def days_of(self, figures: Figures) -> int:
        """For how long something has been overdue in a currency; 0 where nothing is."""
        return _days(self.standing, figures)

    @property
    def is_sandbox(self) -> bool:
        """Whether its money is play money."""
        return self.standing.organization.environment is Environment.SANDBOX

    @property
    def drafts(self) -> int:
        return self.standing.summary.drafts if self.standing.summary else 0

    @property
    def awaiting_approval(self) -> int:
        """How many documents wait for approval; those that are no credit notes are drafts, too."""
        return self.standing.summary.awaiting_approval if self.standing.summary else 0

    @property
    def drafts_left(self) -> int:
        """How many drafts wait for nobody's approval."""
        return self.drafts - self.standing.summary.drafts_awaiting if self.standing.summary else 0

    @property
    def trouble(self) -> Trouble:
        """The worst that is the matter with it."""
        if self.standing.summary is None:
            return Trouble.UNREADABLE
        if self.days_overdue:
            return Trouble.OVERDUE
        if self.standing.blockers:
            return Trouble.NOT_READY
        if self.awaiting_approval:
            return Trouble.APPROVAL
        return Trouble.DRAFTS if self.drafts else Trouble.NOTHING


@dataclass(frozen=True, slots=True)
class CurrencySum:
    """What clients come to in a currency. `overdue_clients` is at how many of them something is overdue in it, and
    `days_overdue` how long that is at most. Those of sandboxes are never added to others.
    """

    figures: Figures
    overdue_clients: int
    days_overdue: int


@dataclass(frozen=True, slots=True)
class PracticeOverview:
    """All clients in reach together, and a page of them, the worst first. `by_onboarding` counts the live ones by how
    far they have come, and sandboxes as such, as far as they can be read. `sums` and `with_drafts` are of live clients,
    and `sandbox_sums` of sandboxes; where a practice is a sandbox itself and has no other clients, `sums` are theirs
    (`of_sandboxes`), and there are no `sandbox_sums`.
    """

    practice: OrganizationRef
    clients: int
    by_onboarding: Counter[Onboarding]
    with_drafts: int
    sums: tuple[CurrencySum, ...]
    sandbox_sums: tuple[CurrencySum, ...]
    of_sandboxes: bool
    page: Page[ClientStanding]


async def get_practice_overview(office: Office, *, partner: str, cursor: str, limit: int) -> PracticeOverview:
    """How the clients of a practice stand that the principal can reach, without those that are archived.

    Raises:
        NotAllowed, OrganizationRequired, NotFound: as `find_partner`.
        InvalidInput: a limit out of bounds, or a cursor that this list did not give.
    """
    check_limit(limit)
    after = decode_cursor(cursor, int, int, str, str, str)
    practice = await find_partner(office, partner)
    standing = in_order(await standings(office, await clients_in_reach(office, practice)))
    rest = [one for one in standing if after is None or _position(one) > after]
    left = max(len(rest) - limit, 0)
    page = Page(tuple(rest[:limit]), encode_cursor(*_position(rest[limit - 1])) if left else "", left)
    told, sandboxes = told_apart(practice, standing)
    of_sandboxes = practice.environment is Environment.SANDBOX and all(one.is_sandbox for one in told)
    return PracticeOverview(
        practice=practice,
        clients=len(standing),
        by_onboarding=Counter(map(_counted_as, standing)),
        with_drafts=sum(one.drafts > 0 for one in told),
        sums=sums_of(told),
        sandbox_sums=sums_of(sandboxes),
        of_sandboxes=of_sandboxes,
        page=page,
    )


async def clients_in_reach(office: Office, practice: OrganizationRef) -> list[OrganizationRef]:
    """The clients of a practice that the principal can reach, by name, without the archived ones."""
    reach = office.principal.reach
    return await office.store.directory.read(lambda db: organizations.every_client(db, reach, practice.id))


def in_order(found: Sequence[Standing]) -> list[ClientStanding]:
    """These clients, the worst first."""
    return list(_in_order(tuple(found)))


@latest(16)
def _in_order(found: tuple[Standing, ...]) -> tuple[ClientStanding, ...]:
    return tuple(sorted(map(_client_standing, found), key=_position))


def told_apart(
    practice: OrganizationRef, clients: Sequence[ClientStanding]
) -> tuple[list[ClientStanding], list[ClientStanding]]:
    """Those whose sums are told, and the sandboxes, which are never added to others: of a practice that is a sandbox
    itself and has no other clients it is these whose sums are told.
    """
    live, sandboxes = map(list, _apart(tuple(clients)))
    play = practice.environment is Environment.SANDBOX and not live
    return (sandboxes, []) if play else (live, sandboxes)


def overview_rows(found: Sequence[Standing]) -> tuple[list[Row], list[Row]]:
    """The same of these clients as rows of a file, the worst first, one for each currency; and their totals, those of
    sandboxes apart.
    """
    live, sandboxes = (
        [row for one in some for row in _rows(one)]
        for some in _apart(tuple(sorted(map(_client_standing, found), key=_position)))
    )
    return [*live, *sandboxes], [*totals_of(live), *totals_of(sandboxes, label="Total of sandboxes")]


@latest(16)
def _apart(clients: tuple[ClientStanding, ...]) -> tuple[tuple[ClientStanding, ...], tuple[ClientStanding, ...]]:
    """Those that are live, and the sandboxes."""
    return tuple(one for one in clients if not one.is_sandbox), tuple(one for one in clients if one.is_sandbox)


def _counted_as(client: ClientStanding) -> Onboarding:
    known = client.onboarding is not Onboarding.UNKNOWN
    return Onboarding.SANDBOX if client.is_sandbox and known else client.onboarding


def _rows(client: ClientStanding) -> list[Row]:
    organization, summary = client.standing.organization, client.standing.summary
    documents = summary.documents if summary else 0
    marked = ", sandbox" if client.is_sandbox and client.onboarding is not Onboarding.SANDBOX else ""
    named = f"{organization.name}, {client.onboarding.value.replace('_', ' ')}{marked}"
    return [
        Row(
            label=f"{named}, overdue since {of.overdue_since}" if of.overdue_since else named,
            key=organization.handle,
            currency=of.currency,
            amounts={
                "open": of.open_minor,
                "overdue": of.overdue_minor,
                "owed_to_customers": of.owed_to_customers_minor,
                "this_month": of.this_month_minor,
                "last_month": of.last_month_minor,
                "this_year": of.this_year_minor,
                "last_year": of.last_year_minor,
            },
            documents=documents,
        )
        for of in client.figures or (Figures(organization.currency or NO_CURRENCY),)
    ]


def _client_standing(standing: Standing) -> ClientStanding:
    figures = standing.figures
    return ClientStanding(standing, figures, max((_days(standing, one) for one in figures), default=0))


@lru_cache(SUMMARIES_REMEMBERED)
def name_key(name: str) -> str:
    """What lists are in order by: the name, without case."""
    return fold(name)


def _days(standing: Standing, figures: Figures) -> int:
    return (standing.today - figures.overdue_since).days if figures.overdue_since else 0


def _position(one: ClientStanding) -> tuple[int, int, str, str, str]:
    """Where a client stands in the list: live ones before sandboxes, by what is the matter, then what has been overdue
    longest, then by name.
    """
    organization = one.standing.organization
    since = min((of.overdue_since.isoformat() for of in one.figures if of.overdue_since), default="")
    return int(one.is_sandbox), one.trouble.value, since, name_key(organization.name), organization.handle


def sums_of(clients: Sequence[ClientStanding]) -> tuple[CurrencySum, ...]:
    """What these clients come to, by currency."""
    return _sums_of(tuple(clients))


@latest(16)
def _sums_of(clients: tuple[ClientStanding, ...]) -> tuple[CurrencySum, ...]:
    overdue: dict[str, list[int]] = {}
    for client in clients:
        for of in client.figures:
            if of.overdue_since:
                overdue.setdefault(of.currency, []).append(client.days_of(of))
    return tuple(
        CurrencySum(one, len(overdue.get(one.currency, ())), max(overdue.get(one.currency, ()), default=0))
        for one in sum_of(of for client in clients for of in client.figures)
    )
