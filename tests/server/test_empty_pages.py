"""What an organization's pages say where there is nothing yet: what comes next, and only what the reader may do."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.http import house
from tests.support.people import colleague
from tests.support.visits import sign_in

PLACE = "/o/empty-chairs-sandbox"
NEXT = {
    "invoices": "/invoices/drafts/new",
    "customers": "/customers/new",
    "items": "/items/new",
    "journal": "/invoices",
    "reports/sales": "/invoices",
    "reports/statement": "/customers",
    "approvals": "/settings/workflows",
}
"""The page to which each leads first."""
TO_CHANGE = {"/invoices/drafts/new", "/customers/new", "/items/new", "/import?kind=customers", "/import?kind=items"}


async def test_each_empty_page_leads_to_the_next_step_that_its_reader_may_take(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        empty_one = await home.one.client("Empty Chairs")
        owner = await sign_in(home.site, home.one.office)
        reader = await sign_in(home.site, await colleague(home.one, empty_one, "client"))
        for page, first in NEXT.items():
            for visit in (owner, reader):
                answer = await visit.get(f"{PLACE}/{page}")
                assert answer.status_code == 200, page
                (empty,) = re.findall(r'<div class="empty">(.*?)</div>', answer.text, re.DOTALL)
                links = [one.removeprefix(PLACE) for one in re.findall(r'href="([^"]+)"', empty)]
                assert links, page
                if visit is owner:
                    assert links[0] == first, page
                else:
                    assert not TO_CHANGE & set(links), page
                for link in links:
                    assert (await visit.get(PLACE + link)).status_code == 200, (page, link)
        for visit, said in ((owner, "Fill in what is missing"), (reader, "See what is missing")):
            assert said in (await visit.get(f"{PLACE}/settings")).text
