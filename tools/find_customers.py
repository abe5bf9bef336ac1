"""The tool `find_customers`, and the answer that it shares with `save_customer`."""

from __future__ import annotations

from typing import Annotated

from mcp_types import CallToolResult
from pydantic import BaseModel

from invoicing.master_data.records import Customer
from operations import customers
from tools.answers import PageAnswer, answer, nothing_found, page_note
from tools.context import ReadableBooks
from tools.description import Description, Effect
from tools.inputs import Cursor, OrganizationArgument, SessionArgument, WholeNumber
from views.organizations import heading, named


class CustomerAnswer(BaseModel):
    id: str
    name: str
    country: str
    consumer: bool
    public_body: bool
    demands_e_invoice: bool
    tax_number: str
    registration_number: str
    tax_office_number: str
    email: str
    phone: str
    line1: str
    line2: str
    postal_code: str
    city: str
    region: str
    currency: str
    payment_terms: str
    note: str
    archived: bool


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


def customer_answer(customer: Customer) -> CustomerAnswer:
    return CustomerAnswer.model_validate(customer, from_attributes=True)


def customer_line(customer: Customer) -> str:
    """A customer as one line of text."""
    town = " ".join(part for part in (customer.postal_code, customer.city) if part)
    parts = (customer.line1, customer.line2, town, customer.region, customer.country)
    place = ", ".join(part for part in parts if part)
    details = (
        place,
        "consumer" if customer.consumer else "",
        "public body" if customer.public_body else "",
        "asks for e-invoices" if customer.demands_e_invoice else "",
        customer.tax_number,
        customer.tax_office_number,
        customer.registration_number,
        customer.email,
        customer.phone,
        customer.payment_terms,
        f"invoiced in {customer.currency}" if customer.currency else "",
    )
    archived = " (archived)" if customer.archived else ""
    note = f"; note: {customer.note.splitlines()[0][:_NOTE_SHOWN]}" if customer.note else ""
    return f"{customer.name} [{customer.id}] {', '.join(part for part in details if part)}{archived}{note}"


_NOTE_SHOWN = 100

TOOL = Description(
    find_customers,
    title="Find customers",
    text="Find an organization's customers by words of name, e-mail, tax number or city; all of them without a query.",
    effect=Effect.READS,
)
