"""The naming rule as an assistant meets it, in both protocol eras: no call lands in a client by accident."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from invoicing.approval.approvals import Approval
from invoicing.approval.matching import AskedStep
from invoicing.approval.workflows import Approver
from invoicing.document.documents import Document
from invoicing.organizations import READ_ONLY, Environment, OrganizationRef
from operations.access import Office
from operations.onboarding import ClientRequest, create_client_organization
from storage.books.approvals import save_approval
from storage.books.pool import BOOKS_FILE
from tests.support.assistant import ERAS, Assistant, Era, assistant, text_of
from tests.support.clock import SettableClock
from tests.support.folders import folder_of
from tests.support.people import archive, colleague, in_the_directory
from tests.support.practice import Practice, practice
from tests.support.raw import raw
from tests.support.stores import open_store
from tools.catalog import CATALOG
from tools.description import Effect, Scope

BAKERY, FINCH = "harbour-bakery-sandbox", "finch-studio-sandbox"
LINES = [{"description": "Bookkeeping", "quantity": 1, "unit_price": "10"}]
INVOICE = "TEST-INV-2026-00001"
WAITING = "drf_0199f3a0000070008000000000000001"
CHANGES: dict[str, dict[str, Any]] = {
    "create_client_organization": {"name": "One More", "country": "GB"},
    "push_configuration": {"parts": ["payment_terms"], "clients": [BAKERY]},
    "create_client_api_key": {"organization": BAKERY, "name": "Till"},
    "go_live": {"organization": BAKERY, "dry_run": True},
    "draft_for_clients": {"month": "2026-04", "source": "previous_all", "clients": [BAKERY], "dry_run": False},
    "issue_for_clients": {"documents": [{"organization": BAKERY, "draft": "drf_0"}]},
    "update_organization": {"footer": "Changed"},
    "save_customer": {"name": "One More"},
    "save_item": {"name": "One More"},
    "import_records": {"kind": "customers", "file": "customers.csv", "dry_run": False},
    "draft_invoice": {"customer": "Hotel Bristol", "lines": LINES},
    "issue_invoice": {"customer": "Hotel Bristol", "lines": LINES},
    "issue_credit_note": {"invoice": INVOICE, "reason": "Returned"},
    "decide_approval": {"document": WAITING, "decision": "reject"},
    "record_payment": {"invoice": INVOICE, "amount": "1"},
    "save_configuration": {"part": "mandates", "code": "gb-reverse-charge", "handed_in": "The footer says it"},
}
"""A call of every changing tool, which would succeed if it were allowed."""
IN_AN_ORGANIZATION = tuple(
    name
    for name in CHANGES
    if not (name.startswith(("create_client_", "push_", "go_live")) or name.endswith("_for_clients"))
)


@dataclass(frozen=True, slots=True)
class House:
    """A practice with two sandbox clients, each with the customer Hotel Bristol and an invoice to it."""

    one: Practice
    bakery: OrganizationRef
    finch: OrganizationRef


def with_files(one: Practice) -> Practice:
    """The same, with a folder of files that may be imported."""
    folder = one.root.with_name(f"{one.root.name}-files")
    folder.mkdir()
    (folder / "customers.csv").write_text("name\nOne More\n", "utf-8")
    return replace(one, office=replace(one.office, files_folder=folder))


@asynccontextmanager
async def house(root: Path, clock: SettableClock | None = None) -> AsyncIterator[House]:
    async with practice(root, clock) as one:
        one = with_files(one)
        bakery, finch = await one.client("Harbour Bakery"), await one.client("Finch Studio")
        for client in (bakery, finch):
            books = one.books(client)
            issued = await one.issue(books, (await one.customer(books)).id)
            await books.write(partial(keep_waiting, one, issued.document))
        yield House(one, bakery, finch)


def keep_waiting(one: Practice, document: Document, db: Session) -> None:
    """Something that waits under a known id."""
    steps = (AskedStep("ALL", 1, Approver.OWNER, apart=False),)
    save_approval(db, Approval(WAITING, document, "", steps, (), one.clock(), one.principal.label))


NOTED = tuple(
    line.format(table)
    for table in ("activity", "sessions", "anchors", "anchored_numbers", "latest_moment", "summaries")
    # As a file is dumped, and a schema.
    for line in ('INSERT INTO "{}"', "{} (")
)
"""What the directory notes on the side, some of it a moment later."""


def everything(one: Practice, *organizations: OrganizationRef) -> list[list[str]]:
    """All rows of the directory but its sessions, and of the organizations' books."""
    paths = [one.root / "directory.db", *(folder_of(one.books(each)) / BOOKS_FILE for each in organizations)]
    kept = []
    for path in paths:
        with raw(path) as connection:
            kept.append([line for line in connection.iterdump() if not line.startswith(NOTED)])
    return kept


async def acted_for(conversation: Assistant, **arguments: Any) -> str:
    """For whom a reading call acts: the answer says so in its text and in its data."""
    result = await conversation.call("find_customers", **arguments)
    assert not result.is_error, text_of(result)
    assert isinstance(result.structured_content, dict)
    organization: dict[str, str] = result.structured_content["organization"]
    assert text_of(result).splitlines()[0] == f"{organization['name']} ({organization['handle']})"
    return organization["handle"]


def test_the_table_of_changing_calls_leaves_no_tool_out() -> None:
    changing = {tool.name for tool in CATALOG if tool.effect is not Effect.READS}
    # Switching changes nothing but the conversation's own session.
    assert changing == {*CHANGES, "switch_organization"}
    assert set(IN_AN_ORGANIZATION) == {name for name in CHANGES if _scope(name) is Scope.ORGANIZATION}


def _scope(name: str) -> Scope:
    return next(tool.scope for tool in CATALOG if tool.name == name)


@pytest.mark.parametrize("era", ERAS)
async def test_a_call_that_nothing_names_is_refused_with_the_candidates(tmp_path: Path, era: Era) -> None:
    async with house(tmp_path) as at, assistant(at.one.office, era) as conversation:
        before = everything(at.one, at.one.organization, at.bakery, at.finch)
        for tool in ("find_customers", "get_organization", *IN_AN_ORGANIZATION):
            error = await conversation.refused(tool, **CHANGES.get(tool, {}))
            assert error["code"] == "organization_required"
            assert error["candidates"] == ["ledger-co-sandbox", FINCH, BAKERY]
        assert everything(at.one, at.one.organization, at.bakery, at.finch) == before
        await conversation.ok("save_customer", organization=BAKERY, name="Inn")
        assert (await conversation.refused("find_customers"))["code"] == "organization_required", "no last used one"


@pytest.mark.parametrize("era", ERAS)
async def test_who_switched_and_left_out_the_session_is_told_to_pass_it_on(tmp_path: Path, era: Era) -> None:
    async with house(tmp_path) as at, assistant(at.one.office, era) as conversation:
        refused = await conversation.refused("find_customers")
        assert ("pass on the session that switch_organization" in refused["message"]) is (era == "auto")
        assert ("or call switch_organization first" in refused["message"]) is (era != "auto")


@pytest.mark.parametrize("era", ERAS)
async def test_a_conversation_switches_in_the_middle_and_a_name_in_the_call_does_not_switch(
    tmp_path: Path, era: Era
) -> None:
    async with house(tmp_path) as at, assistant(at.one.office, era) as conversation:
        first = await conversation.switch("Harbour Bakery")
        assert (first["active_organization"], first["previous"]) == (BAKERY, "")
        assert bool(first["session"]) is (era == "auto")
        assert await acted_for(conversation) == BAKERY
        assert await acted_for(conversation, organization=FINCH.upper()) == FINCH
        assert await acted_for(conversation) == BAKERY
        second = await conversation.switch(FINCH)
        assert (second["previous"], second["session"]) == (BAKERY, first["session"])
        assert await acted_for(conversation) == FINCH
        listed = await conversation.ok("list_organizations")
        assert listed["active_organization"] == FINCH
        assert [one["handle"] for one in listed["organizations"] if one["active"]] == [FINCH]


@pytest.mark.parametrize("eras", [("legacy", "legacy"), ("auto", "auto"), ("legacy", "auto")])
async def test_two_conversations_of_one_user_never_see_each_others_active_organization(
    tmp_path: Path, eras: tuple[Era, Era]
) -> None:
    async with house(tmp_path) as at, AsyncExitStack() as open_conversations:
        left, right = [await open_conversations.enter_async_context(assistant(at.one.office, era)) for era in eras]
        await left.switch(BAKERY)
        assert (await right.refused("find_customers"))["code"] == "organization_required"
        assert (await right.ok("list_organizations"))["active_organization"] == ""
        switched = await right.switch(FINCH)
        assert switched["previous"] == ""
        for index in range(3):
            await left.ok("save_customer", name=f"Left {index}")
            await right.ok("save_customer", name=f"Right {index}")
            assert await acted_for(left) == BAKERY
            assert await acted_for(right) == FINCH
        await left.switch(at.one.organization.handle)
        assert await acted_for(right) == FINCH
        kept = {}
        for client in (BAKERY, FINCH):
            found = await right.ok("find_customers", organization=client)
            kept[client] = {one["name"].split()[0] for one in found["customers"]}
        assert kept == {BAKERY: {"Hotel", "Left"}, FINCH: {"Hotel", "Right"}}


@pytest.mark.parametrize("era", ERAS)
async def test_a_dedicated_connection_refuses_every_other_name_alike(tmp_path: Path, era: Era) -> None:
    async with house(tmp_path) as at, assistant(at.one.office, era, organization=BAKERY) as conversation:
        assert await acted_for(conversation) == BAKERY
        assert await acted_for(conversation, organization=BAKERY.upper()) == BAKERY
        before = everything(at.one, at.bakery, at.finch)
        for tool in IN_AN_ORGANIZATION:
            existing = await conversation.refused(tool, **CHANGES[tool], organization=FINCH)
            absent = await conversation.refused(tool, **CHANGES[tool], organization="no-such-one")
            assert existing["code"] == "organization_mismatch"
            assert existing == absent
        assert everything(at.one, at.bakery, at.finch) == before
        assert (await conversation.refused("find_customers", session="ses_x"))["field"] == "session"
        for listed in (await conversation.client.list_tools()).tools:
            assert not {"organization", "session"} & set(listed.input_schema["properties"]), listed.name


@pytest.mark.parametrize("era", ERAS)
async def test_an_unknown_handle_and_one_of_another_practice_answer_alike(tmp_path: Path, era: Era) -> None:
    async with house(tmp_path) as at:
        office = await colleague(at.one, at.bakery, "owner")
        async with assistant(office, era) as conversation:
            for tool in ("find_customers", "switch_organization", "save_customer"):
                arguments = CHANGES.get(tool, {})
                foreign = await conversation.refused(tool, **arguments, organization=FINCH)
                absent = await conversation.refused(tool, **arguments, organization="ghost-studio-sandbox")
                assert foreign["code"] == "not_found"
                assert str(foreign).replace(FINCH, "X") == str(absent).replace("ghost-studio-sandbox", "X")


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("tool", IN_AN_ORGANIZATION)
async def test_a_change_in_a_live_organization_is_named_in_the_call(tmp_path: Path, era: Era, tool: str) -> None:
    async with practice(tmp_path) as begun:
        one = with_files(begun)
        made = await create_client_organization(
            one.office, ClientRequest(name="Live Ltd", country="GB", environment=Environment.LIVE)
        )
        assert made.created is not None
        live = made.created
        await one.customer(one.books(live))
        before = everything(one, live)
        async with assistant(one.office, era) as conversation:
            await conversation.switch("live-ltd")
            assert await acted_for(conversation) == "live-ltd", "reading takes the session"
            error = await conversation.refused(tool, **CHANGES[tool])
            assert (error["code"], error["candidates"]) == ("organization_required", ["live-ltd"])
            assert everything(one, live) == before
            result = await conversation.call(tool, **CHANGES[tool], organization="live-ltd")
            # These go on to what a live organization lacks, and has not; the others succeed.
            lacks = dict.fromkeys(("issue_credit_note", "record_payment", "decide_approval"), "not_found")
            lacks["issue_invoice"] = "not_ready"
            assert result.is_error is (tool in lacks), text_of(result)
            assert not result.is_error or text_of(result).startswith(f"{lacks[tool]}: ")
        async with assistant(one.office, era, organization="live-ltd") as dedicated:
            text = text_of(await dedicated.call(tool, **CHANGES[tool]))
            assert not text.startswith("organization_required")


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("who", ["viewer", "client", "a read-only credential"])
async def test_who_may_only_look_changes_nothing_with_any_tool(tmp_path: Path, era: Era, who: str) -> None:
    async with house(tmp_path) as at:
        if who == "a read-only credential":
            office = replace(at.one.office, principal=replace(at.one.principal, scopes=READ_ONLY))
        else:
            office = await colleague(at.one, at.one.organization, who)
        before = everything(at.one, at.one.organization, at.bakery, at.finch)
        async with assistant(office, era) as conversation:
            await conversation.switch(BAKERY)
            assert await acted_for(conversation) == BAKERY
            for tool, arguments in CHANGES.items():
                assert (await conversation.refused(tool, **arguments))["code"] == "not_allowed", tool
                if tool in IN_AN_ORGANIZATION:
                    named = await conversation.refused(tool, **arguments, organization=FINCH)
                    assert named["code"] == "not_allowed", tool
        async with assistant(office, era, organization=BAKERY) as dedicated:
            for tool in IN_AN_ORGANIZATION:
                assert (await dedicated.refused(tool, **CHANGES[tool]))["code"] == "not_allowed", tool
        assert everything(at.one, at.one.organization, at.bakery, at.finch) == before


@pytest.mark.parametrize("era", ERAS)
async def test_an_archived_organization_is_read_by_name_unlisted_and_unchanged(tmp_path: Path, era: Era) -> None:
    async with house(tmp_path) as at, assistant(at.one.office, era) as conversation:
        await conversation.switch(BAKERY)
        archive(at.one, at.bakery)
        before = everything(at.one, at.bakery)
        assert await acted_for(conversation, organization=BAKERY) == BAKERY
        for tool in IN_AN_ORGANIZATION:
            for how in ({"organization": BAKERY}, {}):
                assert (await conversation.refused(tool, **CHANGES[tool], **how))["code"] == "conflict", tool
        key = await conversation.refused("create_client_api_key", **CHANGES["create_client_api_key"])
        assert key["code"] in ("not_allowed", "conflict")
        assert everything(at.one, at.bakery) == before
        listed = await conversation.ok("list_organizations")
        assert BAKERY not in [one["handle"] for one in listed["organizations"]]
        assert [one["handle"] for one in (await conversation.ok("list_clients"))["clients"]] == [FINCH]
        assert (await conversation.refused("switch_organization", organization="Harbour Bakery"))["code"] == "not_found"


@pytest.mark.parametrize("era", ERAS)
async def test_a_membership_that_ends_between_two_calls_ends_the_access(tmp_path: Path, era: Era) -> None:
    async with house(tmp_path) as at:
        office = await colleague(at.one, at.one.organization, "accountant")
        async with (
            assistant(office, era) as conversation,
            assistant(office, era, organization=BAKERY) as dedicated,
        ):
            await conversation.switch(BAKERY)
            await conversation.ok("save_customer", name="Before")
            in_the_directory(at.one, "DELETE FROM memberships WHERE user_id = ?", office.principal.user_id)
            assert (await conversation.refused("save_customer", name="After"))["code"] == "organization_required"
            assert (await conversation.refused("find_items", organization=BAKERY))["code"] == "not_found"
            assert (await dedicated.refused("find_items"))["code"] == "not_found"
            assert (await conversation.ok("list_organizations"))["organizations"] == []


async def test_a_session_argument_survives_a_restart_of_the_server(tmp_path: Path) -> None:
    clock = SettableClock()
    async with house(tmp_path, clock) as at:
        principal = at.one.principal
        async with assistant(at.one.office) as conversation:
            session = (await conversation.switch(BAKERY))["session"]
    async with open_store(tmp_path) as store, assistant(Office(store, principal, clock)) as conversation:
        assert await acted_for(conversation, session=session) == BAKERY


@pytest.mark.parametrize("era", ERAS)
async def test_an_active_organization_is_forgotten_after_a_day_without_use(tmp_path: Path, era: Era) -> None:
    async with house(tmp_path) as at, assistant(at.one.office, era) as conversation:
        await conversation.switch(BAKERY)
        for _ in range(3):
            at.one.clock.advance(timedelta(hours=23))
            # That a session is used is noted where nobody writes to the directory just then.
            await at.one.store.activity.written()
            assert await acted_for(conversation) == BAKERY
        at.one.clock.advance(timedelta(hours=24))
        assert (await conversation.refused("find_customers"))["code"] == "organization_required"
        await conversation.switch(FINCH)
        assert await acted_for(conversation) == FINCH


async def test_a_handshake_era_conversation_may_state_a_session_and_switch_it(tmp_path: Path) -> None:
    async with house(tmp_path) as at, assistant(at.one.office) as modern, assistant(at.one.office, "legacy") as older:
        session = (await modern.switch(BAKERY))["session"]
        assert (await older.refused("find_customers"))["code"] == "organization_required"
        assert await acted_for(older, session=session) == BAKERY
        await older.ok("switch_organization", organization=FINCH, session=session)
        assert await acted_for(older, session=session) == FINCH
        assert await acted_for(older) == FINCH
        assert (await older.refused("find_customers", session="ses_0"))["code"] == "organization_required"


@pytest.mark.parametrize("era", ERAS)
async def test_switching_with_somebody_elses_session_never_takes_it_over(tmp_path: Path, era: Era) -> None:
    async with house(tmp_path) as at:
        office = await colleague(at.one, at.one.organization, "owner")
        async with assistant(at.one.office) as victim, assistant(office, era) as stranger:
            session = (await victim.switch(BAKERY))["session"]
            assert (await stranger.refused("find_customers", session=session))["code"] == "organization_required"
            switched = await stranger.ok("switch_organization", organization=FINCH, session=session)
            assert (switched["previous"], switched["session"] != session) == ("", True)
            assert await acted_for(victim) == BAKERY
            assert (await stranger.refused("find_customers", session=session))["code"] == "organization_required"


@pytest.mark.parametrize("era", ERAS)
async def test_a_name_that_two_organizations_have_is_never_taken_for_one_of_them(tmp_path: Path, era: Era) -> None:
    async with house(tmp_path) as at, assistant(at.one.office, era) as conversation:
        second = await at.one.client("Finch Studio")
        error = await conversation.refused("switch_organization", organization="FINCH studio")
        assert (error["code"], sorted(error["candidates"])) == (
            "organization_ambiguous",
            sorted([FINCH, second.handle]),
        )
        assert (await conversation.ok("list_organizations"))["active_organization"] == ""
        await conversation.switch(second.handle)
        assert await acted_for(conversation) == second.handle
