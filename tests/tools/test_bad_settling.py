"""Credit notes and payments that do not fit are refused by code and field, and nothing changes by it."""

from __future__ import annotations

import pytest

from tests.tools.bad_input import AT_ONCE, GHOST, NO_NUMBERS, UNPRINTABLE, Case, assert_refused_and_unchanged
from tests.tools.bakery import Bakery, sale

CREDIT = {"invoice": "{number}", "reason": "Returned"}
PAYMENT = {"invoice": "{number}", "amount": "1"}
CASES: list[Case] = [
    ("invalid_input", "invoice", "issue_credit_note", {"reason": "Returned"}),
    ("invalid_input", "reason", "issue_credit_note", {"invoice": "{number}"}),
    ("invalid_input", "reason", "issue_credit_note", {**CREDIT, "reason": " "}),
    *(("invalid_input", "reason", "issue_credit_note", {**CREDIT, "reason": bad}) for bad in UNPRINTABLE.values()),
    ("limit_exceeded", "reason", "issue_credit_note", {**CREDIT, "reason": "x" * 501}),
    ("not_found", "invoice", "issue_credit_note", {**CREDIT, "invoice": f"inv_{GHOST}"}),
    ("not_found", "invoice", "issue_credit_note", {**CREDIT, "invoice": "{draft}"}),
    ("invalid_input", "lines[0].position", "issue_credit_note", {**CREDIT, "lines": [{}]}),
    ("invalid_input", "lines[0]", "issue_credit_note", {**CREDIT, "lines": [None]}),
    ("invalid_input", "lines", "issue_credit_note", {**CREDIT, "lines": "all"}),
    ("invalid_input", "lines[0]", "issue_credit_note", {**CREDIT, "lines": [1]}),
    ("invalid_input", "lines[0].position", "issue_credit_note", {**CREDIT, "lines": [{"quantity": "1"}]}),
    *(
        ("invalid_input", "lines[0].position", "issue_credit_note", {**CREDIT, "lines": [{"position": bad}]})
        for bad in (0, -1, 2, 10**30, "first", 1.5)
    ),
    *(
        (
            "invalid_input",
            "lines[0].quantity",
            "issue_credit_note",
            {**CREDIT, "lines": [{"position": 1, "quantity": bad}]},
        )
        for bad in [*NO_NUMBERS.values(), "0", "-1"]
    ),
    ("invalid_input", "lines[1].position", "issue_credit_note", {**CREDIT, "lines": [{"position": 1}] * 2}),
    ("invalid_input", "lines[0].price", "issue_credit_note", {**CREDIT, "lines": [{"position": 1, "price": "1"}]}),
    (
        "limit_exceeded",
        "lines[0].quantity",
        "issue_credit_note",
        {**CREDIT, "lines": [{"position": 1, "quantity": "40.000001"}]},
    ),
    ("invalid_input", "issue_date", "issue_credit_note", {**CREDIT, "issue_date": "2026-03-17"}),
    ("invalid_input", "issue_date", "issue_credit_note", {**CREDIT, "issue_date": "soon"}),
    ("limit_exceeded", "client_reference", "issue_credit_note", {**CREDIT, "client_reference": "x" * 101}),
    ("invalid_input", "amount", "record_payment", {"invoice": "{number}"}),
    *(("invalid_input", "amount", "record_payment", {**PAYMENT, "amount": bad}) for bad in NO_NUMBERS.values()),
    *(("invalid_input", "amount", "record_payment", {**PAYMENT, "amount": bad}) for bad in ("0", "-1", "0.001", None)),
    ("limit_exceeded", "amount", "record_payment", {**PAYMENT, "amount": "48.01"}),
    ("invalid_input", "paid_on", "record_payment", {**PAYMENT, "paid_on": "2026-03-17"}),
    ("invalid_input", "paid_on", "record_payment", {**PAYMENT, "paid_on": "1999-12-31"}),
    ("invalid_input", "paid_on", "record_payment", {**PAYMENT, "paid_on": "2026-02-30"}),
    ("conflict", "currency", "record_payment", {**PAYMENT, "currency": "EUR"}),
    ("invalid_input", "currency", "record_payment", {**PAYMENT, "currency": "XXX"}),
    ("not_found", "reverse", "record_payment", {"invoice": "{number}", "reverse": f"pay_{GHOST}"}),
    ("not_found", "reverse", "record_payment", {"invoice": "{number}", "reverse": "{payment}"}),
    ("invalid_input", "amount", "record_payment", {"invoice": "{paid}", "reverse": "{payment}", "amount": "5"}),
    ("not_found", "invoice", "record_payment", {**PAYMENT, "invoice": "{draft}"}),
    ("invalid_input", "method", "record_payment", {**PAYMENT, "method": "a\nb"}),
    ("limit_exceeded", "method", "record_payment", {**PAYMENT, "method": "x" * 101}),
    ("limit_exceeded", "reference", "record_payment", {**PAYMENT, "reference": "x" * 201}),
    ("limit_exceeded", "amount", "record_payment", {"invoice": "{credit_note}", "amount": "1.21"}),
    ("immutable", "draft", "draft_invoice", {**sale(), "draft": "{number}"}),
    ("immutable", "draft", "draft_invoice", {"draft": "{invoice}", "delete": True}),
    ("immutable", "draft", "issue_invoice", {"draft": "{credit_note}"}),
]


@pytest.mark.parametrize("start", range(0, len(CASES), AT_ONCE))
async def test_a_credit_note_or_payment_that_does_not_fit_is_refused_and_changes_nothing(
    bakery: Bakery, start: int
) -> None:
    await assert_refused_and_unchanged(bakery, CASES[start : start + AT_ONCE])
