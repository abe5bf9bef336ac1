"""The tool `find_customers`."""

from __future__ import annotations

from typing import Annotated

from mcp_types import CallToolResult

from operations import customers
from tools.answers import PageAnswer, answer, nothing_found, page_note
from tools.context import ReadableBooks
from tools.description import Description, Effect
from tools.inputs import Cursor, OrganizationArgument, SessionArgument, WholeNumber
from views.customers import CustomerAnswer, customer_answer, customer_line
from views.organizations import heading, named


class CustomersFound(PageAnswer):
    customers: list[CustomerAnswer]


async def find_customers(
    books: ReadableBooks,
    query: str = "",
    cursor: Cursor = "",
    limit: WholeNumber = 25,
    organization: OrganizationArgument = "",
    session: SessionArgument = "",
) -> Annotated[CallToolResult, CustomersFound]:
    page = await customers.find_customers(books, query=query, cursor=cursor, limit=limit)
    structured = CustomersFound(
        organization=named(books.organization),
        customers=[customer_answer(customer) for customer in page.items],
        next_cursor=page.next_cursor,
        left=page.left,
    )
    lines = [f"- {customer_line(customer)}" for customer in page.items]
    if not lines:
        similar = await customers.similar_customers(books, query) if query.strip() else []
        lines = [nothing_found("customer", query, similar)]
    return answer(heading(books.organization), [*lines, *page_note(page.left, page.next_cursor)], structured)


TOOL = Description(
    find_customers,
    title="Find customers",
    text="Find an organization's customers by words of name, e-mail, tax number or city; all of them without a query.",
    effect=Effect.READS,
)
