"""The tool `save_customer`."""

from __future__ import annotations

from typing import Annotated

from mcp_types import CallToolResult
from pydantic import Field

from invoicing.master_data.fields import CUSTOMER, CUSTOMER_DETAILS, CUSTOMER_NUMBER, clearable
from operations import customers
from operations.rights import Right
from tools.answers import Answer, answer
from tools.context import BooksToSaveCustomer
from tools.description import Description, Effect
from tools.inputs import (
    AddressArgument,
    DetailsArgument,
    OrganizationArgument,
    SessionArgument,
    Several,
    cleared,
    given,
    given_in_details,
)
from views.base import OBJECT_UNSPELT
from views.customers import CustomerAnswer, customer_answer, customer_line
from views.organizations import heading, named
from views.remedies import for_assistant, told

CLEARABLE = {**clearable(CUSTOMER), CUSTOMER_NUMBER: ""}

_UNLISTED = ("tax_office_number", "demands_e_invoice")
_FLAGS = frozenset({"demands_e_invoice", "surcharge"})
# Arguments that no schema lists can be said in details, too.
_IN_DETAILS = (CUSTOMER_NUMBER, *CUSTOMER_DETAILS, *_UNLISTED, "surcharge")


class CustomerSaved(Answer):
    """The customer is as `find_customers` spells it out."""

    customer: Annotated[CustomerAnswer, OBJECT_UNSPELT]
    created: bool
    notes: list[str]


async def save_customer(
    books: BooksToSaveCustomer,
    name: str | None = None,
    id: str = "",
    country: Annotated[str | None, Field(description="Two-letter code; default: the organization's")] = None,
    consumer: Annotated[bool | None, Field(description="A private person")] = None,
    public_body: Annotated[bool | None, Field(description="An authority")] = None,
    demands_e_invoice: bool | None = None,
    tax_number: str | None = None,
    registration_number: str | None = None,
    tax_office_number: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    address: AddressArgument = None,
    currency: str | None = None,
    payment_terms: str | None = None,
    note: str | None = None,
    archived: bool | None = None,
    details: Annotated[
        DetailsArgument,
        Field(description="buyer_reference, language, delivery_addresses, e_invoice_address, contact, ..."),
    ] = None,
    clear: Annotated[Several[str] | None, Field(description="Fields to empty")] = None,
    organization: OrganizationArgument = "",
    session: SessionArgument = "",
) -> Annotated[CallToolResult, CustomerSaved]:
    changes = given(
        name=name,
        country=country,
        consumer=consumer,
        public_body=public_body,
        demands_e_invoice=demands_e_invoice,
        tax_number=tax_number,
        registration_number=registration_number,
        tax_office_number=tax_office_number,
        email=email,
        phone=phone,
        currency=currency,
        payment_terms=payment_terms,
        note=note,
        archived=archived,
        **(address.model_dump(exclude_none=True) if address else {}),
    )
    changes |= given_in_details(details, _IN_DETAILS, changes, flags=_FLAGS)
    changes |= cleared(clear, CLEARABLE, changes)
    saved = await customers.save_customer(books, changes, customer_id=id)
    notes = [told(note, for_assistant) for note in saved.notes]
    structured = CustomerSaved(
        organization=named(books.organization),
        customer=customer_answer(saved.customer),
        created=saved.created,
        notes=notes,
    )
    act = "New customer" if saved.created else "Changed"
    return answer(heading(books.organization), [f"{act}: {customer_line(saved.customer)}", *notes], structured)


TOOL = Description(
    save_customer,
    title="Save customer",
    text="Make a new customer, or change the one with the given id; only the given fields change. Issued documents"
    " keep the customer as it was.",
    effect=Effect.CHANGES,
    act=Right.SAVE_CUSTOMER,
    unlisted=frozenset(_UNLISTED),
    in_details=frozenset(_IN_DETAILS) - frozenset(_UNLISTED),
)
