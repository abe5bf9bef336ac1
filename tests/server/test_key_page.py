"""What the one-time page of an API key tells whoever opens it: before the key, with it, and when there is none."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from invoicing.organizations import EVERYTHING
from operations.credentials import prepare_key
from tests.support.http import BAKERY, HERE, House, house


@pytest.fixture
async def at_home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path / "data") as opened:
        yield opened


async def page_of(at_home: House, **more: Any) -> str:
    async with at_home.site.chat(await at_home.credentials.token()) as chat:
        made = await chat.ok("create_client_api_key", organization=BAKERY, name="Till", **more)
    return str(made["link"]).removeprefix(HERE)


async def read(at_home: House, method: str, page: str) -> tuple[str, str]:
    """The heading of the page and the text below it."""
    answer = await at_home.site.send(method, page, headers={"Origin": HERE})
    (heading, body) = re.findall(r"<h1>(.*?)</h1>(.*)</main>", answer.text, re.DOTALL)[0]
    return heading, unescape(re.sub(r"<[^>]+>", " ", body))


async def test_before_the_key_the_page_says_that_it_is_shown_once(at_home: House) -> None:
    heading, text = await read(at_home, "GET", await page_of(at_home))
    assert heading == "Show an API key"
    assert "That happens once" in text
    assert "24 hours" in text


async def test_with_the_key_it_says_how_to_use_and_how_to_revoke_it(at_home: House) -> None:
    heading, text = await read(at_home, "POST", await page_of(at_home))
    assert heading == "This is the API key"
    (key,) = re.findall(r"\bcfk_[0-9a-f]{10}_\w+", text)
    assert f"{HERE}/mcp" in text
    assert "Authorization: Bearer KEY" in text
    # The command names the key by its prefix: the key itself stands on the page once.
    assert f"counterfoil key revoke {key.rpartition('_')[0]} " in text
    await at_home.credentials.revoke("key", key.rpartition("_")[0])
    assert (await at_home.site.modern("/mcp", key, "tools/list")).status_code == 401


async def test_with_the_key_it_says_for_whom_it_is_what_it_may_do_and_until_when(at_home: House) -> None:
    # E12: whoever made keys for several clients could not see which one was on the page.
    _, text = await read(at_home, "POST", await page_of(at_home))
    assert f"Harbour Bakery ( {BAKERY} )" in text
    assert "sandbox: " in text
    assert "may change things" in text
    assert "does not expire" in text
    _, text = await read(at_home, "POST", await page_of(at_home, read_only=True, expires_in_days=30))
    assert "read-only: " in text
    assert "may change things" not in text
    assert "ends on 2026-04-15 at 12:00 UTC" in text
    assert f"{HERE}/mcp/{BAKERY} " in text


async def test_a_name_on_the_page_is_text_and_no_markup(at_home: House) -> None:
    office = at_home.one.office
    odd = await at_home.one.client("<b>Bold & Sons</b>")
    pending = await prepare_key(office, odd, "Till", scopes=EVERYTHING)
    answer = await at_home.site.send("POST", f"/keys/{pending.page}", headers={"Origin": HERE})
    assert "&lt;b&gt;Bold &amp; Sons&lt;/b&gt;" in answer.text
    assert "<b>" not in answer.text


async def test_before_the_button_is_pressed_the_page_names_nobody(at_home: House) -> None:
    # Chat and mail programs open links to preview them, and whoever guesses at pages learns nothing.
    page, guessed = await page_of(at_home), "/keys/nothing"
    assert await read(at_home, "GET", page) == await read(at_home, "GET", guessed)
    assert "which organization it opens" in (await read(at_home, "GET", page))[1]


async def test_when_it_was_seen_already_the_page_says_what_to_do(at_home: House) -> None:
    page = await page_of(at_home)
    await read(at_home, "POST", page)
    heading, text = await read(at_home, "POST", page)
    assert heading == "There is no key to show"
    assert "If it was not you who saw the key" in text
    assert "counterfoil key revoke" in text
    assert (heading, text) == await read(at_home, "POST", "/keys/nothing")
