"""What a credit note takes besides quantities, through the tools: charges by themselves, and reduced prices."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.assistant import text_of
from tests.tools.bakery import Bakery, sale

FREIGHT = {"kind": "charge", "reason": "Freight", "amount": "4.99"}


async def _sold(chat: Any, **fields: Any) -> str:
    made = await chat.ok("issue_invoice", **sale(quantity="100", unit_price="20"), adjustments=[FREIGHT], **fields)
    number: str = made["invoice"]["number"]
    return number


async def test_a_line_comes_back_without_the_freight_the_freight_alone_and_a_price_is_reduced(bakery: Bakery) -> None:
    async with bakery.chat() as chat:
        number = await _sold(chat, issue_date="2026-03-18")

        async def credit(**line: Any) -> dict[str, Any]:
            made: dict[str, Any] = await chat.ok(
                "issue_credit_note", invoice=number, reason="Agreed", issue_date="2026-03-18", lines=[line]
            )
            return made["credit_note"]  # type: ignore[no-any-return]  # An object of JSON.

        assert (await credit(position=1, unit_price="18"))["net_total"] == "200.00"
        assert (await credit(position=1, quantity="10", charges=False))["net_total"] == "180.00"
        assert (await credit(position=1, quantity="10", charges="false"))["net_total"] == "180.00"
        assert (await credit(adjustment=1, amount="2.00"))["net_total"] == "2.00"
        assert (await credit(adjustment=1))["net_total"] == "2.99"
        assert (await credit(position=1, percent="50"))["net_total"] == "720.00"
        rest = await chat.ok("issue_credit_note", invoice=number, reason="The rest", issue_date="2026-03-18")
        assert rest["credit_note"]["net_total"] == "720.00"
        assert rest["invoice_amount_due"] == "0.00"


async def test_the_number_of_a_line_or_charge_may_be_a_text_beside_nulls_of_what_a_model_leaves_out(
    bakery: Bakery,
) -> None:
    async with bakery.chat() as chat:
        number = await _sold(chat, issue_date="2026-03-18")
        nothing = dict.fromkeys(("quantity", "adjustment", "unit_price", "amount", "percent", "charges", "discounts"))
        lines = [
            {**nothing, "position": "1", "quantity": "10", "charges": "false"},
            {**nothing, "position": None, "adjustment": "1"},
        ]
        made = await chat.ok("issue_credit_note", invoice=number, reason="Agreed", issue_date="2026-03-18", lines=lines)
        assert made["credit_note"]["net_total"] == "204.99"


async def test_the_answer_says_that_nothing_comes_back_and_what_remains(bakery: Bakery) -> None:
    async with bakery.chat() as chat:
        number = await _sold(chat, issue_date="2026-03-18")
        lines = [{"position": 1, "unit_price": "18"}]
        said = text_of(
            await chat.call("issue_credit_note", invoice=number, reason="Agreed", issue_date="2026-03-18", lines=lines)
        )
        assert "the price reduced: nothing comes back" in said
        assert f"Of {number} remain net 1804.99" in said


@pytest.mark.parametrize(
    ("line", "field", "says"),
    [
        ({"adjustment": 1, "position": 1}, "lines[0].position", "does not go with adjustment"),
        ({"adjustment": 2}, "lines", "no discount or charge 2"),
        ({"quantity": "1"}, "lines[0].position", "position is required"),
        ({"position": 1, "unit_price": "21"}, "lines[0].unit_price", "less than the price"),
        ({"position": 1, "unit_price": "-1"}, "lines[0].unit_price", "must be at least 0, and less than the price"),
        ({"position": 1, "colour": "red"}, "lines[0].colour", "known are position, quantity, adjustment, unit_price"),
    ],
)
async def test_what_does_not_go_together_is_refused_by_its_field(
    bakery: Bakery, line: dict[str, Any], field: str, says: str
) -> None:
    async with bakery.chat() as chat:
        number = await _sold(chat, issue_date="2026-03-18")
        refused = await chat.refused("issue_credit_note", invoice=number, reason="Agreed", lines=[line])
        assert refused["field"] == field
        assert says in refused["message"]
