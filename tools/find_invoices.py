"""The tool `find_invoices`."""

from __future__ import annotations

from typing import Annotated

from mcp_types import CallToolResult
from pydantic import Field

from invoicing.lifecycle import OPEN
from operations import invoices
from operations.invoices import InvoiceSearch, ListedInvoice
from tools.answers import InvoiceAnswer, PageAnswer, answer, heading, invoice_answer, named, page_note, settled_text
from tools.context import ReadableBooks
from tools.description import Description, Effect
from tools.inputs import Cursor, OptionalDate, OrganizationArgument, SessionArgument


class InvoicesFound(PageAnswer):
    invoices: list[InvoiceAnswer]


async def find_invoices(
    books: ReadableBooks,
    query: Annotated[str, Field(description="Words of number, customer or purchase order")] = "",
    status: Annotated[str, Field(description="open (owed), issued, partially_paid, paid, overdue or credited")] = "",
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
    shared = _shared_names(found)
    structured = InvoicesFound(
        organization=named(books.organization), invoices=found, next_cursor=page.next_cursor, left=page.left
    )
    lines = [_line(one, shown, shared) for one, shown in zip(page.items, found, strict=True)] or [_nothing(search)]
    return answer(heading(books.organization), [*lines, *page_note(page.left, page.next_cursor)], structured)


def _shared_names(found: list[InvoiceAnswer]) -> frozenset[str]:
    """The names that more than one of the customers has: only there the name does not say which is meant."""
    customers = {(one.customer, one.customer_name) for one in found}
    names = [name for _, name in customers]
    return frozenset(name for name in names if names.count(name) > 1)


def _line(one: ListedInvoice, shown: InvoiceAnswer, shared: frozenset[str]) -> str:
    customer = f" [{shown.customer}]" if shown.customer_name in shared else ""
    settled = settled_text(one.balance, shown.currency)
    parts = [
        f"net {shown.net_total}",
        f"tax {shown.tax_total}",
        f"total {shown.total} {shown.currency}",
        shown.status,
        f"credit note on {one.header.credits_number}" if shown.credits else f"due {shown.due_date}",
        *([settled] if settled else []),
        *([] if shown.credits else [f"open {shown.amount_due}"]),
    ]
    return f"- {shown.number} {shown.issue_date} {shown.customer_name}{customer}: {', '.join(parts)}"


def _nothing(search: InvoiceSearch) -> str:
    if search == InvoiceSearch():
        return "No documents issued yet."
    if search == InvoiceSearch(status=OPEN, customer=search.customer):
        return "Nothing is owed."
    return "No documents found. Fewer or other words, or no limits of status and date, find more."


TOOL = Description(
    find_invoices,
    title="Find invoices",
    text="Find invoices and credit notes, newest first, by words, status, customer or issue date.",
    effect=Effect.READS,
)
