"""Names that look like another's, and texts that pass for what they are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from invoicing.refusals import InvalidInput, LimitExceeded, OrganizationAmbiguous
from tests.support.assistant import assistant
from tests.support.people import refusal
from tests.support.practice import Practice, practice


@pytest.mark.parametrize(
    "name",
    [
        "Harbour Bakery (harbour-bakery-sandbox)",
        "Harbour Bakery (harbour-bakery-sandbox)" + "\u2800" * 40,
        "Harbour Bakery (harbour-bakery-sandbox)\u3164",
        "Harbour Bakery (HARBOUR-BAKERY-SANDBOX)",
        "Harbour Bakery (Harbour-Bakery-Sandbox), Ltd",
        "Acme ( acme-sandbox ) and more",
        "Acme (acme - sandbox) and more",
        "Acme (acme-sandbox",
        "Acme [acme-sandbox]",
        "Acme \uff08acme-sandbox\uff09",
        "Acme (\uff21cme\uff0dsandbox)",
        "Acme (\u0430cme\u2010sandbox)",
        "Acme (acme)",
        "Acme (acme-2)!",
        "Ledger & Co (LEDGER-CO-SANDBOX)",
        "\u2800\u3164",
        "\u200b",
    ],
)
async def test_a_name_that_would_pass_for_anothers_heading_or_for_none_is_refused(tmp_path: Path, name: str) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        assert isinstance(await refusal(one.client(name)), InvalidInput)


@pytest.mark.parametrize("invisible", ["\u200b", "\u2060", "\u200e", "\u061c", "\u00ad", "\ufeff"])
async def test_a_name_with_invisible_characters_is_the_name_without_them(tmp_path: Path, invisible: str) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        twin = await one.client(f"Harbour{invisible} Bakery{invisible}")
        assert twin.name == "Harbour Bakery"
        async with assistant(one.office) as chat:
            refused = await chat.refused("switch_organization", organization="Harbour Bakery")
            assert refused["code"] == OrganizationAmbiguous.code


async def test_names_with_brackets_as_businesses_have_them_are_welcome(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        for name in (
            "Acme (UK) Ltd",
            "Acme (Holdings)",
            "Smith (Bakery)",
            "Acme (Sandbox)",
            "Müller (Zürich)",
            "(R) Co",
        ):
            assert (await one.client(name)).name == name


async def test_a_name_does_not_have_the_handle_of_an_organization_that_one_can_reach_in_brackets(
    tmp_path: Path,
) -> None:
    """A live organization's handle has no suffix: `Bakery` in brackets would be a heading to whoever reads quickly."""
    async with practice(tmp_path) as one, assistant(one.office) as chat:
        await chat.ok("create_client_organization", name="Bakery", country="GB", environment="live")
        refused = await chat.refused("create_client_organization", name="Smith (Bakery)", country="GB")
        assert (refused["code"], refused["field"]) == ("invalid_input", "name")
        other = await one.client("Smith")
        renamed = await chat.refused("update_organization", organization=other.handle, name="Smith (BAKERY) Ltd")
        assert (renamed["code"], renamed["field"]) == ("invalid_input", "name")


async def test_the_second_client_of_a_name_comes_with_a_warning(tmp_path: Path) -> None:
    async with practice(tmp_path) as one, assistant(one.office) as chat:
        await chat.ok("create_client_organization", name="Harbour Bakery", country="GB")
        again = await chat.ok("create_client_organization", name="harbour bakery", country="GB")
        assert "harbour-bakery-sandbox" in again["notes"][0]


async def test_a_description_or_a_note_has_only_so_many_lines(tmp_path: Path) -> None:
    async with practice(tmp_path) as one, assistant(one.office) as chat:
        books = one.books(await one.client("Harbour Bakery"))
        customer = (await one.customer(books)).id
        long, named = "\n".join("x" * 21), {"organization": "harbour-bakery-sandbox", "customer": customer}
        line = {"description": long, "quantity": 1, "unit_price": 1}
        assert (await chat.refused("draft_invoice", lines=[line], **named))["code"] == LimitExceeded.code
        plain = {"description": "x", "quantity": 1, "unit_price": 1}
        note = "\n".join("x" * 61)
        assert (await chat.refused("draft_invoice", lines=[plain], note=note, **named))["field"] == "note"


async def draft(one: Practice, **fields: str) -> list[str]:
    async with assistant(one.office) as chat:
        line = {"description": "x", "quantity": 1, "unit_price": 1}
        drafted = await chat.ok(
            "draft_invoice", organization="harbour-bakery-sandbox", customer="Hotel Bristol", lines=[line], **fields
        )
        blockers: list[str] = drafted["blockers"]
        return blockers


async def test_a_draft_says_what_issuing_would_refuse(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        await one.issue(books, (await one.customer(books)).id)
        assert await draft(one) == []
        assert "dates follow the numbers" in (await draft(one, issue_date="2026-01-01"))[0]
        assert "too far ahead" in (await draft(one, issue_date="2026-06-01"))[0]


async def test_an_address_written_as_a_text_replaces_the_whole_one(tmp_path: Path) -> None:
    async with practice(tmp_path) as one, assistant(one.office) as chat:
        books = one.books(await one.client("Harbour Bakery"))
        customer = await one.customer(books)
        saved = await chat.ok(
            "save_customer",
            organization="harbour-bakery-sandbox",
            id=customer.id,
            address="7 Quayside\nBristol BS1 5UH",
        )
        written = {name: saved["customer"][name] for name in ("line1", "line2", "postal_code", "city", "region")}
        assert written == {
            "line1": "7 Quayside",
            "line2": "",
            "postal_code": "BS1 5UH",
            "city": "Bristol",
            "region": "",
        }
