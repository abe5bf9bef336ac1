"""Exports, read back with the programs their readers use: csv, openpyxl, json, zipfile and sha256sum."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from invoicing.document.canonical import document_from_text
from invoicing.document.documents import Document, DocumentKind, PricedLine, TaxCategory
from invoicing.document.parties import Address, Party, PaymentDetails
from invoicing.exports import workbook as workbooks
from invoicing.exports import xlsx_file
from invoicing.exports.csv_file import COLUMNS, write_csv
from invoicing.exports.json_file import write_json
from invoicing.exports.rows import DOCUMENT_DETAILS, LINE_DETAILS, ExportedDocument, reads_as_formula
from invoicing.exports.xlsx_file import write_xlsx
from invoicing.organizations import Environment
from invoicing.refusals import LimitExceeded
from invoicing.tax.inputs import AppliedTax, TaxedLine
from invoicing.tax.totals import SUM_OF_LINES, total

ORGANIZATION = {"handle": "nordlicht", "name": "Nordlicht GmbH"}
NAMES = ("Ελληνική Εταιρεία ΑΕ", "ООО «Ромашка»", "株式会社日本", 'O\'Brien, "Söhne" & Co.', "محمد للتجارة")
FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "  =1",
    '"=1',
    "' =1",
    "\u200b=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "﹣1",
    "−1",
    "＂=1",
    '=HYPERLINK("http://example.com","x")',
)
HARMLESS = ("a=1", "1-2", "x@example.com", "'quoted'", "", " ", "(-1)", "№ 1", "http://example.com", "00123", "1e5")


def taxed_line(description: str = "Beratung", price: str = "12.5", quantity: str = "2.50") -> TaxedLine:
    priced = PricedLine(Decimal(quantity), description=description, unit_price=Decimal(price), unit="h")
    return TaxedLine(priced, AppliedTax("DE19", TaxCategory.STANDARD, Decimal("19.0")))


def exported(
    number: str = "INV-2026-00001",
    *lines: TaxedLine,
    currency: str = "EUR",
    customer_name: str = "Acme Ltd",
    purchase_order: str = "",
) -> ExportedDocument:
    totals = total(lines or [taxed_line()], currency=currency, prices_include_tax=False)
    document = Document(
        kind=DocumentKind.INVOICE,
        environment=Environment.LIVE,
        organization="nordlicht",
        id="0195",
        number=number,
        series="INV",
        issue_date=date(2026, 3, 9),
        due_date=date(2026, 4, 8),
        supply_date=date(2026, 2, 28),
        currency=currency,
        prices_include_tax=False,
        rounding=SUM_OF_LINES,
        seller=Party("Nordlicht GmbH", Address(country="DE")),
        buyer=Party(customer_name, Address(country="GB"), tax_number="GB123456789"),
        customer="acme",
        payment=PaymentDetails(iban="DE02120300000000202051"),
        lines=totals.lines,
        taxes=totals.taxes,
        net_minor=totals.net_minor,
        tax_minor=totals.tax_minor,
        total_minor=totals.total_minor,
        purchase_order=purchase_order,
    )
    return ExportedDocument(
        document, "partially_paid", 1000, totals.total_minor - 1000, "ab" * 32, books_currency=currency
    )


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def read_sheet(path: Path, name: str) -> list[dict[str, Any]]:
    workbook = load_workbook(path, read_only=True)
    try:
        heading, *rows = workbook[name].iter_rows(values_only=True)
        return [dict(zip(map(str, heading), row, strict=True)) for row in rows]
    finally:
        workbook.close()


FEW = len(LINE_DETAILS) + len(DOCUMENT_DETAILS)


def test_a_csv_row_is_a_line_with_its_document_in_a_stable_order(tmp_path: Path) -> None:
    write_csv(tmp_path / "out.csv", [exported("INV-1", taxed_line(), taxed_line("Fahrt", "0.0035", "1000"))])
    # 2.50 x 12.50 = 31.25; 1000 x 0.0035 = 3.50; net 34.75, 19 % = 6.6025, total 41.35, paid 10.00. Alone the lines
    # have a tax of 5.94 (5.9375) and 0.67 (0.665): the cent that is too much was rounded up furthest in the second.
    heading, first, second, end = (tmp_path / "out.csv").read_bytes().decode("utf-8").split("\r\n")
    assert heading.startswith(
        "\ufeffkind,number,status,issue_date,due_date,supply_date,customer_id,customer_name,customer_country,"
        "customer_tax_number,purchase_order,currency,line,description,quantity,unit,unit_price,discount_percent,"
        "tax_code,tax_category,tax_rate,line_net,document_net,document_tax,document_total,amount_due,"
        "prices_include_tax,hash,amount_paid,amount_credited,credited_invoice,credit_reason,row,"
    )
    assert first == (
        "invoice,INV-1,partially_paid,2026-03-09,2026-04-08,2026-02-28,acme,Acme Ltd,GB,GB123456789,,EUR,"
        f"1,Beratung,2.5,h,12.50,0,DE19,S,19,31.25,34.75,6.60,41.35,31.35,false,{'ab' * 32},10.00,0.00,,,"
        "line,,goods,0.00,0.00,31.25,,,,5.94,37.19,,,,EUR,1,,,31.25,5.94,34.75,6.60,41.35,,,,0.00,41.35,0.00"
        + "," * 14
        + "Beratung,,,,,,1,,,,,0.00,,DE02120300000000202051,"
        + "," * FEW
    )
    assert second == (
        "invoice,INV-1,partially_paid,2026-03-09,2026-04-08,2026-02-28,acme,Acme Ltd,GB,GB123456789,,EUR,"
        f"2,Fahrt,1000,h,0.0035,0,DE19,S,19,3.50,,,,,false,{'ab' * 32},,,,,"
        "line,,goods,0.00,0.00,3.50,,,,0.66,4.16,,,,EUR,1,,,3.50,0.66,,,,,,,,,"
        + "," * 14
        + "Fahrt,,,,,,1,,,,,,,DE02120300000000202051,"
        + "," * FEW
    )
    assert end == ""


@pytest.mark.parametrize(
    ("currency", "price", "net"), [("JPY", "12", "30"), ("EUR", "12.00", "30.00"), ("KWD", "12.000", "30.000")]
)
def test_money_in_csv_has_the_digits_of_its_currency(tmp_path: Path, currency: str, price: str, net: str) -> None:
    write_csv(tmp_path / "out.csv", [exported("INV-1", taxed_line(price="12"), currency=currency)])
    [row] = read_csv(tmp_path / "out.csv")
    assert (row["unit_price"], row["line_net"]) == (price, net)


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_reads_as_a_formula_gets_an_apostrophe_in_csv(tmp_path: Path, text: str) -> None:
    write_csv(tmp_path / "out.csv", [exported("-7", taxed_line(text), customer_name=text, purchase_order=text)])
    [row] = read_csv(tmp_path / "out.csv")
    assert [row["description"], row["customer_name"], row["purchase_order"]] == [f"'{text}"] * 3
    assert row["number"] == "'-7"


@pytest.mark.parametrize("text", HARMLESS)
def test_other_text_is_written_to_csv_as_it_is(tmp_path: Path, text: str) -> None:
    write_csv(tmp_path / "out.csv", [exported("INV-1", taxed_line(text))])
    assert read_csv(tmp_path / "out.csv")[0]["description"] == text


def test_a_negative_number_in_csv_stays_a_number(tmp_path: Path) -> None:
    correction = taxed_line(price="-1", quantity="1")
    write_csv(tmp_path / "out.csv", [exported("INV-1", taxed_line(), correction)])
    row = read_csv(tmp_path / "out.csv")[1]
    assert (row["unit_price"], row["line_net"]) == ("-1.00", "-1.00")


@given(st.text(st.sampled_from("'\"=+-@ \tab1＝")))
def test_the_apostrophe_of_csv_can_be_taken_off_again(text: str) -> None:
    written = f"'{text}" if reads_as_formula(text) else text
    read = written[1:] if written.startswith("'") and reads_as_formula(written[1:]) else written
    assert read == text


@pytest.mark.parametrize("name", NAMES)
def test_names_of_all_scripts_survive_every_format(tmp_path: Path, name: str) -> None:
    documents = [exported("INV-1", taxed_line(name), customer_name=name)]
    write_csv(tmp_path / "out.csv", documents)
    write_xlsx(tmp_path / "out.xlsx", documents)
    write_json(tmp_path / "out.json", {"name": name}, documents)
    [row] = read_csv(tmp_path / "out.csv")
    assert (row["customer_name"], row["description"]) == (name, name)
    assert read_sheet(tmp_path / "out.xlsx", "Documents")[0]["customer_name"] == name
    assert read_sheet(tmp_path / "out.xlsx", "Lines")[0]["description"] == name
    raw = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert (raw["organization"]["name"], raw["documents"][0]["buyer"]["name"]) == (name, name)


def test_an_xlsx_has_a_row_per_document_and_per_line_with_numbers_and_dates(tmp_path: Path) -> None:
    write_xlsx(
        tmp_path / "out.xlsx", [exported("INV-1", taxed_line(), taxed_line("Fahrt", "0.0035", "1000")), exported("2")]
    )
    overview, other = read_sheet(tmp_path / "out.xlsx", "Documents")
    details = read_sheet(tmp_path / "out.xlsx", "Lines")
    assert (overview["number"], other["number"]) == ("INV-1", "2")
    assert overview["issue_date"].date() == date(2026, 3, 9)
    assert [overview[name] for name in ("document_net", "document_tax", "document_total")] == [34.75, 6.6, 41.35]
    assert (overview["amount_paid"], overview["amount_due"], overview["prices_include_tax"]) == (10, 31.35, False)
    assert [row["number"] for row in details] == ["INV-1", "INV-1", "2"]
    assert [(row["line"], row["quantity"], row["unit_price"], row["line_net"]) for row in details[:2]] == [
        (1, 2.5, 12.5, 31.25),
        (2, 1000, 0.0035, 3.5),
    ]


def test_an_xlsx_has_frozen_headings_filters_and_formats(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "out.xlsx", [exported(), exported("2")])
    workbook = load_workbook(tmp_path / "out.xlsx")
    assert workbook.sheetnames == ["Documents", "Lines", "Taxes", "Tax summary", "Payments"]
    sheet = workbook["Documents"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:CE3"
    assert sheet.column_dimensions["H"].width > sheet.column_dimensions["A"].width
    assert sheet["D2"].is_date
    assert sheet["D2"].number_format == "yyyy-mm-dd"
    assert sheet["M2"].number_format == "#,##0.00"
    workbook.close()


@pytest.mark.parametrize("text", [*FORMULAS, *HARMLESS, "{=1}", "<r><t>a</t></r>", "internal:A1", "1.5"])
def test_text_in_xlsx_stays_text_whatever_it_looks_like(tmp_path: Path, text: str) -> None:
    write_xlsx(tmp_path / "out.xlsx", [exported("INV-1", taxed_line(text), customer_name=text)])
    workbook = load_workbook(tmp_path / "out.xlsx")
    for cell in (workbook["Lines"]["G2"], workbook["Documents"]["H2"]):
        # A carriage return is escaped (openpyxl shows the escape), and an empty text is an empty cell.
        assert (cell.value or "") == text.replace("\r", "_x000D_")
        assert cell.data_type in ({"s", "inlineStr"} if text else {"n"})
        assert cell.hyperlink is None
        assert cell.quotePrefix == reads_as_formula(text)
    workbook.close()


def test_text_like_an_escape_of_xlsx_is_escaped_itself(tmp_path: Path) -> None:
    # Excel reads _x0041_ as the letter A, and _x005F_ as the underscore; openpyxl shows what is in the file.
    write_xlsx(tmp_path / "out.xlsx", [exported("INV-1", taxed_line("_x0041_"))])
    assert read_sheet(tmp_path / "out.xlsx", "Lines")[0]["description"] == "_x005F_x0041_"


def test_markup_in_a_description_cannot_put_a_formula_into_the_xlsx(tmp_path: Path) -> None:
    # XlsxWriter writes a text from <r> to </r> as its own markup, unescaped.
    text = '<r><t>a</t></r></is></c><c r="Z2"><f>1+1</f></c><c r="AA2" t="inlineStr"><is><r><t>b</t></r>'
    write_xlsx(tmp_path / "out.xlsx", [exported("INV-1", taxed_line(text))])
    workbook = load_workbook(tmp_path / "out.xlsx")
    assert workbook["Lines"]["G2"].value == text
    assert [cell.coordinate for row in workbook["Lines"] for cell in row if cell.data_type == "f"] == []
    assert workbook["Lines"].max_column == len(xlsx_file.LINE_COLUMNS)
    workbook.close()


@pytest.mark.parametrize(
    ("total_minor", "expected"),
    [
        (123456789012345, 1234567890123.45),
        (-123456789012345, -1234567890123.45),
        (12345678901234500, 123456789012345),
        (1234567890123456, "12345678901234.56"),
        (9007199254740993, "90071992547409.93"),
    ],
)
def test_an_amount_of_more_than_15_digits_is_exact_text_in_xlsx(
    tmp_path: Path, total_minor: int, expected: float | str
) -> None:
    small = exported()
    large = replace(small, document=replace(small.document, total_minor=total_minor))
    write_xlsx(tmp_path / "out.xlsx", [large])
    assert read_sheet(tmp_path / "out.xlsx", "Documents")[0]["document_total"] == expected


@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_a_number_of_15_digits_survives_the_way_xlsx_writes_it(total_minor: int) -> None:
    amount = Decimal(total_minor).scaleb(-2)
    assert Decimal(repr(float(f"{float(amount):.16G}"))) == amount


def test_a_date_before_1900_is_text_in_xlsx(tmp_path: Path) -> None:
    now = exported()
    write_xlsx(tmp_path / "out.xlsx", [replace(now, document=replace(now.document, supply_date=date(1899, 12, 31)))])
    assert read_sheet(tmp_path / "out.xlsx", "Documents")[0]["supply_date"] == "1899-12-31"


def test_more_lines_than_a_sheet_has_rows_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "ROWS_MAX", 3)
    write_xlsx(tmp_path / "fits.xlsx", [exported(), exported("2")])
    with pytest.raises(LimitExceeded, match="choose a shorter period, or export as CSV"):
        write_xlsx(tmp_path / "out.xlsx", [exported("1", taxed_line(), taxed_line(), taxed_line())])
    assert {path.suffix for path in tmp_path.iterdir()} == {".xlsx"}


def test_a_json_document_is_its_canonical_value_with_status_amounts_and_hash(tmp_path: Path) -> None:
    documents = [exported("INV-1"), exported("INV-2", taxed_line(), currency="KWD")]
    write_json(tmp_path / "out.json", ORGANIZATION, documents)
    raw = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert list(raw) == ["format", "organization", "documents"]
    assert (raw["format"], raw["organization"]) == ("counterfoil-export-1", ORGANIZATION)
    first, second = raw["documents"]
    # 2.50 x 12.50 = 31.25; 19 % = 5.9375; in KWD 31.250 and 5.938 (5.9375 goes up).
    assert first.pop("amounts") == {
        "net": "31.25",
        "tax": "5.94",
        "total": "37.19",
        "withheld": "0.00",
        "split_tax": "0.00",
        "rounding": "0.00",
        "payable": "37.19",
        "paid": "10.00",
        "received": "0.00",
        "credited": "0.00",
        "due": "27.19",
        "lines": [
            {
                "position": 1,
                "kind": "line",
                "amount": "31.25",
                "net": "31.25",
                "tax": "5.94",
                "total": "37.19",
                "accounting_net": "31.25",
                "accounting_tax": "5.94",
                "revenue_account": "",
            }
        ],
        "adjustments": [],
        "taxes": [
            {
                "category": "S",
                "rate": "19",
                "taxable": "31.25",
                "tax": "5.94",
                "accounting_taxable": "31.25",
                "accounting_tax": "5.94",
            }
        ],
        "accounting": {
            "currency": "EUR",
            "rate": "1",
            "on": "",
            "source": "",
            "net": "31.25",
            "tax": "5.94",
            "total": "37.19",
        },
        "payments": [],
        "accounts": {"receivable": "", "tax": ""},
    }
    assert second.pop("amounts")["tax"] == "5.938"
    for value, original in zip((first, second), documents, strict=True):
        assert (value.pop("status"), value.pop("hash")) == ("partially_paid", "ab" * 32)
        assert value.pop("approvals") == []
        assert document_from_text(json.dumps(value)) == original.document


def test_every_csv_column_is_in_the_documentation_of_the_rows() -> None:
    from invoicing.exports import rows

    assert rows.__doc__ is not None
    assert [column for column in COLUMNS if column not in rows.__doc__] == []
