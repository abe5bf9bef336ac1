"""What an assistant is told of an invoice that was paid when it was issued."""

from __future__ import annotations

from typing import Any

from tests.support.assistant import Assistant, text_of
from tests.tools.bakery import Bakery, sale

IN_CASH = {"payment_means": "cash", "paid_on": "2026-03-16"}


async def test_an_invoice_that_was_paid_in_cash_is_told_as_paid_and_kept_with_its_details(bakery: Bakery) -> None:
    async with bakery.chat() as chat:
        drafted = await chat.ok("draft_invoice", **sale(), issue_date="2026-03-18", details=IN_CASH)
        issued = await chat.ok("issue_invoice", draft=drafted["draft"], acknowledge=[])
        assert (issued["invoice"]["status"], issued["invoice"]["amount_due"]) == ("paid", "0.00")
        whole = (await chat.ok("get_invoice", invoice=issued["invoice"]["id"]))["invoice"]
        assert whole["details"]["paid_on"] == "2026-03-16"
        assert [one["method"] for one in whole["payments"]] == ["cash"]
        refused = await chat.refused("draft_invoice", **sale(), due_date="2026-04-01", details=IN_CASH)
        assert refused["field"] == "due_date"
        copied = await chat.ok("draft_invoice", copy_of=issued["invoice"]["id"])
        assert "paid_on" not in copied["details"]


async def said(chat: Assistant, tool: str, **arguments: Any) -> str:
    return text_of(await chat.call(tool, **arguments))


async def test_cash_without_a_day_is_told_how_to_say_that_it_was_paid_at_once(bakery: Bakery) -> None:
    hint = "To be paid by cash; if it was paid at once, say when in details (paid_on)"
    async with bakery.chat() as chat:
        assert hint in await said(chat, "draft_invoice", **sale(), details={"payment_means": "cash"})
        paid = {"payment_means": "cash", "paid_on": "2026-03-16"}
        assert "To be paid" not in await said(chat, "draft_invoice", **sale(), issue_date="2026-03-18", details=paid)
        transfer = await said(chat, "draft_invoice", **sale(), details={"payment_means": "transfer"})
        assert "To be paid by transfer" in transfer
        assert "paid_on" not in transfer
