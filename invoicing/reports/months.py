"""The period of a report: whole months, since what is added up when it is written is added up by month."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from invoicing.refusals import InvalidInput

YEARS = range(1950, 2100)
_YEAR = re.compile(r"(\d{4})")
_QUARTER = re.compile(r"(\d{4})-?[Qq]([1-4])")
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_FORMS = "period must be a year, a quarter, a month or months, such as 2026, 2026-Q3, 2026-09 or 2026-04/2026-09."


@dataclass(frozen=True, slots=True)
class Months:
    """The months from `first` to `last`, both of them in it, each as in `2026-03`."""

    first: str
    last: str

    @property
    def first_day(self) -> date:
        return date.fromisoformat(f"{self.first}-01")

    @property
    def last_day(self) -> date:
        year, month = int(self.last[:4]), int(self.last[5:])
        return date(year, month, monthrange(year, month)[1])

    def __str__(self) -> str:
        return self.first if self.first == self.last else f"{self.first} to {self.last}"


def month_of(day: date) -> str:
    """The month of a day, as in `2026-03`."""
    return day.isoformat()[:7]


def month_before(month: str) -> str:
    """The month before one, both as in `2026-03`."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year:04}-{number - 1:02}" if number > 1 else f"{year - 1:04}-12"


def year_of(day: date) -> Months:
    """The calendar year of a day."""
    return Months(f"{day.year:04}-01", f"{day.year:04}-12")


def read_months(text: str) -> Months:
    """The months that a text names.

    Raises:
        InvalidInput: none of the forms, a year before 1950 or after 2099, or months out of order.
    """
    first, slash, last = (part.strip() for part in text.strip().partition("/"))
    found = _read(first)
    if slash:
        found = Months(found.first, _read(last).last)
    if found.first > found.last:
        raise InvalidInput("period: its first month lies after its last.", field="period")
    return found


def one_month(text: str) -> str | None:
    """The month that a text names; None where it names none, or several."""
    try:
        found = read_months(text)
    except InvalidInput:
        return None
    return found.first if found.first == found.last else None


def _read(text: str) -> Months:
    if not text.isascii() or not (text[:4].isdecimal() and int(text[:4]) in YEARS):
        raise InvalidInput(_FORMS, field="period")
    if found := _YEAR.fullmatch(text):
        return Months(f"{found[1]}-01", f"{found[1]}-12")
    if found := _QUARTER.fullmatch(text):
        end = 3 * int(found[2])
        return Months(f"{found[1]}-{end - 2:02}", f"{found[1]}-{end:02}")
    if found := _MONTH.fullmatch(text):
        return Months(text, text)
    raise InvalidInput(_FORMS, field="period")
