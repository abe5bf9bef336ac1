"""The practice's overview: the numbers of `get_practice_overview`, of those clients alone that the visitor reaches."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from operations.approval.waiting import AwaitingApproval
from operations.configuration.configuring import save_entry
from operations.configuration.entries import Change, Part
from operations.drafts import draft_invoice
from operations.invoices import issue_invoice as ask_to_issue
from operations.overview import get_practice_overview
from operations.rights import Right
from operations.saved_views import views_of
from storage.books.pool import BOOKS_FILE, Books
from tests.support.folders import folder_of
from tests.support.http import BAKERY, FINCH, House, house
from tests.support.people import colleague, in_the_directory
from tests.support.practice import issue_request
from tests.support.raw import raw
from tests.support.visits import sign_in, text_of
from tests.support.waiting import until

PRACTICE = "/practice/ledger-co-sandbox"
OVERVIEW, WORK = f"{PRACTICE}/overview", f"{PRACTICE}/work"


async def filled(home: House) -> None:
    """The bakery owes for 24 days and has an old draft; the studio has a draft of today."""
    bakery, finch = home.one.books(home.bakery), home.one.books(home.finch)
    customer = await home.one.customer(bakery, "Café Süd")
    await home.one.issue(bakery, customer.id, price="1000")
    await draft(bakery, customer.id)
    home.one.clock.advance(timedelta(days=54))
    await draft(finch, (await home.one.customer(finch, "Hotel")).id)


async def draft(books: Books, customer: str) -> None:
    request = issue_request(customer).request
    assert request is not None
    await draft_invoice(books, request)


def clients_of(page: str) -> list[str]:
    """The handles of the clients in the table, in their order."""
    return re.findall(r'<th scope="row" class="who"><a href="/o/([^"]+)"', page)


async def test_the_overview_says_what_needs_attention_and_what_all_clients_come_to(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        await filled(home)
        owner = await sign_in(home.site, home.one.office)
        page = await owner.get(OVERVIEW)
        said = text_of(page).replace("\u00a0", " ")
        (told,) = (await get_practice_overview(home.one.office, partner="", cursor="", limit=100)).sums
        assert (told.figures.open_minor, told.overdue_clients, told.days_overdue) == (240_000, 1, 24)
        for words in (
            "All 2 clients that you reach",
            "Still owed (GBP) 2,400.00 By whom",
            "Overdue (GBP) 2,400.00 At one client, for up to 24 days",
            "What needs attention (3)",
            "2,400.00 GBP overdue , the oldest for 24 days, since 15 Apr 2026",
            "One draft that nobody has changed for a week , the oldest for 54 days",
            "The chain of its documents was not checked for 54 days",
            "Mar 2026",
        ):
            assert words in said, words
        assert f'href="/o/{BAKERY}/invoices?status=overdue"' in page.text
        assert clients_of(page.text) == [BAKERY, FINCH]
        assert "What needs attention (2)" in text_of(await owner.get(f"{OVERVIEW}?days=30"))
        for asked, found in {
            "q=finch": [FINCH],
            "state=owing": [BAKERY],
            "state=drafts&sort=-last_activity": [FINCH, BAKERY],
            "sort=-open&column=open&column=documents": [BAKERY, FINCH],
            "sort=open": [BAKERY, FINCH],
            "sort=name": [FINCH, BAKERY],
            "sort=-name": [BAKERY, FINCH],
            "sort=drafts&start=50": [FINCH, BAKERY],
            "environment=live": [],
            "state=x&sort=y&column=z&environment=1&days=-1&skip=x&start=9999999999": [BAKERY, FINCH],
        }.items():
            assert sorted(clients_of((await owner.get(f"{OVERVIEW}?{asked}")).text)) == sorted(found), asked
        assert clients_of((await owner.get(f"{OVERVIEW}?state=drafts&sort=-last_activity")).text) == [FINCH, BAKERY]
        assert clients_of((await owner.get(f"{OVERVIEW}?sort=-name")).text) == [BAKERY, FINCH]
        assert (await owner.get(f"{OVERVIEW}?q={'x' * 200}%00")).headers.get("location", OVERVIEW) == OVERVIEW
        for cut_off in (PRACTICE, "/"):
            assert (await owner.get(cut_off)).headers["location"] == OVERVIEW
        assert BAKERY in (await owner.get("/organizations")).text
        # Whoever looks at an organization of another kind, or is not of the practice, finds no such page.
        assert (await owner.get(f"/o/{BAKERY}/overview")).status_code == 404
        client = await sign_in(home.site, await colleague(home.one, home.bakery, "owner"))
        assert (await client.get(OVERVIEW)).status_code == 404


async def test_staff_limited_to_some_clients_sees_those_alone(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        await filled(home)
        limited = await colleague(
            home.one, home.one.organization, "accountant", all_clients=False, clients=[home.finch]
        )
        staff = await sign_in(home.site, limited)
        page = await staff.get(OVERVIEW)
        assert "One client that you reach" in text_of(page)
        assert clients_of(page.text) == [FINCH]
        assert "Nothing needs you now" in text_of(page)
        assert "2,400" not in page.text
        for handle in (BAKERY, "no-such-client"):
            answer = await staff.post(f"{OVERVIEW}/verify", client=handle)
            assert (answer.status_code, "no such page" in answer.text) == (404, True)


async def test_each_person_has_views_of_their_own(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        owner = await sign_in(home.site, home.one.office)
        other = await sign_in(home.site, await colleague(home.one, home.one.organization, "viewer"))
        saved = await owner.post(f"{OVERVIEW}/views", name="Who <owes>", asked="state=owing&sort=-open&skip=5&x=y")
        place = saved.headers["location"]
        assert (saved.status_code, place.partition("&view=")[0]) == (303, f"{OVERVIEW}?state=owing&sort=-open")
        (view,) = await views_of(home.one.office, home.one.organization)
        assert (view.name, view.asked) == ("Who <owes>", "state=owing&sort=-open")
        page = await owner.get(place.partition("#")[0])
        assert "Who &lt;owes&gt;" in page.text
        one = f"{OVERVIEW}/views/{view.id}"
        assert one in page.text
        again = await owner.post(f"{OVERVIEW}/views", name="who <OWES>", asked="")
        assert (again.status_code, "there is a view" in again.text, 'value="who &lt;OWES&gt;"' in again.text) == (
            400,
            True,
            True,
        )
        assert "Who" not in tabs_of(await other.get(OVERVIEW))
        for act in (await other.get(one), await other.post(one, act="remove"), await other.post(one, name="Mine")):
            assert act.status_code == 404
        assert (await owner.post(one, name="")).status_code == 400
        assert (await owner.post(one, act="rename", name="Offen")).status_code == 303
        assert "Offen" in tabs_of(await owner.get(OVERVIEW))
        assert (await owner.post(one, act="remove")).status_code == 303
        assert "Offen" not in tabs_of(await owner.get(OVERVIEW))


async def test_the_books_of_a_client_are_checked_from_here(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        await filled(home)
        owner = await sign_in(home.site, home.one.office)
        done = await owner.post(f"{OVERVIEW}/verify", client=BAKERY)
        assert (done.status_code, done.headers["location"]) == (303, f"{OVERVIEW}?verified={BAKERY}")
        said = text_of(await owner.get(done.headers["location"]))
        assert "The books of Harbour Bakery were checked just now, and found in order." in said
        assert "was not checked" not in said
        with raw(folder_of(home.one.books(home.bakery)) / BOOKS_FILE) as connection:
            connection.execute("DELETE FROM customer_totals")
        wrong = await owner.post(f"{OVERVIEW}/verify", client=BAKERY)
        assert (wrong.status_code, "Harbour Bakery" in wrong.text) == (409, True)
        assert "were checked just now" not in text_of(await owner.get(f"{OVERVIEW}?verified={BAKERY}"))


async def test_the_inbox_says_what_is_to_be_done_client_by_client(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        looks_on = await colleague(home.one, home.one.organization, "viewer")
        assert "Nothing is to be done." in text_of(await (await sign_in(home.site, looks_on)).get(WORK))
        await filled(home)
        finch = home.one.books(home.finch, Right.CHANGE_WORKFLOWS)
        change = Change(
            code="ALL", values={"name": "All", "trigger": "invoice", "conditions": "none", "steps": "owner"}
        )
        await save_entry(home.one.office, finch, Part.WORKFLOWS, change)
        customer = await home.one.customer(home.one.books(home.finch), "Ελαιώνας")
        waits = await ask_to_issue(home.one.books(home.finch), issue_request(customer.id))
        assert isinstance(waits, AwaitingApproval)
        owner = await sign_in(home.site, home.one.office)
        page = await owner.get(WORK)
        said = text_of(page)
        assert re.findall(r'<h2 id="client-\d+"><a href="/o/([^"]+)"', page.text) == [BAKERY, FINCH]
        assert "2,400.00 GBP overdue" in said.replace("\u00a0", " ")
        assert "One draft that nobody has changed for a week" in said
        assert "All of it waits for you" in said
        assert f'href="/o/{FINCH}/approvals/{waits.approval.id}"' in page.text
        assert "was not checked" not in said
        for room in (WORK, OVERVIEW):
            assert f'<a href="{WORK}"' in (await owner.get(room)).text
            assert re.search(r'To do <span class="tag">2</span>', (await owner.get(room)).text)
        alone = await owner.get(f"{WORK}?kind=approval&start=7")
        assert ("Harbour Bakery" in text_of(alone), "Finch Studio" in text_of(alone)) == (False, True)
        told = await (await sign_in(home.site, looks_on)).get(WORK)
        assert "It waits for somebody else" in text_of(told)
        assert waits.approval.id not in told.text
        # Nor has whoever does not decide a page of what waits: it stands among the drafts.
        for room in (WORK, f"{OVERVIEW}?column=approvals"):
            read = (await (await sign_in(home.site, looks_on)).get(room)).text
            assert (f"/o/{FINCH}/approvals" in read, f"/o/{FINCH}/invoices?status=draft" in read) == (False, True), room
        limited = await colleague(home.one, home.one.organization, "accountant", all_clients=False)
        assert "Nothing is to be done." in text_of(await (await sign_in(home.site, limited)).get(WORK))
        client = await sign_in(home.site, await colleague(home.one, home.bakery, "owner"))
        assert (await client.get(WORK)).status_code == 404


def tabs_of(answer: httpx2.Response) -> str:
    """What stands in the tabs of the page."""
    (tabs,) = re.findall(r'<nav class="tabs".*?</nav>', answer.text, re.DOTALL)
    return str(tabs)


async def test_nobody_waits_for_the_books_of_all_clients(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("operations.clients_at_a_glance.READ_AT_ONCE", 1)
    async with house(tmp_path / "data") as home:
        await filled(home)
        owner = await sign_in(home.site, home.one.office)
        page = await owner.get(OVERVIEW)
        assert "The books of 1 of 2 clients are read so far." in text_of(page)
        assert clients_of(page.text) == [FINCH]
        assert f'data-progress="{OVERVIEW}/reading"' in page.text
        over = await owner.get(f"{OVERVIEW}/reading")
        assert over.headers["x-part"] == "1"
        assert "The books of all 2 clients are read." in over.text
        assert "data-progress" not in over.text
        assert clients_of((await owner.get(OVERVIEW)).text) == [BAKERY, FINCH]
        await home.one.customer(home.one.books(home.bakery), "One more")
        await home.one.customer(home.one.books(home.finch), "One more")
        # On a server it is the directory that says which books have changed.
        await until(lambda: not home.one.store.pool.entries_noted())
        work = await owner.get(WORK)
        assert "The books of 1 of 2 clients are read so far." in text_of(work)
        assert "Nothing is to be done." not in text_of(work)
        assert "data-progress" not in (await owner.get(WORK)).text


async def test_what_is_remembered_of_the_clients_is_of_now_and_of_whoever_looks(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        one = home.one
        await filled(home)
        limited = await colleague(one, one.organization, "accountant", all_clients=False, clients=[home.finch])
        owner, other = await sign_in(home.site, one.office), await sign_in(home.site, limited)
        for _ in range(2):
            assert sorted(clients_of((await owner.get(OVERVIEW)).text)) == sorted([BAKERY, FINCH])
            assert clients_of((await other.get(OVERVIEW)).text) == [FINCH]
            assert "Harbour" not in (await other.get(WORK)).text
        bakery = home.one.books(home.bakery)
        await one.issue(bakery, (await one.customer(bakery, "New")).id, price="5")
        assert "2,412.00" in text_of(await owner.get(OVERVIEW))
        assert "2,412.00" not in text_of(await other.get(OVERVIEW))
        one.clock.advance(timedelta(days=1))
        owner, other = await sign_in(home.site, one.office), await sign_in(home.site, limited)
        assert "for up to 25 days" in text_of(await owner.get(OVERVIEW))
        in_the_directory(one, "UPDATE organizations SET name = 'Harbour Bread' WHERE id = ?", home.bakery.id)
        assert "Harbour Bread" in text_of(await owner.get(OVERVIEW))
        in_the_directory(one, "DELETE FROM membership_clients WHERE organization_id = ?", home.finch.id)
        assert clients_of((await other.get(OVERVIEW)).text) == []


async def test_what_was_made_for_one_reader_is_not_shown_in_the_language_of_another(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        await filled(home)
        owner = await sign_in(home.site, home.one.office)
        for language, said in (("en", True), ("de", False), ("en", True)):
            headers = {**owner.cookie, "Accept-Language": language}
            page = (await home.site.send("GET", OVERVIEW, headers=headers)).text
            assert clients_of(page) == [BAKERY, FINCH]
            assert ('data-of="Still owed' in page) is said
