"""The first minutes of an owner, in a real browser: from the link that init prints to a connected assistant."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import httpx2
from mcp import Client
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientMetadata
from playwright.async_api import Page, Route, expect
from pydantic import AnyUrl

from operations.identity.links import make_sign_in_link
from tests.support.assistant import Assistant, assistant
from tests.support.authorization import CALLBACK
from tests.support.browsing import DESKTOP, PHONE, Browsed
from tests.support.http import BAKERY
from tests.support.looks import what_is_wrong
from tests.support.oauth import Kept

SALE = {"customer": "Hotel Bristol", "lines": [{"description": "Work", "quantity": 1, "unit_price": "100"}]}


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()


async def arrive(at: Browsed) -> None:
    """Sign in by a link, and make a passkey."""
    office = at.home.one.office
    link = await make_sign_in_link(office, office.principal.label)
    await at.open(link.path)
    await press(at.page, "Sign in")
    await at.page.get_by_role("link", name="passkey", exact=True).click()
    await at.page.get_by_label("What you call it").fill("Laptop")
    await press(at.page, "Make a passkey")
    await expect(at.page.get_by_text("Laptop")).to_be_visible()


async def test_an_owner_makes_a_passkey_and_connects_an_assistant(at_home: Browsed) -> None:
    url, page = at_home.home.site.url, at_home.page
    passkeys = await at_home.with_passkeys()
    await arrive(at_home)
    assert len(await passkeys.kept()) == 1
    await page.locator(".me summary").click()
    await press(page, "Sign out")
    await at_home.open(f"/o/{BAKERY}/connections")
    await press(page, "Sign in with a passkey")
    await page.wait_for_url(f"{url}/o/{BAKERY}/connections")
    address = await page.get_by_label("URL of the connection").input_value()
    assert address == f"{url}/mcp/{BAKERY}"

    async def program_answers(route: Route) -> None:
        await route.fulfill(status=200, content_type="text/plain", body="Connected.")

    async def ask(where: str) -> None:
        await page.goto(where)
        await expect(page.get_by_text(BAKERY).first).to_be_visible()
        await press(page, "Allow")
        await page.wait_for_url(f"{CALLBACK}?*")

    async def answered() -> AuthorizationCodeResult:
        said = {name: value for name, (value,) in parse_qs(urlsplit(page.url).query).items()}
        return AuthorizationCodeResult(code=said["code"], state=said["state"], iss=said["iss"])

    await page.route(f"{CALLBACK}*", program_answers)
    metadata = OAuthClientMetadata(client_name="Ledger Chat", redirect_uris=[AnyUrl(CALLBACK)])
    auth = OAuthClientProvider(address, metadata, Kept(), ask, answered)
    async with (
        httpx2.AsyncClient(auth=auth, timeout=60) as http,
        Client(streamable_http_client(address, http_client=http)) as client,
    ):
        found = await Assistant(client).ok("get_organization")
    assert found["organization"]["handle"] == BAKERY


async def test_what_waits_is_signed_with_a_passkey(at_home: Browsed) -> None:
    await at_home.with_passkeys()
    await arrive(at_home)
    async with assistant(at_home.home.one.office, organization=BAKERY) as chat:
        await chat.ok("save_customer", name="Hotel Bristol", country="GB")
        steps = {"name": "All", "trigger": "invoice", "conditions": "none", "steps": "owner"}
        await chat.ok("save_configuration", part="workflows", code="ALL", values=steps)
        waiting = (await chat.ok("issue_invoice", **SALE))["approval"]["id"]
        await at_home.open(f"/o/{BAKERY}/approvals/{waiting}")
        for size in (PHONE, DESKTOP):
            await at_home.page.set_viewport_size(size)
            assert await what_is_wrong(at_home.page) == [], size
        for box in await at_home.page.get_by_role("checkbox").all():
            await box.check()
        await at_home.page.get_by_role("button", name="with your passkey").click()
        await expect(at_home.page.get_by_text("Issued as TEST-INV-2026-00001")).to_be_visible()
        (given,) = (await chat.ok("get_invoice", invoice="TEST-INV-2026-00001"))["invoice"]["approvals"]
    assert given["how"] == "passkey"
