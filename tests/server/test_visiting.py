"""Who is at a page: a signed-in browser, for as long as its session lives, and what its forms may do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from operations.identity import browsing
from server.pages.rendering import render
from server.pages.visiting import Desk, Visitor
from storage.directory import browsers
from tests.support.identity import sign_in
from tests.support.people import in_the_directory
from tests.support.practice import Practice, practice

HERE = "http://localhost:8750"


async def whose_books(request: Request, visitor: Visitor) -> Response:
    organization = await visitor.organization(request)
    if request.method == "POST":
        return PlainTextResponse(f"{organization.handle} {(await visitor.form(request)).text('said')}")
    return PlainTextResponse(f"{organization.handle} {visitor.email} {visitor.form_key}")


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[Practice]:
    async with practice(tmp_path / "data") as made:
        yield made


@asynccontextmanager
async def at(one: Practice, public_url: str = HERE, secret: str = "") -> AsyncIterator[httpx2.AsyncClient]:
    """A browser at a page that each organization has."""
    desk = Desk.of(replace(one.office, public_url=public_url))
    application = Starlette(routes=desk.of_organization("/books", whose_books, methods=["GET", "POST"]))
    cookies = {desk.cookie.name: secret} if secret else {}
    transport = httpx2.ASGITransport(application)
    async with httpx2.AsyncClient(base_url=HERE, transport=transport, cookies=cookies) as browser:
        yield browser


async def test_whoever_is_not_signed_in_is_led_there_and_back(one: Practice) -> None:
    async with at(one) as browser:
        asked = await browser.get(f"/practice/{one.organization.handle}/books?page=2")
        sent = await browser.post(f"/practice/{one.organization.handle}/books")
    assert asked.status_code == sent.status_code == 303
    assert asked.headers["location"] == f"/sign-in?next=%2Fpractice%2F{one.organization.handle}%2Fbooks%3Fpage%3D2"
    assert sent.headers["location"] == "/sign-in"


async def test_a_session_lives_while_it_is_used_and_not_for_ever(one: Practice) -> None:
    async with at(one, secret=await sign_in(one.office)) as browser:
        address = f"/practice/{one.organization.handle}/books"
        begun = one.clock()
        while one.clock() - begun < browsers.LIFETIME - browsers.IDLE:
            assert (await browser.get(address)).status_code == 200
            one.clock.advance(browsers.IDLE - timedelta(minutes=1))
        one.clock.advance(browsers.IDLE - timedelta(minutes=1))
        assert (await browser.get(address)).status_code == 303
    async with at(one, secret=await sign_in(one.office)) as browser:
        one.clock.advance(browsers.IDLE)
        assert (await browser.get(address)).status_code == 303


async def test_a_session_that_was_ended_or_whose_person_sleeps_opens_nothing(one: Practice) -> None:
    secret, other = await sign_in(one.office), await sign_in(one.office)
    found = await browsing.signed_in(one.store, one.clock, secret)
    assert found is not None
    await browsing.end_session(one.store, found.session_id)
    assert await browsing.signed_in(one.store, one.clock, secret) is None
    assert await browsing.signed_in(one.store, one.clock, other) is not None
    in_the_directory(one, "UPDATE users SET asleep_since = created_at")
    assert await browsing.signed_in(one.store, one.clock, other) is None


async def test_the_secret_is_kept_as_a_digest_alone(one: Practice) -> None:
    secret = await sign_in(one.office)
    kept = b"".join(file.read_bytes() for file in one.root.glob("directory.db*"))
    assert secret.encode() not in kept


@pytest.mark.parametrize("handle", ["harbour-bakery-sandbox", "no-such-sandbox"])
@pytest.mark.parametrize("room", ["o", "practice"])
async def test_what_is_not_the_visitors_looks_like_what_never_existed(one: Practice, handle: str, room: str) -> None:
    await one.client("Harbour Bakery")
    in_the_directory(one, "UPDATE memberships SET all_clients = false")
    async with at(one, secret=await sign_in(one.office)) as browser:
        answer = await browser.get(f"/{room}/{handle}/books")
    assert (answer.status_code, "no such page" in answer.text, handle in answer.text) == (404, True, False)


async def test_a_form_is_taken_from_this_site_and_this_session_alone(one: Practice) -> None:
    address = f"/practice/{one.organization.handle}/books"
    async with at(one, secret=await sign_in(one.office)) as browser:
        key = (await browser.get(address)).text.rpartition(" ")[2]
        fields = {"said": "so", "form_key": key, "organization": one.organization.id}
        here = {"Origin": HERE, "Sec-Fetch-Site": "same-origin"}
        assert (await browser.post(address, data=fields, headers=here)).text.endswith(" so")
        for headers in (
            {},
            {"Origin": "http://127.0.0.1:8750"},
            {"Origin": "https://localhost:8750"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "same-site"},
            {**here, "Sec-Fetch-Site": "cross-site"},
        ):
            assert (await browser.post(address, data=fields, headers=headers)).status_code == 403, headers
        for wrong in ({"said": "so"}, {**fields, "form_key": key[::-1]}):
            assert (await browser.post(address, data=wrong, headers=here)).status_code == 403
        assert (await browser.post(address, json=fields, headers=here)).status_code == 415
        assert (await browser.post(address, data={**fields, "said": "x" * 70_000}, headers=here)).status_code == 413
    async with at(one, secret=await sign_in(one.office)) as another:
        assert (await another.post(address, data=fields, headers=here)).status_code == 403


async def test_a_form_of_another_organizations_page_does_nothing_here(one: Practice) -> None:
    client = await one.client("Harbour Bakery")
    here = {"Origin": HERE, "Sec-Fetch-Site": "same-origin"}
    async with at(one, secret=await sign_in(one.office)) as browser:
        key = (await browser.get(f"/o/{client.handle}/books")).text.rpartition(" ")[2]
        fields = {"said": "so", "form_key": key}
        for stale in ({"organization": one.organization.id}, {"organization": client.handle}, {}):
            sent = await browser.post(f"/o/{client.handle}/books", data=fields | stale, headers=here)
            assert (sent.status_code, "page was of another organization" in sent.text) == (409, True)
        # The handle went to somebody else while the page was open.
        fields["organization"] = client.id
        other = await one.client("Finch Studio")
        for handle, ended in (("gone-sandbox", client.handle), (client.handle, other.handle)):
            in_the_directory(one, "UPDATE organizations SET handle = ? WHERE handle = ?", handle, ended)
        assert (await browser.post(f"/o/{client.handle}/books", data=fields, headers=here)).status_code == 409
        assert (await browser.post("/o/gone-sandbox/books", data=fields, headers=here)).text == "gone-sandbox so"


async def test_behind_a_proxy_a_form_comes_from_the_public_url(one: Practice) -> None:
    public = "https://books.example.com"
    async with at(one, public, secret=await sign_in(one.office)) as browser:
        address, host = f"/practice/{one.organization.handle}/books", {"Host": "books.example.com"}
        key = (await browser.get(address, headers=host)).text.rpartition(" ")[2]
        for origin, status in ((public, 200), ("http://books.example.com", 403)):
            answer = await browser.post(
                address,
                data={"said": "so", "form_key": key, "organization": one.organization.id},
                headers={**host, "Origin": origin},
            )
            assert answer.status_code == status, origin


def test_a_page_shows_text_as_text() -> None:
    answer = render("told.html", title="<b>Told</b>", links=(), said='"><script>alert(1)</script>')
    assert b"<script>" not in answer.body
    assert b"<b>" not in answer.body
    assert "script-src 'self'" in answer.headers["content-security-policy"]
