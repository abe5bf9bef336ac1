"""Lines with name and description, and with dates of their own, as an assistant sends and sees them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from operations.items import save_item
from tests.support.assistant import ERAS, Era, assistant, text_of
from tests.support.clock import SettableClock
from tests.support.practice import practice


@pytest.mark.parametrize("era", ERAS)
async def test_an_assistant_sees_both_texts_of_a_line(tmp_path: Path, era: Era) -> None:
    async with practice(tmp_path) as one:
        client = await one.client("Bäckerei", "DE")
        books = one.books(client)
        await one.customer(books, "Bistro", country="DE")
        await save_item(
            books, {"name": "Croissant", "description": "mit Butter", "unit_price": Decimal("2.50")}, item_id=""
        )
        async with assistant(one.office, era, organization=client.handle) as chat:
            bag = {"description": "Tüte", "quantity": 1, "unit_price": "0.10", "order_line": "20"}
            lines = [{"item": "Croissant", "quantity": 2}, bag]
            result = await chat.call("draft_invoice", customer="Bistro", lines=lines)
            answer = result.structured_content
            assert answer is not None
            assert [(one["name"], one["description"]) for one in answer["lines"]] == [
                ("Croissant", "mit Butter"),
                ("Tüte", "Tüte"),
            ]
            assert "1. Croissant, mit Butter: 2 x 2.50 = 5.00" in text_of(result)
            assert "2. Tüte: 1 x 0.10" in text_of(result)
            assert [one["order_line"] for one in answer["lines"]] == ["", "20"]
            assert ", order line 20" in text_of(result)
            await chat.ok("issue_invoice", draft=answer["draft"])
            shown = await chat.call("get_invoice", invoice="TEST-INV-2026-00001")
            assert "1. Croissant, mit Butter: 2 x" in text_of(shown)
            credited = await chat.call("issue_credit_note", invoice="TEST-INV-2026-00001", reason="Stale")
            assert "1. Croissant, mit Butter: 2 x" in text_of(credited)


async def test_parts_of_a_service_keep_the_rates_of_their_days(tmp_path: Path) -> None:
    async with practice(tmp_path, SettableClock(datetime(2020, 7, 20, 12, tzinfo=UTC))) as one:
        client = await one.client("Kanzlei", "DE")
        await one.customer(one.books(client), "Bistro", country="DE")
        async with assistant(one.office, "auto", organization=client.handle) as chat:
            whole = {"description": "Betreuung", "quantity": 1, "unit_price": "1000", "supply": "services"}
            asked = {"customer": "Bistro", "supply_date": "2020-06-15", "supply_end": "2020-07-15"}
            undivided = await chat.call("draft_invoice", lines=[whole], **asked)
            assert undivided.structured_content is not None
            assert undivided.structured_content["tax_total"] == "160.00"
            codes = [warning["code"] for warning in undivided.structured_content["warnings"]]
            assert "rate_changed_in_period" in codes
            assert "516.13 at 19 % (16 days) and 483.87 at 16 % (15 days)" in text_of(undivided)
            parts = [
                whole | {"unit_price": "516.13", "supply_date": "2020-06-15", "supply_end": "2020-06-30"},
                whole | {"unit_price": "483.87", "supply_date": "2020-07-01", "supply_end": "2020-07-15"},
            ]
            divided = await chat.call("draft_invoice", lines=parts, customer="Bistro")
            answer = divided.structured_content
            assert answer is not None
            assert [(tax["rate"], tax["tax"]) for tax in answer["taxes"]] == [("19", "98.06"), ("16", "77.42")]
            assert "rate_changed_in_period" not in text_of(divided)
            assert "supplied 2020-06-15 to 2020-07-15." in text_of(divided)
            assert "(STANDARD 19 %), supplied 2020-06-15 to 2020-06-30" in text_of(divided)
            assert (answer["lines"][1]["supply_date"], answer["lines"][1]["supply_end"]) == ("2020-07-01", "2020-07-15")
            await chat.call("issue_invoice", draft=answer["draft"])
            shown = await chat.call("get_invoice", invoice="TEST-INV-2020-00001")
            assert "supplied 2020-07-01 to 2020-07-15" in text_of(shown)


@pytest.mark.parametrize("stated", ["cost_centre=bakery", {"cost_centre": "bakery"}, '{"cost_centre": "bakery"}'])
async def test_an_assistant_tags_a_line_in_any_form_and_sees_it_again(tmp_path: Path, stated: object) -> None:
    async with practice(tmp_path) as one:
        client = await one.client("Bäckerei", "DE")
        await one.customer(one.books(client), "Bistro", country="DE")
        line = {"description": "Brot", "quantity": 1, "unit_price": "4", "dimensions": stated}
        async with assistant(one.office, "auto", organization=client.handle) as chat:
            refused = await chat.refused("draft_invoice", customer="Bistro", lines=[line])
            assert "save_configuration adds one, part dimensions." in refused["message"]
            for code in ("cost_centre", "cost_centre/bakery"):
                await chat.ok("save_configuration", part="dimensions", code=code, values={"name": "Backstube"})
            drafted = await chat.call("draft_invoice", customer="Bistro", lines=[line])
            assert drafted.structured_content is not None
            assert [one["dimensions"] for one in drafted.structured_content["lines"]] == ["cost_centre=bakery"]
            await chat.ok("issue_invoice", draft=drafted.structured_content["draft"])
            shown = await chat.call("get_invoice", invoice="TEST-INV-2026-00001")
            assert "(STANDARD 19 %), cost_centre=bakery" in text_of(shown)
            for wrong in ("bakery", ["cost_centre"], {"cost_centre": 7}):
                refused = await chat.refused("draft_invoice", customer="Bistro", lines=[line | {"dimensions": wrong}])
                assert "cost_centre=bakery; project=inn" in refused["message"]
