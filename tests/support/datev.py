"""The form of a DATEV batch as its publisher states it, field by field.

Source: https://developer.datev.de/datev/platform/de/dtvf/formate/header and .../formate/buchungsstapel, the column
"Ausdruck" of each field; fields of which nothing is said here are empty in our batches.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

_TEXT = r'"(?:[^"]|"")*"'
HEADER = {
    1: r'"(EXTF|DTVF)"',
    2: "700",
    3: "21",
    4: '"Buchungsstapel"',
    5: "13",
    6: r"20\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{9}",
    8: r'"[A-Z]{2}"',
    9: r'"\w{0,25}"',
    10: r'"\w{0,25}"',
    11: r"(?!0)\d{4,7}",
    12: r"(?!0)\d{1,5}",
    13: r"20\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])",
    14: "[4-8]",
    15: r"20\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])",
    16: r"20\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])",
    17: r'"[\w.\-/ ]{0,30}"',
    18: r'"([A-Z]{2}){0,2}"',
    19: "[12]",
    20: "(0|30|40|50|64)",
    21: "[01]",
    22: r'"[A-Z]{3}"',
    24: r'""',
    27: r'"(\d{2}){0,2}"',
    30: r'""',
    31: r'".{0,16}"',
}
BOOKING = {
    1: r"\d{1,10},\d{2}",
    2: r'"[SH]"',
    3: r'"[A-Z]{3}"',
    4: r"([1-9]\d{0,3},\d{2,6})?",
    5: r"(\d{1,10},\d{2})?",
    6: r'"([A-Z]{3})?"',
    7: r"\d{1,9}",
    8: r"\d{1,9}",
    9: r'"(\d{4})?"',
    10: r"(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])",
    11: r'"[\w$%\-/]{0,36}"',
    12: r'""',
    14: _TEXT,
}
COLUMNS = 125
LIFTED = "0040"
"""No tax is taken out of an automatic account (Aufhebung der Automatik)."""
KEYS = {"0003": Decimal(19), "0002": Decimal(7), LIFTED: Decimal(0)}
"""Tax of sales, as DATEV takes it out of the gross amount."""


@dataclass(frozen=True, slots=True)
class Booked:
    """A row as it is imported: more than zero where `account` is debited; `worth` is in euros."""

    account: str
    contra: str
    signed: Decimal
    currency: str
    worth: Decimal
    key: str
    day: date
    number: str
    text: str


def read_datev(path: Path) -> list[Booked]:
    """The bookings of a batch that is as its publisher states; an AssertionError names the first field that is not."""
    content = path.read_bytes()
    assert content.endswith(b"\r\n")
    assert content.count(b"\n") == content.count(b"\r\n")
    header, names, *rows = content.decode("cp1252").removesuffix("\r\n").split("\r\n")
    first, last = _check_header(_fields(header))
    assert len(names.split(";")) == COLUMNS
    assert names.startswith("Umsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen;WKZ Umsatz;Kurs;Basis-Umsatz;WKZ Basis")
    return [_booked(_fields(row), first, last, length=int(_fields(header)[13])) for row in rows]


def _check_header(fields: list[str]) -> tuple[date, date]:
    assert len(fields) == 31
    _check(fields, HEADER)
    year, first, last = (date.fromisoformat(fields[place]) for place in (12, 14, 15))
    assert year <= first <= last
    assert (last - year).days < 366
    assert int(fields[10]) >= 1001
    return first, last


def _booked(fields: list[str], first: date, last: date, *, length: int) -> Booked:
    assert len(fields) == COLUMNS
    _check(fields, BOOKING)
    amount, side, currency, rate, worth, worth_currency, account, contra, key, day, number = fields[:11]
    text = fields[13][1:-1].replace('""', '"')
    assert 0 < len(text) <= 60
    assert len(account) == len(contra) == length
    assert account != contra
    assert key in ('""', *(f'"{known}"' for known in KEYS))
    on = date(first.year, int(day[2:]), int(day[:2]))
    assert first <= on <= last
    signed = _number(amount) * (1 if side == '"S"' else -1)
    euros = abs(signed)
    assert signed
    if currency == '"EUR"':
        assert (rate, worth, worth_currency) == ("", "", '""')
    else:
        assert worth_currency == '"EUR"'
        euros = _number(worth)
        # The rate is what one euro costs, to six decimals.
        assert abs(euros * _number(rate) - abs(signed)) <= euros * Decimal("0.000001")
    return Booked(
        *(account, contra, signed, currency.strip('"'), euros if signed > 0 else -euros),
        *(key.strip('"'), on, number.strip('"'), text),
    )


def _check(fields: list[str], rules: dict[int, str]) -> None:
    for position, field in enumerate(fields, start=1):
        assert re.fullmatch(rules.get(position, ""), field), (position, field)


def _fields(row: str) -> list[str]:
    return re.findall(rf"(?:^|(?<=;))(?:{_TEXT}|[^;]*)(?=;|$)", row)


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))
