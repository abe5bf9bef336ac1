"""Addresses of imported rows: house numbers that stand in a column of their own, and zeros that spreadsheets dropped.

Source of the forms of postal codes: as for `invoicing/text/postal_codes.py`, from general knowledge; the lowest codes
in use likewise (DE 01067, FR 01000, US 00501, NO 0001, ...). Where no code begins with a zero, none can be lost.
"""

from __future__ import annotations

import re

from invoicing.text.addresses import parse_address
from invoicing.text.postal_codes import NUMBER_FIRST, POSTAL_CODES

# Besides those of which whole addresses are taken apart.
_NUMBER_FIRST = NUMBER_FIRST | frozenset(
    {"GB", "IE", "CA", "AU", "NZ", "MC", "GP", "MQ", "GF", "RE", "YT", "IM", "JE", "GG"}
)
# How many digits a code has, and the lowest one that there is.
_LOST_ZEROS = {
    "DE": (5, 1001),
    "DK": (4, 555),
    "ES": (5, 1001),
    "FI": (5, 100),
    "FR": (5, 1000),
    "IT": (5, 10),
    "LT": (5, 1),
    "NO": (4, 1),
    "PL": (5, 1),
    "RO": (6, 10011),
    "SK": (5, 1001),
    "US": (5, 501),
}
_PLUS_FOUR = re.compile(r"(\d{3,4})-(\d{4})")
_DIGITS = re.compile(r"(\d+)(?:\.0)?")


def with_house_number(line1: str, number: str, country: str) -> str:
    """The street with the house number where the country writes it; once, if the street has it already."""
    street, number = line1.strip(), number.strip()
    if not number or not street:
        return street or number
    words = street.replace(",", " ").split()
    if number.casefold() in (words[0].casefold(), words[-1].casefold()):
        return street
    return f"{number} {street}" if country in _NUMBER_FIRST else f"{street} {number}"


def address_fields(text: str, country: str) -> dict[str, str]:
    """The fields of an address that is one text: taken apart where that is plain, else its first line and the rest."""
    found = parse_address(text, country)
    if found is not None:
        fields = ("line1", "line2", "postal_code", "city", "region")
        return {name: getattr(found, name) for name in fields if getattr(found, name)}
    first, *rest = [line.strip() for line in text.splitlines() if line.strip()]
    return {"line1": first} | ({"line2": ", ".join(rest)} if rest else {})


def mended_postal_code(code: str, country: str) -> str:
    """The postal code with the zeros that a spreadsheet has dropped, where the country's form leaves no doubt; else as
    it is.
    """
    given = code.strip()
    plus_four = _PLUS_FOUR.fullmatch(given) if country == "US" else None
    if plus_four:
        return f"{_padded(plus_four[1], country)}-{plus_four[2]}"
    digits = _DIGITS.fullmatch(given)
    if digits is None:
        return code
    mended = _written(_padded(digits[1], country), country)
    form = POSTAL_CODES.get(country, "")
    return mended if re.fullmatch(form, mended) else code


def _padded(digits: str, country: str) -> str:
    length, lowest = _LOST_ZEROS.get(country, (0, 0))
    return digits.zfill(length) if len(digits) < length and int(digits) >= lowest else digits


def _written(digits: str, country: str) -> str:
    """With the sign that a spreadsheet drops along with the zeros."""
    if country == "PL" and len(digits) == 5:
        return f"{digits[:2]}-{digits[2:]}"
    if country == "PT" and len(digits) == 7:
        return f"{digits[:4]}-{digits[4:]}"
    return digits
