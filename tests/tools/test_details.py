"""What has no argument of its own is said in details, of the document and of a line, in any form that clients send."""

from __future__ import annotations

from typing import Any

import pytest

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
    ({"details": {"colour": "red"}}, "details", 'details: "colour" is no field of a document. Fields: supply_end, '),
    (
        {"lines": [{"description": "x", "quantity": 1, "unit_price": 1, "details": {"series": "A"}}]},
        "lines[0].details",
        'lines[0].details: "series" is no field of a line. Fields: name, discount_amount, ',
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
