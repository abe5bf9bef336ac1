"""The tool `get_invoice`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from mcp_types import CallToolResult
from pydantic import Field

from operations import invoices
from operations.invoices import IssuedInvoice
from tools.answers import (
    Answer,
    InvoiceAnswer,
    LineAnswer,
    TaxAnswer,
    answer,
    document_lines,
    heading,
    invoice_answer,
    line_answer,
    named,
    tax_answer,
)
from tools.context import ReadableBooks
from tools.description import Description, Effect
from tools.inputs import OrganizationArgument, SessionArgument


class InvoiceDetails(InvoiceAnswer):
    supply_date: date
    supply_end: date | None
    purchase_order: str
    payment_terms: str
    note: str
    prices_include_tax: bool
    lines: list[LineAnswer]
    taxes: list[TaxAnswer]
    issued_at: datetime
    issued_by: str
    hash: str


class InvoiceShown(Answer):
    invoice: InvoiceDetails


async def get_invoice(
    books: ReadableBooks,
    invoice: Annotated[str, Field(description="Id or number")],
    organization: OrganizationArgument = "",
    session: SessionArgument = "",
) -> Annotated[CallToolResult, InvoiceShown]:
    found = await invoices.get_invoice(books, invoice)
    structured = InvoiceShown(organization=named(books.organization), invoice=_details(found))
    return answer(heading(books.organization), _lines(structured.invoice, found), structured)


def _details(found: IssuedInvoice) -> InvoiceDetails:
    document = found.issued.document
    return InvoiceDetails(
        **invoice_answer(found),
        supply_date=document.supply_date,
        supply_end=document.supply_end,
        purchase_order=document.purchase_order,
        payment_terms=document.payment_terms,
        note=document.note,
        prices_include_tax=document.prices_include_tax,
        lines=[line_answer(line, document.currency) for line in document.lines],
        taxes=[tax_answer(tax, document.currency) for tax in document.taxes],
        issued_at=found.issued.issued_at,
        issued_by=found.issued.issued_by,
        hash=found.issued.hash,
    )


def _lines(details: InvoiceDetails, found: IssuedInvoice) -> list[str]:
    order = f", purchase order {details.purchase_order}" if details.purchase_order else ""
    return [
        f"{details.number} [{details.id}] to {details.customer_name} [{details.customer}]: {details.status}, dated"
        f" {details.issue_date}, due {details.due_date}, supplied {details.supply_date}{order}.",
        *document_lines(found.issued.document),
        f"Open: {details.amount_due} {details.currency}. Issued by {details.issued_by}.",
        *([f"Note: {details.note}"] if details.note else []),
    ]


TOOL = Description(
    get_invoice,
    title="Get invoice",
    text="Show one issued document with its lines, tax, totals and what is still open.",
    effect=Effect.READS,
)
