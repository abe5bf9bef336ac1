"""The journal of an organization: entries whole, found by period, account and the number of a document."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape
from pathlib import Path

from operations.payments import PaymentRequest, record_payment
from tests.support.http import BAKERY, house
from tests.support.people import colleague
from tests.support.visits import Visit, sign_in, text_of

PLACE = f"/o/{BAKERY}/journal"


async def said_at(visit: Visit, query: str) -> str:
    return text_of(await visit.get(f"{PLACE}?{query}")).replace("\u00a0", " ")


async def test_entries_are_found_by_period_account_and_number(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        books = home.one.books(home.bakery)
        viewer = await sign_in(home.site, await colleague(home.one, home.bakery, "viewer"))
        assert "Nothing was posted this year." in text_of(await viewer.get(PLACE))
        customer = await home.one.customer(books, "Ελαιώνας & <Søn>")
        first, *_ = [(await home.one.issue(books, customer.id)).document for _ in range(51)]
        await record_payment(books, PaymentRequest(invoice=first.number, amount=Decimal("30")))

        page = await viewer.get(PLACE)
        said = text_of(page).replace("\u00a0", " ")
        assert f"16 Mar 2026 {first.number} Ελαιώνας & <Søn> 1100 Trade receivables 30.00" in said
        assert "<Søn>" not in page.text
        assert f'href="/o/{BAKERY}/invoices/{first.id}"' in page.text
        (more,) = [unescape(one) for one in re.findall(r'href="([^"]*after=[^"]*)"', page.text)]
        assert text_of(await viewer.get(more)).count("1100 Trade receivables") == 2 + 1
        alone = await said_at(viewer, f"q={first.number}")
        # The invoice, and its payment.
        assert alone.count(f"16 Mar 2026 {first.number}") == 2
        bank = await said_at(viewer, "account=1000&period=2026-03")
        assert "1000 Bank current account 0.00 30.00 0.00 30.00" in bank
        assert bank.count(first.number) == 1
        for nothing in ("period=2025", "q=%25", "account=999"):
            assert "No entry is like this." in await said_at(viewer, nothing), nothing
        wrong = await viewer.get(f"{PLACE}?period=soon&q={first.number}")
        assert (wrong.status_code, 'value="soon"' in wrong.text, first.number in wrong.text) == (400, True, True)
        assert (await viewer.get(f"{PLACE}?after=nonsense")).headers["location"] == PLACE

        links = [unescape(one) for one in re.findall(r'href="([^"]+)" download', page.text)]
        table = await viewer.get(links[0])
        assert (table.headers["content-type"].startswith("text/csv"), first.number in table.text) == (True, True)
        assert (await viewer.get(f"{PLACE}/file?format=exe")).status_code == 404
