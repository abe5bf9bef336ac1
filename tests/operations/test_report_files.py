"""Reports as files: all rows of one moment, with exact amounts, in each format."""

from __future__ import annotations

import csv
import json
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from invoicing.money.amounts import money_text
from invoicing.refusals import Refusal
from invoicing.reports.figures import ReportName
from operations.files import MadeFile
from operations.reports import files as report_files
from operations.reports.asking import REPORTS, ReportRequest, get_report
from operations.reports.files import export_report
from storage.books.pool import Books
from tests.support.folders import folder_of
from tests.support.practice import practice

CUSTOMER = "=HYPERLINK(1)"


@pytest.fixture
async def books(tmp_path: Path) -> AsyncIterator[Books]:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        found = one.books(one.first_client)
        customer = await one.customer(found, name=CUSTOMER)
        for price in ("12.50", "99.99", "0.01"):
            await one.issue(found, customer.id, price=price)
        yield found


async def silent(done: int, of: int) -> None:
    """Nobody watches."""


async def made(books: Books, name: ReportName, file_format: str = "csv", **asked: Any) -> MadeFile:
    if name is ReportName.STATEMENT:
        asked = {"customer": CUSTOMER} | asked
    return await export_report(books, ReportRequest(report=name, **asked), file_format, progress=silent)


def rows_in(books: Books, file: MadeFile) -> list[dict[str, str]]:
    text = (folder_of(books) / file.file.path).read_text("utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


@pytest.mark.parametrize("name", REPORTS)
async def test_a_file_has_all_rows_and_then_the_totals(books: Books, name: ReportName) -> None:
    request = ReportRequest(report=name, limit=100, customer=CUSTOMER if name is ReportName.STATEMENT else "")
    report = (await get_report(books, request)).report
    rows = rows_in(books, await made(books, name))
    assert len(rows) == len(report.rows) + len(report.totals)
    for row, wanted in zip(rows, [*report.rows, *report.totals], strict=True):
        assert row["row"].removeprefix("'") == wanted.label
        assert (row["key"], row["currency"], row["documents"]) == (wanted.key, wanted.currency, str(wanted.documents))
        for figure, minor in wanted.amounts.items():
            assert row[figure] == money_text(minor, wanted.currency)
    assert [row["is_total"] for row in rows] == ["false"] * len(report.rows) + ["true"] * len(report.totals)


async def test_what_looks_like_a_formula_is_a_text(books: Books) -> None:
    (row, *_) = rows_in(books, await made(books, ReportName.SALES))
    assert row["row"] == f"'{CUSTOMER}"
    sheet = load_workbook(folder_of(books) / (await made(books, ReportName.SALES, "xlsx")).file.path)["Report"]
    assert (sheet["A2"].value, sheet["A2"].data_type) == (CUSTOMER, "s")


async def test_a_sheet_has_numbers_that_can_be_added_up(books: Books) -> None:
    sheet = load_workbook(folder_of(books) / (await made(books, ReportName.JOURNAL, "xlsx")).file.path)["Report"]
    heads: dict[Any, int] = {cell.value: cell.column or 0 for cell in sheet[1]}
    rows = [row for row in sheet.iter_rows(min_row=2) if not row[heads["is_total"] - 1].value]
    debit, credit = (sum(Decimal(str(row[heads[name] - 1].value or 0)) for row in rows) for name in ("debit", "credit"))
    assert debit == credit > 0


async def test_json_says_what_it_is_of_and_keeps_every_digit(books: Books) -> None:
    file = await made(books, ReportName.TAX_SUMMARY, "json", period="2026-Q1")
    whole: dict[str, Any] = json.loads((folder_of(books) / file.file.path).read_text("utf-8"))
    assert (whole["report"], whole["first_day"], whole["last_day"]) == ("tax_summary", "2026-01-01", "2026-03-31")
    assert whole["organization"]["name"] == "Harbour Bakery"
    assert [row["taxable"] for row in whole["rows"] if row["is_total"]] == ["225.00"]


async def test_a_report_of_several_pages_is_one_file(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = rows_in(books, await made(books, ReportName.JOURNAL))
    assert len(whole) > 4
    debits = sum(Decimal(row["debit"]) for row in whole if row["is_total"] == "false")
    assert [Decimal(row["debit"]) for row in whole if row["is_total"] == "true"] == [debits]
    monkeypatch.setattr(report_files, "_PAGE", 2)
    assert rows_in(books, await made(books, ReportName.JOURNAL, "csv_semicolon"))
    again = await made(books, ReportName.JOURNAL, period="2026")
    assert rows_in(books, again) == whole


async def test_the_same_request_is_the_same_file_until_something_happens(books: Books) -> None:
    first = await made(books, ReportName.SALES)
    assert (await made(books, ReportName.SALES)).file.id == first.file.id
    assert (await made(books, ReportName.SALES, by="month")).file.id != first.file.id


@pytest.mark.parametrize(
    ("field", "file_format", "asked"),
    [
        ("format", "pdf", {"report": "sales"}),
        ("report", "csv", {"report": "profit"}),
        ("customer", "csv", {"report": "statement"}),
        ("row", "csv", {"report": "sales", "row": "cus_x/EUR"}),
    ],
)
async def test_what_cannot_be_a_file_is_refused(
    books: Books, field: str, file_format: str, asked: dict[str, Any]
) -> None:
    with pytest.raises(Refusal) as refused:
        await export_report(books, ReportRequest(**asked), file_format, progress=silent)
    assert refused.value.field == field
    assert not [path for path in (folder_of(books) / "exports").iterdir() if path.name.startswith(".")]
