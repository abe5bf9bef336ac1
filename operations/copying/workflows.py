"""Copying workflows, whole: their steps with all conditions. Customers are not copied, nor what names one."""

from __future__ import annotations

from invoicing.approval.wording import conditions_text, steps_text
from invoicing.approval.workflows import CustomerIs, Workflow
from operations.copying.part import Configuration, CopiedPart, Translated, Values
from operations.layer_outcomes import Layer, Untranslated
from storage.books.workflows import add_workflows, load_workflows, save_workflow


def _translate(values: Values, source: Configuration, target: Configuration) -> Translated:
    because = "it is for one customer, and customers are not copied"
    refused = tuple(Untranslated("workflows", value.code, because) for value in values if _names_a_customer(value))
    return Translated(tuple(value for value in values if not _names_a_customer(value)), refused)


def _names_a_customer(workflow: Workflow) -> bool:
    conditions = (*workflow.conditions, *(condition for step in workflow.steps for condition in step.conditions))
    return any(isinstance(condition, CustomerIs) for condition in conditions)


WORKFLOWS = CopiedPart(
    name="workflows",
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
    put=save_workflow,
)
