"""The candidates of an ambiguous name are in the text of the refusal, which is all that some clients show."""

from __future__ import annotations

from typing import Any

from tests.support.assistant import text_of
from tests.tools.bakery import HANDLE, Bakery, sale


async def test_customers_of_one_name_are_in_the_text_that_an_assistant_reads(bakery: Bakery) -> None:
    async with bakery.chat() as chat:
        for tool in ("draft_invoice", "issue_invoice"):
            text = text_of(await chat.call(tool, **{**sale(), "customer": "Twin"}))
            assert "Candidates: cus_" in text
            assert text.count("Twin (GB)") == 2


async def test_every_search_of_names_that_finds_nothing_tells_what_may_be_meant(bakery: Bakery) -> None:
    mine: dict[str, Any] = {"organization": HANDLE}
    async with bakery.chat(dedicated=False) as chat:
        searches: list[tuple[str, dict[str, Any], str]] = [
            ("find_customers", {"query": "Hotel Bristol Ltd", **mine}, "Similar: Hotel Bristol."),
            ("find_items", {"query": "Croisants", **mine}, "Similar: Croissants."),
            ("find_invoices", {"query": "Hotel Bristol Ltd", **mine}, "Similar customers: Hotel Bristol."),
            (
                "find_invoices",
                {"query": "Hotl Bristol", "status": "draft", **mine},
                "Similar customers: Hotel Bristol.",
            ),
            ("list_clients", {"query": "Harbor Bakery Ltd"}, f"Similar: {mine['organization']}."),
            ("list_organizations", {"query": "Harbor Bakery Ltd"}, f"Similar: {mine['organization']}."),
        ]
        for tool, arguments, told in searches:
            assert told in text_of(await chat.call(tool, **arguments)), tool
        calls: list[tuple[str, dict[str, Any], str]] = [
            ("switch_organization", {"organization": "Harbor Bakery Ltd"}, mine["organization"]),
            ("draft_invoice", {**sale(), "customer": "Hotel Bristol Ltd", **mine}, "Hotel Bristol"),
            ("find_invoices", {"customer": "Bristol Hotel GmbH", **mine}, "Hotel Bristol"),
        ]
        for tool, arguments, candidate in calls:
            assert (await chat.refused(tool, **arguments))["candidates"] == [candidate], tool
