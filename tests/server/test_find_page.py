"""Finding and starting anything from anywhere, over HTTP as a browser does, with and without script."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

from storage.books.pool import BOOKS_FILE
from tests.support.folders import folder_of
from tests.support.http import BAKERY, FINCH, house
from tests.support.people import archive, colleague
from tests.support.raw import take_away
from tests.support.visits import Visit, sign_in, text_of


async def leads(visit: Visit, query: str, at: str = BAKERY, part: str = "&part=1") -> dict[str, str]:
    """What is found, by its name, with where it leads."""
    answer = await visit.get(f"/find?at={at}&q={query}{part}")
    assert answer.status_code == 200
    assert answer.headers.get("X-Part", "") == ("1" if part else "")
    found = re.findall(r'(?:data-href|<li><a href)="([^"]+)"><bdi>([^<]*)</bdi>', answer.text)
    return {unescape(name): address for address, name in found}


async def test_documents_customers_pages_acts_and_organizations_are_found(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        one, books = home.one, home.one.books(home.bakery)
        customer = await one.customer(books, "Mill <Lane> School")
        invoice = (await one.issue(books, customer.id)).document
        owner, place = await sign_in(home.site, one.office), f"/o/{BAKERY}"
        issued, known = f"{place}/invoices/", f"{place}/customers/{customer.id}"
        for part in ("", "&part=1"):
            found = await leads(owner, "mill", part=part)
            assert found.pop(invoice.number).startswith(issued)
            assert found == {"Mill <Lane> School": known}
            assert (await leads(owner, "00001", part=part))[invoice.number].startswith(issued)
            assert await leads(owner, "finch", part=part) == {"Finch Studio": f"/o/{FINCH}"}
            assert await leads(owner, "new cust", part=part) == {"New customer": f"{place}/customers/new"}
            assert await leads(owner, "new inv", part=part) == {"New invoice": f"{place}/invoices/drafts/new"}
            assert await leads(owner, "create client", part=part) == {}
            assert await leads(owner, "connec", part=part) == {"Connections": f"{place}/connections"}
            # A question is answered by the page that answers it.
            assert await leads(owner, "who owes", part=part) == {
                "Receivables by age": f"{place}/reports/receivables_aging"
            }
            assert await leads(owner, "overdue", part=part) == {"Invoices: Overdue": f"{place}/invoices?status=overdue"}
            assert await leads(owner, "nothing-of-the-kind", part=part) == {}
        started = await leads(owner, "")
        assert {"New customer", "Invoices", "Ledger & Co", "Finch Studio"} <= started.keys()
        assert "Harbour Bakery" not in started
        assert await leads(owner, "mill", at=FINCH) == await leads(owner, "mill", at="nobody") == {}
        # Whoever may only read starts nothing, and whoever reaches one organization is told of no other.
        viewer = await colleague(one, home.bakery, "viewer")
        reading = await sign_in(home.site, viewer)
        assert "New customer" not in await leads(reading, "")
        assert await leads(reading, "finch") == await leads(reading, "mill", at=FINCH) == {}
        assert "Nothing is called like this." in text_of(await reading.get("/find?q=finch"))
        # A sign that cannot be seen comes along with what is copied, and nothing is called by it.
        for part in ("", "&part=1"):
            assert await leads(owner, "mill%E2%80%AE", part=part) == await leads(owner, "%00", at="", part=part) == {}
        assert (await owner.get("/switcher?q=finch%E2%80%AE")).status_code == 200
        archive(one, home.bakery)
        assert "New customer" not in await leads(owner, "")
        # From books that cannot be read one finds the way to others.
        take_away(folder_of(books) / BOOKS_FILE)
        assert await leads(owner, "finch") == {"Finch Studio": f"/o/{FINCH}"}
