"""Which steps a document waits for: those of all workflows that match it, in the order of their codes."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import assert_never

from invoicing.approval.people import Actor, is_drafted_by
from invoicing.approval.workflows import (
    Approver,
    Comparison,
    Condition,
    CurrencyIs,
    CustomerIs,
    FirstDocument,
    OverriddenTax,
    PreparedBy,
    TotalIs,
    Workflow,
)
from invoicing.document.documents import Document
from invoicing.money.amounts import exact_minor

_COMPARED: Mapping[Comparison, Callable[[int, int], bool]] = {
    Comparison.MORE: operator.gt,
    Comparison.AT_LEAST: operator.ge,
    Comparison.LESS: operator.lt,
    Comparison.AT_MOST: operator.le,
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What conditions are judged on: the composed document, whether it is the first one to its customer, whether a tax
    was chosen against the proposal, and who prepared it.
    """

    document: Document
    first: bool
    overridden: bool
    preparers: tuple[Actor, ...]


@dataclass(frozen=True, slots=True)
class AskedStep:
    """A step that a document waits for: the code of its workflow, its number there, and who approves; None is whoever
    may issue it.
    """

    workflow: str
    number: int
    approver: Approver | None
    apart: bool


POLICY_STEP = AskedStep(workflow="", number=0, approver=None, apart=False)
"""What the policy human_approval wants where no workflow asks: somebody's yes who could have issued the document."""


def steps_asked(workflows: Iterable[Workflow], facts: Facts) -> tuple[AskedStep, ...]:
    """The steps that the document waits for, in the order in which they are decided; none where nothing matches."""
    return tuple(
        AskedStep(workflow.code, number, step.approver, step.apart)
        for workflow in workflows
        if workflow.active and workflow.kind is facts.document.kind and _all_hold(workflow.conditions, facts)
        for number, step in enumerate(workflow.steps, start=1)
        if _all_hold(step.conditions, facts)
    )


def _all_hold(conditions: Iterable[Condition], facts: Facts) -> bool:
    return all(_holds(condition, facts) for condition in conditions)


def _holds(condition: Condition, facts: Facts) -> bool:
    match condition:
        case TotalIs():
            return _total_holds(condition, facts.document)
        case CurrencyIs(currency):
            return facts.document.currency == currency
        case CustomerIs(customer):
            return facts.document.customer == customer
        case FirstDocument():
            return facts.first
        case OverriddenTax():
            return facts.overridden
        case PreparedBy(by):
            return any(is_drafted_by(actor, by) for actor in facts.preparers)
        case _:
            assert_never(condition)


def _total_holds(condition: TotalIs, document: Document) -> bool:
    """Compared in the document's currency. One in another is not let pass by a rate, which somebody may have stated, or
    by there being none yet: against an amount in the currency of the books the condition holds.
    """
    if document.currency == condition.currency:
        total_minor = document.total_minor
    else:
        return document.accounting_currency == condition.currency
    limit_minor = exact_minor(condition.amount, condition.currency, field="amount")
    return _COMPARED[condition.comparison](total_minor, limit_minor)
