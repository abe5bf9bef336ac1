"""A document as it is shown: its lines, taxes and totals, and how it stands. Money is a decimal text with a currency
beside it.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from invoicing.approval.approvals import Approval, State
from invoicing.document.adjustment_texts import adjustments_text
from invoicing.document.details import said_of_document, said_of_line
from invoicing.document.documents import Document, DocumentKind, Line, TaxSubtotal
from invoicing.document.former_records import is_former
from invoicing.document.lifecycle import DRAFT, Status
from invoicing.document.tags import tags_text
from invoicing.money.amounts import money_text, plain
from invoicing.text.typed import counted, one_line
from operations.finding_invoices import ListedInvoice
from operations.issuing import StandingDocument
from storage.books.drafts import ListedDraft
from views.base import SEVERAL_UNSPELT, View
from views.totals import (
    JurisdictionAnswer,
    adjustment_lines,
    jurisdiction_answers,
    rate_text,
    settlement_lines,
    tax_text,
)
from views.words import price_text


class LineAnswer(View):
    """A line. `name` is what is supplied; `description` says the same, or what is said besides. The dates are the
    line's own, where they are others than the document's; `order_line` is that of the buyer's purchase order.
    `dimensions` are the organization's own, such as `cost_centre=bakery; project=inn`. `cost` is the kind of cost that
    is passed on, such as ADVANCED, and empty for what is simply supplied. The price is for `base_quantity` units;
    `adjustments` are further discounts and charges, with what each comes to. `details` are what few lines have.
    """

    position: int
    name: str
    description: str
    quantity: str
    unit: str
    unit_price: str
    discount_percent: str
    discount_amount: str
    charge_amount: str
    tax_code: str
    tax_rate: str
    net: str
    supply_date: date | None
    supply_end: date | None
    order_line: str
    dimensions: str
    cost: str
    base_quantity: str
    adjustments: str
    details: dict[str, str]


class TaxAnswer(View):
    category: str
    label: str
    rate: str
    taxable: str
    tax: str
    reason: str
    jurisdictions: Annotated[list[JurisdictionAnswer], SEVERAL_UNSPELT]


class InvoiceAnswer(View):
    """An issued document at a glance, or a draft. `amount_due` is less than zero where the customer is owed; a credit
    note has no `due_date`, and counts on the invoice whose id is `credits`, or by itself where that is one of a former
    system. A draft has no number, the amounts that it last showed, which would be due, and an `issue_date` only where
    one was stated.
    """

    id: str
    number: str
    kind: str
    status: str
    customer: str
    customer_name: str
    issue_date: date | None
    due_date: date | None
    currency: str
    net_total: str
    tax_total: str
    total: str
    amount_paid: str
    amount_credited: str
    amount_due: str
    credits: str


def invoice_answer(invoice: StandingDocument | ListedInvoice) -> dict[str, Any]:
    """The fields of `InvoiceAnswer`."""
    if isinstance(invoice, ListedInvoice):
        source: Any = invoice.header
        customer, customer_name, kind = source.customer_id, source.customer_name, source.kind
        credits_id = source.credits_id or ""
    else:
        source = invoice.document
        customer, customer_name, kind = source.customer, source.buyer.name, source.kind.value
        credits_id = source.of_invoice
    currency, balance, former = source.currency, invoice.balance, is_former(source.id)
    return {
        "id": source.id,
        "number": source.number,
        # Of one of a former system it is not known what of it is net, and what tax.
        "kind": f"former_{kind}" if former else kind,
        "status": invoice.status.value,
        "customer": customer,
        "customer_name": customer_name,
        "issue_date": source.issue_date,
        "due_date": None if kind == DocumentKind.CREDIT_NOTE.value else source.due_date,
        "currency": currency,
        "net_total": "" if former else money_text(source.net_minor, currency),
        "tax_total": "" if former else money_text(source.tax_minor, currency),
        "total": money_text(source.total_minor, currency),
        "amount_paid": money_text(balance.paid_minor, currency),
        "amount_credited": money_text(balance.credited_minor, currency),
        "amount_due": money_text(balance.due_minor, currency),
        "credits": credits_id,
    }


def draft_answer(draft: ListedDraft) -> dict[str, Any]:
    """The fields of `InvoiceAnswer` for a draft; without amounts where an earlier release kept it."""
    request, shown = draft.request, draft.shown
    currency = shown.currency if shown else request.currency
    amounts = shown and {
        "net_total": shown.net_minor,
        "tax_total": shown.tax_minor,
        "total": shown.total_minor,
        "amount_paid": 0,
        "amount_credited": 0,
        "amount_due": -shown.due_minor if request.former else shown.due_minor,
    }
    return {
        "id": draft.id,
        "number": "",
        "kind": (DocumentKind.CREDIT_NOTE if request.former else DocumentKind.INVOICE).value,
        "status": State.WAITING.value if draft.waits else DRAFT,
        "customer": request.customer,
        "customer_name": draft.customer_name,
        "issue_date": request.issue_date,
        "due_date": None,
        "currency": currency,
        "credits": "",
        **{name: money_text(amounts[name], currency) if amounts else "" for name in _AMOUNTS},
    }


def waiting_answer(approval: Approval) -> dict[str, Any]:
    """The fields of `InvoiceAnswer` for what waits for approval, or was rejected: it has no number."""
    document, currency = approval.document, approval.document.currency
    return {
        "id": approval.id,
        "number": "",
        "kind": document.kind.value,
        "status": approval.state.value,
        "customer": document.customer,
        "customer_name": document.buyer.name,
        "issue_date": None,
        "due_date": None,
        "currency": currency,
        "net_total": money_text(document.net_minor, currency),
        "tax_total": money_text(document.tax_minor, currency),
        "total": money_text(document.total_minor, currency),
        "amount_paid": money_text(0, currency),
        "amount_credited": money_text(0, currency),
        "amount_due": money_text(document.due_at_first_minor, currency),
        "credits": document.of_invoice,
    }


_AMOUNTS = ("net_total", "tax_total", "total", "amount_paid", "amount_credited", "amount_due")


def issued_text(invoice: StandingDocument) -> str:
    """A document that was issued, with its customer and dates; its status where it is another than just issued."""
    document = invoice.document
    act = "Already issued by an earlier call, nothing new was made:" if invoice.replayed else "Issued"
    due = "" if document.credits else f", due {document.due_date}"
    status = "" if invoice.status is Status.ISSUED else f", {invoice.status.value}"
    return (
        f"{act} {document.number} to {document.buyer.name} [{document.customer}], dated {document.issue_date}"
        f"{due}{status}."
    )


def line_answer(line: Line, currency: str) -> LineAnswer:
    return LineAnswer(
        position=line.position,
        name=line.title,
        description=line.description,
        quantity=plain(line.quantity),
        unit=line.unit,
        unit_price=price_text(line.unit_price, currency),
        discount_percent=plain(line.discount_percent),
        discount_amount=plain(line.discount_amount),
        charge_amount=plain(line.charge_amount),
        tax_code=line.tax_code,
        tax_rate=plain(line.tax_rate),
        net=money_text(line.net_minor, currency),
        supply_date=line.supply_date,
        supply_end=line.supply_end,
        order_line=line.order_line,
        dimensions=tags_text(line.dimensions),
        cost=line.cost,
        base_quantity=plain(line.base_quantity),
        adjustments=adjustments_text(line, currency),
        details=said_of_line(line),
    )


def tax_answer(tax: TaxSubtotal, currency: str) -> TaxAnswer:
    return TaxAnswer(
        category=tax.category.value,
        label=tax.label,
        rate=plain(tax.rate),
        taxable=money_text(tax.taxable_minor, currency),
        tax=money_text(tax.tax_minor, currency),
        reason=tax.reason,
        jurisdictions=jurisdiction_answers(tax, currency),
    )


def note_lines(note: str) -> list[str]:
    """The note of a document."""
    return [f"Note: {note}"] if note else []


def document_lines(document: Document) -> list[str]:
    """A document's lines and totals as text."""
    currency = document.currency
    shown = [_line_text(line, currency) for line in document.lines[:_LINES_SHOWN]]
    if len(document.lines) > _LINES_SHOWN:
        shown.append(f"... and {counted(len(document.lines) - _LINES_SHOWN, 'more line')}")
    return [*shown, *adjustment_lines(document), *total_lines(document), *detail_lines(document)]


def detail_lines(document: Document) -> list[str]:
    """The document's details, by field."""
    return [f"{name}: {one_line(text)}" for name, text in said_of_document(document).items()]


def credited_lines(document: Document) -> list[str]:
    """What a credit note credits, and why."""
    credited = document.credits
    if credited is None:
        return []
    which = f"[{credited.id}]" if credited.id else f"of {credited.issue_date}, of a former system"
    return [f"It credits {credited.number} {which}: {one_line(document.reason)}"]


def remaining_lines(document: Document) -> list[str]:
    """What a credit note leaves of its invoice, where it leaves something."""
    credited = document.credits
    if credited is None or credited.remains is None or not credited.remains.total_minor:
        return []
    left = credited.remains
    net, tax, total = (money_text(one, document.currency) for one in (left.net_minor, left.tax_minor, left.total_minor))
    return [f"Of {credited.number} remain net {net}, tax {tax}, total {total} {document.currency}."]


def total_lines(document: Document) -> list[str]:
    """A document's totals as text, with its taxes, their rates and why none is charged."""
    currency = document.currency
    taxed = "prices with tax" if document.prices_include_tax else "prices without tax"
    taxes = ", ".join(tax_text(tax, currency) for tax in document.taxes)
    reasons = [f"Why {rate_text(tax)}: {tax.reason}" for tax in document.taxes if tax.reason]
    total = money_text(document.total_minor, currency)
    return [
        f"Net {money_text(document.net_minor, currency)}, {taxes}, total {total} {currency} ({taxed})",
        *reasons,
        *settlement_lines(document),
    ]


_LINES_SHOWN = 50


def _line_text(line: Line, currency: str) -> str:
    quantity = f"{plain(line.quantity)} {line.unit}".rstrip()
    texts = [text.splitlines()[0] for text in (line.title, line.details) if text]
    price = f"{price_text(line.unit_price, currency)}{_reductions(line, currency)}"
    return (
        f"{line.position}. {', '.join(texts)}: {quantity} x {price}"
        f" = {money_text(line.amount_minor, currency)} ({line.tax_code} {plain(line.tax_rate)} %)"
        f"{_own_dates_order_and_dimensions(line)}"
        f"{', the price reduced: nothing comes back' if line.price_only else ''}"
    )


def _own_dates_order_and_dimensions(line: Line) -> str:
    until = f" to {line.supply_end}" if line.supply_end else ""
    supplied = f", supplied {line.supply_date}{until}" if line.supply_date else ""
    ordered = f", order line {line.order_line}" if line.order_line else ""
    cost = f", cost {line.cost}" if line.cost else ""
    said = "".join(f", {name.replace('_', ' ')} {one_line(text)}" for name, text in said_of_line(line).items())
    return f"{supplied}{ordered}{f', {tags_text(line.dimensions)}' if line.dimensions else ''}{cost}{said}"


def _reductions(line: Line, currency: str) -> str:
    """How many units a line's price is for, what comes off, and what is added."""
    discount = f" less {plain(line.discount_percent)} %" if line.discount_percent else ""
    amount = f" less {price_text(line.discount_amount, currency)}" if line.discount_amount else ""
    charge = f" plus {price_text(line.charge_amount, currency)}" if line.charge_amount else ""
    base = f" per {plain(line.base_quantity)}" if line.base_quantity != 1 else ""
    return base + discount + amount + charge + (f"; {adjustments_text(line, currency)}" if line.adjustments else "")
