"""Lists of drafts: what was drafted is found until it is issued or deleted, and never among what is issued."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from invoicing.document.drafting import RequestedDocument, RequestedLine
from invoicing.document.lifecycle import DRAFT, OPEN, Status
from invoicing.refusals import InvalidInput, NotFound
from operations.customers import save_customer
from operations.drafts import DraftRequest, delete_draft, draft_invoice
from operations.finding_invoices import InvoiceSearch, find_drafts, find_invoices
from operations.invoices import IssueRequest
from operations.rights import Right
from storage.books.drafts import ListedDraft
from storage.books.pool import BOOKS_FILE, Books
from tests.support.drafts import keep_as_an_earlier_release
from tests.support.folders import folder_of
from tests.support.issuing import issue_invoice
from tests.support.people import refusal
from tests.support.practice import practice
from tests.support.raw import minutes_after, raw

LINE = RequestedLine(quantity=Decimal(2), description="Rolls", unit_price=Decimal("12.50"))
MANY = 2_000


async def drafted(books: Books, customer: str) -> str:
    return (
        await draft_invoice(books, DraftRequest(document=RequestedDocument(customer=customer, lines=(LINE,))))
    ).draft


async def found(books: Books, search: InvoiceSearch | None = None) -> list[ListedDraft]:
    return list((await find_drafts(books, search or InvoiceSearch(status=DRAFT), cursor="", limit=100)).items)


async def test_a_draft_is_listed_until_it_is_issued_or_deleted_and_never_among_issued_documents(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        organization = one.first_client
        books = one.books(organization)
        customer = (await one.customer(books)).id
        first, second, third = [await drafted(books, customer) for _ in range(3)]
        to_look = one.books(organization, Right.READ)
        assert [draft.id for draft in await found(to_look)] == [third, second, first]
        await issue_invoice(books, IssueRequest(draft=second))
        assert [draft.id for draft in await found(to_look)] == [third, first]
        await delete_draft(books, third)
        assert [draft.id for draft in await found(to_look)] == [first]
        for status in ("", OPEN, *Status):
            page = await find_invoices(to_look, InvoiceSearch(status=status), cursor="", limit=100)
            assert all(listed.header.id.startswith("inv_") for listed in page.items)


async def test_a_draft_has_the_figures_that_it_last_showed_and_the_customers_name_of_today(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(await one.client("Brot und Butter", "DE"))
        customer = (await one.customer(books, "Hotel Adlon", country="DE")).id
        draft = await drafted(books, customer)
        await save_customer(books, {"name": "Kempinski", "country": "FR", "archived": True}, customer_id=customer)
        (listed,) = await found(books, InvoiceSearch(query="kempinski", status=DRAFT, customer=customer))
        assert listed.shown is not None
        assert (listed.id, listed.customer_name, listed.shown.total_minor) == (draft, "Kempinski", 2975)
        assert await found(books, InvoiceSearch(query="adlon", status=DRAFT)) == []


async def test_a_draft_of_an_earlier_release_is_listed_without_figures(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        draft = await drafted(books, (await one.customer(books)).id)
        keep_as_an_earlier_release(books, draft)
        (listed,) = await found(books, InvoiceSearch(query="bristol", status=DRAFT))
        assert (listed.id, listed.shown, listed.request.lines) == (draft, None, (LINE,))


async def test_dates_of_issue_and_customers_that_are_not_there_are_refused(tmp_path: Path) -> None:
    day = date(2026, 3, 16)
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        for field, search in (
            ("issued_from", InvoiceSearch(status=DRAFT, issued_from=day)),
            ("issued_to", InvoiceSearch(status=DRAFT, issued_to=day)),
        ):
            refused = await refusal(found(books, search))
            assert (type(refused), refused.field) == (InvalidInput, field)
        assert isinstance(await refusal(found(books, InvoiceSearch(status=DRAFT, customer="Nobody"))), NotFound)
        unknown = await refusal(find_invoices(books, InvoiceSearch(status="lost"), cursor="", limit=5))
        assert "draft" in unknown.message


async def test_drafts_are_found_among_very_many(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        customer = (await one.customer(books)).id
        one.clock.advance(timedelta(days=20))
        draft = await drafted(books, customer)
        earlier = minutes_after("updated_at", "-(n * 7919 % 20000 + 1)")
        with raw(folder_of(books) / BOOKS_FILE) as connection:
            connection.execute(
                "WITH RECURSIVE counting(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counting WHERE n < ?)"  # noqa: S608
                f" INSERT INTO drafts SELECT id || n, customer_id, content, created_at, {earlier}, updated_by,"
                " preparers FROM drafts, counting",
                (MANY - 1,),
            )
        for query in ("", "bristol", "nobody"):
            page = await find_drafts(books, InvoiceSearch(query=query, status=DRAFT), cursor="", limit=25)
            expected = (0, 0) if query == "nobody" else (25, MANY - 25)
            assert (len(page.items), page.left) == expected
            assert [listed.id for listed in page.items[:1]] == ([] if query == "nobody" else [draft])
            moments = [listed.updated_at for listed in page.items]
            assert moments == sorted(moments, reverse=True)
