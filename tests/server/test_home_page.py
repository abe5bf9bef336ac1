"""Where `/` leads, and what stands at the top of every page of an organization."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import httpx2
import pytest

from server.pages.static_files import static
from tests.support.assistant import assistant
from tests.support.http import BAKERY, FINCH, house
from tests.support.people import archive, colleague
from tests.support.visits import heading_of, sign_in, text_of
from views.heads import HUES, head_of, monogram_of

SALE = {"customer": "Hotel Bristol", "lines": [{"description": "Work", "quantity": 1, "unit_price": "100"}]}
CSS = Path(__file__).parents[2] / "server" / "pages" / "static" / "desk.css"


async def test_it_leads_to_what_one_reaches(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        nobody = await home.site.send("GET", "/")
        assert (nobody.status_code, nobody.headers["location"]) == (303, "/sign-in?next=%2F")
        alone = await sign_in(home.site, await colleague(home.one, home.bakery, "viewer"))
        assert (await alone.get("/")).headers["location"] == f"/o/{BAKERY}/summary"
        owner = await sign_in(home.site, home.one.office)
        assert (await owner.get("/")).headers["location"] == "/practice/ledger-co-sandbox/overview"
        shown = await owner.get("/organizations")
        assert re.findall(r'<a href="(/(?:o|practice)/[^"]+)"', shown.text) == [
            "/practice/ledger-co-sandbox",
            f"/o/{FINCH}",
            f"/o/{BAKERY}",
        ]
        found = await owner.get("/?q=harbour")
        assert BAKERY in found.text
        assert FINCH not in found.text
        assert "No organization that you reach" in text_of(await owner.get("/?q=nothing-like-it"))
        assert (await owner.get("/?after=nonsense")).headers["location"] == "/organizations"


async def test_an_address_that_was_cut_short_leads_on_and_one_of_nothing_is_told_on_a_page(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        owner = await sign_in(home.site, home.one.office)
        browser = {**owner.cookie, "Accept": "text/html,*/*;q=0.8"}

        async def opened(path: str, **headers: str) -> httpx2.Response:
            return await home.site.send("GET", path, headers=headers or browser)

        for path, leads in (
            (f"/o/{BAKERY}", f"/o/{BAKERY}/summary"),
            ("/practice/ledger-co-sandbox", "/practice/ledger-co-sandbox/overview"),
            (f"/o/{BAKERY}/", f"/o/{BAKERY}"),
            (f"/o/{BAKERY}/people/?x=1", f"/o/{BAKERY}/people?x=1"),
            ("/account/", "/account"),
            ("/sign-in/", "/sign-in"),
        ):
            answer = await opened(path)
            assert (answer.status_code, answer.headers["location"]) == (303, leads), path
        nothing = [await opened(one) for one in ("/nothing", "/o/nobody", "/sign-out", "/sign-in/password", "/o")]
        nothing += [await opened(one) for one in ("//example.com/", "/%5Cexample.com/", "/@example.com/")]
        assert {(one.status_code, heading_of(one), 'href="/"' in one.text) for one in nothing} == {
            (404, "There is no such page", True)
        }
        for program in (await opened("/nothing", Accept="*/*"), await opened("/account/", Accept="*/*")):
            assert (program.status_code, program.text) == (404, "Not found.")


async def test_it_says_how_many_documents_wait_for_whoever_is_there(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        owner = await sign_in(home.site, home.one.office)
        assert "for you" not in text_of(await owner.get("/organizations"))
        async with assistant(home.one.office, organization=BAKERY) as chat:
            steps = {"name": "All", "trigger": "invoice", "conditions": "none", "steps": "owner"}
            await chat.ok("save_configuration", part="workflows", code="ALL", values=steps)
            for _ in range(2):
                await chat.ok("issue_invoice", **SALE)
        home_page = await owner.get("/organizations")
        assert '<a href="/approvals">2 documents wait for you</a>' in home_page.text
        assert '<a href="/approvals">Approvals</a>' in home_page.text


async def test_a_long_list_goes_on_on_the_next_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.pages.home._SHOWN", 2)
    async with house(tmp_path / "data") as home:
        owner = await sign_in(home.site, home.one.office)
        first = await owner.get("/organizations")
        (more,) = re.findall(r'href="(/organizations\?[^"]+)"', first.text)
        second = await owner.get(more.replace("&amp;", "&"))
        shown = [re.findall(r'<a href="/(?:o|practice)/([^/"]+)', page.text) for page in (first, second)]
        assert shown == [["ledger-co-sandbox", FINCH], [BAKERY]]


async def test_who_reaches_nothing_that_is_in_use_is_told_whom_to_ask(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        member = await colleague(home.one, home.bakery, "viewer")
        visit = await sign_in(home.site, member)
        archive(home.one, home.bakery)
        assert "Ask whoever runs it to invite you" in text_of(await visit.get("/"))
        owner = await sign_in(home.site, home.one.office)
        await owner.post(f"/o/{BAKERY}/people/remove", email=member.principal.label)
        # Who belongs to nothing any more is signed in no more.
        assert (await visit.get("/")).headers["location"].startswith("/sign-in")


async def test_every_page_of_an_organization_says_whose_it_is(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        owner = await sign_in(home.site, home.one.office)
        for page in ("connections", "people"):
            text = (await owner.get(f"/o/{BAKERY}/{page}")).text
            assert f"<title>Harbour Bakery · {page.capitalize()} - Counterfoil</title>" in text
            assert "Sandbox: nothing here is a real invoice" in text
            assert f'<bdi>Harbour Bakery</bdi></strong> <span class="quiet handle">{BAKERY}</span>' in text
            assert f'<body class="framed hue-{head_of(home.bakery).hue}">' in text
            (icon,) = re.findall(r'<link rel="icon" href="data:image/svg\+xml,([^"]+)"', text)
            assert ">HB</text>" in unquote(icon)


async def test_an_archived_organization_leads_to_what_can_be_read(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        owner, practice = await sign_in(home.site, home.one.office), home.one.organization
        for one, place in ((home.bakery, f"/o/{BAKERY}"), (practice, f"/practice/{practice.handle}")):
            archive(home.one, one)
            links = set(re.findall(rf'href="({place}/[a-z]+)"', (await owner.get(f"{place}/settings")).text))
            assert {f"{place}/{page}" for page in ("invoices", "journal", "exports")} < links
            closed = [link for link in links if (await owner.get(link)).status_code != 200]
            assert closed == []


async def test_a_file_of_the_pages_is_kept_by_a_name_that_changes_with_it(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        named = await home.site.send("GET", static("desk.css"))
        plain = await home.site.send("GET", "/static/desk.css")
        assert named.text == plain.text == CSS.read_text("utf-8")
        assert "immutable" in named.headers["cache-control"]
        assert plain.headers["cache-control"] == "no-cache"
        again = await home.site.send("GET", "/static/desk.css", headers={"If-None-Match": plain.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        for path in ("/static/nothing.css", "/static/..%2Frendering.py", "/static/"):
            assert (await home.site.send("GET", path)).status_code == 404


def test_the_style_sheet_has_every_colour_of_an_organization() -> None:
    style = CSS.read_text("utf-8")
    light = dict(re.findall(r"\.hue-(\d) \{ --client: hsl\((\d+) ", style))
    assert light == {str(number): str(hue) for number, hue in enumerate(HUES)}


@pytest.mark.parametrize(
    ("name", "monogram"),
    [
        ("Harbour Bakery", "HB"),
        ("finch", "F"),
        ("<b>Bold & Sons</b>", "BS"),
        ("Ελληνικά Αρτοποιεία ΑΕ", "ΕΑ"),
        ("!!", "#"),
    ],
)
def test_a_monogram_is_made_of_initials_alone(name: str, monogram: str) -> None:
    assert monogram_of(name) == monogram
