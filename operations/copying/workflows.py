"""Copying workflows, whole: their steps with all conditions. Customers are not copied, nor what names one."""

from __future__ import annotations

from collections.abc import Set

from invoicing.approval.wording import conditions_text, steps_text
from invoicing.approval.workflows import WORKFLOWS_MAX, CustomerIs, Workflow
from operations.copying.part import Configuration, CopiedPart, Translated, Values
from operations.layer_outcomes import Layer, Untranslated
from storage.books.workflows import add_workflows, load_workflows, save_workflow

NAME = "workflows"


def _translate(values: Values, source: Configuration, target: Configuration) -> Translated:
    """Those that name no customer, as many as there is room for beside what is there."""
    known = {value.code for value in target.parts.get(NAME, ())}
    fitting, refused = [], []
    for value in values:
        if because := _why_not(value, known):
            refused.append(Untranslated(NAME, value.code, because))
        else:
            fitting.append(value)
            known.add(value.code)
    return Translated(tuple(fitting), tuple(refused))


def _why_not(value: Workflow, known: Set[str]) -> str:
    if _names_a_customer(value):
        return "it is for one customer, and customers are not copied"
    if value.code not in known and len(known) >= WORKFLOWS_MAX:
        return f"an organization has at most {WORKFLOWS_MAX} workflows"
    return ""


def _names_a_customer(workflow: Workflow) -> bool:
    conditions = (*workflow.conditions, *(condition for step in workflow.steps for condition in step.conditions))
    return any(isinstance(condition, CustomerIs) for condition in conditions)


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
    put=save_workflow,
)
