"""Which column of a file is which field, by its name in the header or by what somebody chose."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files

from invoicing.importing.price_columns import (
    PRICE,
    Choice,
    Pricing,
    are_prices,
    check_price_units,
    check_tax_flags,
    find_price,
    has_values,
)
from invoicing.importing.prices import read_heading
from invoicing.importing.tables import Table, shown
from invoicing.importing.words import bare
from invoicing.refusals import InvalidInput
from invoicing.remedies import Act, MapColumn


class Kind(Enum):
    """What is imported."""

    CUSTOMERS = "customers"
    ITEMS = "items"
    SERIES = "series"


# One of these says which customer, item or series a row is about.
_TELLING = {Kind.CUSTOMERS: ("name", "id"), Kind.ITEMS: ("name", "sku", "id"), Kind.SERIES: ("code",)}


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is a field. A price is divided by `divisor`, and is in `currency` where its heading says so."""

    field: str
    index: int
    heading: str
    divisor: int = 1
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that are fields, and the names of those that are passed over. `width` is that of the header."""

    known: tuple[Column, ...]
    ignored: tuple[str, ...]
    width: int

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(column.field for column in self.known)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What somebody chose for a column: no field passes over it; `divisor` is 0 where nothing was said of it."""

    field: str
    divisor: int


def field_of(kind: Kind, heading: str) -> str:
    """The field that a column of this name is; empty where it is none."""
    return _vocabulary(kind.value).get(bare(heading), "")


def is_known(kind: Kind, heading: str) -> bool:
    """Whether a text names a column: a field, or for items also a price."""
    return bool(field_of(kind, heading)) or (kind is Kind.ITEMS and read_heading(heading) is not None)


def truth_of(text: str) -> bool | None:
    """What a word for yes or no says; None where it is neither."""
    found = _vocabulary("truths").get(bare(text))
    return None if found is None else found == "true"


def match_columns(
    kind: Kind,
    table: Table,
    *,
    ignore_unknown: bool,
    mapped: Mapping[str, str] | None = None,
    pricing: Pricing | None = None,
) -> Columns:
    """The columns of the table.

    `mapped` says of headings which field they are, as `name` or `unit_price/1000` for prices of a thousand, or with
    an empty field that they are passed over. `pricing` is what prices are in the organization that imports.

    Raises:
        InvalidInput: a column that is no field, a field twice, or none that says what a row is about; a price that
            could be another, in another currency or with another tax than the organization's; a choice that does not
            fit the table.
    """
    chosen = _choices(kind, table, mapped or {})
    known = {
        choice.field: Column(choice.field, index, shown(table.header[index]))
        for index, choice in chosen.items()
        if choice.field
    }
    set_aside = [shown(table.header[index]) for index, choice in chosen.items() if not choice.field]
    free = [index for index in range(len(table.header)) if index not in chosen]
    if kind is Kind.ITEMS:
        price = next((Choice(index, one.divisor) for index, one in chosen.items() if one.field == PRICE), None)
        free = _add_price(table, free, known, set_aside, pricing or Pricing(), price)
    unknown = []
    for index in free:
        heading = table.header[index]
        field = field_of(kind, heading)
        if not field or (field == PRICE and not are_prices(table, index) and field in known):
            if heading.strip() or has_values(table, index):
                unknown.append(shown(heading) or f"(column {index + 1}, without a name)")
        elif field in known and known[field].index in chosen:
            set_aside.append(shown(heading))
        elif field in known:
            raise _twice(table, field, known[field].index, index)
        else:
            known[field] = Column(field, index, shown(heading))
    _check_known(kind, known, unknown, ignore_unknown=ignore_unknown)
    return Columns(tuple(known.values()), (*set_aside, *unknown), len(table.header))


def _add_price(
    table: Table,
    free: list[int],
    known: dict[str, Column],
    set_aside: list[str],
    pricing: Pricing,
    chosen: Choice | None,
) -> list[int]:
    """Find the column of the price, and put aside those that it was preferred to; answers the columns that remain."""
    found = find_price(table, free, pricing, chosen=chosen)
    check_tax_flags(table, free, pricing, truth_of)
    check_price_units(table, free)
    if found is None:
        return free
    heading = shown(table.header[found.index])
    known[PRICE] = Column(PRICE, found.index, heading, found.divisor, found.currency)
    set_aside.extend(shown(table.header[index]) for index in found.others)
    return [index for index in free if index != found.index and index not in found.others]


def _choices(kind: Kind, table: Table, mapped: Mapping[str, str]) -> dict[int, _Chosen]:
    """What was chosen, by column."""
    found: dict[int, _Chosen] = {}
    for heading, asked in mapped.items():
        index = _column_named(table, heading)
        field, divisor = _field_asked_for(kind, heading, asked)
        if index in found:
            raise InvalidInput(f"The column {shown(heading)} is mapped twice.", field="map")
        twice = next((other for other, choice in found.items() if field and choice.field == field), None)
        if twice is not None:
            raise InvalidInput(
                f"Two columns are mapped to {field}, {shown(table.header[twice])} and {shown(heading)}: choose one.",
                field="map",
            )
        found[index] = _Chosen(field, divisor)
    return found


def _column_named(table: Table, heading: str) -> int:
    found = [index for index, one in enumerate(table.header) if one.strip() == heading.strip()]
    found = found or [index for index, one in enumerate(table.header) if bare(one) == bare(heading) and bare(one)]
    # A refusal shows a long heading in short, and that is what is then given.
    found = found or [index for index, one in enumerate(table.header) if shown(one) == heading.strip()]
    if not found:
        names = [shown(one) for one in table.header if one.strip()]
        raise InvalidInput(
            f"map: there is no column {shown(heading)}. There are: {', '.join(names)}.", field="map", candidates=names
        )
    if len(found) > 1:
        raise InvalidInput(
            f"map: {len(found)} columns are named {shown(heading)}: rename all but one in the file.", field="map"
        )
    return found[0]


def _field_asked_for(kind: Kind, heading: str, asked: str) -> tuple[str, int]:
    name, slash, divisor = asked.strip().partition("/")
    field = field_of(kind, name) if name.strip() else ""
    if name.strip() and not field:
        fields = _fields(kind)
        raise InvalidInput(
            f"map: {shown(name)} is no field of {kind.value}. Fields: {', '.join(fields)}; an empty field passes"
            f" over the column {shown(heading)}.",
            field="map",
            candidates=fields,
        )
    if not slash:
        return field, 0
    if field != PRICE or not divisor.strip().isascii() or not divisor.strip().isdecimal() or not int(divisor[:9]):
        raise InvalidInput(
            f"map: {shown(asked)} is not understood. Only a price can be of several units, as in unit_price/1000.",
            field="map",
        )
    return field, int(divisor[:9])


def _twice(table: Table, field: str, first: int, second: int) -> InvalidInput:
    headings = [shown(table.header[index]) for index in (first, second)]
    alike = bare(headings[0]) == bare(headings[1])
    return InvalidInput(
        f"The columns {headings[0]} and {headings[1]} are both {field}{': rename or remove one' if alike else ''}.",
        field=field,
        candidates=headings,
        remedy=None if alike else MapColumn(headings[0], field),
    )


def _check_known(kind: Kind, known: Mapping[str, Column], unknown: list[str], *, ignore_unknown: bool) -> None:
    if not known:
        raise InvalidInput(
            f"The first row names no column of {kind.value}. It must be the header, with names such as"
            f" {', '.join(_fields(kind)[1:5])}.",
            field="file",
            remedy=Act.MAP_COLUMNS,
        )
    telling = _TELLING[kind]
    if not any(field in known for field in telling):
        raise InvalidInput(
            f"There is no column {' or '.join(telling)}, unless another has them.",
            field=telling[0],
            remedy=MapColumn("...", telling[0]),
        )
    if unknown and not ignore_unknown:
        raise InvalidInput(
            f"Not a field of {kind.value}: {', '.join(unknown)}. Fields: {', '.join(_fields(kind))}. Rename these"
            " columns or remove them.",
            field="file",
            remedy=Act.MAP_OR_IGNORE_COLUMNS,
        )


def _fields(kind: Kind) -> list[str]:
    return list(dict.fromkeys(_vocabulary(kind.value).values()))


@cache
def _vocabulary(section: str) -> dict[str, str]:
    data = tomllib.loads(files("invoicing.importing").joinpath("columns.toml").read_text("utf-8"))[section]
    found: dict[str, str] = {}
    for field, names in data.items():
        for name in (field, *names):
            if found.setdefault(bare(name), field) != field:
                raise ValueError(f"columns.toml, {section}: {name} stands for two fields")
    return found
