"""Export as CSV: one row per line, discount and charge of a document, then per jurisdiction and per payment.

What names the document is repeated on each of its rows; the amounts of the whole document stand on the first alone, so
that every column of amounts can be added up as it stands.

The file is UTF-8 with a byte order mark (Excel takes it for the local code page otherwise), RFC 4180 with CRLF.
Numbers are plain decimal text: a point, no thousands separator, no exponent, money with the currency's digits. The
`SEMICOLON` form is for spreadsheets of countries that write decimals with a comma: it separates with semicolons.

A text that a spreadsheet could take for a formula gets an apostrophe in front; a number never does. A program
that wants the text as it was drops one leading apostrophe where what follows reads as a formula
(`rows.reads_as_formula`); no other text is changed. The rule holds for readers that split at commas, as RFC 4180
says, or at semicolons in that form; whoever opens the file with another separator should take the XLSX export, where
text is typed as text.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import assert_never

from invoicing.document.breakdown import break_down
from invoicing.exports.cells import (
    Cells,
    amount_cells,
    exchange_cells,
    jurisdiction_cells,
    naming_cells,
    part_cells,
    payment_cells,
)
from invoicing.exports.rows import (
    DOCUMENT_DETAILS,
    LATER_LINE_CELLS,
    LINE_DETAILS,
    Cell,
    ExportedDocument,
    counted,
    reads_as_formula,
)
from invoicing.progress import Tally

COLUMNS = (
    "kind",
    "number",
    "status",
    "issue_date",
    "due_date",
    "supply_date",
    "customer_id",
    "customer_name",
    "customer_country",
    "customer_tax_number",
    "purchase_order",
    "currency",
    "line",
    "description",
    "quantity",
    "unit",
    "unit_price",
    "discount_percent",
    "tax_code",
    "tax_category",
    "tax_rate",
    "line_net",
    "document_net",
    "document_tax",
    "document_total",
    "amount_due",
    "prices_include_tax",
    "hash",
    "amount_paid",
    "amount_credited",
    "credited_invoice",
    "credit_reason",
    "row",
    "supply_end",
    "supply",
    "discount_amount",
    "charge_amount",
    "line_amount",
    "adjustment",
    "adjustment_percent",
    "adjustment_base",
    "line_tax",
    "line_total",
    "revenue_account",
    "tax_account",
    "receivable_account",
    "accounting_currency",
    "exchange_rate",
    "exchange_date",
    "exchange_source",
    "line_accounting_net",
    "line_accounting_tax",
    "accounting_net",
    "accounting_tax",
    "accounting_total",
    "withholding_code",
    "withholding_rate",
    "withholding_base",
    "amount_withheld",
    "amount_payable",
    "amount_received",
    "jurisdiction",
    "jurisdiction_level",
    "jurisdiction_rate",
    "jurisdiction_taxable",
    "jurisdiction_tax",
    "payment",
    "paid_on",
    "payment_method",
    "payment_reference",
    "payment_amount",
    "payment_reverses",
    "debit_account",
    "credit_account",
    *LATER_LINE_CELLS,
    "payment_kind",
    "line_adjustments",
    "adjustment_reason_code",
    "amount_rounding",
    "payment_means",
    "paid_to",
    "remittance_reference",
    *LINE_DETAILS.values(),
    *DOCUMENT_DETAILS,
)

_PLACES = {column: place for place, column in enumerate(COLUMNS)}
_EMPTY_ROW = [""] * len(COLUMNS)


@dataclass(frozen=True, slots=True)
class CsvForm:
    """How a file separates its cells, and writes its decimals."""

    delimiter: str
    decimal_sign: str


COMMA = CsvForm(",", ".")
SEMICOLON = CsvForm(";", ",")


def write_csv(
    path: Path, documents: Iterable[ExportedDocument], *, form: CsvForm = COMMA, progress: Tally | None = None
) -> None:
    """Write the documents' rows to `path`, a header row first."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=form.delimiter, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        for _, exported in counted(documents, progress):
            for cells in _rows(exported):
                row = _EMPTY_ROW.copy()
                for column, cell in cells.items():
                    # Most cells of a row are empty.
                    if cell != "" and (place := _PLACES.get(column)) is not None:
                        row[place] = text_of_cell(cell, form)
                writer.writerow(row)


def _rows(exported: ExportedDocument) -> Iterator[Cells]:
    document, accounts = exported.document, exported.accounts
    broken = break_down(document, books_currency=exported.books_currency)
    shared = naming_cells(exported) | exchange_cells(broken.accounting)
    once = amount_cells(exported, broken)
    for part in broken.parts:
        yield shared | once | part_cells(part, broken, document, accounts)
        once = {}
    for group in broken.groups:
        for cells in jurisdiction_cells(group, document.currency):
            yield shared | cells
    for payment in exported.payments:
        yield shared | payment_cells(payment, document.currency)


def text_of_cell(cell: Cell, form: CsvForm) -> str:
    """A cell as the file has it; a text that a spreadsheet could take for a formula has an apostrophe in front."""
    match cell:
        case str():
            return f"'{cell}" if reads_as_formula(cell) else cell
        case bool():
            return "true" if cell else "false"
        case Decimal():
            return format(cell, "f").replace(".", form.decimal_sign)
        case date():
            return cell.isoformat()
        case _:
            assert_never(cell)
