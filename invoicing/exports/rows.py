"""What is exported: documents with what happened to them, and the columns that CSV and XLSX have in common.

The names are a contract: a column keeps its name, meaning and place, and a new one is added at the end. Every amount
has a sign: on a credit note, amounts and quantities are less than zero, and so is a discount of a document. So each
column of amounts can be added up over all rows of a file; what belongs to the whole document stands on its first row
alone (CSV) or on the sheet "Documents" (XLSX). `amount_paid` is the exception: see there.

- row: what a row is: `line`, `discount` or `charge` of the whole document (one row per tax group that shares it),
  `jurisdiction` (a part of a US sales tax), `payment`.
- kind: `invoice` or `credit_note`; number: as on the document; status: as derived when the export was made.
- issue_date, due_date, supply_date, supply_end: ISO 8601.
- customer_id: the organization's own handle; customer_name, customer_country (ISO 3166-1), customer_tax_number
  and purchase_order: as on the document.
- currency: ISO 4217; every amount of the row is in it, except those of accounting.
- line: position from 1; description, quantity, unit, unit_price, discount_percent: as on the line; discount_amount
  and charge_amount: all that is taken off, by percentage or as an amount, and added for the whole line; base_quantity:
  how many units the price is for; line_amount: quantity x price / base_quantity less discount plus charge, with tax
  where prices_include_tax; line_adjustments: the discounts and charges with reasons that are among them; supply:
  `goods` or `services`, empty where nobody said which. What takes goods back on an invoice has the other sign.
- adjustment: position of a discount or charge from 1; its reason is the description; adjustment_percent: 0 where an
  amount was stated, else what was taken of adjustment_base; adjustment_reason_code: of UNTDID 5189 or 7161.
- tax_code: the organization's own; tax_category: EN 16931 (UNCL 5305); tax_rate: percent.
- line_net: of a line, discount or charge without tax; line_tax: its share of the tax of its rate and category;
  line_total: both. The sums are those that the document states, to the minor unit: line_net and line_tax by tax_rate
  and tax_category are the amounts of a tax return.
- revenue_account, tax_account, receivable_account: numbers of the chart of accounts that the row or document was
  posted to; empty where that is not known.
- document_net, document_tax, document_total: of the whole document.
- withholding_code, withholding_rate, withholding_base, amount_withheld: what the buyer keeps back for the tax office;
  amount_rounding: what rounding adds to the sum to pay (BT-114), less than zero where it takes off; amount_payable: the
  total less what is withheld, and with that. payment_means: how the buyer is to pay, where that was stated.
- amount_due: what the customer still owes, less than zero where the customer is owed: amount_payable less
  amount_credited less amount_paid, on every document. amount_paid: what was paid, less what was refunded of the
  credit notes; amount_credited: what the credit notes take back. A credit note counts on its invoice: its own
  amount_due is zero, its amount_paid is what was refunded, and its amount_credited is what is set off against its
  invoice. A refund is so in amount_paid twice, of the credit note and of its invoice.
- amount_received: the payments of this document alone, less reversals; what was refunded is less than zero. It can
  be added up, and is the sum of payment_amount.
- credited_invoice: the number of the invoice that a credit note takes back; credit_reason: why.
- supply_end: the last day of a supply over a period. item_name: what is supplied (BT-153); description says the same,
  or what is said besides (BT-154). line_supply_date, line_supply_end: the line's own, where they are others than the
  document's. order_line: the line of the buyer's purchase order (BT-132). dimensions: such as
  `cost_centre=bakery; project=inn`. cost: the kind of cost that a line or charge passes on, such as ADVANCED or the
  code of a fund. price_reduction: true of a line of a credit note that takes money and no goods; its quantity is
  then that of the price, and nothing came back.
- paid_to: the IBAN or account number that the document names; remittance_reference: what its payer states (BT-83), as a
  bank's statement has it, and empty where that is the number.
- prices_include_tax: whether unit_price includes tax; hash: the document's link in the hash chain.
- accounting_currency: that of the books; exchange_rate: what one unit of currency costs in it, 1 where they are the
  same; exchange_date and exchange_source: whose rate of which day. accounting_net, accounting_tax, accounting_total:
  of the whole document; line_accounting_net and line_accounting_tax: the shares of the row. All are empty where the
  document is in another currency and states no rate.
- jurisdiction, jurisdiction_level, jurisdiction_rate, jurisdiction_taxable, jurisdiction_tax: who levies which part
  of a US sales tax; the taxable amount is the same for each of a stack.
- payment: id of a payment, refund or reversal; paid_on, payment_method, payment_reference; payment_amount: less than
  zero where money went back, or a payment is reversed; payment_reverses: the payment that it takes back; debit_account
  and credit_account: where it was posted. payment_kind: what it is, such as payment, write_off or discount; the amount
  is what it adds to what was paid, so that of a certificate of tax that the document itself withholds is zero.
- What few documents say, after all other columns and in the order of `invoicing.document.details`, which reads such
  texts; several of one stand on a line each. buyer_reference, project, contract, sales_order, receiving_advice,
  despatch_advice, tender, object, accounting_reference, attachment; where it was delivered: delivery_name,
  delivery_line1, delivery_line2, delivery_postal_code, delivery_city, delivery_region, delivery_country,
  delivery_location, delivery_date; who is paid: payee_name, payee_identifier, payee_registration_number;
  tax_representative_name, tax_representative_line1, tax_representative_line2, tax_representative_postal_code,
  tax_representative_city, tax_representative_region, tax_representative_country, tax_representative_tax_number;
  payment_terms and note; of the parties seller_trading_name, seller_contact, seller_identifier,
  seller_e_invoice_address, buyer_trading_name, buyer_contact, buyer_identifier, buyer_e_invoice_address; advance:
  true of an advance invoice.
- What few lines say: line_note, line_object, line_accounting_reference, line_seller_item, line_buyer_item, line_gtin,
  line_origin, line_classification, line_attribute; line_deduct: the number of the advance that it deducts.
- In the tax sheets: taxable, tax, accounting_taxable, accounting_tax: of a tax group; tax_label, tax_reason_code
  (VATEX); documents: how many have the group.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from invoicing.document.details import KEPT_OF_DOCUMENTS, KEPT_OF_LINES
from invoicing.document.documents import Document, Line
from invoicing.document.tags import tags_text
from invoicing.money.amounts import plain
from invoicing.progress import Tally

T = TypeVar("T")
Cell = str | bool | Decimal | date
"""A text, a yes or no, a number (with the digits it is shown with) or a day."""


LATER_LINE_CELLS: Mapping[str, Callable[[Line], Cell]] = {
    "item_name": lambda line: line.title,
    "line_supply_date": lambda line: line.supply_date or "",
    "line_supply_end": lambda line: line.supply_end or "",
    "order_line": lambda line: line.order_line,
    "dimensions": lambda line: tags_text(line.dimensions),
    "cost": lambda line: line.cost,
    "base_quantity": lambda line: Decimal(plain(line.base_quantity)),
    "price_reduction": lambda line: line.price_only or "",
}
"""What lines have come to say, by its column, with the cell that each has: the last columns of CSV and of the sheet
"Lines", in this order. Another one is added at the end.
"""

LINE_DETAILS: Mapping[str, str] = {
    name: name if name.startswith("line_") else f"line_{name}" for name in (*KEPT_OF_LINES, "deduct")
}
"""The details of lines with the column that each has: after all others, in CSV and on the sheet "Lines"."""

PARTY_COLUMNS: tuple[tuple[str, str, str], ...] = tuple(
    (f"{role}_{name}", role, name)
    for role in ("seller", "buyer")
    for name in ("trading_name", "contact", "identifier", "e_invoice_address")
)
"""What few parties have: the column, whose it is and what."""

DOCUMENT_DETAILS: tuple[str, ...] = (
    *KEPT_OF_DOCUMENTS,
    "payment_terms",
    "note",
    *(column for column, _, _ in PARTY_COLUMNS),
    "advance",
)
"""The columns of what few documents say: after those of the lines in CSV, and on the sheet "Documents"."""

_FORMULA_SIGNS = frozenset("=+-@")
_CONTROL_SIGNS = frozenset("\t\r\n")
_QUOTES = frozenset("\"'`´‘’‚“”„«»‹›")


@dataclass(frozen=True, slots=True)
class ExportedPayment:
    """A payment of a document, a refund of a credit note, what else settles one (`kind`, as
    `invoicing.settlement.kinds`), or the reversal of one (`reverses`).

    `amount_minor` is what it adds to what was paid, in minor units of the document's currency.
    """

    id: str
    paid_on: date
    method: str
    reference: str
    amount_minor: int
    reverses: str
    debit_account: str
    credit_account: str
    kind: str = "payment"


@dataclass(frozen=True, slots=True)
class ExportedApproval:
    """Whose decision a document was issued by, and how it was asked for. `workflow` and `approver` are empty, and
    `step` is 0, where a person approved what no workflow asked about; `decided_at` is ISO 8601 in UTC.
    """

    workflow: str
    step: int
    approver: str
    decided_by: str
    decided_at: str
    how: str
    comment: str


@dataclass(frozen=True, slots=True)
class ExportedAccounts:
    """The accounts that a document was posted to besides those of its lines; empty where that is not known."""

    receivable: str = ""
    revenue: str = ""
    discount: str = ""
    tax: str = ""


@dataclass(frozen=True, slots=True)
class ExportedDocument:
    """An issued document with what has happened to it: its status, what is paid, credited and due in minor units of
    its currency, its payments, its hash in the chain and its approvals. `books_currency` is that of the books.
    """

    document: Document
    status: str
    paid_minor: int
    due_minor: int
    hash: str
    credited_minor: int = 0
    payments: tuple[ExportedPayment, ...] = ()
    accounts: ExportedAccounts = ExportedAccounts()
    books_currency: str = ""
    approvals: tuple[ExportedApproval, ...] = ()


def counted(exported: Iterable[T], progress: Tally | None) -> Iterator[tuple[int, T]]:
    """What is exported with its position from 1; `progress` hears of each when the next one is asked for."""
    for position, one in enumerate(exported, start=1):
        yield position, one
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
