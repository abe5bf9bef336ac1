"""A file is imported by hand: what its columns are is seen and corrected first, and nothing is written before."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import httpx2

from tests.support.folders import folder_of
from tests.support.http import BAKERY, FINCH, house
from tests.support.people import colleague
from tests.support.visits import Visit, heading_of, sign_in, text_of

PLACE = f"/o/{BAKERY}/import"
CUSTOMERS = "Firma;Kundenort;VAT number\nΕλαιώνας <Α.Ε.>;Athens;\nCafé Süd;Bath;GB980780684\n"
WRONG = "Name;VAT number\nCafé Süd;GB123\n"


async def sent(
    visit: Visit, text: str, *, kind: str = "customers", key: str = "", name: str = "k.csv"
) -> httpx2.Response:
    return await visit.send_file(PLACE, name, text, kind=kind, form_key=key or visit.signed_in.form_key)


async def test_columns_are_seen_and_corrected_before_anything_is_written(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        books = home.one.books(home.bakery)
        owner = await sign_in(home.site, home.one.office)
        place = (await sent(owner, CUSTOMERS)).headers["location"]
        page = await owner.get(place)
        assert heading_of(page) == "Import k.csv"
        assert "Athens · Bath" in text_of(page)
        assert re.search(r'aria-label="Kundenort is read as">\s*<option value="" selected', page.text)
        assert "New 2" in text_of(page)
        chosen = {"column_0": "name", "column_1": "city", "column_2": "tax_number"}
        assert (await owner.post(place, **chosen)).status_code == 303
        corrected = await owner.get(place)
        assert "city: Athens" in text_of(corrected)
        assert "Ελαιώνας &lt;Α.Ε.&gt;" in corrected.text
        assert "Ελαιώνας" not in text_of(await owner.get(f"/o/{BAKERY}/customers"))
        twice = await owner.post(place, column_0="phone", column_1="phone", column_2="name")
        assert (twice.status_code, "Two columns are mapped to phone" in text_of(twice)) == (400, True)
        await owner.post(place, **chosen)
        (state,) = re.findall(r'name="state" value="(\w+)"', (await owner.get(place)).text)
        stale = await owner.post(f"{place}/write", state="0")
        assert "corrected elsewhere meanwhile" in text_of(stale)
        done = await owner.post(f"{place}/write", state=state)
        assert (heading_of(done), "New 2" in text_of(done)) == ("k.csv is imported", True)
        assert "Athens" in text_of(await owner.get(f"/o/{BAKERY}/customers"))
        assert (await owner.get(place)).status_code == 404
        assert list((folder_of(books) / "uploads").iterdir()) == []


async def test_what_is_refused_is_named_and_keeps_all_from_being_imported(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        owner = await sign_in(home.site, home.one.office)
        place = (await sent(owner, WRONG)).headers["location"]
        said = text_of(await owner.get(f"{place}?only=refused&page=x"))
        assert ("Refused 1" in said, "VAT number: " in said) == (True, True)
        assert "While a row is refused, nothing is imported" in said
        assert "/write" not in (await owner.get(place)).text
        for text, told in (("", "The file is empty."), ("%PDF-1.7 x", "table")):
            refused = await sent(owner, text)
            assert (refused.status_code, told in text_of(refused)) == (400, True), text
        unclear = (await sent(owner, "Foo;Bar\n1;2\n", name="<x>.csv")).headers["location"]
        page = await owner.get(unclear)
        assert "names no column of customers" in text_of(page)
        assert (await owner.post(unclear, column_0="name", column_1="")).status_code == 303
        assert "New 1" in text_of(await owner.get(unclear))
        assert (await owner.post(unclear, step="leave")).headers["location"] == PLACE
        assert (await owner.get(unclear)).status_code == 404
        # The file is of its sender, of its organization, and of a page of this site.
        other = await sign_in(home.site, await colleague(home.one, home.bakery, "accountant"))
        assert (await other.get(place)).status_code == 404
        assert (await owner.get(place.replace(BAKERY, FINCH))).status_code == 404
        assert (await sent(owner, CUSTOMERS, key="x")).status_code == 403
        viewer = await sign_in(home.site, await colleague(home.one, home.bakery, "viewer"))
        assert (await viewer.get(PLACE)).status_code == 404
        home.one.clock.advance(timedelta(hours=2))
        assert (await owner.get(place)).status_code == 404
