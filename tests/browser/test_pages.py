"""The pages in a real browser: they can be read and worked with by everybody, and no act needs script."""

from __future__ import annotations

import re

from playwright.async_api import Browser, Page, expect

from operations.known_credentials import list_openings
from storage.directory.tables import Credential
from tests.support.browsing import DESKTOP, PHONE, Browsed, be_signed_in
from tests.support.http import BAKERY
from tests.support.looks import stops, what_is_wrong
from tests.support.people import colleague
from tests.support.practice import Practice

CONNECTIONS = f"/o/{BAKERY}/connections"
LONG = "somebody.with.a.very.long.address.indeed@subdomain.of.example.com"


async def test_every_page_can_be_read_wide_and_narrow_light_and_dark(at_home: Browsed) -> None:
    home = at_home.home
    await at_home.sign_in()
    key = (await home.credentials.key(home.bakery)).rpartition("_")[0]
    books = home.one.books(home.bakery)
    long = await home.one.customer(books, "Hôtel de la Plage Internationale et Résidence du Vieux Port SARL à Ελαιώνας")
    shown = [(await home.one.issue(books, long.id, quantity=quantity)).document for quantity in ("1", "99999999")]
    odd = await home.one.client("The Very Long Name of a Company in Two Towns and Elsewhere GmbH")
    await colleague(home.one, home.one.organization, "accountant", email=LONG)
    practice = "/practice/ledger-co-sandbox"
    addresses = ["/", CONNECTIONS, f"{CONNECTIONS}/{key}/revoke", f"{practice}/connections", f"{practice}/people"]
    addresses += [f"{practice}/people/{act}?email={LONG}" for act in ("limit", "remove")]
    addresses += [f"/o/{odd.handle}/people", "/keys/nothing", "/o/nobody/people", "/mcp"]
    connection = await a_connection(home.one, "Some-Very-Long-Program-Name-Without-Any-Blank-In-It-At-All")
    addresses += ["/account", "/account/password", "/account/codes", "/account/passkeys", "/account/password/remove"]
    addresses += [f"/account/connections/end?connection={connection}", "/sign-in", "/sign-in/again", "/approvals"]
    addresses += [f"/o/{BAKERY}/{name}" for name in ("invoices", "customers", "items", f"invoices/{shown[1].number}")]
    addresses += [f"/o/{BAKERY}/activity", f"/o/{BAKERY}/approvals", f"{practice}/approvals/human_approval"]
    for address in addresses:
        await at_home.open(address)
        for size in (DESKTOP, PHONE):
            for scheme in ("light", "dark"):
                await at_home.page.set_viewport_size(size)
                await at_home.page.emulate_media(color_scheme=scheme)
                assert await what_is_wrong(at_home.page) == [], (address, size, scheme)
    await at_home.open(CONNECTIONS)
    reached = await stops(at_home.page)
    assert reached.count("TEXTAREA") == 4
    assert {"A", "BUTTON", "INPUT", "SUMMARY"} < set(reached)


async def a_connection(one: Practice, name: str) -> str:
    """The id of a connection that the owner has allowed a program of this name."""
    connection = Credential(
        id="cre_1",
        kind="token",
        name=name,
        prefix="cft_1",
        user_id=one.office.principal.user_id,
        scopes="read",
        client_id="https://claude.example",
        created_at=one.clock(),
        created_by=one.office.principal.label,
    )
    await one.store.directory.write(lambda db: db.add(connection))
    return "cre_1"


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
