"""A practice's clients as its pages show them: what needs attention, what all come to, and a row for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from urllib.parse import urlencode

from invoicing.latest import latest
from invoicing.master_data.profiles import Profile
from invoicing.render.formats import formats_for
from invoicing.reports.summaries import Figures
from operations.attention import Attention, Matter
from operations.clients_at_a_glance import AMOUNTS, Column, Glance, amount_of
from operations.overview import ClientStanding, CurrencySum
from views.base import View
from views.charts import BarChart, bar_chart, month_points
from views.heads import hue_of
from views.listed_documents import formats_of
from views.organizations import place_of
from views.remedies import Words, told

_WRITTEN_MAX = 4_096


class Fact(View):
    """A number, a day or an amount, and where its rows are; `currency` is empty where it is no amount."""

    text: str
    currency: str
    address: str


class Cell(View):
    """What a column says of a client: several facts where there are several currencies. `state` is how far it has come,
    in the column that says so, and `said` what keeps it from issuing.
    """

    column: str
    amount: bool
    facts: list[Fact]
    state: str
    said: str


class ClientRow(View):
    name: str
    handle: str
    place: str
    sandbox: bool
    hue: int
    cells: list[Cell]


class AttentionRow(View):
    """A matter at a client; `place` is where its pages are, and `key` its handle. `days` are as `Attention` has them;
    `said` is what is wrong, in words. Whoever does not decide on approvals at the client sees what waits among its
    drafts.
    """

    matter: str
    name: str
    key: str
    place: str
    sandbox: bool
    hue: int
    count: int
    days: int
    since: str
    amount: str
    currency: str
    said: str
    decides: bool


class SumCard(View):
    """What the clients come to in a currency; empty texts are nothing."""

    currency: str
    open: str
    overdue: str
    overdue_clients: int
    days_overdue: int
    owed_to_customers: str
    this_month: str
    last_month: str
    this_year: str
    last_year: str


class Reading(View):
    """How many clients there are of which all is known, of how many; `address` tells how far that has come, and is
    empty where nothing is left to be read.
    """

    read: int
    count: int
    address: str


def reading_of(glance: Glance, overview: str) -> Reading:
    """How far the books of the clients are read; `overview` is the address of the overview."""
    read = len(glance.clients)
    return Reading(read=read, count=read + glance.unread, address=f"{overview}/reading" if glance.unread else "")


def client_row(
    one: ClientStanding, columns: Sequence[Column], glance: Glance, profile: Profile, words: Words, *, decides: bool
) -> ClientRow:
    """The client with these columns; amounts and days are written as the practice writes them. `decides` is as
    `AttentionRow` has it.
    """
    organization = one.standing.organization
    place = place_of(organization)
    return ClientRow(
        name=organization.name,
        handle=organization.handle,
        place=place,
        sandbox=one.is_sandbox,
        hue=hue_of(organization),
        cells=[
            Cell(
                column=column.value,
                amount=column in AMOUNTS or column in _NUMBERS,
                facts=_facts(one, column, glance.verified, profile, place, decides=decides),
                state=one.onboarding.value if column is Column.STATE else "",
                said=_why_not(one, words) if column is Column.STATE else "",
            )
            for column in columns
        ],
    )


def attention_row(one: Attention, profile: Profile, words: Words, *, decides: bool) -> AttentionRow:
    """The matter, with what is wrong in words where it cannot be said by numbers."""
    organization = one.client.standing.organization
    said = one.mandate.name if one.mandate else ""
    if one.matter in {Matter.UNREADABLE, Matter.NOT_READY}:
        said = _why_not(one.client, words)
    return AttentionRow(
        matter=one.matter.name.lower(),
        name=organization.name,
        key=organization.handle,
        place=place_of(organization),
        sandbox=one.client.is_sandbox,
        hue=hue_of(organization),
        count=one.count,
        days=one.days,
        since=_day(one.since, profile),
        amount=_amount(one.figures.overdue_minor, one.figures.currency, profile) if one.figures else "",
        currency=one.figures.currency if one.figures else "",
        said=said,
        decides=decides,
    )


def sum_card(one: CurrencySum, profile: Profile) -> SumCard:
    of = one.figures

    def text(minor: int) -> str:
        return _amount(minor, of.currency, profile) if minor else ""

    return SumCard(
        currency=of.currency,
        open=text(of.open_minor),
        overdue=text(of.overdue_minor),
        overdue_clients=one.overdue_clients,
        days_overdue=one.days_overdue,
        owed_to_customers=text(of.owed_to_customers_minor),
        this_month=text(of.this_month_minor),
        last_month=text(of.last_month_minor),
        this_year=text(of.this_year_minor),
        last_year=text(of.last_year_minor),
    )


def months_charts(clients: Sequence[ClientStanding], today: date, profile: Profile, *, title: str) -> list[BarChart]:
    """What all of these clients have invoiced in each of the last twelve months, a chart for each currency, that of
    most documents first.
    """
    return list(_months_charts(tuple(clients), today, profile, title))


@latest(16)
def _months_charts(
    clients: tuple[ClientStanding, ...], today: date, profile: Profile, title: str
) -> tuple[BarChart, ...]:
    first = f"{today.year - 1:04}-{today.month:02}"
    totals: dict[str, dict[str, int]] = {}
    documents: dict[str, int] = {}
    for client in clients:
        for of in client.standing.summary.months if client.standing.summary else ():
            if of.month <= first:
                continue
            months = totals.setdefault(of.currency, {})
            months[of.month] = months.get(of.month, 0) + of.total_minor
            documents[of.currency] = documents.get(of.currency, 0) + of.documents
    charts = []
    for currency in sorted(totals, key=lambda one: (-documents[one], one)):
        formats = formats_of(profile, currency)
        charts.append(bar_chart(month_points(totals[currency], today, formats), formats, key=currency, title=title))
    return tuple(one for one in charts if not one.empty)


_NUMBERS = frozenset({Column.DOCUMENTS, Column.CUSTOMERS, Column.DAYS_OVERDUE, Column.DRAFTS, Column.APPROVALS})
_ROWS: Mapping[Column, str] = {
    Column.OPEN: "invoices?status=open",
    Column.OVERDUE: "invoices?status=overdue",
    Column.OWED_TO_CUSTOMERS: "invoices?status=open",
}


def _facts(
    one: ClientStanding, column: Column, verified: Mapping[str, date], profile: Profile, place: str, *, decides: bool
) -> list[Fact]:
    summary = one.standing.summary
    if summary is None:
        return []
    if column in AMOUNTS:
        rows = f"{place}/{_ROWS.get(column) or _of_time(column, one.standing.today)}"
        return [_sum(of, column, profile, rows) for of in one.figures if amount_of(of, column)]
    numbers = {
        Column.DOCUMENTS: (summary.documents, "invoices"),
        Column.CUSTOMERS: (summary.customers, "customers"),
        Column.DAYS_OVERDUE: (one.days_overdue, "invoices?status=overdue"),
        Column.DRAFTS: (summary.drafts, "invoices?status=draft"),
        Column.APPROVALS: (summary.awaiting_approval, "approvals" if decides else "invoices?status=draft"),
    }
    if column in numbers:
        count, rows = numbers[column]
        return [Fact(text=f"{count}", currency="", address=f"{place}/{rows}")] if count else []
    days = {
        Column.LAST_ACTIVITY: one.standing.last_active_on,
        Column.VERIFIED: verified.get(one.standing.organization.id),
    }
    day = days.get(column)
    return [Fact(text=_day(day, profile), currency="", address="")] if day else []


def _sum(of: Figures, column: Column, profile: Profile, rows: str) -> Fact:
    return Fact(text=_amount(amount_of(of, column), of.currency, profile), currency=of.currency, address=rows)


def _of_time(column: Column, today: date) -> str:
    """The documents that make up a total of a month or year."""
    first = {
        Column.THIS_MONTH: today.replace(day=1),
        Column.THIS_YEAR: today.replace(month=1, day=1),
        Column.LAST_YEAR: date(today.year - 1, 1, 1),
    }
    last = {Column.LAST_YEAR: date(today.year - 1, 12, 31), Column.LAST_MONTH: _before(today.replace(day=1))}
    begins = first.get(column) or last[column].replace(day=1)
    limits = {"from": begins.isoformat()} | ({"to": last[column].isoformat()} if column in last else {})
    return f"invoices?{urlencode(limits)}"


def _before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


def _why_not(one: ClientStanding, words: Words) -> str:
    return " ".join(told(blocker, words) for blocker in one.standing.blockers)


def _amount(minor: int, currency: str, profile: Profile) -> str:
    return _written(minor, currency or profile.currency, profile.locale)


def _day(day: date | None, profile: Profile) -> str:
    return _day_written(day, profile.locale, profile.currency) if day else ""


# A practice looks at its clients again and again, and few of their figures have changed.
@lru_cache(_WRITTEN_MAX)
def _written(minor: int, currency: str, locale: str) -> str:
    return formats_for(locale, currency).amount(minor)


@lru_cache(_WRITTEN_MAX)
def _day_written(day: date, locale: str, currency: str) -> str:
    return formats_for(locale, currency).date(day)
