"""The pages of customers and items: entered, changed and archived by hand, with what is refused beside its field."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx2

from tests.support.http import BAKERY, FINCH, house
from tests.support.people import colleague
from tests.support.visits import Visit, heading_of, sign_in, text_of

CUSTOMERS, ITEMS = f"/o/{BAKERY}/customers", f"/o/{BAKERY}/items"


def held(page: httpx2.Response) -> dict[str, Any]:
    """What the fields of the form below the heading hold, as a browser would send it."""
    (form,) = re.findall(r'</h1>.*?(<form method="post".*?</form>)', page.text, re.DOTALL)
    found = dict(re.findall(r'<input[^>]* name="(\w+)" type="\w+" value="([^"]*)"', form))
    found |= dict(re.findall(r'<input type="hidden" name="(state|alike)" value="([^"]*)"', form))
    found |= dict(re.findall(r'<input type="radio" name="(\w+)" value="(\w+)" checked', form))
    found |= dict(re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>([^<]*)</textarea>', form))
    for name, options in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        found[name] = next(iter(re.findall(r'value="([^"]*)" selected', options)), "")
    return found


async def entered(visit: Visit, place: str, **typed: str) -> str:
    """Where the page of what was entered anew lies."""
    form = held(await visit.get(f"{place}/new"))
    answer = await visit.post(f"{place}/new", **{**form, **typed})
    assert answer.status_code == 303, text_of(answer)
    return str(answer.headers["location"]).partition("?")[0]


async def test_a_customer_is_entered_changed_and_archived_by_hand(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        owner = await sign_in(home.site, home.one.office)
        assert f'href="/o/{BAKERY}/import?kind=items"' in (await owner.get(ITEMS)).text
        blank = held(await owner.get(f"{CUSTOMERS}/new"))
        assert (blank["country"], blank["kind"], blank["name"]) == ("GB", "business", "")
        wrong = {**blank, "name": "Ελαιώνας <Α.Ε.>", "tax_number": "GB123", "note": "line one\r\nline two"}
        refused = await owner.post(f"{CUSTOMERS}/new", **wrong)
        assert refused.status_code == 400
        assert re.search(r'id="tax_number"[^>]*value="GB123"[^>]*aria-invalid="true" autofocus', refused.text)
        assert 'href="#tax_number"' in refused.text
        assert "Ελαιώνας &lt;Α.Ε.&gt;" in refused.text
        right = {**wrong, "tax_number": "GB980780684", "line1": "Quay 1", "city": "Bath", "postal_code": "BA1 4JQ"}
        place = await entered(owner, CUSTOMERS, **right)
        shown = await owner.get(place)
        assert heading_of(shown) == "Ελαιώνας <Α.Ε.>"
        for said in ("GB980780684", "Quay 1", "Bath", "line two", "Nothing was invoiced to this customer yet."):
            assert said in text_of(shown), said
        form = held(await owner.get(f"{place}/edit"))
        assert form["note"] == "line one\nline two"
        changed = await owner.post(f"{place}/edit", **{**form, "kind": "public_body", "payment_terms": "NO-SUCH"})
        assert changed.status_code == 400, "there are no such terms"
        changed = await owner.post(f"{place}/edit", **{**form, "kind": "public_body", "language": "de"})
        assert changed.headers["location"] == f"{place}?done=changed"
        said = text_of(await owner.get(place))
        assert ("public body" in said, "German" in said) == (True, True)
        stale = await owner.post(f"{place}/edit", **{**form, "phone": "1"})
        assert (stale.status_code, "changed this meanwhile" in text_of(stale)) == (409, True)
        assert "Archive Ελαιώνας" in heading_of(await owner.get(f"{place}/archive"))
        await owner.post(f"{place}/archive", archived="yes")
        assert "archived" in text_of(await owner.get(place))
        assert "Ελαιώνας" not in text_of(await owner.get(CUSTOMERS))
        await owner.post(f"{place}/archive", archived="")
        assert "Ελαιώνας" in text_of(await owner.get(CUSTOMERS))


async def test_the_page_of_a_customer_says_what_it_owes_and_who_may_be_the_same(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        books = home.one.books(home.bakery)
        owner = await sign_in(home.site, home.one.office)
        customer = await home.one.customer(books, "Café Süd", tax_number="GB980780684")
        invoice = (await home.one.issue(books, customer.id, quantity="40")).document
        place = f"{CUSTOMERS}/{customer.id}"
        said = text_of(await owner.get(place)).replace("\u00a0", " ")
        assert "Owes in GBP 600.00 1 open document" in said
        assert invoice.number in said
        statement = await owner.get(f"/o/{BAKERY}/reports/statement?customer={customer.id}")
        assert f"/reports/statement?customer={customer.id}" in (await owner.get(place)).text
        assert invoice.number in text_of(statement)
        form = {**held(await owner.get(f"{CUSTOMERS}/new")), "name": "Cafe Sued Ltd"}
        asked = await owner.post(f"{CUSTOMERS}/new", **form)
        assert (asked.status_code, "Perhaps this customer is there already: Café Süd" in text_of(asked)) == (409, True)
        numbered = await owner.post(
            f"{CUSTOMERS}/new", **{**form, "name": "Quite another", "tax_number": "GB980780684"}
        )
        assert f'href="{place}"' in numbered.text
        kept = await owner.post(f"{CUSTOMERS}/new", **held(asked))
        assert heading_of(kept) == "The customer is saved"
        assert "Live invoices to this customer still need" in text_of(kept)
        assert "Cafe Sued Ltd" in text_of(await owner.get(CUSTOMERS))
        # Whoever only looks is offered nothing, and finds no form.
        viewer = await sign_in(home.site, await colleague(home.one, home.bakery, "viewer"))
        assert "Archive" not in text_of(await viewer.get(place))
        assert "/new" not in (await viewer.get(CUSTOMERS)).text
        for path in (f"{CUSTOMERS}/new", f"{place}/edit", f"{place}/archive", f"{ITEMS}/new"):
            assert (await viewer.get(path)).status_code == 404, path
        assert (await owner.get(f"/o/{FINCH}/customers/{customer.id}")).status_code == 404


async def test_an_item_is_entered_with_a_price_as_its_country_writes_it(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        owner = await sign_in(home.site, home.one.office)
        berlin = await home.one.client("Nordlicht", country="DE")
        place = f"/o/{berlin.handle}/items"
        refused = await owner.post(
            f"{place}/new", **{**held(await owner.get(f"{place}/new")), "name": "Brot", "unit_price": "zwölf"}
        )
        assert (refused.status_code, 'value="zwölf"' in refused.text) == (400, True)
        assert "must be a number, such as 12,50" in text_of(refused)
        item = await entered(owner, place, name="Brot", unit_price="1.234,50", unit="Stück", sku="B-1")
        assert "1.234,50 EUR" in text_of(await owner.get(item)).replace("\u00a0", " ")
        form = held(await owner.get(f"{item}/edit"))
        assert form["unit_price"] == "1234,5"
        await owner.post(f"{item}/edit", **{**form, "unit_price": "12.5", "supply": "goods"})
        said = text_of(await owner.get(item)).replace("\u00a0", " ")
        assert ("12,50 EUR" in said, "goods" in said) == (True, True)
        twice = await owner.post(
            f"{place}/new", **{**held(await owner.get(f"{place}/new")), "name": "Anders", "sku": "b-1"}
        )
        assert "Perhaps this item is there already: Brot, B-1" in text_of(twice)
        await owner.post(f"{item}/archive", archived="yes")
        assert "There are no items yet." in text_of(await owner.get(place))


async def test_several_are_changed_at_once_after_each_was_seen_before_and_after(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        books = home.one.books(home.bakery)
        owner = await sign_in(home.site, home.one.office)
        made = [await home.one.customer(books, f"Customer {number}") for number in range(3)]
        keys, several = [one.id for one in made], f"{CUSTOMERS}/several"
        assert f'name="chosen" value="{keys[0]}"' in (await owner.get(CUSTOMERS)).text
        asked = await owner.post(several, chosen=[*keys, "cus_0"])
        assert "3 are chosen: Customer 0 , Customer 1 , Customer 2" in text_of(asked)
        change: dict[str, Any] = {"chosen": keys, "change": "language", "language": "de"}
        seen = await owner.post(several, step="preview", **change)
        assert "3 would change." in text_of(seen)
        assert "Change Language of 3 of Harbour Bakery" in text_of(seen)
        assert "German" not in text_of(await owner.get(f"{CUSTOMERS}/{keys[0]}"))
        refused = text_of(await owner.post(several, step="preview", **{**change, "language": "xx"}))
        assert "0 would change." in refused
        assert "Refused language must be one of" in refused
        mark = "a" * 32
        done = await owner.post(several, step="do", mark=mark, **change)
        assert "3 were changed." in text_of(done)
        assert "German" in text_of(await owner.get(f"{CUSTOMERS}/{keys[2]}"))
        assert (await owner.post(several, step="do", mark=mark, **change)).status_code == 409
        assert "Choose what is to be changed" in text_of(await owner.post(several, step="preview", chosen=keys))
        many = await owner.post(several, chosen=[f"cus_{number}" for number in range(101)])
        assert (many.status_code, "at most 100" in text_of(many)) == (400, True)
        await owner.post(several, step="do", chosen=keys, change="archived", archived="yes")
        assert "Customer 1" not in text_of(await owner.get(CUSTOMERS))
