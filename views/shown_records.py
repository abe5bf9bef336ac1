"""A customer and an item as their pages show them: what is said of each by its field, written by the organization's own
locale.
"""

from __future__ import annotations

from invoicing.master_data.delivery_places import delivery_places
from invoicing.master_data.electronic_addresses import customer_number
from invoicing.master_data.profiles import Profile
from invoicing.master_data.records import Customer, Item
from invoicing.money.sums import Sums
from views.base import View
from views.listed_documents import formats_of


class ShownFact(View):
    """Something that is said of it: `field` names it, and `lines` are what is said."""

    field: str
    lines: list[str]


class ShownOwed(View):
    """What is owed in one currency, and of how many documents."""

    currency: str
    amount: str
    count: int


class ShownRecord(View):
    """A customer or an item; `facts` are those that there are."""

    key: str
    name: str
    archived: bool
    facts: list[ShownFact]


_OF_CUSTOMER = (
    *("tax_number", "registration_number", "tax_office_number", "email", "phone", "contact", "payment_terms"),
    *("currency", "buyer_reference", "accounting_reference", "e_invoice_address", "trading_name"),
)
_OF_ITEM = ("sku", "unit", "tax_code", "revenue_account", "gtin")


def shown_customer(one: Customer, profile: Profile) -> ShownRecord:
    formats = formats_of(profile, one.currency)
    town = f"{one.postal_code} {one.city}".strip()
    address = [text for text in (one.line1, one.line2, town, one.region, formats.country(one.country)) if text]
    number = customer_number(one.identifier)
    facts = {
        "address": address,
        **{name: [getattr(one, name)] for name in _OF_CUSTOMER},
        "language": [_language(one.language, profile)],
        "customer_number": [number],
        "identifier": ["" if number else one.identifier],
        "delivery_addresses": [place.name for place in delivery_places(one.delivery_addresses)],
        "note": one.note.splitlines(),
    }
    return ShownRecord(key=one.id, name=one.name, archived=one.archived, facts=_facts(facts))


def shown_item(one: Item, profile: Profile) -> ShownRecord:
    formats = formats_of(profile, one.currency)
    price = "" if one.unit_price is None else f"{formats.price(one.unit_price)} {formats.currency}"
    facts = {
        "unit_price": [price],
        **{name: [getattr(one, name)] for name in _OF_ITEM},
        "origin": [formats.country(one.origin) if one.origin else ""],
        "description": one.description.splitlines(),
        "classifications": one.classifications.splitlines(),
    }
    return ShownRecord(key=one.id, name=one.name, archived=one.archived, facts=_facts(facts))


def owed(sums: tuple[Sums, ...], profile: Profile) -> list[ShownOwed]:
    """What a customer owes in each currency in which anything is owed."""
    return [
        ShownOwed(
            currency=one.currency, amount=formats_of(profile, one.currency).amount(one.due_minor), count=one.count
        )
        for one in sums
        if one.due_minor
    ]


def _facts(said: dict[str, list[str]]) -> list[ShownFact]:
    return [ShownFact(field=name, lines=lines) for name, lines in said.items() if any(lines)]


def _language(code: str, profile: Profile) -> str:
    return str(formats_of(profile, "").locale.languages.get(code, code)) if code else ""
