"""The cells of a document's rows by the name of their column; `invoicing.exports.rows` says what each means."""

from __future__ import annotations

from decimal import Decimal, localcontext

from invoicing.document.adjusted import AdjustmentKind
from invoicing.document.adjustment_texts import adjustments_text
from invoicing.document.breakdown import Accounting, Breakdown, Group, Part, PartKind, Shares
from invoicing.document.details import said_of_document, said_of_line
from invoicing.document.documents import Adjustment, Document, DocumentKind, Line, Withholding
from invoicing.exports.rows import (
    LATER_LINE_CELLS,
    LINE_DETAILS,
    PARTY_COLUMNS,
    Cell,
    ExportedAccounts,
    ExportedDocument,
    ExportedPayment,
)
from invoicing.money.amounts import EXACT, minor_digits, plain, to_major
from invoicing.tax.inputs import goods_minor

Cells = dict[str, Cell]


def naming_cells(exported: ExportedDocument) -> Cells:
    """What tells which document a row belongs to: on every row of it, and no amount among it."""
    document = exported.document
    buyer = document.buyer
    return {
        "kind": document.kind.value,
        "number": document.number,
        "status": exported.status,
        "issue_date": document.issue_date,
        "due_date": document.due_date,
        "supply_date": document.supply_date,
        "supply_end": document.supply_end or "",
        "customer_id": document.customer,
        "customer_name": buyer.name,
        "customer_country": buyer.address.country,
        "customer_tax_number": buyer.tax_number,
        "purchase_order": document.purchase_order,
        "currency": document.currency,
        "credited_invoice": document.credits.number if document.credits else "",
        "credit_reason": document.reason,
        "prices_include_tax": document.prices_include_tax,
        "payment_means": document.payment_means or "",
        "hash": exported.hash,
        "paid_to": document.payment.iban or document.payment.account_number,
        "remittance_reference": document.payment.reference,
        **said_of_document(document),
        "payment_terms": document.payment_terms,
        "note": document.note,
        **{column: text for column, whose, name in PARTY_COLUMNS if (text := getattr(getattr(document, whose), name))},
    }


def exchange_cells(accounting: Accounting | None) -> Cells:
    """The accounting currency and its rate: on every row of a document, like its name."""
    if accounting is None:
        return dict.fromkeys(("accounting_currency", "exchange_rate", "exchange_date", "exchange_source"), "")
    return {
        "accounting_currency": accounting.currency,
        "exchange_rate": shortest(accounting.rate),
        "exchange_date": accounting.on or "",
        "exchange_source": accounting.source,
    }


def amount_cells(exported: ExportedDocument, broken: Breakdown) -> Cells:
    """The amounts of the whole document: on one row of it, so that they can be added up."""
    document, sign = exported.document, broken.sign
    settled = settlement(exported)

    def money(amount_minor: int) -> Decimal:
        return to_major(amount_minor, document.currency)

    return {
        "document_net": money(sign * document.net_minor),
        "document_tax": money(sign * document.tax_minor),
        "document_total": money(sign * document.total_minor),
        "amount_payable": money(sign * document.payable_minor),
        "amount_rounding": money(sign * document.rounding_minor),
        **{name: money(amount_minor) for name, amount_minor in settled.items()},
        **_withholding_cells(document, document.withholding, sign),
        **_accounting_total_cells(broken.accounting),
        "receivable_account": exported.accounts.receivable,
    }


def settlement(exported: ExportedDocument) -> dict[str, int]:
    """What was credited, paid, received and is due, with signs: payable less credited less paid is due."""
    document = exported.document
    paid, credited = exported.paid_minor, exported.credited_minor
    if document.kind is DocumentKind.CREDIT_NOTE:
        # What was not refunded is set off against the invoice, where it stands as credited with the other sign.
        paid, credited = -paid, paid - document.payable_minor if document.of_invoice else 0
    return {
        "amount_credited": credited,
        "amount_paid": paid,
        "amount_received": sum(payment.amount_minor for payment in exported.payments),
        "amount_due": exported.due_minor,
    }


def part_cells(part: Part, broken: Breakdown, document: Document, accounts: ExportedAccounts) -> Cells:
    """The cells of a line, or of a discount or charge of the document."""
    own = part.of
    if isinstance(own, Line):
        mine, account = line_cells(own, broken.sign, document.currency), own.revenue_account
    else:
        mine, account = _adjustment_cells(own, broken.sign, document.currency), ""
    usual = accounts.discount if part.kind is PartKind.DISCOUNT else accounts.revenue
    return {
        **mine,
        "row": part.kind.value,
        "tax_code": own.tax_code,
        "tax_category": own.tax_category.value,
        "tax_rate": shortest(own.tax_rate),
        "line_amount": to_major(part.amount_minor, document.currency),
        "line_net": to_major(part.shares.net_minor, document.currency),
        "line_tax": to_major(part.shares.tax_minor, document.currency),
        "line_total": to_major(part.shares.net_minor + part.shares.tax_minor, document.currency),
        **_accounting_cells(part.shares, broken.accounting, net="line_accounting_net", tax="line_accounting_tax"),
        "revenue_account": account or usual,
        "tax_account": accounts.tax if part.shares.tax_minor else "",
    }


def group_cells(group: Group, broken: Breakdown, currency: str, accounts: ExportedAccounts) -> Cells:
    """The cells of a tax group, with its whole tax."""
    subtotal = group.of
    return {
        "tax_category": subtotal.category.value,
        "tax_rate": shortest(subtotal.rate),
        "tax_label": subtotal.label,
        "tax_reason_code": subtotal.reason_code,
        "taxable": to_major(group.shares.net_minor, currency),
        "tax": to_major(group.shares.tax_minor, currency),
        **_accounting_cells(group.shares, broken.accounting, net="accounting_taxable", tax="accounting_tax"),
        "tax_account": accounts.tax if group.shares.tax_minor else "",
    }


def jurisdiction_cells(group: Group, currency: str) -> list[Cells]:
    """The cells of each jurisdiction's part of a tax group."""
    return [
        {
            "row": "jurisdiction",
            "tax_category": group.of.category.value,
            "tax_rate": shortest(group.of.rate),
            "tax_label": group.of.label,
            "jurisdiction": place.name,
            "jurisdiction_level": place.level.value,
            "jurisdiction_rate": shortest(place.rate),
            "jurisdiction_taxable": to_major(group.shares.net_minor, currency),
            "jurisdiction_tax": to_major(place.tax_minor, currency),
        }
        for place in group.jurisdictions
    ]


def payment_cells(payment: ExportedPayment, currency: str) -> Cells:
    return {
        "row": "payment",
        "payment": payment.id,
        "paid_on": payment.paid_on,
        "payment_method": payment.method,
        "payment_reference": payment.reference,
        "payment_amount": to_major(payment.amount_minor, currency),
        "payment_reverses": payment.reverses,
        "debit_account": payment.debit_account,
        "credit_account": payment.credit_account,
        "payment_kind": payment.kind,
    }


def shortest(number: Decimal) -> Decimal:
    """The number without zeros at its end, as it is shown."""
    return Decimal(plain(number))


def _withholding_cells(document: Document, found: Withholding | None, sign: int) -> Cells:
    if found is None:
        return {
            "withholding_code": "",
            "withholding_rate": "",
            "withholding_base": "",
            "amount_withheld": to_major(0, document.currency),
        }
    return {
        "withholding_code": found.code,
        "withholding_rate": shortest(found.rate),
        "withholding_base": to_major(sign * found.base_minor, document.currency),
        "amount_withheld": to_major(sign * found.amount_minor, document.currency),
    }


def _accounting_total_cells(accounting: Accounting | None) -> Cells:
    if accounting is None:
        return dict.fromkeys(("accounting_net", "accounting_tax", "accounting_total"), "")
    net, tax = accounting.net_minor, accounting.tax_minor
    return {
        "accounting_net": to_major(net, accounting.currency),
        "accounting_tax": to_major(tax, accounting.currency),
        "accounting_total": to_major(net + tax, accounting.currency),
    }


def _accounting_cells(shares: Shares, accounting: Accounting | None, *, net: str, tax: str) -> Cells:
    net_minor, tax_minor = shares.accounting_net_minor, shares.accounting_tax_minor
    if accounting is None or net_minor is None or tax_minor is None:
        return {net: "", tax: ""}
    return {net: to_major(net_minor, accounting.currency), tax: to_major(tax_minor, accounting.currency)}


def line_cells(line: Line, sign: int, currency: str) -> Cells:
    """The cells that belong to one line; its amounts have the sign of its document."""
    with localcontext(EXACT):
        # A credit note takes back a quantity at the invoice's price: so quantity x price has the amounts' sign, too.
        quantity = sign * line.quantity
        charge = sign * (line.charge_amount + _of_adjustments(line, AdjustmentKind.CHARGE, currency))
        discounts = line.discount_amount + _of_adjustments(line, AdjustmentKind.DISCOUNT, currency)
        discount = sign * (_percentage(line, currency) if line.discount_percent else discounts)
    return {
        "line": Decimal(line.position),
        "description": line.description,
        "quantity": shortest(quantity),
        "unit": line.unit,
        "unit_price": _price(line.unit_price, currency),
        "discount_percent": shortest(line.discount_percent),
        "discount_amount": _price(discount, currency),
        "charge_amount": _price(charge, currency),
        "supply": "" if line.supply_assumed else line.supply.value,
        **{column: cell(line) for column, cell in LATER_LINE_CELLS.items()},
        "line_adjustments": adjustments_text(line, currency),
        **{LINE_DETAILS[name]: text for name, text in said_of_line(line).items()},
    }


def _percentage(line: Line, currency: str) -> Decimal:
    """What the percentage and other discounts take off: what the line would come to without, less what it comes to."""
    without = to_major(goods_minor(line, currency), currency)
    charges = line.charge_amount + _of_adjustments(line, AdjustmentKind.CHARGE, currency)
    return without + charges - to_major(line.amount_minor, currency)


def _of_adjustments(line: Line, kind: AdjustmentKind, currency: str) -> Decimal:
    return to_major(sum(item.amount_minor for item in line.adjustments if item.kind is kind), currency)


def _adjustment_cells(item: Adjustment, sign: int, currency: str) -> Cells:
    return {
        "description": item.reason,
        "adjustment": Decimal(item.position),
        "adjustment_percent": shortest(item.percent),
        "adjustment_base": to_major(sign * item.base_minor, currency) if item.percent else "",
        "cost": item.cost,
        "adjustment_reason_code": item.reason_code,
    }


def _price(price: Decimal, currency: str) -> Decimal:
    # A price is shown with at least the currency's digits, and with all that it has where it has more.
    found = shortest(price)
    digits = max(minor_digits(currency), len(plain(price).partition(".")[2]))
    return found.quantize(Decimal(1).scaleb(-digits), context=EXACT)
