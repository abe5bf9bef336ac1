"""Documents of a former system as they are found and looked at: apart from what was issued here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from invoicing.document.lifecycle import Status
from invoicing.refusals import Conflict
from operations.credit_notes import CreditRequest
from operations.files import render_document
from operations.finding_invoices import Found, InvoiceSearch, ListedInvoice, find_invoices
from operations.invoices import get_invoice
from storage.books.pool import Books
from tests.support.assistant import assistant, text_of
from tests.support.former import import_former
from tests.support.issuing import issue_credit_note
from tests.support.practice import Practice, practice

HANDLE = "harbour-bakery-sandbox"


@dataclass(frozen=True, slots=True)
class Desk:
    one: Practice
    books: Books
    customer: str

    async def find(
        self,
        status: str = "",
        *,
        query: str = "",
        issued_from: date | None = None,
        cursor: str = "",
        limit: int = 50,
    ) -> Found[ListedInvoice]:
        search = InvoiceSearch(status=status, query=query, issued_from=issued_from)
        return await find_invoices(self.books, search, cursor=cursor, limit=limit)

    async def numbers(self, status: str = "", *, query: str = "", issued_from: date | None = None) -> list[str]:
        found = await self.find(status, query=query, issued_from=issued_from)
        return [one.header.number for one in found.items]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with practice(tmp_path / "data", client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        customer = await one.customer(books)
        await one.issue(books, customer.id, quantity="1", price="100")
        await import_former(books)
        yield Desk(one, books, customer.id)


async def test_they_are_listed_by_a_status_of_their_own_and_among_what_is_owed(desk: Desk) -> None:
    (issued,) = await desk.numbers()
    assert await desk.numbers(status="former") == ["OLD-C4", "OLD-19", "OLD-18", "OLD-17", "OLD-9"]
    assert await desk.numbers(status="open") == [issued, "OLD-19", "OLD-18", "OLD-17"]
    assert await desk.numbers(status="overdue") == ["OLD-18", "OLD-17"]
    assert await desk.numbers(status="paid") == []
    assert await desk.numbers(status="former", query="old-1 bristol") == ["OLD-19", "OLD-18", "OLD-17"]
    assert await desk.numbers(status="former", issued_from=date(2025, 12, 2)) == ["OLD-C4", "OLD-19"]
    found = {one.header.number: one for one in (await desk.find(status="former")).items}
    assert {number: one.status for number, one in found.items()} == {
        "OLD-17": Status.OVERDUE,
        "OLD-18": Status.OVERDUE,
        "OLD-19": Status.ISSUED,
        "OLD-C4": Status.ISSUED,
        "OLD-9": Status.PAID,
    }
    assert found["OLD-18"].balance.paid_minor == 25000
    assert found["OLD-C4"].balance.due_minor == -6000


async def test_the_sums_have_what_is_known_of_them(desk: Desk) -> None:
    (sums,) = (await desk.find(status="open")).sums
    assert (sums.invoices, sums.net_minor, sums.due_minor) == (4, 10000, 164050 + 12000)
    (former,) = (await desk.find(status="former")).sums
    assert (former.invoices, former.credit_notes, former.total_minor) == (4, 1, 237050 - 6000)
    assert (former.due_minor, former.owed_to_customers_minor) == (164050, 6000)


@pytest.mark.parametrize("limit", [1, 2, 3])
async def test_pages_go_on_from_what_was_issued_here_to_what_was_taken_over(desk: Desk, limit: int) -> None:
    whole = await desk.numbers(status="open")
    found, cursor, left = list[str](), "", len(whole)
    while True:
        page = await desk.find(status="open", cursor=cursor, limit=limit)
        found += [one.header.number for one in page.items]
        left -= len(page.items)
        assert page.left == left
        assert page.sums[0].invoices == 4
        cursor = page.next_cursor
        if not cursor:
            break
    assert found == whole


async def test_one_is_shown_by_its_number_without_lines_and_is_no_document_to_draw_or_credit(desk: Desk) -> None:
    shown = await get_invoice(desk.books, "OLD-18")
    assert shown.document.lines == ()
    assert (shown.balance.due_minor, shown.status) == (35000, Status.OVERDUE)
    assert (await get_invoice(desk.books, shown.document.id)).document.number == "OLD-18"
    with pytest.raises(Conflict, match="OLD-18 is a document of a former system"):
        await render_document(desk.books, "OLD-18", file_format="pdf")
    with pytest.raises(Conflict, match="A credit note for it states its lines"):
        await issue_credit_note(desk.books, CreditRequest(invoice="OLD-18", reason="Returned"))


async def test_an_assistant_is_told_what_they_are(desk: Desk) -> None:
    async with assistant(desk.one.office, organization=HANDLE) as chat:
        lines = text_of(await chat.call("find_invoices", status="overdue")).splitlines()
        assert lines[1] == (
            "- OLD-18 2025-12-01 Hotel Bristol: of a former system, total 600.00 GBP, overdue, due 2025-12-31, paid"
            " 250.00, open 350.00"
        )
        assert lines[-1] == "Of documents of a former system the total is known, and neither net nor tax."
        found = (await chat.ok("find_invoices", status="former"))["invoices"]
        assert [(one["kind"], one["net_total"], one["due_date"]) for one in found][:2] == [
            ("former_credit_note", "", None),
            ("former_invoice", "", "2026-03-31"),
        ]
        text = text_of(await chat.call("find_invoices", query="OLD-9"))
        assert "1 document of a former system: status former lists them." in text
        text = text_of(await chat.call("get_invoice", invoice="OLD-C4"))
        assert "Credit note OLD-C4 of a former system to Hotel Bristol" in text
        assert "Total 60.00 GBP, of which 60.00 was open on the opening day, 2026-01-01" in text
        assert "Open of OLD-C4: -60.00 GBP: the customer is owed this." in text
        details = (await chat.ok("get_invoice", invoice="OLD-18"))["invoice"]
        assert (details["kind"], details["lines"], details["amount_due"]) == ("former_invoice", [], "350.00")


async def test_a_credit_note_for_one_says_that_it_can_be_used_on_it(desk: Desk) -> None:
    async with assistant(desk.one.office, organization=HANDLE) as chat:
        details = {"former_invoice": "OLD-18", "former_invoice_date": "2025-12-02", "reason": "Returned"}
        line = {"description": "Bread back", "quantity": "1", "unit_price": "100"}
        asked = {"customer": "Hotel Bristol", "lines": [line], "details": details}
        refused = await chat.refused("issue_invoice", **asked)
        assert "OLD-18 was taken over as of 2025-12-01" in refused["message"]
        details["former_invoice_date"] = "2025-12-01"
        text = text_of(await chat.call("issue_invoice", **asked))
        assert "350.00 GBP is open of OLD-18: record_payment of it with kind credit takes this off" in text
        text = text_of(await chat.call("record_payment", invoice="OLD-18", amount="160", kind="credit"))
        assert "Open of OLD-18: 190.00 GBP." in text
        assert "Open of OLD-C4: 0.00 GBP." in text
        text = text_of(await chat.call("get_invoice", invoice="OLD-C4"))
        assert "Credit used on another invoice: 60.00 on 2026-03-16" in text
        text = text_of(await chat.call("record_payment", invoice="OLD-18", amount="1"))
        assert "of a former system, total 600.00 GBP" in text


@pytest.mark.parametrize(
    ("number", "day", "more", "because"),
    [
        ("OLD-18", "2025-12-01", {"customer": "Somebody else"}, "taken over as an invoice to Hotel Bristol"),
        ("OLD-18", "2025-12-01", {"currency": "EUR"}, "OLD-18 was taken over in GBP"),
        ("OLD-C4", "2025-12-20", {}, "OLD-C4 was taken over as a credit note"),
        ("", "2025-12-01", {}, "give the number, OLD-18"),
    ],
)
async def test_a_credit_note_for_one_contradicts_nothing_of_it(
    desk: Desk, number: str, day: str, more: dict[str, str], because: str
) -> None:
    await desk.one.customer(desk.books, "Somebody else")
    named = number or (await get_invoice(desk.books, "OLD-18")).document.id
    async with assistant(desk.one.office, organization=HANDLE) as chat:
        details = {"former_invoice": named, "former_invoice_date": day, "reason": "Returned"}
        line = {"description": "Bread back", "quantity": "1", "unit_price": "100"}
        asked = {"customer": "Hotel Bristol", "lines": [line], "details": details} | more
        assert because in (await chat.refused("draft_invoice", **asked))["message"]
