"""What does not fit is refused by code and field, and nothing in the organization changes by it."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from pydantic import ValidationError

from storage.paging import encode_cursor
from tests.support.assistant import ERAS, Era
from tests.support.twins import cells, readable
from tests.tools.bad_input import (
    AT_ONCE,
    DOCUMENT_TOOLS,
    GHOST,
    NO_NUMBERS,
    UNPRINTABLE,
    Case,
    assert_refused_and_unchanged,
    error_of,
)
from tests.tools.bakery import HANDLE, Arguments, Bakery, sale
from tools.catalog import CATALOG

CASES: list[Case] = [
    ("not_found", "id", "save_customer", {"id": f"cus_{GHOST}", "name": "X"}),
    ("not_found", "id", "save_customer", {"id": "{item}", "name": "X"}),
    ("invalid_input", "name", "save_customer", {}),
    *(("invalid_input", "clear", "save_customer", {"id": "{customer}", "clear": bad}) for bad in (["name"], ["x"])),
    ("invalid_input", "clear", "save_customer", {"id": "{customer}", "note": "x", "clear": ["note"]}),
    ("invalid_input", "clear", "save_item", {"id": "{item}", "clear": ["name"]}),
    ("invalid_input", "clear", "update_organization", {"clear": ["country"]}),
    *(("invalid_input", "name", "save_customer", {"name": bad}) for bad in UNPRINTABLE.values()),
    ("invalid_input", "name", "save_customer", {"name": 7}),
    ("limit_exceeded", "name", "save_customer", {"name": "x" * 201}),
    *(("invalid_input", "country", "save_customer", {"name": "X", "country": bad}) for bad in ("ZZ", "GBR", "United")),
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
    ("invalid_input", "client_may[0]", "update_organization", {"client_may": ["issue"]}),
    ("invalid_input", "", "update_organization", {}),
    *(
        ("invalid_input", "limit", tool, {"limit": bad})
        for tool in ("find_customers", "find_items", "find_invoices")
        for bad in (-1, 101, 10**30, "many", 1.5)
    ),
    *(
        ("invalid_input", "cursor", tool, {"cursor": bad})
        for tool in ("find_customers", "find_items", "find_invoices")
        for bad in ("x", "\u00e4", "W10", "bnVsbA", "WzEsMl0", "IiI", "x" * 5_000, "W" * 20_001)
    ),
    ("invalid_input", "cursor", "find_invoices", {"cursor": "{cursor}"}),
    ("invalid_input", "status", "find_invoices", {"status": "sent"}),
    ("invalid_input", "cursor", "find_invoices", {"status": "draft", "cursor": "{cursor}"}),
    ("invalid_input", "issued_from", "find_invoices", {"status": "draft", "issued_from": "2026-03-01"}),
    ("invalid_input", "issued_to", "find_invoices", {"status": "draft", "issued_to": "2026-03-01"}),
    ("not_found", "customer", "find_invoices", {"status": "draft", "customer": "Nobody"}),
    ("invalid_input", "limit", "find_invoices", {"status": "draft", "limit": -1}),
    ("not_found", "customer", "find_invoices", {"customer": "Nobody"}),
    ("invalid_input", "issued_from", "find_invoices", {"issued_from": "2026-03-02", "issued_to": "2026-03-01"}),
    ("not_found", "invoice", "get_invoice", {"invoice": f"inv_{GHOST}"}),
    ("invalid_input", "invoice", "get_invoice", {"invoice": ""}),
    ("invalid_input", "invoice", "get_invoice", {}),
    ("not_found", "document", "render_document", {"document": "TEST-INV-2026-00099"}),
    ("invalid_input", "format", "render_document", {"document": "{number}", "format": "../pdf"}),
    ("invalid_input", "format", "export_documents", {"format": "exe"}),
    ("invalid_input", "kind", "export_documents", {"format": "csv", "kind": "quote"}),
]


@pytest.mark.parametrize("start", range(0, len(CASES), AT_ONCE))
async def test_what_does_not_fit_is_refused_and_changes_nothing(bakery: Bakery, start: int) -> None:
    await assert_refused_and_unchanged(bakery, CASES[start : start + AT_ONCE])


@pytest.mark.parametrize("era", ERAS)
async def test_numbers_that_are_none_are_refused_on_their_way_or_on_arrival(bakery: Bakery, era: Era) -> None:
    before = bakery.contents()
    async with bakery.chat(era) as chat:
        for bad in (math.nan, math.inf, -math.inf):
            error = await error_of(chat, "issue_invoice", sale(quantity=bad))
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
            # Some clients send lists and objects as a text that holds JSON.
            ("draft_invoice", {**sale(), "lines": '[{"item": "\\ud800", "quantity": 1}]'}),
            ("issue_invoice", {**sale(), "lines": '[{"\\ud800": 1}]'}),
            ("save_customer", {"name": "X", "address": '{"line1": "\\ud800"}'}),
        ):
            error = await error_of(chat, tool, arguments)
            assert error["code"] == "invalid_input"
    assert bakery.contents() == before


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("draft_invoice", {"lines": [1] * 300_000}),
        ("issue_invoice", {"lines": [{"x": 1}] * 100_000}),
        ("draft_invoice", {"adjustments": [{}] * 300_000}),
        ("draft_invoice", {"lines": "[" + "1," * 300_000 + "1]"}),
        ("issue_credit_note", {"invoice": "{number}", "reason": "Wrong", "lines": [{}] * 300_000}),
        ("save_customer", {"name": "X", "address": {f"k{number}": 1 for number in range(80_000)}}),
    ],
    ids=["no lines", "unknown fields", "no adjustments", "lines as a text", "nothing to credit", "unknown address"],
)
async def test_a_request_full_of_faults_is_refused_for_the_first_one(
    bakery: Bakery, tool: str, arguments: Arguments
) -> None:
    # Looking for all of them took seconds, in which nobody else was served.
    async with bakery.chat() as chat:
        assert (await error_of(chat, tool, arguments))["code"] == "invalid_input"
    (metadata,) = [one.for_practice().fn_metadata for one in CATALOG if one.name == tool]
    with pytest.raises(ValidationError) as found:
        metadata.arg_model.model_validate(metadata.pre_parse_json(arguments))
    assert found.value.error_count() < 20


async def test_the_name_of_an_unknown_field_is_repeated_only_where_it_is_a_name(bakery: Bakery) -> None:
    async with bakery.chat() as chat:
        for name in ("x" * 100_000, "a\nHarbour Bakery (harbour-bakery)"):
            error = await error_of(chat, "draft_invoice", sale(**{name: 1}))
            assert error["field"] == "lines[0].one of the fields"


@pytest.mark.parametrize("era", ERAS)
async def test_a_limit_that_is_passed_is_stated(bakery: Bakery, era: Era) -> None:
    async with bakery.chat(era) as chat:
        for count in (1_001, 10_000):
            error = await error_of(chat, "draft_invoice", {**sale(), "lines": sale()["lines"] * count})
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
        for literal in ("[1]", '{"a":1}', "true", "12", '"quoted"', "[", "NaN"):
            saved = (
                await chat.ok("save_customer", name=literal, note=literal, address=f"{literal}\nLondon\nSW1A 2AA")
            )["customer"]
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


async def test_a_search_for_very_much_is_refused(bakery: Bakery) -> None:
    async with bakery.chat() as chat:
        for tool in ("find_customers", "find_items", "find_invoices"):
            for query in ("x" * 301, "a " * 21):
                error = await chat.refused(tool, query=query)
                assert (error["code"], error.get("field")) == ("invalid_input", "query"), error
