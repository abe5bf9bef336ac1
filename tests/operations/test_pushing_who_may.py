"""Who pushes configuration, and to which clients: those that are named, within reach and in use."""

from __future__ import annotations

from pathlib import Path

from invoicing.organizations import Environment, Role
from invoicing.refusals import Conflict, NotAllowed, NotFound
from operations.configuration.configuring import save_entry
from operations.configuration.entries import Change, Part
from operations.onboarding import ClientRequest, create_client_organization
from operations.pushing.pushing import ClientState
from storage.directory import users
from tests.operations.test_pushing import BAKERY, FINCH, entries, push, save, states, told, two_clients
from tests.support.people import another_practice, archive, colleague, refusal
from tests.support.practice import practice


async def test_only_clients_within_reach_are_named_and_archived_ones_are_left_out(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        bakery, finch = await two_clients(one)
        _, foreign = await another_practice(one)
        await save(one, one.organization, Part.ACCOUNTS, "4777", name="Filing fees", type="income")
        for handle in (foreign.handle, one.organization.handle, "nobody-sandbox"):
            refused = await refusal(push(one.office, "accounts", clients=(BAKERY, handle)))
            assert (type(refused), refused.field) == (NotFound, "clients"), handle
        assert "4777" not in await entries(one, bakery, Part.ACCOUNTS)
        assert (await refusal(push(one.office, "accounts", clients=()))).field == "clients"
        assert (await refusal(push(one.office, "periods"))).field == "parts"
        archive(one, finch.organization)
        assert states(await push(one.office, "accounts")) == {
            BAKERY: ClientState.CHANGED,
            FINCH: ClientState.ARCHIVED,
        }
        assert states(await push(one.office, "accounts", clients=(FINCH,))) == {FINCH: ClientState.ARCHIVED}


async def test_a_live_client_is_changed_where_it_is_named_alone(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        await one.client("Finch Studio")
        request = ClientRequest(name="Live One", country="GB", environment=Environment.LIVE)
        live = (await create_client_organization(one.office, request)).created
        assert live is not None
        await save(one, one.organization, Part.ACCOUNTS, "4777", name="Filing fees", type="income")
        for named in ((), ("*",)):
            dry = await push(one.office, "accounts", dry_run=True, clients=named)
            assert set(states(dry).values()) == {ClientState.CHANGED}
        pushed = await push(one.office, "accounts")
        assert states(pushed) == {FINCH: ClientState.CHANGED, live.handle: ClientState.UNNAMED}
        assert "4777" not in await entries(one, one.books(live), Part.ACCOUNTS)
        assert states(await push(one.office, "accounts", clients=(live.handle,))) == {live.handle: ClientState.CHANGED}


async def test_it_is_for_the_heads_of_the_practice_to_do(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        bakery, _ = await two_clients(one)
        await save(one, one.organization, Part.ACCOUNTS, "4777", name="Filing fees", type="income")
        staff = await colleague(one, one.organization, "accountant", all_clients=False, clients=[bakery.organization])
        theirs = await colleague(one, bakery.organization, "owner")
        viewer = await colleague(one, one.organization, "viewer")
        for office in (staff, theirs, viewer):
            assert isinstance(await refusal(push(office, "accounts", dry_run=True)), NotAllowed)
        accountant = await colleague(one, one.organization, "accountant")
        await one.store.directory.write(
            lambda db: users.add_membership(db, accountant.principal.user_id, bakery.organization.id, Role.VIEWER)
        )
        # Where a lower role stands at a client, the practice's is not theirs.
        assert states(await push(accountant, "accounts")) == {
            BAKERY: ClientState.REFUSED,
            FINCH: ClientState.CHANGED,
        }
        archive(one, one.organization)
        assert isinstance(await refusal(push(one.office, "accounts", partner=one.organization.handle)), Conflict)


async def test_a_workflow_that_asks_an_owner_is_pushed_by_an_owner_alone(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        bakery, _ = await two_clients(one)
        accountant = await colleague(one, one.organization, "accountant")
        asks = Change(code="BIG", values={"steps": "owner, not preparer", "conditions": "total > 1000 GBP"})
        await save_entry(one.office, bakery, Part.WORKFLOWS, asks)
        await save(one, one.organization, Part.WORKFLOWS, "BIG", steps="accountant")
        for dry_run in (True, False):
            pushed = await push(accountant, "workflows", clients=(BAKERY,), dry_run=dry_run)
            ((_, action, because),) = told(pushed, BAKERY)
            assert (action, because) == ("refused", "it asks an owner: an owner alone changes or withdraws it")
        assert (await entries(one, bakery, Part.WORKFLOWS))["BIG"].values["steps"] == "1: owner, not preparer"
        again = ClientRequest(
            name="Harbour Bakery",
            country="GB",
            handle=BAKERY,
            copy_from=one.organization.handle,
            repeats_entity_layer=True,
        )
        assert isinstance(await refusal(create_client_organization(accountant, again)), NotAllowed)
        assert told(await push(one.office, "workflows", clients=(BAKERY,)), BAKERY) == [
            ("workflows BIG", "updated", "")
        ]
