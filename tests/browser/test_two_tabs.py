"""Two tabs of one browser that show two clients, and a session that ends while a form is filled in."""

from __future__ import annotations

import re
from datetime import timedelta

from playwright.async_api import Page, expect

from operations.customers import find_customers
from storage.directory import browsers
from tests.support.browsing import Browsed
from tests.support.http import BAKERY, FINCH


async def names(at: Browsed, handle: str) -> set[str]:
    home = at.home
    books = home.one.books(home.bakery if handle == BAKERY else home.finch)
    return {one.name for one in (await find_customers(books, query="", cursor="", limit=20)).items}


async def fill(page: Page, name: str) -> None:
    await page.get_by_label("Name", exact=True).fill(name)
    await page.get_by_label("Street and number").fill("1 Quay")
    await page.get_by_label("City").fill("London")


async def test_each_tab_writes_where_it_shows_and_what_was_typed_outlives_the_session(at_home: Browsed) -> None:
    await at_home.sign_in()
    bakery, finch = at_home.page, await at_home.context.new_page()
    await bakery.goto(f"{at_home.home.site.url}/o/{BAKERY}/customers/new")
    await finch.goto(f"{at_home.home.site.url}/o/{FINCH}/customers/new")
    # The one that was opened first is sent last: what was looked at meanwhile changes nothing.
    await fill(bakery, "Of the bakery")
    await fill(finch, "Of the studio")
    for page, whose in ((finch, "Finch Studio"), (bakery, "Harbour Bakery")):
        await page.get_by_role("button", name=re.compile(f"{whose}$")).click()
        await expect(page).to_have_title(re.compile(f"^{whose}"))
    assert "Of the bakery" in await names(at_home, BAKERY) - await names(at_home, FINCH)
    assert "Of the studio" in await names(at_home, FINCH) - await names(at_home, BAKERY)
    # A form whose hidden organization is another's is refused, whatever made it so.
    await finch.goto(f"{at_home.home.site.url}/o/{FINCH}/customers/new")
    await fill(finch, "Of nobody")
    await finch.evaluate(
        "id => { for (const one of document.getElementsByName('organization')) one.value = id; }",
        at_home.home.bakery.id,
    )
    await finch.get_by_role("button", name=re.compile("Finch Studio$")).click()
    await expect(finch.get_by_role("heading", level=1)).to_have_text("This page was of another organization")
    # The session ends, and somebody signs in again in another tab.
    await bakery.goto(f"{at_home.home.site.url}/o/{BAKERY}/customers/new")
    await fill(bakery, "After the break")
    at_home.home.one.clock.advance(browsers.IDLE + timedelta(minutes=1))
    await bakery.get_by_role("button", name=re.compile("Harbour Bakery$")).click()
    await expect(bakery.get_by_role("heading", level=1)).not_to_have_text("New customer")
    assert "After the break" not in await names(at_home, BAKERY)
    await at_home.sign_in()
    await bakery.get_by_role("button", name="Go on").click()
    await bakery.get_by_role("button", name="Send it now").click()
    await expect(bakery).to_have_title(re.compile("^Harbour Bakery"))
    assert {"After the break"} <= await names(at_home, BAKERY)
    assert not {"Of nobody", "After the break"} & await names(at_home, FINCH)
