"""Where the practice's policy wants a person, drafts of several clients wait for one, each by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from mcp import Client

from server.app import local_server
from tests.support.assistant import ERAS, Assistant, Era, text_of
from tests.support.months import live_client
from tests.support.practice import Practice, practice
from tests.support.signing import ORIGIN


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
async def test_live_drafts_wait_for_a_person_each_and_a_sandbox_for_nobody(tmp_path: Path, era: Era) -> None:
    async with practice(tmp_path) as one:
        month = await work(one)
        office = replace(one.office, public_url=ORIGIN)
        async with Client(await local_server(office, ""), mode=era) as client:
            chat = Assistant(client)
            result = await chat.call("issue_for_clients", documents=month.documents)
            assert isinstance(result.structured_content, dict)
            outcomes = [document["outcome"] for document in result.structured_content["documents"]]
            assert outcomes == ["waiting", "waiting", "issued"], "a sandbox asks nobody"
            assert text_of(result).endswith(f"A person must sign what waits so, signed in at {ORIGIN}/approvals.")
            again = await chat.ok("issue_for_clients", documents=month.documents)
            assert all(document["replayed"] for document in again["documents"])


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
async def test_a_dry_run_says_what_would_come_of_each_draft(tmp_path: Path, era: Era) -> None:
    async with practice(tmp_path) as one:
        month = await work(one)
        of = {"organization": month.documents[1]["organization"]}
        async with Client(await local_server(one.office, ""), mode=era) as client:
            chat = Assistant(client)
            await chat.ok("save_customer", name="Hôtel Lutetia", country="FR", address=PARIS, **of)
            line = {"description": "Editing", "quantity": "1", "unit_price": "50"}
            unread = await chat.ok("draft_invoice", customer="Hôtel Lutetia", lines=[line], **of)
            workflow = {"part": "workflows", "code": "ALL", "values": {"steps": "owner"}}
            await chat.ok("save_configuration", **workflow, organization=month.documents[2]["organization"])
            for documents, outcomes in (
                (month.documents, ["would_wait_for_approval"] * 3),
                ([{**of, "draft": unread["draft"]}], ["would_stay_a_draft"]),
            ):
                result = await chat.call("issue_for_clients", documents=documents, dry_run=True)
                assert isinstance(result.structured_content, dict)
                assert [document["outcome"] for document in result.structured_content["documents"]] == outcomes
                assert text_of(result).splitlines()[1] == "Dry run, nothing was issued."
            for document in month.documents:
                drafts = await chat.ok("find_invoices", status="draft", organization=document["organization"])
                assert document["draft"] in [draft["id"] for draft in drafts["invoices"]]
