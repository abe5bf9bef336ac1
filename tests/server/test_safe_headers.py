"""The headers that keep an answer to itself, on every route there is, whatever it answers."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import escape

import httpx2
import pytest
import pytest_asyncio

from operations.known_credentials import list_openings
from server.http.application import HttpSettings, http_application
from tests.server.test_http_twins import routes_of
from tests.support.http import BAKERY, FINCH, PORT, House, Site, house
from tests.support.people import in_the_directory
from tests.support.visits import Visit, sign_in

pytestmark = pytest.mark.asyncio(loop_scope="module")

ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
}
WITHIN_PAGES = re.compile(r"""<[a-z][^>]*\s(?:style|on\w+)=|<script(?! src=)|<style""")
"""What no page holds: styles and scripts of its own."""
REFERRERS = ("no-referrer", "same-origin")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with house(tmp_path_factory.mktemp("house") / "data") as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def owner(home: House) -> Visit:
    return await sign_in(home.site, home.one.office)


def check(answer: httpx2.Response, what: str) -> None:
    for name, value in ALWAYS.items():
        assert answer.headers.get_list(name) == [value], (what, name)
    assert answer.headers["referrer-policy"] in REFERRERS, what
    (policy,) = answer.headers.get_list("content-security-policy")
    assert "default-src 'none'" in policy, what
    assert "frame-ancestors 'none'" in policy, what
    assert "unsafe" not in policy, what
    kept = answer.headers["cache-control"]
    assert kept == "no-store" or what.startswith("GET /static/"), (what, kept)
    if answer.headers.get("content-type", "").startswith("text/html"):
        assert not WITHIN_PAGES.findall(answer.text), what
        loaded = re.findall(r"""<(script|link|img)[^>]+?(?:src|href)="([^"]*)\"""", answer.text)
        # Pictures of documents are the organization's own.
        from_here = {"img": ("/static/", "data:", "/o/", "/practice/")}
        assert all(one.startswith(from_here.get(tag, ("/static/", "data:"))) for tag, one in loaded), (what, loaded)


async def test_every_answer_of_every_route_has_them(home: House) -> None:
    tried = 0
    for route in sorted(routes_of(home.site)):
        handle = "ledger-co-sandbox" if route.startswith("/practice/") else BAKERY
        path = re.sub(r"\{[^}]+\}", "nothing", route.replace("{handle}", handle))
        # Of their own, since one of these routes signs them out.
        person = await sign_in(home.site, home.one.office)
        for method in ("GET", "POST"):
            for answer in (await home.site.send(method, path), await knocked(person, method, path)):
                check(answer, f"{method} {path}")
                tried += 1
    assert tried > 40
    check(await home.site.send("GET", "/static/desk.css"), "GET /static/desk.css")
    check(await home.site.send("GET", "/", headers={"Host": "evil.example"}), "a foreign host")
    token = await home.credentials.token()
    check(await home.site.modern("/mcp", token, "tools/list"), "a call")


async def knocked(person: Visit, method: str, path: str) -> httpx2.Response:
    return await (person.get(path) if method == "GET" else person.post(path))


async def test_over_https_a_browser_is_told_to_stay_there(home: House) -> None:
    public = "https://books.example.com"
    settings = HttpSettings(port=PORT, public_url=public)
    application = http_application(home.one.store, home.one.clock, settings)
    over_tls = await Site(public, application).send("GET", "/healthz")
    assert over_tls.headers["strict-transport-security"] == "max-age=31536000"
    assert "strict-transport-security" not in (await home.site.send("GET", "/healthz")).headers


NAMES = {
    "markup": "<script>alert`1`</script>\"'><img src=x onerror=alert`2`>",
    "quotes": "\"' & \"Sons\" 'n' `Co`",
    "right to left": "\u05de\u05d0\u05e4\u05d9\u05d9\u05d4 Bakery \u0645\u062e\u0628\u0632",
    "template": "{{ 7 * 7 }}{% raw %}",
}
PROGRAM = "</bdi>\u202egpj.exe\u2066 <b>Claude</b> \"' {{ 7 * 7 }}"
"""What a client program may call itself: nobody has checked it as names of organizations are."""


def written(text: str) -> str:
    """The text as a page writes it."""
    return escape(text).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")


@pytest.mark.parametrize("kind", NAMES)
async def test_a_name_that_somebody_chose_is_text_on_every_page(home: House, owner: Visit, kind: str) -> None:
    made = await home.one.client(NAMES[kind])
    place, key = f"/o/{made.handle}", NAMES[kind][:60]
    await owner.post(f"{place}/connections", kind="key", name=key, rights="read")
    (opening,) = await list_openings(home.one.office, made)
    mail = "ana@example.com"
    await owner.post(f"{place}/people", email=mail, role="viewer")
    pages = [
        await owner.get(f"/?q={made.handle}"),
        await owner.get(f"{place}/connections"),
        await owner.get(f"{place}/connections/{opening.prefix}/revoke"),
        await owner.post(f"{place}/connections", kind="key", name=" "),
        await owner.post(f"{place}/connections", kind="link", name=key),
        await owner.get(f"{place}/people"),
        await owner.get(f"{place}/people/remove?email={mail}"),
    ]
    for answer in pages:
        check(answer, str(answer.request.url))
        assert_is_text(answer, made.name)
    assert f"<bdi>{written(opening.name)}</bdi>" in pages[1].text
    assert f"<bdi>{written(opening.name)}</bdi>" in pages[2].text


async def test_what_a_client_program_calls_itself_is_text(home: House, owner: Visit) -> None:
    await home.credentials.key(home.finch)
    change = "UPDATE credentials SET name = ?, client_id = 'program' WHERE organization_id = ?"
    in_the_directory(home.one, change, PROGRAM, home.finch.id)
    (opening,) = await list_openings(home.one.office, home.finch)
    for page in ("connections", f"connections/{opening.prefix}/revoke"):
        answer = await owner.get(f"/o/{FINCH}/{page}")
        check(answer, page)
        assert_is_text(answer, PROGRAM)


def assert_is_text(answer: httpx2.Response, name: str) -> None:
    """In a page's body the name stands as text, isolated from the words around it, and in no heading."""
    body = answer.text.partition("<body")[2]
    shown = re.findall(f"(<bdi>)?{re.escape(written(name))}", body)
    assert shown, answer.request.url
    assert all(shown), answer.request.url
    assert not any(written(name) in heading for heading in re.findall(r"<h[1-3].*?</h[1-3]>", body, re.DOTALL))
    assert "<img" not in answer.text
