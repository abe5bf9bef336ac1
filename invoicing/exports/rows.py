"""What CSV and XLSX have in common: the cells of a document and of a line, by the name of their column.

The names are a contract: a column keeps its name, meaning and place, and a new one is added at the end.

- kind: `invoice` or `credit_note`; number: as on the document; status: as derived when the export was made.
- issue_date, due_date, supply_date: ISO 8601.
- customer_id: the organization's own handle; customer_name, customer_country (ISO 3166-1), customer_tax_number
  and purchase_order: as on the document.
- currency: ISO 4217; every amount of the row is in it.
- line: position from 1; description, quantity, unit, unit_price, discount_percent: as on the line.
- tax_code: the organization's own; tax_category: EN 16931 (UNCL 5305); tax_rate: percent.
- line_net: without tax, after the discount; document_net, document_tax, document_total: of the whole document.
- amount_due: what the customer still owes, less than zero where the customer is owed; amount_paid: what was paid, less
  what was refunded of the credit notes; amount_credited: what the credit notes take back. So amount_due is the total
  less what is withheld, credited and paid. A credit note counts on its invoice: its own amount_due is zero, and its
  amount_paid is what was refunded.
- credited_invoice: the number of the invoice that a credit note takes back; credit_reason: why.
- supply_end: the last day of a supply over a period. item_name: what is supplied (BT-153); description says the same,
  or what is said besides (BT-154). line_supply_date, line_supply_end: the line's own, where they are others than the
  document's.
- prices_include_tax: whether unit_price includes tax; hash: the document's link in the hash chain.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from invoicing.amounts import EXACT, minor_digits, plain, to_major
from invoicing.documents import Document, Line

Cell = str | bool | Decimal | date
"""A text, a yes or no, a number (with the digits it is shown with) or a day."""

Progress = Callable[[int], None]
"""Is told, after each document, how many are done."""

_FORMULA_SIGNS = frozenset("=+-@")
_CONTROL_SIGNS = frozenset("\t\r\n")
_QUOTES = frozenset("\"'`´‘’‚“”„«»‹›")


@dataclass(frozen=True, slots=True)
class ExportedDocument:
    """An issued document with what has happened to it: its status, what is paid, credited and due in minor units of
    its currency, and its hash in the chain.
    """

    document: Document
    status: str
    paid_minor: int
    due_minor: int
    hash: str
    credited_minor: int = 0


def document_cells(exported: ExportedDocument) -> dict[str, Cell]:
    """The cells that belong to the whole document."""
    document = exported.document
    buyer = document.buyer

    def money(amount_minor: int) -> Decimal:
        return to_major(amount_minor, document.currency)

    return {
        "kind": document.kind.value,
        "number": document.number,
        "status": exported.status,
        "issue_date": document.issue_date,
        "due_date": document.due_date,
        "supply_date": document.supply_date,
        "customer_id": document.customer,
        "customer_name": buyer.name,
        "customer_country": buyer.address.country,
        "customer_tax_number": buyer.tax_number,
        "purchase_order": document.purchase_order,
        "currency": document.currency,
        "document_net": money(document.net_minor),
        "document_tax": money(document.tax_minor),
        "document_total": money(document.total_minor),
        "amount_paid": money(exported.paid_minor),
        "amount_credited": money(exported.credited_minor),
        "amount_due": money(exported.due_minor),
        "credited_invoice": document.credits.number if document.credits else "",
        "credit_reason": document.reason,
        "prices_include_tax": document.prices_include_tax,
        "hash": exported.hash,
        "supply_end": document.supply_end or "",
    }


def line_cells(line: Line, *, currency: str) -> dict[str, Cell]:
    """The cells that belong to one line of a document in `currency`."""
    return {
        "line": Decimal(line.position),
        "description": line.description,
        "quantity": _shortest(line.quantity),
        "unit": line.unit,
        "unit_price": _price(line.unit_price, currency),
        "discount_percent": _shortest(line.discount_percent),
        "tax_code": line.tax_code,
        "tax_category": line.tax_category.value,
        "tax_rate": _shortest(line.tax_rate),
        "line_net": to_major(line.net_minor, currency),
        "item_name": line.title,
        "line_supply_date": line.supply_date or "",
        "line_supply_end": line.supply_end or "",
    }


def counted(documents: Iterable[ExportedDocument], progress: Progress | None) -> Iterator[tuple[int, ExportedDocument]]:
    """The documents with their position from 1; `progress` hears of each when the next one is asked for."""
    for position, exported in enumerate(documents, start=1):
        yield position, exported
        if progress is not None:
            progress(position)


def reads_as_formula(text: str) -> bool:
    """Whether a spreadsheet could take the text for a formula (OWASP, CSV injection).

    That is: it starts with `=`, `+`, `-`, `@`, a tab or a line break, also in a full-width or small form, and
    also after blanks, invisible characters and quotation marks, which some programs drop when they read.
    """
    for character in text:
        if character in _CONTROL_SIGNS:
            return True
        if character.isspace() or character in _QUOTES or unicodedata.category(character) == "Cf":
            continue
        compatible = unicodedata.normalize("NFKC", character)
        if compatible in _QUOTES:
            continue
        # The minus sign proper (U+2212) has no compatible form, but some programs calculate with it.
        return compatible in _FORMULA_SIGNS or character == "−"
    return False


def _shortest(number: Decimal) -> Decimal:
    return Decimal(plain(number))


def _price(price: Decimal, currency: str) -> Decimal:
    # A price is shown with at least the currency's digits, and with all that it has where it has more.
    shortest = _shortest(price)
    digits = max(minor_digits(currency), len(plain(price).partition(".")[2]))
    return shortest.quantize(Decimal(1).scaleb(-digits), context=EXACT)
