"""What does not fit is refused by code and field, and nothing in the organization changes by it."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from storage.paging import encode_cursor
from tests.support.assistant import ERAS, Assistant, Era, text_of
from tests.support.twins import cells, readable
from tests.tools.bakery import HANDLE, Arguments, Bakery, Made, sale

Case = tuple[str, str, str, Arguments]
"""Code, field, tool and arguments; `{customer}` and the like stand for identifiers of the bakery."""

DOCUMENT_TOOLS = ("draft_invoice", "issue_invoice")
GHOST = "0190163d8694739ea9cff3b48f3f1c4b"
UNPRINTABLE = {
    "control character": "Ro\x07lls",
    "escape sequence": "\x1b[31mRolls",
    "null": "Rolls\x00",
    "bidirectional override": "Ro\u202ells",
    "bidirectional isolate": "Ro\u2066lls",
    "tag character": "Rolls\U000e0041",
    "noncharacter": "Rolls\uffff",
}
NO_NUMBERS: dict[str, Any] = {
    "NaN as text": "NaN",
    "infinity as text": "Infinity",
    "exponent as text": "1e3",
    "exponent in capitals": "1E3",
    "hexadecimal": "0x10",
    "thousands separator": "1,000",
    "decimal comma": "12,5",
    "underscore": "1_000",
    "other digits": "\u0661\u0662",
    "empty": "",
    "plus sign": "+1",
    "point without digits": "1.",
    "a currency": "12.50 EUR",
    "13 digits": "1234567890123",
    "13 digits as number": 1234567890123,
    "7 decimals": "0.1234567",
    "7 decimals as number": 0.1234567,
    "float with 17 digits": 0.30000000000000004,
    "huge float": 1e300,
    "tiny float": 1e-300,
    "true": True,
    "a list": [1],
    "an object": {"value": 1},
}
LINE_CASES: list[tuple[str, str, Arguments]] = [
    *(("invalid_input", f"lines[0].{name}", {name: bad}) for bad in NO_NUMBERS.values() for name in ("quantity",)),
    *(("invalid_input", "lines[0].unit_price", {"unit_price": bad}) for bad in ("NaN", "1e3", 0.1234567, True, "abc")),
    *(("invalid_input", "lines[0].quantity", {"quantity": bad}) for bad in ("-1", -1, "0", 0, "-0", 1_000_000_001)),
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
        for bad in ("-1", "1e3", 0.1234567, True, "", "1000000000.01")
    ),
    ("invalid_input", "lines[0].discount_amount", {"discount_amount": "1.01"}),
    ("invalid_input", "lines[0].discount_amount", {"discount_amount": "1", "discount_percent": "1"}),
]
LOYALTY = {"kind": "discount", "reason": "Loyalty", "amount": "0.10"}
IN_EUROS = {**sale(), "currency": "EUR", "exchange_rate": "0.86", "exchange_source": "ECB"}
BAD_ADJUSTMENTS: list[tuple[str, Arguments]] = [
    *((".amount", {"amount": bad}) for bad in ("0", "-1", "1e3", 0.1234567, True, "", "1000000000.01", None)),
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
        for bad in ("0", "-1", "1e3", 0.30000000000000004, True, "")
    ),
    ("invalid_input", "exchange_source", {**IN_EUROS, "exchange_source": " "}),
    ("invalid_input", "exchange_source", {**sale(), "exchange_source": "ECB"}),
    ("invalid_input", "exchange_date", {**IN_EUROS, "exchange_date": "yesterday"}),
    ("limit_exceeded", "exchange_source", {**IN_EUROS, "exchange_source": "x" * 101}),
]
CREDIT = {"invoice": "{number}", "reason": "Returned"}
PAYMENT = {"invoice": "{number}", "amount": "1"}
SETTLING_CASES: list[Case] = [
    ("invalid_input", "invoice", "issue_credit_note", {"reason": "Returned"}),
    ("invalid_input", "reason", "issue_credit_note", {"invoice": "{number}"}),
    ("invalid_input", "reason", "issue_credit_note", {**CREDIT, "reason": " "}),
    *(("invalid_input", "reason", "issue_credit_note", {**CREDIT, "reason": bad}) for bad in UNPRINTABLE.values()),
    ("limit_exceeded", "reason", "issue_credit_note", {**CREDIT, "reason": "x" * 501}),
    ("not_found", "invoice", "issue_credit_note", {**CREDIT, "invoice": f"inv_{GHOST}"}),
    ("not_found", "invoice", "issue_credit_note", {**CREDIT, "invoice": "{draft}"}),
    ("invalid_input", "lines", "issue_credit_note", {**CREDIT, "lines": []}),
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
CASES: list[Case] = [
    *SETTLING_CASES,
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
    ("not_found", "id", "save_customer", {"id": f"cus_{GHOST}", "name": "X"}),
    ("not_found", "id", "save_customer", {"id": "{item}", "name": "X"}),
    ("invalid_input", "name", "save_customer", {}),
    ("invalid_input", "name", "save_customer", {"id": "{customer}", "name": ""}),
    *(("invalid_input", "name", "save_customer", {"name": bad}) for bad in UNPRINTABLE.values()),
    ("invalid_input", "name", "save_customer", {"name": 7}),
    ("limit_exceeded", "name", "save_customer", {"name": "x" * 201}),
    *(
        ("invalid_input", "country", "save_customer", {"name": "X", "country": bad})
        for bad in ("ZZ", "GBR", "United", "")
    ),
    ("invalid_input", "tax_number", "save_customer", {"name": "X", "country": "DE", "tax_number": "DE136695977"}),
    ("invalid_input", "email", "save_customer", {"name": "X", "email": "nobody"}),
    ("invalid_input", "currency", "save_customer", {"name": "X", "currency": "DOGE"}),
    ("invalid_input", "payment_terms", "save_customer", {"name": "X", "payment_terms": "NET99"}),
    ("limit_exceeded", "note", "save_customer", {"name": "X", "note": "x" * 2_001}),
    ("invalid_input", "address.street", "save_customer", {"name": "X", "address": {"street": "1 High Street"}}),
    ("invalid_input", "line1", "save_customer", {"name": "X", "address": {"line1": "a\nb"}}),
    ("not_found", "id", "save_item", {"id": f"itm_{GHOST}"}),
    ("invalid_input", "name", "save_item", {"unit_price": "1"}),
    *(("invalid_input", "unit_price", "save_item", {"name": "X", "unit_price": bad}) for bad in NO_NUMBERS.values()),
    ("invalid_input", "unit_price", "save_item", {"name": "X", "unit_price": "-1"}),
    ("invalid_input", "currency", "save_item", {"name": "X", "currency": "XXX"}),
    ("invalid_input", "tax_code", "save_item", {"name": "X", "tax_code": "VAT99"}),
    ("invalid_input", "supply", "save_item", {"name": "X", "supply": "air"}),
    ("invalid_input", "revenue_account", "save_item", {"name": "X", "revenue_account": "1"}),
    ("invalid_input", "iban", "update_organization", {"iban": "GB33BUKB20201555555556"}),
    ("invalid_input", "bic", "update_organization", {"bic": "BUK"}),
    ("invalid_input", "tax_number", "update_organization", {"tax_number": "GB123456789"}),
    ("conflict", "country", "update_organization", {"country": "DE"}),
    ("conflict", "currency", "update_organization", {"currency": "EUR"}),
    ("invalid_input", "currency", "update_organization", {"currency": "XXX"}),
    ("invalid_input", "time_zone", "update_organization", {"time_zone": "Europe/Atlantis"}),
    ("invalid_input", "locale", "update_organization", {"locale": "xx_YY"}),
    ("invalid_input", "future_days", "update_organization", {"future_days": -1}),
    ("invalid_input", "future_days", "update_organization", {"future_days": 367}),
    ("invalid_input", "named_writes", "update_organization", {"named_writes": "never"}),
    ("invalid_input", "rounding", "update_organization", {"rounding": "half_even"}),
    ("invalid_input", "small_business", "update_organization", {"small_business": "perhaps"}),
    ("conflict", "named_writes", "update_organization", {"named_writes": "off"}),
    ("invalid_input", "", "update_organization", {}),
    *(
        ("invalid_input", "limit", tool, {"limit": bad})
        for tool in ("find_customers", "find_items", "find_invoices")
        for bad in (0, -1, 101, 10**30, "many", 1.5)
    ),
    *(
        ("invalid_input", "cursor", tool, {"cursor": bad})
        for tool in ("find_customers", "find_items", "find_invoices")
        for bad in ("x", "\u00e4", "W10", "bnVsbA", "WzEsMl0", "IiI", "x" * 5_000, "W" * 20_001)
    ),
    ("invalid_input", "cursor", "find_invoices", {"cursor": "{cursor}"}),
    ("invalid_input", "status", "find_invoices", {"status": "sent"}),
    ("not_found", "customer", "find_invoices", {"customer": "Nobody"}),
    ("invalid_input", "issued_from", "find_invoices", {"issued_from": "2026-03-02", "issued_to": "2026-03-01"}),
    ("not_found", "invoice", "get_invoice", {"invoice": f"inv_{GHOST}"}),
    ("not_found", "invoice", "get_invoice", {"invoice": ""}),
    ("invalid_input", "invoice", "get_invoice", {}),
    ("not_found", "document", "render_document", {"document": "TEST-INV-2026-00099"}),
    ("invalid_input", "format", "render_document", {"document": "{number}", "format": "../pdf"}),
    ("invalid_input", "format", "export_documents", {"format": "exe"}),
    ("invalid_input", "kind", "export_documents", {"format": "csv", "kind": "quote"}),
]


@pytest.mark.parametrize("start", range(0, len(CASES), 25))
async def test_what_does_not_fit_is_refused_and_changes_nothing(bakery: Bakery, start: int) -> None:
    """In groups, because opening the books takes longer than being refused."""
    before = bakery.contents()
    wrong = []
    async with bakery.chat() as chat:
        for code, field, tool, arguments in CASES[start : start + 25]:
            sent = json.loads(_filled_in(json.dumps(arguments), bakery.made))
            error = await _error(chat, tool, sent)
            if (error.get("code"), error.get("field", "")) != (code, field):
                wrong.append(f"{tool} {str(sent)[:200]}: wanted {code} of {field}, not {error}")
    assert not wrong, "\n".join(wrong)
    assert bakery.contents() == before


@pytest.mark.parametrize("era", ERAS)
async def test_numbers_that_are_none_are_refused_on_their_way_or_on_arrival(bakery: Bakery, era: Era) -> None:
    before = bakery.contents()
    async with bakery.chat(era) as chat:
        for bad in (math.nan, math.inf, -math.inf):
            error = await _error(chat, "issue_invoice", sale(quantity=bad))
            assert (error["code"], error["field"]) == ("invalid_input", "lines[0].quantity")
    assert bakery.contents() == before


@pytest.mark.parametrize("era", ERAS)
async def test_a_lone_surrogate_never_arrives(bakery: Bakery, era: Era) -> None:
    before = bakery.contents()
    async with bakery.chat(era) as chat:
        for tool, arguments in (
            ("save_customer", {"name": "\ud800"}),
            ("draft_invoice", {**sale(), "note": "\udfff"}),
            ("find_customers", {"query": "\ud800"}),
            ("find_invoices", {"cursor": encode_cursor("2026-01-01\ud800", 1)}),
            ("get_invoice", {"invoice": "\ud800"}),
        ):
            error = await _error(chat, tool, arguments)
            assert error["code"] == "invalid_input"
    assert bakery.contents() == before


@pytest.mark.parametrize("era", ERAS)
async def test_a_limit_that_is_passed_is_stated(bakery: Bakery, era: Era) -> None:
    async with bakery.chat(era) as chat:
        for count in (1_001, 10_000):
            error = await _error(chat, "draft_invoice", {**sale(), "lines": sale()["lines"] * count})
            assert str(count) in error["message"]
            assert "1000" in error["message"]
        assert (await chat.ok("draft_invoice", **{**sale(), "lines": sale()["lines"] * 1_000}))["total"] == "1200.00"


@pytest.mark.parametrize("tool", DOCUMENT_TOOLS)
async def test_what_is_archived_is_named_as_such_by_its_id(bakery: Bakery, tool: str) -> None:
    async with bakery.chat() as chat:
        await chat.ok("save_item", id=bakery.made.item, archived=True)
        error = await chat.refused(tool, **sale(item=bakery.made.item))
        assert (error["code"], error["field"]) == ("conflict", "lines[0].item")
        await chat.ok("save_customer", id=bakery.made.customer, archived=True)
        error = await chat.refused(tool, **{**sale(), "customer": bakery.made.customer})
        assert (error["code"], error["field"]) == ("conflict", "customer")


@pytest.mark.parametrize("era", ERAS)
async def test_the_same_client_reference_gives_the_same_document_once(bakery: Bakery, era: Era) -> None:
    wanted = {**sale(quantity="2"), "issue_date": "2026-03-18", "client_reference": "april"}
    async with bakery.chat(era) as chat:
        first = await chat.ok("issue_invoice", **wanted)
        before = bakery.contents()
        again = await chat.ok("issue_invoice", **{**wanted, "lines": json.dumps(wanted["lines"])})
        assert again == {**first, "replayed": True}
        assert (await chat.refused("issue_invoice", **{**wanted, "note": "x"}))["code"] == "idempotency_mismatch"
        assert bakery.contents() == before
        assert (await chat.ok("find_invoices", query=first["invoice"]["number"]))["invoices"] == [first["invoice"]]


@pytest.mark.parametrize("era", ERAS)
async def test_an_api_key_is_made_for_no_organization_but_the_one_that_the_call_names(bakery: Bakery, era: Era) -> None:
    async with bakery.chat(era, dedicated=False) as chat:
        await chat.switch(HANDLE)
        chat.session = ""
        before = bakery.contents()
        for blank in ("", " "):
            error = await chat.refused("create_client_api_key", organization=blank, name="Till")
            assert error["field"] == "organization"
        assert bakery.contents() == before


@pytest.mark.parametrize("era", ERAS)
async def test_texts_that_look_like_json_stay_texts(bakery: Bakery, era: Era) -> None:
    async with bakery.chat(era) as chat:
        for literal in ("null", "[1]", '{"a":1}', "true", "12", '"quoted"', "[", "NaN"):
            saved = (await chat.ok("save_customer", name=literal, note=literal, address=f"{literal}\nLondon"))[
                "customer"
            ]
            assert (saved["name"], saved["note"], saved["line1"]) == (literal, literal, literal)
            assert (await chat.ok("save_item", name=literal, description=literal))["item"]["description"] == literal
            lines = json.dumps([{"description": literal, "quantity": 1, "unit_price": 1}])
            shown = await chat.ok("draft_invoice", customer=saved["id"], lines=lines, note=literal)
            assert shown["customer_name"] == shown["lines"][0]["description"] == literal
            assert (await chat.ok("find_customers", query=literal))["customers"]


@pytest.mark.parametrize("literal", ["<b>Acme & Co</b>", '=HYPERLINK("x")', "+1+1", "@SUM(A1)", "-2"])
async def test_markup_and_formulas_are_only_ever_text(bakery: Bakery, literal: str) -> None:
    async with bakery.chat() as chat:
        customer = (await chat.ok("save_customer", name=literal))["customer"]
        document = {**sale(description=literal), "customer": customer["id"], "note": literal, "purchase_order": literal}
        issued = (await chat.ok("issue_invoice", **document, issue_date="2026-03-18"))["invoice"]
        made = [await chat.ok("render_document", document=issued["id"])]
        made += [await chat.ok("export_documents", format=name) for name in ("csv", "xlsx", "json")]
        pdf, csv, xlsx, data = (Path(one["link"]).read_bytes() for one in made)
    assert "".join(readable("a.pdf", pdf).split()).count("".join(literal.split())) >= 4
    assert literal in list(cells(xlsx))
    assert "<f>" not in readable("a.xlsx", xlsx)
    kept = literal.replace('"', '""')
    assert f"'{kept}" in readable("a.csv", csv) if literal[0] in "=+-@" else kept in readable("a.csv", csv)
    assert json.dumps(literal) in readable("a.json", data)


async def _error(chat: Assistant, tool: str, arguments: Arguments) -> dict[str, Any]:
    """The error of a call, or an empty one where the call succeeded."""
    result = await chat.call(tool, **arguments)
    if not result.is_error:
        return {"code": "succeeded", "text": text_of(result)}
    assert result.meta is not None
    error: dict[str, Any] = result.meta["counterfoil/error"]
    return error


def _filled_in(text: str, made: Made) -> str:
    for name in ("customer", "item", "draft", "number", "cursor", "invoice", "paid", "payment", "credit_note"):
        text = text.replace(f"{{{name}}}", getattr(made, name))
    return text


async def test_a_search_for_very_much_is_refused(bakery: Bakery) -> None:
    async with bakery.chat() as chat:
        for tool in ("find_customers", "find_items", "find_invoices"):
            for query in ("x" * 301, "a " * 21):
                error = await chat.refused(tool, query=query)
                assert (error["code"], error.get("field")) == ("invalid_input", "query"), error
