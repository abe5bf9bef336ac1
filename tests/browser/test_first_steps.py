"""The first minutes in an installation where nothing is yet: from the one-time link to a connection, by keyboard."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from operations.access import Office
from operations.identity.links import make_sign_in_link
from operations.practices import start_unnamed
from server.http.application import HttpSettings, http_application
from tests.support.begun import begin_folder
from tests.support.browsing import DESKTOP, PHONE, with_passkeys
from tests.support.clock import SettableClock
from tests.support.door import door
from tests.support.http import ROOMY, free_port
from tests.support.identity import CHEAP
from tests.support.looks import what_is_wrong
from tests.support.stores import open_store

_SAID = """() => {
  const one = document.activeElement;
  if (one === document.body) return '';
  return one.labels?.[0]?.textContent || one.ariaLabel || one.textContent;
}"""


async def come_to(page: Page, name: str) -> None:
    """Press the tabulator until what has this name has the focus, if it has not from the start."""
    for _ in range(80):
        if name in await page.evaluate(_SAID):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not come to {name}")


async def test_a_new_owner_is_led_from_the_link_to_a_connection(browser: Browser, tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        root, port, clock = tmp_path / "data", free_port(), SettableClock()
        url = f"http://localhost:{port}"
        store = await stack.enter_async_context(open_store(begin_folder(root)))
        owner = await start_unnamed(store, clock, "owner@example.com")
        settings = HttpSettings(port=port, public_url=url, allowance=ROOMY)
        await stack.enter_async_context(door(http_application(store, clock, settings), ROOMY, port=port))
        context = await browser.new_context(viewport=DESKTOP, reduced_motion="reduce")
        stack.push_async_callback(context.close)
        context.set_default_timeout(20_000)
        page = await context.new_page()
        await with_passkeys(context, page)
        office = Office(store=store, principal=owner, clock=clock, hashing=CHEAP)
        await page.goto(url + (await make_sign_in_link(office, owner.label)).path)
        keys = page.keyboard
        await come_to(page, "Sign in")
        await keys.press("Enter")
        await page.wait_for_url("**/account")
        await come_to(page, "passkey")
        await keys.press("Enter")
        await page.wait_for_url("**/account/passkeys")
        await come_to(page, "What you call it")
        await keys.type("Laptop")
        await come_to(page, "Make a passkey")
        await keys.press("Enter")
        await expect(page.get_by_text("Laptop")).to_be_visible()
        await come_to(page, "Connect an AI client")
        await keys.press("Enter")
        await page.wait_for_url("**/practice/practice/start")
        step = page.locator("[aria-current=step]")
        await expect(step).to_contain_text("Name the practice")
        await come_to(page, "Name of the practice")
        await keys.type("Ledger & Co")
        await come_to(page, "Country")
        await keys.type("United K")
        await come_to(page, "Save the name and country")
        await keys.press("Enter")
        await expect(step).to_contain_text("Create your first client")
        await expect(page.locator(".side .whose")).to_contain_text("Ledger & Co")
        await come_to(page, "Create client organization")
        await keys.press("Enter")
        await page.wait_for_url("**/clients/new")
        # It is typed at once: the page is for nothing but this form.
        await expect(page.get_by_label("Name", exact=True)).to_be_focused()
        await keys.type("Harbour Bakery")
        await expect(page.locator("#preview")).to_contain_text("harbour-bakery-sandbox")
        await keys.press("Enter")
        await page.wait_for_url("**/o/harbour-bakery-sandbox/start?made=1")
        await expect(page.get_by_text("Harbour Bakery was created.")).to_be_visible()
        await expect(step).to_contain_text("Connect an AI client")
        assert await page.get_by_label("URL of the connection").input_value() == f"{url}/mcp/harbour-bakery-sandbox"
        for size in (PHONE, DESKTOP):
            await page.set_viewport_size(size)
            assert await what_is_wrong(page) == [], size
