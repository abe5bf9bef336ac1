"""The first steps of an organization: who is led there, and what is asked of whom."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

from invoicing.organizations import OrganizationKind
from operations.access import Office
from operations.practices import FirstOrganization, start_installation, start_unnamed
from tests.support.begun import begin_folder
from tests.support.clock import SettableClock
from tests.support.http import BAKERY, HERE, house, site_of
from tests.support.identity import CHEAP
from tests.support.people import colleague
from tests.support.stores import open_store
from tests.support.visits import heading_of, sign_in, text_of

START = "/practice/practice/start"


async def test_an_unnamed_practice_is_named_and_goes_on_to_its_first_client(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        store, clock = await stack.enter_async_context(open_store(begin_folder(tmp_path / "data"))), SettableClock()
        owner = await start_unnamed(store, clock, "owner@example.com")
        site = await stack.enter_async_context(site_of(store, clock))
        visit = await sign_in(site, Office(store=store, principal=owner, clock=clock, hashing=CHEAP))
        assert (await visit.get("/")).headers["location"] == START
        page = await visit.get(START)
        assert (heading_of(page), page.text.count('aria-current="step"')) == ("First steps", 1)
        assert "Name of the practice" in text_of(page)
        for wrong in ({"name": "", "country": "GB"}, {"name": "Ledger & Co", "country": "XX"}):
            refused = await visit.post(START, **wrong)
            assert (refused.status_code, 'role="alert"' in refused.text) == (400, True)
        assert (await visit.post(START, name="Ledger & Co", country="DE")).headers["location"] == START
        said = text_of(await visit.get(START))
        assert "Ledger & Co , DE" in said
        assert "Create client organization" in said
        assert (await visit.post(START, name="Another", country="GB")).status_code == 404, "it has its name"


async def test_a_business_of_its_own_is_led_to_a_connection_without_a_word_of_practices(tmp_path: Path) -> None:
    first = FirstOrganization("Quay Editing", "IE", "owner@example.com", kind=OrganizationKind.STANDARD)
    async with AsyncExitStack() as stack:
        store, clock = await stack.enter_async_context(open_store(begin_folder(tmp_path / "data"))), SettableClock()
        owner, _ = await start_installation(store, clock, first)
        site = await stack.enter_async_context(site_of(store, clock))
        visit = await sign_in(site, Office(store=store, principal=owner, clock=clock, hashing=CHEAP))
        start = (await visit.get("/")).headers["location"]
        assert start == "/o/quay-editing/start"
        page = await visit.get(start)
        said = text_of(page)
        assert "Before the first live invoice is still missing:" in said
        assert f"{HERE}/mcp/quay-editing" in said
        for never in ("practice", "Partner", "first client", "data-switcher"):
            assert never not in page.text, never


async def test_who_only_reads_is_asked_for_nothing(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        viewer = await sign_in(home.site, await colleague(home.one, home.bakery, "viewer"))
        page = await viewer.get(f"/o/{BAKERY}/start")
        assert "counterfoil serve" not in page.text
        assert "<form" not in page.text.partition("<main")[2].partition("</main>")[0]
        assert (await viewer.post(f"/o/{BAKERY}/start", name="Mine", country="GB")).status_code == 404
        assert f'href="/o/{BAKERY}/start"' not in page.text
