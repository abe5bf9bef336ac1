"""No live invoice goes out with a warning that nobody has read: it stays a draft until each is acknowledged by name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.assistant import ERAS, Assistant, Era, assistant, text_of
from tests.support.practice import practice

CONSULTING = {"description": "Consulting hours", "quantity": "8", "unit_price": "120"}
SALE: dict[str, Any] = {"customer": "De Molen BV", "lines": [CONSULTING], "currency": "GBP"}
AT_HOME: dict[str, Any] = {"customer": "Hotel Bristol", "lines": [CONSULTING | {"supply": "services"}]}
PROFILE: dict[str, Any] = {
    "address": {"line1": "7 Quayside", "city": "Bristol", "postal_code": "BS1 5UH"},
    "tax_number": "GB980780684",
    "iban": "GB33BUKB20201555555555",
}


@pytest.fixture
def client(tmp_path: Path) -> AbstractAsyncContextManager[Assistant]:
    return live_client(tmp_path / "data", "auto")


@asynccontextmanager
async def live_client(root: Path, era: Era) -> AsyncIterator[Assistant]:
    """A conversation on the own connection of a live British client with a Dutch and a British customer."""
    async with practice(root) as one:
        async with assistant(one.office) as office:
            made = await office.ok("create_client_organization", name="Finch", country="GB", environment="live")
        async with assistant(one.office, era, organization=made["created"]["handle"]) as chat:
            await chat.ok("update_organization", **PROFILE)
            dutch = {"line1": "Singel 1", "city": "Amsterdam", "postal_code": "1012 AB"}
            await chat.ok("save_customer", name="De Molen BV", country="NL", tax_number="NL004495445B01", address=dutch)
            english = {"line1": "1 Queen Square", "city": "Bristol", "postal_code": "BS1 4JQ"}
            await chat.ok("save_customer", name="Hotel Bristol", address=english)
            yield chat


async def documents(chat: Assistant) -> list[str]:
    return [one["number"] for one in (await chat.ok("find_invoices"))["invoices"]]


@pytest.mark.parametrize("era", ERAS)
async def test_a_direct_issue_with_warnings_is_kept_as_a_draft_that_the_answer_shows(tmp_path: Path, era: Era) -> None:
    async with live_client(tmp_path / "data", era) as chat:
        result = await chat.call("issue_invoice", **SALE)
        made, text = result.structured_content, text_of(result)
        assert made["invoice"] is None
        assert {one["code"] for one in made["warnings"]} >= {"supply_not_stated", "proof_of_export"}
        assert text.splitlines()[1].startswith("Not issued")
        assert made["draft"] in text
        for warning in made["warnings"]:
            assert f"Warning [{warning['code']}]: {warning['text']}" in text
        assert "Tax of line 1: EXPORT" in text
        assert await documents(chat) == []


async def test_what_was_shown_is_issued_with_its_codes(client: AbstractAsyncContextManager[Assistant]) -> None:
    async with client as chat:
        kept = await chat.ok("issue_invoice", **SALE)
        codes = [one["code"] for one in kept["warnings"]]
        again = await chat.ok("issue_invoice", draft=kept["draft"], acknowledge=codes[:-1])
        assert (again["invoice"], again["draft"]) == (None, kept["draft"])
        issued = await chat.ok("issue_invoice", draft=kept["draft"], acknowledge=codes)
        assert issued["invoice"]["number"] == "INV-2026-00001"
        assert [one["code"] for one in issued["warnings"]] == codes
        assert (await chat.ok("find_invoices", status="draft"))["invoices"] == []


async def test_a_code_that_no_answer_showed_for_this_draft_does_not_count(
    client: AbstractAsyncContextManager[Assistant],
) -> None:
    async with client as chat:
        codes = [one["code"] for one in (await chat.ok("draft_invoice", **SALE))["warnings"]]
        other = await chat.ok("issue_invoice", **{**SALE, "purchase_order": "PO-2"}, acknowledge=codes)
        assert other["invoice"] is None
        assert await documents(chat) == []


async def test_a_code_does_not_count_any_more_once_the_draft_says_something_else(
    client: AbstractAsyncContextManager[Assistant],
) -> None:
    async with client as chat:
        shown = await chat.ok("draft_invoice", **SALE)
        codes = [one["code"] for one in shown["warnings"]]
        lines = [CONSULTING, CONSULTING | {"description": "More of it"}]
        changed = await chat.ok("issue_invoice", **{**SALE, "lines": lines}, acknowledge=codes)
        assert changed["invoice"] is None
        # The same draft with a second line that does not say what it is: the warning of that code is another one.
        await chat.ok("save_customer", id=shown["customer"], tax_number="NL123456782B90")
        again = await chat.call("issue_invoice", draft=shown["draft"], acknowledge=codes)
        assert again.is_error  # What the draft showed of the customer is not what would be issued.


async def test_a_retry_goes_on_with_the_same_draft_and_issues_once(
    client: AbstractAsyncContextManager[Assistant],
) -> None:
    async with client as chat:
        first = await chat.ok("issue_invoice", **SALE, client_reference="march")
        again = await chat.ok("issue_invoice", **SALE, client_reference="march")
        assert again["draft"] == first["draft"]
        codes = [one["code"] for one in first["warnings"]]
        issued = await chat.ok("issue_invoice", **SALE, client_reference="march", acknowledge=codes)
        assert issued["invoice"]["number"] == "INV-2026-00001"
        replay = await chat.ok("issue_invoice", **SALE, client_reference="march")
        assert replay == {**issued, "replayed": True}
        assert (await chat.ok("find_invoices", status="draft"))["invoices"] == []
        assert await documents(chat) == ["INV-2026-00001"]


async def test_what_is_corrected_under_the_same_reference_replaces_the_draft(
    client: AbstractAsyncContextManager[Assistant],
) -> None:
    async with client as chat:
        first = await chat.ok("issue_invoice", **SALE, client_reference="march")
        codes = [one["code"] for one in first["warnings"]]
        corrected = {**SALE, "lines": [CONSULTING | {"supply": "services"}]}
        kept = await chat.ok("issue_invoice", **corrected, client_reference="march", acknowledge=codes)
        if kept["invoice"] is None:
            assert kept["draft"] == first["draft"]
            codes = [one["code"] for one in kept["warnings"]]
            kept = await chat.ok("issue_invoice", **corrected, client_reference="march", acknowledge=codes)
        assert kept["invoice"]["number"] == "INV-2026-00001"
        assert (await chat.ok("find_invoices", status="draft"))["invoices"] == []


async def test_a_kept_draft_that_was_issued_by_its_id_is_what_a_retry_finds(
    client: AbstractAsyncContextManager[Assistant],
) -> None:
    async with client as chat:
        first = await chat.ok("issue_invoice", **SALE, client_reference="march")
        codes = [one["code"] for one in first["warnings"]]
        issued = await chat.ok("issue_invoice", draft=first["draft"], acknowledge=codes)
        replay = await chat.ok("issue_invoice", **SALE, client_reference="march")
        assert (replay["invoice"]["id"], replay["replayed"]) == (issued["invoice"]["id"], True)
        assert len(await documents(chat)) == 1


async def test_a_sale_at_home_without_a_warning_is_issued_at_once(
    client: AbstractAsyncContextManager[Assistant],
) -> None:
    async with client as chat:
        made = await chat.ok("issue_invoice", **AT_HOME)
        assert (made["invoice"]["number"], made["warnings"], made["draft"]) == ("INV-2026-00001", [], "")


async def test_the_same_sale_of_the_same_day_is_said_with_the_first_ones_number(
    client: AbstractAsyncContextManager[Assistant],
) -> None:
    async with client as chat:
        first = await chat.ok("issue_invoice", **AT_HOME)
        drafted = await chat.ok("draft_invoice", **AT_HOME)
        second = await chat.ok("issue_invoice", **AT_HOME)
        for made in (drafted, second):
            (warning,) = made["warnings"]
            assert warning["code"] == "likely_duplicate"
            assert first["invoice"]["number"] in warning["text"]
        assert second["invoice"] is None
        meant = await chat.ok("issue_invoice", draft=second["draft"], acknowledge=["likely_duplicate"])
        assert meant["invoice"]["number"] == "INV-2026-00002"


async def test_a_sale_that_was_credited_whole_may_be_made_anew(client: AbstractAsyncContextManager[Assistant]) -> None:
    async with client as chat:
        first = await chat.ok("issue_invoice", **AT_HOME)
        await chat.ok("issue_credit_note", invoice=first["invoice"]["number"], reason="Wrong order number")
        anew = await chat.ok("issue_invoice", **AT_HOME)
        assert (anew["invoice"]["number"], anew["warnings"]) == ("INV-2026-00002", [])


async def test_another_day_customer_quantity_or_price_is_no_duplicate(
    client: AbstractAsyncContextManager[Assistant],
) -> None:
    async with client as chat:
        await chat.ok("issue_invoice", **AT_HOME)
        await chat.ok("save_customer", name="Twin", address={"line1": "1", "city": "Bath", "postal_code": "BA1 1AA"})
        line = AT_HOME["lines"][0]
        for other in (
            {"customer": "Twin"},
            {"lines": [line | {"quantity": "9"}]},
            {"lines": [line | {"unit_price": "1"}]},
        ):
            assert (await chat.ok("draft_invoice", **{**AT_HOME, **other}))["warnings"] == []


async def test_the_same_payment_a_second_time_is_recorded_and_said(
    client: AbstractAsyncContextManager[Assistant],
) -> None:
    async with client as chat:
        numbers = [(await chat.ok("issue_invoice", **AT_HOME))["invoice"]["number"]]
        other = {**AT_HOME, "lines": [CONSULTING | {"supply": "services", "quantity": "9"}]}
        numbers.append((await chat.ok("issue_invoice", **other))["invoice"]["number"])
        paid = {"invoice": numbers[0], "amount": "100", "reference": "FT 4711"}
        first = await chat.ok("record_payment", **paid)
        assert first["warnings"] == []
        for again in (paid, {**paid, "invoice": numbers[1]}):
            result = await chat.call("record_payment", **again)
            (warning,) = (result.structured_content or {})["warnings"]
            assert warning["code"] == "likely_duplicate"
            assert numbers[0] in warning["text"]
            assert warning["text"] in text_of(result)
        assert (await chat.ok("record_payment", **{**paid, "reference": "FT 4712"}))["warnings"] == []
        await chat.ok("record_payment", invoice=numbers[1], amount="7")
        assert (await chat.ok("record_payment", invoice=numbers[0], amount="7"))["warnings"] == []
        without_reference = await chat.ok("record_payment", invoice=numbers[0], amount="7")
        assert [one["code"] for one in without_reference["warnings"]] == ["likely_duplicate"]


async def test_a_name_that_the_font_cannot_print_is_not_issued_live(
    client: AbstractAsyncContextManager[Assistant],
) -> None:
    async with client as chat:
        address = {"line1": "1 High Street", "city": "Leeds", "postal_code": "LS1 1AA"}
        await chat.ok("save_customer", name="株式会社 山田", address=address)
        error = await chat.refused("issue_invoice", **{**AT_HOME, "customer": "株式会社 山田"})
        assert error["code"] == "not_ready"
        assert "cannot print" in error["message"]


async def test_an_item_that_says_neither_goods_nor_services_warns_where_it_matters(
    client: AbstractAsyncContextManager[Assistant],
) -> None:
    async with client as chat:
        item = (await chat.ok("save_item", name="Advice", unit_price="120"))["item"]
        assert item["supply"] == ""
        line = {"item": "Advice", "quantity": "1"}
        abroad = await chat.ok("draft_invoice", customer="De Molen BV", lines=[line])
        assert "supply_not_stated" in {one["code"] for one in abroad["warnings"]}
        assert (await chat.ok("draft_invoice", customer="Hotel Bristol", lines=[line]))["warnings"] == []
        await chat.ok("save_item", id=item["id"], supply="services")
        stated = await chat.ok("draft_invoice", customer="De Molen BV", lines=[line])
        assert "supply_not_stated" not in {one["code"] for one in stated["warnings"]}


async def test_a_copy_states_no_more_than_its_original_did(client: AbstractAsyncContextManager[Assistant]) -> None:
    """Nobody said whether consulting is goods at home, where it makes no difference; abroad the copy asks."""
    async with client as chat:
        first = await chat.ok("issue_invoice", customer="Hotel Bristol", lines=[CONSULTING])
        number = first["invoice"]["number"]
        copy = await chat.ok("draft_invoice", copy_of=number, customer="De Molen BV")
        assert "supply_not_stated" in {one["code"] for one in copy["warnings"]}
        lines = [CONSULTING | {"supply": "services"}]
        stated = await chat.ok("issue_invoice", customer="Hotel Bristol", lines=lines, purchase_order="PO-1")
        if stated["invoice"] is None:
            stated = await chat.ok("issue_invoice", draft=stated["draft"], acknowledge=["likely_duplicate"])
        again = await chat.ok("draft_invoice", copy_of=stated["invoice"]["number"], customer="De Molen BV")
        assert "supply_not_stated" not in {one["code"] for one in again["warnings"]}
