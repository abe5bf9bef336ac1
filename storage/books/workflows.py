"""Queries on workflows with their steps and conditions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, assert_never

from sqlalchemy import Row, bindparam
from sqlmodel import Session

from invoicing.approval.workflows import (
    Approver,
    Comparison,
    Condition,
    CurrencyIs,
    CustomerIs,
    DraftedBy,
    FirstDocument,
    OverriddenTax,
    PreparedBy,
    Step,
    TotalIs,
    Workflow,
)
from invoicing.document.documents import DocumentKind
from invoicing.money.amounts import plain
from storage.books import settings_tables
from storage.queries.cache import remembered
from storage.queries.statements import execute, insert_rows, table_of

_WORKFLOWS = table_of(settings_tables.Workflow)
_STEPS = table_of(settings_tables.WorkflowStep)
_CONDITIONS = table_of(settings_tables.WorkflowCondition)
_IN_ORDER = _WORKFLOWS.select().order_by(_WORKFLOWS.c.code)
_STEPS_IN_ORDER = _STEPS.select().order_by(*_STEPS.primary_key)
_CONDITIONS_IN_ORDER = _CONDITIONS.select().order_by(*_CONDITIONS.primary_key)
_DROPS = (
    _CONDITIONS.delete().where(_CONDITIONS.c.workflow == bindparam("of_code")),
    _STEPS.delete().where(_STEPS.c.workflow == bindparam("of_code")),
)
_CHANGE = _WORKFLOWS.update().where(_WORKFLOWS.c.code == bindparam("of_code"))
_OF_WORKFLOW = 0


def load_workflows(session: Session) -> tuple[Workflow, ...]:
    """The workflows by code, each with its steps in their order, and all conditions; those out of use as well."""
    return remembered(session, ("workflows",), _load)


def add_workflows(session: Session, workflows: Iterable[Workflow]) -> None:
    """Add new workflows with their steps and conditions."""
    added = list(workflows)
    insert_rows(session, _WORKFLOWS.insert().inline(), ({"code": one.code, **_columns(one)} for one in added))
    for one in added:
        _add_steps(session, one)


def save_workflow(session: Session, workflow: Workflow) -> None:
    """Keep a workflow whole, new or changed."""
    if not execute(session, _CHANGE, {**_columns(workflow), "of_code": workflow.code}).rowcount:
        return add_workflows(session, [workflow])
    for drop in _DROPS:
        execute(session, drop, {"of_code": workflow.code})
    return _add_steps(session, workflow)


def _load(session: Session) -> tuple[Workflow, ...]:
    rows = execute(session, _IN_ORDER).all()
    # Nothing is asked about steps where there are no workflows.
    if not rows:
        return ()
    conditions: dict[tuple[str, int], list[Condition]] = {}
    for row in execute(session, _CONDITIONS_IN_ORDER):
        conditions.setdefault((row.workflow, row.step), []).append(_condition(row))
    steps: dict[str, list[Step]] = {}
    for row in execute(session, _STEPS_IN_ORDER):
        of_step = tuple(conditions.get((row.workflow, row.position), ()))
        steps.setdefault(row.workflow, []).append(Step(Approver(row.approver), row.apart, of_step))
    return tuple(
        Workflow(
            code=row.code,
            name=row.name,
            kind=DocumentKind(row.kind),
            steps=tuple(steps.get(row.code, ())),
            conditions=tuple(conditions.get((row.code, _OF_WORKFLOW), ())),
            active=row.active,
        )
        for row in rows
    )


def _condition(row: Row[*tuple[Any, ...]]) -> Condition:
    match row.subject:
        case "total":
            return TotalIs(Comparison(row.comparison), Decimal(row.value), row.currency)
        case "currency":
            return CurrencyIs(row.currency)
        case "customer":
            return CustomerIs(row.value)
        case "first_document":
            return FirstDocument()
        case "overridden_tax":
            return OverriddenTax()
        case "drafted_by":
            return PreparedBy(DraftedBy(row.value))
    raise ValueError(f"no condition is of {row.subject}")


def _columns(one: Workflow) -> dict[str, object]:
    return {"name": one.name, "kind": one.kind.value, "active": one.active}


def _add_steps(session: Session, one: Workflow) -> None:
    steps = [
        {"workflow": one.code, "position": position, "approver": step.approver.value, "apart": step.apart}
        for position, step in enumerate(one.steps, start=1)
    ]
    insert_rows(session, _STEPS.insert().inline(), steps)
    insert_rows(session, _CONDITIONS.insert().inline(), _condition_rows(one))


def _condition_rows(one: Workflow) -> Iterator[dict[str, object]]:
    for step, conditions in enumerate((one.conditions, *(step.conditions for step in one.steps))):
        for position, condition in enumerate(conditions, start=1):
            of = {"workflow": one.code, "step": step, "position": position}
            yield of | {"comparison": "", "value": "", "currency": ""} | _condition_columns(condition)


def _condition_columns(condition: Condition) -> dict[str, object]:
    match condition:
        case TotalIs(comparison, amount, currency):
            compared = {"comparison": comparison.value, "value": plain(amount), "currency": currency}
            return {"subject": "total", **compared}
        case CurrencyIs(currency):
            return {"subject": "currency", "currency": currency}
        case CustomerIs(customer):
            return {"subject": "customer", "value": customer}
        case FirstDocument():
            return {"subject": "first_document"}
        case OverriddenTax():
            return {"subject": "overridden_tax"}
        case PreparedBy(by):
            return {"subject": "drafted_by", "value": by.value}
        case _:
            assert_never(condition)
