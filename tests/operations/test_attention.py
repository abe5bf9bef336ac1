"""What needs attention comes in its order: no currency is compared with another, and nothing is told too early."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from invoicing.document.readiness import Blocker
from invoicing.organizations import Environment, NamedWrites, OrganizationKind, OrganizationRef, Role
from invoicing.reports.summaries import OpenMandate, Owed, Summary, figures_on
from operations.attention import Attention, Matter, attention_at
from operations.clients_at_a_glance import Asked, Column, Glance, chosen
from operations.overview import ClientStanding
from operations.summaries import Standing

TODAY = date(2026, 11, 29)


def client(
    name: str, *owed: tuple[str, int, int], live: bool = True, readable: bool = True, **kept: object
) -> ClientStanding:
    """A client that is owed amounts, each with its currency and for how many days it is overdue."""
    summary = Summary(
        day=TODAY,
        time_zone="UTC",
        documents=3,
        drafts=0,
        customers=1,
        items=0,
        last_activity=datetime(2026, 11, 1, tzinfo=UTC),
        blockers=(),
        months=(),
        owed=tuple(Owed(currency, TODAY - timedelta(days=days), minor) for currency, minor, days in owed),
    )
    for field, value in kept.items():
        object.__setattr__(summary, field, value)
    organization = OrganizationRef(
        id=f"id-{name}",
        handle=name,
        name=name,
        kind=OrganizationKind.STANDARD,
        environment=Environment.LIVE if live else Environment.SANDBOX,
        country="DE",
        currency="EUR",
        partner_id="practice",
        named_writes=NamedWrites.LIVE,
        archived=False,
        role=Role.OWNER,
    )
    standing = Standing(organization, summary if readable else None, summary.blockers, TODAY)
    days = max((one[2] for one in owed), default=0)
    return ClientStanding(standing, figures_on(summary, TODAY) if readable else (), days)


def told(found: list[Attention]) -> list[tuple[str, Matter]]:
    return [(one.client.standing.organization.name, one.matter) for one in found]


def test_the_worst_comes_first_and_the_largest_of_each_currency_before_the_second() -> None:
    clients = [
        client("play", ("EUR", 900_000, 300), live=False),
        client("small", ("EUR", 100, 90)),
        client("large", ("EUR", 90_000, 20)),
        client("yen", ("JPY", 5_000_000, 30)),
        client("lately", ("EUR", 990_000, 14)),
        client("blocked", blockers=(Blocker(("iban",), "No bank account."),)),
        client("gone", readable=False),
    ]
    found = attention_at(clients, {})
    assert told(found) == [
        ("gone", Matter.UNREADABLE),
        ("yen", Matter.OVERDUE),
        ("large", Matter.OVERDUE),
        ("small", Matter.OVERDUE),
        ("blocked", Matter.NOT_READY),
        ("play", Matter.OVERDUE),
    ]
    earlier = attention_at(clients, {}, overdue_days=13)
    assert [one.days for one in earlier if one.matter is Matter.OVERDUE] == [30, 14, 20, 90, 300]


def test_a_legal_date_is_told_from_90_days_before_until_a_month_after() -> None:
    def mandate(days: int) -> OpenMandate:
        return OpenMandate(f"m{days}", f"In {days}", TODAY + timedelta(days=days), strict=True)

    one = client("one", mandates=tuple(mandate(days) for days in (91, 90, 1, -31, -32)))
    assert [of.days for of in attention_at([one], {})] == [-31, 1, 90]


def test_a_chain_is_to_be_checked_a_month_after_its_first_document_or_the_last_check() -> None:
    def days(first: int | None, verified: int | None) -> list[int]:
        one = client("one", first_document=TODAY - timedelta(days=first) if first is not None else None)
        known = {} if verified is None else {"id-one": TODAY - timedelta(days=verified)}
        return [of.days for of in attention_at([one], known)]

    assert days(None, None) == []
    assert days(31, None) == []
    assert days(32, None) == [32]
    assert days(400, 31) == []
    assert days(400, 50) == [50]


def test_amounts_are_in_order_within_the_currency_that_most_clients_have() -> None:
    clients = [
        client("a", ("USD", 10, 1)),
        client("b", ("EUR", 10, 1)),
        client("c", ("EUR", 30, 1), ("USD", 1, 1)),
        client("d"),
        client("e", ("EUR", 20, 1)),
    ]
    found = chosen(Glance(clients, {}), Asked(order=Column.OPEN, downwards=True))
    assert [one.standing.organization.name for one in found] == ["c", "e", "b", "a", "d"]
