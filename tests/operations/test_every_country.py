"""Every country issues, credits and is paid, at home and abroad, as its law says.

What is expected stands in `every_country.toml`, written from the laws and with their sources: it does not read the
country files, and a text or rate that slips in one of the two is a failure.
"""

from __future__ import annotations

import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from invoicing.countries import COUNTRY_CODES
from invoicing.document.documents import Document, DocumentKind, JurisdictionLevel, Supply, TaxCategory
from invoicing.document.lifecycle import Status
from invoicing.document.requested import RequestedDocument, RequestedLine
from invoicing.master_data.records import Customer
from invoicing.money.amounts import minor_digits, to_major
from invoicing.organizations import Environment, OrganizationKind
from invoicing.tax.settings import Part, TaxCodeChange
from operations.access import Office, open_books
from operations.credit_notes import CreditRequest
from operations.customers import save_customer
from operations.drafts import DraftRequest, Preview, draft_invoice
from operations.invoices import IssueRequest, get_invoice
from operations.mandates import acknowledge_mandate
from operations.payments import PaymentRequest, record_payment
from operations.practices import FirstOrganization, start_installation
from operations.profile import update_organization
from operations.rights import Right
from operations.settings import save_tax_code
from operations.verification import verify_books
from storage.books.pool import BOOKS_FILE, Books
from tests.support.begun import begin_folder
from tests.support.clock import SettableClock
from tests.support.folders import folder_of
from tests.support.issuing import issue_credit_note, issue_invoice
from tests.support.printed import printed
from tests.support.raw import raw
from tests.support.stores import open_store

TABLE: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("every_country.toml").read_text("utf-8"))
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
# VATEX code list of EN 16931; its codes are those of Directive 2006/112/EC, and say nothing of other laws.
VATEX = {"K": "VATEX-EU-IC", "AE": "VATEX-EU-AE", "G": "VATEX-EU-G", "O": "VATEX-EU-O"}
MEMBERS = [code for code, row in TABLE.items() if "eu_goods" in row]
REGISTERED = {"CZ": "25123891", "DK": "13585628", "FI": "2077474-0", "SK": "36421928"}
"""Numbers of the register where eight digits have a check digit."""
TAKES_NO_PDF = {
    "BE": ("be-peppol-b2b",),
    "HR": ("hr-eracun-b2b",),
    "IT": ("it-sdi",),
    "PT": ("pt-certified",),
    "RO": ("ro-efactura",),
}
"""What the law of a country asks for on that day in the place of a PDF, at home or everywhere."""
ABROAD = {"US": "GB"}
"""Where the business outside is; in the United States unless the seller is."""


@dataclass(frozen=True, slots=True)
class Sale:
    """To whom, of what, and which row of the table says what it comes to; `warns` of what must be looked after."""

    name: str
    row: str
    country: str
    consumer: bool
    supply: Supply
    with_tax: bool = False
    warns: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    category: TaxCategory
    rate: Decimal
    text: str


def sales(seller: str) -> list[Sale]:
    """At home, to the members of the EU and to the rest of the world: businesses and consumers, goods and services."""
    outside = ABROAD.get(seller, "US")
    home = [
        Sale("business at home", "standard", seller, False, Supply.GOODS),
        Sale("consumer at home", "standard", seller, True, Supply.GOODS, with_tax=True),
    ]
    world = [
        Sale("business outside, service", "services", outside, False, Supply.SERVICES),
        Sale("consumer outside, goods", "export", "JP", True, Supply.GOODS),
    ]
    if seller not in MEMBERS:
        return [
            *home,
            *world,
            Sale("business in the EU, goods", "export", "DE", False, Supply.GOODS),
            Sale("business in the EU, service", "services", "DE", False, Supply.SERVICES),
            Sale("consumer in the EU, goods", "export", "FR", True, Supply.GOODS),
        ]
    partner = MEMBERS[(MEMBERS.index(seller) + 1) % len(MEMBERS)]
    return [
        *home,
        *world,
        Sale("business in the EU, goods", "eu_goods", partner, False, Supply.GOODS, warns="VIES"),
        Sale("business in the EU, service", "eu_services", partner, False, Supply.SERVICES, warns="VIES"),
        Sale("consumer in the EU, goods", "standard", partner, True, Supply.GOODS, with_tax=True, warns="10,000 EUR"),
    ]


def expected(seller: str, row: str) -> Expected:
    said = TABLE[seller][row]
    rate = Decimal(said.get("rate", "0"))
    return Expected(TaxCategory(said.get("category", "S")), rate, said.get("text", ""))


@asynccontextmanager
async def live_seller(root: Path, code: str) -> AsyncIterator[Books]:
    """The books of a business of this country that lacks nothing its law wants on an invoice."""
    clock = SettableClock(NOON)
    async with open_store(begin_folder(root)) as store:
        first = FirstOrganization(
            "Harbour Bakery", code, "owner@example.com", OrganizationKind.STANDARD, Environment.LIVE
        )
        principal, organization = await start_installation(store, clock, first)
        office = Office(store, principal, clock)
        books = open_books(office, organization, Right.ISSUE)
        profile = {
            "line1": "1 Main Street",
            "postal_code": "12345",
            "city": "Harbour",
            "region": "CA" if code == "US" else "",
            "tax_number": TABLE[code]["tax_number"],
            "registration_number": REGISTERED.get(code, "12345678"),
            "iban": "GB33BUKB20201555555555",
        }
        books, _ = await update_organization(office, books, profile)
        if code == "US":
            await save_tax_code(books, los_angeles())
        for mandate in TAKES_NO_PDF.get(code, ()):
            await acknowledge_mandate(office, books, mandate, handed_in="entered by our provider")
        yield books


def los_angeles() -> TaxCodeChange:
    parts = (
        Part(JurisdictionLevel.STATE, "California", Decimal("7.25")),
        Part(JurisdictionLevel.DISTRICT, "Los Angeles County", Decimal("2.5")),
    )
    return TaxCodeChange("LA", "Los Angeles", parts=parts, valid_from=date(2025, 4, 1), default=True)


async def buyer(books: Books, sale: Sale) -> Customer:
    fields: dict[str, str | bool] = {
        "name": sale.name.capitalize(),
        "country": sale.country,
        "consumer": sale.consumer,
        "line1": "2 Side Street",
        "city": "Elsewhere",
        "postal_code": "54321",
        "region": "CA" if sale.country == "US" else "",
        "tax_number": "" if sale.consumer else TABLE[sale.country]["tax_number"],
    }
    return (await save_customer(books, fields, customer_id="")).customer


async def draft(books: Books, sale: Sale) -> Preview:
    line = RequestedLine(
        quantity=Decimal("2.5"), description="Flour", unit_price=Decimal("39.99"), supply=sale.supply, unit="kg"
    )
    customer = (await buyer(books, sale)).id
    return await draft_invoice(
        books,
        DraftRequest(document=RequestedDocument(customer=customer, lines=(line,), prices_include_tax=sale.with_tax)),
    )


def check_document(document: Document, wanted: Expected, sale: Sale, *, seller: str) -> None:
    (tax,) = document.taxes
    assert (tax.category, tax.rate) == (wanted.category, wanted.rate)
    assert {(line.tax_category, line.tax_rate) for line in document.lines} == {(wanted.category, wanted.rate)}
    # 2.5 x 39.99 = 99.975, rounded half up.
    amount = Decimal("99.98")
    net = rounded(amount * 100 / (100 + wanted.rate)) if sale.with_tax else amount
    charged = amount - net if sale.with_tax else rounded(net * wanted.rate / 100)
    amounts = (document.net_minor, document.tax_minor, document.total_minor)
    assert minor_digits(document.currency) == 2
    assert [to_major(part, document.currency) for part in amounts] == [net, charged, net + charged]
    assert wanted.text.casefold() in tax.reason_local.casefold()
    assert tax.reason_code == (VATEX.get(wanted.category.value, "") if seller in MEMBERS else "")
    assert bool(tax.reason) is bool(tax.reason_local) is (wanted.category is not TaxCategory.STANDARD)
    text = " ".join(printed(document).split()).casefold()
    assert " ".join(wanted.text.split()).casefold() in text
    assert document.number.casefold() in text


def rounded(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


async def credit_whole(books: Books, invoice: Document, *, before: dict[str, int]) -> Document:
    """All of the invoice is taken back, and every account is as it was before it."""
    made = await issue_credit_note(books, CreditRequest(invoice=invoice.number, reason="Returned"))
    note = made.note.document
    assert note.kind is DocumentKind.CREDIT_NOTE
    assert (note.net_minor, note.tax_minor, note.total_minor) == (
        invoice.net_minor,
        invoice.tax_minor,
        invoice.total_minor,
    )
    assert note.taxes == invoice.taxes
    assert made.invoice_balance.due_minor == 0
    shown = await get_invoice(books, invoice.number)
    assert (shown.status, shown.balance.due_minor) == (Status.CREDITED, 0)
    left = {account: amount - before.get(account, 0) for account, amount in trial_balance(books).items()}
    assert set(left.values()) == {0}
    return note


async def pay_in_two_parts(books: Books, invoice: Document) -> None:
    """The parts go to the bank, and off what the customer owes."""
    before, amount = trial_balance(books), to_major(invoice.total_minor, invoice.currency)
    half = rounded(amount / 2)
    first = await record_payment(books, PaymentRequest(invoice=invoice.number, amount=half, method="Bank transfer"))
    assert first.document.status is Status.PARTIALLY_PAID
    second = await record_payment(
        books, PaymentRequest(invoice=invoice.number, amount=amount - half, method="Bank transfer")
    )
    assert (second.document.status, second.owed_minor) == (Status.PAID, 0)
    bank, receivable = second.payment.debit_account, second.payment.credit_account
    after = trial_balance(books)
    assert after[bank] - before.get(bank, 0) == before[receivable] - after[receivable] == invoice.total_minor
    assert after[receivable] == 0


def trial_balance(books: Books) -> dict[str, int]:
    with raw(folder_of(books) / BOOKS_FILE) as connection:
        rows = connection.execute("SELECT account, sum(debit_minor - credit_minor) FROM trial_balance GROUP BY account")
        return dict(rows.fetchall())


@pytest.mark.parametrize("seller", COUNTRY_CODES)
async def test_every_sale_is_taxed_credited_and_paid_as_the_law_says(tmp_path: Path, seller: str) -> None:
    async with live_seller(tmp_path, seller) as books:
        for sale in sales(seller):
            wanted = expected(seller, sale.row)
            before, preview = trial_balance(books), await draft(books, sale)
            assert preview.blockers == (), sale
            assert sale.warns in " ".join(warning.text for warning in preview.warnings), sale
            issued = (await issue_invoice(books, IssueRequest(draft=preview.draft))).document
            assert (issued.environment, issued.issue_date) == (Environment.LIVE, date(2026, 3, 2))
            check_document(issued, wanted, sale, seller=seller)
            check_document(await credit_whole(books, issued, before=before), wanted, sale, seller=seller)
            copy = DraftRequest(document=RequestedDocument(customer="", lines=()), copy_of=issued.number)
            again = (await issue_invoice(books, IssueRequest(request=copy))).document
            assert (again.taxes, again.total_minor) == (issued.taxes, issued.total_minor), sale
            await pay_in_two_parts(books, again)
        verified = await verify_books(books)
        assert (verified.problem, verified.documents) == ("", 3 * len(sales(seller)))


def test_the_table_has_every_country_and_a_source_for_each_expectation() -> None:
    assert sorted(TABLE) == sorted(COUNTRY_CODES)
    assert len(MEMBERS) == 27
    for code, row in TABLE.items():
        rows = {name: said for name, said in row.items() if name != "tax_number"}
        abroad = {"eu_goods", "eu_services"} if code in MEMBERS else set()
        assert set(rows) == {"standard", "export", "services"} | abroad, code
        assert all(said["source"] for said in rows.values()), code
        assert all(said["text"] for name, said in rows.items() if name != "standard"), code
