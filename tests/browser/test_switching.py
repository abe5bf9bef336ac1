"""The switcher as a menu, by the keyboard alone."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.support.browsing import Browsed
from tests.support.http import BAKERY, FINCH


async def test_one_switches_by_a_few_letters_and_keys(at_home: Browsed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("views.heads.LOOKED_THROUGH_MAX", 1)
    page = at_home.page
    await at_home.sign_in()
    await at_home.open(f"/o/{BAKERY}/connections")
    menu, opens = page.locator("details.switcher"), page.locator("details.switcher summary")
    field = menu.get_by_role("searchbox")
    shown = menu.locator("li:not([hidden]) a")
    await opens.focus()
    await page.keyboard.press("Enter")
    await expect(field).to_be_focused()
    await expect(shown).to_have_count(3)
    await expect(shown.first).to_contain_text("Partner")
    await expect(menu.locator("a[aria-current]")).to_contain_text("Harbour Bakery")
    await page.keyboard.type("FÍN")
    await expect(shown).to_have_count(1)
    await page.keyboard.type("x")
    await expect(menu.get_by_text("None is called so.")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(menu).not_to_have_attribute("open", "")
    await expect(opens).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await field.fill("")
    await page.keyboard.press("ArrowUp")
    await expect(shown.last).to_be_focused()
    await page.mouse.click(900, 600)
    await expect(menu).not_to_have_attribute("open", "")
    monkeypatch.setattr("server.pages.organization_pages.SWITCHED_MAX", 1)
    monkeypatch.setattr("server.pages.switching.SWITCHED_MAX", 1)
    await at_home.open(f"/o/{BAKERY}/connections")
    await opens.click()
    await expect(menu.get_by_text("Finch Studio")).to_have_count(0)
    await page.keyboard.type("finch")
    await expect(menu.get_by_text("Finch Studio")).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/o/{FINCH}**")
    await expect(page.locator("summary .whose")).to_contain_text("Finch Studio")
