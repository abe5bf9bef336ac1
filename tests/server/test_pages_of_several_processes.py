"""What is begun on a page of one process is followed and finished on a page of another, on the same data folder."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from storage.directory.followed import ALIVE_FOR
from tests.server.test_export_pages import ended
from tests.support.folders import folder_of
from tests.support.http import BAKERY, house, site_of
from tests.support.visits import heading_of, sign_in, text_of

EXPORTS, IMPORT = f"/o/{BAKERY}/exports", f"/o/{BAKERY}/import"
CUSTOMERS = "Firma;Kundenort\nΕλαιώνας <Α.Ε.>;Athens\nCafé Süd;Bath\n"


async def test_work_that_one_process_does_is_seen_and_finished_at_another(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home, site_of(home.one.store, home.one.clock) as second:
        books = home.one.books(home.bakery)
        here = await sign_in(home.site, home.one.office)
        there = replace(here, site=second)
        asked = {"format": "csv", "from": "2026-03-01", "to": "2026-03-31", "kind": ""}
        async with books.pool.workers.exports.turn(books.organization.id):
            place = (await here.post(EXPORTS, **asked)).headers["location"]
            assert "Waits for its turn" in text_of(await there.get(place))
            assert "Under way Documents as CSV" in text_of(await there.get(EXPORTS))
            assert (await there.post(EXPORTS, **asked)).headers["location"] == place, "it is under way already"
        await ended(here, place)
        (file,) = re.findall(r'href="([^"]+/file)"', (await ended(there, place)).text)
        assert (await there.get(file)).status_code == 200
        # One that could not be made says why, wherever it is asked for.
        failed = (await here.post(EXPORTS, format="saft")).headers["location"]
        said = [re.sub(r"\s+", " ", (await ended(one, failed)).text) for one in (here, there)]
        assert said[0] == said[1]
        assert "Could not be made." in said[0]

        held = (await here.send_file(IMPORT, "k.csv", CUSTOMERS, kind="customers")).headers["location"]
        assert held in (await there.get(IMPORT)).text
        assert (await there.post(held, column_0="name", column_1="city")).status_code == 303
        shown = await here.get(held)
        assert "city: Athens" in text_of(shown), "corrected at the other"
        (state,) = re.findall(r'name="state" value="(\w+)"', shown.text)
        done = await there.post(f"{held}/write", state=state)
        assert (heading_of(done), "New 2" in text_of(done)) == ("k.csv is imported", True)
        assert (await here.get(held)).status_code == 404
        assert list((folder_of(books) / "uploads").iterdir()) == []


async def test_a_file_that_nobody_imports_is_removed_by_whichever_process_is_there(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        uploads = folder_of(home.one.books(home.bakery)) / "uploads"
        async with site_of(home.one.store, home.one.clock) as second:
            there = await sign_in(second, home.one.office)
            held = (await there.send_file(IMPORT, "k.csv", CUSTOMERS, kind="customers")).headers["location"]
        # The process that took it has ended.
        here = await sign_in(home.site, home.one.office)
        assert heading_of(await here.get(held)) == "Import k.csv"
        home.one.clock.advance(timedelta(hours=2))
        assert (await here.get(held)).status_code == 404
        assert len(list(uploads.iterdir())) == 1
        await here.send_file(IMPORT, "l.csv", CUSTOMERS, kind="customers")
        (left,) = uploads.iterdir()
        assert left.read_text("utf-8") == CUSTOMERS


async def test_an_export_whose_process_was_killed_is_told_of_no_more(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        books = home.one.books(home.bakery)
        here = await sign_in(home.site, home.one.office)
        async with books.pool.workers.exports.turn(books.organization.id):
            place = (await here.post(EXPORTS, format="csv")).headers["location"]
            async with site_of(home.one.store, home.one.clock) as second:
                there = replace(here, site=second)
                assert "Waits for its turn" in text_of(await there.get(place))
                # As long as nobody says that somebody is at it.
                home.one.clock.advance(ALIVE_FOR)
                assert heading_of(await there.get(place)) == "This export is not under way"
