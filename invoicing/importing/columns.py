"""Which column of a file is which field, by its name in the header or by what somebody chose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

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
from invoicing.importing.programs import Profile, is_heading
from invoicing.importing.tables import Table, shown, text_of
from invoicing.importing.vocabulary import Kind, field_of, fields_meant, fields_of, meanings, truth_of
from invoicing.importing.words import bare
from invoicing.refusals import InvalidInput
from invoicing.remedies import Act, MapColumn

# One of these says which customer, item or series a row is about.
_TELLING = {
    Kind.CUSTOMERS: ("name", "id", "last_name", "first_name"),
    Kind.ITEMS: ("name", "sku", "id"),
    Kind.OPEN_ITEMS: ("number",),
    Kind.SERIES: ("code",),
}


class How(StrEnum):
    """By what it is known which field a column is."""

    HEADING = "heading"
    PROGRAM = "program"
    MAP = "map"


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is a field. A price is divided by `divisor`, and is in `currency` where its heading says so.
    `example` is the first cell that holds something.
    """

    field: str
    index: int
    heading: str
    divisor: int = 1
    currency: str = ""
    how: How = How.HEADING
    example: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that are fields, and the names of those that are passed over. `width` is that of the header;
    `profile` the program's export that it is by its headings, if it is one that is known; `unknown` are the names of
    those of which somebody must say what they are before the table is imported.
    """

    known: tuple[Column, ...]
    ignored: tuple[str, ...]
    width: int
    profile: Profile | None = None
    unknown: tuple[str, ...] = ()

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(column.field for column in self.known)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What somebody chose for a column: no field passes over it; `divisor` is 0 where nothing was said of it."""

    field: str
    divisor: int


def is_known(kind: Kind, heading: str) -> bool:
    """Whether a text names a column: a field, in some language or program, or for items also a price."""
    if meanings(kind, heading) or is_heading(kind, heading):
        return True
    return kind is Kind.ITEMS and read_heading(heading) is not None


def match_columns(
    kind: Kind,
    table: Table,
    *,
    ignore_unknown: bool,
    allow_unknown: bool = False,
    mapped: Mapping[str, str] | None = None,
    pricing: Pricing | None = None,
    profile: Profile | None = None,
) -> Columns:
    """The columns of the table.

    A column that is no field is passed over with `ignore_unknown`, and with `allow_unknown` named among the unknown.
    `mapped` says of headings which field they are, as `name` or `unit_price/1000` for prices of a thousand, or with
    an empty field that they are passed over. `pricing` is what prices are in the organization that imports. A program
    whose `profile` is given means by its headings what that says, and all other columns of it are passed over.

    Raises:
        InvalidInput: a column that is no field, a field twice, or none that says what a row is about; a price that
            could be another, in another currency or with another tax than the organization's; a choice that does not
            fit the table.
    """
    chosen = _choices(kind, table, mapped or {})
    found = _Found(table, chosen, profile)
    free = [index for index in range(len(table.header)) if index not in chosen]
    if kind is Kind.ITEMS:
        price = next((Choice(index, one.divisor) for index, one in chosen.items() if one.field == PRICE), None)
        price = price or _price_of_program(table, free, profile)
        free = _add_price(table, free, found, pricing or Pricing(), price)
    meant = _meant_by_program(table, profile) if profile else fields_meant(kind, table.header)
    for index in free:
        found.take(index, meant[table.header[index]])
    _check_known(kind, found.known)
    if found.unknown and not ignore_unknown and not allow_unknown:
        raise InvalidInput(
            f"{not_understood(kind, found.unknown)} Rename these columns or remove them.",
            field="file",
            remedy=Act.MAP_OR_IGNORE_COLUMNS,
        )
    known = tuple(replace(one, example=_example(table, one.index)) for one in found.known.values())
    passed_over = (*found.set_aside, *(found.unknown if ignore_unknown else ()))
    unknown = () if ignore_unknown else tuple(found.unknown)
    return Columns(known, passed_over, len(table.header), profile, unknown)


def not_understood(kind: Kind, unknown: Iterable[str]) -> str:
    """Which columns are no fields, and which fields there are."""
    return f"Not a field of {_of(kind)}: {', '.join(unknown)}. Fields: {', '.join(fields_of(kind))}."


def _of(kind: Kind) -> str:
    return kind.value.replace("_", " ")


def _example(table: Table, index: int) -> str:
    return next((shown(text) for row in table.rows if (text := text_of(row, index))), "")


class _Found:
    """What the columns of a table are, as far as it is known."""

    def __init__(self, table: Table, chosen: Mapping[int, _Chosen], profile: Profile | None) -> None:
        self._table = table
        self._profile = profile
        self.known = {
            one.field: Column(one.field, index, shown(table.header[index]), how=How.MAP)
            for index, one in chosen.items()
            if one.field
        }
        self.set_aside = [shown(table.header[index]) for index, one in chosen.items() if not one.field]
        self.unknown: list[str] = []

    def take(self, index: int, meant: tuple[str, ...]) -> None:
        """See which field a column is that nobody has chosen.

        Raises:
            InvalidInput: it could be several, or is one that another column is, too.
        """
        heading = shown(self._table.header[index])
        if len(meant) > 1:
            raise InvalidInput(
                f"The column {heading} can be {' or '.join(meant)}, in one language or another.",
                field=meant[0],
                candidates=meant,
                remedy=MapColumn(heading, meant[0]),
            )
        field = meant[0] if meant else ""
        if not field or (field == PRICE and not are_prices(self._table, index) and field in self.known):
            if heading.strip() or has_values(self._table, index):
                aside = self.set_aside if self._profile else self.unknown
                aside.append(heading or f"(column {index + 1}, without a name)")
        elif field not in self.known or self._is_empty_beside(index, field):
            if field in self.known:
                self.set_aside.append(self.known[field].heading)
            how = How.PROGRAM if self._profile else How.HEADING
            self.known[field] = Column(field, index, heading, how=how)
        elif self._profile or self.known[field].how is How.MAP or not has_values(self._table, index):
            self.set_aside.append(heading)
        else:
            raise _twice(self._table, field, self.known[field].index, index)

    def how_of(self, index: int, chosen: Choice | None) -> How:
        """By what the column of the price was found."""
        if PRICE in self.known and self.known[PRICE].index == index:
            return self.known[PRICE].how
        return How.PROGRAM if chosen else How.HEADING

    def _is_empty_beside(self, index: int, field: str) -> bool:
        """Whether the column that is the field so far says nothing, and this one does."""
        before = self.known[field]
        empty = not has_values(self._table, before.index) and before.how is not How.MAP
        return empty and has_values(self._table, index)


def _meant_by_program(table: Table, profile: Profile) -> dict[str, tuple[str, ...]]:
    names = {heading: profile.fields.get(bare(heading), "") for heading in table.header}
    return {heading: (name,) if name else () for heading, name in names.items()}


def _price_of_program(table: Table, free: list[int], profile: Profile | None) -> Choice | None:
    """The column that a program has its price in; None where it has none or several."""
    if profile is None:
        return None
    found = [
        index for index in free if profile.fields.get(bare(table.header[index])) == PRICE and are_prices(table, index)
    ]
    return Choice(found[0], 0) if len(found) == 1 else None


def _add_price(
    table: Table, free: list[int], found_so_far: _Found, pricing: Pricing, chosen: Choice | None
) -> list[int]:
    """Find the column of the price, and put aside those that it was preferred to; answers the columns that remain."""
    found = find_price(table, free, pricing, chosen=chosen)
    check_tax_flags(table, free, pricing, truth_of)
    check_price_units(table, free)
    if found is None:
        return free
    heading = shown(table.header[found.index])
    how = found_so_far.how_of(found.index, chosen)
    found_so_far.known[PRICE] = Column(PRICE, found.index, heading, found.divisor, found.currency, how)
    found_so_far.set_aside.extend(shown(table.header[index]) for index in found.others)
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
        fields = fields_of(kind)
        raise InvalidInput(
            f"map: {shown(name)} is no field of {_of(kind)}. Fields: {', '.join(fields)}; an empty field passes"
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


def _check_known(kind: Kind, known: Mapping[str, Column]) -> None:
    if not known:
        raise InvalidInput(
            f"The first row names no column of {_of(kind)}. It must be the header, with names such as"
            f" {', '.join(fields_of(kind)[1:5])}.",
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
