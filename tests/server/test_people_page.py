"""The page of an organization's people: who belongs, is invited, limited and removed, by whoever says that."""

from __future__ import annotations

import re

import pytest

from operations.membership import list_members
from tests.support.http import BAKERY, FINCH, HERE, House
from tests.support.people import colleague
from tests.support.visits import Visit, heading_of, sign_in, text_of

PRACTICE = "/practice/ledger-co-sandbox/people"
CLIENT = f"/o/{BAKERY}/people"
ANA = "ana@example.com"


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def belonging(at_home: House) -> dict[str, tuple[str, object]]:
    """Who belongs to the practice: role and clients."""
    members = await list_members(at_home.one.office, at_home.one.organization)
    return {one.email: (one.role.value, one.clients) for one in members}


async def test_somebody_is_invited_limited_and_removed(at_home: House, owner: Visit) -> None:
    invited = await owner.post(PRACTICE, email=ANA, role="accountant", reach="some", clients=f"{BAKERY}, {FINCH}")
    assert (invited.status_code, heading_of(invited)) == (200, "This person was invited")
    assert (await belonging(at_home))[ANA] == ("accountant", (FINCH, BAKERY))
    again = await owner.post(f"{PRACTICE}/link", email=ANA)
    assert f"Role Accountant Reaches {FINCH}, {BAKERY}" in text_of(invited)
    links = [re.findall(rf">({HERE}/sign-in/link/[\w-]+)</textarea>", one.text)[0] for one in (invited, again)]
    assert len(set(links)) == 2
    assert "2026-03-23 12:00 UTC" in text_of(invited)
    assert (await owner.post(f"{PRACTICE}/link", email="nobody@example.com")).status_code == 404
    shown = text_of(await owner.get(PRACTICE))
    assert f"{ANA} Accountant" in shown
    assert "owner@example.com (you) Owner All clients" in shown
    asked = await owner.get(f"{PRACTICE}/limit?email={ANA}")
    assert f"{ANA} Role Accountant" in text_of(asked)
    done = await owner.post(f"{PRACTICE}/limit", email=ANA, reach="some", clients=BAKERY)
    assert (done.status_code, (await belonging(at_home))[ANA]) == (200, ("accountant", (BAKERY,)))
    assert f"Who {ANA} Role Accountant Reaches {BAKERY}" in text_of(done)
    for unclear in ({"reach": "all", "clients": BAKERY}, {"clients": BAKERY}):
        refused = await owner.post(f"{PRACTICE}/limit", email=ANA, **unclear)
        assert (refused.status_code, "Choose either" in text_of(refused)) == (400, True)
        assert f'value="{BAKERY}"' in refused.text
        assert (await belonging(at_home))[ANA] == ("accountant", (BAKERY,))
    await owner.post(f"{PRACTICE}/limit", email=ANA, reach="all", clients="")
    assert (await belonging(at_home))[ANA] == ("accountant", None)
    asked = await owner.get(f"{PRACTICE}/remove?email={ANA}")
    assert f"Remove {ANA} from Ledger & Co" in text_of(asked)
    assert ANA in await belonging(at_home)
    assert (await owner.post(f"{PRACTICE}/remove", email=ANA)).status_code == 303
    assert ANA not in await belonging(at_home)


async def test_what_cannot_be_is_refused_with_what_was_typed(at_home: House, owner: Visit) -> None:
    before = await belonging(at_home)
    for fields in (
        {"email": "ana", "role": "viewer"},
        {"email": ANA, "role": "king"},
        {"email": ANA, "role": "accountant", "reach": "some", "clients": "no-such-client"},
        {"email": ANA, "role": "accountant", "reach": "all", "clients": BAKERY},
        {"email": ANA, "role": "accountant"},
        {"email": "owner@example.com", "role": "viewer", "reach": "all"},
    ):
        refused = await owner.post(PRACTICE, **fields)
        status = 409 if fields["email"] == "owner@example.com" else 400
        assert (refused.status_code, 'role="alert"' in refused.text) == (status, True), fields
        assert f'value="{fields["email"]}"' in refused.text
        assert not re.search(r"[a-z]_[a-z]|counterfoil ", text_of(refused)), "no word of a tool or a command"
    last = await owner.post(f"{PRACTICE}/remove", email="owner@example.com")
    assert (last.status_code, "the last owner" in text_of(last)) == (409, True)
    assert await belonging(at_home) == before


async def test_keys_that_somebody_made_end_with_their_maker_or_are_named(at_home: House, owner: Visit) -> None:
    for revoke in ("", "yes"):
        email = f"maker-{revoke}@example.com"
        ana = await colleague(at_home.one, at_home.one.organization, "accountant", email=email)
        visit = await sign_in(at_home.site, ana)
        assert (await visit.post(f"/o/{BAKERY}/connections", kind="key", name="Till")).status_code == 200
        removed = await owner.post(f"{PRACTICE}/remove", email=email, revoke_keys=revoke)
        assert removed.status_code == (303 if revoke else 200)
        assert ("“<bdi>Till</bdi>”" in removed.text) is not bool(revoke)
        # Who belongs to nothing any more is signed out.
        assert (await visit.get(f"/o/{BAKERY}/connections")).headers["location"].startswith("/sign-in?")
        await at_home.credentials.revoke("key")


@pytest.mark.parametrize("role", ["accountant", "viewer"])
async def test_who_does_not_say_who_belongs_sees_no_such_page(at_home: House, role: str) -> None:
    other = await sign_in(at_home.site, await colleague(at_home.one, at_home.one.organization, role))
    before = await belonging(at_home)
    for page in (PRACTICE, CLIENT, f"{PRACTICE}/limit?email={ANA}", f"{PRACTICE}/remove?email=owner@example.com"):
        mistyped = page.partition("?")[0].replace("/people", "/peoples")
        nothing = await at_home.site.send("GET", mistyped, headers=other.cookie | {"Accept": "text/html"})
        assert ((await other.get(page)).status_code, (await other.get(page)).text) == (404, nothing.text)
        assert (await other.post(page, email="owner@example.com", role="owner")).text == nothing.text
    assert await belonging(at_home) == before


async def test_a_client_has_people_of_its_own_whom_the_practice_lets_in(at_home: House, owner: Visit) -> None:
    assert "The practice's people reach it through the practice" in text_of(await owner.get(CLIENT))
    assert (await owner.post(CLIENT, email=ANA, role="client", reach="some", clients=FINCH)).status_code == 200
    shown = await owner.get(CLIENT)
    assert f"{ANA} Member" in text_of(shown)
    assert "/limit" not in shown.text
    assert (await owner.get(f"{CLIENT}/limit?email={ANA}")).status_code == 404


async def test_what_was_done_is_listed_to_whoever_works_there(at_home: House, owner: Visit) -> None:
    token = await at_home.credentials.token()
    async with at_home.site.chat(token, f"/mcp/{FINCH}") as chat:
        await chat.ok("find_customers")
        await chat.refused("get_invoice", invoice="INV-nothing")
    await at_home.one.store.activity.written()
    shown = text_of(await owner.get(f"/o/{FINCH}/activity"))
    assert "owner@example.com find_customers done" in shown
    assert "owner@example.com get_invoice not found" in shown
    await owner.post(f"/o/{FINCH}/people", email="no address", role="viewer")
    await at_home.one.store.activity.written()
    shown = text_of(await owner.get(f"/o/{FINCH}/activity"))
    assert "owner@example.com Looked at: Activity done page" in shown
    assert "owner@example.com Form sent: People invalid input page" in shown
    assert "no address" not in shown
    limited = text_of(await owner.get(f"/o/{FINCH}/activity?q=GET_INVOICE&door=mcp&from=2026-03-16&to=2026-03-16"))
    assert "owner@example.com get_invoice not found" in limited
    assert "find_customers" not in limited
    assert "Nothing like this" in text_of(await owner.get(f"/o/{FINCH}/activity?from=2026-03-17"))
    assert (await owner.get(f"/o/{FINCH}/activity?from=tomorrow")).headers["location"] == f"/o/{FINCH}/activity"
    assert (await owner.get(f"/o/{FINCH}/activity?after=nonsense")).headers["location"] == f"/o/{FINCH}/activity"
    viewer = await sign_in(at_home.site, await colleague(at_home.one, at_home.finch, "viewer"))
    assert (await viewer.get(f"/o/{FINCH}/activity")).status_code == 404
    assert "/activity" not in (await viewer.get(f"/o/{FINCH}/connections")).text
