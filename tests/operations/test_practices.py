"""The first organization of a data folder: the practice, named or not yet, or a single business."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from invoicing.organizations import OrganizationKind
from invoicing.refusals import Conflict, InvalidInput, NotAllowed
from operations.access import Office
from operations.layer_outcomes import states_by_layer
from operations.naming import Caller, PracticeConnection, name_organization
from operations.onboarding import ClientRequest, create_client_organization
from operations.organizations import list_clients
from operations.practices import FirstOrganization, local_owner, organization_kind, start_installation, start_unnamed
from operations.profile import update_organization
from server.app import find_organization
from storage.books.profile import load_profile
from storage.directory.access_queries import reachable_by_handle
from tests.support.begun import begin_folder
from tests.support.clock import SettableClock
from tests.support.people import refusal
from tests.support.practice import Practice, practice
from tests.support.stores import open_store

FIRST = FirstOrganization(name="Ledger & Co", country="GB", email="owner@example.com")


async def test_an_unnamed_practice_is_completed_once_and_keeps_its_country(tmp_path: Path) -> None:
    clock = SettableClock()
    async with open_store(begin_folder(tmp_path)) as store:
        office = Office(store, await start_unnamed(store, clock), clock)
        again = await start_unnamed(store, clock)
        assert again == office.principal == await local_owner(store)
        reach = office.principal.reach
        unnamed = await store.directory.read(lambda db: reachable_by_handle(db, reach, "practice"))
        assert unnamed is not None
        one = Practice(office, clock, unnamed)
        assert (unnamed.kind, unnamed.environment, unnamed.country) == ("partner", "live", "")
        books, copy = one.books(unnamed), ClientRequest(name="Bakery", country="GB", copy_from="practice")
        assert (
            await refusal(update_organization(office, books, {"iban": "GB33BUKB20201555555555"}))
        ).field == "country"
        assert isinstance(await refusal(create_client_organization(office, copy)), Conflict)
        completion = {"name": "Larkfield", "country": "gb", "email": "hello@larkfield.example"}
        renamed, shown = await update_organization(office, books, completion)
        assert (renamed.organization.name, renamed.organization.handle) == ("Larkfield", "practice")
        assert (renamed.organization.country, renamed.organization.currency) == ("GB", "GBP")
        assert shown.settings.sources["organization"] == "country file GB"
        assert {code for code, _ in shown.settings.series} == {"INVOICES", "CREDIT-NOTES"}
        await update_organization(office, books, {"country": "GB", "name": "Larkfield & Co"})
        conflict = await refusal(update_organization(office, books, {"country": "DE"}))
        assert (type(conflict), conflict.field) == (Conflict, "country")
        assert states_by_layer((await create_client_organization(office, copy)).outcomes)["organization"] == "copied"


async def test_a_single_business_has_no_clients_and_need_never_be_named(tmp_path: Path) -> None:
    clock = SettableClock()
    async with open_store(begin_folder(tmp_path)) as store:
        principal, business = await start_installation(store, clock, replace(FIRST, kind=OrganizationKind.STANDARD))
        office = Office(store, principal, clock)
        assert (business.kind, business.partner_id, business.handle) == (OrganizationKind.STANDARD, "", "ledger-co")
        refused = await refusal(create_client_organization(office, ClientRequest(name="Bakery", country="GB")))
        assert isinstance(refused, NotAllowed)
        listing = list_clients(office, partner="", query="", cursor="", limit=10)
        assert isinstance(await refusal(listing), NotAllowed)
        caller = Caller(office, PracticeConnection(), "", protocol_has_sessions=False)
        named = await name_organization(caller, organization="", session="", changing=True)
        assert named == business


async def test_a_data_folder_has_one_beginning(tmp_path: Path) -> None:
    clock = SettableClock()
    async with open_store(begin_folder(tmp_path)) as store:
        for wrong in (replace(FIRST, email="nobody"), replace(FIRST, country="XX")):
            assert isinstance(await refusal(start_installation(store, clock, wrong)), InvalidInput)
        with pytest.raises(InvalidInput):
            organization_kind("company")
        begun = await asyncio.gather(
            *(start_installation(store, clock, FIRST) for _ in range(3)), return_exceptions=True
        )
        assert sum(not isinstance(each, BaseException) for each in begun) == 1
        assert {type(each) for each in begun if isinstance(each, BaseException)} == {Conflict}
        assert len(list((tmp_path / "organizations").iterdir())) == 1


async def test_of_many_renames_at_once_the_directory_shows_what_the_books_say(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        client = await one.client("Finch Studio")
        names = [f"Finch {number}" for number in range(12)]
        async with anyio.create_task_group() as tasks:
            for name in names:
                tasks.start_soon(update_organization, one.office, one.books(client), {"name": name})
        found = await find_organization(one.office, client.handle)
        assert found.name == (await one.books(found).read(load_profile)).name
