"""A customer as it is shown."""

from __future__ import annotations

from typing import Annotated

from invoicing.master_data.electronic_addresses import customer_number
from invoicing.master_data.fields import CUSTOMER_DETAILS, CUSTOMER_NUMBER
from invoicing.master_data.records import Customer
from invoicing.text.typed import one_line
from views.base import OBJECT_UNSPELT, View


class CustomerAnswer(View):
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
    details: Annotated[dict[str, str], OBJECT_UNSPELT]


def customer_answer(customer: Customer) -> CustomerAnswer:
    named = {name: getattr(customer, name) for name in CustomerAnswer.model_fields if name != "details"}
    return CustomerAnswer(**named, details=_details(customer))


def _details(customer: Customer) -> dict[str, str]:
    """What few customers have, by field; what is empty is left out."""
    number = customer_number(customer.identifier)
    said = {CUSTOMER_NUMBER: number, **{name: getattr(customer, name) for name in CUSTOMER_DETAILS}}
    said |= {"surcharge": "true"} if customer.surcharge else {}
    return {name: value for name, value in said.items() if value and not (number and name == "identifier")}


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
    said = "".join(f"; {name}: {one_line(value)}" for name, value in _details(customer).items())
    note = f"; note: {customer.note.splitlines()[0][:_NOTE_SHOWN]}" if customer.note else ""
    return f"{customer.name} [{customer.id}] {', '.join(part for part in details if part)}{archived}{said}{note}"


_NOTE_SHOWN = 100
