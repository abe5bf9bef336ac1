"""Completions of arguments, and prompts that are asked for before anything is loaded."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from mcp.shared.exceptions import MCPError
from mcp_types import (
    PromptReference,
    ResourceTemplateReference,
)
from sqlmodel import Session

from invoicing.organizations import Environment, NewOrganization, OrganizationKind
from operations.assistance.completing import COMPLETIONS_MAX
from operations.configuration.entries import Part
from storage.directory.organizations import add_organization
from tests.server.test_assistance import OF_PRACTICE, REMIND, SHIPPED, WAYS, Desk, completed
from tests.support.assistant import ERAS, Era, assistant
from tests.support.practice import practice
from tests.support.uploads import received
from tests.support.wire import held
from tools import uris


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with practice(tmp_path, client="Finch Studio") as one:
        desk = Desk(one, one.first_client)
        await desk.save(Part.AGENTS, "remind", REMIND)
        await desk.save(Part.SKILLS, "packing", {"description": "When to pack", "content": "# Pack\n"})
        yield desk


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("era", ERAS)
async def test_arguments_are_completed_from_the_books(desk: Desk, way: str, era: Era) -> None:
    client, home = desk.client.handle, desk.one.organization.handle
    books = desk.one.books(desk.client)
    issued = await desk.one.issue(books, (await desk.one.customer(books)).id)
    async with desk.chat(way, era, client) as chat:
        await chat.ok("save_item", name="Croissants", unit_price="1")
        assert await completed(chat, "remind", "customer", "brist") == ["Hotel Bristol"]
        assert await completed(chat, "remind", "customer", "nobody") == []
        assert await completed(chat, "remind", "item") == ["Croissants"]
        assert await completed(chat, "remind", "invoice", "test") == [issued.document.number]
        months = await completed(chat, "remind", "month")
        assert len(months) == 24
        assert await completed(chat, "remind", "month", months[0][:4]) == [
            one for one in months if one[:4] == months[0][:4]
        ]
        assert await completed(chat, "remind", "note", "x") == []
        assert await completed(chat, "remind", "organization") == []
        of = ResourceTemplateReference(uri=uris.DOCUMENT)
        asked = await chat.client.complete(of, {"name": "organization", "value": ""})
        assert asked.completion.values == [client]
        asked = await chat.client.complete(
            of, {"name": "document", "value": "TEST"}, context_arguments={"organization": client}
        )
        assert asked.completion.values == [issued.document.number]
        with pytest.raises(MCPError, match="no such prompt"):
            await completed(chat, "none", "month")
    async with desk.chat(way, era) as chat:
        assert await completed(chat, "chase-overdue", "organization", "fin") == [client]
        assert await completed(chat, "chase-overdue", "organization") == [home, client]
        assert await completed(chat, "chase-overdue", "customer", "br", organization=client) == ["Hotel Bristol"]
        assert await completed(chat, "chase-overdue", "customer", "br", organization="nobody") == []
        assert await completed(chat, "onboard-client", "like", "finch") == [client]
        exports = ResourceTemplateReference(uri=uris.EXPORT)
        made = await chat.call("export_documents", format="csv", organization=client)
        asked = await chat.client.complete(
            exports, {"name": "export", "value": ""}, context_arguments={"organization": client}
        )
        assert asked.completion.values == [str(getattr(made.content[1], "uri", "")).rpartition("/")[2]]


async def test_no_more_is_completed_than_the_protocol_allows(desk: Desk) -> None:
    async with desk.chat("local", handle=desk.client.handle) as chat:
        table = "name\n" + "".join(f"Customer {number:03}\n" for number in range(COMPLETIONS_MAX + 7))
        file = await received(desk.one.office, desk.client, table.encode(), "customers.csv")
        await chat.ok("import_records", kind="customers", file=file, dry_run=False)
        of = PromptReference(name="remind")
        found = (await chat.client.complete(of, {"name": "customer", "value": "Cust"})).completion
        assert (len(found.values), found.total, found.has_more) == (COMPLETIONS_MAX, COMPLETIONS_MAX + 7, True)
        for odd in ("x" * 5_000, "\x00", "‮", "%", "a " * 100):
            assert await completed(chat, "remind", "customer", odd) == []


async def test_the_practice_itself_is_counted_beside_its_clients(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:

        def populate(db: Session) -> None:
            for number in range(COMPLETIONS_MAX):
                new = NewOrganization(
                    id=f"org-{number}",
                    handle_base=f"client-{number}",
                    name=f"Client {number}",
                    kind=OrganizationKind.STANDARD,
                    environment=Environment.SANDBOX,
                    country="GB",
                    currency="GBP",
                    partner_id=one.organization.id,
                )
                add_organization(db, new, now=one.clock(), by="test")

        await one.store.directory.write(populate)
        async with assistant(one.office) as chat:
            of = PromptReference(name="month-end-close")
            found = (await chat.client.complete(of, {"name": "organization", "value": ""})).completion
            assert (len(found.values), found.total, found.has_more) == (COMPLETIONS_MAX, COMPLETIONS_MAX + 1, True)


async def test_who_asks_for_prompts_while_loading_is_answered_once_it_has_ended(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with practice(data):
        pass
    async with held(data) as (wire, let_load):
        greeted = await wire.shake_hands("2025-11-25")
        assert set(greeted["capabilities"]) == {"tools", "resources", "prompts", "completions"}
        asked = await wire.request("prompts/list")
        assert (await wire.ask("ping"))["result"] == {}
        let_load()
        message = await wire.hear()
        assert message is not None
        assert message["id"] == asked
        assert [one["name"] for one in message["result"]["prompts"]] == ["take-stock", *SHIPPED, *OF_PRACTICE]
        await wire.end()
