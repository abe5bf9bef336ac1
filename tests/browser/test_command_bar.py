"""The command bar in a real browser: by keyboard, by touch, and as it is read aloud."""

from __future__ import annotations

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import expect

from tests.support.browsing import DESKTOP, PHONE, Browsed
from tests.support.http import BAKERY, FINCH
from tests.support.looks import what_is_wrong

_GRAVE = """() => axe.run('dialog').then((found) => found.violations
  .filter((one) => ['serious', 'critical'].includes(one.impact)).map((one) => one.id))"""


async def test_anything_is_found_and_started_with_the_keyboard_alone(at_home: Browsed) -> None:
    one, page = at_home.home.one, at_home.page
    books = one.books(at_home.home.bakery)
    customer = await one.customer(books, "Hôtel de la Plage Internationale et Résidence du Vieux Port SARL à Ελαιώνας")
    invoice = (await one.issue(books, customer.id)).document
    await at_home.sign_in()
    await at_home.open(f"/o/{BAKERY}/customers")
    await page.keyboard.press("/")
    await expect(page.get_by_role("searchbox")).to_be_focused()
    await page.keyboard.press("Control+k")
    bar = page.get_by_role("combobox", name="A number, a name, or what you want to do")
    await expect(bar).to_be_focused()
    await expect(page.get_by_role("option", selected=True)).to_have_text("New invoice")
    await page.evaluate(AXE_SCRIPT)
    for size in (PHONE, DESKTOP):
        await page.set_viewport_size(size)
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            assert await what_is_wrong(page) == [], (size, scheme)
            assert await page.evaluate(_GRAVE) == [], (size, scheme)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("searchbox")).to_be_focused()
    # Enter waits for what was written last, however quickly it is pressed.
    await page.keyboard.press("Control+k")
    await page.keyboard.type(invoice.number[-5:])
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_contain_text(invoice.number)
    await page.keyboard.press("Control+k")
    await page.keyboard.type("plage")
    chosen = page.get_by_role("option", selected=True)
    await expect(chosen).to_contain_text(invoice.number)
    await page.keyboard.press("ArrowDown")
    await expect(chosen).to_contain_text("Hôtel de la Plage")
    await expect(bar).to_have_attribute("aria-activedescendant", await chosen.get_attribute("id") or "")
    await bar.fill("finch")
    await page.set_viewport_size(PHONE)
    await page.get_by_role("option", name="Finch Studio").click()
    await page.wait_for_url(f"**/o/{FINCH}/**")
    await page.get_by_role("link", name="Find or start").click()
    await expect(bar).to_be_focused()
    # Whoever was signed out meanwhile is led to the sign-in, and from there back.
    await at_home.context.clear_cookies()
    await bar.fill("x")
    await page.wait_for_url("**/sign-in?next=%2Ffind%3Fat%3D*")
