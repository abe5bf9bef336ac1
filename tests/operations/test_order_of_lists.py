"""Lists stand in one order, whatever keeps the books and wherever that was installed; page by page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from sqlalchemy import text

from invoicing.master_data.records import Customer, Item
from invoicing.text.typed import fold
from operations.customers import find_customers
from operations.items import find_items
from operations.organizations import list_organizations
from operations.verification import verify_books
from storage.books import customers, items
from storage.books.pool import BOOKS_FILE
from storage.paging import Page
from tests.support.folders import folder_of
from tests.support.practice import practice
from tests.support.raw import past_triggers, raw

# Where languages differ: case, accents, letters of their own, marks, spaces, figures, and what is beyond two bytes.
NAMES = (
    "Zebra", "zander", "Äpfel", "Apfel", "apfel 10", "apfel 9", "Ärzte", "ångström", "Łódź", "lodge", "Ñandú", "nandu",
    "_start", "-minus", "'quoted", "(bracket", "a b", "a-b", "ab", "ÇA", "ca", "Ελλάδα", "Жук", "中村", "ﬀ", "😀 Smile",
    "\uffee full", "a\u0301rbol", "arbol",
)  # fmt: skip

Listing = Callable[[str], Awaitable[Page[Any]]]


async def every(listing: Listing) -> list[Any]:
    """All of a list, two at a time."""
    page = await listing("")
    found = list(page.items)
    while page.next_cursor:
        page = await listing(page.next_cursor)
        found.extend(page.items)
    return found


async def test_names_of_all_languages_stand_in_one_order(tmp_path: Path) -> None:
    async with practice(tmp_path, more_clients=("Zebra", "Äpfel", "apfel 10", "Łódź", "中村")) as one:
        books, now = one.books(one.first_client), one.clock()
        await books.write(
            lambda db: customers.add_customers(db, [Customer(f"cus_{name}", name, "GB") for name in NAMES], now=now)
        )
        await books.write(lambda db: items.add_items(db, [Item(f"itm_{name}", name) for name in NAMES], now=now))
        in_order = sorted(NAMES, key=lambda name: fold(name).encode())
        found = await every(lambda cursor: find_customers(books, query="", cursor=cursor, limit=2))
        assert [each.name for each in found] == in_order
        found = await every(lambda cursor: find_items(books, query="", cursor=cursor, limit=2))
        assert [each.name for each in found] == in_order

        async def organizations(cursor: str) -> Page[Any]:
            return (await list_organizations(one.office, query="", cursor=cursor, limit=2))[0]

        names = [each.name for each in await every(organizations)]
        assert names == ["Ledger & Co", *sorted(names[1:], key=lambda name: fold(name).encode())]
        assert len(names) == 6


async def test_of_much_that_was_changed_the_first_is_told(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        await one.issue(books, (await one.customer(books)).id)
        with past_triggers(folder_of(books) / BOOKS_FILE) as connection:
            kept = connection.execute("SELECT account FROM account_totals ORDER BY account").fetchall()
            connection.execute("UPDATE account_totals SET debit_minor = debit_minor + 1")
        assert len(kept) > 2
        assert f"account total 2026-03 {kept[0][0]} GBP" in (await verify_books(books)).problem


async def test_whoever_asks_for_no_order_gets_another_than_that_of_writing(tmp_path: Path) -> None:
    """So that a list of ours that hangs on it fails in the tests of files too (`tests/support/backwards.py`)."""
    async with practice(tmp_path) as one:
        books = one.books(one.organization)
        with raw(folder_of(books) / BOOKS_FILE) as connection:
            written = connection.execute("SELECT number FROM accounts ORDER BY rowid").fetchall()
        found = await books.read(lambda db: db.connection().execute(text("SELECT number FROM accounts")).all())
        assert [tuple(row) for row in found] == written[::-1] != []
