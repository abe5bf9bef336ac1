"""The month end of six clients in four countries through an assistant's tools alone; every total is checked.
A draft is read before it is issued, and its warnings are acknowledged by their codes only after they were shown.
Run it: python examples/month_end.py
"""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import anyio
from mcp import Client, StdioServerParameters
from mcp_types import TextContent

CALLS_MAX = 141
TOKENS_MAX = 14_000
CHARACTERS_A_TOKEN = 4


@dataclass(frozen=True)
class Sale:
    """An invoice of one line, and what it must come to. Of it `returned` pieces are credited, and `paid` is paid."""

    customer: str
    description: str
    quantity: int
    unit_price: str
    net: str
    tax: str
    more: dict[str, Any] = field(default_factory=dict)
    supply: str = ""
    tax_code: str = ""
    returned: int = 0
    credited: tuple[str, str] = ("0", "0")
    paid: str = ""

    @property
    def currency(self) -> str:
        return str(self.more.get("currency", ""))

    @property
    def owed(self) -> Decimal:
        paid, credited = Decimal(self.paid or "0"), sum(map(Decimal, self.credited))
        return Decimal(self.net) + Decimal(self.tax) - credited - paid


@dataclass(frozen=True)
class Business:
    """A client of the practice; `profile` is what its invoices show of it."""

    name: str
    country: str
    currency: str
    customers: tuple[dict[str, str], ...]
    sales: tuple[Sale, ...]
    profile: dict[str, str]
    environment: str = "live"


BUSINESSES = (
    Business(
        "Harbour Bakery", "GB", "GBP",
        (
            {"name": "Hotel Bristol", "address": "1 High Street, Bristol, BS1 4ND"},
            {"name": "Grand Café", "address": "9 Quay Street, Hull, HU1 1AA"},
        ),
        (
            Sale("Hotel Bristol", "Croissants", 40, "12.50", "500.00", "0.00", tax_code="ZERO",
                 returned=4, credited=("50.00", "0.00"), paid="450.00"),
            Sale("Grand Café", "Catering", 1, "300", "300.00", "60.00", paid="100.00"),
            Sale("Hotel Bristol", "Cake", 3, "45.50", "136.50", "27.30"),
        ),
        {"address": "7 Quayside, Bristol, BS1 5UH", "tax_number": "GB980780684", "iban": "GB33BUKB20201555555555"},
    ),
    Business(
        "Quay Editing", "GB", "GBP",
        (
            {"name": "Hotel Bristol", "address": "1 High Street, Bristol, BS1 4ND"},
            {"name": "Verlag Nord", "country": "DE", "address": "Hauptstr. 5, 10115 Berlin",
             "tax_number": "DE136695976"},
        ),
        (
            Sale("Hotel Bristol", "Editing", 10, "40", "400.00", "80.00", paid="480.00"),
            Sale("Verlag Nord", "Editing", 5, "90", "450.00", "0.00", supply="services", paid="200.00",
                 more={"currency": "EUR", "exchange_rate": "0.86", "exchange_source": "HMRC"}),
            Sale("Hotel Bristol", "Menus", 2, "99.99", "199.98", "40.00", returned=1, credited=("99.99", "20.00")),
        ),
        {"address": "9 Quayside, Bristol, BS1 5UH", "tax_number": "GB980780684", "iban": "GB33BUKB20201555555555"},
    ),
    Business(
        "Finch Studio", "DE", "EUR",
        (
            {"name": "Hotel Adler", "address": "Am Markt 1, 15230 Frankfurt (Oder)"},
            {"name": "Galerie Paix", "country": "FR", "address": "12 rue de la Paix, 75002 Paris",
             "tax_number": "FR40303265045"},
        ),
        (
            Sale("Hotel Adler", "Illustration", 10, "85", "850.00", "161.50", paid="1011.50"),
            # Framed prints are goods, which the line does not say: the draft asks, and that is acknowledged.
            Sale("Galerie Paix", "Framed prints", 4, "85", "340.00", "0.00", paid="140.00"),
            Sale("Hotel Adler", "Posters", 7, "19.99", "139.93", "26.59", returned=2, credited=("39.98", "7.60")),
        ),
        {"address": "Lindenweg 3, 10115 Berlin", "tax_number": "DE136695976", "iban": "DE89370400440532013000"},
    ),
    Business(
        "Weinhaus Krems", "AT", "EUR",
        (
            {"name": "Café Graben", "address": "Graben 19/Top 5, 1010 Wien"},
            {"name": "Gasthof Post", "address": "Hauptplatz 1, 8010 Graz"},
        ),
        (
            Sale("Café Graben", "Riesling", 12, "15", "180.00", "36.00", paid="216.00"),
            Sale("Gasthof Post", "Gläser", 1, "75.25", "75.25", "15.05", returned=1, credited=("75.25", "15.05")),
            Sale("Gasthof Post", "Veltliner", 3, "33.33", "99.99", "20.00", paid="19.99"),
        ),
        {"address": "Hauptstraße 5, 3500 Krems", "tax_number": "ATU13585627", "iban": "AT611904300234573201"},
    ),
    Business(
        "Atelier Lumière", "FR", "EUR",
        (
            {"name": "Hôtel du Port", "address": "3 place du Marché, 13001 Marseille"},
            {"name": "Librairie Nord", "address": "5 rue Haute, 59000 Lille"},
        ),
        (
            Sale("Hôtel du Port", "Photographies", 8, "50", "400.00", "80.00",
                 returned=2, credited=("100.00", "20.00"), paid="360.00"),
            Sale("Librairie Nord", "Tirages", 3, "12.35", "37.05", "7.41"),
            Sale("Librairie Nord", "Exposition", 1, "999", "999.00", "199.80", paid="500.00"),
        ),
        {"address": "12 rue Basse, 59000 Lille", "tax_number": "FR40303265045"},
        "sandbox",
    ),
    Business(
        "Menuiserie Sud", "FR", "EUR",
        (
            {"name": "Hôtel du Port", "address": "3 place du Marché, 13001 Marseille"},
            {"name": "Café Vieux", "address": "8 quai du Port, 13002 Marseille"},
        ),
        (
            Sale("Café Vieux", "Vis", 100, "1.10", "110.00", "22.00", paid="132.00"),
            Sale("Café Vieux", "Planches", 7, "8.40", "58.80", "11.76", paid="70.56"),
            Sale("Hôtel du Port", "Portes", 2, "249.50", "499.00", "99.80", returned=1, credited=("249.50", "49.90")),
        ),
        {"address": "1 quai du Port, 13002 Marseille", "tax_number": "FR23334175221"},
        "sandbox",
    ),
)  # fmt: skip


@dataclass
class Conversation:
    """A client that counts what an assistant would pay: calls, and the text of their answers."""

    client: Client
    calls: int = 0
    characters: int = 0

    @property
    def tokens(self) -> int:
        return self.characters // CHARACTERS_A_TOKEN

    async def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        result = await self.client.call_tool(tool, arguments)
        text = "\n".join(block.text for block in result.content if isinstance(block, TextContent))
        assert not result.is_error, text
        assert result.structured_content is not None
        self.calls += 1
        self.characters += len(text)
        return dict(result.structured_content)


async def set_up(chat: Conversation, business: Business) -> str:
    """Make the client and its customers, whose addresses are given as one line of text; answers its handle."""
    kind = {"country": business.country, "environment": business.environment}
    made = await chat.call("create_client_organization", name=business.name, **kind)
    handle = str(made["created"]["handle"])
    await chat.call("update_organization", organization=handle, **business.profile)
    for customer in business.customers:
        saved = (await chat.call("save_customer", organization=handle, **customer))["customer"]
        assert saved["city"], "the address was taken apart"
        assert saved["postal_code"]
    return handle


async def invoice(chat: Conversation, handle: str, sale: Sale) -> str:
    """Draft, read, and issue what was read; answers the number."""
    line = {"description": sale.description, "quantity": sale.quantity, "unit_price": sale.unit_price}
    line |= {"supply": sale.supply} if sale.supply else {}
    line |= {"tax_code": sale.tax_code} if sale.tax_code else {}
    own = {"organization": handle}
    shown = await chat.call("draft_invoice", customer=sale.customer, lines=[line], **sale.more, **own)
    check(shown, sale.net, sale.tax)
    assert shown["blockers"] == [], shown["blockers"]
    codes = [warning["code"] for warning in shown["warnings"]]
    for warning in shown["warnings"]:
        print(f"  {handle}, {sale.description}: [{warning['code']}] {warning['text']}")
    # What was shown is accepted by name, and nothing else: a warning that came up since would stop the issue.
    issued = await chat.call(
        "issue_invoice", draft=shown["draft"], client_reference=shown["number"], acknowledge=codes, **own
    )
    check(issued["invoice"], sale.net, sale.tax)
    assert issued["invoice"]["number"] == shown["number"]
    return str(issued["invoice"]["number"])


async def settle(chat: Conversation, handle: str, number: str, sale: Sale) -> None:
    """What comes back is credited, and what was paid is recorded."""
    own = {"organization": handle}
    if sale.returned:
        lines = [{"position": 1, "quantity": sale.returned}]
        credited = await chat.call("issue_credit_note", invoice=number, reason="Returned", lines=lines, **own)
        check(credited["credit_note"], *sale.credited)
    if sale.paid:
        currency = {"currency": sale.currency} if sale.currency else {}
        paid = await chat.call(
            "record_payment", invoice=number, amount=sale.paid, reference=f"Bank {number}", **currency, **own
        )
        assert Decimal(paid["invoice"]["amount_due"]) == sale.owed


def check(answered: dict[str, Any], net: str, tax: str) -> None:
    assert (answered["net_total"], answered["tax_total"]) == (net, tax), answered
    assert Decimal(answered["total"]) == Decimal(net) + Decimal(tax), answered


async def month_end(chat: Conversation, handle: str, business: Business) -> None:
    """All documents of the month, then what was invoiced and is unpaid, per currency, and the export."""
    for sale in business.sales:
        await settle(chat, handle, await invoice(chat, handle, sale), sale)
    invoiced: defaultdict[str, Decimal] = defaultdict(Decimal)
    owed: defaultdict[str, Decimal] = defaultdict(Decimal)
    for sale in business.sales:
        currency = sale.currency or business.currency
        invoiced[currency] += sum(map(Decimal, (sale.net, sale.tax))) - sum(map(Decimal, sale.credited))
        owed[currency] += sale.owed
    # One short page is enough: the sums are of all that match.
    month = await chat.call("find_invoices", organization=handle, limit=1)
    assert {one["currency"]: Decimal(one["total"]) for one in month["sums"]} == dict(invoiced)
    unpaid = await chat.call("find_invoices", organization=handle, status="open")
    assert {one["currency"]: Decimal(one["amount_due"]) for one in unpaid["sums"]} == {
        currency: amount for currency, amount in owed.items() if amount
    }
    assert len(unpaid["invoices"]) == sum(sale.owed > 0 for sale in business.sales)
    exported = await chat.call("export_documents", organization=handle, format="csv")
    documents = len(business.sales) + sum(bool(sale.returned) for sale in business.sales)
    assert exported["count"] == documents
    assert Path(exported["link"]).stat().st_size > 0
    await reports(chat, handle, business, dict(invoiced), {name: one for name, one in owed.items() if one})
    told = ", ".join(f"{amount} {currency} of {invoiced[currency]}" for currency, amount in owed.items())
    print(f"{business.name} ({handle}): unpaid {told}")


async def reports(
    chat: Conversation, handle: str, business: Business, invoiced: dict[str, Decimal], owed: dict[str, Decimal]
) -> None:
    """What goes into the return, who owes what, and that the accounts balance."""
    own = {"organization": handle}
    taxes = await chat.call("get_report", report="tax_summary", **own)
    summed = {one["currency"]: sum(map(Decimal, one["amounts"].values())) for one in taxes["totals"]}
    assert summed == invoiced
    aging = await chat.call("get_report", report="receivables_aging", **own)
    assert {one["currency"]: Decimal(one["amounts"]["owed"]) for one in aging["totals"]} == owed
    balance = await chat.call("get_report", report="trial_balance", **own)
    for total in balance["totals"]:
        assert total["amounts"]["debit"] == total["amounts"]["credit"]
        assert Decimal(total["amounts"]["closing"]) == 0
    sides = await chat.call("export_documents", format="csv", report="journal", **own)
    assert Path(sides["link"]).stat().st_size > 0


async def main() -> None:
    with TemporaryDirectory() as data:
        server = StdioServerParameters(command=sys.executable, args=["-m", "server", "stdio", "--data", data])
        async with Client(server) as client:
            chat = Conversation(client)
            await chat.call("update_organization", name="Larkfield Accounting", country="GB")
            handles = [await set_up(chat, business) for business in BUSINESSES]
            for handle, business in zip(handles, BUSINESSES, strict=True):
                await month_end(chat, handle, business)
            clients = (await chat.call("list_clients"))["clients"]
            assert {one["handle"] for one in clients} == set(handles)
            assert all(one["counts"]["drafts"] == 0 and one["counts"]["documents"] == 4 for one in clients)
            print(f"{chat.calls} calls, {chat.tokens} tokens of answers")
            assert chat.calls <= CALLS_MAX
            assert chat.tokens <= TOKENS_MAX


if __name__ == "__main__":
    anyio.run(main)
