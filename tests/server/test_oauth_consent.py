"""The page on which a person allows a program a connection: what it says, what is chosen, and who decides."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.support.authorization import a_program
from tests.support.browser_forms import Browser
from tests.support.http import BAKERY, FINCH, HERE, House
from tests.support.oauth import ALLOWED, Person, answer_of, authorize_url, redeemed_with, token
from tests.support.people import colleague

pytestmark = pytest.mark.asyncio(loop_scope="module")
GHOST = "ghost-sandbox"


async def test_the_consent_page_names_who_asks_for_what_and_denies(at_home: House, person: Person) -> None:
    program = await a_program(at_home.one.office, "<b>Ledger</b> Chat")
    answer = await person.decide(authorize_url(program.id, f"{HERE}/mcp/{BAKERY}"), "deny")
    assert (answer["error"], answer["state"], answer["iss"]) == ("access_denied", "a state", HERE)
    (page,) = person.asked
    for told in (
        "&lt;b&gt;Ledger&lt;/b&gt; Chat",
        "Nobody has checked",
        "this computer",
        "owner@example.com",
        "Harbour Bakery",
        BAKERY,
        "look and change",
    ):
        assert told in " ".join(page.split()), told
    assert "<b>" not in page
    looking = Person(person.browser)
    await looking.decide(authorize_url(program.id, f"{HERE}/mcp/{BAKERY}", scope="read"), "deny")
    assert "look and change" not in " ".join(looking.asked[0].split())


async def test_a_page_is_kept_out_of_frames_and_its_form_leads_to_the_program_alone(
    at_home: House, person: Person
) -> None:
    program = await a_program(at_home.one.office)
    page = HERE + (await person.browser.open(authorize_url(program.id))).headers["location"]
    policy = (await person.browser.open(page)).headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' http://127.0.0.1:3000" in policy


async def test_a_person_picks_organizations_finds_them_by_name_and_lessens_the_rights(
    at_home: House, person: Person
) -> None:
    program = await a_program(at_home.one.office)
    page = HERE + (await person.browser.open(authorize_url(program.id))).headers["location"]
    first = await person.browser.open(page)
    assert all(one in first.text for one in (BAKERY, FINCH))
    assert 'name="reach" value="everything" required>' in first.text, "nothing is chosen before the person says so"
    chosen = {"rights": "read", "reach": "picked", "organization": [BAKERY]}
    found = await person.browser.press(page, first, "find", **chosen, find="finch")
    assert f'value="{BAKERY}" checked' in found.text
    assert f'value="{FINCH}"' in found.text
    assert at_home.one.organization.handle not in found.text
    nothing = await person.browser.press(page, found, "allow", rights="read", reach="picked")
    assert (nothing.status_code, "Pick at least one" in nothing.text) == (400, True)
    unsaid = await person.browser.press(page, found, "allow", rights="read")
    assert (unsaid.status_code, "Pick at least one" in unsaid.text) == (400, True), "nothing is chosen for anybody"
    both = await person.browser.press(page, found, "allow", **chosen | {"reach": "everything"})
    assert (both.status_code, "choose one or the other" in both.text) == (400, True)
    assert f'value="{BAKERY}" checked' in both.text
    answer = answer_of(await person.browser.press(page, found, "allow", **chosen))
    tokens = (await token(at_home, redeemed_with(answer["code"], program.id))).json()
    assert tokens["scope"] == "read"
    async with at_home.site.chat(tokens["access_token"]) as chat:
        listed = await chat.ok("list_organizations")
        assert [one["handle"] for one in listed["organizations"]] == [BAKERY]
        assert "save_customer" not in [one.name for one in (await chat.client.list_tools()).tools]
        assert (await chat.refused("find_customers", organization=FINCH))["code"] == "not_found"


async def test_a_request_is_decided_once_by_whoever_brought_it(at_home: House, person: Person) -> None:
    program = await a_program(at_home.one.office)
    page = HERE + (await person.browser.open(authorize_url(program.id))).headers["location"]
    shown = await person.browser.open(page)
    elsewhere = Browser(at_home.site)
    await elsewhere.be(at_home.one.office)
    for answer in (await elsewhere.open(page), await elsewhere.press(page, shown, "allow", **ALLOWED)):
        assert (answer.status_code, "This request is over" in answer.text) == (404, True)
    forged = await person.browser.press(page, shown, "allow", **ALLOWED, form_key="x")
    assert forged.status_code == 403
    answer_of(await person.browser.press(page, shown, "allow", **ALLOWED))
    for answer in (await person.browser.open(page), await person.browser.press(page, shown, "allow", **ALLOWED)):
        assert (answer.status_code, "This request is over" in answer.text) == (404, True)


def _masked(page: str, handle: str) -> str:
    return re.sub(r'name="form_key" value="\w+"', "<key>", page.replace(handle, "<handle>"))


async def test_a_request_survives_another_account_and_is_nobodys_who_cannot_reach_it(
    at_home: House, person: Person
) -> None:
    program, stranger = await a_program(at_home.one.office), await colleague(at_home.one, at_home.finch, "owner")
    said = []
    for handle in (BAKERY, GHOST):
        browser = Browser(at_home.site)
        begun = await browser.open(authorize_url(program.id, f"{HERE}/mcp/{handle}"))
        page = HERE + begun.headers["location"]
        first = await browser.open(page)
        assert first.headers["location"].startswith("/sign-in?next=%2Foauth%2Fconsent%2F")
        await browser.be(stranger)
        shown = await browser.open(page)
        refused = await browser.press(page, shown, "allow", **ALLOWED)
        said += [(one.status_code, _masked(one.text, handle)) for one in (shown, refused)]
        switched = await browser.press(page, shown, "switch")
        assert switched.headers["location"].startswith("/sign-in?next=%2Foauth%2Fconsent%2F")
        assert (await browser.open(page)).status_code == 303, "the session has ended"
        await browser.be(at_home.one.office)
        assert (await browser.open(page)).status_code == (200 if handle == BAKERY else 404)
    assert {one[0] for one in said} == {404}
    assert len({one[1] for one in said}) == 1


async def test_whoever_must_sign_in_anew_does_so_once(at_home: House, person: Person) -> None:
    program = await a_program(at_home.one.office)
    at_home.one.clock.advance(timedelta(minutes=1))
    asked = await person.browser.open(authorize_url(program.id, prompt="login"))
    page = HERE + asked.headers["location"]
    for _ in range(2):
        assert (await person.browser.open(page)).headers["location"].startswith("/sign-in?")
    assert (await person.browser.open(f"{HERE}/account")).status_code == 200, "nobody is signed out by being led there"
    await person.browser.be(at_home.one.office)
    assert (await person.browser.open(page)).status_code == 200


async def test_nothing_is_allowed_before_whoever_must_sign_in_anew_has(at_home: House, person: Person) -> None:
    program = await a_program(at_home.one.office)
    plain = HERE + (await person.browser.open(authorize_url(program.id))).headers["location"]
    shown = await person.browser.open(plain)
    at_home.one.clock.advance(timedelta(minutes=1))
    page = HERE + (await person.browser.open(authorize_url(program.id, prompt="login"))).headers["location"]
    for act in ("allow", "find"):
        answer = await person.browser.press(page, shown, act, **ALLOWED)
        assert answer.headers["location"].startswith("/sign-in?next=%2Foauth%2Fconsent%2F")
    assert answer_of(await person.browser.press(page, shown, "deny"))["error"] == "access_denied"
