"""The pages in a real browser: they can be read and worked with by everybody, and no act needs script."""

from __future__ import annotations

import re

from playwright.async_api import Browser, Page, expect

from operations.known_credentials import list_openings
from tests.support.browsing import Browsed, be_signed_in
from tests.support.http import BAKERY
from tests.support.looks import stops

CONNECTIONS = f"/o/{BAKERY}/connections"
LONG = "somebody.with.a.very.long.address.indeed@subdomain.of.example.com"


async def test_the_connections_are_walked_through_by_keyboard(at_home: Browsed) -> None:
    await at_home.sign_in()
    await at_home.open(CONNECTIONS)
    reached = await stops(at_home.page)
    # What stands ready for each AI client is folded, and opened by its summary.
    folded = reached.count("SUMMARY")
    assert (reached.count("TEXTAREA"), folded > 4) == (1, True)
    assert {"A", "BUTTON", "INPUT", "SUMMARY"} < set(reached)


async def test_the_button_copies_the_url(at_home: Browsed) -> None:
    await at_home.sign_in()
    await at_home.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await at_home.open(CONNECTIONS)
    await at_home.page.get_by_role("button", name="Copy").first.click()
    await expect(at_home.page.get_by_role("button", name="Copied")).to_be_visible()
    assert await at_home.page.evaluate("navigator.clipboard.readText()") == f"{at_home.home.site.url}/mcp/{BAKERY}"


async def test_a_key_is_made_used_and_ended_without_script(at_home: Browsed, browser: Browser) -> None:
    context = await browser.new_context(java_script_enabled=False, base_url=at_home.home.site.url)
    async with context:
        await be_signed_in(context, at_home.home)
        page = await context.new_page()
        await page.goto("/")
        await page.get_by_role("link", name="Harbour Bakery").click()
        await page.get_by_role("link", name="Connections").click()
        await expect(page.get_by_role("button", name="Copy")).to_have_count(0)
        key = await _make_key(page)
        async with at_home.home.site.chat(key) as chat:
            assert (await chat.ok("find_customers"))["organization"]["handle"] == BAKERY
        await page.get_by_role("link", name="Back to the connections").click()
        await page.get_by_role("link", name=re.compile("End API key")).click()
        await page.get_by_role("button", name=re.compile(f"End API key .* for {BAKERY}")).click()
        await expect(page.get_by_text("Nothing yet")).to_be_visible()
    assert await list_openings(at_home.home.one.office, at_home.home.bakery) == []


async def _make_key(page: Page) -> str:
    await page.get_by_label("Name, by which you know it again").fill("Till")
    await page.get_by_label("Read only").check()
    await page.get_by_role("button", name="Make it and show it once").click()
    return await page.get_by_label("API key").input_value()
