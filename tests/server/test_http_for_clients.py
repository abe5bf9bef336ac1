"""Over HTTP, in both eras: the month-end of several clients in few calls, and the practice's bill for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from mcp_types import TextContent

from tests.support.assistant import ERAS, Assistant, Era, text_of
from tests.support.http import BAKERY, house

FINCH = "finch-studio-sandbox"
DAYS = ("2026-01-31", "2026-02-28")


def sale(day: str, price: str = "100") -> dict[str, Any]:
    line = {"description": "Rent", "quantity": "1", "unit_price": price}
    return {"customer": "Hotel Bristol", "lines": [line], "issue_date": day}


async def month_end(chat: Assistant, *clients: str) -> list[dict[str, Any]]:
    """Draft the month for the clients and issue what is drafted; what became of each."""
    dry = await chat.ok("draft_for_clients", month="2026-03", partner="ledger-co-sandbox")
    assert {one["organization"] for one in dry["clients"]} == set(clients)
    assert all(one["drafts"] == [] and one["count"] == 1 for one in dry["clients"])
    drafted = await chat.ok("draft_for_clients", month="2026-03", clients=list(clients), dry_run="false")
    documents = [
        {"organization": one["organization"], "draft": draft} for one in drafted["clients"] for draft in one["drafts"]
    ]
    assert len(documents) == len(clients)
    issued: list[dict[str, Any]] = (await chat.ok("issue_for_clients", documents=documents))["documents"]
    again = (await chat.ok("issue_for_clients", documents=documents))["documents"]
    assert [(one["number"], one["replayed"]) for one in again] == [(one["number"], True) for one in issued]
    return issued


@pytest.mark.parametrize("era", ERAS)
async def test_a_month_of_two_clients_is_drafted_issued_and_billed(tmp_path: Path, era: Era) -> None:
    async with house(tmp_path) as home, home.site.chat(await home.credentials.token(), era=era) as chat:
        for handle in (BAKERY, FINCH):
            for day in DAYS:
                await chat.ok("issue_invoice", organization=handle, **sale(day))
        issued = await month_end(chat, BAKERY, FINCH)
        assert [(one["outcome"], one["total"]) for one in issued] == [("issued", "120.00")] * 2
        own: dict[str, Any] = {"organization": "ledger-co-sandbox"}
        await chat.ok("save_customer", name="Harbour Bakery Ltd", **own)
        plan = {
            "name": "Books",
            "customer": "Harbour Bakery Ltd",
            "kind": "document",
            "price": 5,
            "from": "2026-01",
        }
        await chat.ok("save_configuration", part="plans", code=f"{BAKERY}/books", values=plan, **own)
        wanted = {"month": "2026-02", "source": "plan", "partner": "ledger-co-sandbox", "dry_run": "false"}
        result = await chat.call("draft_for_clients", **wanted)
        assert isinstance(result.content[0], TextContent)
        first, told, *_ = text_of(result).splitlines()
        assert first == "Ledger & Co (ledger-co-sandbox)"
        assert told.startswith("Drafted: 2026-02, plan: 1 draft for 1 of 1 client, 6.00 GBP.")
        assert "Books: 1 document" in text_of(result)
        again = await chat.ok("draft_for_clients", **wanted)
        assert again["count"] == 1
        listed = await chat.ok("get_configuration", part="plans", **own)
        assert [one["code"] for one in listed["entries"]] == [f"{BAKERY}/books"]
        refused = await chat.refused("get_configuration", part="plans", organization=BAKERY)
        assert (refused["code"], refused["field"]) == ("conflict", "part")


@pytest.mark.parametrize("era", ERAS)
async def test_each_client_and_each_draft_is_told_as_progress(tmp_path: Path, era: Era) -> None:
    told: list[tuple[float, float | None, str | None]] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, total, message))

    async with house(tmp_path) as home, home.site.chat(await home.credentials.token(), era=era) as chat:
        wanted = {"month": "2026-03", "clients": [BAKERY]}
        await chat.client.call_tool("draft_for_clients", wanted, progress_callback=hear)
        documents = [{"organization": BAKERY, "draft": draft} for draft in ("drf_0", "drf_1")]
        await chat.client.call_tool("issue_for_clients", {"documents": documents}, progress_callback=hear)
    assert told == [(1, 1, "1 of 1 clients"), (1, 2, "1 of 2 drafts"), (2, 2, "2 of 2 drafts")]


async def test_a_key_of_one_client_acts_for_none(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        key = await home.credentials.key(home.bakery)
        async with home.site.chat(key, "/mcp") as chat:
            listed = {tool.name for tool in (await chat.client.list_tools()).tools}
            assert not listed & {"draft_for_clients", "issue_for_clients"}
            refused = await chat.refused("draft_for_clients", month="2026-03", clients=[BAKERY])
            assert refused["code"] == "not_allowed"
