"""What has no argument of its own is said in details, of the document and of a line, in any form that clients send."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.assistant import text_of
from tests.tools.bakery import Bakery, sale

RATE = {"exchange_rate": "0.85", "exchange_source": "ECB", "exchange_date": "2026-03-13"}


@pytest.mark.parametrize(
    "said",
    [
        [{"field": name, "value": value} for name, value in RATE.items()],
        RATE,
        '{"exchange_rate": 0.85, "exchange_source": "ECB", "exchange_date": "2026-03-13"}',
        [*({"field": name.upper(), "value": value} for name, value in RATE.items()), {"field": "series", "value": ""}],
    ],
    ids=["list", "object", "text", "capitals and nothing"],
)
async def test_details_say_what_an_argument_says(bakery: Bakery, said: Any) -> None:
    async with bakery.chat() as chat:
        in_arguments = await chat.ok("draft_invoice", **sale(), currency="EUR", **RATE)
        in_details = await chat.ok("draft_invoice", **sale(), currency="EUR", details=said)
        assert {**in_details, "draft": ""} == {**in_arguments, "draft": ""}


async def test_details_of_a_line_say_what_its_fields_say(bakery: Bakery) -> None:
    line = {"charge_amount": "0.05", "supply_date": "2026-03-01", "supply_end": "2026-03-02", "order_line": "10"}
    async with bakery.chat() as chat:
        in_fields = await chat.ok("draft_invoice", **sale(**line))
        in_details = await chat.ok("draft_invoice", **sale(details=line))
        assert {**in_details, "draft": ""} == {**in_fields, "draft": ""}


async def test_details_go_with_a_direct_issue_and_with_a_draft_that_replaces(bakery: Bakery) -> None:
    async with bakery.chat() as chat:
        drafted = await chat.ok("draft_invoice", **sale())
        replaced = await chat.ok(
            "draft_invoice",
            **sale(),
            draft=drafted["draft"],
            issue_date="2026-03-18",
            details={"supply_end": "2026-03-31"},
        )
        assert replaced["draft"] == drafted["draft"]
        assert replaced["supply_end"] == "2026-03-31"
        issued = await chat.ok("issue_invoice", **sale(details={"order_line": "7"}), issue_date="2026-03-18")
        whole = (await chat.ok("get_invoice", invoice=issued["invoice"]["id"]))["invoice"]
        assert whole["lines"][0]["order_line"] == "7"


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    (
        {"details": {"colour": "red"}},
        "details",
        'details: "colour" is no field of a document. Fields: buyer_reference, ',
    ),
    (
        {"lines": [{"description": "x", "quantity": 1, "unit_price": 1, "details": {"series": "A"}}]},
        "lines[0].details",
        'lines[0].details: "series" is no field of a line. Fields: name, note, ',
    ),
    ({"details": {"supply_end": "31.3.2026"}}, "details.supply_end", "must be a date such as 2026-03-31"),
    ({"details": {"exchange_rate": "1,5"}}, "details.exchange_rate", "must be a plain decimal number"),
    ({"details": {"series": "A"}, "series": "B"}, "details", "series is given twice"),
    ({"details": {"series": ["A", "B"]}}, "details", "series is given twice"),
    ({"details": [{"field": "series", "value": "A", "text": "B"}]}, "details[0].text", "known are field, value"),
]


async def test_what_no_detail_takes_is_refused_by_its_name(bakery: Bakery) -> None:
    before = bakery.contents()
    async with bakery.chat() as chat:
        for sent, field, text in REFUSED:
            error = await chat.refused("draft_invoice", **{**sale(), **sent})
            assert (error["code"], error["field"]) == ("invalid_input", field), error
            assert text in error["message"], error
    assert bakery.contents() == before


async def test_details_are_told_of_drafts_and_of_what_was_issued(bakery: Bakery) -> None:
    said = {"buyer_reference": "Department 4", "attachment": ["T-7; Time sheets", "T-8"], "delivery_city": "Leeds"}
    line = {"note": "Fragile", "attribute": ["colour=red", "size=XL"]}
    told = {
        "buyer_reference": "Department 4",
        "attachment": "T-7; Time sheets\nT-8",
        "delivery_city": "Leeds",
        "delivery_country": "GB",
    }
    async with bakery.chat() as chat:
        drafted = await chat.call("draft_invoice", **sale(details=line), details=said, issue_date="2026-03-18")
        assert drafted.structured_content is not None
        assert drafted.structured_content["details"] == told
        assert drafted.structured_content["lines"][0]["details"]["attribute"] == "colour=red\nsize=XL"
        assert "buyer_reference: Department 4" in text_of(drafted)
        assert ", note Fragile, " in text_of(drafted)
        draft = drafted.structured_content["draft"]
        issued = await chat.ok("issue_invoice", draft=draft)
        whole = (await chat.ok("get_invoice", invoice=issued["invoice"]["id"]))["invoice"]
        assert whole["details"] == told
        again = await chat.ok("draft_invoice", copy_of=issued["invoice"]["number"])
        assert again["details"] == {name: text for name, text in told.items() if name != "attachment"}


async def test_a_customer_keeps_what_its_documents_say(bakery: Bakery) -> None:
    kept = {
        "buyer_reference": "Department 4",
        "language": "fr",
        "e_invoice_address": "0088:4012345000009",
        "delivery_addresses": "Warehouse: city=Leeds; country=GB; default",
    }
    async with bakery.chat() as chat:
        saved = await chat.ok(
            "save_customer", id=bakery.made.customer, details={**kept, "tax_office_number": "1123456789"}
        )
        assert saved["customer"]["details"] == kept
        assert saved["customer"]["tax_office_number"] == "1123456789"
        drafted = await chat.ok("draft_invoice", **sale())
        assert drafted["details"] == {
            "buyer_reference": "Department 4",
            "delivery_city": "Leeds",
            "delivery_country": "GB",
        }
        emptied = await chat.ok("save_customer", id=bakery.made.customer, clear=["language", "delivery_addresses"])
        assert set(emptied["customer"]["details"]) == {"buyer_reference", "e_invoice_address"}


async def test_a_customer_number_is_an_identifier_without_scheme(bakery: Bakery) -> None:
    customer = bakery.made.customer
    async with bakery.chat() as chat:
        saved = await chat.ok("save_customer", id=customer, details={"customer_number": "10042"})
        assert saved["customer"]["details"] == {"customer_number": "10042"}
        with_scheme = await chat.refused(
            "save_customer", id=customer, details={"customer_number": "0088:4012345000009"}
        )
        assert "no scheme" in with_scheme["message"]
        both = {"customer_number": "1", "identifier": "2"}
        assert "one of them" in (await chat.refused("save_customer", id=customer, details=both))["message"]
        emptied = await chat.ok("save_customer", id=customer, clear=["customer_number"])
        assert emptied["customer"]["details"] == {}
        kept = await chat.ok("save_customer", id=customer, details={"identifier": "0088:4012345000009"})
        assert kept["customer"]["details"] == {"identifier": "0088:4012345000009"}
        there = await chat.refused("save_customer", id=customer, details={"customer_number": "10042"})
        assert "0088:4012345000009" in there["message"]


async def test_a_field_of_details_that_is_given_as_an_argument_is_told_where_it_belongs(bakery: Bakery) -> None:
    async with bakery.chat() as chat:
        number = await chat.refused("save_customer", id=bakery.made.customer, customer_number="10017")
        assert number["message"] == "customer_number of save_customer belongs in details: say it there."
        assert "gtin of save_item belongs in details" in (await chat.refused("save_item", gtin="1"))["message"]
        assert "is not an argument of" in (await chat.refused("save_customer", colour="red"))["message"]


async def test_an_item_gives_its_numbers_to_lines(bakery: Bakery) -> None:
    async with bakery.chat() as chat:
        kept = {"gtin": "4012345000009", "classifications": "STI=50180000", "origin": "fr"}
        saved = await chat.ok("save_item", id=bakery.made.item, details=kept)
        assert saved["item"]["details"] == kept | {"origin": "FR"}
        drafted = await chat.ok("draft_invoice", **sale(item="Croissants"))
        assert drafted["lines"][0]["details"]["gtin"] == "4012345000009"
        for wrong in ({"colour": "red"}, {"gtin": "1"}, {"origin": ["FR", "IT"]}):
            assert (await chat.refused("save_item", id=bakery.made.item, details=wrong))["code"] == "invalid_input"
        twice = await chat.refused("save_customer", id=bakery.made.customer, phone="1", details={"phone": "2"})
        assert "is no field here" in twice["message"]
        text = text_of(await chat.call("save_item", id=bakery.made.item, details={"colour": "red"}))
        assert text.count("gtin, origin, classifications") == 1
        assert "Candidates" not in text


async def test_what_an_organization_is_called_stands_in_its_branding(bakery: Bakery) -> None:
    async with bakery.chat() as chat:
        values = {"trading_name": "The Harbour", "contact": "Ann", "e_invoice_address": "office@example.com"}
        await chat.ok("save_configuration", part="branding", values=values)
        shown = await chat.ok("get_configuration", part="branding")
        assert shown["entries"][0]["values"]["e_invoice_address"] == "EM:office@example.com"
