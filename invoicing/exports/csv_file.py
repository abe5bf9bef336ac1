"""Export as CSV: one row per line of a document, the document's own cells repeated on each.

The file is UTF-8 with a byte order mark (Excel takes it for the local code page otherwise), RFC 4180 with CRLF.
Numbers are plain decimal text: a point, no thousands separator, no exponent, money with the currency's digits.

A text that a spreadsheet could take for a formula gets an apostrophe in front; a number never does. A program
that wants the text as it was drops one leading apostrophe where what follows reads as a formula
(`rows.reads_as_formula`); no other text is changed. The rule holds for readers that split at commas, as RFC 4180
says; whoever opens the file with another separator should take the XLSX export, where text is typed as text.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import assert_never

from invoicing.exports.rows import (
    Cell,
    ExportedDocument,
    Progress,
    counted,
    document_cells,
    line_cells,
    reads_as_formula,
)

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
    "supply_end",
    "item_name",
    "line_supply_date",
    "line_supply_end",
)


def write_csv(path: Path, documents: Iterable[ExportedDocument], *, progress: Progress | None = None) -> None:
    """Write the documents' lines to `path`, a header row first."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        for _, exported in counted(documents, progress):
            shared = document_cells(exported)
            for line in exported.document.lines:
                cells = shared | line_cells(line, currency=exported.document.currency)
                writer.writerow([_text(cells[column]) for column in COLUMNS])


def _text(cell: Cell) -> str:
    match cell:
        case str():
            return f"'{cell}" if reads_as_formula(cell) else cell
        case bool():
            return "true" if cell else "false"
        case Decimal():
            return format(cell, "f")
        case date():
            return cell.isoformat()
        case _:
            assert_never(cell)
