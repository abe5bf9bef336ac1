"""All clients of a practice at a glance: limited, put in order, and by which of their figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from invoicing.latest import latest
from invoicing.organizations import OrganizationRef
from invoicing.reports.summaries import Figures
from operations.access import Office
from operations.overview import ClientStanding, Onboarding, clients_in_reach, in_order, name_key
from operations.summaries import standings
from storage.directory.verifications import verified_at
from storage.paging import search_words


class Column(StrEnum):
    """What can be told of each client; those of amounts are told by currency."""

    STATE = "state"
    DOCUMENTS = "documents"
    CUSTOMERS = "customers"
    OPEN = "open"
    OVERDUE = "overdue"
    DAYS_OVERDUE = "days_overdue"
    OWED_TO_CUSTOMERS = "owed_to_customers"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    THIS_YEAR = "this_year"
    LAST_YEAR = "last_year"
    DRAFTS = "drafts"
    APPROVALS = "approvals"
    LAST_ACTIVITY = "last_activity"
    VERIFIED = "verified"


class State(StrEnum):
    """Which clients are told."""

    ALL = ""
    OWING = "owing"
    OVERDUE = "overdue"
    NOT_READY = "not_ready"
    APPROVALS = "approvals"
    DRAFTS = "drafts"
    READY = "ready"
    UNREADABLE = "unreadable"


READ_AT_ONCE = 25
"""The books of so many clients are read while somebody waits for a page."""
AMOUNTS: frozenset[Column] = frozenset(
    {
        Column.OPEN,
        Column.OVERDUE,
        Column.OWED_TO_CUSTOMERS,
        Column.THIS_MONTH,
        Column.LAST_MONTH,
        Column.THIS_YEAR,
        Column.LAST_YEAR,
    }
)
WORST = "worst"
"""The order in which what is the matter comes first; `name` is another, and each column one by itself."""
NAME = "name"
ORDERS = (WORST, NAME, *Column)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list of clients is limited to, and its order: `environment` is live or sandbox, or empty for both."""

    query: str = ""
    state: State = State.ALL
    environment: str = ""
    order: str = WORST
    downwards: bool = False


@dataclass(frozen=True, slots=True)
class Glance:
    """The clients in reach, the worst first; `verified` is when each was last found in order, by id. `unread` is how
    many are left out because their books have yet to be read.
    """

    clients: list[ClientStanding]
    verified: Mapping[str, date]
    unread: int = 0


async def glance_at_clients(office: Office, practice: OrganizationRef) -> Glance:
    """How the clients of a practice stand that the principal can reach. No books are opened that have not changed, and
    of those that have at most so many: whoever asks again is told of more.
    """
    reached = await clients_in_reach(office, practice)
    clients = in_order(await standings(office, reached, at_most=READ_AT_ONCE))
    ids = [one.standing.organization.id for one in clients]
    found = await office.store.directory.read(lambda db: verified_at(db, ids))
    return Glance(clients, _days_at(tuple(clients), found), len(reached) - len(clients))


@latest(16)
def _days_at(clients: tuple[ClientStanding, ...], moments: Mapping[str, datetime]) -> Mapping[str, date]:
    """The days of these moments, by id, each at the client's own place."""
    summaries = {one.standing.organization.id: one.standing.summary for one in clients}

    def day_at(organization_id: str, moment: datetime) -> date:
        summary = summaries[organization_id]
        return moment.astimezone(ZoneInfo(summary.time_zone) if summary else UTC).date()

    return {one: day_at(one, moment) for one, moment in moments.items()}


def chosen(glance: Glance, asked: Asked) -> list[ClientStanding]:
    """Those that are asked for, in the order that is asked for; amounts are compared within a currency, and the
    currency of most clients comes first.
    """
    words = search_words(asked.query)
    found = (
        [one for one in glance.clients if _is_meant(one, asked) and _holds(one, words)]
        if _limits(asked)
        else [*glance.clients]
    )
    if asked.order == WORST:
        return found[::-1] if asked.downwards else found
    if asked.order == NAME:
        return sorted(found, key=_name, reverse=asked.downwards)
    column = Column(asked.order)
    if column in AMOUNTS:
        return _by_amount(found, column, downwards=asked.downwards)
    # The second sorting keeps what the first has put in order.
    found.sort(key=_name)
    return sorted(found, key=lambda one: _size(one, column, glance.verified), reverse=asked.downwards)


def amount_of(figures: Figures, column: Column) -> int:
    """What a column of amounts says, in minor units."""
    return {
        Column.OPEN: figures.open_minor,
        Column.OVERDUE: figures.overdue_minor,
        Column.OWED_TO_CUSTOMERS: figures.owed_to_customers_minor,
        Column.THIS_MONTH: figures.this_month_minor,
        Column.LAST_MONTH: figures.last_month_minor,
        Column.THIS_YEAR: figures.this_year_minor,
        Column.LAST_YEAR: figures.last_year_minor,
    }[column]


def _limits(asked: Asked) -> bool:
    return bool(asked.query or asked.state or asked.environment)


def _is_meant(one: ClientStanding, asked: Asked) -> bool:
    if asked.environment and one.standing.organization.environment.value != asked.environment:
        return False
    match asked.state:
        case State.ALL:
            return True
        case State.OWING:
            return any(of.open_minor for of in one.figures)
        case State.OVERDUE:
            return one.days_overdue > 0
        case State.NOT_READY:
            return one.onboarding is Onboarding.NOT_READY
        case State.APPROVALS:
            return one.awaiting_approval > 0
        case State.DRAFTS:
            return one.drafts > 0
        case State.READY:
            return one.onboarding in {Onboarding.LIVE, Onboarding.SANDBOX}
        case State.UNREADABLE:
            return one.onboarding is Onboarding.UNKNOWN


def _holds(one: ClientStanding, words: Sequence[str]) -> bool:
    if not words:
        return True
    held = f"{name_key(one.standing.organization.name)} {one.standing.organization.handle}"
    return all(word in held for word in words)


def _name(one: ClientStanding) -> tuple[str, str]:
    return name_key(one.standing.organization.name), one.standing.organization.handle


def _by_amount(found: list[ClientStanding], column: Column, *, downwards: bool) -> list[ClientStanding]:
    """By the amount of each in its own currency, those without one last."""
    used = Counter(of.currency for one in found for of in one.figures if amount_of(of, column))
    places = {currency: place for place, currency in enumerate(sorted(used, key=lambda one: (-used[one], one)))}

    def position(one: ClientStanding) -> tuple[int, int, tuple[str, str]]:
        mine = [of for of in one.figures if amount_of(of, column)]
        if not mine:
            return len(places), 0, _name(one)
        of = min(mine, key=lambda of: places[of.currency])
        minor = amount_of(of, column)
        return places[of.currency], -minor if downwards else minor, _name(one)

    return sorted(found, key=position)


def _size(one: ClientStanding, column: Column, verified: Mapping[str, date]) -> tuple[int, int]:
    summary, organization = one.standing.summary, one.standing.organization
    never = date.min
    if summary is None:
        return -1, 0
    match column:
        case Column.STATE:
            return 0, list(Onboarding).index(one.onboarding)
        case Column.DOCUMENTS:
            return 0, summary.documents
        case Column.CUSTOMERS:
            return 0, summary.customers
        case Column.DRAFTS:
            return 0, summary.drafts
        case Column.APPROVALS:
            return 0, summary.awaiting_approval
        case Column.LAST_ACTIVITY:
            return 0, (one.standing.last_active_on or never).toordinal()
        case Column.VERIFIED:
            return 0, verified.get(organization.id, never).toordinal()
        case _:
            return 0, one.days_overdue
