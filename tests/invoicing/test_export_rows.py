"""Worked rows of exports: discounts, credit notes, currencies, payments and jurisdictions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from invoicing.credit.crediting import credit
from invoicing.credit.wanted import CreditLine
from invoicing.document.documents import Document
from invoicing.exports.csv_file import SEMICOLON, write_csv
from invoicing.exports.rows import ExportedPayment
from invoicing.master_data.records import Customer
from tests.invoicing.test_export_sums import added, added_by, csv_rows, exported, sheets
from tests.support.samples import (
    TODAY,
    charge,
    circumstances,
    customer,
    discount,
    document,
    issued,
    line,
    request,
)

GERMANY = circumstances(seller="DE", codes=None, buyer=customer("DE"))


def quarter() -> list[Document]:
    """Four German documents whose tax nobody gets from rates and lines alone."""
    discounted = request(
        line("1200", "STANDARD", quantity="3", percent="5", charge="15"),
        line("400", "REDUCED", discount="20"),
        adjustments=(discount(percent="10"), charge(amount="30", code="STANDARD")),
        currency="EUR",
    )
    plain = request(line("2000", "STANDARD"), currency="EUR")
    first = replace(issued(document(discounted, GERMANY)), id="inv_1", number="INV-1")
    second = replace(issued(document(plain, GERMANY)), id="inv_2", number="INV-2")
    note = credit(second, [], None, reason="Never delivered", issue_date=TODAY, series="CREDIT-NOTES")
    with_tax = request(
        *(line("9.99", "REDUCED") for _ in range(3)), currency="EUR", prices_include_tax=True, rounding="per_line"
    )
    third = replace(issued(document(with_tax, GERMANY)), id="inv_3", number="INV-3")
    return [first, second, replace(note, id="cn_1", number="CN-1"), third]


def test_a_vat_return_is_made_by_adding_columns_up() -> None:
    # First: 3 x 1,200 less 5 % plus 15 is 3,435.00 at 19 %, and 400 less 20 is 380.00 at 7 %; less 10 % of each, plus
    # 30.00 at 19 %: 3,121.50 and 342.00, tax 593.09 (593.085) and 23.94. The second is credited whole. Third: 3 x 9.99
    # with 7 %, on each line 9.34 + 0.65: 28.02 and 1.95.
    rows = csv_rows([exported(one, books="EUR") for one in quarter()])
    assert added_by(rows, ("tax_rate",), "line_net") == {("19",): Decimal("3121.50"), ("7",): Decimal("370.02")}
    assert added_by(rows, ("tax_rate",), "line_tax") == {("19",): Decimal("593.09"), ("7",): Decimal("25.89")}
    assert added(rows, "document_tax") == Decimal("618.98")
    assert added_by(rows, ("tax_rate",), "line_accounting_tax") == added_by(rows, ("tax_rate",), "line_tax")
    summary = sheets([exported(one, books="EUR") for one in quarter()])["Tax summary"]
    assert [(row["tax_rate"], row["taxable"], row["tax"], row["documents"]) for row in summary] == [
        (19, 3121.5, 593.09, 3),
        (7, 370.02, 25.89, 2),
    ]


def test_discounts_and_charges_are_rows_of_their_own_and_those_of_lines_are_columns() -> None:
    rows = csv_rows([exported(quarter()[0], books="EUR")])
    shown = ("row", "line", "adjustment", "description", "tax_rate", "line_amount", "line_net", "line_tax")
    assert [tuple(row[name] for name in shown) for row in rows] == [
        ("line", "1", "", "Bread", "19", "3435.00", "3435.00", "652.65"),
        ("line", "2", "", "Bread", "7", "380.00", "380.00", "26.60"),
        ("discount", "", "1", "Loyalty", "19", "-343.50", "-343.50", "-65.26"),
        ("discount", "", "1", "Loyalty", "7", "-38.00", "-38.00", "-2.66"),
        ("charge", "", "2", "Freight", "19", "30.00", "30.00", "5.70"),
    ]
    assert [(row["discount_percent"], row["discount_amount"], row["charge_amount"]) for row in rows[:2]] == [
        ("5", "180.00", "15.00"),
        ("0", "20.00", "0.00"),
    ]
    assert (rows[2]["adjustment_percent"], rows[2]["adjustment_base"]) == ("10", "3435.00")
    assert [row["revenue_account"] for row in rows] == ["4000", "4000", "4300", "4300", "4000"]
    assert {row["tax_account"] for row in rows} == {"2200"}
    assert [row["document_total"] for row in rows] == ["4080.53", "", "", "", ""]


def test_a_credit_note_has_negative_amounts_and_quantities_at_the_invoices_price() -> None:
    invoice = replace(
        issued(document(request(line("10", quantity="3", percent="10", charge="3"), currency="GBP"))), id="inv_1"
    )
    note = credit(invoice, [], [CreditLine(1, Decimal(1))], reason="Broken", issue_date=TODAY, series="CREDIT-NOTES")
    [row] = csv_rows([exported(note, paid_minor=500)])
    # A third of 3 x 10 less 10 % plus 3.
    shown = ("quantity", "unit_price", "charge_amount", "line_net", "line_tax", "document_total", "accounting_tax")
    assert [row[name] for name in shown] == ["-1", "10.00", "-1.00", "-10.00", "-2.00", "-12.00", "-2.00"]
    # 5.00 of it were refunded; the rest is set off against the invoice.
    settled = ("amount_payable", "amount_credited", "amount_paid", "amount_due")
    assert [row[name] for name in settled] == ["-12.00", "-7.00", "-5.00", "0.00"]


def test_amounts_are_in_both_currencies_with_rate_day_and_source() -> None:
    foreign = request(
        line("33.33"),
        line("66.68", "REDUCED"),
        currency="EUR",
        exchange_rate=Decimal("0.8567"),
        exchange_date=date(2026, 3, 2),
        exchange_source="ECB",
    )
    rows = csv_rows([exported(issued(document(foreign)))])
    named = ("accounting_currency", "exchange_rate", "exchange_date", "exchange_source")
    assert [tuple(row[name] for name in named) for row in rows] == [("GBP", "0.8567", "2026-03-02", "ECB")] * 2
    # 100.01 and 6.67 + 3.67 = 10.34 EUR are GBP 85.68 (85.678567) and 8.86 (8.858278) in all.
    assert [rows[0][name] for name in ("accounting_net", "accounting_tax", "accounting_total")] == [
        "85.68",
        "8.86",
        "94.54",
    ]
    # Alone 28.55 (28.553811) and 57.12 (57.124756): the cent that is missing goes to the one nearer to the next.
    assert [row["line_accounting_net"] for row in rows] == ["28.55", "57.13"]
    # And 5.71 (5.714189) and 3.14 (3.144089).
    assert [row["line_accounting_tax"] for row in rows] == ["5.72", "3.14"]


def test_a_document_in_the_currency_of_the_books_has_the_rate_one_and_one_without_a_rate_has_empty_cells() -> None:
    [home, abroad] = csv_rows([exported(issued(document(request(currency=currency)))) for currency in ("GBP", "EUR")])
    assert (home["accounting_currency"], home["exchange_rate"], home["line_accounting_tax"]) == ("GBP", "1", "20.00")
    assert (abroad["accounting_currency"], abroad["exchange_rate"], abroad["line_accounting_tax"]) == ("", "", "")


def test_withholding_and_what_is_payable_have_columns() -> None:
    [row] = csv_rows([exported(issued(document(request(currency="GBP", withholding="RITENUTA"))))])
    shown = ("withholding_code", "withholding_rate", "withholding_base", "amount_withheld", "amount_payable")
    assert [row[name] for name in shown] == ["RITENUTA", "20", "100.00", "20.00", "100.00"]
    assert row["amount_due"] == "100.00"


def test_each_payment_is_a_row_with_its_day_means_and_reversal() -> None:
    def payment(key: str, amount_minor: int, reverses: str = "") -> ExportedPayment:
        return ExportedPayment(key, date(2026, 3, 20), "bank", "=X1", amount_minor, reverses, "1000", "1100")

    payments = (payment("pay_1", 5000), payment("pay_2", 7000), payment("pay_3", -5000, "pay_1"))
    one = exported(issued(document(request(currency="GBP"))), paid_minor=7000, payments=payments)
    first, *rows = csv_rows([one])
    assert (first["amount_paid"], first["amount_received"], first["amount_due"]) == ("70.00", "70.00", "50.00")
    shown = ("row", "number", "payment", "paid_on", "payment_method", "payment_amount", "payment_reverses")
    assert [tuple(row[name] for name in shown) for row in rows] == [
        ("payment", "INV-2026-00001", "pay_1", "2026-03-20", "bank", "50.00", ""),
        ("payment", "INV-2026-00001", "pay_2", "2026-03-20", "bank", "70.00", ""),
        ("payment", "INV-2026-00001", "pay_3", "2026-03-20", "bank", "-50.00", "pay_1"),
    ]
    assert {row["payment_reference"] for row in rows} == {"'=X1"}
    assert {row["line_net"] + row["document_total"] + row["amount_due"] for row in rows} == {""}
    sheet = sheets([one])["Payments"]
    assert [(row["payment"], row["payment_amount"], row["debit_account"]) for row in sheet] == [
        ("pay_1", 50, "1000"),
        ("pay_2", 70, "1000"),
        ("pay_3", -50, "1000"),
    ]


def test_a_stack_of_jurisdictions_has_a_row_for_each() -> None:
    made = issued(document(request(line("200", "LA"), currency="USD"), circumstances(seller="US")))
    _, *rows = csv_rows([exported(made, books="USD")])
    # 9.75 % of 200.00 is 19.50.
    shown = ("row", "jurisdiction", "jurisdiction_level", "jurisdiction_rate", "jurisdiction_taxable", "line_tax")
    assert [tuple(row[name] for name in shown) for row in rows] == [
        ("jurisdiction", "California", "state", "7.25", "200.00", ""),
        ("jurisdiction", "Los Angeles County", "county", "0.25", "200.00", ""),
        ("jurisdiction", "Los Angeles County districts", "district", "2.25", "200.00", ""),
    ]
    assert [row["jurisdiction_tax"] for row in rows] == ["14.50", "0.50", "4.50"]


def test_the_semicolon_form_is_what_a_german_spreadsheet_reads() -> None:
    made = issued(document(request(line("1234.5", percent="2.5", quantity="2"), currency="GBP")))
    [row] = csv_rows([exported(made)], form=SEMICOLON)
    assert (row["unit_price"], row["discount_percent"], row["line_net"]) == ("1234,50", "2,5", "2407,28")
    with TemporaryDirectory() as folder:
        write_csv(Path(folder) / "out.csv", [exported(made)], form=SEMICOLON)
        raw = (Path(folder) / "out.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfkind;number;status;")
    assert b"\r\n" in raw


def test_a_formula_is_neutralized_in_the_semicolon_form_too() -> None:
    buyer = Customer(id="cus_1", name="=cmd|'/c calc'!A0", country="GB")
    made = issued(document(request(currency="GBP"), circumstances(buyer=buyer)))
    [row] = csv_rows([exported(made)], form=SEMICOLON)
    assert row["customer_name"] == "'=cmd|'/c calc'!A0"
