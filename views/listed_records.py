"""Customers and items as the rows of a page."""

from __future__ import annotations

from invoicing.master_data.profiles import Profile
from invoicing.master_data.records import Customer, Item
from views.base import View
from views.listed_documents import formats_of


class CustomerRow(View):
    key: str
    name: str
    place: str
    tax_number: str
    email: str
    consumer: bool
    public_body: bool
    archived: bool


class ItemRow(View):
    """`price` is empty where each line states its own; without its currency, which stands beside."""

    key: str
    name: str
    sku: str
    description: str
    price: str
    currency: str
    unit: str
    tax_code: str
    archived: bool


def customer_row(one: Customer) -> CustomerRow:
    return CustomerRow(
        key=one.id,
        name=one.name,
        place=", ".join(text for text in (f"{one.postal_code} {one.city}".strip(), one.country) if text),
        tax_number=one.tax_number,
        email=one.email,
        consumer=one.consumer,
        public_body=one.public_body,
        archived=one.archived,
    )


def item_row(one: Item, profile: Profile) -> ItemRow:
    formats = formats_of(profile, one.currency)
    return ItemRow(
        key=one.id,
        name=one.name,
        sku=one.sku,
        description=one.description,
        price="" if one.unit_price is None else formats.price(one.unit_price),
        currency=formats.currency,
        unit=one.unit,
        tax_code=one.tax_code,
        archived=one.archived,
    )
