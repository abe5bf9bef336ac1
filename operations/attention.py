"""What needs attention at a practice's clients, the worst first: each matter with what it is measured by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from invoicing.latest import latest
from invoicing.reports.summaries import Figures, OpenMandate
from operations.overview import ClientStanding, name_key

OVERDUE_DAYS = 14
"""Overdue for longer than this is a matter for attention, where nobody asks for another number of days."""
MANDATE_DAYS = 90
_BEGUN_DAYS = 31
UNVERIFIED_DAYS = 31


class Matter(IntEnum):
    """What somebody is to look at, the worst first."""

    UNREADABLE = 0
    OVERDUE = 1
    NOT_READY = 2
    MANDATE = 3
    APPROVAL = 4
    RETURNED = 5
    OLD_DRAFTS = 6
    UNVERIFIED = 7


WORK = (Matter.UNREADABLE, Matter.OVERDUE, Matter.NOT_READY, Matter.APPROVAL, Matter.RETURNED, Matter.OLD_DRAFTS)
"""What somebody who works for a client has to do there: what is left is the practice's own to look after."""


@dataclass(frozen=True, slots=True)
class Attention:
    """A matter at a client. `count` is of documents or drafts, `days` for how long it has been so, or how long until
    the legal date: less than zero once that has begun. `since` is the day that they are counted from; `figures` are
    those of the currency in which something is overdue.
    """

    client: ClientStanding
    matter: Matter
    count: int = 0
    days: int = 0
    since: date | None = None
    figures: Figures | None = None
    mandate: OpenMandate | None = None


def attention_at(
    clients: Sequence[ClientStanding], verified: Mapping[str, date], *, overdue_days: int = OVERDUE_DAYS
) -> list[Attention]:
    """All matters of these clients, live ones before sandboxes, then the worst first; those of a kind by what they
    come to. `verified` is when the chains of each organization were last found in order, by its id.

    No currency is compared with another: first comes the greatest of each, then the second of each.
    """
    return list(_attention_at(tuple(clients), dict(verified), overdue_days))


@latest(16)
def _attention_at(
    clients: tuple[ClientStanding, ...], verified: Mapping[str, date], overdue_days: int
) -> tuple[Attention, ...]:
    found = [one for client in clients for one in _matters(client, verified, overdue_days)]
    ranks = _ranks(found)
    return tuple(sorted(found, key=lambda one: _position(one, ranks.get(id(one), 0))))


def work_at(found: Sequence[Attention], matters: Sequence[Matter] = WORK) -> Sequence[tuple[Attention, ...]]:
    """What is to be done, client by client, in the order of the worst matter of each."""
    return _work_at(tuple(found), tuple(matters))


@latest(32)
def _work_at(found: tuple[Attention, ...], matters: tuple[Matter, ...]) -> tuple[tuple[Attention, ...], ...]:
    by_client: dict[str, list[Attention]] = {}
    for one in found:
        if one.matter in matters:
            by_client.setdefault(one.client.standing.organization.id, []).append(one)
    return tuple(map(tuple, by_client.values()))


def _matters(client: ClientStanding, verified: Mapping[str, date], overdue_days: int) -> Iterator[Attention]:
    standing = client.standing
    summary, today = standing.summary, standing.today
    if summary is None:
        yield Attention(client, Matter.UNREADABLE)
        return
    for of in client.figures:
        if of.overdue_since and (days := client.days_of(of)) > overdue_days:
            yield Attention(client, Matter.OVERDUE, days=days, since=of.overdue_since, figures=of)
    if standing.blockers:
        yield Attention(client, Matter.NOT_READY, count=len(standing.blockers))
    for mandate in summary.mandates:
        if today - timedelta(days=_BEGUN_DAYS) <= mandate.since <= today + timedelta(days=MANDATE_DAYS):
            days = (mandate.since - today).days
            yield Attention(client, Matter.MANDATE, days=days, since=mandate.since, mandate=mandate)
    if client.awaiting_approval:
        yield Attention(client, Matter.APPROVAL, count=client.awaiting_approval)
    if summary.returned:
        yield Attention(client, Matter.RETURNED, count=summary.returned)
    drafts, oldest = summary.old_drafts_on(today)
    if drafts and oldest:
        yield Attention(client, Matter.OLD_DRAFTS, count=drafts, days=(today - oldest).days, since=oldest)
    if summary.first_document:
        since = max(verified.get(standing.organization.id, summary.first_document), summary.first_document)
        if (days := (today - since).days) > UNVERIFIED_DAYS:
            yield Attention(client, Matter.UNVERIFIED, count=summary.documents, days=days, since=since)


def _ranks(found: Sequence[Attention]) -> dict[int, int]:
    """The place of each of these very objects among those in its currency: how many are overdue with more."""
    by_currency: dict[str, list[Attention]] = {}
    for one in found:
        if one.figures is not None:
            by_currency.setdefault(one.figures.currency, []).append(one)
    greatest_first = (sorted(some, key=_overdue_minor, reverse=True) for some in by_currency.values())
    return {id(one): rank for some in greatest_first for rank, one in enumerate(some)}


def _overdue_minor(one: Attention) -> int:
    return one.figures.overdue_minor if one.figures else 0


def _position(one: Attention, rank: int) -> tuple[bool, int, int, int, str, str]:
    organization = one.client.standing.organization
    size = one.days if one.matter is Matter.MANDATE else -one.count
    return (
        one.client.is_sandbox,
        one.matter.value,
        rank,
        -one.days if one.matter is Matter.OVERDUE else size,
        name_key(organization.name),
        organization.handle,
    )
