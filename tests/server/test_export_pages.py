"""Exports on pages: started, followed, downloaded; what is slow keeps nobody waiting, and what fails says why."""

from __future__ import annotations

import re
from pathlib import Path

import anyio
import httpx2

from tests.support.http import BAKERY, FINCH, house
from tests.support.people import colleague
from tests.support.visits import Visit, heading_of, sign_in, text_of

PLACE = f"/o/{BAKERY}/exports"


async def ended(visit: Visit, place: str) -> httpx2.Response:
    """The part of the page that tells how far it has come, when it no longer is under way."""
    with anyio.fail_after(60):
        while "data-progress" in (answer := await visit.get(f"{place}/progress")).text:
            await anyio.lowlevel.checkpoint()
    return answer


async def test_an_export_goes_on_by_itself_and_is_listed_and_kept(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        books = home.one.books(home.bakery)
        invoice = (await home.one.issue(books, (await home.one.customer(books, "Café Süd")).id)).document
        viewer = await sign_in(home.site, await colleague(home.one, home.bakery, "viewer"))
        assert "Nothing was exported yet" in text_of(await viewer.get(PLACE))
        asked = {"format": "csv", "from": "2026-03-01", "to": "2026-03-31", "kind": ""}
        async with books.pool.workers.exports.turn(books.organization.id):
            # As slow as it can be: it has not even begun.
            place = (await viewer.post(PLACE, **asked)).headers["location"]
            assert (await viewer.post(PLACE, **asked)).headers["location"] == place, "pressed twice it is made once"
            page = await viewer.get(place)
            assert "Waits for its turn" in text_of(page)
            assert "You can leave this page" in text_of(page)
            assert f'data-progress="{place}/progress"' in page.text
            assert '<noscript><meta http-equiv="refresh"' in page.text
            assert "Under way Documents as CSV" in text_of(await viewer.get(PLACE))
            assert invoice.number in text_of(await viewer.get(f"/o/{BAKERY}/invoices"))
            assert (await viewer.get(f"/o/{FINCH}{place.removeprefix(f'/o/{BAKERY}')}")).status_code == 404
        done = await ended(viewer, place)
        assert done.headers["x-part"] == "1"
        (address,) = re.findall(r'href="([^"]+/file)"', done.text)
        file = await viewer.get(address)
        assert file.headers["content-disposition"].startswith("attachment; filename*=UTF-8''harbour-bakery-sandbox-doc")
        assert invoice.number in file.text
        listed = await viewer.get(PLACE)
        assert (f'href="{address}"' in listed.text, "Under way" in text_of(listed)) == (True, False)
        again = (await viewer.post(PLACE, **asked)).headers["location"]
        assert f'href="{address}"' in (await ended(viewer, again)).text, "unchanged books are the same file"


async def test_what_cannot_be_exported_says_so_and_keeps_what_was_chosen(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        owner = await sign_in(home.site, home.one.office)
        wrong = await owner.post(
            PLACE, **{"format": "xlsx", "from": "2026-04-01", "to": "2026-03-31", "kind": "invoice"}
        )
        assert (wrong.status_code, "From lies after “to”" in text_of(wrong)) == (400, True)
        assert re.search(r'id="from"[^>]*value="2026-04-01" aria-invalid="true"', wrong.text)
        assert '<option value="invoice" selected>' in wrong.text
        for fields in ({"format": "exe"}, {"format": "csv", "from": "tomorrow"}, {"format": "fec", "kind": "invoice"}):
            assert (await owner.post(PLACE, **fields)).status_code == 400, fields
        # Norwegian law has this file of Norwegian books alone.
        place = (await owner.post(PLACE, format="saft")).headers["location"]
        assert "Could not be made." in (await ended(owner, place)).text
        gone = await owner.get(f"{PLACE}/run_0")
        assert (gone.status_code, heading_of(gone)) == (404, "This export is not under way")
        for nothing in (f"{PLACE}/run_0/progress", f"{PLACE}/fil_0/file"):
            assert (await owner.get(nothing)).status_code == 404, nothing
