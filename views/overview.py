"""A practice's overview as it is shown: sums of all clients, and a line for each of a page of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from invoicing.money.amounts import money_text
from invoicing.organizations import Environment
from invoicing.reports.summaries import Figures
from invoicing.text.typed import counted
from operations.overview import ClientStanding, CurrencySum, Onboarding, PracticeOverview
from views.base import LIST_UNSPELT, SEVERAL_UNSPELT, View
from views.organizations import heading
from views.remedies import Words, told

CURRENCIES_SHOWN = 5
SANDBOX_CURRENCIES_SHOWN = 2
_REASONS_SAID_MAX = 600
_LINE_LENGTH = 200
_SHORT_NAME = 16
_FORMS = ((2, True, 120), (1, True, 40), (1, False, 40))
"""Of how many currencies the amounts are told, whether with the year's total, and how long a name may be: the first
with which a line is short.
"""


class FiguresAnswer(View):
    """Amounts in one currency; totals are with tax, less credit notes."""

    currency: str
    open: str
    overdue: str
    days_overdue: int
    owed_to_customers: str
    this_month: str
    last_month: str
    this_year: str
    last_year: str


class SumAnswer(FiguresAnswer):
    """`environment` is sandbox where it is play money."""

    environment: str
    overdue_clients: int


class ClientStandingAnswer(View):
    """`status` is sandbox, not_ready, live or, where the books cannot be read, unknown. What is `awaiting_approval` is
    among the `drafts`, but for credit notes.
    """

    handle: str
    name: str
    environment: str
    status: str
    days_overdue: int
    figures: Annotated[list[FiguresAnswer], SEVERAL_UNSPELT]
    documents: int
    drafts: int
    awaiting_approval: int
    last_activity: str
    attention: list[str]


class OverviewAnswer(View):
    """`sums` are of all live clients in reach, on the page or not; `sandbox_sums` of sandboxes. A practice that is a
    sandbox and has no other clients has theirs in `sums`.
    """

    count: int
    with_drafts: int
    sums: Annotated[list[SumAnswer], LIST_UNSPELT]
    sandbox_sums: Annotated[list[SumAnswer], LIST_UNSPELT]
    clients: Annotated[list[ClientStandingAnswer], LIST_UNSPELT]


def overview_answer(overview: PracticeOverview, words: Words) -> dict[str, object]:
    """The fields of `OverviewAnswer`."""
    return {
        "count": overview.clients,
        "with_drafts": overview.with_drafts,
        "sums": [_sum_answer(one, sandbox=overview.of_sandboxes) for one in overview.sums],
        "sandbox_sums": [_sum_answer(one, sandbox=True) for one in overview.sandbox_sums],
        "clients": [_client_answer(one, words) for one in overview.page.items],
    }


def overview_lines(overview: PracticeOverview, words: Words) -> Iterator[str]:
    """All clients together, their sums by currency, and a line for each client of the page."""
    if not overview.clients:
        yield "No clients in reach."
        return
    of = overview.by_onboarding
    parts = [f"{of[one]:,} {word}" for one, word in _STATUS_WORDS.items() if of[one]]
    drafts = f"; {overview.with_drafts:,} with drafts" if overview.with_drafts else ""
    yield f"{counted(overview.clients, 'client')}: {', '.join(parts)}{drafts}"
    mark = "Sandbox " if overview.of_sandboxes else ""
    for one in overview.sums[:CURRENCIES_SHOWN]:
        yield f"{mark}{_sum_line(one)}"
    if (left := len(overview.sums) - CURRENCIES_SHOWN) > 0:
        yield f"And in {counted(left, 'other currency')}."
    if overview.sandbox_sums:
        yield _sandbox_line(overview.sandbox_sums)
    yield "The worst first:"
    room = _REASONS_SAID_MAX
    for client in overview.page.items:
        reasons = " ".join(told(one, words) for one in client.standing.blockers)
        said = reasons if len(reasons) <= room else ""
        room -= len(said)
        yield _client_line(client, said)


_STATUS_WORDS = {
    Onboarding.LIVE: "live",
    Onboarding.SANDBOX: "sandbox",
    Onboarding.NOT_READY: "not ready",
    Onboarding.UNKNOWN: "cannot be read",
}


def _sum_answer(one: CurrencySum, *, sandbox: bool) -> SumAnswer:
    environment = Environment.SANDBOX if sandbox else Environment.LIVE
    amounts = _amounts(one.figures, one.days_overdue)
    return SumAnswer(**amounts, environment=environment.value, overdue_clients=one.overdue_clients)


def _client_answer(client: ClientStanding, words: Words) -> ClientStandingAnswer:
    standing = client.standing
    organization, last = standing.organization, standing.last_active_on
    return ClientStandingAnswer(
        handle=organization.handle,
        name=organization.name,
        environment=organization.environment,
        status=client.onboarding.value,
        days_overdue=client.days_overdue,
        figures=[FiguresAnswer(**_amounts(one, client.days_of(one))) for one in client.figures],
        documents=standing.summary.documents if standing.summary else 0,
        drafts=client.drafts,
        awaiting_approval=client.awaiting_approval,
        last_activity=last.isoformat() if last else "",
        attention=[
            *(told(one, words) for one in standing.blockers),
            *(
                [f"{counted(client.awaiting_approval, 'document')} {_wait(client)} for approval."]
                if client.awaiting_approval
                else []
            ),
        ],
    )


def _amounts(of: Figures, days_overdue: int) -> dict[str, Any]:
    return {
        "currency": of.currency,
        "open": money_text(of.open_minor, of.currency),
        "overdue": money_text(of.overdue_minor, of.currency),
        "days_overdue": days_overdue,
        "owed_to_customers": money_text(of.owed_to_customers_minor, of.currency),
        "this_month": money_text(of.this_month_minor, of.currency),
        "last_month": money_text(of.last_month_minor, of.currency),
        "this_year": money_text(of.this_year_minor, of.currency),
        "last_year": money_text(of.last_year_minor, of.currency),
    }


def _sum_line(one: CurrencySum) -> str:
    of = one.figures
    parts = [f"open {money_text(of.open_minor, of.currency)}"]
    if one.overdue_clients:
        where = f"at {counted(one.overdue_clients, 'client')}, for up to {counted(one.days_overdue, 'day')}"
        parts.append(f"overdue {money_text(of.overdue_minor, of.currency)} {where}")
    if of.owed_to_customers_minor:
        parts.append(f"owed to customers {money_text(of.owed_to_customers_minor, of.currency)}")
    parts += [
        f"{name} {money_text(minor, of.currency)}"
        for name, minor in (
            ("this month", of.this_month_minor),
            ("last month", of.last_month_minor),
            ("this year", of.this_year_minor),
            ("last year", of.last_year_minor),
        )
        if minor
    ]
    return f"{of.currency}: {', '.join(parts)}"


def _sandbox_line(sums: Sequence[CurrencySum]) -> str:
    """What the sandboxes come to, in a line: it is play money."""
    figures = [one.figures for one in sums]
    amounts = "; ".join(_amount_parts(figures, SANDBOX_CURRENCIES_SHOWN, year=True))
    return f"Sandboxes, not in these sums: {amounts or 'nothing open'}."


def _client_line(client: ClientStanding, reasons: str) -> str:
    """The client in a line, which says less of its amounts and name where it would be long."""
    lines = (_line(client, amounts, year=year, name=name) for amounts, year, name in _FORMS)
    line = next((line for line in lines if len(line) <= _LINE_LENGTH), None)
    return " ".join(filter(None, [line or _line(client, 1, year=False, name=_SHORT_NAME, short=True), reasons]))


def _line(client: ClientStanding, amounts: int, *, year: bool, name: int, short: bool = False) -> str:
    standing, summary = client.standing, client.standing.summary
    organization = standing.organization
    shown = heading(organization)
    if len(organization.name) > name:
        shown = f"{organization.name[:name].rstrip()}... ({organization.handle})"
    if summary is None:
        return f"- {shown}: cannot be read."
    parts = [f"{counted(client.days_overdue, 'day')} overdue" if client.days_overdue else "nothing overdue"]
    parts += _amount_parts(client.figures, amounts, year=year)
    if not short:
        parts.append(counted(summary.documents, "document"))
    if last := standing.last_active_on:
        parts.append(f"last active {last.isoformat()}")
    parts.append(_STATUS_WORDS[client.onboarding])
    if client.is_sandbox and client.onboarding is not Onboarding.SANDBOX:
        parts.append("sandbox")
    if client.awaiting_approval:
        parts.append(f"{client.awaiting_approval:,} {_wait(client)} for approval")
    if client.drafts_left:
        parts.append(f"{counted(client.drafts_left, 'draft')} waiting")
    return f"- {shown}: {', '.join(parts)}."


def _wait(client: ClientStanding) -> str:
    return "waits" if client.awaiting_approval == 1 else "wait"


def _amount_parts(figures: Sequence[Figures], most: int, *, year: bool) -> Iterator[str]:
    """Overdue, open and this year's total of the currencies in which most is the matter."""
    shown = sorted(figures, key=lambda of: (not of.overdue_minor, not of.open_minor, of.currency))
    for of in shown[:most]:
        named = [("overdue", of.overdue_minor), ("open", of.open_minor)]
        if year:
            named.append(("this year", of.this_year_minor))
        told_of = [f"{name} {money_text(minor, of.currency)}" for name, minor in named if minor]
        if told_of:
            yield f"{of.currency} {' '.join(told_of)}"
    if len(shown) > most:
        yield f"{len(shown) - most} more in other currencies"
