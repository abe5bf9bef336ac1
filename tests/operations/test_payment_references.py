"""What payers state: made when a document is issued, never twice, and found again where a bank's statement has it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pytest

from invoicing.document.documents import DocumentKind
from invoicing.document.parties import PaymentDetails
from invoicing.document.references import Payee
from invoicing.document.requested import RequestedDocument, RequestedLine
from invoicing.refusals import Conflict, InvalidInput, NotFound
from operations.configuration.configuring import get_entries, save_entry
from operations.configuration.entries import Change, Part
from operations.credit_notes import CreditRequest
from operations.drafts import DraftRequest, draft_invoice
from operations.finding_invoices import InvoiceSearch, find_invoices
from operations.invoices import IssueRequest, get_invoice
from operations.issuing import StandingDocument
from operations.payments import PaymentRequest, record_payment
from operations.profile import update_organization
from operations.verification import verify_books
from storage.books.pool import Books
from tests.support.issuing import issue_credit_note, issue_invoice
from tests.support.practice import Practice, practice

FINNISH, SWISS, QR = "FI2112345600000785", "CH5800791123000889012", "CH4431999123000889012"


@dataclass(slots=True)
class Desk:
    one: Practice
    books: Books

    async def account(self, code: str = "MAIN", **values: str) -> None:
        await save_entry(self.one.office, self.books, Part.BANK_ACCOUNTS, Change(code=code, values=values))

    async def invoice(self, buyer: str, *, series: str = "", account: str = "") -> StandingDocument:
        line = RequestedLine(Decimal(1), description="Work", unit_price=Decimal(100))
        wanted = RequestedDocument(buyer, (line,), currency="EUR", series=series, bank_account=account)
        return await issue_invoice(self.books, IssueRequest(request=DraftRequest(document=wanted)))

    async def found(self, query: str) -> list[str]:
        page = await find_invoices(self.books, InvoiceSearch(query=query), cursor="", limit=10)
        return [one.header.number for one in page.items]

    async def buyer(self, country: str) -> str:
        return (await self.one.customer(self.books, f"Buyer {country}", country=country)).id

    async def pay(self, invoice: str) -> str:
        made = await record_payment(self.books, PaymentRequest(invoice=invoice, amount=Decimal(1)))
        return made.parts[0].document.document.number


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with practice(tmp_path) as one:
        client = await one.client("Satama Oy", "FI")
        books = one.books(client)
        await update_organization(one.office, books, {"iban": FINNISH})
        yield Desk(one, books)
        assert (await verify_books(books)).problem == ""


async def test_an_invoice_has_its_reference_when_it_is_issued_and_keeps_it(desk: Desk) -> None:
    buyer = await desk.buyer("FI")
    line = RequestedLine(Decimal(1), description="Work", unit_price=Decimal(100))
    shown = await draft_invoice(desk.books, DraftRequest(document=RequestedDocument(buyer, (line,))))
    assert shown.document.payment == PaymentDetails("Satama Oy", iban=FINNISH, reference_rule="viite")
    made = (await desk.invoice(buyer)).document
    assert made.payment.reference == "2026000011"
    await desk.account(reference_rule="rf")
    assert (await get_invoice(desk.books, made.number)).document == made
    assert (await desk.invoice(buyer)).document.payment.reference.startswith("RF")


async def test_a_reference_is_found_as_a_bank_prints_it(desk: Desk) -> None:
    at_home = (await desk.invoice(await desk.buyer("FI"))).document
    abroad = (await desk.invoice(await desk.buyer("SE"))).document
    assert (at_home.payment.reference, abroad.payment.reference) == ("2026000011", "RF032026000024")
    for text in ("20260 00011", "2026000011"):
        assert await desk.found(text) == [at_home.number]
        assert await desk.pay(text) == at_home.number
    for text in ("RF03 2026 0000 24", "rf032026000024"):
        assert await desk.found(text) == [abroad.number]
        assert await desk.pay(text) == abroad.number
    # What the bank made of one form or the other is the same reference.
    assert await desk.pay("2026000024") == abroad.number
    with pytest.raises(NotFound):
        await desk.pay("2026000039")
    with pytest.raises(NotFound):
        await issue_credit_note(desk.books, CreditRequest(invoice=at_home.payment.reference, reason="a slip"))


async def test_two_documents_never_have_one_reference(desk: Desk) -> None:
    other = Change(code="OTHER", values={"kind": "invoice", "pattern": "B-{YYYY}-{SEQ:5}"})
    await save_entry(desk.one.office, desk.books, Part.SERIES, other)
    buyer = await desk.buyer("FI")
    made = [await desk.invoice(buyer, series=series) for series in ("", "OTHER", "", "OTHER")]
    numbers = [one.document.number for one in made]
    assert [number.rpartition("-")[2] for number in numbers] == ["00001", "00001", "00002", "00002"]
    references = [one.document.payment.reference for one in made]
    assert references == ["2026000011", "20260000118", "2026000024", "20260000215"]
    assert [await desk.pay(reference) for reference in references] == numbers


async def test_a_credit_note_asks_for_nothing_and_has_no_reference(desk: Desk) -> None:
    made = await desk.invoice(await desk.buyer("FI"))
    note = (
        await issue_credit_note(desk.books, CreditRequest(invoice=made.document.number, reason="a slip"))
    ).note.document
    assert note.kind is DocumentKind.CREDIT_NOTE
    assert (note.payment.reference, note.payment.reference_rule) == ("", "")


async def test_accounts_have_purposes_types_and_rules_and_two_are_never_for_the_same(desk: Desk) -> None:
    await desk.account(iban=SWISS, reference_rule="none")
    await desk.account("SWISS", iban=QR, purpose="domestic", currency="CHF")
    await desk.account("ABROAD", iban="BE68539007547034", purpose="foreign")
    page = await get_entries(desk.one.office, desk.books, Part.BANK_ACCOUNTS, cursor="", limit=10)
    kept = {one.code: one.values for one in page.items}
    assert (kept["MAIN"]["reference_rule"], kept["SWISS"]["purpose"], kept["ABROAD"]["purpose"]) == (
        "none",
        "domestic",
        "foreign",
    )
    with pytest.raises(Conflict, match="ABROAD is the account of foreign already"):
        await desk.account("MORE", iban=FINNISH, purpose="foreign")
    with pytest.raises(InvalidInput, match="ocr is not known there"):
        await desk.account("GIRO", account_number="5050-1055", reference_rule="ocr")
    abroad = await desk.buyer("SE")
    assert (await desk.invoice(abroad)).document.payment.iban == "BE68539007547034"
    assert (await desk.invoice(abroad, account="main")).document.payment.iban == SWISS
    await desk.account("MORE", iban=FINNISH, purpose="foreign", currency="EUR")
    assert (await desk.invoice(abroad)).document.payment.iban == FINNISH


async def test_what_is_paid_to_a_payee_names_the_payees_account(desk: Desk) -> None:
    await desk.account("FACTOR", iban="BE68539007547034", purpose="payee", account_holder="Factor NV")
    line = RequestedLine(Decimal(1), description="Work", unit_price=Decimal(100))
    wanted = RequestedDocument(await desk.buyer("FI"), (line,))
    own = await draft_invoice(desk.books, DraftRequest(document=wanted))
    assert own.document.payment.iban == FINNISH
    sold = await draft_invoice(desk.books, DraftRequest(document=replace(wanted, payee=Payee("Factor NV"))))
    assert (sold.document.payment.iban, sold.document.payment.account_holder) == ("BE68539007547034", "Factor NV")


async def test_a_draft_says_that_no_account_takes_what_this_buyer_pays(desk: Desk) -> None:
    await update_organization(desk.one.office, desk.books, {"iban": QR})
    line = RequestedLine(Decimal(1), description="Work", unit_price=Decimal(100))
    wanted = RequestedDocument(await desk.buyer("SE"), (line,), currency="EUR")
    shown = await draft_invoice(desk.books, DraftRequest(document=wanted))
    assert "no_account_for_buyer" in [one.code for one in shown.warnings]
    assert shown.document.payment == PaymentDetails()
    await desk.account("ABROAD", iban=SWISS, purpose="foreign")
    shown = await draft_invoice(desk.books, DraftRequest(document=wanted))
    assert "no_account_for_buyer" not in [one.code for one in shown.warnings]


async def test_a_draft_says_that_an_account_is_for_another_currency(desk: Desk) -> None:
    line = RequestedLine(Decimal(1), description="Work", unit_price=Decimal(100))
    buyer = await desk.buyer("FI")

    async def warned(currency: str) -> list[str]:
        wanted = RequestedDocument(buyer, (line,), currency=currency)
        shown = await draft_invoice(desk.books, DraftRequest(document=wanted))
        return [one.text for one in shown.warnings if one.code == "no_account_in_currency"]

    assert await warned("CHF") == []
    await desk.account(currency="EUR")
    (printed,) = await warned("CHF")
    assert "The account that is printed is for EUR" in printed
    assert await warned("EUR") == []
    await desk.account("SWISS", iban=SWISS, currency="CHF")
    assert await warned("CHF") == []


async def test_a_draft_says_that_no_account_is_for_its_currency(desk: Desk) -> None:
    line = RequestedLine(Decimal(1), description="Work", unit_price=Decimal(100))
    await desk.account("EURO", iban="BE68539007547034", currency="EUR")
    await update_organization(desk.one.office, desk.books, {"iban": ""})
    wanted = RequestedDocument(await desk.buyer("FI"), (line,), currency="CHF")
    shown = await draft_invoice(desk.books, DraftRequest(document=wanted))
    assert shown.document.payment == PaymentDetails()
    (told,) = [one.text for one in shown.warnings if one.code == "no_account_in_currency"]
    assert "No account is printed: there is one for EUR alone, and the document is in CHF." in told


async def test_what_the_books_say_of_a_reference_is_that_of_the_document(desk: Desk) -> None:
    made = await desk.invoice(await desk.buyer("FI"))
    assert replace(made.document.payment, reference="") != made.document.payment
    assert (await verify_books(desk.books)).problem == ""
