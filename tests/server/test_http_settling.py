"""Over HTTP, in both eras: what settles invoices, several in one act, retried, taken back, and refused by its field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.assistant import ERAS, Era
from tests.support.http import BAKERY, house

SALE = {"customer": "Hotel Bristol", "lines": [{"description": "Trays", "quantity": "40", "unit_price": "12.50"}]}


@pytest.mark.parametrize("era", ERAS)
async def test_one_transfer_settles_two_invoices_and_is_told_line_by_line(tmp_path: Path, era: Era) -> None:
    async with house(tmp_path) as home, home.site.chat(await home.credentials.token(), era=era) as chat:
        own = {"organization": BAKERY}
        first, second = [(await chat.ok("issue_invoice", **SALE, **own))["invoice"]["number"] for _ in range(2)]
        transfer: dict[str, Any] = {
            "invoices": [
                {"invoice": first, "amount": "597.50"},
                {"invoice": first, "amount": "2.50", "kind": "charges"},
                {"invoice": second, "amount": "300"},
            ],
            "amount": "897.50",
            "client_reference": "bank 7",
        }
        made = await chat.ok("record_payment", **transfer, **own)
        assert [(part["number"], part["payment"]["kind"], part["amount_due"]) for part in made["parts"]] == [
            (first, "payment", "0.00"),
            (first, "charges", "0.00"),
            (second, "payment", "300.00"),
        ]
        again = await chat.ok("record_payment", **transfer, **own)
        assert again["replayed"]
        assert again["parts"] == made["parts"]
        short = await chat.refused("record_payment", **(transfer | {"amount": "700", "client_reference": ""}), **own)
        assert (short["code"], short["field"]) == ("invalid_input", "amount")
        much = await chat.refused("record_payment", invoice=second, kind="write_off", **own)
        assert (much["code"], much["field"]) == ("limit_exceeded", "amount")
        odd = await chat.refused("record_payment", invoice=second, amount="1", kind="gift", **own)
        assert (odd["code"], odd["field"]) == ("invalid_input", "kind")
        back = await chat.ok("record_payment", invoice=second, reverse=made["parts"][2]["payment"]["id"], **own)
        assert [warning["code"] for warning in back["warnings"]] == ["recorded_with_it", "recorded_with_it"]
        shown = await chat.ok("get_invoice", invoice=first, **own)
        assert [payment["kind"] for payment in shown["invoice"]["payments"]] == ["payment", "charges"]


async def test_a_dedicated_connection_settles_its_own_alone(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        key = await home.credentials.key(home.bakery)
        async with home.site.chat(key, f"/mcp/{BAKERY}") as chat:
            number = (await chat.ok("issue_invoice", **SALE))["invoice"]["number"]
            made = await chat.ok("record_payment", invoice=number, amount="610", accept_overpayment=True)
            assert made["parts"][0]["amount_due"] == "-10.00"
            back = await chat.ok("record_payment", invoice=number, kind="paid_back")
            assert (back["payment"]["amount"], back["parts"][0]["amount_due"]) == ("10.00", "0.00")
            unknown = await chat.refused("record_payment", invoices=[{"invoice": "TEST-INV-2026-00099"}], amount="1")
            assert (unknown["code"], unknown["field"]) == ("not_found", "invoices[0].invoice")
