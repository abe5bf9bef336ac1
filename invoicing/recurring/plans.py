"""What a practice bills its clients for its own services, and the lines that it comes to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import assert_never

from invoicing.document.requested import RequestedLine
from invoicing.money.amounts import plain
from invoicing.text.typed import counted

HOURS_MAX = Decimal(1_000)
UNBILLED_MAX = 900
"""How many entries of hours wait to be billed at a client: each is a line of one bill, beside what else it bills."""
ONE_MONTH = Decimal(1)


def entry_id(client_id: str, code: str) -> str:
    """The id of a plan or of hours that have this code at a client."""
    return f"{client_id}/{code}"


def code_in(entry: str) -> str:
    """The code that a plan or hours of this id have at their client."""
    return entry.partition("/")[2]


class PlanKind(StrEnum):
    """What is counted: the month itself, each document that the client issued in it, or each hour that was entered."""

    MONTH = "month"
    DOCUMENT = "document"
    HOUR = "hour"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a client is billed for, from `first_month` to `last_month` (as in `2026-03`; empty: without end).
    `client_id` is the organization, with which the `id` begins, `customer_id` the customer of the practice that it is;
    `price` is of one that is counted.
    """

    id: str
    name: str
    client_id: str
    customer_id: str
    kind: PlanKind
    price: Decimal
    currency: str
    first_month: str
    item_id: str = ""
    tax_code: str = ""
    last_month: str = ""
    active: bool = True

    def covers(self, month: str) -> bool:
        return self.active and self.first_month <= month and (not self.last_month or month <= self.last_month)

    def meets(self, other: Plan) -> bool:
        """Whether there is a month of both."""
        return (not other.last_month or self.first_month <= other.last_month) and (
            not self.last_month or other.first_month <= self.last_month
        )


@dataclass(frozen=True, slots=True)
class Hours:
    """What somebody worked for a client, with whose id the `id` begins, on a day."""

    id: str
    client_id: str
    day: date
    hours: Decimal
    description: str
    who: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class Counted:
    """What a plan counts in a month: `quantity`, and the hours that it is made of."""

    plan: Plan
    quantity: Decimal
    hours: tuple[Hours, ...] = field(default=())


def counted_for(plan: Plan, *, documents: int, hours: Iterable[Hours]) -> Counted:
    """What the plan counts: `documents` that the client issued, `hours` that are not billed yet."""
    match plan.kind:
        case PlanKind.MONTH:
            return Counted(plan, ONE_MONTH)
        case PlanKind.DOCUMENT:
            return Counted(plan, Decimal(documents))
        case PlanKind.HOUR:
            entered = tuple(hours)
            return Counted(plan, sum((one.hours for one in entered), Decimal(0)), entered)
        case _:
            assert_never(plan.kind)


def lines_of(counted_ones: Sequence[Counted], *, client: str, month: str) -> tuple[RequestedLine, ...]:
    """The lines that bill what was counted, each of which says for whom and when; hours are a line each."""
    return tuple(line for one in counted_ones if one.quantity for line in _lines(one, client, month))


def _lines(one: Counted, client: str, month: str) -> list[RequestedLine]:
    plan = one.plan
    for_whom = f"{plan.name}: {client}, {month}"
    match plan.kind:
        case PlanKind.MONTH:
            return [_line(plan, one.quantity, for_whom)]
        case PlanKind.DOCUMENT:
            return [_line(plan, one.quantity, f"{for_whom}, {counted(int(one.quantity), 'document')} issued")]
        case PlanKind.HOUR:
            return [
                _line(plan, each.hours, f"{for_whom}\n{each.day.isoformat()} {each.who}: {each.description}")
                for each in one.hours
            ]
        case _:
            assert_never(plan.kind)


def _line(plan: Plan, quantity: Decimal, description: str) -> RequestedLine:
    return RequestedLine(
        quantity=quantity,
        item=plan.item_id,
        description=description,
        unit="h" if plan.kind is PlanKind.HOUR else "",
        unit_price=plan.price,
        tax_code=plan.tax_code,
    )


def counted_text(one: Counted) -> str:
    """`Bookkeeping: 42 documents`."""
    match one.plan.kind:
        case PlanKind.MONTH:
            return f"{one.plan.name}: the month"
        case PlanKind.DOCUMENT:
            return f"{one.plan.name}: {counted(int(one.quantity), 'document')}"
        case PlanKind.HOUR:
            return f"{one.plan.name}: {plain(one.quantity)} h"
        case _:
            assert_never(one.plan.kind)
