"""The tool `get_invoice`."""

from __future__ import annotations

from typing import Annotated

from mcp_types import CallToolResult
from pydantic import Field

from operations import invoices
from tools.answers import Answer, answer
from tools.context import ReadableBooks, TheOffice, place_of
from tools.description import Description, Effect
from tools.inputs import OrganizationArgument, SessionArgument
from views.invoices import InvoiceDetails, invoice_details, invoice_lines, waiting_details, waiting_lines
from views.organizations import heading, named


class InvoiceShown(Answer):
    invoice: InvoiceDetails


async def get_invoice(
    office: TheOffice,
    books: ReadableBooks,
    invoice: Annotated[str, Field(description="Id or number")],
    organization: OrganizationArgument = "",
    session: SessionArgument = "",
) -> Annotated[CallToolResult, InvoiceShown]:
    waiting = await invoices.find_approval(books, invoice)
    if waiting is not None:
        shown = InvoiceShown(organization=named(books.organization), invoice=waiting_details(waiting))
        return answer(heading(books.organization), waiting_lines(waiting, place_of(office, books)), shown)
    found = await invoices.get_invoice(books, invoice)
    structured = InvoiceShown(organization=named(books.organization), invoice=invoice_details(found))
    return answer(heading(books.organization), invoice_lines(structured.invoice, found), structured)


TOOL = Description(
    get_invoice,
    title="Get invoice",
    text="Show one invoice or credit note with its lines, tax, totals, payments, credit notes and what is open; or what"
    " waits for approval, by its id.",
    effect=Effect.READS,
)
