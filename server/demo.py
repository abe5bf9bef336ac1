"""The demonstration: the main job on an empty folder, through a real MCP client on stdio.

A practice, three clients in three countries (one copied, two fresh), switching between them in one conversation,
one invoice each, rendered and exported, then a payment for one and a credit note for another, and the proof that
nothing was mixed up. What it claims, it checks.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mcp import Client, StdioServerParameters
from mcp_types import TextContent

from invoicing.organizations import Environment
from invoicing.refusals import Unavailable
from invoicing.text.typed import counted, in_command
from operations import practices
from operations.access import Office, open_books
from operations.practices import FirstOrganization
from operations.rights import Right
from operations.verification import verify_books
from server.app import find_organization, system_clock
from server.console import say_json, say_now
from server.settings import DEFAULT_URL
from storage.folder.store import open_store

PRACTICE = "Larkfield Accounting"
OWNER = "partner@larkfield.example"


@dataclass(frozen=True, slots=True)
class Story:
    """One client of the demonstration: how it is created, whom it invoices and for what."""

    name: str
    creation: dict[str, Any]
    profile: dict[str, Any]
    customer: dict[str, Any]
    item: dict[str, Any]
    quantity: str
    total: str


STORIES = (
    Story(
        name="Harbour Bakery",
        creation={"country": "GB", "copy_from": "larkfield-accounting-sandbox"},
        profile={
            "address": {"line1": "7 Quayside", "postal_code": "BS1 5UH", "city": "Bristol"},
            "tax_number": "GB980780684",
            "email": "orders@harbour.example",
            "iban": "GB33BUKB20201555555555",
        },
        customer={
            "name": "Hotel Bristol",
            "email": "accounts@hotel.example",
            "address": {"line1": "1 Queen Square", "postal_code": "BS1 4JQ", "city": "Bristol"},
        },
        item={"name": "Croissants", "unit": "tray", "unit_price": "12.50", "tax_code": "ZERO"},
        quantity="40",
        total="500.00",
    ),
    Story(
        name="Finch Studio",
        creation={"country": "DE"},
        profile={
            "address": {"line1": "Lindenallee 12", "postal_code": "10115", "city": "Berlin"},
            "tax_number": "DE136695976",
            "iban": "DE89370400440532013000",
        },
        customer={
            "name": "Bäckerei Grün GmbH",
            "address": {"line1": "Hauptstraße 3", "postal_code": "20095", "city": "Hamburg"},
        },
        item={"name": "Illustration", "unit": "Std.", "unit_price": "85.00", "supply": "services"},
        quantity="7.5",
        total="758.63",
    ),
    Story(
        name="Ελαιώνας Κρήτης",
        creation={"country": "GR", "accounting_standard": "ifrs", "chart_of_accounts": "standard"},
        profile={
            "address": {"line1": "Οδός Ελιάς 5", "postal_code": "71201", "city": "Ηράκλειο"},
            "tax_number": "EL094259216",
            "iban": "GR1601101250000000012300695",
        },
        customer={
            "name": "Ταβέρνα Η Αυλή",
            "tax_number": "EL023456780",
            "address": {"line1": "Πλατεία 1", "postal_code": "10556", "city": "Αθήνα"},
        },
        item={"name": "Ελαιόλαδο 5 L", "unit": "δοχείο", "unit_price": "48.00", "tax_code": "REDUCED"},
        quantity="20",
        total="1084.80",
    ),
)


@dataclass(slots=True)
class Conversation:
    """A client's conversation with the server: each call is told, and its session is carried along."""

    client: Client
    quiet: bool
    session: str = ""
    steps: int = field(default=0)

    async def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Call a tool that should succeed.

        Raises:
            Unavailable: it was refused.
        """
        text, structured = await self._call(tool, arguments)
        if structured is None:
            raise Unavailable(f"The demonstration stopped at {tool}: {text}")
        return structured

    async def refused(self, tool: str, **arguments: Any) -> str:
        """Call a tool that should be refused, and answer the refusal.

        Raises:
            Unavailable: it succeeded.
        """
        text, structured = await self._call(tool, arguments)
        if structured is not None:
            raise Unavailable(f"The demonstration stopped: {tool} should have been refused.")
        return text

    async def _call(self, tool: str, arguments: dict[str, Any]) -> tuple[str, dict[str, Any] | None]:
        sent = arguments | ({"session": self.session} if self.session and tool not in _WITHOUT_SESSION else {})
        result = await self.client.call_tool(tool, sent)
        first = result.content[0]
        text = first.text if isinstance(first, TextContent) else ""
        self._tell(tool, arguments, text)
        return text, None if result.is_error else result.structured_content

    def _tell(self, tool: str, arguments: dict[str, Any], text: str) -> None:
        self.steps += 1
        if self.quiet:
            return
        say_now(f"\n{self.steps}. {tool} {json.dumps(arguments, ensure_ascii=False)}")
        for line in text.splitlines():
            say_now(f"   | {line}")


_WITHOUT_SESSION = {"list_clients", "create_client_organization"}


async def run_demo(data: Path, as_json: bool) -> None:
    """Run the demonstration in `data`, which must be new or empty, and print each step as it happens."""
    async with _new_practice(data) as office:
        if not as_json:
            say_now(f"A new data folder, {data}, with a sandbox practice: {PRACTICE}, owner {OWNER}.")
            say_now("From here on an MCP client talks to `counterfoil stdio`, as an AI assistant would.")
        async with Client(_server(data)) as client:
            conversation = Conversation(client, quiet=as_json)
            made = await _work(conversation)
            checks = [*await _check(conversation, made), *await _settle(conversation, made)]
            protocol = client.protocol_version
        checks += [await _verified(office, one["handle"]) for one in made]
    report = {
        "practice": "larkfield-accounting-sandbox",
        "data": str(data),
        "protocol_version": protocol,
        "default_url": DEFAULT_URL,
        "calls": conversation.steps,
        "clients": made,
        "checks": checks,
    }
    say_json(report) if as_json else _tell_report(report)


@asynccontextmanager
async def _new_practice(data: Path) -> AsyncIterator[Office]:
    async with open_store(data) as store:
        first = FirstOrganization(name=PRACTICE, country="GB", email=OWNER, environment=Environment.SANDBOX)
        principal, _ = await practices.start_installation(store, system_clock, first)
        yield Office(store=store, principal=principal, clock=system_clock)


def _server(data: Path) -> StdioServerParameters:
    return StdioServerParameters(command=sys.executable, args=["-m", "server", "stdio", "--data", str(data)])


async def _work(conversation: Conversation) -> list[dict[str, Any]]:
    """Create the clients first, then work for each in turn, switching in between."""
    made = []
    for story in STORIES:
        created = await conversation.call("create_client_organization", name=story.name, **story.creation)
        made.append({"name": story.name, **created["created"], "layers": created["layers"]})
    for story, one in zip(STORIES, made, strict=True):
        switched = await conversation.call("switch_organization", organization=one["handle"])
        conversation.session = switched["session"]
        await conversation.call("update_organization", **story.profile)
        customer = await conversation.call("save_customer", **story.customer)
        item = await conversation.call("save_item", **story.item)
        lines = [{"item": item["item"]["id"], "quantity": story.quantity}]
        draft = await conversation.call("draft_invoice", customer=customer["customer"]["id"], lines=lines)
        issued = await conversation.call("issue_invoice", draft=draft["draft"], client_reference="demo-1")
        one["customer"] = customer["customer"]["name"]
        one["invoice"] = issued["invoice"]
    for one in made:
        await conversation.call("switch_organization", organization=one["name"])
        pdf = await conversation.call("render_document", document=one["invoice"]["number"])
        export = await conversation.call("export_documents", format="csv")
        archive = await conversation.call("export_documents", format="pdf")
        one |= {"pdf": pdf["link"], "csv": export["link"], "zip": archive["link"], "exported": export["count"]}
    return made


async def _check(conversation: Conversation, made: list[dict[str, Any]]) -> list[str]:
    """What the demonstration shows, checked: each client has its own numbers, customers and exports."""
    checks = []
    for story, one in zip(STORIES, made, strict=True):
        invoice = one["invoice"]
        _claim(invoice["number"].startswith("TEST-INV-") and invoice["number"].endswith("-00001"), "own numbering")
        _claim(invoice["total"] == story.total, f"{story.name}: the total is {story.total}")
        checks.append(f"{one['handle']}: first number of its own series, {invoice['number']}, {invoice['total']}")
    for one in made:
        found = await conversation.call("find_customers", organization=one["handle"])
        names = [customer["name"] for customer in found["customers"]]
        _claim(names == [one["customer"]], f"{one['name']}: only its own customers")
        exported = Path(one["csv"]).read_text("utf-8-sig")
        others = [other["customer"] for other in made if other is not one]
        _claim(one["exported"] == 1 and one["customer"] in exported, f"{one['name']}: exports its own invoice")
        _claim(not any(other in exported for other in others), f"{one['name']}: exports nobody else's")
        checks.append(f"{one['handle']}: its customers are {', '.join(names)}; its export holds 1 document, its own")
    first, second = made[0], made[1]
    refusal = await conversation.refused("get_invoice", invoice=first["invoice"]["id"], organization=second["handle"])
    _claim(refusal.startswith("not_found"), "another client's invoice does not exist here")
    checks.append(f"{second['handle']}: the invoice of {first['handle']} does not exist there")
    return checks


async def _settle(conversation: Conversation, made: list[dict[str, Any]]) -> list[str]:
    """A payment for the first client and a credit note for the second: each call names its client, without a switch."""
    paid, credited = made[0], made[1]
    recorded = await conversation.call(
        "record_payment",
        organization=paid["handle"],
        invoice=paid["invoice"]["number"],
        amount=paid["invoice"]["total"],
        method="bank transfer",
    )
    paid["payment"] = recorded["payment"]
    _claim(recorded["invoice"]["amount_due"] == "0.00", "a paid invoice is open no more")
    issued = await conversation.call(
        "issue_credit_note",
        organization=credited["handle"],
        invoice=credited["invoice"]["number"],
        lines=[{"position": 1, "quantity": "0.5"}],
        reason="Eine halbe Stunde zu viel berechnet",
        client_reference="demo-2",
    )
    note = issued["credit_note"]
    _claim(note["number"].startswith("TEST-CN-") and note["number"].endswith("-00001"), "a series of credit notes")
    _claim(issued["invoice_amount_due"] == "708.05", "half an hour less is open")
    rendered = await conversation.call("render_document", organization=credited["handle"], document=note["number"])
    credited |= {"credit_note": note, "credit_note_pdf": rendered["link"]}
    return [
        f"{paid['handle']}: its invoice is paid, 0.00 is open",
        f"{credited['handle']}: credit note {note['number']}, {note['total']}; {issued['invoice_amount_due']} is open",
    ]


async def _verified(office: Office, handle: str) -> str:
    books = open_books(office, await find_organization(office, handle), Right.READ)
    verified = await verify_books(books)
    _claim(not verified.problem, f"{handle} verifies")
    held = f"{counted(verified.documents, 'document')}, {counted(verified.files, 'file')}"
    return f"{handle}: verified, {held}, hash chain whole"


def _claim(holds: bool, what: str) -> None:
    if not holds:
        raise Unavailable(f"The demonstration's claim does not hold: {what}.")


def _tell_report(report: dict[str, Any]) -> None:
    say_now(f"\nWhat was done ({report['calls']} calls, protocol {report['protocol_version']}):")
    for one in report["clients"]:
        invoice = one["invoice"]
        say_now(f"\n{one['name']} ({one['handle']}), {one['country']}")
        say_now(f"  invoice {invoice['number']} to {one['customer']}: {invoice['total']} {invoice['currency']}")
        say_now(f"  PDF     {one['pdf']}")
        if "payment" in one:
            say_now(f"  payment {one['payment']['amount']} {invoice['currency']}, {one['payment']['method']}")
        if "credit_note" in one:
            note = one["credit_note"]
            say_now(f"  credit  {note['number']}: {note['total']} {invoice['currency']}")
            say_now(f"  PDF     {one['credit_note_pdf']}")
        say_now(f"  export  {one['csv']}")
        say_now(f"  ZIP     {one['zip']}")
    say_now("\nChecked:")
    for check in report["checks"]:
        say_now(f"  - {check}")
    say_now("\nOver HTTP, with `counterfoil serve` and a token, each has a connection of its own:")
    for one in report["clients"]:
        say_now(f"  {report['default_url']}/mcp/{one['handle']}")
    say_now("\nGo on with this folder in an AI client; its configuration starts this command (README.md):")
    command = in_command(str(Path(sys.executable).parent / "counterfoil"))
    say_now(f"  {command} stdio --data {in_command(report['data'])}")
