"""Copying workflows, whole: their steps with all conditions. Customers are not copied, nor what names one; an
amount is of a currency.
"""

from __future__ import annotations

from invoicing.approval.wording import conditions_text, steps_text
from invoicing.approval.workflows import WORKFLOWS_MAX, Condition, CurrencyIs, CustomerIs, TotalIs, Workflow
from operations.copying.part import Configuration, CopiedPart, Translated, Values
from operations.layer_outcomes import Layer, Untranslated
from storage.books.workflows import add_workflows, load_workflows, save_workflow

NAME = "workflows"


def _translate(values: Values, source: Configuration, target: Configuration) -> Translated:
    """Those that are the same ones in the target's books, as many as there is room for beside what is there."""
    known = {value.code for value in target.parts.get(NAME, ())}
    fitting, refused = [], []
    for value in values:
        if because := _why_not(value, source.profile.currency, target.profile.currency):
            refused.append(Untranslated(NAME, value.code, because, lasting=True))
        elif value.code not in known and len(known) >= WORKFLOWS_MAX:
            refused.append(Untranslated(NAME, value.code, f"an organization has at most {WORKFLOWS_MAX} workflows"))
        else:
            fitting.append(value)
            known.add(value.code)
    return Translated(tuple(fitting), tuple(refused))


def _why_not(workflow: Workflow, theirs: str, here: str) -> str:
    """Why the workflow would not be the same one in books in the currency `here`; empty where it would be."""
    conditions = (*workflow.conditions, *(condition for step in workflow.steps for condition in step.conditions))
    if any(isinstance(condition, CustomerIs) for condition in conditions):
        return "it is for one customer, and customers are not copied"
    strange = [condition for condition in conditions if theirs != here and _is_of_other_books(condition, theirs, here)]
    if strange:
        return f"it says {conditions_text(strange)}, and the books are in {here}"
    return ""


def _is_of_other_books(condition: Condition, theirs: str, here: str) -> bool:
    """Whether it is of an amount that says nothing of most documents here, or of the source's own currency."""
    match condition:
        case TotalIs(currency=currency):
            return currency != here
        case CurrencyIs(currency):
            return currency == theirs
        case _:
            return False


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
