"""To what a sum that is paid in cash is rounded: `[[cash_rounding]]` of a country's file.

Where coins are too few for every amount, the sum to pay is rounded, and not a price or a tax (EN 16931, BT-114).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from invoicing.countries.reading import Table
from invoicing.money.amounts import check_currency, parse_decimal


@dataclass(frozen=True, slots=True)
class CashRounding:
    """From `valid_from` on, what is paid in cash in `currency` is rounded to whole `unit`s of it."""

    currency: str
    unit: Decimal
    valid_from: date
    source: str
    checked: date


def read_cash_rounding(tables: Iterable[Table]) -> tuple[CashRounding, ...]:
    """The rules of a country's file.

    Raises:
        ValueError: a key that is missing, unknown or ill-typed.
    """
    return tuple(_rule(table) for table in tables)


def _rule(table: Table) -> CashRounding:
    rule = CashRounding(
        currency=check_currency(table.take("currency", str)),
        unit=parse_decimal(table.take("unit", str), field="unit"),
        valid_from=table.take("valid_from", date),
        source=table.take("source", str),
        checked=table.take("checked", date),
    )
    table.close()
    return rule
