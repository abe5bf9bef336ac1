"""What a practice lets a client's own people do: who says it, where, and what is on record of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from invoicing.organizations import EVERYTHING, ClientMay, OrganizationRef, Role, client_may_text
from invoicing.refusals import Conflict, InvalidInput, NotAllowed
from operations.access import Office, require
from operations.authentication import Presented, authenticate
from operations.credentials import create_token
from operations.membership import invite_user, remove_user
from operations.profile import update_organization
from operations.rights import Right
from storage.books.pool import BOOKS_FILE, ORGANIZATIONS_FOLDER
from tests.support.people import as_seen_by, colleague, refusal
from tests.support.practice import Practice, practice
from tests.support.raw import raw

BAKERY = "harbour-bakery-sandbox"


async def set_by(office: Office, one: Practice, client: OrganizationRef, words: str) -> None:
    """Set the policy as somebody does who has the client open."""
    books = replace(one.books(client), organization=await as_seen_by(office, client))
    await update_organization(office, books, {"client_may": words})


def recorded(one: Practice, client: OrganizationRef) -> list[object]:
    """The changes of the policy in the client's audit trail, each before and after."""
    path = one.root / ORGANIZATIONS_FOLDER / client.id / BOOKS_FILE
    query = "SELECT detail FROM audit_entries WHERE act = 'update_organization' ORDER BY position"
    with raw(path) as connection:
        return [json.loads(detail)["changed"]["client_may"] for (detail,) in connection.execute(query)]


async def test_what_is_let_is_let_at_this_client_from_now_on_and_taken_back(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery, studio = one.first_client, await one.client("Finch Studio")
        owners = [await colleague(one, client, "owner") for client in (bakery, studio)]
        await set_by(one.office, one, bakery, "bank_account Policy")
        seen, elsewhere = [await as_seen_by(office, at) for office, at in zip(owners, (bakery, studio), strict=True)]
        assert seen.client_may == {ClientMay.POLICY, ClientMay.BANK_ACCOUNT}
        await update_organization(owners[0], one.books(seen), {"bank_name": "Harbour Bank"})
        refused = await refusal(update_organization(owners[1], one.books(elsewhere), {"bank_name": "Harbour Bank"}))
        assert isinstance(refused, NotAllowed)
        await set_by(one.office, one, bakery, "")
        again = await refusal(
            update_organization(owners[0], one.books(await as_seen_by(owners[0], bakery)), {"bic": ""})
        )
        assert isinstance(again, NotAllowed)


async def test_each_change_of_what_is_let_is_in_the_clients_audit_trail(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery = one.first_client
        for words in ("draft", "people draft", ""):
            await set_by(one.office, one, bakery, words)
        assert recorded(one, bakery) == [["", "draft"], ["draft", "draft people"], ["draft people", ""]]


async def test_a_copy_does_not_let_its_client_what_the_source_was_let(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery = one.first_client
        await set_by(one.office, one, bakery, client_may_text(ClientMay))
        assert (await one.client("Finch Studio", copy_from=BAKERY)).client_may == frozenset()


async def test_nobody_lets_what_is_not_theirs_to_do(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery = one.first_client
        accountant = await colleague(one, one.organization, "accountant")
        refused = await refusal(set_by(accountant, one, bakery, "draft people"))
        assert (type(refused), refused.field) == (NotAllowed, "client_may")
        await set_by(one.office, one, bakery, "people")
        # What the owner lets stays let, and whoever lets may take it back.
        for words in ("people draft", "draft"):
            await set_by(accountant, one, bakery, words)
        assert (await as_seen_by(one.office, bakery)).client_may == {ClientMay.DRAFT}


async def test_only_a_client_is_let_and_only_what_there_is_a_word_for(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery = one.first_client
        assert isinstance(await refusal(set_by(one.office, one, one.organization, "draft")), Conflict)
        for words in ("issue", "draft,policy", "named_writes"):
            refused = await refusal(set_by(one.office, one, bakery, words))
            assert (type(refused), refused.field) == (InvalidInput, "client_may")
        assert (await as_seen_by(one.office, bakery)).client_may == frozenset()


async def test_a_clients_user_who_is_let_drafts_over_the_clients_own_connection_and_does_nothing_else(
    tmp_path: Path,
) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery = one.first_client
        await invite_user(one.office, bakery, "ana@example.com", role=Role.CLIENT)
        presented = Presented((await create_token(one.office, "ana@example.com", scopes=EVERYTHING)).secret, BAKERY)
        # A step of a workflow may name the client's own people, who then decide it.
        assert (await authenticate(one.store, one.clock, presented)).scopes == {"read", "issue"}
        await set_by(one.office, one, bakery, "draft")
        request = await authenticate(one.store, one.clock, presented)
        assert request.scopes == {"read", "draft", "issue"}
        assert request.organization is not None
        require(Right.DRAFT, request.organization, request.principal)
        for act in set(Right) - {Right.READ, Right.DRAFT, Right.DECIDE_APPROVAL}:
            with pytest.raises(NotAllowed):
                require(act, request.organization, request.principal)


async def test_an_owner_of_a_client_who_is_let_says_who_belongs_to_it(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery = one.first_client
        owner = await colleague(one, bakery, "owner")
        await set_by(one.office, one, bakery, "people")
        seen = await as_seen_by(owner, bakery)
        await invite_user(owner, seen, "ana@example.com", role=Role.ACCOUNTANT)
        assert (await remove_user(owner, seen, "ana@example.com")).email == "ana@example.com"
