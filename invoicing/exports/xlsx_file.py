"""Export as XLSX: the sheets "Documents", "Lines", "Taxes", "Tax summary" and "Payments".

"Lines" has one row per line, discount and charge; "Taxes" one per rate and category of a document, and for a US sales
tax one per jurisdiction besides; "Tax summary" the sums by currency, rate and category. Each column of amounts can be
added up over all rows of its sheet.

Text is typed as text, so that nothing in it is a formula, a link or a number. Dates are real dates. Amounts are
numbers where a spreadsheet can hold them exactly, and text otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

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
from invoicing.exports.rows import DOCUMENT_DETAILS, LATER_LINE_CELLS, LINE_DETAILS, ExportedDocument, counted
from invoicing.exports.tax_summary import TaxSummary
from invoicing.exports.workbook import CREATED, Sheet, new_workbook
from invoicing.progress import Tally

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
    "amount_rounding",
    "payment_means",
    "paid_to",
    "remittance_reference",
    *DOCUMENT_DETAILS,
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
    "line_adjustments",
    "adjustment_reason_code",
    *LINE_DETAILS.values(),
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
    "payment_kind",
)


def write_xlsx(
    path: Path,
    documents: Iterable[ExportedDocument],
    *,
    created: datetime = CREATED,
    progress: Tally | None = None,
) -> None:
    """Write the documents to `path`; `created` (without a time zone) is the file's own property.

    Raises:
        LimitExceeded: more lines than a sheet has rows (1,048,575 below the header).
    """
    with new_workbook(path, created=created) as workbook:
        book = _Book(workbook)
        for _, exported in counted(documents, progress):
            book.append(exported)
        book.finish()


class _Book:
    """The sheets of an export, and what the summary of taxes adds up meanwhile."""

    def __init__(self, workbook: Workbook) -> None:
        self._documents = Sheet(workbook, "Documents", DOCUMENT_COLUMNS)
        self._lines = Sheet(workbook, "Lines", LINE_COLUMNS)
        self._taxes = Sheet(workbook, "Taxes", TAX_COLUMNS)
        self._summary_sheet = Sheet(workbook, "Tax summary", SUMMARY_COLUMNS)
        self._payments = Sheet(workbook, "Payments", PAYMENT_COLUMNS)
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
