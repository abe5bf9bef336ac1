"""Going live: what travels from the sandbox and what stays, all in one moment or not at all."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from invoicing.organizations import EVERYTHING, CredentialKind, Environment, NamedWrites, OrganizationKind, Role
from invoicing.refusals import Conflict, InvalidInput, NotAllowed, NotFound, NotReady
from operations.access import Office, open_books
from operations.configuration.configuring import get_entries, save_entry
from operations.configuration.entries import Change, Part
from operations.credentials import create_key
from operations.customers import find_customers
from operations.going_live import WentLive, go_live
from operations.items import find_items, save_item
from operations.mandates import acknowledge_mandate
from operations.membership import invite_user, remove_user
from operations.naming import Caller, PracticeConnection
from operations.organizations import all_organizations
from operations.people import acting
from operations.profile import update_organization
from operations.rights import Right
from operations.verification import verify_books
from storage.books.carrying import ANEW, STAYS, TRAVELS
from storage.books.pool import Books
from storage.books.profile import load_profile
from storage.books.settings_tables import BOOKS_METADATA
from tests.operations.test_branding import RED, text_of
from tests.support.folders import folder_of
from tests.support.people import archive
from tests.support.practice import Practice, practice
from views.mandates import refused_by

BAKERY, LIVE = "harbour-bakery-sandbox", "harbour-bakery"
READY = {
    "line1": "1 Quay",
    "postal_code": "SW1A 1AA",
    "city": "London",
    "tax_number": "GB980780684",
    "email": "till@example.com",
    "iban": "GB33BUKB20201555555555",
}


async def ready(one: Practice) -> Books:
    """A sandbox client with all that a live one needs."""
    books = one.books(await one.client("Harbour Bakery"))
    books, _ = await update_organization(one.office, books, READY)
    return books


async def live(office: Office, of: str = BAKERY, **asked: Any) -> WentLive:
    caller = Caller(office, PracticeConnection(), "", protocol_has_sessions=False)
    return await go_live(caller, of, **asked)


def test_every_table_of_books_travels_stays_or_is_made_anew() -> None:
    assert sorted([*TRAVELS, *ANEW, *STAYS]) == sorted(BOOKS_METADATA.tables)


async def test_configuration_customers_and_items_travel_and_nothing_that_happened(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = await ready(one)
        customer = await one.customer(books)
        await save_item(books, {"name": "Croissants"}, item_id="")
        await save_entry(
            one.office,
            books,
            Part.SERIES,
            Change(code="SHOP", values={"kind": "invoice", "pattern": "S-{YYYY}-{SEQ}", "next": "40"}),
        )
        await save_entry(
            one.office, books, Part.PAYMENT_TERMS, Change(code="EOM", values={"name": "Month", "days": "0"})
        )
        await one.issue(books, customer.id)
        made = await live(one.office)
        assert made.created is not None
        assert (made.created.handle, made.created.environment, made.created.partner_id) == (
            LIVE,
            Environment.LIVE,
            books.organization.partner_id,
        )
        now = one.books(made.created)
        assert (await now.read(load_profile)).tax_number == READY["tax_number"]
        (kept,) = (await find_customers(now, query="", cursor="", limit=9)).items
        assert (kept.name, kept.id == customer.id) == (customer.name, False)
        assert [item.name for item in (await find_items(now, query="", cursor="", limit=9)).items] == ["Croissants"]
        page = await get_entries(one.office, now, Part.SERIES, cursor="", limit=9)
        series = {entry.code: entry.values for entry in page.items}
        assert series["SHOP"]["next_number"] == "S-2026-1"
        issued = await one.issue(now, kept.id)
        assert issued.document.number == "INV-2026-00001"
        for of in (now, one.books(books.organization, Right.READ)):
            assert (await verify_books(of)).problem == ""


async def test_the_sandbox_is_archived_read_by_name_and_listed_no_more(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = await ready(one)
        customer = await one.customer(books)
        made = await live(one.office)
        assert made.sandbox.archived
        assert BAKERY not in {one.handle for one in await all_organizations(one.office, archived=False)}
        (sandbox,) = (one for one in await all_organizations(one.office, archived=True) if one.handle == BAKERY)
        assert (await find_customers(one.books(sandbox, Right.READ), query="", cursor="", limit=9)).items == (customer,)
        with pytest.raises(Conflict, match="archived"):
            one.books(sandbox)
        with pytest.raises(Conflict, match="archived"):
            await live(one.office)


async def test_people_their_limits_and_the_policy_travel_and_keys_do_not(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = await ready(one)
        await one.client("Finch Studio")
        client = books.organization
        await invite_user(one.office, client, "owner@bakery.example", role=Role.OWNER)
        await invite_user(
            one.office, one.organization, "ana@example.com", role=Role.ACCOUNTANT, clients=[client.handle]
        )
        await create_key(one.office, client, "Till", kind=CredentialKind.KEY, scopes=EVERYTHING, expires_in_days=0)
        await live(one.office)
        for email in ("owner@bakery.example", "ana@example.com"):
            office = await acting(one.office, email)
            reached = {found.handle for found in await all_organizations(office, archived=False)}
            assert LIVE in reached, email
            assert "finch-studio-sandbox" not in reached
        (created,) = (found for found in await all_organizations(one.office, archived=False) if found.handle == LIVE)
        count = text("SELECT count(*) FROM memberships WHERE organization_id = :id").bindparams(id=created.id)
        members = await one.store.directory.read(lambda db: db.connection().execute(count).scalar_one())
        assert members == 1, "the client's own owner, and no key"


async def test_the_logo_goes_along_with_its_bytes(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = await ready(one)
        await update_organization(one.office, books, {"logo": text_of(RED, "data:image/png;base64,")})
        made = await live(one.office)
        assert made.created is not None
        now = one.books(made.created)
        profile = await now.read(load_profile)
        assert (folder_of(now) / profile.logo).read_bytes() == (folder_of(books) / profile.logo).read_bytes()
        assert (await verify_books(now)).problem == ""


async def test_what_is_not_ready_does_not_go_and_a_dry_run_says_what_it_lacks(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        with pytest.raises(NotReady) as refused:
            await live(one.office)
        told = await live(one.office, dry_run=True)
        assert (told.created, told.handle) == (None, LIVE)
        assert [blocker.text for blocker in told.blockers] == [remark.text for remark in refused.value.remarks]
        assert {one.handle for one in await all_organizations(one.office, archived=True)} == {
            BAKERY,
            "ledger-co-sandbox",
        }


async def test_the_mandates_that_will_refuse_documents_are_named_and_nobody_has_acknowledged_them(
    tmp_path: Path,
) -> None:
    async with practice(tmp_path) as one:
        books = one.books(await one.client("Pasticceria", "IT"))
        await acknowledge_mandate(one.office, books, "it-sdi", handed_in="By the practice's own program")
        told = await live(one.office, "pasticceria-sandbox", dry_run=True)
        assert told.mandates is not None
        assert {state.held.mandate.code for state in told.mandates.states} >= {"it-sdi"}
        assert all(state.acknowledgement is None for state in told.mandates.states)
        assert any(named.startswith("it-sdi ") for named in refused_by(told.mandates))


async def test_a_dry_run_of_what_is_ready_makes_nothing(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = await ready(one)
        await one.customer(books)
        told = await live(one.office, handle="quay-bakery", dry_run=True)
        assert (told.created, told.handle, told.blockers, told.carried["customers"]) == (None, "quay-bakery", (), 1)
        assert len(await all_organizations(one.office, archived=True)) == 2


async def test_of_two_at_once_one_goes_live(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        await ready(one)
        found = await asyncio.gather(live(one.office), live(one.office), return_exceptions=True)
        assert sorted(type(one).__name__ for one in found) == ["Conflict", "WentLive"]
        handles = {one.handle for one in await all_organizations(one.office, archived=True)}
        assert handles == {BAKERY, LIVE, "ledger-co-sandbox"}
        assert len(list((tmp_path / "organizations").iterdir())) == 3, "the other one's books are gone"


async def test_what_was_brought_back_goes_live_again_only_when_its_live_organization_is_put_away(
    tmp_path: Path,
) -> None:
    async with practice(tmp_path) as one:
        await ready(one)
        went = await live(one.office)
        assert went.created is not None
        even = open_books(one.office, went.sandbox, Right.UPDATE_PROFILE, even_archived=True)
        await update_organization(one.office, even, {"archived": False})
        for dry_run in (True, False):
            with pytest.raises(Conflict, match="archive that one first"):
                await live(one.office, dry_run=dry_run)
        await update_organization(one.office, one.books(went.created), {"archived": True})
        again = await live(one.office)
        assert again.handle not in (LIVE, BAKERY)


async def test_a_handle_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        await ready(one)
        await live(one.office)
        books = one.books(await one.client("Harbour Bakery"))
        await update_organization(one.office, books, READY)
        made = await live(one.office, books.organization.handle)
        assert made.handle == "harbour-bakery-2"


async def test_a_practice_with_clients_stays_with_them_and_one_without_goes(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = await ready(one)
        await update_organization(one.office, one.books(one.organization), READY | {"named_writes": "always"})
        with pytest.raises(Conflict, match="a practice with clients"):
            await live(one.office, one.organization.handle)
        archive(one, books.organization)
        made = await live(one.office, one.organization.handle)
        assert made.created is not None
        assert (made.created.kind, made.created.named_writes) == (OrganizationKind.PARTNER, NamedWrites.ALWAYS)
        assert made.created.role is Role.OWNER


@pytest.mark.parametrize("handle", ["", "nobody-sandbox"])
async def test_what_is_not_there_does_not_go(tmp_path: Path, handle: str) -> None:
    async with practice(tmp_path) as one:
        with pytest.raises(InvalidInput if not handle else NotFound):
            await live(one.office, handle)


async def test_somebody_who_only_looks_lets_nothing_go_live(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = await ready(one)
        await invite_user(one.office, books.organization, "eye@example.com", role=Role.VIEWER)
        with pytest.raises(NotAllowed):
            await live(await acting(one.office, "eye@example.com"))


async def test_who_sees_only_some_clients_learns_of_no_other_and_takes_no_practice_live(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        client = one.first_client
        await one.client("Secret Client")
        ana = "ana@example.com"
        await invite_user(one.office, one.organization, ana, role=Role.ACCOUNTANT, clients=[client.handle])
        office = await acting(one.office, ana)
        for dry_run in (True, False):
            with pytest.raises(NotAllowed) as refused:
                await live(office, one.organization.handle, dry_run=dry_run)
            assert "secret" not in refused.value.message


async def test_who_is_removed_goes_from_the_archived_sandbox_too(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = await ready(one)
        await invite_user(one.office, books.organization, "eye@example.com", role=Role.VIEWER)
        made = await live(one.office)
        for organization in (made.created, made.sandbox):
            assert organization is not None
            await remove_user(one.office, organization, "eye@example.com")
