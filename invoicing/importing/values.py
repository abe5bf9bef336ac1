"""The values of a row, by field, still to be checked as those of a customer or an item are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import assert_never

from invoicing.importing.columns import Column, Columns
from invoicing.importing.composing import compose_name, compose_street
from invoicing.importing.dates import DayOrder, day_of, order_of_column
from invoicing.importing.decimals import DecimalSign, as_shown, is_computed, plain_number, sign_of_column
from invoicing.importing.stated_prices import stated_price
from invoicing.importing.tables import Cell, Day, Number, Problem, Row, Table, Unreadable, is_blank, shown
from invoicing.importing.vocabulary import supply_of, truth_of
from invoicing.money.amounts import FRACTION_DIGITS_MAX, parse_decimal, plain
from invoicing.refusals import InvalidInput, Refusal
from invoicing.remedies import Act

Value = str | bool | Decimal | date

_TRUTHS = frozenset({"consumer", "public_body", "demands_e_invoice", "surcharge", "archived"})
MONEY = ("unit_price", "total", "open", "paid")
_DECIMALS = frozenset({*MONEY, "tax_rate", "exchange_rate"})
_DAYS = frozenset({"issue_date", "due_date"})
_APOSTROPHE_BEFORE = frozenset({"postal_code", "phone"})
# A text that looks like a number and is none: what a spreadsheet did to it cannot be undone.
_IDENTIFIERS = frozenset(
    "id sku tax_number registration_number tax_office_number phone postal_code revenue_account gtin identifier"
    " e_invoice_address buyer_reference accounting_reference number counterfoil_id".split()
)
# Programs write one before digits, so that a spreadsheet takes them for text.
_APOSTROPHE = re.compile(r"^\s*['’](?=[\d+])")
# QuickBooks has all of a customer's numbers in one cell: Phone:(555) 010-1234 Mobile:(555) 010-5678.
_LABELLED_PHONE = re.compile(r"\s*Phone:\s*([^A-Za-z]+)")
_SCIENTIFIC = re.compile(r"[+-]?\d([.,]\d+)?E\+\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReadRow:
    """What a row says. An empty cell says nothing: its field is not among the values. `remarks` say what was read
    otherwise than it stands there; `of_person` that the name is the first and last name of somebody.
    """

    number: int
    values: Mapping[str, Value]
    problems: tuple[Problem, ...]
    remarks: tuple[str, ...] = ()
    of_person: bool = False


def read_rows(
    table: Table, columns: Columns, sign: DecimalSign | None, currency: str = "", *, order: DayOrder | None = None
) -> list[ReadRow]:
    """The rows of a table; `sign` is the decimal sign and `order` that of day and month if they are known, else each
    column tells its own. `currency` is the organization's, which a sign that several currencies have can mean.

    Raises:
        InvalidInput: a column that has both decimal signs, or days in both orders.
    """
    signs = _Signs(
        {column.field: sign or _own_sign(table, column) for column in columns.known if column.field in _DECIMALS},
        {column.field: order or _own_order(table, column) for column in columns.known if column.field in _DAYS},
    )
    return [_read_row(row, columns, signs, currency) for row in table.rows]


@dataclass(frozen=True, slots=True)
class _Signs:
    """How the columns write decimals, and days, by their fields; None where nothing tells it."""

    decimal: Mapping[str, DecimalSign | None]
    order: Mapping[str, DayOrder | None]


def _texts(table: Table, column: Column) -> list[str]:
    cells = (row.cells[column.index] for row in table.rows if column.index < len(row.cells))
    return [cell for cell in cells if isinstance(cell, str)]


def _own_order(table: Table, column: Column) -> DayOrder | None:
    try:
        return order_of_column(_texts(table, column))
    except InvalidInput as refusal:
        raise InvalidInput(
            f"The column {column.heading} {refusal.message}: make them alike.",
            field=column.field,
            remedy=Act.CHOOSE_DAY_ORDER,
        ) from None


def _own_sign(table: Table, column: Column) -> DecimalSign | None:
    try:
        return sign_of_column(_bare_number(cell, column.field) for cell in _texts(table, column))
    except InvalidInput as refusal:
        raise InvalidInput(
            f"The column {column.heading} {refusal.message}: make them alike.",
            field=column.field,
            remedy=Act.CHOOSE_DECIMAL_SIGN,
        ) from None


def _bare_number(cell: str, field: str) -> str:
    """The number of a cell without what stands around it: a currency, or a percent sign."""
    return cell.strip().removesuffix("%") if field == "tax_rate" else stated_price(cell).number


def _read_row(row: Row, columns: Columns, signs: _Signs, currency: str) -> ReadRow:
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
            values[column.field] = _value(cell, column, signs)
        except Refusal as refusal:
            problems.append(Problem(column.field, refusal.message, column.heading, refusal.remedy))
    for name in MONEY:
        problems.extend(_currency_of_price(row, values, columns, currency, name))
    of_person = compose_name(values)
    compose_street(values)
    return ReadRow(row.number, values, tuple(problems), _remarks(row, values, columns), of_person)


def _remarks(row: Row, values: Mapping[str, Value], columns: Columns) -> tuple[str, ...]:
    """What was read otherwise than it stands there."""
    column = next((one for one in columns.known if one.field == "unit_price"), None)
    price = values.get("unit_price")
    if column is None or not isinstance(price, Decimal) or column.divisor != 1:
        return ()
    cell = row.cells[column.index]
    if isinstance(cell, str) and is_computed(stated_price(cell).number):
        return (f"unit_price: {shown(cell)} was read as {plain(price)}.",)
    return ()


def _currency_of_price(row: Row, values: dict[str, Value], columns: Columns, own: str, name: str) -> list[Problem]:
    """A price, or an amount, is in the currency that its column or cell names; a row of another one contradicts it."""
    column = next((one for one in columns.known if one.field == name), None)
    if column is None or name not in values:
        return []
    what = "price" if name == "unit_price" else "amount"
    cell = row.cells[column.index]
    named = [column.currency, cell.currency if isinstance(cell, Number) else ""]
    if isinstance(cell, str) and (possible := stated_price(cell).currencies):
        stated = str(values.get("currency", "") or column.currency or own).strip().upper()
        if len(possible) > 1 and stated not in possible:
            reason = f"The {what} {shown(cell)} can be in {', '.join(possible)}: add a column with the currency."
            return [Problem("currency", reason, column.heading)]
        named.append(stated if len(possible) > 1 else possible[0])
    for currency in filter(None, named):
        stated = str(values.setdefault("currency", currency)).strip().upper()
        if stated != currency:
            reason = f"The row says {shown(stated)}, but the {what} in the column {column.heading} is in {currency}."
            return [Problem("currency", reason, column.heading)]
    return []


def _value(cell: Cell, column: Column, signs: _Signs) -> Value:
    field = column.field
    if isinstance(cell, Unreadable):
        raise InvalidInput(f"{field} {cell.reason}", field=field)
    if field in _TRUTHS:
        return _truth(cell, field)
    if field in _DECIMALS:
        return _divided(_decimal(cell, field, signs.decimal.get(field)), column)
    if field in _DAYS:
        return day_of(_text(cell, field), signs.order.get(field), field=field)
    text = _text(cell, field)
    return supply_of(text) if field == "supply" else text


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
            percent = cell.percent and field == "tax_rate"
            return parse_decimal(cell.value * 100 if percent else cell.value or Decimal(0), field=field)
        case bool():
            return parse_decimal(cell, field=field)
        case Day():
            return parse_decimal(cell.text, field=field)
        case str():
            try:
                text = plain_number(_bare_number(cell, field), sign)
            except InvalidInput as refusal:
                raise InvalidInput(f"{field}: {refusal.message}", field=field, remedy=refusal.remedy) from None
            return parse_decimal(as_shown(text), field=field)
        case _:
            assert_never(cell)


def _plain_text(cell: str, field: str) -> str:
    """The text without what a program puts before it."""
    if field == "phone" and (labelled := _LABELLED_PHONE.match(cell)):
        return labelled[1].strip()
    return _APOSTROPHE.sub("", cell) if field in _APOSTROPHE_BEFORE else cell


def _text(cell: str | bool | Number | Day, field: str) -> str:
    match cell:
        case str():
            if field in _IDENTIFIERS and _SCIENTIFIC.fullmatch(cell.strip()):
                raise InvalidInput(
                    f"{field} was shortened by a spreadsheet to scientific notation, and its digits are lost:"
                    " type it anew in a column formatted as text.",
                    field=field,
                )
            return _plain_text(cell, field)
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
