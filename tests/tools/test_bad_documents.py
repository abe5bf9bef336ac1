"""Drafts and invoices that do not fit are refused by code and field, and nothing in the organization changes by it."""

from __future__ import annotations

import pytest

from tests.tools.bad_input import (
    AT_ONCE,
    DOCUMENT_TOOLS,
    GHOST,
    NO_NUMBERS,
    UNPRINTABLE,
    Case,
    assert_refused_and_unchanged,
)
from tests.tools.bakery import Arguments, Bakery, sale

LINE_CASES: list[tuple[str, str, Arguments]] = [
    *(("invalid_input", f"lines[0].{name}", {name: bad}) for bad in NO_NUMBERS.values() for name in ("quantity",)),
    *(("invalid_input", "lines[0].unit_price", {"unit_price": bad}) for bad in ("NaN", "1e3", 0.1234567, True, "abc")),
    *(("invalid_input", "lines[0].quantity", {"quantity": bad}) for bad in ("0", 0, "-0", 1_000_000_001)),
    *(("invalid_input", "lines", {"quantity": bad}) for bad in ("-1", -1)),
    *(("invalid_input", "lines[0].unit_price", {"unit_price": bad}) for bad in ("-1", "-0.01", "1000000000.01")),
    *(("invalid_input", "lines[0].discount_percent", {"discount_percent": bad}) for bad in ("-1", "100.01", "x")),
    *(("invalid_input", "lines[0].description", {"description": bad}) for bad in UNPRINTABLE.values()),
    ("invalid_input", "lines[0].description", {"description": ""}),
    ("invalid_input", "lines[0].unit", {"unit": "tr\nay"}),
    ("limit_exceeded", "lines[0].unit", {"unit": "x" * 21}),
    ("limit_exceeded", "lines[0].description", {"description": "x" * 1_001}),
    ("invalid_input", "lines[0].tax_code", {"tax_code": "VAT99"}),
    ("invalid_input", "lines[0].price", {"price": "1"}),
    ("invalid_input", "lines[0].unit_price", {"item": "By agreement", "unit_price": None}),
    ("not_found", "lines[0].item", {"item": "Nothing"}),
    ("not_found", "lines[0].item", {"item": f"itm_{GHOST}"}),
    ("not_found", "lines[0].item", {"item": "Stale bread"}),
    ("invalid_input", "lines[0].unit_price", {"item": "Baguette", "unit_price": None}),
    ("limit_exceeded", "lines", {"quantity": "999999999", "unit_price": "999999999"}),
    *(
        ("invalid_input", f"lines[0].{name}", {name: bad})
        for name in ("discount_amount", "charge_amount")
        for bad in ("-1", "1e3", 0.1234567, True, "1000000000.01")
    ),
    ("invalid_input", "lines[0].discount_amount", {"discount_amount": "1.01"}),
    ("invalid_input", "lines[0].discount_amount", {"discount_amount": "1", "discount_percent": "1"}),
]
LOYALTY = {"kind": "discount", "reason": "Loyalty", "amount": "0.10"}
IN_EUROS = {**sale(), "currency": "EUR", "exchange_rate": "0.86", "exchange_source": "ECB"}
BAD_ADJUSTMENTS: list[tuple[str, Arguments]] = [
    *((".amount", {"amount": bad}) for bad in ("0", "-1", "1e3", 0.1234567, True, "1000000000.01")),
    (".percent", {"amount": None, "percent": "100.01"}),
    (".amount", {"percent": "5"}),
    (".kind", {"kind": "gift"}),
    (".reason", {"reason": " "}),
    (".reason", {"reason": "Loy\nalty"}),
    (".tax_code", {"tax_code": "VAT99"}),
    (".rate", {"rate": "5"}),
    ("", {"amount": "1.01"}),
]
DOCUMENT_CASES: list[tuple[str, str, Arguments]] = [
    ("invalid_input", "customer", {**sale(), "customer": ""}),
    ("invalid_input", "customer", {**sale(), "customer": "Twin"}),
    ("not_found", "customer", {**sale(), "customer": f"cus_{GHOST}"}),
    ("not_found", "customer", {**sale(), "customer": "Old Mill"}),
    ("invalid_input", "lines", {"customer": "Hotel Bristol"}),
    ("invalid_input", "lines", {"customer": "Hotel Bristol", "lines": []}),
    ("invalid_input", "lines", {**sale(), "lines": "Rolls"}),
    ("invalid_input", "lines", {**sale(), "lines": "[{"}),
    ("invalid_input", "lines[0]", {**sale(), "lines": ["Rolls"]}),
    ("invalid_input", "lines[0].quantity", {**sale(), "lines": [{"description": "Rolls"}]}),
    *(("limit_exceeded", "lines", {**sale(), "lines": sale()["lines"] * count}) for count in (1_001, 10_000)),
    *(("invalid_input", "note", {**sale(), "note": bad}) for bad in UNPRINTABLE.values()),
    ("limit_exceeded", "note", {**sale(), "note": "x" * 2_001}),
    ("invalid_input", "purchase_order", {**sale(), "purchase_order": "PO\n7"}),
    ("limit_exceeded", "purchase_order", {**sale(), "purchase_order": "x" * 101}),
    *(
        ("invalid_input", "issue_date", {**sale(), "issue_date": bad})
        for bad in ("2026-02-31", "31/12/2026", "2026-3-1", "today", "2026-03-16T00:00:00", 20260316, "1999-12-31")
    ),
    ("invalid_input", "due_date", {**sale(), "issue_date": "2026-03-18", "due_date": "2026-03-17"}),
    ("invalid_input", "due_date", {**sale(), "due_date": "2026-02-31"}),
    ("invalid_input", "supply_end", {**sale(), "supply_date": "2026-03-10", "supply_end": "2026-03-09"}),
    *(("invalid_input", "currency", {**sale(), "currency": bad}) for bad in ("XXX", "EU", "DOGE", "XTS", "\u20ac")),
    ("invalid_input", "payment_terms", {**sale(), "payment_terms": "NET99"}),
    ("not_found", "copy_of", {"copy_of": f"inv_{GHOST}"}),
    ("invalid_input", "prices_include_tax", {**sale(), "prices_include_tax": "perhaps"}),
    ("invalid_input", "colour", {**sale(), "colour": "red"}),
    *(
        ("invalid_input", f"adjustments[0]{field}", {**sale(), "adjustments": [{**LOYALTY, **bad}]})
        for field, bad in BAD_ADJUSTMENTS
    ),
    ("invalid_input", "adjustments[0]", {**sale(), "adjustments": ["Loyalty"]}),
    ("invalid_input", "adjustments[1].amount", {**sale(), "adjustments": [LOYALTY, {**LOYALTY, "percent": "1"}]}),
    ("limit_exceeded", "adjustments", {**sale(), "adjustments": [LOYALTY] * 101}),
    ("invalid_input", "withholding", {**sale(), "withholding": "IRPF"}),
    ("invalid_input", "series", {**sale(), "series": "CREDIT-NOTES"}),
    ("invalid_input", "series", {**sale(), "series": "inv-2026"}),
    ("invalid_input", "exchange_rate", {**sale(), "exchange_rate": "1.1", "exchange_source": "ECB"}),
    *(
        ("invalid_input", "exchange_rate", {**IN_EUROS, "exchange_rate": bad})
        for bad in ("0", "-1", "1e3", 0.30000000000000004, True)
    ),
    ("invalid_input", "exchange_source", {**IN_EUROS, "exchange_source": " "}),
    ("invalid_input", "exchange_source", {**sale(), "exchange_source": "ECB"}),
    ("invalid_input", "exchange_date", {**IN_EUROS, "exchange_date": "yesterday"}),
    ("limit_exceeded", "exchange_source", {**IN_EUROS, "exchange_source": "x" * 101}),
]
CASES: list[Case] = [
    *((code, field, tool, sale(**line)) for code, field, line in LINE_CASES for tool in DOCUMENT_TOOLS),
    *((code, field, tool, arguments) for code, field, arguments in DOCUMENT_CASES for tool in DOCUMENT_TOOLS),
    ("invalid_input", "issue_date", "issue_invoice", {**sale(), "issue_date": "2026-03-17"}),
    ("invalid_input", "issue_date", "issue_invoice", {**sale(), "issue_date": "2026-03-24"}),
    ("not_found", "draft", "issue_invoice", {"draft": f"drf_{GHOST}"}),
    ("invalid_input", "draft", "issue_invoice", {}),
    ("invalid_input", "draft", "issue_invoice", {**sale(), "draft": "{draft}"}),
    ("idempotency_mismatch", "client_reference", "issue_invoice", {**sale(), "client_reference": "march"}),
    ("limit_exceeded", "client_reference", "issue_invoice", {**sale(), "client_reference": "x" * 101}),
    ("invalid_input", "draft", "draft_invoice", {"delete": True}),
    ("not_found", "draft", "draft_invoice", {"delete": True, "draft": f"drf_{GHOST}"}),
    ("not_found", "draft", "draft_invoice", {**sale(), "draft": f"drf_{GHOST}"}),
    ("invalid_input", "draft", "draft_invoice", {**sale(), "draft": "{draft}", "delete": True}),
]


@pytest.mark.parametrize("start", range(0, len(CASES), AT_ONCE))
async def test_a_document_that_does_not_fit_is_refused_and_changes_nothing(bakery: Bakery, start: int) -> None:
    await assert_refused_and_unchanged(bakery, CASES[start : start + AT_ONCE])
