"""What the one-time page of an API key tells whoever opens it: before the key, with it, and when there is none."""

from __future__ import annotations

import re
from typing import Any

import pytest

from invoicing.organizations import EVERYTHING, CredentialKind
from operations.credentials import prepare_key
from tests.support.http import BAKERY, HERE, House
from tests.support.people import another_practice, colleague
from tests.support.visits import Visit, heading_of, sign_in, text_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def page_of(at_home: House, **more: Any) -> str:
    async with at_home.site.chat(await at_home.credentials.token()) as chat:
        made = await chat.ok("create_client_api_key", organization=BAKERY, name="Till", **more)
    return str(made["link"]).removeprefix(HERE)


async def read(visit: Visit, method: str, page: str) -> tuple[str, str]:
    """The heading of the page and the text below it."""
    answer = await (visit.post(page) if method == "POST" else visit.get(page))
    return heading_of(answer), text_of(answer)


async def test_before_the_key_the_page_says_that_it_is_shown_once(at_home: House, owner: Visit) -> None:
    heading, text = await read(owner, "GET", await page_of(at_home))
    assert heading == "Show an API key or a secret link"
    assert "That happens once" in text
    assert "24 hours" in text


async def test_with_the_key_it_says_how_to_use_and_how_to_revoke_it(at_home: House, owner: Visit) -> None:
    heading, text = await read(owner, "POST", await page_of(at_home))
    assert heading == "This is the API key"
    (key,) = re.findall(r"\bcfk_[0-9a-f]{10}_\w+", text)
    assert f"{HERE}/mcp" in text
    assert "Authorization: Bearer KEY" in text
    # The command names the key by its prefix: the key itself stands on the page once.
    assert f"counterfoil key revoke {key.rpartition('_')[0]}" in text
    await at_home.credentials.revoke("key", key.rpartition("_")[0])
    assert (await at_home.site.modern("/mcp", key, "tools/list")).status_code == 401


async def test_with_the_key_it_says_for_whom_it_is_what_it_may_do_and_until_when(at_home: House, owner: Visit) -> None:
    # E12: whoever made keys for several clients could not see which one was on the page.
    _, text = await read(owner, "POST", await page_of(at_home))
    assert f"Harbour Bakery {BAKERY}" in text
    assert "sandbox: " in text
    assert "may change things" in text
    assert "Ends not by itself" in text
    _, text = await read(owner, "POST", await page_of(at_home, read_only=True, expires_in_days=30))
    assert "read-only: " in text
    assert "may change things" not in text
    assert "Ends 2026-04-15 12:00 UTC" in text
    assert f"{HERE}/mcp/{BAKERY} " in text


async def test_a_name_on_the_page_is_text_and_no_markup(at_home: House, owner: Visit) -> None:
    office = at_home.one.office
    odd = await at_home.one.client("<b>Bold & Sons</b>")
    pending = await prepare_key(office, odd, "Till", scopes=EVERYTHING)
    answer = await owner.post(f"/keys/{pending.page}")
    assert "&lt;b&gt;Bold &amp; Sons&lt;/b&gt;" in answer.text
    assert "<b>" not in answer.text


async def test_before_the_button_is_pressed_the_page_names_nobody(at_home: House, owner: Visit) -> None:
    # Chat and mail programs open links to preview them, and whoever guesses at pages learns nothing.
    page, guessed = await page_of(at_home), "/keys/nothing"
    assert await read(owner, "GET", page) == await read(owner, "GET", guessed)
    assert "which organization it opens" in (await read(owner, "GET", page))[1]


async def test_when_it_was_seen_already_the_page_says_what_to_do(at_home: House, owner: Visit) -> None:
    page = await page_of(at_home)
    await read(owner, "POST", page)
    heading, text = await read(owner, "POST", page)
    assert heading == "There is nothing to show"
    assert "If it was not you who saw it" in text
    assert "counterfoil key revoke" in text
    assert (heading, text) == await read(owner, "POST", "/keys/nothing")


async def test_the_key_is_shown_to_whoever_may_make_keys_there_and_to_nobody_else(at_home: House, owner: Visit) -> None:
    one, page = at_home.one, await page_of(at_home)
    viewer, stranger = await colleague(one, at_home.bakery, "viewer"), (await another_practice(one))[0]
    elsewhere = await colleague(one, one.organization, "accountant", all_clients=False, clients=[at_home.finch])
    for office in (viewer, stranger, elsewhere):
        other = await sign_in(at_home.site, office)
        assert await read(other, "POST", page) == await read(other, "POST", "/keys/nothing")
    for method in ("GET", "POST"):
        nobody = await at_home.site.send(method, page, headers={"Origin": HERE})
        assert (nobody.status_code, nobody.headers["location"].partition("?")[0]) == (303, "/sign-in")
    assert (await read(owner, "POST", page))[0] == "This is the API key"


async def test_a_link_of_the_page_is_shown_as_the_whole_url(at_home: House, owner: Visit) -> None:
    link = CredentialKind.LINK
    pending = await prepare_key(at_home.one.office, at_home.bakery, "Chat", kind=link, scopes=EVERYTHING)
    heading, text = await read(owner, "POST", f"/keys/{pending.page}")
    assert heading == "This is the secret link"
    (url,) = re.findall(rf"{HERE}(/mcp/k/[a-z2-7]+)", text)
    assert "counterfoil link revoke" in text
    async with at_home.site.chat("", url) as chat:
        assert (await chat.ok("find_customers"))["organization"]["handle"] == BAKERY
