"""The making of a client at a page: what is shown before, that it happens once, and where it leads."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from operations.identity.browsing import new_mark
from operations.onboarding import NewClient, create_client_organization
from operations.organizations import count_clients
from tests.support.assistant import assistant
from tests.support.http import BAKERY, HERE, house
from tests.support.people import colleague
from tests.support.visits import heading_of, sign_in, text_of

PLACE = "/practice/ledger-co-sandbox/clients"
NEW = f"{PLACE}/new"
COPIED = {
    "name": "Müller & Söhne",
    "country": "DE",
    "environment": "sandbox",
    "way": "copy",
    "copy_from": "ledger-co-sandbox",
    "entity": "yes",
    "layer": "practice",
}


async def test_what_would_be_made_is_shown_and_then_made_once(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        owner = await sign_in(home.site, home.one.office)
        page = await owner.get(NEW)
        assert heading_of(page) == "Create client organization"
        assert "What is never copied" in text_of(page)
        assert '<option value="GB" selected>' in page.text
        (mark,) = re.findall(r'name="mark" value="(\w+)"', page.text)
        shown = await owner.post(NEW, **COPIED, act="show")
        said = text_of(shown)
        for there in ("USt-IdNr.", "GmbH", "SKR 03", "Handelsregisternummer"):
            assert there in shown.text, there
        assert "muller-sohne-sandbox" in said
        assert "Tax codes and authorities come from the country file of Germany" in said
        assert await count_clients(home.one.office, home.one.organization) == 2, "nothing was made"
        preview = await owner.post(f"{NEW}/preview", **COPIED | {"legal_form": "GmbH", "tax_number": "nonsense"})
        assert preview.headers["x-part"] == "1"
        assert "is not valid for Germany" in preview.text
        stated = {"legal_form": "GmbH", "vat_registration": "registered", "tax_number": "DE129273398"}
        made = await owner.post(NEW, **COPIED, **stated, mark=mark)
        start = made.headers["location"]
        assert (made.status_code, start) == (303, "/o/muller-sohne-sandbox/start?made=1")
        again = await owner.post(NEW, **COPIED, **stated, mark=mark)
        assert (await owner.get(again.headers["location"])).headers["location"] == start
        assert await count_clients(home.one.office, home.one.organization) == 3
        said = text_of(await owner.get(start))
        for there in (
            "Müller & Söhne was created.",
            "Books of its own",
            "from ledger-co-sandbox",
            "Street and number",
        ):
            assert there in said, there
        assert f"{HERE}/mcp/muller-sohne-sandbox" in said
        async with assistant(home.one.office, organization="muller-sohne-sandbox") as chat:
            profile = (await chat.ok("get_organization"))["profile"]
        assert profile["tax_number"] == "DE129273398"


async def test_a_fresh_start_takes_what_was_chosen_and_says_what_does_not_fit(tmp_path: Path) -> None:
    fresh = {"name": "Neu", "country": "DE", "environment": "live", "way": "fresh", "chart_of_accounts": "skr04"}
    async with house(tmp_path / "data") as home:
        owner = await sign_in(home.site, home.one.office)
        mark = new_mark()
        refused = await owner.post(NEW, **fresh | {"handle": "Not A Handle!", "legal_form": "AG", "mark": mark})
        # Where it is followed stands why nothing was made, and the way back to the form.
        again = await owner.get(f"{NEW}/{mark}")
        assert (again.status_code, f'href="{NEW}"' in again.text) == (409, True)
        assert refused.status_code == 400
        assert 'role="alert"' in refused.text
        assert 'value="Not A Handle!"' in refused.text
        assert 'href="#handle"' in refused.text
        assert '<option value="AG" selected>' in refused.text
        made = await owner.post(NEW, **fresh | {"vat_registration": "small_business", "tax_system": ""})
        assert made.headers["location"] == "/o/neu/start?made=1"
        said = text_of(await owner.get("/o/neu/start"))
        assert "Before the first live invoice is still missing:" in said
        async with assistant(home.one.office, organization="neu") as chat:
            told = await chat.ok("get_organization")
        assert told["profile"]["chart_of_accounts"] == "skr04"
        assert "SMALL-BUSINESS" in str(told["tax_codes"])
        for bad in ({"name": ""}, {"currency": "XXXX"}, {"copy_from": "nobody", "way": "copy"}):
            assert (await owner.post(NEW, **fresh | bad)).status_code == 400, bad


async def test_a_slow_one_is_followed_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.pages.new_clients._PATIENCE_SECONDS", 0)
    go_on, ended, make = asyncio.Event(), asyncio.Event(), create_client_organization

    async def slowly(*given: Any, progress: Any, **named: Any) -> NewClient:
        await progress(1, 3)
        await go_on.wait()
        made = await make(*given, progress=progress, **named)
        asyncio.get_running_loop().call_soon(ended.set)
        return made

    async with house(tmp_path / "data") as home:
        owner = await sign_in(home.site, home.one.office)
        other = await sign_in(home.site, await colleague(home.one, home.one.organization, "accountant"))
        with monkeypatch.context() as held:
            # What is made takes as long as the test wants; it is made all the same.
            held.setattr("server.pages.new_clients.create_client_organization", slowly)
            begun = (await owner.post(NEW, **COPIED)).headers["location"]
            page = await owner.get(begun)
        assert heading_of(page) == "Creating Müller & Söhne"
        assert f'data-progress="{begun}/progress"' in page.text
        assert 'http-equiv="refresh"' in page.text
        part = await owner.get(f"{begun}/progress")
        assert re.findall(r'<li class="(\w*)">', part.text) == ["done", "now", ""]
        assert "Nothing more is known of this" in (await other.get(begun)).text, "it is its maker's"
        go_on.set()
        await asyncio.wait_for(ended.wait(), 60)
        part = await owner.get(f"{begun}/progress")
        assert "data-progress" not in part.text
        assert 'data-then href="/o/muller-sohne-sandbox/start?made=1"' in part.text
        assert (await owner.get(begun)).headers["location"] == "/o/muller-sohne-sandbox/start?made=1"
        lost = await owner.get(f"{NEW}/{'0' * 32}")
        assert (lost.status_code, heading_of(lost)) == (404, "Nothing more is known of this")


async def test_who_makes_no_clients_finds_no_way_there(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        limited = await colleague(
            home.one, home.one.organization, "accountant", all_clients=False, clients=[home.bakery]
        )
        viewer = await colleague(home.one, home.one.organization, "viewer", email="viewer@example.com")
        for office in (limited, viewer):
            visit = await sign_in(home.site, office)
            assert NEW not in (await visit.get(PLACE)).text
            for method, path in (("GET", NEW), ("POST", NEW), ("POST", f"{NEW}/preview"), ("GET", f"{NEW}/0")):
                answer = await (visit.get(path) if method == "GET" else visit.post(path, **COPIED))
                assert answer.status_code == 404, path
        owner = await sign_in(home.site, home.one.office)
        assert (await owner.get(f"/o/{BAKERY}/clients/new")).status_code == 404
