"""A form that outlives its session: what was typed is kept, is sent by whoever signs in, and by nobody else."""

from __future__ import annotations

from pathlib import Path

from operations.customers import find_customers
from operations.identity import browsing
from tests.support.browser_forms import hidden
from tests.support.http import BAKERY, house
from tests.support.identity import GOOD_PASSWORD
from tests.support.visits import heading_of, sign_in, text_of

NEW = f"/o/{BAKERY}/customers/new"


async def test_what_was_typed_before_the_session_ended_is_sent_after_the_next_sign_in(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        books = home.one.books(home.bakery)
        before = await sign_in(home.site, home.one.office)
        await browsing.end_session(home.one.store, before.signed_in.session_id)
        kept = await before.post(NEW, name="Mill <Lane> School", country="GB")
        assert (kept.status_code, heading_of(kept)) == (401, "This was not done yet")
        assert "Mill <Lane> School" in text_of(kept)
        assert "<Lane>" not in kept.text
        fields = {name: values[0] for name, values in hidden(kept.text).items()}
        assert "form_key" not in fields
        # The page is sent from the same browser, with the session of a sign-in in another tab.
        anew = await sign_in(home.site, home.one.office)
        asked = await anew.post(NEW, **{**fields, "form_key": ""})
        assert (asked.status_code, "You are signed in as owner@example.com" in text_of(asked)) == (403, True)
        assert (await find_customers(books, query="Mill", cursor="", limit=1)).items == ()
        done = await anew.post(NEW, **{name: values[0] for name, values in hidden(asked.text).items()})
        assert heading_of(done) == "The customer is saved"
        assert [one.name for one in (await find_customers(books, query="Mill", cursor="", limit=2)).items] == [
            "Mill <Lane> School"
        ]
        # What comes from elsewhere, or proves who somebody is, stands on no page.
        headers = {"Origin": "https://elsewhere.example", "Content-Type": "application/x-www-form-urlencoded"}
        foreign = await home.site.send("POST", NEW, headers=headers, content="name=Planted")
        assert (foreign.status_code, "Planted" in foreign.text) == (403, False)
        secret = await before.post("/account/password", password=GOOD_PASSWORD, again=GOOD_PASSWORD)
        assert (secret.status_code, secret.headers["location"]) == (303, "/sign-in")


async def test_nothing_that_a_browser_keeps_outlives_the_sign_out(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        owner = await sign_in(home.site, home.one.office)
        page = await owner.get(f"/o/{BAKERY}/invoices")
        assert page.headers["cache-control"] == "no-store"
        left = await owner.post("/sign-out")
        assert left.headers["clear-site-data"] == '"cache"'
        assert (await owner.get(f"/o/{BAKERY}/invoices")).headers["location"].startswith("/sign-in?next=")
