"""Export as XLSX: the sheets "Documents", "Lines", "Taxes", "Tax summary" and "Payments".

"Lines" has one row per line, discount and charge; "Taxes" one per rate and category of a document, and for a US sales
tax one per jurisdiction besides; "Tax summary" the sums by currency, rate and category. Each column of amounts can be
added up over all rows of its sheet.

Text is typed as text, so that nothing in it is a formula, a link or a number. Dates are real dates. Amounts are
numbers where a spreadsheet can hold them exactly, and text otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, assert_never

from xlsxwriter import Workbook

from invoicing.document.breakdown import break_down
from invoicing.exports.cells import (
    amount_cells,
    exchange_cells,
    group_cells,
    jurisdiction_cells,
    naming_cells,
    part_cells,
    payment_cells,
)
from invoicing.exports.rows import LATER_LINE_CELLS, Cell, ExportedDocument, counted, reads_as_formula
from invoicing.exports.tax_summary import TaxSummary
from invoicing.money.amounts import EXACT
from invoicing.progress import Tally
from invoicing.refusals import LimitExceeded

DOCUMENT_COLUMNS = (
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
    "accounting_currency",
    "exchange_rate",
    "exchange_date",
    "exchange_source",
    "accounting_net",
    "accounting_tax",
    "accounting_total",
    "withholding_code",
    "withholding_rate",
    "withholding_base",
    "amount_withheld",
    "amount_payable",
    "amount_received",
    "receivable_account",
)
LINE_COLUMNS = (
    "kind",
    "number",
    "issue_date",
    "customer_name",
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
    "prices_include_tax",
    "row",
    "supply_date",
    "supply",
    "discount_amount",
    "charge_amount",
    "line_amount",
    "adjustment",
    "adjustment_percent",
    "adjustment_base",
    "line_tax",
    "line_total",
    "accounting_currency",
    "exchange_rate",
    "line_accounting_net",
    "line_accounting_tax",
    "revenue_account",
    "tax_account",
    "credited_invoice",
    *LATER_LINE_CELLS,
)
TAX_COLUMNS = (
    "kind",
    "number",
    "issue_date",
    "supply_date",
    "supply_end",
    "customer_name",
    "customer_country",
    "customer_tax_number",
    "currency",
    "tax_category",
    "tax_rate",
    "tax_label",
    "tax_reason_code",
    "taxable",
    "tax",
    "accounting_currency",
    "exchange_rate",
    "exchange_date",
    "accounting_taxable",
    "accounting_tax",
    "tax_account",
    "jurisdiction",
    "jurisdiction_level",
    "jurisdiction_rate",
    "jurisdiction_taxable",
    "jurisdiction_tax",
    "credited_invoice",
)
SUMMARY_COLUMNS = (
    "currency",
    "tax_category",
    "tax_rate",
    "tax_label",
    "taxable",
    "tax",
    "accounting_currency",
    "accounting_taxable",
    "accounting_tax",
    "documents",
)
PAYMENT_COLUMNS = (
    "kind",
    "number",
    "customer_name",
    "currency",
    "payment",
    "paid_on",
    "payment_method",
    "payment_reference",
    "payment_amount",
    "payment_reverses",
    "debit_account",
    "credit_account",
)
ROWS_MAX = 1_048_576
SIGNIFICANT_DIGITS_MAX = 15

# A fixed day makes the same documents the same file, byte for byte; the day itself means nothing.
_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 -- the format's property has no time zone, and XlsxWriter wants none.
_WIDTH = 14
_WIDTHS = {
    "customer_name": 32,
    "description": 48,
    "item_name": 32,
    "hash": 66,
    "number": 20,
    "customer_tax_number": 20,
    "credited_invoice": 20,
    "exchange_source": 20,
    "payment": 40,
    "payment_reverses": 40,
}
# Excel counts days from 1900 and has no earlier date.
_YEAR_MIN = 1900


def write_xlsx(
    path: Path,
    documents: Iterable[ExportedDocument],
    *,
    created: datetime = _CREATED,
    progress: Tally | None = None,
) -> None:
    """Write the documents to `path`; `created` (without a time zone) is the file's own property.

    Raises:
        LimitExceeded: more lines than a sheet has rows (1,048,575 below the header).
    """
    # The library's intermediate files hold clients' data: they stay in the folder of the export, not in /tmp.
    with TemporaryDirectory(dir=path.parent, prefix=".xlsx-") as folder:
        options = {
            "constant_memory": True,
            "tmpdir": folder,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        with _closed_at_last(Workbook(str(path), options)) as workbook:
            workbook.set_properties({"created": created})
            book = _Book(workbook)
            for _, exported in counted(documents, progress):
                book.append(exported)
            book.finish()


@contextmanager
def _closed_at_last(workbook: Workbook) -> Iterator[Workbook]:
    """The workbook, closed at the end; where that fails, as on a full disk, its intermediate files would stay open."""
    try:
        with workbook:
            yield workbook
    finally:
        for sheet in workbook.worksheets():
            with suppress(OSError):
                sheet.row_data_fh.close()


class _Book:
    """The sheets of an export, and what the summary of taxes adds up meanwhile."""

    def __init__(self, workbook: Workbook) -> None:
        self._documents = _Sheet(workbook, "Documents", DOCUMENT_COLUMNS)
        self._lines = _Sheet(workbook, "Lines", LINE_COLUMNS)
        self._taxes = _Sheet(workbook, "Taxes", TAX_COLUMNS)
        self._summary_sheet = _Sheet(workbook, "Tax summary", SUMMARY_COLUMNS)
        self._payments = _Sheet(workbook, "Payments", PAYMENT_COLUMNS)
        self._summary = TaxSummary()

    def append(self, exported: ExportedDocument) -> None:
        """Write the rows of one document to each sheet."""
        document, accounts = exported.document, exported.accounts
        broken = break_down(document, books_currency=exported.books_currency)
        shared = naming_cells(exported) | exchange_cells(broken.accounting)
        self._documents.append(shared | amount_cells(exported, broken))
        for part in broken.parts:
            self._lines.append(shared | part_cells(part, broken, document, accounts))
        for group in broken.groups:
            self._taxes.append(shared | group_cells(group, broken, document.currency, accounts))
            for cells in jurisdiction_cells(group, document.currency):
                self._taxes.append(shared | cells)
        for payment in exported.payments:
            self._payments.append(shared | payment_cells(payment, document.currency))
        self._summary.add(document.currency, broken)

    def finish(self) -> None:
        """Write the summary, and put the filters on."""
        for cells in self._summary.rows():
            self._summary_sheet.append(cells)
        for sheet in (self._documents, self._lines, self._taxes, self._summary_sheet, self._payments):
            sheet.finish()


class _Sheet:
    """A sheet that is written row by row; a row that has been passed cannot be changed (constant memory)."""

    def __init__(self, workbook: Workbook, name: str, columns: tuple[str, ...]) -> None:
        self._columns = columns
        self._workbook = workbook
        self._formats: dict[str, Any] = {}
        self._rows = 1
        self._sheet = workbook.add_worksheet(name)
        heading = workbook.add_format({"bold": True, "bottom": 1})
        for column, title in enumerate(columns):
            self._sheet.set_column(column, column, _WIDTHS.get(title, _WIDTH))
            self._sheet.write_string(0, column, title, heading)
        self._sheet.freeze_panes(1, 0)

    def append(self, cells: Mapping[str, Cell]) -> None:
        """Write the next row from the cells of this sheet's columns."""
        if self._rows == ROWS_MAX:
            raise LimitExceeded(
                f"The export has more than {ROWS_MAX - 1:,} rows, which is all that an XLSX sheet can hold:"
                " choose a shorter period, or export as CSV."
            )
        for column, title in enumerate(self._columns):
            self._write(self._rows, column, cells.get(title, ""))
        self._rows += 1

    def finish(self) -> None:
        """Put the filter on all rows, now that their number is known."""
        self._sheet.autofilter(0, 0, self._rows - 1, len(self._columns) - 1)

    def _write(self, row: int, column: int, cell: Cell) -> None:
        match cell:
            case str():
                self._write_text(row, column, cell)
            case bool():
                self._sheet.write_boolean(row, column, cell)
            case Decimal() if _is_exact_number(cell):
                digits = len(format(cell, "f").partition(".")[2])
                self._sheet.write_number(row, column, float(cell), self._number_format(digits))
            case Decimal():
                # A spreadsheet keeps 15 significant digits and would round the rest away without a word; the
                # exact text is worth more than a cell one can sum. CSV and JSON have the same exact text.
                self._write_text(row, column, format(cell, "f"), reading="number")
            case date() if cell.year < _YEAR_MIN:
                self._write_text(row, column, cell.isoformat())
            case date():
                self._sheet.write_datetime(row, column, cell, self._format("date", {"num_format": "yyyy-mm-dd"}))
            case _:
                assert_never(cell)

    def _write_text(self, row: int, column: int, text: str, *, reading: str = "text") -> None:
        if not text:
            return
        # The cell is text in any case; the mark keeps it text when somebody edits it in place.
        marked = reading == "number" or reads_as_formula(text)
        cell_format = self._format("marked", {"quote_prefix": True}) if marked else None
        if text.startswith("<r>") and text.endswith("</r>"):
            # XlsxWriter takes such a text for its own rich-text markup and writes it unescaped: a description
            # could put any cell, a formula too, into the sheet. In fragments (three at least) it is escaped.
            answer = self._sheet.write_rich_string(row, column, text[:1], text[1:2], text[2:])
        else:
            answer = self._sheet.write_string(row, column, text, cell_format)
        assert answer == 0, "a text too long for a cell passed the limits of documents"  # noqa: S101 -- pair of them

    def _number_format(self, digits: int) -> Any:
        pattern = "#,##0." + "0" * digits if digits else "#,##0"
        return self._format(pattern, {"num_format": pattern})

    def _format(self, name: str, properties: dict[str, object]) -> Any:
        if name not in self._formats:
            self._formats[name] = self._workbook.add_format(properties)
        return self._formats[name]


def _is_exact_number(number: Decimal) -> bool:
    return len(number.normalize(EXACT).as_tuple().digits) <= SIGNIFICANT_DIGITS_MAX
