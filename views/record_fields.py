"""A customer and an item as the fields of a form: what each field holds, and what a form that came back changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from invoicing.master_data.electronic_addresses import customer_number
from invoicing.master_data.fields import ADDRESS, CUSTOMER_NUMBER
from invoicing.master_data.records import Customer, Item
from invoicing.money.amounts import plain
from invoicing.refusals import InvalidInput
from invoicing.render.formats import Formats
from invoicing.text.numbers import typed_decimal
from operations.items import Value

Fields = Mapping[str, str]
"""What the fields of a form hold, by their names."""

YES = "yes"
_KIND, _BUSINESS = "kind", "business"
_KINDS = ("consumer", "public_body")
_FLAGS = ("demands_e_invoice", "surcharge")
_TEXTS = (
    *("name", "country", "tax_number", "registration_number", "tax_office_number", "email", "phone", *ADDRESS),
    *("currency", "payment_terms", "note", "trading_name", "contact", "e_invoice_address", "buyer_reference"),
    *("accounting_reference", "language", "delivery_addresses"),
)
_ITEM_TEXTS = (
    *("name", "sku", "description", "unit", "currency", "tax_code", "revenue_account", "gtin", "origin"),
    "classifications",
)


def customer_fields(one: Customer) -> dict[str, str]:
    """What a form shows of a customer."""
    number = customer_number(one.identifier)
    kind = next((name for name in _KINDS if getattr(one, name)), _BUSINESS)
    return {
        **{name: getattr(one, name) for name in _TEXTS},
        **{name: YES if getattr(one, name) else "" for name in _FLAGS},
        _KIND: kind,
        CUSTOMER_NUMBER: number,
        "identifier": "" if number else one.identifier,
    }


def customer_changes(shown: Fields, typed: Fields) -> dict[str, str | bool]:
    """What `save_customer` is to change, where a form that held `shown` came back as `typed`.

    Raises:
        InvalidInput: a kind of customer that there is not.
    """
    changes: dict[str, str | bool] = dict(_differing(shown, typed))
    for name in _FLAGS:
        if name in changes:
            changes[name] = changes[name] == YES
    if _KIND in changes:
        kind = changes.pop(_KIND)
        if kind not in (*_KINDS, _BUSINESS):
            raise InvalidInput("kind must be business, consumer or public_body.", field=_KIND)
        changes |= {name: name == kind for name in _KINDS}
    if CUSTOMER_NUMBER in changes and not changes[CUSTOMER_NUMBER] and "identifier" in changes:
        # The number makes room for the identifier: a customer has one of them.
        del changes[CUSTOMER_NUMBER]
    return changes


def item_fields(one: Item, formats: Formats) -> dict[str, str]:
    """What a form shows of an item; its price with the decimal sign of the organization."""
    price = "" if one.unit_price is None else plain(one.unit_price).replace(".", formats.decimal)
    return {
        **{name: getattr(one, name) for name in _ITEM_TEXTS},
        "unit_price": price,
        "supply": one.supply.value if one.supply else "",
    }


def item_changes(shown: Fields, typed: Fields, formats: Formats) -> dict[str, Value]:
    """What `save_item` is to change, where a form that held `shown` came back as `typed`.

    Raises:
        InvalidInput: a price that is no number.
    """
    changes: dict[str, Value] = dict(_differing(shown, typed))
    if "unit_price" in changes:
        price = str(changes["unit_price"]).strip()
        changes["unit_price"] = typed_decimal(price, decimal=formats.decimal, field="unit_price") if price else None
    return changes


def state_of(shown: Fields) -> str:
    """A mark of what a form showed: another one where somebody has changed the record meanwhile."""
    return hashlib.sha256(json.dumps(sorted(shown.items())).encode()).hexdigest()[:16]


def _differing(shown: Fields, typed: Fields) -> dict[str, str]:
    texts = {name: text.replace("\r\n", "\n").strip() for name, text in typed.items()}
    return {name: text for name, text in texts.items() if text != shown[name].strip()}
