"""Money that is not quite settled, of four clients in four countries, through an assistant's tools alone: charts and
terms are chosen, customers come from a file, discounts are taken, banks take charges, rates differ, credits move, and
the month is closed and goes out to each client's ledger. Run it: python examples/settling_four_clients.py
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import anyio
from mcp import Client, StdioServerParameters
from mcp_types import TextContent

CALLS_MAX = 50
TOKENS_MAX = 6_000
CHARACTERS_A_TOKEN = 4
CUSTOMERS = "Name;Country;City\r\nCafé du Port;FR;Marseille\r\nHôtel Mistral;FR;Arles\r\n"


@dataclass
class Conversation:
    """A client of the practice as the assistant sees it, and what an assistant would pay for it."""

    client: Client
    handle: str = ""
    calls: int = 0
    characters: int = 0

    async def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        own = {"organization": self.handle} if self.handle else {}
        result = await self.client.call_tool(tool, own | arguments)
        text = "\n".join(block.text for block in result.content if isinstance(block, TextContent))
        assert not result.is_error, text
        assert result.structured_content is not None
        self.calls += 1
        self.characters += len(text)
        return dict(result.structured_content)

    async def begin(self, name: str, country: str, chart: str = "") -> None:
        """A new client with its country's defaults; what is done from now on is for it."""
        self.handle = ""
        chosen = {"chart_of_accounts": chart} if chart else {}
        made = await self.call("create_client_organization", name=name, country=country, **chosen)
        self.handle = str(made["created"]["handle"])

    async def invoice(self, customer: str, price: str, **more: Any) -> str:
        """An invoice of one line; answers its number."""
        line = {"description": "Work", "quantity": 1, "unit_price": price, "supply": "services"} | more.pop("line", {})
        shown = await self.call("draft_invoice", customer=customer, lines=[line], **more)
        codes = [warning["code"] for warning in shown["warnings"]]
        issued = await self.call("issue_invoice", draft=shown["draft"], acknowledge=codes)
        return str(issued["invoice"]["number"])

    async def settle(self, due: str, **arguments: Any) -> dict[str, Any]:
        """Record what settled it; answers what was recorded, after which `due` is open."""
        made = await self.call("record_payment", **arguments)
        assert made["parts"][-1]["amount_due"] == due, made["parts"]
        return made

    async def accounts(self) -> dict[str, str]:
        """What each account comes to, by its number, in the currency of the books."""
        balance = await self.call("get_report", report="trial_balance")
        for total in balance["totals"]:
            assert total["amounts"]["debit"] == total["amounts"]["credit"]
        found: dict[str, Decimal] = {}
        for row in balance["rows"]:
            number = row["label"].split(" ")[0]
            found[number] = found.get(number, Decimal(0)) + worth(row)
        assert sum(found.values()) == 0
        return {number: str(amount) for number, amount in found.items() if amount}


def worth(row: dict[str, Any]) -> Decimal:
    """What an account comes to in the currency of the books, which is said apart where the row is in another one."""
    return Decimal((row["accounting_amounts"] or row["amounts"])["closing"])


async def german(chat: Conversation) -> None:
    """Two per cent for paying within ten days, on the accounts of the SKR03; the tax falls with it."""
    await chat.begin("Elbe Bau", "DE", "skr03")
    values = [{"field": name, "value": value} for name, value in EARLY.items()]
    await chat.call("save_configuration", part="payment_terms", code="SKONTO", values=values)
    await chat.call("save_customer", name="Hotel Elbe", country="DE")
    number = await chat.invoice("Hotel Elbe", "1000", payment_terms="SKONTO")
    paid = {"invoice": number, "amount": "1166.20"}
    taken = {"invoice": number, "amount": "23.80", "kind": "discount"}
    await chat.settle("0.00", invoices=[paid, taken], amount="1166.20", reference="Bank 1")
    (row,) = (await chat.call("get_report", report="tax_summary"))["rows"]
    assert row["amounts"] == {"taxable": "980.00", "tax": "186.20"}
    assert (await chat.accounts())["1200"] == "1166.20"
    exported = await chat.call("export_documents", format="datev")
    assert exported["count"] == 3


EARLY = {"name": "2 % in 10 Tagen, 30 Tage netto", "days": "30", "discount_percent": "2", "discount_days": "10"}


async def french(chat: Conversation) -> None:
    """Customers from a file; one transfer for two invoices, and what was overpaid goes to a third."""
    await chat.begin("Pâtisserie du Vieux Port", "FR", "pcg")
    await chat.call("update_organization", registration_number="404833048")
    looked = await chat.call("import_records", kind="customers", file="clients.csv")
    assert looked["counts"]["created"] == 2
    await chat.call("import_records", kind="customers", file="clients.csv", dry_run=False)
    first, second, third = [await chat.invoice("Café du Port", "100") for _ in range(3)]
    both = [{"invoice": first}, {"invoice": second}]
    await chat.settle("-10.00", invoices=both, amount="250", accept_overpayment=True, reference="Virement 7")
    moved = await chat.call("record_payment", invoice=third, kind="credit")
    assert moved["payment"]["amount"] == "10.00"
    await chat.settle("0.00", invoice=third, amount="110")
    exported = await chat.call("export_documents", format="fec")
    assert exported["file_name"].startswith("404833048FEC")


async def british(chat: Conversation) -> None:
    """An invoice in dollars comes at another rate, and the bank takes its share."""
    await chat.begin("Finch Studio", "GB")
    await chat.call("save_customer", name="Hudson Inn", country="US")
    rated = {"currency": "USD", "exchange_rate": "0.80", "exchange_source": "HMRC"}
    number = await chat.invoice("Hudson Inn", "1000", **rated)
    await chat.settle("15.00", invoice=number, amount="985", exchange_rate="0.82")
    await chat.settle("0.00", invoice=number, amount="15", kind="charges")
    accounts = await chat.accounts()
    assert (accounts["1000"], accounts["6800"], accounts["7100"]) == ("807.70", "12.00", "-19.70")


async def american(chat: Conversation) -> None:
    """Work by project, a cent that is missing, and a month that is closed."""
    await chat.begin("Maple Repairs", "US")
    for code in ("project", "project/depot"):
        named = [{"field": "name", "value": "Project" if code == "project" else "Bus depot"}]
        await chat.call("save_configuration", part="dimensions", code=code, values=named)
    await chat.call("save_customer", name="City Transit", country="US", consumer=False)
    number = await chat.invoice("City Transit", "500", line={"dimensions": {"project": "depot"}})
    await chat.settle("0.01", invoice=number, amount="499.99")
    await chat.settle("0.00", invoice=number, kind="write_off")
    exported = await chat.call("export_documents", format="journal_csv")
    assert exported["count"] == 3
    await chat.call("save_configuration", part="periods", code="2020-12")


async def main() -> None:
    with TemporaryDirectory() as data, TemporaryDirectory() as files:
        (Path(files) / "clients.csv").write_text(CUSTOMERS, encoding="utf-8")
        arguments = ["-m", "server", "stdio", "--data", data, "--files", files]
        async with Client(StdioServerParameters(command=sys.executable, args=arguments)) as client:
            chat = Conversation(client)
            await chat.call("update_organization", name="Larkfield Accounting", country="GB")
            for business in (german, french, british, american):
                await business(chat)
                aging = await chat.call("get_report", report="receivables_aging")
                assert aging["rows"] == []
                print(f"{chat.handle}: settled")
            tokens = chat.characters // CHARACTERS_A_TOKEN
            print(f"{chat.calls} calls, {tokens} tokens of answers")
            assert chat.calls <= CALLS_MAX
            assert tokens <= TOKENS_MAX


if __name__ == "__main__":
    anyio.run(main)
