"""The lists of documents, customers and items, and the page of a document: what they show, and of whom."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

from operations.credit_notes import CreditRequest
from operations.payments import PaymentRequest, record_payment
from tests.support.former import import_former
from tests.support.http import BAKERY, FINCH, house
from tests.support.issuing import issue_credit_note
from tests.support.people import colleague
from tests.support.visits import heading_of, sign_in, text_of

PLACE = f"/o/{BAKERY}/invoices"


async def test_documents_are_listed_searched_and_limited_by_the_address_alone(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        books = home.one.books(home.bakery)
        viewer = await sign_in(home.site, await colleague(home.one, home.bakery, "viewer"))
        assert "Nothing was invoiced here yet." in text_of(await viewer.get(PLACE))
        odd = await home.one.customer(books, "Ελαιώνας & <Søn>")
        first = await home.one.issue(books, odd.id)
        await home.one.issue(books, odd.id, quantity="1000")
        await issue_credit_note(books, CreditRequest(invoice=first.document.number, reason="Wrong"))
        shown = await viewer.get(PLACE)
        said = text_of(shown)
        assert "Ελαιώνας & <Søn>" in said
        assert "<Søn>" not in shown.text
        assert "TEST-INV-2026-00002 Ελαιώνας & <Søn> 16 Mar 2026 15 Apr 2026 Open 15,000.00 15,000.00" in (
            said.replace("\u00a0", " ")
        )
        assert "Credit note TEST-INV-2026-00001" in said
        assert "3 documents in GBP 15,000.00 15,000.00" in said
        assert "1 document in GBP" in text_of(await viewer.get(f"{PLACE}?status=open"))
        assert "No document is like this." in text_of(await viewer.get(f"{PLACE}?status=overdue"))
        assert "No document is like this." in text_of(await viewer.get(f"{PLACE}?q=nothing-like-it"))
        for wrong in ("status=x", "from=tomorrow", "customer=cus_0", "after=nonsense"):
            assert (await viewer.get(f"{PLACE}?{wrong}")).headers["location"] == PLACE, wrong


async def test_lists_go_on_where_a_page_ends(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        books = home.one.books(home.bakery)
        owner = await sign_in(home.site, home.one.office)
        for number in range(52):
            await home.one.customer(books, f"Customer {number:02}")
        first = await owner.get(f"/o/{BAKERY}/customers")
        (after,) = re.findall(r'href="(/o/[^"]+/customers\?after=[^"]+)"', first.text)
        second = text_of(await owner.get(after))
        assert "Customer 00" in text_of(first)
        assert "Customer 51" not in text_of(first)
        assert "Customer 51" in second
        assert "Hotel Bristol" in second
        assert "No customer is like this." in text_of(await owner.get(f"/o/{BAKERY}/customers?q=nobody"))
        assert "There are no items yet." in text_of(await owner.get(f"/o/{BAKERY}/items"))
        assert (await owner.get(f"/o/{BAKERY}/items?after=nonsense")).headers["location"] == f"/o/{BAKERY}/items"


async def test_the_page_of_a_document_says_what_it_comes_to_and_what_happened(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        books = home.one.books(home.bakery)
        owner = await sign_in(home.site, home.one.office)
        customer = await home.one.customer(books, "Café Süd")
        invoice = (await home.one.issue(books, customer.id, quantity="40")).document
        await record_payment(books, PaymentRequest(invoice=invoice.number, amount=Decimal("100"), reference="Bank 7"))
        note = await issue_credit_note(books, CreditRequest(invoice=invoice.number, reason="Broken <on> the way"))
        page = await owner.get(f"{PLACE}/{invoice.number}")
        said = text_of(page).replace("\u00a0", " ")
        assert heading_of(page) == f"Invoice {invoice.number}"
        for words in ("Café Süd", "Net 500.00", "VAT 20% 100.00", "Total (GBP) 600.00", "Paid 100.00", "Bank 7"):
            assert words in said, words
        assert "Credited 600.00 GBP" in said
        assert "Account Debit Credit" in said
        assert said.count("600.00") > 3
        assert f'href="{PLACE}/{note.note.document.id}"' in page.text
        assert "Broken <on> the way" in said
        assert "<on>" not in page.text
        credited = await owner.get(f"{PLACE}/{note.note.document.id}")
        assert heading_of(credited) == f"Credit note {note.note.document.number}"
        assert f'href="{PLACE}/{invoice.id}"' in credited.text
        for nothing in (f"{PLACE}/INV-0", f"/o/{FINCH}/invoices/{invoice.id}", f"{PLACE}/{invoice.id}/xml"):
            assert (await owner.get(nothing)).status_code == 404, nothing


async def test_the_paper_is_shown_as_pictures_of_its_pages(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        books = home.one.books(home.bakery)
        owner = await sign_in(home.site, home.one.office)
        customer = await home.one.customer(books, "Café Süd")
        invoice = (await home.one.issue(books, customer.id)).document
        at = f"{PLACE}/{invoice.id}"
        first, again = [await owner.get(f"{at}/pdf") for _ in range(2)]
        assert first.content.startswith(b"%PDF")
        assert first.content == again.content
        assert first.headers["content-type"] == "application/pdf"
        assert first.headers["x-frame-options"] == "DENY"
        assert "no-store" in first.headers["cache-control"]
        page = await owner.get(at)
        assert f'src="{at}/pages/1" width="595" height="842"' in page.text
        assert "object" not in page.text
        picture = await owner.get(f"{at}/pages/1")
        assert picture.content.startswith(b"\x89PNG")
        assert picture.headers["cache-control"] == "private, no-cache"
        known = {**owner.cookie, "If-None-Match": picture.headers["etag"]}
        same = await home.site.send("GET", f"{at}/pages/1", headers=known)
        assert (same.status_code, same.content) == (304, b"")
        for nothing in (f"{at}/pages/2", f"{at}/pages/0", f"{at}/pages/x", f"{PLACE}/inv_0/pages/1"):
            assert (await owner.get(nothing)).status_code == 404, nothing
        # After the sign-out a browser is told nothing about what it still has.
        gone = {"If-None-Match": picture.headers["etag"]}
        assert (await home.site.send("GET", f"{at}/pages/1", headers=gone)).status_code == 303
        assert (await home.site.send("GET", f"{at}/pdf")).status_code == 303


async def test_a_document_of_a_former_system_is_a_record_without_a_pdf(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        books = home.one.books(home.bakery)
        owner = await sign_in(home.site, home.one.office)
        assert "Former system" not in text_of(await owner.get(PLACE))
        await import_former(books)
        assert "OLD-17" in text_of(await owner.get(f"{PLACE}?status=former"))
        page = await owner.get(f"{PLACE}/OLD-18")
        said = text_of(page)
        assert "It was issued by a former system" in said
        assert "350.00 GBP" in said
        assert "Download the PDF" not in page.text
        drawn = await owner.get(f"{PLACE}/OLD-18/pdf")
        assert (drawn.status_code, "OLD-18 is a document of a former system" in text_of(drawn)) == (409, True)
