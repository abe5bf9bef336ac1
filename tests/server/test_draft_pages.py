"""The pages of a draft: what issuing would make is said in full before, and it is issued once, as it was shown."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import httpx2

from invoicing.document.requested import RequestedDocument, RequestedLine
from operations.drafts import DraftRequest, draft_invoice
from operations.invoices import issued_from
from storage.books.pool import Books
from tests.operations.test_human_approval import live_client, set_policy
from tests.support.http import BAKERY, FINCH, house, site_of
from tests.support.people import as_seen_by, colleague
from tests.support.visits import Visit, heading_of, sign_in, text_of

PLACE = f"/o/{BAKERY}/invoices"


async def a_draft(books: Books, customer: str = "Hotel Bristol", *, price: str = "12.50", draft: str = "") -> str:
    line = RequestedLine(description="Bread <of> the week", quantity=Decimal(40), unit_price=Decimal(price))
    document = RequestedDocument(customer=customer, lines=(line,))
    return (await draft_invoice(books, DraftRequest(document=document, draft=draft))).draft


async def seen(visit: Visit, at: str) -> str:
    """The mark of what the page of a draft showed."""
    (found,) = re.findall(r'name="seen_as" value="(\w+)"', (await visit.get(at)).text)
    return str(found)


def ticks(page: httpx2.Response) -> list[str]:
    """What each warning of a page sends where it is ticked."""
    return re.findall(r'name="warning" value="(\d+)"', page.text)


async def test_a_draft_is_shown_and_issued_once_as_it_was_shown(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        books = home.one.books(home.bakery)
        owner = await sign_in(home.site, home.one.office)
        draft = await a_draft(books)
        at = f"{PLACE}/drafts/{draft}"
        assert f'href="{at}"' in (await owner.get(f"{PLACE}?status=draft")).text
        said = text_of(await owner.get(at))
        assert "Hotel Bristol" in said
        assert "600.00 GBP it would be TEST-INV-2026-00001 now" in said
        assert (await owner.get(f"{at}/pages/1")).content.startswith(b"\x89PNG")
        assert (await owner.get(f"{at}/pdf")).content.startswith(b"%PDF")
        issue = await owner.get(f"{at}/issue")
        assert heading_of(issue) == "Issue TEST-INV-2026-00001?"
        assert "Sandbox: nothing here is a real invoice. This is how it will stand." in text_of(issue)
        assert "Issue TEST-INV-2026-00001 for Harbour Bakery" in text_of(issue)
        before = await seen(owner, f"{at}/issue")
        # Somebody changes it while the page stands open: what was not shown is not issued.
        await a_draft(books, price="13", draft=draft)
        changed = await owner.post(f"{at}/issue", seen_as=before)
        assert (changed.status_code, "It is not as it was shown" in text_of(changed)) == (409, True)
        assert "624.00" in text_of(changed)
        now = await seen(owner, f"{at}/issue")
        done = await owner.post(f"{at}/issue", seen_as=now, warning=ticks(changed))
        issued = await issued_from(books, draft)
        assert issued is not None
        assert done.headers["location"] == f"{PLACE}/{issued.document.id}?done=issued"
        assert "TEST-INV-2026-00001 is issued." in text_of(await owner.get(done.headers["location"]))
        again = await owner.post(f"{at}/issue", seen_as=now)
        assert (again.status_code, heading_of(again)) == (409, "Issued already")
        assert (await owner.get(at)).headers["location"] == f"{PLACE}/{issued.document.id}"
        assert "1 document in GBP" in text_of(await owner.get(PLACE))


async def test_each_warning_is_ticked_where_it_is_live_and_a_person_is_asked_where_that_is_wanted(
    tmp_path: Path,
) -> None:
    async with live_client(tmp_path / "data") as (one, books), site_of(one.store, one.clock) as site:
        draft = await a_draft(books)
        at = f"/o/harbour-bakery/invoices/drafts/{draft}"
        owner = await sign_in(site, one.office)
        asked = await owner.get(f"{at}/issue")
        assert heading_of(asked) == "Ask for the approval of this Invoice?"
        assert "Ask for approval to issue INV-2026-00001 for Harbour Bakery" in text_of(asked)
        sent = await owner.post(f"{at}/issue", seen_as=await seen(owner, f"{at}/issue"))
        assert sent.headers["location"] == at
        waits = await owner.get(at)
        assert "It waits for its approval" in text_of(waits)
        assert f'href="/o/harbour-bakery/approvals/{draft}"' in waits.text
        assert await issued_from(books, draft) is None
        await set_policy(one, "off")
        again = one.books(await as_seen_by(one.office, books.organization))
        first, second = [f"/o/harbour-bakery/invoices/drafts/{await a_draft(again)}/issue" for _ in range(2)]
        assert (await owner.post(first, seen_as=await seen(owner, first))).headers["location"].endswith("?done=issued")
        # The second is just like what was issued now, which is said.
        shown = await owner.get(second)
        every = ticks(shown)
        assert every, text_of(shown)
        unread = await owner.post(second, seen_as=await seen(owner, second), warning=every[1:])
        assert (unread.status_code, "tick each warning that you have read" in text_of(unread)) == (400, True)
        assert 'href="#warning-1"' in unread.text
        made = await owner.post(second, seen_as=await seen(owner, second), warning=every)
        assert made.headers["location"].endswith("?done=issued")


async def test_a_draft_is_discarded_by_whoever_may_draft(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        books = home.one.books(home.bakery)
        draft = await a_draft(books)
        at = f"{PLACE}/drafts/{draft}"
        viewer = await sign_in(home.site, await colleague(home.one, home.bakery, "viewer"))
        seen_by_viewer = await viewer.get(at)
        assert "Hotel Bristol" in text_of(seen_by_viewer)
        assert f"{at}/issue" not in seen_by_viewer.text
        for act in ("issue", "discard"):
            assert [(await viewer.get(f"{at}/{act}")).status_code, (await viewer.post(f"{at}/{act}")).status_code] == [
                404,
                404,
            ]
        owner = await sign_in(home.site, home.one.office)
        assert "Bread <of>" in text_of(await owner.get(at))
        assert "<of>" not in (await owner.get(at)).text
        assert "600.00 GBP, will be gone. No number is lost" in text_of(await owner.get(f"{at}/discard"))
        gone = await owner.post(f"{at}/discard")
        assert gone.headers["location"] == f"{PLACE}?status=draft"
        for nothing in (at, f"{at}/issue", f"{at}/discard", f"{at}/pdf", f"/o/{FINCH}/invoices/drafts/{draft}"):
            assert (await owner.get(nothing)).status_code == 404, nothing
