"""The page of a practice's clients: what it says of each, and to whom."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.http import BAKERY, FINCH, house
from tests.support.people import archive, colleague
from tests.support.visits import heading_of, sign_in, text_of

PAGE = "/practice/ledger-co-sandbox/clients"
NOTHING_OF_PRACTICES = ("Clients", "client", "Switch to", "Partner")


async def test_a_practice_sees_each_client_at_a_glance_and_is_led_to_it(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        books = home.one.books(home.bakery)
        customer = await home.one.customer(books, "Café Süd")
        await home.one.issue(books, customer.id, quantity="1000")
        home.one.clock.advance(timedelta(days=60))
        owner = await sign_in(home.site, home.one.office)
        page = await owner.get(PAGE)
        said = text_of(page).replace("\u00a0", " ")
        assert heading_of(page) == "Clients"
        assert "Ledger & Co" in said
        assert "2 clients · each with books of its own" in said
        assert f"Harbour Bakery {BAKERY} GB sandbox ✓ Ready to issue Overdue £15,000.00 1 document" in said
        assert "last active 16 Mar 2026" in said
        cards = re.findall(r'<p class="name"><strong><a href="([^"]+)">', page.text)
        assert cards == [f"/o/{FINCH}", f"/o/{BAKERY}"]
        found = await owner.get(f"{PAGE}?q=HARBOUR")
        assert re.findall(r'<p class="name"><strong><a href="([^"]+)">', found.text) == [f"/o/{BAKERY}"]
        assert "No client has this" in text_of(await owner.get(f"{PAGE}?q=nothing-like-it"))
        assert (await owner.get(f"{PAGE}?after=nonsense")).headers["location"] == PAGE
        limited = await sign_in(
            home.site,
            await colleague(
                home.one,
                home.one.organization,
                "accountant",
                email="limited@example.com",
                all_clients=False,
                clients=[home.finch],
            ),
        )
        seen = await limited.get(PAGE)
        assert "1 client ·" in text_of(seen)
        assert BAKERY not in seen.text


async def test_clients_go_on_on_the_next_page_without_those_that_are_archived(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.pages.clients._SHOWN", 1)
    async with house(tmp_path / "data") as home:
        owner = await sign_in(home.site, home.one.office)
        (more,) = re.findall(r'href="([^"]+\?after=[^"]+)"', (await owner.get(PAGE)).text)
        assert f'<p class="name"><strong><a href="/o/{BAKERY}">' in (await owner.get(more)).text
        for client in (home.bakery, home.finch):
            archive(home.one, client)
        assert "There are no clients yet." in text_of(await owner.get(PAGE))


async def test_who_belongs_to_one_client_sees_nothing_of_practices(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        visit = await sign_in(home.site, await colleague(home.one, home.bakery, "owner"))
        for path in (PAGE, f"/o/{BAKERY}/clients"):
            assert (await visit.get(path)).status_code == 404
        shown = (await visit.get(f"/o/{BAKERY}/invoices")).text
        assert [one for one in NOTHING_OF_PRACTICES if re.search(rf"\b{one}\b", re.sub("<[^>]+>", " ", shown))] == [
            "client"
        ], "AI client alone"
