"""A draft whose id has left the conversation is found again, and what the list says is enough to go on."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from storage.books.pool import BOOKS_FILE
from tests.support.assistant import ERAS, Era, assistant, text_of
from tests.support.raw import raw
from tests.tools.bakery import HANDLE, Bakery, sale

GO_ON = (
    "With draft and one of these ids alone: draft_invoice shows it (with delete: deletes it), issue_invoice issues it."
)


@pytest.mark.parametrize("era", ERAS)
async def test_drafts_are_listed_with_what_tells_them_apart_and_how_to_go_on(bakery: Bakery, era: Era) -> None:
    async with bakery.chat(era) as chat:
        more = {"issue_date": "2026-03-20", "purchase_order": "PO-9"}
        second = (await chat.ok("draft_invoice", **sale(unit_price="12.50", quantity="40"), **more))["draft"]
        result = await chat.call("find_invoices", status="draft")
        assert text_of(result).splitlines()[1:] == [
            f"- {second} Hotel Bristol: net 500.00, tax 100.00, total 600.00 GBP, dated 2026-03-20,"
            " purchase order PO-9, changed 2026-03-16 12:00 UTC",
            f"- {bakery.made.draft} Hotel Bristol: net 3.00, tax 0.60, total 3.60 GBP, changed 2026-03-16 12:00 UTC",
            GO_ON,
            "2 drafts: net 503.00, tax 100.60, total 603.60 GBP",
        ]
        structured = result.structured_content or {}
        assert (structured["left"], structured["next_cursor"]) == (0, "")
        assert structured["invoices"][0] == {
            "id": second,
            "number": "",
            "kind": "invoice",
            "status": "draft",
            "customer": bakery.made.customer,
            "customer_name": "Hotel Bristol",
            "issue_date": "2026-03-20",
            "due_date": None,
            "currency": "GBP",
            "net_total": "500.00",
            "tax_total": "100.00",
            "total": "600.00",
            "amount_paid": "0.00",
            "amount_credited": "0.00",
            "amount_due": "600.00",
            "credits": "",
        }
        assert structured["invoices"][1]["issue_date"] is None
        page = await chat.ok("find_invoices", status=" draft ", limit=1)
        rest = await chat.call("find_invoices", status="draft", cursor=page["next_cursor"])
        assert (page["left"], (rest.structured_content or {})["invoices"]) == (1, structured["invoices"][1:])
        found = await chat.ok("find_invoices", status="draft", query="po-9", customer="hotel bristol")
        assert found["invoices"] == structured["invoices"][:1]


@pytest.mark.parametrize("era", ERAS)
async def test_a_draft_that_was_found_is_shown_issued_or_deleted_and_listed_no_more(bakery: Bakery, era: Era) -> None:
    async with bakery.chat(era) as chat:
        await chat.ok("draft_invoice", **sale(quantity="7"), issue_date="2026-03-18")
        newer, older = [one["id"] for one in (await chat.ok("find_invoices", status="draft"))["invoices"]]
        assert (await chat.ok("draft_invoice", draft=newer))["draft"] == newer
        made = (await chat.ok("issue_invoice", draft=newer))["invoice"]
        await chat.ok("draft_invoice", draft=older, delete=True)
        assert text_of(await chat.call("find_invoices", status="draft")).splitlines()[1:] == ["No drafts."]
        searched = text_of(await chat.call("find_invoices", status="draft", query="bristol"))
        assert "No drafts found. Fewer or other words" in searched
        assert made["id"] in {one["id"] for one in (await chat.ok("find_invoices", limit=100))["invoices"]}
        assert (
            "find_invoices with status draft lists drafts"
            in (await chat.refused("issue_invoice", draft=older))["message"]
        )


@pytest.mark.parametrize("era", ERAS)
async def test_no_other_list_holds_a_draft(bakery: Bakery, era: Era) -> None:
    async with bakery.chat(era) as chat:
        for status in ("", "open", "issued", "partially_paid", "paid", "overdue", "credited"):
            listed = (await chat.ok("find_invoices", status=status, limit=100))["invoices"]
            assert not [one for one in listed if one["status"] == "draft" or one["id"] == bakery.made.draft]
        message = (await chat.refused("find_invoices", status="sent"))["message"]
        assert message.endswith(
            "open, issued, partially_paid, paid, overdue, credited, former, draft, awaiting_approval."
        )


async def test_a_draft_of_an_earlier_release_is_listed_without_amounts(bakery: Bakery) -> None:
    books = bakery.office.store.root / "organizations" / bakery.made.organization / BOOKS_FILE
    with raw(books) as connection:
        ((content,),) = connection.execute("SELECT content FROM drafts").fetchall()
        unshown = json.dumps({name: value for name, value in json.loads(content).items() if name != "shown"})
        connection.execute("UPDATE drafts SET content = ?", (unshown,))
    async with bakery.chat() as chat:
        result = await chat.call("find_invoices", status="draft")
        assert text_of(result).splitlines()[1] == (
            f"- {bakery.made.draft} Hotel Bristol: kept by an earlier release, amounts when it is shown,"
            " changed 2026-03-16 12:00 UTC"
        )
        (listed,) = (result.structured_content or {})["invoices"]
        amounts = ("net_total", "tax_total", "total", "amount_paid", "amount_credited", "amount_due")
        assert [listed[name] for name in amounts] == [""] * 6


async def test_who_may_only_look_may_list_drafts(bakery: Bakery) -> None:
    viewer = replace(bakery.office, principal=bakery.made.viewer)
    async with assistant(viewer, organization=HANDLE) as chat:
        (listed,) = (await chat.ok("find_invoices", status="draft"))["invoices"]
        assert listed["id"] == bakery.made.draft
        assert (await chat.refused("draft_invoice", draft=listed["id"], delete=True))["code"] == "not_allowed"
