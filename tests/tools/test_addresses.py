"""An address that comes as one text: its fields are found by the form of its country, or asked for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.assistant import ERAS, Era, text_of
from tests.tools.bakery import HANDLE, Bakery

FIELDS = ("line1", "line2", "postal_code", "city", "region")


def fields_of(answered: dict[str, Any]) -> tuple[str, ...]:
    return tuple(answered[name] for name in FIELDS)


@pytest.mark.parametrize("era", ERAS)
async def test_the_country_of_a_text_is_the_arguments_the_customers_or_the_organizations(
    bakery: Bakery, era: Era
) -> None:
    async with bakery.chat(era) as chat:
        british = await chat.ok("save_customer", name="Inn", address="7 Quayside, Bristol, BS1 5UH")
        assert fields_of(british["customer"]) == ("7 Quayside", "", "BS1 5UH", "Bristol", "")
        berlin = "c/o Huber, Hauptstr. 5, 10115 Berlin"
        german = await chat.ok("save_customer", name="Gasthof", country="DE", address=berlin)
        assert fields_of(german["customer"]) == ("c/o Huber", "Hauptstr. 5", "10115", "Berlin", "")
        moved = await chat.ok(
            "save_customer", id=german["customer"]["id"], address="Am Markt 1\n15230 Frankfurt (Oder)"
        )
        assert fields_of(moved["customer"]) == ("Am Markt 1", "", "15230", "Frankfurt (Oder)", "")
        own = await chat.call("update_organization", address="1 High Street\nBristol\nBS1 4ND\nUnited Kingdom")
        assert "1 High Street" in text_of(own)
        found = (await chat.ok("get_organization"))["profile"]
        assert fields_of(found) == ("1 High Street", "", "BS1 4ND", "Bristol", "")


async def test_a_text_that_is_not_plain_is_refused_with_the_fields_to_give(bakery: Bakery) -> None:
    async with bakery.chat(dedicated=False) as chat:
        before = bakery.contents()
        for country, address in (
            ("GB", "somewhere in Bristol"),
            ("GB", "Hauptstr. 5, 10115 Berlin"),
            ("DE", "7 Quayside, Bristol, BS1 5UH, United Kingdom"),
            ("DE", "Hauptstr. 10115 Berlin"),
        ):
            arguments = {"name": "Inn", "country": country, "address": address, "organization": HANDLE}
            refused = await chat.refused("save_customer", **arguments)
            assert (refused["code"], refused["field"]) == ("invalid_input", "address")
            assert "line1, line2, postal_code, city, region" in refused["message"]
            assert f"({country})" in refused["message"]
        abroad = await chat.refused("save_customer", name="Inn", country="JP", address="Tokyo", organization=HANDLE)
        assert abroad["message"].endswith("Give it as an object of line1, line2, postal_code, city, region.")
        own = await chat.refused("update_organization", address="Bristol", organization=HANDLE)
        assert 'would be "line1, line2, city, region, postal_code"' in own["message"]
        assert own["field"] == "address"
        assert bakery.contents() == before


async def test_a_country_that_is_set_with_an_address_decides_its_form(bakery: Bakery) -> None:
    async with bakery.chat(dedicated=False) as chat:
        made = await chat.ok("create_client_organization", name="Gasthof Adler", country="AT")
        own = {"organization": made["created"]["handle"]}
        await chat.ok("update_organization", address="Graben 19/Top 5, A-1010 Wien, Österreich", **own)
        assert fields_of((await chat.ok("get_organization", **own))["profile"]) == (
            "Graben 19/Top 5",
            "",
            "1010",
            "Wien",
            "",
        )
        object_text = '{"line1": "Graben 20", "line2": "2. Stock"}'
        await chat.ok("update_organization", address=object_text, **own)
        told = (await chat.ok("get_organization", **own))["profile"]
        assert fields_of(told) == ("Graben 20", "2. Stock", "1010", "Wien", "")
