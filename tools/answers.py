"""The shape of answers: structured content for programs, and a text that is complete without it.

The text's first line says for whom the call acted. Money is a decimal text with a currency beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from mcp_types import CallToolResult, ContentBlock, TextContent
from pydantic import BaseModel

from invoicing.amounts import money_text, plain
from invoicing.documents import Document, Line, TaxSubtotal
from operations.invoices import IssuedInvoice, ListedInvoice
from storage.books import OrganizationRef


class OrganizationAnswer(BaseModel):
    handle: str
    name: str
    environment: str


class Answer(BaseModel):
    """What every successful answer holds."""

    organization: OrganizationAnswer


class PageAnswer(Answer):
    """A page of a list: `left` says how many follow, `next_cursor` asks for them (empty at the end)."""

    next_cursor: str
    left: int


class LineAnswer(BaseModel):
    position: int
    description: str
    quantity: str
    unit: str
    unit_price: str
    discount_percent: str
    tax_code: str
    tax_rate: str
    net: str


class TaxAnswer(BaseModel):
    category: str
    label: str
    rate: str
    taxable: str
    tax: str
    reason: str


class InvoiceAnswer(BaseModel):
    """An issued document at a glance."""

    id: str
    number: str
    kind: str
    status: str
    customer: str
    customer_name: str
    issue_date: date
    due_date: date
    currency: str
    net_total: str
    tax_total: str
    total: str
    amount_due: str


def heading(organization: OrganizationRef) -> str:
    """The first line of an answer."""
    return f"{organization.name} ({organization.handle})"


def named(organization: OrganizationRef) -> OrganizationAnswer:
    return OrganizationAnswer(handle=organization.handle, name=organization.name, environment=organization.environment)


def answer(first_line: str, lines: Iterable[str], structured: BaseModel, *more: ContentBlock) -> CallToolResult:
    """A successful answer: text, structured content, and further blocks such as a resource link."""
    text = "\n".join([first_line, *lines])
    content: list[ContentBlock] = [TextContent(type="text", text=text), *more]
    return CallToolResult(content=content, structured_content=structured.model_dump(mode="json"))


def page_note(left: int, next_cursor: str) -> list[str]:
    """The line that says how to go on, or nothing at the end of a list."""
    return [f'{left} more: repeat with cursor="{next_cursor}".'] if next_cursor else []


def invoice_answer(invoice: IssuedInvoice | ListedInvoice) -> dict[str, Any]:
    """The fields of `InvoiceAnswer`."""
    if isinstance(invoice, ListedInvoice):
        source: Any = invoice.header
        customer, customer_name, kind = source.customer_id, source.customer_name, source.kind
    else:
        source = invoice.issued.document
        customer, customer_name, kind = source.customer, source.buyer.name, source.kind.value
    currency = source.currency
    return {
        "id": source.id,
        "number": source.number,
        "kind": kind,
        "status": invoice.status.value,
        "customer": customer,
        "customer_name": customer_name,
        "issue_date": source.issue_date,
        "due_date": source.due_date,
        "currency": currency,
        "net_total": money_text(source.net_minor, currency),
        "tax_total": money_text(source.tax_minor, currency),
        "total": money_text(source.total_minor, currency),
        "amount_due": money_text(invoice.due_minor, currency),
    }


def line_answer(line: Line, currency: str) -> LineAnswer:
    return LineAnswer(
        position=line.position,
        description=line.description,
        quantity=plain(line.quantity),
        unit=line.unit,
        unit_price=plain(line.unit_price),
        discount_percent=plain(line.discount_percent),
        tax_code=line.tax_code,
        tax_rate=plain(line.tax_rate),
        net=money_text(line.net_minor, currency),
    )


def tax_answer(tax: TaxSubtotal, currency: str) -> TaxAnswer:
    return TaxAnswer(
        category=tax.category.value,
        label=tax.label,
        rate=plain(tax.rate),
        taxable=money_text(tax.taxable_minor, currency),
        tax=money_text(tax.tax_minor, currency),
        reason=tax.reason,
    )


def document_lines(document: Document) -> list[str]:
    """A document's lines and totals as text."""
    currency = document.currency
    taxed = "prices with tax" if document.prices_include_tax else "prices without tax"
    shown = [_line_text(line, currency) for line in document.lines[:_LINES_SHOWN]]
    if len(document.lines) > _LINES_SHOWN:
        shown.append(f"... and {len(document.lines) - _LINES_SHOWN} more lines")
    taxes = ", ".join(
        f"{tax.label} {plain(tax.rate)} % {money_text(tax.tax_minor, currency)}" for tax in document.taxes
    )
    reasons = [f"{tax.label} {plain(tax.rate)} %: {tax.reason}" for tax in document.taxes if tax.reason]
    total = money_text(document.total_minor, currency)
    return [
        *shown,
        f"Net {money_text(document.net_minor, currency)}, {taxes}, total {total} {currency} ({taxed})",
        *reasons,
    ]


_LINES_SHOWN = 50


def _line_text(line: Line, currency: str) -> str:
    discount = f" less {plain(line.discount_percent)} %" if line.discount_percent else ""
    quantity = f"{plain(line.quantity)} {line.unit}".rstrip()
    first_line = line.description.splitlines()[0]
    return (
        f"{line.position}. {first_line}: {quantity} x {plain(line.unit_price)}{discount}"
        f" = {money_text(line.amount_minor, currency)} ({line.tax_code} {plain(line.tax_rate)} %)"
    )
