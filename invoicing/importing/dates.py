"""Days in texts: whether the day or the month comes first, where that can be told at all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from invoicing.importing.tables import shown
from invoicing.refusals import InvalidInput
from invoicing.remedies import Act

_CHARACTERS_MAX = 40
"""What is longer is no day."""
_CENTURY = 2000
"""What a year of two digits is of: nobody takes over a document of the last century as open."""
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])\s?(\d{1,2})\2\s?(\d{1,2})\.?([T ].*)?")
_DIGITS = re.compile(r"(20\d\d)(\d\d)(\d\d)")
_DOTS = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d\d)\.?( \d\d?:.*)?")
_OTHERS = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(\d{4}|\d\d)( \d\d?:.*)?")
_NAMED = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3,9})\.?[ -,]+(\d{4}|\d\d)")
_NAME_FIRST = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LAST_MONTH = 12


class DayOrder(StrEnum):
    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


def order_of_column(texts: Iterable[str]) -> DayOrder | None:
    """Which comes first in the days of a column; None where none of them tells it.

    Raises:
        InvalidInput: some tell the one and some the other.
    """
    found: dict[DayOrder, str] = {}
    for text in texts:
        if len(text) <= _CHARACTERS_MAX and (match := _OTHERS.fullmatch(text.strip())):
            first, second = int(match[1]), int(match[3])
            if first > _LAST_MONTH:
                found.setdefault(DayOrder.DAY_FIRST, text.strip())
            elif second > _LAST_MONTH:
                found.setdefault(DayOrder.MONTH_FIRST, text.strip())
    if len(found) > 1:
        raise InvalidInput(
            f"has days that begin with the day and days that begin with the month ({found[DayOrder.DAY_FIRST]} and"
            f" {found[DayOrder.MONTH_FIRST]})"
        )
    return next(iter(found), None)


def day_of(text: str, order: DayOrder | None, *, field: str) -> date:
    """The day that a cell says.

    Raises:
        InvalidInput: it says none, or nobody can tell which number is the month.
    """
    said = text.strip()
    try:
        if len(said) <= _CHARACTERS_MAX and (found := _read(said, order, field)) is not None:
            return found
    except ValueError:
        pass
    raise InvalidInput(f"{field}: {shown(said)} is no day such as 2026-01-31 or 31.01.2026.", field=field)


def _read(said: str, order: DayOrder | None, field: str) -> date | None:
    if match := _YEAR_FIRST.fullmatch(said):
        return date(int(match[1]), int(match[3]), int(match[4]))
    if match := _DIGITS.fullmatch(said):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if match := _DOTS.fullmatch(said):
        return date(_year(match[3]), int(match[2]), int(match[1]))
    if match := _OTHERS.fullmatch(said):
        first, second = int(match[1]), int(match[3])
        if order is None and first != second:
            raise InvalidInput(
                f"{field}: in {said} the day or the month can come first.", field=field, remedy=Act.CHOOSE_DAY_ORDER
            )
        day, month = (second, first) if order is DayOrder.MONTH_FIRST else (first, second)
        return date(_year(match[4]), month, day)
    if match := _NAMED.fullmatch(said):
        return date(_year(match[3]), _month(match[2]), int(match[1]))
    if match := _NAME_FIRST.fullmatch(said):
        return date(int(match[3]), _month(match[1]), int(match[2]))
    return None


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1


def _year(digits: str) -> int:
    return int(digits) + (_CENTURY if len(digits) == 2 else 0)
