"""The recurring invoices of eight clients, and the practice's own bill for them, in five calls; every total is checked.
What is not as it was in the month before is told by name, and nothing is drafted or issued twice.
Run it: python examples/month_end_in_few_calls.py
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import anyio
from mcp import Client, StdioServerParameters
from mcp_types import TextContent

CLIENTS = (
    "Harbour Bakery",
    "Finch Studio",
    "Quay Editing",
    "Mill Farm",
    "Old Forge",
    "Tide Boats",
    "Elm Law",
    "Ash Inn",
)
RAISED = "Finch Studio"
CALLS, TOKENS_MAX, CHARACTERS_A_TOKEN = 5, 1_200, 4
SELLER = {"address": "7 Quayside, Bristol, BS1 5UH", "tax_number": "GB980780684", "iban": "GB33BUKB20201555555555"}
PRACTICE = "practice"


@dataclass
class Conversation:
    """A client that counts calls, and the text of their answers."""

    client: Client
    calls: int = 0
    characters: int = 0

    async def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        result = await self.client.call_tool(tool, arguments)
        text = "\n".join(block.text for block in result.content if isinstance(block, TextContent))
        assert not result.is_error, text
        assert result.structured_content is not None
        self.calls += 1
        self.characters += len(text)
        return dict(result.structured_content)


def month_before(day: date) -> date:
    """The first day of the month before the day's."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


async def set_up(chat: Conversation, name: str, days: list[date]) -> str:
    """A client that has sent its customer the same invoice in each of the months, and a plan to bill it by."""
    made = await chat.call("create_client_organization", name=name, country="GB", environment="live")
    handle = str(made["created"]["handle"])
    await chat.call("update_organization", organization=handle, **SELLER)
    await chat.call(
        "save_customer", organization=handle, name="Hotel Bristol", address="1 High Street, Bristol BS1 4ND"
    )
    for number, day in enumerate(days):
        price = "110" if name == RAISED and number else "100"
        lines = [{"description": "Monthly delivery", "quantity": 1, "unit_price": price}]
        sale = {"customer": "Hotel Bristol", "lines": lines, "issue_date": day.isoformat()}
        # It is dated in a month that is over, and said to be.
        kept = await chat.call("issue_invoice", organization=handle, **sale)
        codes = [warning["code"] for warning in kept["warnings"]]
        made = await chat.call("issue_invoice", organization=handle, draft=kept["draft"], acknowledge=codes)
        assert made["invoice"] is not None, made["warnings"]
    own = {"organization": PRACTICE}
    await chat.call("save_customer", name=f"{name} Ltd", address="2 High Street, Bristol BS1 4ND", **own)
    plan = {
        "name": "Bookkeeping",
        "customer": f"{name} Ltd",
        "kind": "document",
        "price": "5",
        "from": f"{days[0]:%Y-%m}",
    }
    await chat.call("save_configuration", part="plans", code=f"{handle}/books", values=plan, **own)
    return handle


def named(drafted: dict[str, Any], practice: str = "") -> list[dict[str, str]]:
    """The drafts of an answer, each with the organization in whose books it is."""
    return [
        {"organization": practice or one["organization"], "draft": draft}
        for one in drafted["clients"]
        for draft in one["drafts"]
    ]


def issued(answered: dict[str, Any]) -> list[str]:
    """The totals of what was issued, which is everything."""
    assert {one["outcome"] for one in answered["documents"]} == {"issued"}, answered
    return [one["total"] for one in answered["documents"]]


async def month_end(chat: Conversation, handles: list[str], month: date) -> None:
    """What recurs is looked at, drafted and issued; then the practice bills the month before."""
    this, last = f"{month:%Y-%m}", f"{month_before(month):%Y-%m}"
    looked = await chat.call("draft_for_clients", month=this, partner=PRACTICE)
    exceptions = {one["organization"]: one["exceptions"] for one in looked["clients"] if one["exceptions"]}
    for handle, found in exceptions.items():
        print(f"{handle}: {'; '.join(one['text'] for one in found)}")
    assert list(exceptions) == ["finch-studio"]
    drafted = await chat.call("draft_for_clients", month=this, clients=handles, dry_run=False)
    assert drafted["totals"] == looked["totals"] == [{"currency": "GBP", "total": "972.00"}]
    assert sorted(issued(await chat.call("issue_for_clients", documents=named(drafted)))) == ["120.00"] * 7 + ["132.00"]
    billed = await chat.call("draft_for_clients", month=last, source="plan", partner=PRACTICE, dry_run=False)
    assert [one["counted"] for one in billed["clients"]] == [["Bookkeeping: 1 document"]] * len(handles)
    assert issued(await chat.call("issue_for_clients", documents=named(billed, PRACTICE))) == ["6.00"] * len(handles)


async def main() -> None:
    today = datetime.now(tz=ZoneInfo("Europe/London")).date()
    days = [month_before(month_before(today)), month_before(today)]
    with TemporaryDirectory() as data:
        server = StdioServerParameters(command=sys.executable, args=["-m", "server", "stdio", "--data", data])
        async with Client(server) as client:
            chat = Conversation(client)
            await chat.call("update_organization", name="Larkfield Accounting", country="GB", **SELLER)
            handles = [await set_up(chat, name, days) for name in CLIENTS]
            counted = Conversation(client)
            await month_end(counted, handles, today)
            tokens = counted.characters // CHARACTERS_A_TOKEN
            print(f"{len(handles)} clients: {counted.calls} calls, {tokens} tokens of answers")
            assert counted.calls == CALLS
            assert tokens <= TOKENS_MAX
            # Once more, and nothing is drafted again.
            again = await chat.call("draft_for_clients", month=f"{today:%Y-%m}", clients=handles, dry_run=False)
            assert again["count"] == 0


if __name__ == "__main__":
    anyio.run(main)
