"""The policy human_approval: what is issued in live organizations wants a person's own yes to exactly that document."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import ElicitResult, Implementation

from invoicing.approval.approvals import How
from invoicing.approval.clients import FORCED_PROMPT_META, forces_prompt
from invoicing.organizations import Environment
from invoicing.refusals import Refusal
from operations.access import Office
from operations.configuration.configuring import save_entry
from operations.configuration.entries import Change, Part
from operations.invoices import get_invoice
from operations.onboarding import ClientRequest, create_client_organization
from operations.rights import Right
from server.app import local_server
from storage.books.pool import Books
from tests.support.assistant import ERAS, Assistant, Era, text_of
from tests.support.http import Credentials, Site, real_server, site_of
from tests.support.people import as_seen_by, colleague
from tests.support.practice import Practice, practice
from tools.catalog import CATALOG, DEDICATED_CATALOG

LIVE = "harbour-bakery"
READY: dict[str, Any] = {
    "address": {"line1": "1 Quay", "postal_code": "SW1A 1AA", "city": "London"},
    "tax_number": "GB980780684",
    "email": "till@example.com",
    "iban": "GB33BUKB20201555555555",
}
SALE: dict[str, Any] = {
    "customer": "Hotel Bristol",
    "lines": [{"description": "Work", "quantity": "1", "unit_price": "100"}],
}
CLAUDE_CODE = Implementation(name="claude-code", version="2.1.332")


class Person:
    """Who sits at the client, and answers its forms."""

    def __init__(self, **answer: Any) -> None:
        self.answer = ElicitResult(**answer or {"action": "accept", "content": {"approve": True}})
        self.asked: list[str] = []

    async def __call__(self, _: Any, params: Any) -> ElicitResult:
        self.asked.append(params.message)
        return self.answer


@asynccontextmanager
async def live_client(folder: Path) -> AsyncIterator[tuple[Practice, Books]]:
    """A practice whose policy wants a person, with a live client that can issue."""
    async with practice(folder) as one:
        request = ClientRequest(name="Harbour Bakery", country="GB", environment=Environment.LIVE)
        made = await create_client_organization(one.office, request)
        assert made.created is not None
        async with chat_of(one.office) as chat:
            await chat.ok("update_organization", organization=LIVE, **READY)
        await set_policy(one, "live")
        organization = await as_seen_by(one.office, made.created)
        books = one.books(organization)
        await one.customer(books)
        yield one, books


async def set_policy(one: Practice, value: str) -> None:
    books = one.books(await as_seen_by(one.office, one.organization), Right.CHANGE_SETTINGS)
    await save_entry(one.office, books, Part.POLICY, Change(code="", values={"human_approval": value}), agreed=How.TOOL)


@asynccontextmanager
async def chat_of(
    office: Office, era: Era = "auto", person: Person | None = None, info: Implementation | None = None
) -> AsyncIterator[Assistant]:
    server = await local_server(office, "")
    more: dict[str, Any] = {"elicitation_callback": person} if person else {}
    async with Client(server, mode=era, client_info=info, **more) as client:
        yield Assistant(client)


async def acknowledged(chat: Assistant) -> str:
    """A live draft with the codes of its warnings, ready to be issued."""
    return str((await chat.ok("draft_invoice", organization=LIVE, **SALE))["draft"])


async def issue(chat: Assistant, draft: str) -> Any:
    shown = await chat.ok("draft_invoice", organization=LIVE, draft=draft)
    codes = [one["code"] for one in shown["warnings"]]
    return await chat.call("issue_invoice", organization=LIVE, draft=draft, acknowledge=codes)


@pytest.mark.parametrize("era", ERAS)
async def test_a_person_says_yes_by_the_clients_form_and_it_stays_with_the_document(tmp_path: Path, era: Era) -> None:
    async with live_client(tmp_path) as (one, books):
        person = Person()
        async with chat_of(one.office, era, person) as chat:
            result = await issue(chat, await acknowledged(chat))
            assert not result.is_error, text_of(result)
            number = result.structured_content["invoice"]["number"]
        (question,) = person.asked
        assert '120.00 GBP: Issue invoice INV-2026-00001 to "Hotel Bristol" for "Harbour Bakery"' in question
        (given,) = (await get_invoice(books, number)).approvals
        assert (given.how, given.decided_by, given.workflow) == (How.ELICITATION, one.principal.label, "")


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize(
    "answer",
    [{"action": "decline"}, {"action": "cancel"}, {"action": "accept", "content": {"approve": False}}],
    ids=["decline", "cancel", "no"],
)
async def test_what_nobody_agreed_to_is_kept_as_a_draft(tmp_path: Path, era: Era, answer: dict[str, Any]) -> None:
    async with live_client(tmp_path) as (one, _), chat_of(one.office, era, Person(**answer)) as chat:
        draft = await acknowledged(chat)
        result = await issue(chat, draft)
        assert text_of(result).split("\n")[1] == "Not issued: the person who was asked has not said yes."
        assert (result.structured_content["invoice"], result.structured_content["draft"]) == (None, draft)
        assert (await chat.ok("find_invoices", organization=LIVE))["invoices"] == []


@pytest.mark.parametrize("era", ERAS)
async def test_a_client_that_cannot_ask_issues_nothing_and_is_told_which_can(tmp_path: Path, era: Era) -> None:
    # On a local connection the tools are listed before the policy is known, so that no forced prompt counts.
    async with live_client(tmp_path) as (one, _), chat_of(one.office, era, info=CLAUDE_CODE) as chat:
        result = await issue(chat, await acknowledged(chat))
        assert "claude-code from 2.1.332 on" in text_of(result).split("\n")[1]
        assert result.structured_content["invoice"] is None


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("path", ["/mcp", f"/mcp/{LIVE}"])
async def test_a_client_that_forces_its_prompt_is_listed_the_tools_that_ask_and_counts(
    tmp_path: Path, era: Era, path: str
) -> None:
    async with live_client(tmp_path) as (one, books):
        token = await Credentials.of(one).token()
        async with site_of(one.store, one.clock) as site:
            async with site_chat(site, token, path, era, CLAUDE_CODE) as chat:
                listed = CATALOG if path == "/mcp" else DEDICATED_CATALOG
                asking = {tool.name for tool in listed if tool.asks}
                assert await forced(chat) == asking >= {"issue_invoice", "issue_credit_note", "decide_approval"}
                result = await issue(chat, await acknowledged(chat))
                number = result.structured_content["invoice"]["number"]
            async with site_chat(
                site, token, path, era, Implementation(name="claude-code", version="2.1.331")
            ) as older:
                result = await issue(older, await acknowledged(older))
                assert result.structured_content["invoice"] is None
        (given,) = (await get_invoice(books, number)).approvals
        assert given.how is How.FORCED_PROMPT


async def test_over_http_too_a_person_is_asked_by_the_clients_form(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with live_client(data) as (one, books):
        token, organization = await Credentials.of(one).token(), books.organization
    async with real_server(data) as server:
        for era, path in zip(ERAS, ("/mcp", f"/mcp/{organization.handle}"), strict=True):
            person = Person()
            async with site_chat(server.site, token, path, era, CLAUDE_CODE, elicitation_callback=person) as chat:
                result = await issue(chat, await acknowledged(chat))
                invoice = result.structured_content["invoice"]["number"]
                credited = await chat.ok("issue_credit_note", organization=LIVE, invoice=invoice, reason="Returned")
                note = credited["credit_note"]["number"]
                shown = await chat.ok("get_invoice", organization=LIVE, invoice=note)
            assert len(person.asked) == 2, "a form goes before a forced prompt"
            assert [one["how"] for one in shown["invoice"]["approvals"]] == ["elicitation"]


@pytest.mark.parametrize("era", ERAS)
async def test_a_step_is_approved_by_a_person_as_well(tmp_path: Path, era: Era) -> None:
    async with live_client(tmp_path) as (one, books):
        await save_entry(one.office, books, Part.WORKFLOWS, Change(code="ALL", values={"steps": "owner"}))
        async with chat_of(one.office, era) as alone:
            waiting = (await issue(alone, await acknowledged(alone))).structured_content["approval"]["id"]
            decision = {"organization": LIVE, "document": waiting, "decision": "approve"}
            assert (await alone.refused("decide_approval", **decision))["code"] == "not_allowed"
        person = Person()
        async with chat_of(one.office, era, person) as chat:
            decided = await chat.ok("decide_approval", **decision, comment="Yes")
        assert "Approve invoice" in person.asked[0]
        (given,) = (await get_invoice(books, decided["invoice"]["number"])).approvals
        assert (given.how, given.workflow, given.comment) == (How.ELICITATION, "ALL", "Yes")


@pytest.mark.parametrize("era", ERAS)
async def test_what_is_listed_never_depends_on_the_active_organization(tmp_path: Path, era: Era) -> None:
    async with live_client(tmp_path) as (one, _):
        sandbox = await one.client("Finch Studio")
        credentials = Credentials.of(one)
        async with site_of(one.store, one.clock) as site:
            async with site_chat(site, await credentials.token(), "/mcp", era) as chat:
                before = await forced(chat)
                await chat.switch(sandbox.handle)
                assert await forced(chat) == before != set()
            async with site_chat(site, await credentials.token(), f"/mcp/{sandbox.handle}", era) as dedicated:
                assert await forced(dedicated) == set(), "nothing there is live"
        await set_policy(one, "off")
        async with (
            site_of(one.store, one.clock) as site,
            site_chat(site, await credentials.token(), "/mcp", era) as chat,
        ):
            assert await forced(chat) == set()


@pytest.mark.parametrize(("value", "told"), [("page", "sign-in"), ("always", "off or live")])
async def test_a_policy_that_nothing_can_satisfy_is_refused(tmp_path: Path, value: str, told: str) -> None:
    async with practice(tmp_path) as one:
        with pytest.raises(Refusal, match=told):
            await set_policy(one, value)


async def test_the_policy_is_an_owners_and_not_a_clients(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        client = await one.client("Harbour Bakery")
        accountant = await colleague(one, one.organization, "accountant")
        for office, organization in ((accountant, one.organization), (one.office, client)):
            books = one.books(await as_seen_by(office, organization), Right.CHANGE_SETTINGS)
            with pytest.raises(Refusal):
                await save_entry(office, books, Part.POLICY, Change(code="", values={"human_approval": "live"}))


@pytest.mark.parametrize(
    ("name", "version", "known"),
    [
        ("claude-code", "2.1.332", True),
        ("claude-code", "3.0.0", True),
        ("claude-code", "2.1.331", False),
        ("claude-code", "2.1.332-beta", False),
        ("claude-code", "2.1", False),
        ("claude-code", "", False),
        ("Claude-Code", "9.9.9", False),
        ("cursor", "9.9.9", False),
    ],
)
def test_only_known_clients_are_counted_on(name: str, version: str, known: bool) -> None:
    assert forces_prompt(name, version) is known


@asynccontextmanager
async def site_chat(
    site: Site, token: str, path: str, era: Era, info: Implementation | None = None, **answering: Any
) -> AsyncIterator[Assistant]:
    async with (
        site.http(token) as http,
        Client(
            streamable_http_client(site.url + path, http_client=http), mode=era, client_info=info, **answering
        ) as client,
    ):
        yield Assistant(client)


async def forced(chat: Assistant) -> set[str]:
    """The tools that a client must show to its user before it calls them."""
    listed = (await chat.client.list_tools()).tools
    return {tool.name for tool in listed if (tool.meta or {}).get(FORCED_PROMPT_META) is True}
