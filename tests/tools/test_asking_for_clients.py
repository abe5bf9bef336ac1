"""Where the practice's policy wants a person's yes, drafts of several clients are asked about in one question."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from mcp import Client
from mcp.client.context import ClientRequestContext
from mcp_types import ElicitRequestParams, ElicitResult, Implementation

from operations.access import Office
from server.app import local_server
from tests.support.assistant import ERAS, Assistant, Era, text_of
from tests.support.months import live_client
from tests.support.practice import Practice, practice

Said = Literal["accept", "decline", "cancel"]
CLAUDE_CODE = Implementation(name="claude-code", version="2.1.332")


@dataclass
class Person:
    """Who sits before the client and fills in its forms; `asked` are the messages that were shown."""

    says: Said = "accept"
    ticks: bool = True
    asked: list[str] = field(default_factory=list)

    async def __call__(self, context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
        self.asked.append(params.message)
        return ElicitResult(action=self.says, content={"approve": self.ticks} if self.says == "accept" else None)


@asynccontextmanager
async def chat_before(office: Office, person: Person, era: Era) -> AsyncIterator[Assistant]:
    async with Client(await local_server(office, ""), mode=era, elicitation_callback=person) as client:
        yield Assistant(client)


@dataclass(frozen=True, slots=True)
class Work:
    """Two live clients and the sandbox of a practice that wants a person's yes, with a draft at each."""

    one: Practice
    documents: list[dict[str, Any]]


async def work(one: Practice, *, policy: str = "live") -> Work:
    """A draft at each of the clients, as an answer has shown it."""
    live = [await live_client(one, name) for name in ("Quay Editing", "Finch Studio")]
    sandbox = await one.client("Harbour Bakery")
    documents = []
    async with Client(await local_server(one.office, "")) as client:
        chat = Assistant(client)
        practices = one.organization.handle
        await chat.ok("update_organization", organization=practices, human_approval=policy)
        for organization in (*live, sandbox):
            of = {"organization": organization.handle}
            await chat.ok("save_customer", name="Hotel Bristol", country="GB", address=ADDRESS, **of)
            line = {"description": "Editing", "quantity": "1", "unit_price": "50", "supply": "services"}
            made = await chat.ok("draft_invoice", customer="Hotel Bristol", lines=[line], **of)
            codes = [one["code"] for one in made["warnings"]]
            documents.append({**of, "draft": made["draft"], "acknowledge": codes})
    return Work(one, documents)


ADDRESS = {"line1": "1 Hill", "postal_code": "SW1A 1AA", "city": "London"}
PARIS = {"line1": "1 Rue", "postal_code": "75006", "city": "Paris"}


@pytest.mark.parametrize("era", ERAS)
async def test_one_question_names_each_live_document_and_one_yes_issues_them(tmp_path: Path, era: Era) -> None:
    async with practice(tmp_path) as one:
        month, person = await work(one), Person()
        async with chat_before(one.office, person, era) as chat:
            done = await chat.ok("issue_for_clients", documents=month.documents)
            assert [document["outcome"] for document in done["documents"]] == ["issued"] * 3
            (asked,) = person.asked
            assert [line.split('"')[3] for line in asked.splitlines()[1:]] == ["Quay Editing", "Finch Studio"]
            assert "60.00 GBP" in asked
            # Said again it issues nothing, and asks nothing.
            again = await chat.ok("issue_for_clients", documents=month.documents)
            assert all(document["replayed"] for document in again["documents"])
            assert len(person.asked) == 1
            number, of = done["documents"][0]["number"], month.documents[0]["organization"]
            issued = await chat.ok("get_invoice", invoice=number, organization=of)
            assert [step["how"] for step in issued["invoice"]["approvals"]] == ["elicitation"]


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize(("says", "ticks"), [("decline", True), ("cancel", True), ("accept", False)])
async def test_without_a_yes_live_drafts_stay_drafts(tmp_path: Path, era: Era, says: Said, *, ticks: bool) -> None:
    async with practice(tmp_path) as one:
        month, person = await work(one), Person(says, ticks)
        async with chat_before(one.office, person, era) as chat:
            result = await chat.call("issue_for_clients", documents=month.documents)
            assert isinstance(result.structured_content, dict)
            outcomes = [document["outcome"] for document in result.structured_content["documents"]]
            assert outcomes == ["kept", "kept", "issued"], "a sandbox asks nobody"
            assert "Not issued: the person who was asked has not said yes." in text_of(result)


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("client_info", [None, CLAUDE_CODE])
async def test_a_client_that_cannot_ask_issues_nothing_live(
    tmp_path: Path, era: Era, client_info: Implementation | None
) -> None:
    """Nor one that would force its own prompt: on this connection no tool tells it to."""
    async with practice(tmp_path) as one:
        month = await work(one)
        async with Client(await local_server(one.office, ""), mode=era, client_info=client_info) as client:
            result = await Assistant(client).call("issue_for_clients", documents=month.documents)
            assert isinstance(result.structured_content, dict)
            kept = [document["outcome"] for document in result.structured_content["documents"]]
            assert kept == ["kept", "kept", "issued"]
            assert "No answer of an assistant counts." in text_of(result)


async def test_a_draft_that_a_workflow_matches_waits_and_its_neighbours_are_issued(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        month = await work(one, policy="off")
        waiting, *_ = month.documents
        async with Client(await local_server(one.office, "")) as client:
            chat = Assistant(client)
            workflow = {"part": "workflows", "code": "ALL", "values": {"steps": "owner"}}
            await chat.ok("save_configuration", **workflow, organization=waiting["organization"])
            result = await chat.call("issue_for_clients", documents=month.documents)
            assert isinstance(result.structured_content, dict)
            outcomes = [document["outcome"] for document in result.structured_content["documents"]]
            assert outcomes == ["waiting", "issued", "issued"]
            assert f"- {waiting['organization']}: {waiting['draft']}, 60.00 GBP, waits for " in text_of(result)
            again = await chat.ok("issue_for_clients", documents=month.documents)
            assert [document["outcome"] for document in again["documents"]] == outcomes


@pytest.mark.parametrize("era", ERAS)
async def test_a_dry_run_says_what_would_come_of_each_draft_and_asks_nobody(tmp_path: Path, era: Era) -> None:
    async with practice(tmp_path) as one:
        month, person = await work(one), Person()
        of = {"organization": month.documents[1]["organization"]}
        async with chat_before(one.office, person, era) as chat:
            await chat.ok("save_customer", name="Hôtel Lutetia", country="FR", address=PARIS, **of)
            line = {"description": "Editing", "quantity": "1", "unit_price": "50"}
            unread = await chat.ok("draft_invoice", customer="Hôtel Lutetia", lines=[line], **of)
            workflow = {"part": "workflows", "code": "ALL", "values": {"steps": "owner"}}
            await chat.ok("save_configuration", **workflow, organization=month.documents[2]["organization"])
            for documents, outcomes in (
                (month.documents, ["would_ask_a_person", "would_ask_a_person", "would_wait_for_approval"]),
                ([{**of, "draft": unread["draft"]}], ["would_stay_a_draft"]),
            ):
                result = await chat.call("issue_for_clients", documents=documents, dry_run=True)
                assert isinstance(result.structured_content, dict)
                assert [document["outcome"] for document in result.structured_content["documents"]] == outcomes
                assert text_of(result).splitlines()[1] == "Dry run, nothing was issued."
            assert person.asked == []
            for document in month.documents:
                drafts = await chat.ok("find_invoices", status="draft", organization=document["organization"])
                assert document["draft"] in [draft["id"] for draft in drafts["invoices"]]
