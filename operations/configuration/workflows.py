"""Workflows: which documents wait for approval before they are issued, and whose."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session

from invoicing.approval.wording import CONDITION_FORMS, conditions_of, conditions_text, steps_of, steps_text
from invoicing.approval.workflows import (
    WORKFLOWS_MAX,
    Approver,
    Condition,
    CustomerIs,
    DraftedBy,
    FirstDocument,
    OverriddenTax,
    Step,
    Workflow,
)
from invoicing.document.documents import DocumentKind
from invoicing.refusals import InvalidInput, LimitExceeded, NotAllowed
from invoicing.tax.settings import check_code
from invoicing.text.codes import small_letters
from invoicing.text.typed import clean_line
from operations.configuration.entries import Change, Entry, Part, PartOf, no_such_entry, record
from operations.customers import resolve_customer
from operations.rights import Right
from storage.books.pool import Books
from storage.books.workflows import load_workflows, save_workflow

_NO_CONDITION = "none"
_OF_INVOICES = (FirstDocument, OverriddenTax)


def _entry(one: Workflow) -> Entry:
    values = {
        "name": one.name,
        "trigger": one.kind.value,
        "conditions": conditions_text(one.conditions),
        "steps": steps_text(one.steps),
    }
    return Entry(one.code, values, one.active)


def _entries(db: Session, books: Books) -> list[Entry]:
    return [_entry(one) for one in load_workflows(db)]


def _save(db: Session, books: Books, change: Change) -> str:
    code = check_code(change.code)
    known = {one.code: one for one in load_workflows(db)}
    before = known.get(code)
    if before is None and len(known) >= WORKFLOWS_MAX:
        raise LimitExceeded(f"code: an organization has at most {WORKFLOWS_MAX} workflows.", field="code")
    if code in owners_alone(db, books):
        raise NotAllowed(f"This workflow {OWNERS_ALONE}.", field="code")
    after = _withdrawn(before) if change.withdraw else _changed(db, books, code, before, change)
    save_workflow(db, after)
    record(db, books, Part.WORKFLOWS, code, _entry(before) if before else None, _entry(after))
    return code


OWNERS_ALONE = "asks an owner: an owner alone changes or withdraws it"


def owners_alone(db: Session, books: Books) -> frozenset[str]:
    """The codes of the workflows that whoever acts does not change, for an owner's step restrains him."""
    if books.acting.by is DraftedBy.OWNER:
        return frozenset()
    known = load_workflows(db)
    return frozenset(one.code for one in known if any(step.approver is Approver.OWNER for step in one.steps))


def _withdrawn(before: Workflow | None) -> Workflow:
    if before is None:
        raise no_such_entry("workflow")
    return replace(before, active=False)


def _changed(db: Session, books: Books, code: str, before: Workflow | None, change: Change) -> Workflow:
    """A workflow that is written to again is in use again."""
    values = change.values
    if before is None and not values.get("steps", "").strip():
        raise InvalidInput("values: steps is required for a new workflow, such as: owner.", field="values")
    base = before or Workflow(code, "", DocumentKind.INVOICE, ())
    after = replace(
        base,
        name=clean_line(values.get("name", base.name or code), field="name", limit=80, required=True),
        kind=_kind(values["trigger"]) if "trigger" in values else base.kind,
        conditions=_conditions(db, values["conditions"]) if "conditions" in values else base.conditions,
        steps=_steps(db, values["steps"]) if "steps" in values else base.steps,
        active=True,
    )
    _check_can_match(after)
    if not books.organization.partner_id and any(step.approver is Approver.CLIENT for step in after.steps):
        raise InvalidInput("values: a step for client is of a practice's client; this is none.", field="values")
    return after


def _check_can_match(workflow: Workflow) -> None:
    """What is never true of a credit note: its lines are the invoice's, which was issued to the customer before it."""
    conditions = (*workflow.conditions, *(one for step in workflow.steps for one in step.conditions))
    if workflow.kind is DocumentKind.CREDIT_NOTE and any(isinstance(one, _OF_INVOICES) for one in conditions):
        raise InvalidInput(
            "values: overridden_tax and first_document are of invoices: they never hold for a credit note.",
            field="values",
        )


def _kind(text: str) -> DocumentKind:
    try:
        return DocumentKind(small_letters(text))
    except ValueError:
        kinds = list(DocumentKind)
        raise InvalidInput(
            f"values: trigger is one of: {', '.join(kinds)}.", field="values", candidates=list(kinds)
        ) from None


def _conditions(db: Session, text: str) -> tuple[Condition, ...]:
    return _named(db, () if small_letters(text) == _NO_CONDITION else conditions_of(text))


def _steps(db: Session, text: str) -> tuple[Step, ...]:
    return tuple(replace(step, conditions=_named(db, step.conditions)) for step in steps_of(text))


def _named(db: Session, conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """The conditions with their customers by id."""
    return tuple(
        CustomerIs(resolve_customer(db, one.customer).id) if isinstance(one, CustomerIs) else one for one in conditions
    )


WORKFLOWS = PartOf(
    title="workflows",
    fields={
        "name": "what it is called",
        "trigger": f"{' or '.join(DocumentKind)}, before it is issued",
        "conditions": f"all hold, between them a semicolon: {'; '.join(CONDITION_FORMS)}; none: always",
        "steps": "who approves, in order: owner, not preparer | accountant, if total > 5000 EUR | client",
    },
    read=_entries,
    save=_save,
    right=Right.CHANGE_WORKFLOWS,
    withdrawing="documents wait for it no more",
)
