"""What a page says that does not show or do what was asked: among one's other pages, and with what to do next."""

from __future__ import annotations

import re
from pathlib import Path

import httpx2
import pytest

from invoicing.refusals import Conflict, InvalidInput, LimitExceeded, NotAllowed, NotFound
from operations.identity.browsing import new_mark
from server.pages.languages import speaking
from server.pages.reading import day_of
from server.pages.refused import status_of, status_of_proof
from tests.support.gallery import refusing
from tests.support.http import BAKERY, house
from tests.support.people import another_practice
from tests.support.visits import Visit, heading_of, sign_in, text_of

HTML = {"Accept": "text/html,*/*;q=0.8"}


def framed(page: httpx2.Response, owner: Visit) -> tuple[int, str, bool, bool]:
    """The status of a page, its heading, and whether its person and the bakery's other pages stand around it."""
    beside = re.search(r'<nav class="side".*?</nav>', page.text, re.DOTALL)
    at_bakery = beside is not None and f"/o/{BAKERY}/invoices" in beside[0] and "Harbour Bakery ·" in page.text
    return page.status_code, heading_of(page), owner.office.principal.label in page.text, at_bakery


async def test_what_does_not_exist_is_said_among_the_pages_that_one_reaches(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        _, rival = await another_practice(home.one)
        owner = await sign_in(home.site, home.one.office)

        async def opened(path: str, method: str = "GET", **headers: str) -> httpx2.Response:
            return await home.site.send(method, path, headers={**owner.cookie, **HTML, **headers})

        here = [f"/o/{BAKERY}/{one}" for one in ("nowhere", "invoices/NO-1", "customers/cus_no/nothing", "a//b")]
        for page in [await opened(path) for path in here]:
            assert framed(page, owner) == (404, "There is no such page", True, True)
        elsewhere = [f"/practice/{rival.handle}/nowhere", f"/o/{rival.handle}/people", "/o/nobody/nowhere", "/nowhere"]
        elsewhere += [f"/practice/{BAKERY}/nowhere", f"/o/{rival.id}/nowhere", "/o", "/people"]
        answers = [await opened(path) for path in elsewhere] + [await opened("/nowhere", "POST")]
        assert {framed(page, owner) for page in answers} == {(404, "There is no such page", True, False)}
        assert len({page.text for page in answers}) == 1, "what is another's looks like what there is not"
        stranger = await home.site.send("GET", here[0], headers=HTML)
        assert framed(stranger, owner) == (404, "There is no such page", False, False)
        for program in (await opened(here[0], Accept="*/*"), await opened(here[0], "DELETE")):
            assert (program.status_code, program.text) == (404, "Not found.")


async def test_what_cannot_be_done_is_said_with_what_was_done_and_the_way_on(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        owner = await sign_in(home.site, home.one.office)
        for address, status in (await refusing(home)).items():
            page = await owner.get(address)
            assert (page.status_code, '<nav class="side"' in page.text) == (status, True), address
            if status == 503:
                assert page.headers["retry-after"] == "5"
                assert f'href="{address}">Try again</a>' in page.text
                assert "Nothing was done" not in page.text
                made = address.replace("/invoices", "/customers/new")
                sent = await owner.post(made, name="Hotel Bristol", country="GB")
                assert (sent.status_code, "Nothing was done." in text_of(sent)) == (503, True)
                assert f'href="{made}">Open the page anew</a>' in sent.text
        stray = await owner.post(f"/o/{BAKERY}/customers/new", organization="org_another", name="x")
        assert framed(stray, owner) == (409, "This page was of another organization", True, True)
        made_once = {"kind": "key", "name": "Till", "rights": "read", "days": "", "mark": new_mark()}
        await owner.post(f"/o/{BAKERY}/connections", **made_once)
        again = await owner.post(f"/o/{BAKERY}/connections", **made_once)
        assert framed(again, owner) == (409, "This was made already", True, True)
        assert "See what came of it" in again.text


async def test_a_link_to_a_file_that_is_over_is_a_page_in_a_browser(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        page = await home.site.send("GET", "/files/over", headers={**HTML, "Accept-Language": "de"})
        assert (page.status_code, heading_of(page)) == (404, "Dieser Link gilt nicht, oder nicht mehr")
        program = await home.site.send("GET", "/files/over")
        assert program.text == "This link is not valid, or not any more: ask for a new one."


def test_a_status_says_whether_it_was_the_input_or_how_things_stand() -> None:
    refusals = (InvalidInput("x"), NotFound("x"), LimitExceeded("x"), NotAllowed("x"), Conflict("x"))
    assert [status_of(one) for one in (None, *refusals)] == [200, 400, 400, 400, 403, 409]
    assert [status_of_proof(one) for one in (None, *refusals)] == [200, 400, 400, 429, 403, 409]


def test_a_day_is_taken_in_one_form_and_refused_in_the_reader_s_language() -> None:
    assert day_of("", field="from") is None
    assert str(day_of("2026-03-31", field="from")) == "2026-03-31"
    for typed in ("2026-02-30", "31.03.2026", "2026-W10-1", "20260331"):
        with speaking("de"), pytest.raises(InvalidInput, match="Ein Tag wird als 2026-03-31 geschrieben") as refused:
            day_of(typed, field="from")
        assert refused.value.field == "from"


async def test_a_defect_is_told_with_a_number_that_stands_in_the_log_and_nothing_of_what_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with house(tmp_path / "data") as home:
        owner = await sign_in(home.site, home.one.office)

        def fail(*_: object, **__: object) -> None:
            raise LookupError("SELECT secret")

        with monkeypatch.context() as patch:
            patch.setattr("server.pages.invoices.find_invoices", fail)
            page = await owner.get(f"/o/{BAKERY}/invoices")
        assert framed(page, owner) == (500, "Something went wrong", True, True)
        assert "secret" not in page.text
        assert page.headers["cache-control"] == "no-store"
        (number,) = set(re.findall(r"inc_[0-9a-f]{32}", page.text))
        assert f"incident {number} while answering GET /o/{{handle}}/invoices" in caplog.text
        with monkeypatch.context() as patch:
            patch.setattr("server.pages.invoices.find_invoices", fail)
            # What stands around every page fails, too: it stands by itself.
            patch.setattr("server.pages.organization_pages.show", fail)
            page = await owner.get(f"/o/{BAKERY}/invoices")
        assert framed(page, owner) == (500, "Something went wrong", False, False)
