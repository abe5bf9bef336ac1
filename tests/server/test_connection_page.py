"""The page of an organization's connections: how it is connected to, what is, and that whoever may ends it there."""

from __future__ import annotations

import re
from html import unescape

import pytest

from operations.known_credentials import list_openings
from tests.support.http import BAKERY, FINCH, HERE, House
from tests.support.people import archive, bring_back, colleague
from tests.support.visits import Visit, heading_of, sign_in, text_of
from views.snippets import snippets

PAGE = f"/o/{BAKERY}/connections"
PRACTICE = "/practice/ledger-co-sandbox/connections"


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def prefixes(at_home: House) -> list[str]:
    return [one.prefix for one in await list_openings(at_home.one.office, at_home.bakery)]


async def test_it_has_the_url_and_the_same_snippets_as_the_tool(at_home: House, owner: Visit) -> None:
    answer = await owner.get(PAGE)
    async with at_home.site.chat(await at_home.credentials.token()) as chat:
        told = await chat.ok("get_organization", organization=BAKERY, connections=True)
    fields = [unescape(one) for one in re.findall(r"<textarea[^>]*>(.*?)</textarea>", answer.text, re.DOTALL)]
    links = [unescape(one) for one in re.findall(r'href="([^"]+)"', answer.text)]
    assert fields[0] == told["connection_url"] == f"{HERE}/mcp/{BAKERY}"
    assert {told["snippets"][one] for one in ("claude_code", "vscode_json", "json")} < set(fields)
    assert {told["snippets"][one] for one in ("vscode", "cursor")} < set(links)
    # Claude's servers reach nothing on this machine: they are not sent there.
    assert told["snippets"]["claude"] not in links
    assert "Claude's own servers must reach the URL" in text_of(answer)


async def test_a_practice_has_the_connection_to_all_its_clients_first(owner: Visit) -> None:
    text = (await owner.get(PRACTICE)).text
    fields = [unescape(one) for one in re.findall(r"<textarea[^>]*>(.*?)</textarea>", text, re.DOTALL)]
    assert [one for one in fields if one.startswith(HERE)] == [f"{HERE}/mcp", f"{HERE}/mcp/ledger-co-sandbox"]
    assert snippets("counterfoil", f"{HERE}/mcp")["claude_code"] in fields


@pytest.mark.parametrize(("kind", "rights"), [("key", "change"), ("key", "read"), ("link", "read")])
async def test_a_key_or_a_link_is_made_in_place_and_shown_once(
    at_home: House, owner: Visit, kind: str, rights: str
) -> None:
    made = await owner.post(PAGE, kind=kind, name="Till", rights=rights, days="30")
    assert (made.status_code, made.headers["cache-control"]) == (200, "no-store")
    (secret,) = re.findall(r"<textarea[^>]*>(.*?)</textarea>", made.text)
    way, token = (secret.removeprefix(HERE), "") if kind == "link" else (f"/mcp/{BAKERY}", secret)
    async with at_home.site.chat(token, way) as chat:
        assert (await chat.ok("find_customers"))["organization"]["handle"] == BAKERY
        if rights == "read":
            assert (await chat.refused("save_customer", name="Bar Sol"))["code"] == "not_allowed"
        else:
            await chat.ok("save_customer", name="Bar Sol")
    listed = await owner.get(PAGE)
    assert secret not in listed.text
    row = text_of(listed).partition("What is connected")[2]
    assert "Till" in row
    assert "2026-04-15" in row
    assert "2026-03-16 12:00 UTC" in row, "its last use"


async def test_a_form_that_is_sent_again_makes_nothing_more(at_home: House, owner: Visit) -> None:
    (mark,) = re.findall(r'name="mark" value="(\w+)"', (await owner.get(PAGE)).text)
    sent = {"kind": "key", "name": "Once", "rights": "read", "mark": mark}
    assert (await owner.post(PAGE, **sent)).status_code == 200
    made = await prefixes(at_home)
    for again in (await owner.post(PAGE, **sent), await owner.post(PAGE, **sent | {"mark": ""})):
        assert (again.status_code, heading_of(again)) == (409, "This was made already")
        assert f'href="{PAGE}"' in again.text
    assert await prefixes(at_home) == made


@pytest.mark.parametrize(("field", "value"), [("name", " "), ("name", "x" * 81), ("days", "never"), ("days", "99999")])
async def test_what_does_not_fit_is_refused_beside_what_was_typed(
    at_home: House, owner: Visit, field: str, value: str
) -> None:
    before = await prefixes(at_home)
    given = {"kind": "link", "name": "My till", "rights": "read", "days": "7"} | {field: value}
    refused = await owner.post(PAGE, **given)
    assert refused.status_code == 400
    assert 'role="alert"' in refused.text
    assert 'value="link" checked' in refused.text
    assert f'value="{value}" aria-invalid="true"' in refused.text
    assert "expires_in_days" not in text_of(refused)
    assert await prefixes(at_home) == before


async def test_what_ends_is_said_first_and_the_button_ends_it(at_home: House, owner: Visit) -> None:
    key = await at_home.credentials.key(at_home.bakery)
    known = (await list_openings(at_home.one.office, at_home.bakery))[0]
    page = f"{PAGE}/{known.prefix}/revoke"
    said = await owner.get(page)
    assert heading_of(said) == "End this API key"
    assert f"End API key {known.prefix} for {BAKERY}" in text_of(said)
    assert (await at_home.site.modern("/mcp", key, "tools/list")).status_code == 200
    done = await owner.post(page)
    assert (done.status_code, done.headers["location"]) == (303, PAGE)
    assert (await at_home.site.modern("/mcp", key, "tools/list")).status_code == 401
    for again in (await owner.get(page), await owner.post(page), await owner.get(f"{PAGE}/cfk_never/revoke")):
        assert (again.status_code, heading_of(again)) == (404, "There is no such page")


async def test_a_key_is_ended_under_its_own_organization_alone(at_home: House, owner: Visit) -> None:
    await at_home.credentials.key(at_home.bakery)
    known = (await list_openings(at_home.one.office, at_home.bakery))[0]
    for elsewhere in (f"/o/{FINCH}", "/practice/ledger-co-sandbox"):
        assert (await owner.post(f"{elsewhere}/connections/{known.prefix}/revoke")).status_code == 404
    assert known.prefix in await prefixes(at_home)


async def test_who_may_not_make_or_end_keys_sees_how_to_connect_and_nothing_else(at_home: House) -> None:
    await at_home.credentials.key(at_home.bakery)
    viewer = await sign_in(at_home.site, await colleague(at_home.one, at_home.bakery, "viewer"))
    shown = await viewer.get(PAGE)
    assert f"{HERE}/mcp/{BAKERY}" in shown.text
    assert "till" not in text_of(shown).casefold()
    assert "<form method" not in shown.text.partition("<main")[2].partition("</main>")[0]
    assert (await viewer.post(PAGE, kind="key", name="Till")).status_code == 404
    assert f"/o/{BAKERY}/people" not in shown.text
    assert "counterfoil serve" not in shown.text, "who runs no server is told no command of one"


async def test_an_archived_organization_gets_no_new_keys(at_home: House, owner: Visit) -> None:
    archive(at_home.one, at_home.bakery)
    shown = await owner.get(PAGE)
    assert "Archived: it can be read, not changed" in shown.text
    assert "Make it and show it once" not in shown.text
    assert (await owner.post(PAGE, kind="key", name="Till")).status_code == 400
    bring_back(at_home.one, at_home.bakery)


async def test_nobody_makes_a_key_from_another_site_or_without_the_forms_key(at_home: House, owner: Visit) -> None:
    fields, before = {"kind": "key", "name": "Till"}, await prefixes(at_home)
    for headers, data in (
        ({"Origin": "https://evil.example"}, fields | {"form_key": owner.signed_in.form_key}),
        ({"Origin": HERE}, fields),
        ({}, fields | {"form_key": owner.signed_in.form_key}),
    ):
        answer = await at_home.site.send("POST", PAGE, headers=owner.cookie | headers, data=data)
        assert answer.status_code == 403
    assert await prefixes(at_home) == before
