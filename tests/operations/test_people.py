"""Who acts on a local connection: a user of the directory, and never what a call says of itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from invoicing.organizations import EVERYTHING, CredentialKind, OrganizationRef
from invoicing.refusals import Conflict, InvalidInput, NotAllowed, NotFound
from operations.access import Office, open_books
from operations.credentials import create_key, create_token
from operations.people import LOCAL_OWNER_EMAIL, acting, list_people, named_now, rename_user
from operations.practices import local_owner, start_unnamed
from operations.profile import update_organization
from operations.rights import Right
from server.app import find_organization
from storage.books.pool import Books
from tests.support.begun import begin_folder
from tests.support.clock import SettableClock
from tests.support.people import another_practice, colleague, refusal
from tests.support.practice import Practice, practice
from tests.support.raw import raw, take_away
from tests.support.stores import open_store

ANA = "ana@larkfield.example"
COMPLETION = {"name": "Larkfield", "country": "GB"}


@asynccontextmanager
async def unnamed(root: Path) -> AsyncIterator[tuple[Office, OrganizationRef]]:
    """The office of an owner who has no address yet, and the practice without a name."""
    clock = SettableClock()
    async with open_store(begin_folder(root)) as store:
        office = Office(store, await start_unnamed(store, clock), clock)
        yield office, await find_organization(office, "practice")


def books_of(office: Office, organization: OrganizationRef) -> Books:
    return open_books(office, organization, Right.ISSUE)


def trail(office: Office, organization: OrganizationRef) -> list[tuple[str, str]]:
    """By whom each act of an organization's audit trail was done."""
    file = office.store.root / "organizations" / organization.id / "books.db"
    with raw(file) as connection:
        return list(connection.execute("SELECT act, principal FROM audit_entries ORDER BY position"))


async def test_the_owner_gets_an_address_and_only_later_entries_show_it(tmp_path: Path) -> None:
    """E11: the audit trail on stdio said owner@localhost for ever."""
    async with unnamed(tmp_path) as (office, one):
        await update_organization(office, books_of(office, one), COMPLETION)
        named = await acting(office, " Ana@Larkfield.example ")
        assert (named.principal.label, named.principal.user_id) == (ANA, office.principal.user_id)
        await update_organization(named, books_of(named, one), {"name": "Larkfield & Co"})
        assert trail(office, one) == [
            ("create_organization", LOCAL_OWNER_EMAIL),
            ("update_organization", LOCAL_OWNER_EMAIL),
            ("rename_user", LOCAL_OWNER_EMAIL),
            ("update_organization", ANA),
        ]
        assert (await local_owner(office.store)) == named.principal
        assert (await acting(office, ANA)).principal == named.principal


async def test_an_assistant_states_the_address_once_with_what_completes_the_practice(tmp_path: Path) -> None:
    async with unnamed(tmp_path) as (office, one):
        await update_organization(office, books_of(office, one), {**COMPLETION, "owner_email": ANA})
        named = await named_now(office)
        assert named.principal.label == ANA
        # The same call again changes nothing; another address is the owner's own to give.
        await update_organization(named, books_of(named, one), {"owner_email": ANA.upper()})
        again = await refusal(update_organization(named, books_of(named, one), {"owner_email": "boss@example.com"}))
        assert (type(again), again.field) == (Conflict, "owner_email")
        assert [(one.email, one.role) for one in await list_people(office)] == [(ANA, "owner")]


async def test_an_address_that_is_none_leaves_everything_as_it_was(tmp_path: Path) -> None:
    async with unnamed(tmp_path) as (office, one):
        before = trail(office, one)
        for wrong in ("Ana", "ana@larkfield.example (by order)", "a@b@c", "", "crd_1@credential"):
            changes = {**COMPLETION, "owner_email": wrong}
            assert isinstance(await refusal(update_organization(office, books_of(office, one), changes)), InvalidInput)
            assert isinstance(await refusal(acting(office, wrong)), InvalidInput)
        assert (trail(office, one), (await named_now(office)).principal) == (before, office.principal)


async def test_of_two_connections_that_name_the_owner_at_once_one_does(tmp_path: Path) -> None:
    async with unnamed(tmp_path) as (office, _):
        both = await asyncio.gather(acting(office, ANA), acting(office, "ben@example.com"), return_exceptions=True)
        assert sorted(type(each).__name__ for each in both) == ["Conflict", "Office"]


async def test_nobody_becomes_somebody_else_over_http(tmp_path: Path) -> None:
    """There a credential says who acts: with its address changed, the trail would name a person who did nothing."""
    async with unnamed(tmp_path) as (office, one):
        far = replace(office, with_credential=True)
        stated = {**COMPLETION, "owner_email": ANA}
        assert isinstance(await refusal(update_organization(far, books_of(far, one), stated)), NotAllowed)
        assert isinstance(await refusal(rename_user(far, LOCAL_OWNER_EMAIL, ANA)), NotAllowed)
        assert (await named_now(office)).principal == office.principal


@pytest.mark.parametrize("role", ["accountant", "viewer"])
async def test_only_an_owner_names_the_owner(tmp_path: Path, role: str) -> None:
    async with practice(tmp_path) as one:
        other = await colleague(one, one.organization, role)
        reached = await find_organization(other, one.organization.handle)
        assert isinstance(await refusal(rename_user(other, "owner@example.com", ANA)), NotAllowed)
        if role == "accountant":
            stated = update_organization(other, books_of(other, reached), {"owner_email": ANA})
            assert isinstance(await refusal(stated), NotAllowed)
        rival, _ = await another_practice(one)
        assert isinstance(await refusal(rename_user(rival, "owner@example.com", ANA)), NotAllowed)


async def test_an_address_is_one_users_alone(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        other = await colleague(one, one.organization, "accountant")
        taken = other.principal.label
        assert isinstance(await refusal(rename_user(one.office, "owner@example.com", taken)), Conflict)
        assert (await acting(one.office, taken)).principal == other.principal
        unknown = await refusal(acting(one.office, "boss@example.com"))
        assert (type(unknown), unknown.field) == (NotFound, "user")
        assert isinstance(await refusal(rename_user(one.office, "boss@example.com", ANA)), NotFound)


async def test_nobody_acts_as_the_user_of_a_key(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        made = await create_key(one.office, one.organization, "Till", kind=CredentialKind.KEY, scopes=EVERYTHING)
        service = f"{made.credential_id}@credential"
        assert isinstance(await refusal(acting(one.office, service)), NotFound)
        assert isinstance(await refusal(rename_user(one.office, service, ANA)), NotFound)
        assert [person.email for person in await list_people(one.office)] == ["owner@example.com"]


async def test_a_new_address_mends_a_mistyped_one_and_tokens_follow(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        await create_token(one.office, "owner@example.com", scopes=EVERYTHING)
        assert await rename_user(one.office, "OWNER@example.com", ANA) == ANA
        assert ("rename_user", "owner@example.com") in trail(one.office, one.organization)
        assert isinstance(await refusal(create_token(one.office, "owner@example.com", scopes=EVERYTHING)), NotFound)
        await create_token(one.office, ANA, scopes=EVERYTHING)


async def test_a_client_has_no_owner_to_name(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        await rename_user(one.office, "owner@example.com", LOCAL_OWNER_EMAIL)
        office = await named_now(one.office)
        client = await Practice(office, one.clock, one.organization).client("Harbour Bakery")
        refused = await refusal(update_organization(office, books_of(office, client), {"owner_email": ANA}))
        assert (type(refused), refused.field) == (Conflict, "owner_email")


async def test_a_practice_out_of_service_keeps_nobody_from_saying_who_they_are(tmp_path: Path) -> None:
    async with unnamed(tmp_path) as (office, one):
        take_away(tmp_path / "organizations" / one.id / "books.db")
        assert (await acting(office, ANA)).principal.label == ANA
        assert (await named_now(office)).principal.label == ANA
