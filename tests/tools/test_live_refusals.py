"""What must not go out live: another place's tax, a zero rate on a number that does not bear it, words from nowhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.assistant import Assistant, assistant, text_of
from tests.support.practice import practice

Address = dict[str, str]

PLACES: dict[str, tuple[Address, str, str]] = {
    "Las Palmas": ({"line1": "Calle 1", "postal_code": "35001", "city": "Las Palmas"}, "ES", "ESB58378431"),
    "Saint-Denis": ({"line1": "1 rue Haute", "postal_code": "97400", "city": "Saint-Denis"}, "FR", "FR40303265045"),
    "Funchal": ({"line1": "Rua 1", "postal_code": "9000-001", "city": "Funchal"}, "PT", "PT501964843"),
    "Berlin": ({"line1": "Weg 1", "postal_code": "10115", "city": "Berlin"}, "DE", "DE136695976"),
}
LINE: dict[str, Any] = {"description": "Chairs", "quantity": "1", "unit_price": "100", "supply": "goods"}


@asynccontextmanager
async def live(root: Path, place: str) -> AsyncIterator[Assistant]:
    """A conversation on the own connection of a live client at the place."""
    address, country, number = PLACES[place]
    async with practice(root) as one:
        async with assistant(one.office) as office:
            made = await office.ok("create_client_organization", name="Seller", country=country, environment="live")
        async with assistant(one.office, organization=made["created"]["handle"]) as chat:
            await chat.ok(
                "update_organization",
                address=address,
                tax_number=number,
                iban="DE89370400440532013000",
                mandates="warn",
            )
            yield chat


async def neighbour(chat: Assistant, place: str) -> str:
    address, country, _ = PLACES[place]
    saved = await chat.ok("save_customer", name="Neighbour", country=country, consumer=True, address=address)
    return str(saved["customer"]["id"])


@pytest.mark.parametrize(
    ("place", "rate", "tax"),
    [("Las Palmas", "7", "10.50"), ("Saint-Denis", "8.5", "12.75"), ("Funchal", "22", "33.00")],
)
async def test_a_charge_bears_the_tax_of_the_place_as_the_lines_do(
    tmp_path: Path, place: str, rate: str, tax: str
) -> None:
    async with live(tmp_path / "data", place) as chat:
        charge = {"kind": "charge", "reason": "Carriage", "amount": "50", "tax_code": "STANDARD"}
        customer = await neighbour(chat, place)
        draft = await chat.ok("draft_invoice", customer=customer, lines=[LINE], adjustments=[charge])
        assert [(one["rate"], one["tax"]) for one in draft["taxes"]] == [(rate, tax)]


async def test_a_rate_of_the_mainland_is_not_charged_in_the_canary_islands(tmp_path: Path) -> None:
    async with live(tmp_path / "data", "Las Palmas") as chat:
        customer = await neighbour(chat, "Las Palmas")
        await chat.ok("save_item", name="Bread", unit_price="1", tax_code="REDUCED")
        for line in (LINE | {"tax_code": "REDUCED"}, {"item": "Bread", "quantity": "1"}):
            error = await chat.refused("issue_invoice", customer=customer, lines=[line])
            assert error["code"] == "not_ready"
            assert "no counterpart among the rates of the Canary Islands" in error["message"]
            assert "IGIC-STANDARD" in error["message"]


async def test_a_seller_in_a_territory_is_shown_the_codes_of_that_place(tmp_path: Path) -> None:
    async with live(tmp_path / "data", "Las Palmas") as chat:
        shown = await chat.ok("get_organization")
        rates = {one["code"]: (one["rate"], one["default"]) for one in shown["tax_codes"]}
        assert rates["IGIC-STANDARD"] == ("7", True)
        assert "STANDARD" not in rates
        customer = await neighbour(chat, "Las Palmas")
        error = await chat.refused("draft_invoice", customer=customer, lines=[LINE | {"tax_code": "NONE-SUCH"}])
        assert "IGIC-STANDARD 7 %" in error["message"]
        assert "STANDARD 21 %" not in error["message"].replace("IGIC-STANDARD", "")


@pytest.mark.parametrize(
    "buyer",
    [
        {"country": "FR", "tax_number": "FR40303265045-EX"},
        {"country": "FR", "consumer": True},
        {"country": "US", "tax_number": "12-3456789"},
        {"country": "CH", "tax_number": "CHE-107.787.577 MWST"},
        {"country": "GB", "tax_number": "GB980780684"},
        {"country": "DE", "tax_number": "DE136695976"},
        {"country": "FR"},
    ],
    ids=lambda buyer: " ".join(map(str, buyer.values())),
)
async def test_an_intra_eu_supply_wants_a_number_that_bears_it(tmp_path: Path, buyer: dict[str, Any]) -> None:
    address = {"line1": "1", "city": "Town", "postal_code": "75002"}
    async with live(tmp_path / "data", "Berlin") as chat:
        await chat.ok("save_customer", name="Buyer", address=address, **buyer)
        error = await chat.refused("issue_invoice", customer="Buyer", lines=[LINE | {"tax_code": "INTRA-EU"}])
        assert error["code"] == "not_ready"
        assert "need the VAT number of Buyer" in error["message"]


async def test_a_word_for_nothing_clears_nothing(tmp_path: Path) -> None:
    async with live(tmp_path / "data", "Berlin") as chat:
        for word in ("null", "undefined", "None"):
            await chat.ok("update_organization", tax_number=word, footer=word, phone="1")
            assert (await chat.ok("get_organization"))["profile"]["tax_number"] == "DE136695976"
        kept = (await chat.ok("save_customer", name="Null", tax_number="DE136695976", phone="1"))["customer"]
        again = await chat.ok("save_customer", id=kept["id"], tax_number="null", phone="undefined", name="null")
        assert again["customer"] == kept | {"name": "null"}


async def test_a_credit_note_is_refused_or_says_what_a_draft_would_have_warned_of(tmp_path: Path) -> None:
    async with live(tmp_path / "data", "Berlin") as chat:
        address = {"line1": "Am Markt 1", "city": "Frankfurt", "postal_code": "15230"}
        await chat.ok("save_customer", name="Adler", address=address)
        number = (await chat.ok("issue_invoice", customer="Adler", lines=[LINE | {"quantity": "4"}]))["invoice"][
            "number"
        ]
        error = await chat.refused("issue_credit_note", invoice=number, reason="理由")
        assert error["field"] == "reason"
        one = {"invoice": number, "reason": "Broken", "lines": [{"position": 1, "quantity": "1"}]}
        assert (await chat.ok("issue_credit_note", **one))["warnings"] == []
        again = await chat.call("issue_credit_note", **one)
        (warning,) = (again.structured_content or {})["warnings"]
        assert warning["code"] == "likely_duplicate"
        assert warning["text"] in text_of(again)
