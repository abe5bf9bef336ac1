"""A client program that waits in a browser whose person has yet to sign in, by a link."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

from operations.identity.links import make_sign_in_link
from tests.support.authorization import a_program
from tests.support.browser_forms import Browser
from tests.support.http import BAKERY, HERE, House, house
from tests.support.identity import Device
from tests.support.oauth import authorize_url


async def test_a_link_opened_where_a_program_waits_leads_back_to_it(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        await back_to_it(home)


async def back_to_it(home: House) -> None:
    browser, office = Browser(home.site), home.one.office
    program = await a_program(office)
    begun = await browser.open(authorize_url(program.id, f"{HERE}/mcp/{BAKERY}"))
    assert (await browser.open(begun.headers["location"])).headers["location"].startswith("/sign-in")
    link = (await make_sign_in_link(office, office.principal.label)).path
    asked = await browser.open(link)
    assert program.name in asked.text
    signed_in = await browser.press(link, asked, "")
    assert signed_in.headers["location"] == "/account", "there is no other way in yet"
    account = await browser.open("/account")
    assert program.name in account.text
    assert "Set up first how you sign in" in account.text
    await in_another_browser_nothing_waits(home, program.name)
    device = Device(origin=HERE)
    page = await browser.open("/account/passkeys")
    (options,) = re.findall(r'data-options="([^"]*)"', page.text)
    made = await browser.press("/account/passkeys", page, "", answer=device.create(unescape(options)), name="Laptop")
    assert made.headers["location"] == "/account?kept=passkey", made.text
    account = await browser.open("/account")
    assert f'href="{begun.headers["location"]}"' in account.text
    link = (await make_sign_in_link(office, office.principal.label)).path
    signed_in = await browser.press(link, await browser.open(link), "")
    assert signed_in.headers["location"] == begun.headers["location"]
    consent = begun.headers["location"]
    await browser.press(consent, await browser.open(consent), "deny")
    assert program.name not in (await browser.open("/account")).text, "it waits no longer"


async def in_another_browser_nothing_waits(home: House, name: str) -> None:
    another = Browser(home.site)
    await another.be(home.one.office)
    assert name not in (await another.open("/account")).text
