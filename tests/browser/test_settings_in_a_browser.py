"""The settings in a real browser: an invoice is drawn anew while its look is chosen."""

from __future__ import annotations

import re

from playwright.async_api import expect

from operations.sample_documents import sample_look
from tests.support.browsing import Browsed
from tests.support.http import BAKERY


async def test_an_invoice_is_drawn_anew_while_its_look_is_chosen(at_home: Browsed) -> None:
    await at_home.sign_in()
    await at_home.open(f"/o/{BAKERY}/settings/branding")
    page, books = at_home.page, at_home.home.one.books(at_home.home.bakery)
    sample = page.get_by_alt_text("An invoice of this look")
    await expect(sample).to_have_attribute("src", re.compile("/settings/branding/picture$"))
    await page.get_by_label("Foot of documents").fill("Open daily from six")
    await expect(sample).to_have_attribute("src", re.compile("^data:image/png;base64,"))
    first = await sample.get_attribute("src")
    await page.get_by_label("A colour of its own").check()
    await expect(sample).not_to_have_attribute("src", str(first))
    assert (await sample_look(books)).texts["footer"] == "", "looking keeps nothing"
    await page.get_by_role("button", name="Save the look").click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    assert (await sample_look(books)).texts["footer"] == "Open daily from six"
