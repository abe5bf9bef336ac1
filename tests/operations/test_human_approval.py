"""The policy human_approval: what is issued in live organizations is signed by a person, and no call is enough."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import ElicitRequestParams, ElicitRequestURLParams, ElicitResult

from invoicing.approval.approvals import How
from invoicing.organizations import Environment
from invoicing.refusals import Refusal
from operations.access import Office
from operations.configuration.configuring import save_entry
from operations.configuration.entries import Change, Part
from operations.invoices import get_invoice
from operations.onboarding import ClientRequest, create_client_organization
from operations.rights import Right
from operations.verification import verify_books
from server.app import local_server
from storage.books import checks
from storage.books.pool import Books
from tests.server.test_http_confirmations import modern_that_asks
from tests.support.asking import shake_hands
from tests.support.assistant import ERAS, Assistant, Era, text_of
from tests.support.http import Credentials, Site, message_of, site_of
from tests.support.people import as_seen_by, colleague
from tests.support.practice import Practice, practice
from tests.support.signing import ORIGIN, sign

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
SERVICE: dict[str, Any] = {**SALE, "lines": [{**SALE["lines"][0], "supply": "services"}]}


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
    await save_entry(one.office, books, Part.POLICY, Change(code="", values={"human_approval": value}), agreed=True)


@asynccontextmanager
async def chat_of(office: Office, era: Era = "auto", **client: Any) -> AsyncIterator[Assistant]:
    server = await local_server(office, "")
    async with Client(server, mode=era, **client) as made:
        yield Assistant(made)


async def acknowledged(chat: Assistant) -> str:
    """A live draft with the codes of its warnings, ready to be issued."""
    return str((await chat.ok("draft_invoice", organization=LIVE, **SALE))["draft"])


async def issue(chat: Assistant, draft: str) -> Any:
    shown = await chat.ok("draft_invoice", organization=LIVE, draft=draft)
    codes = [one["code"] for one in shown["warnings"]]
    return await chat.call("issue_invoice", organization=LIVE, draft=draft, acknowledge=codes)


@pytest.mark.parametrize("era", ERAS)
async def test_what_is_issued_by_a_call_waits_for_a_persons_signature(tmp_path: Path, era: Era) -> None:
    async with live_client(tmp_path) as (one, books):
        async with chat_of(replace(one.office, public_url=ORIGIN), era) as chat:
            result = await issue(chat, await acknowledged(chat))
            waiting = result.structured_content["approval"]
            page = f"{ORIGIN}/o/{LIVE}/approvals/{waiting['id']}"
            assert (result.structured_content["invoice"], waiting["page"]) == (None, page)
            told = text_of(result).split("\n")
            assert told[1].startswith("Not issued, it waits for approval: ")
            assert told[2].endswith(f"A person must sign it, signed in at {page}")
            refused = await chat.refused(
                "decide_approval", organization=LIVE, document=waiting["id"], decision="approve"
            )
            assert refused["code"] == "not_allowed"
            assert page in refused["message"]
        made = await sign(books, waiting["id"])
        assert made.issued is not None
        (given,) = (await get_invoice(books, made.issued.document.number)).approvals
        assert (given.how, given.decided_by, given.workflow) == (How.PASSKEY, one.principal.label, "")
        assert (await verify_books(books)).problem == ""


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("signs", [True, False], ids=["signs", "leaves"])
async def test_a_client_that_opens_pages_is_sent_there_and_told_what_became_of_it(
    tmp_path: Path, era: Era, *, signs: bool
) -> None:
    async with live_client(tmp_path) as (one, books):
        opened: list[str] = []

        async def open_page(_: Any, params: ElicitRequestParams) -> ElicitResult:
            assert isinstance(params, ElicitRequestURLParams)
            opened.append(params.url)
            if signs:
                await sign(books, params.url.rpartition("/")[2])
            return ElicitResult(action="accept" if signs else "cancel")

        office = replace(one.office, public_url=ORIGIN)
        async with chat_of(office, era, elicitation_callback=open_page) as chat:
            result = await issue(chat, await acknowledged(chat))
            told, invoice = result.structured_content["approval"], result.structured_content["invoice"]
            (page,) = opened
            if signs:
                assert (told, invoice["number"]) == (None, "INV-2026-00001")
                assert text_of(result).splitlines()[1].startswith("Signed by a person, and issued for good. Issued")
            else:
                assert (told["page"], invoice) == (page, None)
                assert text_of(result).splitlines()[1].startswith("Not issued, it waits for approval")
                assert "it waits still" in result.content[-1].text
            found = await chat.ok("find_invoices", organization=LIVE, status="awaiting_approval")
            assert len(found["invoices"]) == int(not signs), "it waits once"
        assert (await books.read(checks.totals)).documents == int(signs)


@pytest.mark.parametrize("era", ERAS)
async def test_over_http_too_a_client_is_sent_to_the_page(tmp_path: Path, era: Era) -> None:
    async with live_client(tmp_path) as (one, books), site_of(one.store, one.clock) as site:
        token = await Credentials.of(one).token()
        call = {"name": "issue_invoice", "arguments": {"organization": LIVE, **SERVICE}}
        if era == "legacy":
            client = await shake_hands(site, token, capabilities={"elicitation": {"url": {}}})
            line = client.call("issue_invoice", organization=LIVE, **SERVICE)
            question = await line.hear()
            await sign(books, question["params"]["url"].rpartition("/")[2])
            await client.post({"jsonrpc": "2.0", "id": question["id"], "result": {"action": "accept"}})
            result = (await line.hear())["result"]
        else:
            asked = message_of(await modern_that_asks(site, token, call, "url"))["result"]
            ((name, question),) = asked["inputRequests"].items()
            await sign(books, question["params"]["url"].rpartition("/")[2])
            back = {"requestState": asked["requestState"], "inputResponses": {name: {"action": "accept"}}}
            result = message_of(await modern_that_asks(site, token, {**call, **back}, "url"))["result"]
        assert result["structuredContent"]["invoice"]["number"] == "INV-2026-00001"


async def test_without_a_server_the_answer_says_that_one_is_needed(tmp_path: Path) -> None:
    async with live_client(tmp_path) as (one, _), chat_of(one.office) as chat:
        result = await issue(chat, await acknowledged(chat))
        assert "run counterfoil serve, then open /approvals there" in text_of(result).split("\n")[2]
        assert result.structured_content["approval"]["page"] == ""


async def test_a_credit_note_and_several_clients_drafts_wait_alike(tmp_path: Path) -> None:
    async with live_client(tmp_path) as (one, books), chat_of(replace(one.office, public_url=ORIGIN)) as chat:
        draft = await acknowledged(chat)
        shown = await chat.ok("draft_invoice", organization=LIVE, draft=draft)
        codes = [warning["code"] for warning in shown["warnings"]]
        documents = [{"organization": LIVE, "draft": draft, "acknowledge": codes}]
        dry = await chat.ok("issue_for_clients", documents=documents, dry_run=True)
        assert [document["outcome"] for document in dry["documents"]] == ["would_wait_for_approval"]
        result = await chat.call("issue_for_clients", documents=documents)
        assert [document["outcome"] for document in result.structured_content["documents"]] == ["waiting"]
        assert text_of(result).endswith(f"signed in at {ORIGIN}/approvals.")
        issued = (await sign(books, draft)).issued
        assert issued is not None
        note = {"invoice": issued.document.number, "reason": "Returned", "client_reference": "back"}
        waiting = await chat.ok("issue_credit_note", organization=LIVE, **note)
        assert waiting["credit_note"] is None
        credited = (await sign(books, waiting["approval"]["id"])).issued
        assert credited is not None
        again = await chat.ok("issue_credit_note", organization=LIVE, **note)
        assert (again["credit_note"]["number"], again["replayed"]) == (credited.document.number, True)


async def test_a_step_of_a_workflow_is_signed_on_the_same_page(tmp_path: Path) -> None:
    async with live_client(tmp_path) as (one, books):
        await save_entry(one.office, books, Part.WORKFLOWS, Change(code="ALL", values={"steps": "owner"}))
        async with chat_of(one.office) as chat:
            waiting = (await issue(chat, await acknowledged(chat))).structured_content["approval"]["id"]
            decision = {"organization": LIVE, "document": waiting, "decision": "approve"}
            assert (await chat.refused("decide_approval", **decision))["code"] == "not_allowed"
        made = await sign(books, waiting)
        assert made.issued is not None
        (given,) = (await get_invoice(books, made.issued.document.number)).approvals
        assert (given.how, given.workflow) == (How.PASSKEY, "ALL")


async def test_what_waits_is_rejected_by_a_call(tmp_path: Path) -> None:
    """To say no issues nothing."""
    async with live_client(tmp_path) as (one, _), chat_of(one.office) as chat:
        waiting = (await issue(chat, await acknowledged(chat))).structured_content["approval"]["id"]
        rejected = await chat.ok("decide_approval", organization=LIVE, document=waiting, decision="reject")
        assert rejected["approval"]["status"] == "rejected"


async def test_a_sandbox_and_a_policy_that_is_off_want_nobody(tmp_path: Path) -> None:
    async with live_client(tmp_path) as (one, _), chat_of(one.office) as chat:
        sandbox = await one.client("Finch Studio")
        await one.customer(one.books(sandbox))
        await chat.ok("issue_invoice", organization=sandbox.handle, **SALE)
        waiting = (await issue(chat, await acknowledged(chat))).structured_content["approval"]["id"]
        await set_policy(one, "off")
        decided = await chat.ok("decide_approval", organization=LIVE, document=waiting, decision="approve")
        assert decided["invoice"]["number"], "what waits goes on, and a call is enough again"


@pytest.mark.parametrize("which", ["key", "link"])
async def test_what_a_key_or_a_link_asks_for_waits_for_a_person_too(tmp_path: Path, which: str) -> None:
    async with live_client(tmp_path) as (one, books), site_of(one.store, one.clock) as site:
        credentials = Credentials.of(one)
        key = await credentials.key(books.organization) if which == "key" else ""
        path = f"/mcp/{LIVE}" if key else f"/mcp/k/{await credentials.link(books.organization)}"
        async with site_chat(site, key, path, "auto") as chat:
            result = await issue(chat, await acknowledged(chat))
        assert (await sign(books, result.structured_content["approval"]["id"])).issued is not None


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("update_organization", {"human_approval": "off"}),
        ("save_configuration", {"part": "policy", "values": {"human_approval": "off"}}),
    ],
    ids=["field", "part"],
)
async def test_the_policy_is_not_switched_off_by_a_call(
    tmp_path: Path, era: Era, tool: str, arguments: dict[str, Any]
) -> None:
    async with live_client(tmp_path) as (one, _), chat_of(replace(one.office, public_url=ORIGIN), era) as chat:
        handle = one.organization.handle
        refused = await chat.refused(tool, organization=handle, **arguments)
        assert refused["code"] == "not_allowed"
        assert f"{ORIGIN}/practice/{handle}/approvals/human_approval" in refused["message"]
        assert (await as_seen_by(one.office, one.organization)).human_approval.value == "live"


async def test_the_policy_of_a_client_is_its_practices_and_no_page_of_its_own_is_named(tmp_path: Path) -> None:
    async with live_client(tmp_path) as (one, _), chat_of(replace(one.office, public_url=ORIGIN)) as chat:
        for tool, arguments in (
            ("update_organization", {"human_approval": "off"}),
            ("save_configuration", {"part": "policy", "values": {"human_approval": "off"}}),
        ):
            refused = await chat.refused(tool, organization=LIVE, **arguments)
            assert (refused["code"], "the practice's policy" in refused["message"]) == ("conflict", True)
            assert "/approvals/" not in refused["message"]
        assert (await as_seen_by(one.office, one.organization)).human_approval.value == "live"


@pytest.mark.parametrize("value", ["page", "always"])
async def test_a_policy_that_there_is_not_is_refused(tmp_path: Path, value: str) -> None:
    async with practice(tmp_path) as one:
        with pytest.raises(Refusal, match="off or live"):
            await set_policy(one, value)


async def test_the_policy_is_an_owners_and_not_a_clients(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        client = one.first_client
        accountant = await colleague(one, one.organization, "accountant")
        for office, organization in ((accountant, one.organization), (one.office, client)):
            books = one.books(await as_seen_by(office, organization), Right.CHANGE_SETTINGS)
            with pytest.raises(Refusal):
                await save_entry(office, books, Part.POLICY, Change(code="", values={"human_approval": "live"}))


@asynccontextmanager
async def site_chat(site: Site, token: str, path: str, era: Era, **answering: Any) -> AsyncIterator[Assistant]:
    async with (
        site.http(token) as http,
        Client(streamable_http_client(site.url + path, http_client=http), mode=era, **answering) as client,
    ):
        yield Assistant(client)
