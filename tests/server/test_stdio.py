"""The real process on standard input and output, spoken to by the SDK's client and in raw lines."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters, stdio_client

from operations.access import open_books
from operations.rights import Right
from operations.verification import verify_books
from server.app import find_organization, local_office
from storage.directory.users import first_owner
from tests.support.assistant import ERAS, Assistant, Era, text_of
from tests.support.faults import first_in_turn
from tests.support.practice import practice
from tests.support.stores import environment_of, settings
from tests.support.wire import ROOT, wired

BAKERY, FINCH = "harbour-bakery-sandbox", "finch-studio-sandbox"
LINES = [{"description": "Bookkeeping", "quantity": 2, "unit_price": "12.50"}]


@asynccontextmanager
async def served(data: Path, era: Era = "auto", *more: str) -> AsyncIterator[Assistant]:
    """A conversation with a process of its own, which must not complain on standard error."""
    command = ["-m", "server", "stdio", "--data", str(data), *more]
    there = environment_of(command)
    parameters = StdioServerParameters(command=sys.executable, args=command, cwd=ROOT, env=there)
    errors = data.with_name(f"{data.name}.errors")
    with errors.open("a+", encoding="utf-8") as log:
        async with Client(stdio_client(parameters, errlog=log), mode=era) as client:
            yield Assistant(client)
        log.seek(0)
        assert log.read() == ""


async def two_clients(data: Path) -> None:
    """A data folder with a practice and two clients, each with the customer Hotel Bristol; nobody has it open."""
    async with practice(data) as one:
        for name in ("Harbour Bakery", "Finch Studio"):
            await one.customer(one.books(await one.client(name)))


async def issue(conversation: Assistant, organization: str, reference: str = "") -> str:
    named = {"organization": organization, "client_reference": reference}
    issued = await conversation.ok("issue_invoice", customer="Hotel Bristol", lines=LINES, **named)
    return str(issued["invoice"]["number"])


@pytest.mark.parametrize("era", ERAS)
async def test_an_empty_folder_becomes_a_practice_at_work_in_one_conversation(tmp_path: Path, era: Era) -> None:
    data = tmp_path / "data"
    async with served(data, era) as conversation:
        assert conversation.client.server_info is not None
        assert conversation.client.server_info.name == "counterfoil"
        listed = await conversation.ok("list_organizations")
        assert [(one["handle"], one["country"]) for one in listed["organizations"]] == [("practice", "")]
        completed = await conversation.ok("update_organization", name="Larkfield", country="GB")
        assert completed["organization"] == {"handle": "practice", "name": "Larkfield", "environment": "live"}
        for name, more in (("Harbour Bakery", {"copy_from": "practice"}), ("Φούρνος", {})):
            country = "GB" if more else "GR"
            await conversation.ok("create_client_organization", name=name, country=country, **more)
        # What goes from Greece to London is exported, without Greek tax.
        for name, total in (("Harbour Bakery", "30.00"), ("Φούρνος", "25.00")):
            await conversation.switch(name)
            address = {"line1": "1 High Street", "city": "London", "postal_code": "SW1A 1AA"}
            await conversation.ok("save_customer", name="Hotel Bristol", country="GB", address=address)
            item = await conversation.ok("save_item", name="Bookkeeping", unit_price="12.50")
            lines = [{"item": item["item"]["id"], "quantity": "2"}]
            draft = await conversation.ok("draft_invoice", customer="Hotel Bristol", lines=lines)
            issued = await conversation.ok("issue_invoice", draft=draft["draft"], client_reference="first")
            assert (issued["invoice"]["number"], issued["invoice"]["total"]) == (draft["number"], total)
            assert issued["invoice"]["number"].endswith("-00001")
            rendered = await conversation.ok("render_document", document=issued["invoice"]["id"])
            assert Path(rendered["link"]).read_bytes().startswith(b"%PDF")
            exported = await conversation.ok("export_documents", format="csv")
            assert (exported["count"], Path(exported["link"]).is_file()) == (1, True)
        assert (await conversation.refused("get_invoice", invoice=draft["number"], organization="practice"))["code"]


@pytest.mark.parametrize("era", ERAS)
async def test_a_dedicated_process_is_named_after_its_organization_and_acts_for_it_alone(
    tmp_path: Path, era: Era
) -> None:
    data = tmp_path / "data"
    await two_clients(data)
    async with served(data, era, "--organization", BAKERY.upper()) as conversation:
        assert conversation.client.server_info is not None
        assert conversation.client.server_info.name == f"counterfoil-{BAKERY}"
        assert f"{BAKERY} (sandbox) alone" in (conversation.client.session.instructions or "")
        names = {tool.name for tool in (await conversation.client.list_tools()).tools}
        assert "issue_invoice" in names
        assert not names & {"switch_organization", "list_organizations", "create_client_organization"}
        found = await conversation.ok("find_customers")
        assert found["organization"]["handle"] == BAKERY
        mismatch = await conversation.refused("find_customers", organization=FINCH)
        assert mismatch["code"] == "organization_mismatch"
        assert (await conversation.refused("list_organizations"))["code"] == "not_allowed"


@pytest.mark.faults
@pytest.mark.parametrize("revision", first_in_turn(["2025-03-26", "2025-06-18", "2025-11-25"], of=3))
async def test_older_revisions_shake_hands_and_work_with_the_text_alone(tmp_path: Path, revision: str) -> None:
    data = tmp_path / "data"
    await two_clients(data)
    async with wired(data) as wire:
        greeting = await wire.shake_hands(revision)
        assert (greeting["protocolVersion"], greeting["serverInfo"]["name"]) == (revision, "counterfoil")
        assert "organization" in greeting["instructions"]
        tools = (await wire.ask("tools/list"))["result"]["tools"]
        assert len({tool["name"] for tool in tools}) == len(tools) > 10
        await wire.call("switch_organization", organization="Harbour Bakery")
        called = await wire.call("find_customers")
        text = called["content"][0]["text"]
        assert text.splitlines()[0] == f"Harbour Bakery ({BAKERY})"
        assert "Hotel Bristol" in text
        issued = await wire.call("issue_invoice", organization=BAKERY, customer="Hotel Bristol", lines=LINES)
        number = re.search(r"TEST-INV-\d{4}-\d+", issued["content"][0]["text"])
        assert number
        # Regression: mcp 1.9.4 and others of 2025-03-26 cannot read a result with a part that came later.
        rendered = await wire.call("render_document", organization=BAKERY, document=number[0])
        kinds = [part["type"] for part in rendered["content"]]
        assert kinds == (["text"] if revision == "2025-03-26" else ["text", "resource_link"])
        refused = await wire.call("find_customers", organization="x")
        assert refused["isError"] is True
        assert "structuredContent" not in refused
        assert refused["content"][0]["text"].startswith("not_found: ")
        await wire.end()


async def test_what_is_no_message_harms_nothing_and_a_closed_input_ends_the_process(tmp_path: Path) -> None:
    data = tmp_path / "data"
    await two_clients(data)
    async with wired(data) as wire:
        await wire.send("this is no JSON")
        await wire.send([{"jsonrpc": "2.0", "id": 99, "method": "ping"}])
        await wire.shake_hands("2025-06-18")
        assert "result" in await wire.ask("ping")
        # The input ends while a call is under way: it is done, or it is not, and nothing else happens.
        arguments = {"organization": BAKERY, "customer": "Hotel Bristol", "lines": LINES}
        await wire.request("tools/call", name="issue_invoice", arguments=arguments)
        await wire.end()
    async with local_office(settings(data)) as office:
        books = open_books(office, await find_organization(office, BAKERY), Right.READ)
        verified = await verify_books(books)
        assert verified.problem == ""
        assert verified.documents in (0, 1)


async def test_a_process_whose_input_ends_at_once_leaves_a_practice_that_works(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with wired(data) as wire:
        await wire.end()
    async with local_office(settings(data)) as office:
        assert (await find_organization(office, "practice")).kind == "partner"


async def test_two_processes_work_in_one_data_folder_at_once(tmp_path: Path) -> None:
    data = tmp_path / "data"
    await two_clients(data)
    async with AsyncExitStack() as stack:
        first, second = [await stack.enter_async_context(served(data, era)) for era in ERAS]
        await first.switch(BAKERY)
        await second.switch(FINCH)
        for conversation, mine in ((first, BAKERY), (second, FINCH)):
            assert (await conversation.ok("find_invoices"))["organization"]["handle"] == mine
        issued = await asyncio.gather(
            *(issue(conversation, BAKERY) for _ in range(5) for conversation in (first, second))
        )
        assert sorted(number[-5:] for number in issued) == [f"{index:05}" for index in range(1, 11)]
        assert (await second.ok("find_invoices", organization=BAKERY))["left"] == 0
        assert await issue(second, BAKERY, "once") == await issue(first, BAKERY, "once")


async def test_processes_that_race_to_begin_an_empty_folder_make_one_practice(tmp_path: Path) -> None:
    data = tmp_path / "data"

    async def begin() -> dict[str, Any]:
        async with wired(data) as wire:
            await wire.shake_hands("2025-06-18")
            answer = await wire.call("get_organization")
            await wire.end()
        return dict(answer["structuredContent"])

    answers = await asyncio.gather(begin(), begin())
    assert {answer["organization"]["handle"] for answer in answers} == {"practice"}
    assert len(list((data / "organizations").iterdir())) == 1
    async with local_office(settings(data)) as office:
        owner = await office.store.directory.read(first_owner)
        assert owner == (office.principal.user_id, office.principal.label)


async def test_a_session_argument_outlives_the_process_that_gave_it(tmp_path: Path) -> None:
    data = tmp_path / "data"
    await two_clients(data)
    async with served(data) as conversation:
        session = (await conversation.switch(BAKERY))["session"]
    async with served(data) as conversation:
        assert (await conversation.refused("find_customers"))["code"] == "organization_required"
        result = await conversation.call("find_customers", session=session)
        assert text_of(result).splitlines()[0] == f"Harbour Bakery ({BAKERY})"


async def test_files_are_imported_from_below_the_folder_that_was_named(tmp_path: Path) -> None:
    data, files = tmp_path / "data", tmp_path / "files"
    await two_clients(data)
    files.mkdir()
    (files / "customers.csv").write_text("name\nInn\n", "utf-8")
    (tmp_path / "secret.csv").write_text("name\nSecret\n", "utf-8")
    asked = {"kind": "customers", "organization": BAKERY}
    async with served(data, "auto", "--files", str(files)) as conversation:
        done = await conversation.ok("import_records", **asked, file="customers.csv", dry_run=False)
        assert done["counts"]["created"] == 1
        for outside in ("../secret.csv", str(tmp_path / "secret.csv")):
            assert (await conversation.refused("import_records", **asked, file=outside))["code"] == "not_found"
    async with served(data) as conversation:
        refused = await conversation.refused("import_records", **asked, file="customers.csv")
        assert (refused["code"], "--files" in refused["message"]) == ("not_allowed", True)
