"""The documents as Xero's file of sales invoices (SalesInvoiceTemplate.csv): a row for each line, without tax.

The columns are the template's, in its order; those with an asterisk must be filled. A document's own fields stand on
each of its rows. Unit amounts of credit notes are less than zero: Xero makes credit notes of them. It adds up the tax
itself, by the name of the tax rate; `TaxAmount` is what the document states.

Source: Xero Central, Import sales invoices; the template's row of names as public software quotes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path

from invoicing.document.documents import Document, DocumentKind, TaxCategory
from invoicing.exports.ledger.entries import Entry, Ledger
from invoicing.exports.ledger.sales import cell, day_text, sales_notes, sold_parts, tax_name, write_sales
from invoicing.exports.ledger.untold import Untold
from invoicing.money.amounts import money_text, plain
from invoicing.progress import Tally
from invoicing.refusals import InvalidInput

COLUMNS = (
    *("*ContactName", "EmailAddress", "POAddressLine1", "POAddressLine2", "POAddressLine3", "POAddressLine4"),
    *("POCity", "PORegion", "POPostalCode", "POCountry", "*InvoiceNumber", "Reference", "*InvoiceDate", "*DueDate"),
    *("Total", "InventoryItemCode", "*Description", "*Quantity", "*UnitAmount", "Discount", "*AccountCode", "*TaxType"),
    *("TaxAmount", "TrackingName1", "TrackingOption1", "TrackingName2", "TrackingOption2", "Currency"),
    "BrandingTheme",
)
DOCUMENTS_MAX = 500
_CODE_MAX, _TEXT_MAX, _DESCRIPTION_MAX = 10, 255, 4_000
_OF_THE_UNITED_KINGDOM = {
    (TaxCategory.STANDARD, Decimal(20)): "20% (VAT on Income)",
    (TaxCategory.STANDARD, Decimal(5)): "5% (VAT on Income)",
    (TaxCategory.ZERO, Decimal(0)): "Zero Rated Income",
    (TaxCategory.EXPORT, Decimal(0)): "Zero Rated Income",
    (TaxCategory.EXEMPT, Decimal(0)): "Exempt Income",
    (TaxCategory.OUTSIDE_SCOPE, Decimal(0)): "No VAT",
}


def write_xero(path: Path, ledger: Ledger, entries: Iterable[Entry], progress: Tally | None = None) -> tuple[str, ...]:
    """Write the names of the columns and the lines of the documents to `path`; answers what is to be known of it.

    Raises:
        InvalidInput: an account that has no place in Xero.
    """
    untold, taxes = Untold(), set[str]()

    def rows_of(entry: Entry, document: Document) -> list[list[str]]:
        return list(_rows(ledger, entry, document, taxes))

    written = write_sales(path, COLUMNS, entries, untold, rows_of, progress)
    known = set(_OF_THE_UNITED_KINGDOM.values()) if ledger.country == "GB" else set()
    notes = sales_notes(written, program="Xero", most=DOCUMENTS_MAX, taxes=taxes - known)
    return ("Import it as tax exclusive; Xero adds up the tax itself.", *notes, *untold.notes())


def _rows(ledger: Ledger, entry: Entry, document: Document, taxes: set[str]) -> Iterator[list[str]]:
    names = _OF_THE_UNITED_KINGDOM if ledger.country == "GB" else {}
    for part in sold_parts(ledger, entry, document):
        tax = tax_name(part.of, names)
        taxes.add(tax)
        yield [
            *_of_the_document(ledger, document),
            "",
            cell(part.description)[:_DESCRIPTION_MAX],
            plain(part.quantity),
            plain(part.unit),
            "",
            _code(part.account),
            tax,
            part.tax,
            *("", "", "", ""),
            document.currency,
            "",
        ]


def _of_the_document(ledger: Ledger, document: Document) -> list[str]:
    buyer, address = document.buyer, document.buyer.address
    sign = -1 if document.kind is DocumentKind.CREDIT_NOTE else 1
    return [
        cell(buyer.name)[:_TEXT_MAX],
        cell(buyer.email),
        *(cell(text) for text in (address.line1, address.line2)),
        *("", ""),
        *(cell(text) for text in (address.city, address.region, address.postal_code, address.country)),
        cell(document.number),
        cell(document.credits.number if document.credits else document.purchase_order)[:_TEXT_MAX],
        day_text(ledger, document.issue_date),
        day_text(ledger, document.due_date),
        money_text(sign * document.total_minor, document.currency),
    ]


def _code(account: str) -> str:
    if len(account) > _CODE_MAX:
        raise InvalidInput(f"Account {account}: Xero takes codes of up to {_CODE_MAX} characters.", field="format")
    return account
