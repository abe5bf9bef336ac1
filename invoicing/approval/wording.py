"""Workflows as texts that people and models read and write: conditions such as `total > 1000 EUR; first_document`, and
steps such as `owner, not preparer | accountant, if total > 5000 EUR`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import assert_never

from invoicing.approval.workflows import (
    CONDITIONS_MAX,
    STEPS_MAX,
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
)
from invoicing.money.amounts import check_amount, check_currency, exact_minor, parse_decimal, plain
from invoicing.refusals import InvalidInput, LimitExceeded
from invoicing.text.codes import small_letters

CONDITION_FORMS = (
    "total > 1000 EUR (or >=, <, <=)",
    "currency = USD",
    "customer = an id or the exact name",
    "first_document",
    "overridden_tax",
    f"drafted_by = {', '.join(DraftedBy)}",
)
_NOT_PREPARER = "not preparer"
_NUMBER = re.compile(r"[0-9]{1,2}\s*:")
_IF = re.compile(r",\s*if\s", re.IGNORECASE)
_TOTAL = re.compile(r"total\s*(>=|<=|>|<)\s*(\S+)\s+([A-Za-z]{3})", re.IGNORECASE)
_EQUALS = re.compile(r"(currency|customer|drafted_by)\s*=\s*(\S.*)", re.IGNORECASE | re.DOTALL)


def conditions_text(conditions: Sequence[Condition]) -> str:
    """The conditions as they are shown, and as `conditions_of` reads them."""
    return "; ".join(_condition_text(one) for one in conditions)


def steps_text(steps: Sequence[Step]) -> str:
    """The steps as they are shown, with their numbers, and as `steps_of` reads them."""
    return " | ".join(f"{number}: {step_text(step)}" for number, step in enumerate(steps, start=1))


def step_text(step: Step) -> str:
    apart = f", {_NOT_PREPARER}" if step.apart else ""
    when = f", if {conditions_text(step.conditions)}" if step.conditions else ""
    return f"{step.approver}{apart}{when}"


def conditions_of(text: str) -> tuple[Condition, ...]:
    """The conditions that a text says; a customer is named as it was written.

    Raises:
        InvalidInput, LimitExceeded: a part is none of the known forms, or there are too many.
    """
    parts = [part.strip() for part in text.split(";") if part.strip()]
    if len(parts) > CONDITIONS_MAX:
        raise LimitExceeded(f"values: at most {CONDITIONS_MAX} conditions.", field="values")
    return tuple(dict.fromkeys(_condition(part) for part in parts))


def steps_of(text: str) -> tuple[Step, ...]:
    """The steps that a text says, in its order.

    Raises:
        InvalidInput, LimitExceeded: a part is no step, there is none, or there are too many.
    """
    parts = [part.strip() for part in text.split("|") if part.strip()]
    if not parts:
        raise InvalidInput("values: steps needs at least one, such as: owner, not preparer.", field="values")
    if len(parts) > STEPS_MAX:
        raise LimitExceeded(f"values: at most {STEPS_MAX} steps.", field="values")
    return tuple(_step(number, part) for number, part in enumerate(parts, start=1))


def _condition_text(condition: Condition) -> str:
    match condition:
        case TotalIs(comparison, amount, currency):
            return f"total {comparison} {plain(amount)} {currency}"
        case CurrencyIs(currency):
            return f"currency = {currency}"
        case CustomerIs(customer):
            return f"customer = {customer}"
        case FirstDocument():
            return "first_document"
        case OverriddenTax():
            return "overridden_tax"
        case PreparedBy(by):
            return f"drafted_by = {by}"
        case _:
            assert_never(condition)


def _condition(text: str) -> Condition:
    match small_letters(text):
        case "first_document":
            return FirstDocument()
        case "overridden_tax":
            return OverriddenTax()
    if total := _TOTAL.fullmatch(text):
        return _total(*total.groups())
    if equals := _EQUALS.fullmatch(text):
        return _equals(small_letters(equals[1]), equals[2].strip())
    raise InvalidInput(
        f"values: a condition is one of: {'; '.join(CONDITION_FORMS)}.",
        field="values",
        candidates=list(CONDITION_FORMS),
    )


def _total(comparison: str, amount: str, code: str) -> TotalIs:
    currency = check_currency(code, field="values")
    stated = parse_decimal(amount, field="values")
    if stated < 0:
        raise InvalidInput("values: the amount of a condition is not less than 0.", field="values")
    check_amount(exact_minor(stated, currency, field="values"), field="values")
    return TotalIs(Comparison(comparison), stated, currency)


def _equals(what: str, value: str) -> Condition:
    match what:
        case "currency":
            return CurrencyIs(check_currency(value, field="values"))
        case "customer":
            return CustomerIs(value)
    try:
        return PreparedBy(DraftedBy(small_letters(value)))
    except ValueError:
        raise InvalidInput(
            f"values: drafted_by is one of: {', '.join(DraftedBy)}.", field="values", candidates=list(DraftedBy)
        ) from None


def _step(number: int, text: str) -> Step:
    if numbered := _NUMBER.match(text):
        if numbered[0].rstrip(": \t") != str(number):
            raise InvalidInput("values: steps are numbered 1, 2, 3 in their order, or not at all.", field="values")
        text = text[numbered.end() :].strip()
    said, *when = _IF.split(text, maxsplit=1)
    who, *apart = [small_letters(word) for word in said.split(",")]
    if who not in list(Approver) or apart not in ([], [_NOT_PREPARER]):
        raise InvalidInput(
            f"values: a step is {', '.join(Approver)}; then, where wanted: , {_NOT_PREPARER}; then: , if conditions.",
            field="values",
            candidates=list(Approver),
        )
    return Step(Approver(who), bool(apart), conditions_of(when[0]) if when else ())
