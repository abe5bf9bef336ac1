"""What must hold of a data folder after any fault: asked as whoever works with it asks, whatever database keeps it.

Verification goes through documents, journal, files and chains; here is what it cannot know: that no number is missing
or there twice as people count them, and which ones were acknowledged.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from operations.access import Office, open_books
from operations.finding_invoices import InvoiceSearch, find_invoices
from operations.organizations import all_organizations
from operations.rights import Right
from operations.verification import verify_books
from server.app import local_office
from storage.books.pool import Books
from tests.support.stores import settings

_PAGE = 100
_NUMBER = re.compile(r"(.*?)(\d+)")


def numbers(count: int, year: int) -> list[str]:
    """The numbers of so many invoices of a sandbox organization."""
    return [f"TEST-INV-{year}-{index:05}" for index in range(1, count + 1)]


async def kept(books: Books) -> list[str]:
    """The numbers of all documents in order, after everything about them was verified."""
    verified = await verify_books(books)
    assert verified.problem == "", verified
    found: list[str] = []
    cursor = ""
    while True:
        page = await find_invoices(books, InvoiceSearch(), cursor=cursor, limit=_PAGE)
        found += [one.header.number for one in page.items]
        if not page.next_cursor:
            assert len(found) == verified.documents
            check_series(found)
            return found[::-1]
        cursor = page.next_cursor


def check_series(found: list[str]) -> None:
    """Each series has the numbers from one on, each once."""
    series: dict[str, list[int]] = defaultdict(list)
    for number in found:
        parts = _NUMBER.fullmatch(number)
        assert parts is not None, number
        series[parts[1]].append(int(parts[2]))
    for name, given in series.items():
        assert sorted(given) == list(range(1, len(given) + 1)), f"{name}: {sorted(given)}"


async def audited(office: Office) -> dict[str, list[str]]:
    """The numbers of the documents of each organization of an installation, by its handle."""
    every = await all_organizations(office, archived=True)
    return {one.handle: await kept(open_books(office, one, Right.READ)) for one in every}


async def audited_folder(data: Path) -> dict[str, list[str]]:
    """The same of a data folder that nobody has open."""
    async with local_office(settings(data)) as office:
        return await audited(office)
