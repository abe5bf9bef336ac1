"""The pages of a draft: what issuing would make is said in full before, and it is issued once, as it was shown."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import httpx2

from invoicing.document.adjusted import AdjustmentKind
from invoicing.document.requested import RequestedAdjustment, RequestedDocument, RequestedLine
from operations.drafts import DraftRequest, draft_invoice
from operations.finding_invoices import InvoiceSearch, find_drafts
from operations.identity.browsing import new_mark
from operations.invoices import issued_from
from operations.prepared_drafts import kept_draft
from storage.books.pool import Books
from tests.operations.test_human_approval import live_client, set_policy
from tests.support.http import BAKERY, FINCH, house, site_of
from tests.support.people import as_seen_by, colleague
from tests.support.visits import Visit, heading_of, sign_in, text_of

OFF = RequestedAdjustment(kind=AdjustmentKind.DISCOUNT, reason="Regulars", percent=Decimal(5))
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
        decided = f"/o/harbour-bakery/approvals/{draft}"
        assert f'src="{decided}/pages/1"' in (await owner.get(decided)).text
        assert (await owner.get(f"{decided}/pages/1")).content.startswith(b"\x89PNG")
        for nowhere in (f"{decided}/pages/2", "/o/harbour-bakery/approvals/drf_0/pages/1"):
            assert (await owner.get(nowhere)).status_code == 404
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


async def test_a_draft_is_written_with_the_paper_beside_it_and_keeps_what_the_form_does_not_show(
    tmp_path: Path,
) -> None:
    async with house(tmp_path / "data") as home:
        books = home.one.books(home.bakery)
        owner = await sign_in(home.site, home.one.office)
        new = f"{PLACE}/drafts/new"
        assert f'href="{new}"' in (await owner.get(PLACE)).text
        assert "as soon as there are a customer and a line" in text_of(await owner.get(new))
        line = {"lines[0].description": "Bread", "lines[0].quantity": "1,5", "lines[0].unit_price": "3.20"}
        # A line more, and one less, without script; what was typed stays.
        more = await owner.post(new, act="add", customer="Bris", **line)
        assert ('name="lines[1].item"' in more.text, 'value="1,5"' in more.text) == (True, True)
        less = await owner.post(new, act="remove:0", customer="Bris", **line, **{"lines[1].description": "Rolls"})
        assert ("Rolls" in less.text, 'value="Bread"' in less.text) == (True, False)
        unknown = await owner.post(new, act="preview", customer="Bris", **line)
        assert (unknown.status_code, 'href="#customer"' in unknown.text) == (400, True)
        assert 'name="choose" value="Hotel Bristol"' in unknown.text
        twins = [await home.one.customer(books, "Twin & Co") for _ in range(2)]
        which = await owner.post(new, act="preview", customer="Twin & Co", **line)
        for one in twins:
            assert f'value="{one.id}" formnovalidate><bdi>Twin &amp; Co · SW1A 1AA London, GB</bdi>' in which.text
        chosen = await owner.post(new, choose="Hotel Bristol", customer="Bris", **line)
        assert "Net 4.80 VAT 20% 0.96 Total (GBP) 5.76" in text_of(chosen)
        assert 'src="data:image/png;base64,' in chosen.text
        part = await owner.post(f"{PLACE}/drafts/preview", customer="Hotel Bristol", **line)
        assert (part.headers["x-part"], "5.76" in part.text, "<html" in part.text) == ("1", True, False)
        # A line that was added and left alone is none; where there is no other, its first field is led to.
        begun = await owner.post(new, act="preview", customer="Hotel Bristol", **{"lines[0].quantity": "1"})
        assert (begun.status_code, 'id="refused"' in begun.text, "lines[0].item" in begun.text) == (200, False, True)
        none = await owner.post(new, act="save", customer="Hotel Bristol", **{"lines[0].quantity": "1"})
        assert (none.status_code, 'href="#lines[0].item"' in none.text) == (400, True)
        assert "needs a description" in text_of(
            await owner.post(new, act="save", customer="Hotel Bristol", **{"lines[0].quantity": "2"})
        )
        left = await owner.post(new, act="preview", customer="Hotel Bristol", **line, **{"lines[1].quantity": "1"})
        assert (left.status_code, "lines[1]" in left.text) == (200, False)
        # Whatever the letters and however much of them, the form is read and what was typed stands in it.
        much = {f"lines[{place}].description": "ω" * 1_000 for place in range(60)}
        large = await owner.post(new, act="preview", customer="Bris\x0btol", **much)
        assert (large.status_code, large.text.count("ω" * 1_000)) == (400, 60), text_of(large)[:200]
        for name, typed in (("lines[0].quantity", "many"), ("lines[0].unit_price", "1..2"), ("issue_date", "soon")):
            wrong = await owner.post(new, act="save", **{"customer": "Hotel Bristol", **line, name: typed})
            assert (wrong.status_code, f'href="#{name}"' in wrong.text) == (400, True), name
        assert (await find_drafts(books, InvoiceSearch(), cursor="", limit=9)).items == ()
        whole = {"act": "save", "customer": "Hotel Bristol", "note": "Thank <you>", "mark": new_mark(), **line}
        at = (await owner.post(new, **whole)).headers["location"]
        assert heading_of(await owner.post(new, **whole)) == "This draft was saved already"
        draft = at.rpartition("/")[2]
        assert (await kept_draft(books, draft)).request.lines[0].quantity == Decimal("1.5")
        # What the form has no field for stays as it is.
        kept = await kept_draft(books, draft)
        adjusted = replace(kept.request, withholding="", adjustments=(OFF,))
        await draft_invoice(books, DraftRequest(document=adjusted, draft=draft))
        form = await owner.get(f"{at}/edit")
        (kept_as,) = re.findall(r'name="kept_as" value="(\w+)"', form.text)
        assert "Thank &lt;you&gt;" in form.text
        changed = {"act": "save", "customer": "Hotel Bristol", "kept_as": kept_as, "lines[0].of": "0", **line}
        changed["lines[0].quantity"] = "2"
        assert (await owner.post(f"{at}/edit", **changed)).headers["location"] == at
        now = (await kept_draft(books, draft)).request
        assert (now.lines[0].quantity, now.adjustments, now.note) == (Decimal(2), (OFF,), "")
        late = await owner.post(f"{at}/edit", **changed)
        assert (late.status_code, "It was changed since you opened it" in text_of(late)) == (409, True)
        viewer = await sign_in(home.site, await colleague(home.one, home.bakery, "viewer"))
        assert [(await viewer.get(one)).status_code for one in (new, f"{at}/edit")] == [404, 404]
