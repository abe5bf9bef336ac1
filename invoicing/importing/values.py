"""The values of a row, by field, still to be checked as those of a customer or an item are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import assert_never

from invoicing.importing.columns import Column, Columns, truth_of
from invoicing.importing.decimals import DecimalSign, plain_number, sign_of_column
from invoicing.importing.tables import Cell, Day, Number, Problem, Row, Table, Unreadable, is_blank, shown
from invoicing.money.amounts import FRACTION_DIGITS_MAX, parse_decimal, plain
from invoicing.refusals import InvalidInput, Refusal
from invoicing.remedies import Act

Value = str | bool | Decimal

_TRUTHS = frozenset({"consumer", "public_body", "demands_e_invoice", "archived"})
_DECIMALS = frozenset({"unit_price"})
# A text that looks like a number and is none: what a spreadsheet did to it cannot be undone.
_IDENTIFIERS = frozenset(
    {"id", "sku", "tax_number", "registration_number", "tax_office_number", "phone", "postal_code", "revenue_account"}
)
_SCIENTIFIC = re.compile(r"[+-]?\d([.,]\d+)?E\+\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReadRow:
    """What a row says. An empty cell says nothing: its field is not among the values."""

    number: int
    values: Mapping[str, Value]
    problems: tuple[Problem, ...]


def read_rows(table: Table, columns: Columns, sign: DecimalSign | None) -> list[ReadRow]:
    """The rows of a table; `sign` is the decimal sign if it is known, else each column tells its own.

    Raises:
        InvalidInput: a column that has both decimal signs.
    """
    signs = {column.field: sign or _own_sign(table, column) for column in columns.known if column.field in _DECIMALS}
    return [_read_row(row, columns, signs) for row in table.rows]


def _own_sign(table: Table, column: Column) -> DecimalSign | None:
    cells = (row.cells[column.index] for row in table.rows if column.index < len(row.cells))
    try:
        return sign_of_column(cell for cell in cells if isinstance(cell, str))
    except InvalidInput as refusal:
        raise InvalidInput(
            f"The column {column.heading} {refusal.message}: make them alike.",
            field=column.field,
            remedy=Act.CHOOSE_DECIMAL_SIGN,
        ) from None


def _read_row(row: Row, columns: Columns, signs: Mapping[str, DecimalSign | None]) -> ReadRow:
    if len(row.cells) != columns.width:
        than = "more" if len(row.cells) > columns.width else "fewer"
        reason = (
            f"The row has {len(row.cells)} cells, {than} than the header, which has {columns.width}:"
            " look for a separator within a cell, which needs quotation marks, or for a row that is cut off."
        )
        return ReadRow(row.number, {}, (Problem("", reason),))
    values: dict[str, Value] = {}
    problems = []
    for column in columns.known:
        cell = row.cells[column.index]
        if is_blank(cell):
            continue
        try:
            values[column.field] = _value(cell, column, signs.get(column.field))
        except Refusal as refusal:
            problems.append(Problem(column.field, refusal.message, column.heading, refusal.remedy))
    problems.extend(_currency_of_price(row, values, columns))
    return ReadRow(row.number, values, tuple(problems))


def _currency_of_price(row: Row, values: dict[str, Value], columns: Columns) -> list[Problem]:
    """A price is in the currency that its column or cell names; a row that says another contradicts it."""
    column = next((one for one in columns.known if one.field == "unit_price"), None)
    if column is None or "unit_price" not in values:
        return []
    cell = row.cells[column.index]
    named = [column.currency, cell.currency if isinstance(cell, Number) else ""]
    for currency in filter(None, named):
        stated = str(values.setdefault("currency", currency)).strip().upper()
        if stated != currency:
            reason = f"The row says {shown(stated)}, but the price in the column {column.heading} is in {currency}."
            return [Problem("currency", reason, column.heading)]
    return []


def _value(cell: Cell, column: Column, sign: DecimalSign | None) -> Value:
    field = column.field
    if isinstance(cell, Unreadable):
        raise InvalidInput(f"{field} {cell.reason}", field=field)
    if field in _TRUTHS:
        return _truth(cell, field)
    if field in _DECIMALS:
        return _divided(_decimal(cell, field, sign), column)
    return _text(cell, field)


def _divided(price: Decimal, column: Column) -> Decimal:
    """The price of one, where the column has that of several."""
    if column.divisor == 1:
        return price
    one = price / column.divisor
    if one * column.divisor != price or one != round(one, FRACTION_DIGITS_MAX):
        raise InvalidInput(
            f"{column.field}: {plain(price)} divided by {column.divisor} has more than {FRACTION_DIGITS_MAX} decimals.",
            field=column.field,
        )
    return one


def _truth(cell: str | bool | Number | Day, field: str) -> bool:
    found = cell if isinstance(cell, bool) else truth_of(cell if isinstance(cell, str) else cell.text)
    if found is None:
        raise InvalidInput(f"{field} must be yes or no.", field=field)
    return found


def _decimal(cell: str | bool | Number | Day, field: str, sign: DecimalSign | None) -> Decimal:
    match cell:
        case Number():
            # A spreadsheet has a zero below zero, which is what rounding leaves there.
            return parse_decimal(cell.value or Decimal(0), field=field)
        case bool():
            return parse_decimal(cell, field=field)
        case Day():
            return parse_decimal(cell.text, field=field)
        case str():
            try:
                text = plain_number(cell, sign)
            except InvalidInput as refusal:
                raise InvalidInput(f"{field}: {refusal.message}", field=field, remedy=refusal.remedy) from None
            return parse_decimal(text, field=field)
        case _:
            assert_never(cell)


def _text(cell: str | bool | Number | Day, field: str) -> str:
    match cell:
        case str():
            if field in _IDENTIFIERS and _SCIENTIFIC.fullmatch(cell.strip()):
                raise InvalidInput(
                    f"{field} was shortened by a spreadsheet to scientific notation, and its digits are lost:"
                    " type it anew in a column formatted as text.",
                    field=field,
                )
            return cell
        case Number():
            if field in _IDENTIFIERS and cell.value != cell.value.to_integral_value():
                raise InvalidInput(
                    f"{field} is the number {cell.text} in the spreadsheet: type it anew in a column formatted as"
                    " text.",
                    field=field,
                )
            return cell.text
        case Day():
            if field in _IDENTIFIERS:
                raise InvalidInput(
                    f"{field} is the date {cell.text} in the spreadsheet: type it anew in a column formatted as text.",
                    field=field,
                )
            return cell.text
        case bool():
            return "true" if cell else "false"
        case _:
            assert_never(cell)
