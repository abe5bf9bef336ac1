"""What an accountant asks for in a conversation, done by an assistant that reads nothing but the texts of the answers.

It takes handles, numbers and ids from what it reads, as a client that shows the model text alone would have it do.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.assistant import ERAS, Assistant, Era, assistant, text_of
from tests.support.practice import practice

BAKERY, FINCH, ROOK = "harbour-bakery-sandbox", "finch-studio-sandbox", "rook-garage-sandbox"
CROISSANTS = [{"description": "Croissants", "unit": "tray", "quantity": 40, "unit_price": "12.50"}]


@dataclass
class Reader:
    """An assistant that reads texts; `session` is what it was told to pass on."""

    chat: Assistant
    session: str = ""

    async def read(self, tool: str, **arguments: Any) -> str:
        """The text of a call that succeeds."""
        text, refused = await self._told(tool, arguments)
        assert not refused, text
        return text

    async def refused(self, tool: str, **arguments: Any) -> str:
        """The text of a call that is refused."""
        text, refused = await self._told(tool, arguments)
        assert refused, text
        return text

    async def switch(self, organization: str) -> None:
        text = await self.read("switch_organization", organization=organization)
        if told := re.search(r'session="(\w+)"', text):
            self.session = told[1]

    async def _told(self, tool: str, arguments: dict[str, Any]) -> tuple[str, bool]:
        session = {"session": self.session} if self.session and tool != "list_clients" else {}
        result = await self.chat.call(tool, **arguments, **session)
        return text_of(result), bool(result.is_error)


def only(pattern: str, text: str) -> str:
    """The one thing in the text that looks like this."""
    (found,) = set(re.findall(pattern, text))
    return str(found)


@asynccontextmanager
async def conversation(root: Path, era: Era) -> AsyncIterator[Reader]:
    async with practice(root) as one:
        for name in ("Harbour Bakery", "Finch Studio", "Rook Garage"):
            client = await one.client(name)
            await one.customer(one.books(client))
        async with assistant(one.office, era) as chat:
            yield Reader(chat)


@pytest.mark.parametrize("era", ERAS)
async def test_two_clients_in_one_conversation(tmp_path: Path, era: Era) -> None:
    """Switch to Harbour Bakery and invoice Hotel Bristol for 40 trays; then the same for Finch Studio."""
    async with conversation(tmp_path, era) as reader:
        for name, handle in (("Harbour Bakery", BAKERY), ("Finch Studio", FINCH)):
            await reader.switch(name)
            shown = await reader.read("draft_invoice", customer="Hotel Bristol", lines=CROISSANTS)
            assert "1. Croissants: 40 tray x 12.50 = 500.00" in shown
            draft = only(r'issue_invoice with draft="(\w+)"', shown)
            issued = await reader.read("issue_invoice", draft=draft)
            assert issued.splitlines()[0] == f"{name} ({handle})"
            assert "Issued TEST-INV-2026-00001 to Hotel Bristol" in issued
        other = await reader.read("find_invoices", organization=BAKERY)
        assert other.startswith(f"Harbour Bakery ({BAKERY})")
        assert (await reader.read("find_invoices")).startswith(f"Finch Studio ({FINCH})")


@pytest.mark.parametrize("era", ERAS)
async def test_names_that_are_misspelt_lead_to_the_ones_that_were_meant(tmp_path: Path, era: Era) -> None:
    async with conversation(tmp_path, era) as reader:
        for misspelt in ("Harbor Bakery", "harbour-bakery", "Bakery Harbour"):
            handle = only(r"Candidates: (.*)\.$", await reader.refused("switch_organization", organization=misspelt))
            assert handle == BAKERY
            assert f"Candidates: {BAKERY}." in await reader.refused("find_items", organization=misspelt)
        await reader.switch(BAKERY)
        document = {"lines": CROISSANTS}
        customer = only(
            r"Candidates: (.*)\.$", await reader.refused("draft_invoice", customer="Hotl Bristol", **document)
        )
        assert f"for {customer} [cus_" in await reader.read("draft_invoice", customer=customer, **document)
        assert f"Similar: {customer}." in await reader.read("find_customers", query="Bristl")
        await reader.read("save_item", name="Croissants", unit_price="12.50")
        named = {"customer": customer, "lines": [{"item": "Croisants", "quantity": 1}]}
        item = only(r"Candidates: (.*)\.$", await reader.refused("draft_invoice", **named))
        assert item == "Croissants"
        assert "Similar: Croissants." in await reader.read("find_items", query="croisant")
        nobody = await reader.refused("draft_invoice", customer="Café Paris", **document)
        assert "find_customers" in nobody
        assert "save_customer" in nobody
        assert "Candidates" not in nobody


@pytest.mark.parametrize("era", ERAS)
async def test_two_customers_of_one_name_are_told_apart_by_what_is_known_of_them(tmp_path: Path, era: Era) -> None:
    async with conversation(tmp_path, era) as reader:
        await reader.switch(BAKERY)
        second = await reader.read(
            "save_customer", name="Hotel Bristol", address="9 Quay\nHull HU1 1AA", email="b@example.com"
        )
        assert "There was already a customer of this name" in second
        refused = await reader.refused("draft_invoice", customer="Hotel Bristol", lines=CROISSANTS)
        chosen = only(r"(cus_\w+) Hotel Bristol \(9 Quay", refused)
        assert f"[{chosen}]" in await reader.read("draft_invoice", customer=chosen, lines=CROISSANTS)


@pytest.mark.parametrize("era", ERAS)
async def test_a_wrong_amount_becomes_a_credit_note_and_a_new_invoice(tmp_path: Path, era: Era) -> None:
    async with conversation(tmp_path, era) as reader:
        await reader.switch(BAKERY)
        issued = await reader.read("issue_invoice", customer="Hotel Bristol", lines=CROISSANTS, purchase_order="PO-7")
        wrong = only(r"Issued (\S+) to", issued)
        credited = await reader.read("issue_credit_note", invoice=wrong, reason="40 instead of 4 trays")
        assert f"Open of {wrong}: 0.00 GBP." in credited
        copied = only(r'copy_of="(.+?)"', credited)
        shown = await reader.read("draft_invoice", copy_of=copied, lines=[{**CROISSANTS[0], "quantity": 4}])
        assert "for Hotel Bristol" in shown
        assert "total 60.00 GBP" in shown
        anew = await reader.read("issue_invoice", draft=only(r'draft="(\w+)"', shown))
        right = only(r"Issued (\S+) to", anew)
        assert "purchase order PO-7" in await reader.read("get_invoice", invoice=right)
        again = await reader.refused("issue_credit_note", invoice=wrong, reason="Once more")
        assert again.startswith("conflict: ")


@pytest.mark.parametrize("era", ERAS)
async def test_a_payment_in_part_too_much_and_taken_back(tmp_path: Path, era: Era) -> None:
    async with conversation(tmp_path, era) as reader:
        await reader.switch(BAKERY)
        issued = await reader.read("issue_invoice", customer="Hotel Bristol", lines=CROISSANTS)
        number = only(r"Issued (\S+) to", issued)
        assert f"Open of {number}: 500.00 GBP." in await reader.read("record_payment", invoice=number, amount=100)
        over = await reader.refused("record_payment", invoice=number, amount=600)
        assert "accept_overpayment" in over
        paid = await reader.read("record_payment", invoice=number, amount=600, accept_overpayment=True)
        assert f"Open of {number}: -100.00 GBP: the customer is owed this." in paid
        shown = await reader.read("get_invoice", invoice=number)
        payment = only(r"Paid: 600.00 on \S+ \[(pay_\w+)\]", shown)
        back = await reader.read("record_payment", invoice=number, reverse=payment)
        assert f"Open of {number}: 500.00 GBP." in back
        assert "partially_paid" in await reader.read("find_invoices", query=number)


@pytest.mark.parametrize("era", ERAS)
async def test_a_month_end_over_three_clients_copies_last_months_invoices(tmp_path: Path, era: Era) -> None:
    async with conversation(tmp_path, era) as reader:
        clients = re.findall(r"^- .* \((\S+)\): sandbox", await reader.read("list_clients"), re.MULTILINE)
        assert clients == [FINCH, BAKERY, ROOK]
        for handle in clients:
            mine = {"organization": handle}
            await reader.read(
                "issue_invoice", customer="Hotel Bristol", lines=CROISSANTS, issue_date="2026-02-28", **mine
            )
            listed = await reader.read(
                "find_invoices", customer="Hotel Bristol", issued_from="2026-02-01", issued_to="2026-02-28", **mine
            )
            last = only(r"^- (\S+) 2026-02-28", listed.splitlines()[1])
            shown = await reader.read("draft_invoice", copy_of=last, **mine)
            assert "dated 2026-03-16" in shown
            issued = await reader.read("issue_invoice", draft=only(r'draft="(\w+)"', shown), **mine)
            number = only(r"Issued (\S+) to", issued)
            assert f"{number} as PDF: " in await reader.read("render_document", document=number, **mine)
            exported = await reader.read("export_documents", format="csv", issued_from="2026-03-01", **mine)
            assert "\n1 document as csv: " in exported
            assert all(text.splitlines()[0].endswith(f"({handle})") for text in (listed, shown, issued, exported))
        overview = await reader.read("list_clients")
        assert overview.count("2 documents, 0 drafts, 1 customer, 0 items") == 3
