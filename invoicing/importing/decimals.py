"""Decimal numbers in texts: whether the comma or the point is the decimal sign, where that can be told at all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Context
from enum import Enum

from invoicing.money.amounts import FLOAT_SIGNIFICANT_DIGITS_MAX, plain
from invoicing.refusals import InvalidInput
from invoicing.remedies import Act

# Blanks of all widths and the Swiss apostrophe: they separate thousands and nothing else.
_NEUTRAL = re.compile(r"(?<=\d)[ \u00a0\u2009\u202f'’](?=\d{3}(?!\d))")
_GROUPED = {
    ",": re.compile(r"-?[1-9]\d{0,2}(,\d{3})+(\.\d+)?"),
    ".": re.compile(r"-?[1-9]\d{0,2}(\.\d{3})+(,\d+)?"),
}
_NOTHING = re.compile(r"-0*([.,]0*)?")
_SINGLE = re.compile(r"-?(\d+)([.,])(\d+)")
_COMPUTED = re.compile(r"-?[0-9]+\.[0-9]+")
_NUMBER_CHARACTERS_MAX = 64
"""What is longer is no number, and not looked at as one."""


class DecimalSign(Enum):
    COMMA = ","
    POINT = "."


def is_computed(number: str) -> bool:
    """Whether it is what a computer made of a shorter number: more than 15 digits, as in 9.779999999999999."""
    return len(number) <= _NUMBER_CHARACTERS_MAX and _digits(number) > FLOAT_SIGNIFICANT_DIGITS_MAX and "." in number


def as_shown(number: str) -> str:
    """A number as a spreadsheet shows it, with its first 15 digits: 9.779999999999999 is 9.78."""
    if not is_computed(number) or not _COMPUTED.fullmatch(number):
        return number
    return plain(Context(prec=FLOAT_SIGNIFICANT_DIGITS_MAX, rounding=ROUND_HALF_EVEN).create_decimal(number))


def _digits(number: str) -> int:
    return sum(one.isdecimal() for one in number.lstrip("-0."))


def sign_of(text: str) -> DecimalSign | None:
    """The decimal sign that this number must have; None where it has none, or `1.234` leaves it open."""
    if len(text) > _NUMBER_CHARACTERS_MAX:
        return None
    plain = _NEUTRAL.sub("", text.strip())
    single = _SINGLE.fullmatch(plain)
    if single:
        whole, sign, part = single.groups()
        could_be_thousands = len(part) == 3 and len(whole) <= 3 and not whole.startswith("0") and plain == text.strip()
        return None if could_be_thousands else DecimalSign(sign)
    for separator, grouped in _GROUPED.items():
        if grouped.fullmatch(plain):
            return DecimalSign.POINT if separator == "," else DecimalSign.COMMA
    return None


def sign_of_column(texts: Iterable[str]) -> DecimalSign | None:
    """The decimal sign that the numbers of a column have; None where none tells it.

    Raises:
        InvalidInput: some tell the one and some the other.
    """
    found: dict[DecimalSign, str] = {}
    for text in texts:
        sign = sign_of(text)
        if sign is not None:
            found.setdefault(sign, text.strip())
    if len(found) > 1:
        raise InvalidInput(
            f"has numbers with a decimal comma and numbers with a decimal point"
            f" ({found[DecimalSign.COMMA]} and {found[DecimalSign.POINT]})"
        )
    return next(iter(found), None)


def plain_number(text: str, sign: DecimalSign | None) -> str:
    """The number with a decimal point and no separators of thousands; what is no number comes back as it is.

    Raises:
        InvalidInput: nobody can tell what the sign in it means.
    """
    if len(text) > _NUMBER_CHARACTERS_MAX:
        return text.strip()
    plain = _NEUTRAL.sub("", text.strip())
    if _NOTHING.fullmatch(plain) and plain != "-":
        # A spreadsheet that shows a rounded number writes zero with a sign.
        plain = plain.removeprefix("-")
    if sign is None:
        if _SINGLE.fullmatch(plain):
            raise InvalidInput(
                f"{plain} could be a number of thousands or have three decimals.", remedy=Act.CHOOSE_DECIMAL_SIGN
            )
        return plain
    separator = "," if sign is DecimalSign.POINT else "."
    if _GROUPED[separator].fullmatch(plain):
        plain = plain.replace(separator, "")
    if separator in plain and _SINGLE.fullmatch(plain):
        written = {".": "point", ",": "comma"}
        raise InvalidInput(
            f"{plain} has a {written[separator]}, but decimals are written with a {written[sign.value]}."
        )
    # Whatever else has a separator left is no number, and refused as such.
    return plain if separator in plain else plain.replace(sign.value, ".", 1)
