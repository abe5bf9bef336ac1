"""The invoices as QuickBooks Online's file of invoices: a row for each line, without tax.

The columns are the sample file's, in its order; those with an asterisk must be filled. An invoice's own fields stand on
each of its rows. QuickBooks finds the account of revenue by its item: ours is called by the number and name of the
account. It takes invoices alone; credit notes are named in the notes.

Source: Intuit, Import multiple invoices at once; the sample file's row of names as public software quotes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path

from invoicing.document.documents import Document, DocumentKind, TaxCategory
from invoicing.exports.ledger.entries import Entry, Ledger
from invoicing.exports.ledger.sales import cell, day_text, sales_notes, sold_parts, tax_name, write_sales
from invoicing.exports.ledger.untold import Untold
from invoicing.money.amounts import plain
from invoicing.progress import Tally
from invoicing.refusals import InvalidInput

COLUMNS = (
    *("*InvoiceNo", "*Customer", "*InvoiceDate", "*DueDate", "Terms", "Location", "Memo", "Item(Product/Service)"),
    *("ItemDescription", "ItemQuantity", "ItemRate", "*ItemAmount", "*ItemTaxCode", "ItemTaxAmount", "Currency"),
)
DOCUMENTS_MAX = 100
_NUMBER_MAX, _NAME_MAX, _TEXT_MAX = 21, 100, 4_000
_CREDITS = "Not in the file, for QuickBooks imports invoices alone; to be entered as credit memos"
_OF_THE_UNITED_KINGDOM = {
    (TaxCategory.STANDARD, Decimal(20)): "20.0% S",
    (TaxCategory.STANDARD, Decimal(5)): "5.0% R",
    (TaxCategory.ZERO, Decimal(0)): "0.0% Z",
    (TaxCategory.EXPORT, Decimal(0)): "0.0% Z",
    (TaxCategory.EXEMPT, Decimal(0)): "Exempt",
    (TaxCategory.OUTSIDE_SCOPE, Decimal(0)): "No VAT",
}


def write_quickbooks(
    path: Path, ledger: Ledger, entries: Iterable[Entry], progress: Tally | None = None
) -> tuple[str, ...]:
    """Write the names of the columns and the lines of the invoices to `path`; answers what is to be known of it.

    Raises:
        InvalidInput: a number that has no place in QuickBooks.
    """
    untold, taxes, items = Untold(), set[str](), set[str]()

    def rows_of(entry: Entry, document: Document) -> list[list[str]] | None:
        if document.kind is DocumentKind.CREDIT_NOTE:
            untold.add(_CREDITS, entry.number)
            return None
        rows = list(_rows(ledger, entry, document))
        taxes.update(row[COLUMNS.index("*ItemTaxCode")] for row in rows)
        items.update(row[COLUMNS.index("Item(Product/Service)")] for row in rows)
        return rows

    written = write_sales(path, COLUMNS, entries, untold, rows_of, progress)
    known = set(_OF_THE_UNITED_KINGDOM.values()) if ledger.country == "GB" else set()
    notes = sales_notes(written, program="QuickBooks", most=DOCUMENTS_MAX, taxes=taxes - known)
    called = [f"QuickBooks must have items of these names: {', '.join(sorted(items))}."] if items else []
    return ("Import it as exclusive of tax.", *called, *notes, *untold.notes())


def _rows(ledger: Ledger, entry: Entry, document: Document) -> Iterator[list[str]]:
    names = _OF_THE_UNITED_KINGDOM if ledger.country == "GB" else {}
    if len(document.number) > _NUMBER_MAX:
        raise InvalidInput(
            f"{document.number}: QuickBooks takes numbers of up to {_NUMBER_MAX} characters.", field="format"
        )
    for part in sold_parts(ledger, entry, document):
        yield [
            cell(document.number),
            _name(document.buyer.name),
            day_text(ledger, document.issue_date),
            day_text(ledger, document.due_date),
            cell(document.payment_terms)[:_TEXT_MAX],
            "",
            cell(document.note)[:_TEXT_MAX],
            _name(f"{part.account} {ledger.accounts[part.account].name}"),
            cell(part.description)[:_TEXT_MAX],
            plain(part.quantity),
            plain(part.unit),
            part.net,
            tax_name(part.of, names),
            part.tax,
            document.currency,
        ]


def _name(text: str) -> str:
    """A name without what QuickBooks takes for a parent's name (a colon), or cannot keep."""
    return cell(text.replace(":", " -").replace('"', "'"))[:_NAME_MAX]
