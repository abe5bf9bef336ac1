"""An address that is given as one text, in the place of its fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from invoicing.countries import COUNTRY_CODES, country
from invoicing.refusals import InvalidInput
from invoicing.text.addresses import TEXT_MAX, parse_address
from invoicing.text.typed import clean_text

T = TypeVar("T")

ADDRESS_TEXT = "address_text"
ADDRESS_FIELDS = ("line1", "line2", "postal_code", "city", "region")
_LINES_MAX = 10


def with_address_fields(changes: Mapping[str, T | str], country_code: str) -> dict[str, T | str]:
    """The changes with the fields of an address in the place of its text, `address_text`: all of them, since a text is
    the whole address.

    Raises:
        InvalidInput: a text that is not plainly an address of the country, or one beside the fields.
        LimitExceeded: a text that is longer than an address.
    """
    kept = {name: value for name, value in changes.items() if name != ADDRESS_TEXT}
    if ADDRESS_TEXT not in changes:
        return kept
    if beside := [name for name in ADDRESS_FIELDS if name in kept]:
        raise InvalidInput(f"address: give it as one text, or by its fields ({', '.join(beside)}).", field="address")
    text = clean_text(str(changes[ADDRESS_TEXT]), field="address", limit=TEXT_MAX, lines=_LINES_MAX)
    address = parse_address(text, country_code)
    if address is None:
        raise InvalidInput(
            f"address: it is not plain which part of this text is what{_form(country_code)}. Give it as an object of"
            f" {', '.join(ADDRESS_FIELDS)}.",
            field="address",
        )
    return {**kept, **{name: getattr(address, name) for name in ADDRESS_FIELDS}}


def _form(country_code: str) -> str:
    """How the country writes an address: what a text has to be like."""
    if country_code not in COUNTRY_CODES:
        return ""
    rules = country(country_code)
    lines = ", ".join(line for line in rules.address_lines if "{country}" not in line)
    return f' in {rules.name} ({rules.code}), where it would be "{lines.replace("{", "").replace("}", "")}"'
