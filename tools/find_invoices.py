"""The tool `find_invoices`."""

from __future__ import annotations

from typing import Annotated

from mcp_types import CallToolResult
from pydantic import Field

from operations import invoices
from operations.invoices import InvoiceSearch
from tools.answers import InvoiceAnswer, PageAnswer, answer, heading, invoice_answer, named, page_note
from tools.context import ReadableBooks
from tools.description import Description, Effect
from tools.inputs import Cursor, OptionalDate, OrganizationArgument, SessionArgument


class InvoicesFound(PageAnswer):
    invoices: list[InvoiceAnswer]


async def find_invoices(
    books: ReadableBooks,
    query: Annotated[str, Field(description="Words of number, customer or purchase order")] = "",
    status: Annotated[str, Field(description="issued, partially_paid, paid, overdue or credited")] = "",
    customer: Annotated[str, Field(description="Id or exact name")] = "",
    issued_from: OptionalDate = None,
    issued_to: OptionalDate = None,
    cursor: Cursor = "",
    limit: int = 25,
    organization: OrganizationArgument = "",
    session: SessionArgument = "",
) -> Annotated[CallToolResult, InvoicesFound]:
    search = InvoiceSearch(query, status.strip(), customer.strip(), issued_from, issued_to)
    page = await invoices.find_invoices(books, search, cursor=cursor, limit=limit)
    found = [InvoiceAnswer(**invoice_answer(one)) for one in page.items]
    structured = InvoicesFound(
        organization=named(books.organization), invoices=found, next_cursor=page.next_cursor, left=page.left
    )
    lines = [_line(one) for one in found] or ["No invoices found."]
    return answer(heading(books.organization), [*lines, *page_note(page.left, page.next_cursor)], structured)


def _line(one: InvoiceAnswer) -> str:
    return (
        f"- {one.number} [{one.id}] {one.issue_date} {one.customer_name} [{one.customer}]: net {one.net_total}, tax"
        f" {one.tax_total}, total {one.total} {one.currency}, {one.status}, due {one.due_date}{_settled(one)}"
    )


def _settled(one: InvoiceAnswer) -> str:
    """What was paid and credited, where anything was, and what is open."""
    if one.credits:
        return f", refunded {one.amount_paid}, credits [{one.credits}]"
    return f", paid {one.amount_paid}, credited {one.amount_credited}, open {one.amount_due}"


TOOL = Description(
    find_invoices,
    title="Find invoices",
    text="Find invoices and credit notes, newest first, by words, status, customer or issue date.",
    effect=Effect.READS,
)
