"""The pages on which an invoice is credited: as it would be first, and then once, exactly so."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import httpx2

from invoicing.organizations import HumanApproval
from operations.customers import find_customers
from operations.identity.browsing import new_mark
from operations.invoices import get_invoice
from tests.operations.test_human_approval import live_client
from tests.support.http import BAKERY, house, site_of
from tests.support.issuing import issue_invoice
from tests.support.people import colleague
from tests.support.practice import issue_request
from tests.support.visits import heading_of, sign_in, text_of

PLACE = f"/o/{BAKERY}/invoices"


def seen(page: httpx2.Response) -> str:
    (found,) = re.findall(r'name="seen_as" value="(\w+)"', page.text)
    return str(found)


async def test_an_invoice_is_credited_as_it_was_shown_in_part_and_in_whole(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        books = home.one.books(home.bakery)
        owner = await sign_in(home.site, home.one.office)
        customer = await home.one.customer(books, "Café Süd")
        invoice = (await home.one.issue(books, customer.id, quantity="40")).document
        at = f"{PLACE}/{invoice.id}"
        place = f"{at}/credit"
        assert f'href="{place}"' in (await owner.get(at)).text
        asked = await owner.get(place)
        assert "40 500.00" in text_of(asked)
        nothing = await owner.post(place, act="show", reason="", what="all")
        assert (nothing.status_code, 'href="#reason"' in nothing.text) == (400, True)
        wrong: dict[str, dict[str, str]] = {
            "what": {},
            "line-1.quantity": {"line-1.quantity": "41"},
            "line-1.amount": {"line-1.amount": "much"},
        }
        for field, typed in wrong.items():
            refused = await owner.post(place, act="show", reason="Broken", what="part", **typed)
            assert refused.status_code in (400, 409), field
            assert f'href="#{field}"' in refused.text
        both = await owner.post(place, act="show", reason="Broken", what="all", **{"line-1.quantity": "4"})
        assert (both.status_code, "Choose either all that is left" in text_of(both)) == (400, True)
        either = {"line-1.quantity": "4", "line-1.amount": "10"}
        both = await owner.post(place, act="show", reason="Broken", what="part", **either)
        assert (both.status_code, "Of one line, enter either the quantity" in text_of(both)) == (400, True)
        assert 'href="#line-1.amount"' in both.text
        part = {"reason": "Broken <on> the way", "what": "part", "line-1.quantity": "4"}
        shown = await owner.post(place, act="show", **part)
        assert heading_of(shown) == "Issue TEST-CN-2026-00001?"
        assert "Net 50.00 VAT 20% 10.00 Total (GBP) 60.00" in text_of(shown)
        assert "Issue TEST-CN-2026-00001 for Harbour Bakery" in text_of(shown)
        assert "Broken &lt;on&gt; the way" in shown.text
        back = await owner.post(place, act="change", **part)
        assert 'name="line-1.quantity" value="4"' in back.text
        unseen = await owner.post(place, act="issue", **part)
        assert (unseen.status_code, "It is not as it was shown" in text_of(unseen)) == (409, True)
        sent = {"act": "issue", "seen_as": seen(shown), "mark": new_mark(), **part}
        done = await owner.post(place, **sent)
        note = done.headers["location"].removesuffix("?done=issued").rpartition("/")[2]
        assert (await get_invoice(books, note)).document.total_minor == 6_000
        assert heading_of(await owner.post(place, **sent)) == "This was credited already"
        # What was shown before somebody else credited is not issued.
        rest = await owner.post(place, act="show", reason="Void", what="all")
        assert "Total (GBP) 540.00" in text_of(rest)
        more = {"reason": "Late", "what": "part", "line-1.amount": "10"}
        await owner.post(place, act="issue", seen_as=seen(await owner.post(place, act="show", **more)), **more)
        stale = await owner.post(place, act="issue", seen_as=seen(rest), reason="Void", what="all")
        assert (stale.status_code, "Total (GBP) 528.00" in text_of(stale)) == (409, True)
        whole = await owner.post(place, act="issue", seen_as=seen(stale), reason="Void", what="all")
        assert whole.status_code == 303
        assert "Nothing is left of it to credit." in text_of(await owner.get(place))
        assert f'href="{place}"' not in (await owner.get(at)).text
        viewer = await sign_in(home.site, await colleague(home.one, home.bakery, "viewer"))
        for nowhere in (place, f"{PLACE}/{note}/credit"):
            assert (await viewer.get(nowhere)).status_code == 404
        assert (await owner.get(f"{PLACE}/{note}/credit")).status_code == 404


async def test_a_credit_note_waits_where_a_person_is_wanted(tmp_path: Path) -> None:
    async with live_client(tmp_path / "data") as (one, books), site_of(one.store, one.clock) as site:
        free = one.books(replace(books.organization, human_approval=HumanApproval.OFF))
        (customer,) = (await find_customers(books, query="", cursor="", limit=1)).items
        invoice = (await issue_invoice(free, issue_request(customer.id))).document
        owner = await sign_in(site, one.office)
        place = f"/o/harbour-bakery/invoices/{invoice.id}/credit"
        shown = await owner.post(place, act="show", reason="Void", what="all")
        assert "It is not issued at once: it waits until it is approved." in text_of(shown)
        waits = await owner.post(place, act="issue", seen_as=seen(shown), reason="Void", what="all")
        assert heading_of(waits) == "It waits for its approval"
        assert (await get_invoice(books, invoice.id)).credit_notes == ()
