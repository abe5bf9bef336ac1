"""The documents as files that Xero and QuickBooks import, in their publishers' form, beside what the journal says."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from invoicing.document.adjusted import AdjustmentKind
from invoicing.document.requested import RequestedAdjustment, RequestedLine
from invoicing.refusals import InvalidInput
from operations.configuration.configuring import save_entry
from operations.configuration.entries import Change, Part
from operations.items import save_item
from operations.settings import add_series
from storage.books.pool import Books
from tests.support.clock import SettableClock
from tests.support.ledgers import csv_sides, exported_ledger
from tests.support.practice import practice
from tests.support.quarter import NEW_YEAR, Quarter, line, quarter_of
from tests.support.sales_files import QUICKBOOKS, XERO, Sold, read_quickbooks, read_xero
from tests.support.settling_year import random_year

Reader = Callable[[Path], list[Sold]]
READERS: dict[str, Reader] = {"xero": read_xero, "quickbooks": read_quickbooks}
RECEIVABLE, BANK, TAX = "1100", "1000", "2100"


@pytest.fixture
async def quarter(tmp_path: Path) -> AsyncIterator[Quarter]:
    async with quarter_of(tmp_path / "data") as made:
        yield made


async def sold(books: Books, file_format: str) -> list[Sold]:
    return READERS[file_format]((await exported_ledger(books, file_format))[1])


CUSTOMER = 'Gasthof "Zur \\ Elbe"'
FIRST, DOLLARS, NOTE = (f"TEST-{number}" for number in ("INV-2026-00001", "INV-2026-00002", "CN-2026-00001"))
ROWS = (
    (FIRST, "2026-01-10", "2026-02-09", "4000", "4000 - Work", "100", "STANDARD 19%", "19.00", "EUR"),
    (FIRST, "2026-01-10", "2026-02-09", "4100", "4100 - Work", "50", "REDUCED 7%", "3.50", "EUR"),
    (DOLLARS, "2026-02-10", "2026-03-12", "4000", "Work", "33.33", "STANDARD 19%", "6.33", "USD"),
    (NOTE, "2026-03-10", "2026-03-10", "4000", "4000 - Work", "-100", "STANDARD 19%", "-19.00", "EUR"),
    (NOTE, "2026-03-10", "2026-03-10", "4100", "4100 - Work", "-50", "REDUCED 7%", "-3.50", "EUR"),
)
"""Number, days, account, description, amount, tax rate, tax and currency: 100.00 and 50.00 at 19 and 7 percent; 33.33
USD at 19 percent; the first one taken back.
"""
ITEMS = {"4000": "4000 Revenue from sale of goods", "4100": "4100 Revenue from services"}


def in_xero() -> list[Sold]:
    address = ("", "1 High Street", "", "London", "", "SW1A 1AA", "DE")
    return [
        Sold(
            *(number, CUSTOMER, issued, due, account, description, Decimal(net), tax_name, Decimal(tax), currency),
            (*address, FIRST if number == NOTE else "", "1", net),
        )
        for number, issued, due, account, description, net, tax_name, tax, currency in ROWS
    ]


def in_quickbooks() -> list[Sold]:
    customer = CUSTOMER.replace('"', "'")
    return [
        Sold(
            *(number, customer, issued, due, account, description, Decimal(net), tax_name, Decimal(tax), currency),
            ("30 days net", "", ITEMS[account], "1", net),
        )
        for number, issued, due, account, description, net, tax_name, tax, currency in ROWS
        if number != NOTE
    ]


async def test_xero_gets_invoices_and_credit_notes_with_account_and_tax_rate(quarter: Quarter) -> None:
    made, path = await exported_ledger(quarter.books, "xero")
    assert read_xero(path) == in_xero()
    assert made.file.file_name == "hafenbackerei-sandbox-journal-2026-03-10.csv"
    assert made.notes == (
        "Import it as tax exclusive; Xero adds up the tax itself.",
        "Xero must have tax rates of these names: REDUCED 7%, STANDARD 19%.",
        "1 settlement not in the file: Xero takes sales alone.",
    )


async def test_quickbooks_gets_invoices_and_is_told_of_credit_notes(quarter: Quarter) -> None:
    made, path = await exported_ledger(quarter.books, "quickbooks")
    assert read_quickbooks(path) == in_quickbooks()
    assert made.notes == (
        "Import it as exclusive of tax.",
        "QuickBooks must have items of these names: 4000 Revenue from sale of goods, 4100 Revenue from services.",
        "QuickBooks must have tax rates of these names: REDUCED 7%, STANDARD 19%.",
        "1 settlement not in the file: QuickBooks takes sales alone.",
        "Not in the file, for QuickBooks imports invoices alone; to be entered as credit memos: TEST-CN-2026-00001.",
    )


@pytest.mark.parametrize(("file_format", "rules"), [("xero", XERO), ("quickbooks", QUICKBOOKS)])
async def test_a_fault_in_any_field_is_found(quarter: Quarter, file_format: str, rules: dict[str, str]) -> None:
    path = (await exported_ledger(quarter.books, file_format))[1]
    read, wanted = READERS[file_format], await sold(quarter.books, file_format)
    head, *rows = csv.reader(path.read_text("utf-8").splitlines())
    for position, name in enumerate(rules):
        for row, fields in enumerate(rows):
            for wrong in ("x", "01/03/2026", "9.99", "9.99999", "", "§\t"):
                if fields[position] == wrong:
                    continue
                planted = [head, *rows[:row], [*fields[:position], wrong, *fields[position + 1 :]], *rows[row + 1 :]]
                with path.open("w", encoding="utf-8", newline="") as file:
                    csv.writer(file, lineterminator="\r\n").writerows(planted)
                with pytest.raises((AssertionError, ValueError)):
                    assert read(path) == wanted, (name, row, wrong)


@pytest.mark.parametrize("country", ["DE", "GB", "US"])
@pytest.mark.parametrize("file_format", READERS)
async def test_a_random_year_comes_to_what_the_journal_says_of_each_document(
    tmp_path: Path, country: str, file_format: str
) -> None:
    async with practice(tmp_path, SettableClock(NEW_YEAR), country=country) as one:
        year = await random_year(one, country)
        await year.run(40)
        _, path = await exported_ledger(year.books, file_format)
        read = {"xero": read_xero, "quickbooks": read_quickbooks}[file_format]
        rows = read(path, month_first=country == "US")
        sides = csv_sides((await exported_ledger(year.books, "journal_csv"))[1])
    wanted: defaultdict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    # A document's own entry goes before what settles it.
    of_documents = {side["document"]: side["entry"] for side in reversed(sides)}.values()
    for side in sides:
        if side["entry"] in of_documents and side["account"] not in _control_accounts(sides):
            key = (side["document"], side["account"], side["currency"])
            wanted[key] += Decimal(side["credit"] or 0) - Decimal(side["debit"] or 0)
    found: defaultdict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for row in rows:
        found[row.number, row.account, row.currency] += row.net
        found[row.number, _tax_account(country), row.currency] += row.tax
    if file_format == "quickbooks":
        wanted = defaultdict(Decimal, {key: amount for key, amount in wanted.items() if "-CN-" not in key[0]})
    assert {key: amount for key, amount in found.items() if amount} == {
        key: amount for key, amount in wanted.items() if amount
    }


def _tax_account(country: str) -> str:
    return "2200" if country == "US" else TAX


def _control_accounts(sides: list[dict[str, str]]) -> tuple[str, ...]:
    """What is receivable, the bank, and what rounding of the sum to pay is posted to, in either chart."""
    return tuple({row["account"] for row in sides if row["account_name"] in _CONTROL})


_CONTROL = (
    *("Trade receivables", "Bank current account", "Accounts receivable", "Checking account"),
    "Rounding differences",
)


async def test_rates_of_the_united_kingdom_have_the_names_that_the_programs_come_with(tmp_path: Path) -> None:
    async with quarter_of(tmp_path, "Harbour Bakery", "GB") as made:
        for code in ("STANDARD", "REDUCED", "ZERO", "EXEMPT"):
            await made.invoice((line("10", code),), date(2026, 3, 11))
        names = {
            "xero": ["20% (VAT on Income)", "5% (VAT on Income)", "Zero Rated Income", "Exempt Income"],
            "quickbooks": ["20.0% S", "5.0% R", "0.0% Z", "Exempt"],
        }
        for file_format, wanted in names.items():
            rows = await sold(made.books, file_format)
            assert [row.tax_name for row in rows[-4:]] == wanted
            notes = (await exported_ledger(made.books, file_format))[0].notes
            assert not any("must have tax rates" in note for note in notes)


async def test_quantity_and_price_stand_where_they_come_to_the_line_and_else_what_it_comes_to(quarter: Quarter) -> None:
    lines = (
        RequestedLine(Decimal("2.5"), description="Plain", unit_price=Decimal("3.21")),
        RequestedLine(Decimal(3), description="Taken off", unit_price=Decimal(10), discount_percent=Decimal(10)),
        RequestedLine(Decimal(1), description="Finer", unit_price=Decimal("0.123456")),
    )
    discount = RequestedAdjustment(AdjustmentKind.DISCOUNT, "Loyal", amount=Decimal(1))
    number = await quarter.invoice(lines, date(2026, 3, 12), adjustments=(discount,))
    path = (await exported_ledger(quarter.books, "xero"))[1]
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["*InvoiceNumber"] == number]
    assert [(row["*Description"], row["*Quantity"], row["*UnitAmount"], row["*AccountCode"]) for row in rows] == [
        ("Plain", "2.5", "3.21", "4000"),
        ("Taken off", "1", "27", "4000"),
        ("Finer", "1", "0.12", "4000"),
        ("Loyal", "1", "-1", "4300"),
    ]


async def test_what_comes_to_nothing_is_told(quarter: Quarter) -> None:
    await quarter.invoice((line("0"),), date(2026, 3, 12))
    for file_format in READERS:
        made, path = await exported_ledger(quarter.books, file_format, issued_from=date(2026, 3, 12))
        assert READERS[file_format](path) == []
        assert made.notes[1:] == ("Not in the file, for it comes to nothing: TEST-INV-2026-00003.",)


async def test_a_text_that_reads_as_a_formula_gets_an_apostrophe(quarter: Quarter) -> None:
    item = (await save_item(quarter.books, {"name": "=1+1"}, item_id="")).item.id
    await quarter.invoice((line("1", item=item),), date(2026, 3, 12))
    for file_format in READERS:
        assert (await sold(quarter.books, file_format))[-1].description == "'=1+1 - Work"


async def test_what_the_programs_cannot_hold_is_refused_by_its_number(quarter: Quarter) -> None:
    change = Change(code="40001234567", values={"name": "Long", "type": "income"})
    await save_entry(quarter.one.office, quarter.books, Part.ACCOUNTS, change)
    item = (await save_item(quarter.books, {"name": "Cake", "revenue_account": "40001234567"}, item_id="")).item.id
    await quarter.invoice((line("1", item=item),), date(2026, 3, 12))
    with pytest.raises(InvalidInput, match="Account 40001234567: Xero takes codes of up to 10 characters"):
        await exported_ledger(quarter.books, "xero")
    await add_series(quarter.books, "LONG", kind="invoice", pattern="LONG-SERIES-{YYYY}-{SEQ:9}")
    await quarter.invoice((line("1"),), date(2026, 3, 12), series="LONG")
    with pytest.raises(InvalidInput, match="QuickBooks takes numbers of up to 21 characters"):
        await exported_ledger(quarter.books, "quickbooks")
