"""Addresses of imported customers, whose parts lie in several columns or all in one."""

from __future__ import annotations

from typing import Any

from invoicing.importing.addresses import address_fields, mended_postal_code, with_house_number
from invoicing.importing.composing import ADDRESS_TEXT, HOUSE_NUMBER
from invoicing.master_data.fields import CUSTOMER


def with_address(values: dict[str, Any], country: str) -> dict[str, Any]:
    """The values with the parts of an address put together, or taken apart, as the country writes them."""
    found = dict(values)
    text = found.pop(ADDRESS_TEXT, "")
    if text and "line1" not in found:
        found |= address_fields(text, country)
    if HOUSE_NUMBER in found:
        found["line1"] = with_house_number(found.get("line1", ""), found.pop(HOUSE_NUMBER), country)
    if "postal_code" in found:
        found["postal_code"] = mended_postal_code(found["postal_code"], country)
    return found | {name: CUSTOMER[name].checked(name, found[name]) for name in ("line1", "line2") if name in found}
