"""Copying workflows, whole: their steps with all conditions. Customers are not copied, nor what names one."""

from __future__ import annotations

from sqlmodel import Session

from invoicing.approval.wording import conditions_text, steps_text
from invoicing.approval.workflows import WORKFLOWS_MAX, CustomerIs, Workflow
from invoicing.refusals import LimitExceeded
from operations.copying.part import Configuration, CopiedPart, Translated, Values
from operations.layer_outcomes import Layer, Untranslated
from storage.books.workflows import add_workflows, load_workflows, save_workflow

NAME = "workflows"


def _translate(values: Values, source: Configuration, target: Configuration) -> Translated:
    because = "it is for one customer, and customers are not copied"
    refused = tuple(Untranslated(NAME, value.code, because) for value in values if _names_a_customer(value))
    return Translated(tuple(value for value in values if not _names_a_customer(value)), refused)


def _names_a_customer(workflow: Workflow) -> bool:
    conditions = (*workflow.conditions, *(condition for step in workflow.steps for condition in step.conditions))
    return any(isinstance(condition, CustomerIs) for condition in conditions)


def _check(db: Session, value: Workflow, here: Workflow | None, target: Configuration) -> None:
    if here is None and len(target.parts[NAME]) >= WORKFLOWS_MAX:
        raise LimitExceeded(f"an organization has at most {WORKFLOWS_MAX} workflows.")


WORKFLOWS = CopiedPart(
    name=NAME,
    noun="workflow",
    layer=Layer.ENTITY,
    load=load_workflows,
    add=add_workflows,
    key=lambda value: str(value.code),
    shown=lambda value: {
        "name": value.name,
        "trigger": value.kind.value,
        "conditions": conditions_text(value.conditions),
        "steps": steps_text(value.steps),
        "active": str(value.active).lower(),
    },
    translate=_translate,
    check=_check,
    put=save_workflow,
)
