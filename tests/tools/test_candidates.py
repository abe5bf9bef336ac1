"""The candidates of an ambiguous name are in the text of the refusal, which is all that some clients show."""

from __future__ import annotations

from tests.support.assistant import text_of
from tests.tools.bakery import Bakery, sale


async def test_customers_of_one_name_are_in_the_text_that_an_assistant_reads(bakery: Bakery) -> None:
    async with bakery.chat() as chat:
        for tool in ("draft_invoice", "issue_invoice"):
            text = text_of(await chat.call(tool, **{**sale(), "customer": "Twin"}))
            assert "Candidates: cus_" in text
            assert text.count("Twin (GB)") == 2
