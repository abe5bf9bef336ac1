"""The list of drafts: every draft once, those changed last first, whatever the pages and whoever saves meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from invoicing.document.drafting import RequestedDocument, RequestedLine
from invoicing.refusals import InvalidInput
from operations.drafts import DraftRequest, draft_invoice
from storage.books.drafts import ListedDraft, find_drafts
from storage.books.pool import Books
from storage.paging import Page, encode_cursor
from tests.support.people import refusal
from tests.support.practice import Practice, practice

LINE = RequestedLine(quantity=Decimal(1), description="Rolls", unit_price=Decimal(1))


async def drafted(books: Books, customer: str, *, order: str = "", draft: str = "") -> str:
    document = RequestedDocument(customer=customer, lines=(LINE,), purchase_order=order)
    return (await draft_invoice(books, DraftRequest(document=document, draft=draft))).draft


async def listed(
    books: Books, *, query: str = "", customer: str = "", cursor: str = "", limit: int = 100
) -> Page[ListedDraft]:
    return await books.read(lambda db: find_drafts(db, query=query, customer=customer, cursor=cursor, limit=limit))


async def pages(books: Books, limit: int, query: str = "", customer: str = "") -> list[str]:
    """The ids of all pages, each of which says rightly how many follow."""
    found: list[str] = []
    left, cursor = [], ""
    while True:
        page = await listed(books, query=query, customer=customer, cursor=cursor, limit=limit)
        found += [one.id for one in page.items]
        left.append((len(found), page.left))
        if not (cursor := page.next_cursor):
            break
    assert all(shown + after == len(found) for shown, after in left)
    return found


async def filled(one: Practice) -> tuple[Books, list[str], list[str]]:
    """Two customers and nine drafts in the order of their making, three at each of three moments."""
    books = one.books(await one.client("Harbour Bakery"))
    customers = [(await one.customer(books, name)).id for name in ("Hotel Bristol", "Café Ödön")]
    drafts = []
    for index in range(9):
        drafts.append(await drafted(books, customers[index % 2], order=f"PO-{index}"))
        if index % 3 == 2:
            one.clock.advance(timedelta(minutes=1))
    return books, customers, drafts


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 9, 100])
async def test_pages_hold_every_draft_once_and_those_changed_last_first(tmp_path: Path, limit: int) -> None:
    async with practice(tmp_path) as one:
        books, customers, drafts = await filled(one)
        assert await pages(books, limit) == drafts[::-1]
        assert await pages(books, limit, customer=customers[1]) == drafts[1::2][::-1]
        assert await pages(books, limit, query="bristol") == drafts[::2][::-1]
        assert await pages(books, limit, query="po-3", customer=customers[0]) == []


async def test_a_draft_that_is_replaced_comes_first_and_the_next_page_goes_on_where_it_was(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books, customers, drafts = await filled(one)
        first = await listed(books, limit=4)
        await drafted(books, customers[0], draft=drafts[6])
        await drafted(books, customers[0])
        rest = await listed(books, cursor=first.next_cursor)
        assert [draft.id for draft in rest.items] == drafts[4::-1]
        again = await listed(books, limit=2)
        assert again.items[1].id == drafts[6]
        assert again.items[1].updated_at == one.clock()


async def test_words_are_found_in_the_customers_name_and_the_purchase_order(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books, customers, drafts = await filled(one)
        mixed = await drafted(books, customers[1], order="Größe 100%_9")
        for query in ("GRÖSSE", "grosse odon", "ödön größe", "100%_9", "café  ÖDÖN 100%"):
            assert [draft.id for draft in (await listed(books, query=query)).items] == [mixed], query
        for query in ("grösse bristol", "1%0", "po_3", "rolls", mixed):
            assert (await listed(books, query=query)).items == (), query
        assert [draft.id for draft in (await listed(books, query="po-3 ")).items] == [drafts[3]]


async def test_a_cursor_of_another_list_is_refused(tmp_path: Path) -> None:
    moment = datetime(2026, 3, 16, tzinfo=UTC)
    offset = moment.isoformat().replace("+00:00", "+02:00")
    async with practice(tmp_path) as one:
        books, _, _ = await filled(one)
        positions = (("hotel bristol", "cus_1"), (offset, "drf_1"), ("2026-03-16", "drf_1"), ("0001-01-01", 1))
        for position in positions:
            refused = await refusal(listed(books, cursor=encode_cursor(*position)))
            assert (type(refused), refused.field) == (InvalidInput, "cursor"), position
        earliest = encode_cursor("0001-01-01T00:00:00+00:00", "drf_1")
        assert (await listed(books, cursor=earliest)).items == ()
