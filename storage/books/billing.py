"""Queries on how a practice bills its clients: plans, hours, and what was billed of them.

What was billed is kept in rows that never change; it counts while its draft, or what that became, stands
(`storage.books.recurring`).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from invoicing.recurring.plans import Counted, Hours, Plan, PlanKind
from storage.books import recurring_tables
from storage.books.recurring import standing
from storage.queries.statements import Kept, execute, flat, insert_rows, table_of

_PLANS = Kept(recurring_tables.BillingPlan, Plan, kind=PlanKind)
_HOURS = Kept(recurring_tables.BillingHours, Hours)
_PERIODS, _BILLED = table_of(recurring_tables.BilledPeriod), table_of(recurring_tables.BilledHours)
_PLANS_IN_ORDER = _PLANS.all.order_by(_PLANS.table.c.id)
_HOURS_IN_ORDER = _HOURS.all.order_by(_HOURS.table.c.day, _HOURS.table.c.id)
_HOURS_OF = _HOURS.all.where(
    _HOURS.table.c.client_id.in_(bindparam("clients", expanding=True)),
    _HOURS.table.c.active.is_(True),
    _HOURS.table.c.day.between(bindparam("first"), bindparam("last")),
).order_by(_HOURS.table.c.day, _HOURS.table.c.id)
_PLANS_OF = _PLANS.all.where(_PLANS.table.c.client_id.in_(bindparam("clients", expanding=True))).order_by(
    _PLANS.table.c.id
)
_CLIENTS_WITH_HOURS = select(_HOURS.table.c.id, _HOURS.table.c.client_id).where(
    _HOURS.table.c.active.is_(True), _HOURS.table.c.day <= bindparam("last")
)
_LAST = select(func.coalesce(func.max(_PERIODS.c.position), 0))
_OF_PLAN = select(_PERIODS.c.draft).where(_PERIODS.c.plan == bindparam("plan"), _PERIODS.c.month == bindparam("month"))
_IN_DRAFT = (
    select(_PERIODS.c.plan, _PERIODS.c.quantity)
    .where(_PERIODS.c.draft == bindparam("draft"))
    .order_by(_PERIODS.c.position)
)
_CLIENTS_IN_DRAFT = select(_PERIODS.c.client_id).where(_PERIODS.c.draft == bindparam("draft"))
_DRAFTS_OF_HOURS = (
    select(_BILLED.c.hours_id, _PERIODS.c.draft)
    .join_from(_BILLED, _PERIODS, _PERIODS.c.position == _BILLED.c.period)
    .where(_BILLED.c.hours_id.in_(bindparam("ids", expanding=True)))
)
_ADD_PERIOD, _ADD_HOURS = _PERIODS.insert().inline(), _BILLED.insert().inline()
_AT_ONCE = 500


def load_plans(session: Session) -> list[Plan]:
    """All plans, those of a client together."""
    return _PLANS.find(session, _PLANS_IN_ORDER)


def plans_of(session: Session, clients: frozenset[str]) -> list[Plan]:
    """The plans for a client, by any of its ids."""
    return _PLANS.find(session, _PLANS_OF, clients=sorted(clients))


def save_plan(session: Session, plan: Plan) -> None:
    """Keep a plan, new or changed."""
    values = flat(plan) | {"kind": plan.kind.value}
    plan_id = values.pop("id")
    if not _PLANS.change(session, plan_id, **values):
        _PLANS.add(session, id=plan_id, **values)


def load_hours(session: Session) -> list[Hours]:
    """All hours in the order of their days."""
    return _HOURS.find(session, _HOURS_IN_ORDER)


def hours_by_id(session: Session, hours_id: str) -> Hours | None:
    return _HOURS.get(session, hours_id)


def save_hours(session: Session, hours: Hours) -> None:
    """Keep hours, new or changed."""
    values = flat(hours)
    hours_id = values.pop("id")
    if not _HOURS.change(session, hours_id, **values):
        _HOURS.add(session, id=hours_id, **values)


def unbilled_hours(session: Session, clients: frozenset[str], first: date, last: date) -> list[Hours]:
    """The hours of these days for a client, by any of its ids, that nothing which stands bills."""
    values = {"clients": sorted(clients), "first": first, "last": last}
    found = _HOURS.find(session, _HOURS_OF, **values)
    billed = drafts_of_hours(session, [one.id for one in found])
    return [one for one in found if one.id not in billed]


def clients_with_unbilled_hours(session: Session, last: date) -> frozenset[str]:
    """The clients that have hours until this day which nothing that stands bills, by the ids that these know."""
    rows = execute(session, _CLIENTS_WITH_HOURS, {"last": last}).all()
    billed = drafts_of_hours(session, [row[0] for row in rows])
    return frozenset(row[1] for row in rows if row[0] not in billed)


def drafts_of_hours(session: Session, ids: list[str]) -> dict[str, str]:
    """The draft that bills each of the hours, and stands; those that nothing bills are left out."""
    made: dict[str, list[str]] = defaultdict(list)
    for start in range(0, len(ids), _AT_ONCE):
        for hours_id, draft in execute(session, _DRAFTS_OF_HOURS, {"ids": ids[start : start + _AT_ONCE]}):
            made[hours_id].append(draft)
    stand = standing(session, (draft for drafts in made.values() for draft in drafts))
    return {hours_id: draft for hours_id, drafts in made.items() for draft in drafts if draft in stand}


def billed_by(session: Session, plan: str, month: str) -> str:
    """The draft that bills the plan for the month, and stands; empty where there is none."""
    drafts = list(execute(session, _OF_PLAN, {"plan": plan, "month": month}).scalars())
    stand = standing(session, drafts)
    return next((draft for draft in drafts if draft in stand), "")


def billed_in(session: Session, draft: str) -> list[tuple[str, Decimal]]:
    """The plans that a draft bills, by their ids, and what was counted for each."""
    return [(row[0], row[1]) for row in execute(session, _IN_DRAFT, {"draft": draft})]


def clients_billed_in(session: Session, draft: str) -> frozenset[str]:
    """The clients that a draft bills, or what it became, by the ids that their plans know."""
    return frozenset(execute(session, _CLIENTS_IN_DRAFT, {"draft": draft}).scalars())


def add_billed(session: Session, counted: Counted, draft: str, *, month: str, at: datetime, by: str) -> None:
    """Keep that the draft bills for the month what was counted."""
    position = int(execute(session, _LAST).scalar_one()) + 1
    values = {
        "position": position,
        "plan": counted.plan.id,
        "client_id": counted.plan.client_id,
        "month": month,
        "draft": draft,
        "quantity": counted.quantity,
        "recorded_at": at,
        "recorded_by": by,
    }
    execute(session, _ADD_PERIOD, values)
    insert_rows(session, _ADD_HOURS, [{"period": position, "hours_id": one.id} for one in counted.hours])
