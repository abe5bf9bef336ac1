"""What a page says that does not show or do what was asked: among one's other pages, and with what to do next."""

from __future__ import annotations

import re
from pathlib import Path

import httpx2

from tests.support.http import BAKERY, house
from tests.support.people import another_practice
from tests.support.visits import Visit, heading_of, sign_in

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
