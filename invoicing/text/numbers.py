"""Numbers as people type them: with the signs of their language, and never by way of a float."""

from __future__ import annotations

import re
from decimal import Decimal

from invoicing.refusals import InvalidInput

_GAPS = re.compile(r"[\s'\u2019\u00a0\u202f]")
_PLAIN = re.compile(r"-?\d+(?:[.,]\d+)?", re.ASCII)
_DIGITS_MAX = 30


def typed_decimal(text: str, *, decimal: str, field: str) -> Decimal:
    """The number that somebody has typed, where `decimal` is the sign before decimals, a point or a comma. The other
    sign groups thousands where it stands so that it can; else a single sign stands before the decimals.

    Raises:
        InvalidInput: it is none, naming `field`.
    """
    group = "." if decimal == "," else ","
    bare = _GAPS.sub("", text).replace("\u2212", "-")
    grouped = rf"-?\d{{1,3}}(?:{re.escape(group)}\d{{3}})+(?:{re.escape(decimal)}\d+)?"
    if re.fullmatch(grouped, bare, re.ASCII):
        bare = bare.replace(group, "")
    elif not _PLAIN.fullmatch(bare):
        bare = ""
    if not bare or len(bare) > _DIGITS_MAX:
        raise InvalidInput(f"{field} must be a number, such as 12{decimal}50.", field=field)
    return Decimal(bare.replace(",", "."))
