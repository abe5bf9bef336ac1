"""The form of files of sales that Xero and QuickBooks Online import, field by field, and what holds among their rows.

Sources. Xero: the row of names of SalesInvoiceTemplate.csv, as public software quotes it (29 columns, nine with an
asterisk: mandatory); Xero's guide to its fields: one row per line with the same number, days as the country writes
them, unit amounts of up to four decimals, the tax rate by its display name, the account by its code of up to ten
characters; Xero's Accounting API: numbers and references of 255 characters, descriptions of 4,000. QuickBooks Online:
the row of names of its sample file, as public software quotes it (mandatory with an asterisk); Intuit's Accounting API:
DocNumber of 21 characters, display names of 100 without a colon, tabs, lines or double quotes; descriptions of 4,000.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from invoicing.money.amounts import minor_digits

_ONE_LINE = r"[^\r\n\t]"
_DAY = r"\d{2}/\d{2}/\d{4}"
_AMOUNT = r"-?(0|[1-9]\d*)(\.\d{1,4})?"
XERO = {
    "*ContactName": rf"{_ONE_LINE}{{1,255}}",
    "EmailAddress": r"([^@\s]+@[^@\s]+)?",
    "POAddressLine1": rf"{_ONE_LINE}{{0,500}}",
    "POAddressLine2": rf"{_ONE_LINE}{{0,500}}",
    "POAddressLine3": "",
    "POAddressLine4": "",
    "POCity": rf"{_ONE_LINE}{{0,255}}",
    "PORegion": rf"{_ONE_LINE}{{0,255}}",
    "POPostalCode": rf"{_ONE_LINE}{{0,50}}",
    "POCountry": "([A-Z]{2})?",
    "*InvoiceNumber": rf"{_ONE_LINE}{{1,255}}",
    "Reference": rf"{_ONE_LINE}{{0,255}}",
    "*InvoiceDate": _DAY,
    "*DueDate": _DAY,
    "Total": _AMOUNT,
    "InventoryItemCode": "",
    "*Description": rf"{_ONE_LINE}{{1,4000}}",
    "*Quantity": r"(0|[1-9]\d*)(\.\d{1,4})?",
    "*UnitAmount": _AMOUNT,
    "Discount": "",
    "*AccountCode": r"[0-9A-Za-z.-]{1,10}",
    "*TaxType": rf"{_ONE_LINE}{{1,50}}",
    "TaxAmount": _AMOUNT,
    "TrackingName1": "",
    "TrackingOption1": "",
    "TrackingName2": "",
    "TrackingOption2": "",
    "Currency": "[A-Z]{3}",
    "BrandingTheme": "",
}
XERO_OTHERS = (
    *("EmailAddress", "POAddressLine1", "POAddressLine2", "POCity", "PORegion", "POPostalCode", "POCountry"),
    *("Reference", "*Quantity", "*UnitAmount"),
)
_NAME = r'[^\r\n\t:"]{1,100}'
QUICKBOOKS = {
    "*InvoiceNo": r"\S[^\r\n\t]{0,20}",
    "*Customer": _NAME,
    "*InvoiceDate": _DAY,
    "*DueDate": _DAY,
    "Terms": rf"{_ONE_LINE}*",
    "Location": "",
    "Memo": rf"{_ONE_LINE}{{0,4000}}",
    "Item(Product/Service)": _NAME,
    "ItemDescription": rf"{_ONE_LINE}{{0,4000}}",
    "ItemQuantity": r"(0|[1-9]\d*)(\.\d{1,4})?",
    "ItemRate": _AMOUNT,
    "*ItemAmount": _AMOUNT,
    "*ItemTaxCode": rf"{_ONE_LINE}{{1,50}}",
    "ItemTaxAmount": _AMOUNT,
    "Currency": "[A-Z]{3}",
}


@dataclass(frozen=True, slots=True)
class Sold:
    """A row as the program imports it: the amount without tax is what it works out of quantity and unit amount.
    `others` are the remaining texts, in their order.
    """

    number: str
    customer: str
    issued: str
    due: str
    account: str
    description: str
    net: Decimal
    tax_name: str
    tax: Decimal
    currency: str
    others: tuple[str, ...]


def read_xero(path: Path, *, month_first: bool = False) -> list[Sold]:
    """The rows of a file in the form above; an AssertionError names the first field that is not."""
    rows = _read(path, XERO)
    names = ("*ContactName", "EmailAddress", "POCountry", "Reference", "*InvoiceDate", "*DueDate", "Total", "Currency")
    _check_shared(rows, "*InvoiceNumber", names)
    sold = [
        Sold(
            row["*InvoiceNumber"],
            row["*ContactName"],
            *_days(row, month_first=month_first),
            row["*AccountCode"],
            row["*Description"],
            _worked_out(row["*Quantity"], row["*UnitAmount"], row["Currency"]),
            row["*TaxType"],
            Decimal(row["TaxAmount"]),
            row["Currency"],
            tuple(row[name] for name in XERO_OTHERS),
        )
        for row in rows
    ]
    totals: defaultdict[str, Decimal] = defaultdict(Decimal)
    for one in sold:
        totals[one.number] += one.net + one.tax
    assert all(totals[row["*InvoiceNumber"]] == Decimal(row["Total"]) for row in rows)
    return sold


def read_quickbooks(path: Path, *, month_first: bool = False) -> list[Sold]:
    """The rows of a file in the form above; the account is what the name of the item begins with."""
    rows = _read(path, QUICKBOOKS)
    _check_shared(rows, "*InvoiceNo", ("*Customer", "*InvoiceDate", "*DueDate", "Terms", "Memo", "Currency"))
    for row in rows:
        assert _worked_out(row["ItemQuantity"], row["ItemRate"], row["Currency"]) == Decimal(row["*ItemAmount"])
    return [
        Sold(
            row["*InvoiceNo"],
            row["*Customer"],
            *_days(row, month_first=month_first),
            row["Item(Product/Service)"].split(" ")[0],
            row["ItemDescription"],
            Decimal(row["*ItemAmount"]),
            row["*ItemTaxCode"],
            Decimal(row["ItemTaxAmount"]),
            row["Currency"],
            tuple(row[name] for name in ("Terms", "Memo", "Item(Product/Service)", "ItemQuantity", "ItemRate")),
        )
        for row in rows
    ]


def _read(path: Path, rules: dict[str, str]) -> list[dict[str, str]]:
    content = path.read_bytes()
    assert content.endswith(b"\r\n")
    lines = list(csv.reader(content.decode("utf-8").splitlines(), strict=True))
    assert lines[0] == list(rules)
    rows = [dict(zip(rules, line, strict=True)) for line in lines[1:]]
    for row in rows:
        for name, rule in rules.items():
            assert re.fullmatch(rule, row[name]), (name, row[name])
    return rows


def _check_shared(rows: list[dict[str, str]], number: str, names: tuple[str, ...]) -> None:
    """The rows of one number follow each other, and agree in what is the document's own."""
    numbers = [row[number] for row in rows]
    assert numbers == [one for of in dict.fromkeys(numbers) for one in numbers if one == of]
    shared: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
    for row in rows:
        shared[row[number]].add(tuple(row[name] for name in names))
    assert all(len(of) == 1 for of in shared.values())


def _days(row: dict[str, str], *, month_first: bool) -> tuple[str, str]:
    days = []
    for name in ("*InvoiceDate", "*DueDate"):
        first, second, year = row[name].split("/")
        month, day = (first, second) if month_first else (second, first)
        days.append(date.fromisoformat(f"{year}-{month}-{day}"))
    assert days == sorted(days)
    return days[0].isoformat(), days[1].isoformat()


def _worked_out(quantity: str, unit: str, currency: str) -> Decimal:
    places = Decimal(1).scaleb(-minor_digits(currency))
    return (Decimal(quantity) * Decimal(unit)).quantize(places, ROUND_HALF_UP)
