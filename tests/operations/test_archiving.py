"""An archived organization is read by name and not changed, listed or counted; it can be brought back."""

from __future__ import annotations

from pathlib import Path

import pytest

from invoicing.organizations import Role
from invoicing.refusals import Conflict, NotAllowed
from operations.access import open_books
from operations.customers import find_customers
from operations.membership import invite_user
from operations.organizations import all_organizations
from operations.people import acting
from operations.profile import update_organization
from operations.rights import Right
from operations.verification import verify_books
from tests.support.people import as_seen_by
from tests.support.practice import Practice, practice

BAKERY = "harbour-bakery-sandbox"


async def listed(one: Practice) -> set[str]:
    return {found.handle for found in await all_organizations(one.office, archived=False)}


async def test_it_goes_out_of_the_lists_and_comes_back_as_it_was(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        customer = await one.customer(books)
        archived, _ = await update_organization(one.office, books, {"archived": True})
        assert archived.organization.archived
        assert BAKERY not in await listed(one)
        with pytest.raises(Conflict, match="archived"):
            one.books(archived.organization)
        even = open_books(one.office, archived.organization, Right.UPDATE_PROFILE, even_archived=True)
        with pytest.raises(Conflict, match="Bring it back first"):
            await update_organization(one.office, even, {"footer": "x"})
        back, _ = await update_organization(one.office, even, {"archived": False})
        assert BAKERY in await listed(one)
        now = one.books(back.organization)
        assert (await find_customers(now, query="", cursor="", limit=9)).items == (customer,)
        assert (await verify_books(now)).problem == ""


async def test_saying_it_again_changes_nothing(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        same, _ = await update_organization(one.office, books, {"archived": False})
        assert same == books


async def test_it_is_said_by_itself(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        with pytest.raises(Conflict) as refused:
            await update_organization(one.office, books, {"archived": True, "footer": "x"})
        assert refused.value.field == "archived"
        assert BAKERY in await listed(one)


async def test_a_practice_with_clients_is_not_archived(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        home = one.books(one.organization)
        with pytest.raises(Conflict, match="has clients"):
            await update_organization(one.office, home, {"archived": True})
        await update_organization(one.office, books, {"archived": True})
        await update_organization(one.office, home, {"archived": True})
        assert await listed(one) == set()


async def test_it_is_the_practices_to_do(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        client = one.first_client
        await invite_user(one.office, client, "owner@bakery.example", role=Role.OWNER)
        office = await acting(one.office, "owner@bakery.example")
        seen = await as_seen_by(office, client)
        with pytest.raises(NotAllowed):
            await update_organization(office, open_books(office, seen, Right.UPDATE_PROFILE), {"archived": True})
