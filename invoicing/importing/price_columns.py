"""Which column of a list of items holds the price, or why nobody can tell: a wrong price is never taken.

A column is taken by its name only where it says that one unit is sold for that, and where no other column with numbers
could be the price, too. What the seller pays is no such column. Everything else is refused, naming the columns among
which somebody must choose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from invoicing.importing.prices import Meaning, PriceHeading, is_price_unit, is_reference, read_heading, says_tax
from invoicing.importing.tables import Cell, Number, Table, is_blank, shown
from invoicing.refusals import InvalidInput
from invoicing.remedies import DividePrice, MapColumn

PRICE = "unit_price"


@dataclass(frozen=True, slots=True)
class Pricing:
    """What prices are in an organization. None and empty are not known, and then nothing is compared with them."""

    prices_include_tax: bool | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """The column that somebody chose for the price. `divisor` is 0 where nothing was said of it."""

    index: int
    divisor: int


@dataclass(frozen=True, slots=True)
class PriceColumn:
    """The column of the price: of how many units, and in which currency (empty: not said). `others` are the columns
    that were not chosen.
    """

    index: int
    divisor: int
    currency: str
    others: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    index: int
    heading: str
    said: PriceHeading
    example: str

    @property
    def told(self) -> str:
        return f"{self.heading} ({self.example})" if self.example else self.heading


def find_price(table: Table, free: Sequence[int], pricing: Pricing, *, chosen: Choice | None) -> PriceColumn | None:
    """The column of the price; None where there is none.

    Raises:
        InvalidInput: no column is surely the price, or several could be; the one that is says that it has other taxes
            than the organization's prices, is of several units, or is in a currency that cannot be told.
    """
    found = list(_candidates(table, free))
    if chosen is not None:
        heading = table.header[chosen.index]
        said = read_heading(heading) or PriceHeading(Meaning.DOUBTFUL)
        one = _Candidate(chosen.index, shown(heading), said, "")
        others = tuple(other.index for other in found)
        return PriceColumn(one.index, _divisor(one, chosen.divisor), _checked(one, pricing), others)
    sold = [one for one in found if one.said.meaning is not Meaning.COST]
    if not found:
        return None
    if len(sold) != 1 or sold[0].said.meaning is not Meaning.SURE:
        raise _must_choose(sold or found, pricing)
    return PriceColumn(sold[0].index, _divisor(sold[0], 0), _checked(sold[0], pricing), ())


def check_tax_flags(
    table: Table, free: Sequence[int], pricing: Pricing, truth_of: Callable[[str], bool | None]
) -> None:
    """Make sure that no row's price is with other tax than the import takes prices to be.

    Raises:
        InvalidInput: a column says of a row's price, by yes or no, that it is with other tax than here.
    """
    for index in free:
        says = says_tax(table.header[index])
        if says is None or pricing.prices_include_tax is None:
            continue
        answers = [(number, _truth(cell, truth_of)) for number, cell in _cells(table, index)]
        if any(answer is None for _, answer in answers):
            continue
        for number, answer in answers:
            if (says is answer) is not pricing.prices_include_tax:
                raise InvalidInput(
                    f"The column {shown(table.header[index])} says of row {number} that its price is"
                    f" {_with_tax(says is answer)}, but {_here(pricing)}. Import only rows that fit, with this column"
                    " removed or passed over.",
                    field=PRICE,
                    remedy=MapColumn(shown(table.header[index]), ""),
                )


def check_price_units(table: Table, free: Sequence[int]) -> None:
    """Make sure that every price is for one unit.

    Raises:
        InvalidInput: a column says that the price of a row is for more than one unit.
    """
    for index in free:
        heading = shown(table.header[index])
        if not is_price_unit(table.header[index]):
            continue
        for number, cell in _cells(table, index):
            units = _number(cell)
            if units not in ("", "1"):
                raise InvalidInput(
                    f"The column {heading} says that the price of row {number} is for {shown(units)} units: put the"
                    " price of one into the file, unless it does not mean that.",
                    field=PRICE,
                    candidates=[heading],
                    remedy=MapColumn(heading, ""),
                )


def are_prices(table: Table, index: int) -> bool:
    """Whether there are numbers in the column, and not yes and no alone."""
    return any(_number(cell) for _, cell in _cells(table, index))


def has_values(table: Table, index: int) -> bool:
    return any(True for _ in _cells(table, index))


def _candidates(table: Table, free: Sequence[int]) -> Iterable[_Candidate]:
    of_measures = any(is_reference(table.header[index]) and has_values(table, index) for index in free)
    for index in free:
        said = read_heading(table.header[index])
        if said is None or not are_prices(table, index):
            continue
        if says_tax(table.header[index]) is not None and _only_flags(table, index):
            continue
        if said.is_unit_price and of_measures:
            said = PriceHeading(Meaning.MEASURE, said.quantity, said.with_tax, said.currencies, is_unit_price=True)
        example = next((_number(cell) for _, cell in _cells(table, index) if _number(cell)), "")
        yield _Candidate(index, shown(table.header[index]), said, shown(example))


def _must_choose(found: Sequence[_Candidate], pricing: Pricing) -> InvalidInput:
    """Several columns, or a single one that is not surely the price."""
    headings = [one.heading for one in found]
    likely = min(found, key=lambda one: (one.said.meaning is Meaning.MEASURE, _has_other_tax(one, pricing)))
    if len(found) == 1:
        doubt = _doubt(found[0])
        return InvalidInput(
            f"It is not sure that {found[0].told} is the price of an item: {doubt}. If it is none, items have no"
            " price.",
            field=PRICE,
            candidates=headings,
            remedy=MapColumn(headings[0], PRICE, doubtful=True),
        )
    told = [f"{one.told}{_note(one)}" for one in found]
    here = f" Prices here are {_with_tax(pricing.prices_include_tax)}." if _differ_in_tax(found, pricing) else ""
    return InvalidInput(
        f"Several columns could be the price: {', '.join(told)}.{here}",
        field=PRICE,
        candidates=headings,
        remedy=MapColumn(likely.heading, PRICE),
    )


def _doubt(one: _Candidate) -> str:
    match one.said.meaning:
        case Meaning.COST:
            return "it is what you pay yourself"
        case Meaning.MEASURE:
            return "it may be that of a litre or kilogram"
        case _:
            return "its name can mean another"


def _note(one: _Candidate) -> str:
    if one.said.with_tax is not None:
        return f", {_with_tax(one.said.with_tax)}"
    return ", which may be of a litre or kilogram" if one.said.meaning is Meaning.MEASURE else ""


def _differ_in_tax(found: Sequence[_Candidate], pricing: Pricing) -> bool:
    return pricing.prices_include_tax is not None and any(one.said.with_tax is not None for one in found)


def _divisor(one: _Candidate, stated: int) -> int:
    if one.said.quantity == 1 or stated:
        return stated or 1
    quantity = one.said.quantity
    raise InvalidInput(
        f"{one.heading} is the price of {quantity}, and it is not said of how many an item consists.",
        field=PRICE,
        candidates=[one.heading],
        remedy=DividePrice(one.heading, PRICE, quantity),
    )


def _checked(one: _Candidate, pricing: Pricing) -> str:
    """The currency that the heading names, empty where it names none; its tax is that of the organization's prices."""
    said = one.said
    if _has_other_tax(one, pricing):
        raise InvalidInput(
            f"{one.heading} holds prices {_with_tax(said.with_tax)}, but {_here(pricing)}: import a column of prices"
            f" {_with_tax(pricing.prices_include_tax)}, or change that setting first (prices_include_tax).",
            field=PRICE,
            candidates=[one.heading],
        )
    if len(said.currencies) < 2:
        return said.currencies[0] if said.currencies else ""
    if pricing.currency in said.currencies or not pricing.currency:
        return pricing.currency
    raise InvalidInput(
        f"{one.heading} does not say which currency it means: rename the column, with the code of the currency in its"
        f" name, as in Price {said.currencies[0]}.",
        field="currency",
        candidates=list(said.currencies),
    )


def _has_other_tax(one: _Candidate, pricing: Pricing) -> bool:
    return one.said.with_tax is not None and pricing.prices_include_tax not in (None, one.said.with_tax)


def _here(pricing: Pricing) -> str:
    return f"prices of this organization are {_with_tax(pricing.prices_include_tax)}"


def _with_tax(included: bool | None) -> str:
    return "with tax" if included else "without tax"


def _cells(table: Table, index: int) -> Iterable[tuple[int, Cell]]:
    """The cells of a column that hold something, with the numbers of their rows."""
    for row in table.rows:
        if index < len(row.cells) and not is_blank(row.cells[index]):
            yield row.number, row.cells[index]


def _number(cell: Cell) -> str:
    """The text of a cell that holds a number; empty for a date, a truth or words."""
    if isinstance(cell, Number):
        return cell.text
    return cell.strip() if isinstance(cell, str) and any(sign.isdecimal() for sign in cell) else ""


def _truth(cell: Cell, truth_of: Callable[[str], bool | None]) -> bool | None:
    if isinstance(cell, bool):
        return cell
    return truth_of(cell if isinstance(cell, str) else cell.text) if isinstance(cell, str | Number) else None


def _only_flags(table: Table, index: int) -> bool:
    return all(_number(cell) in ("0", "1") for _, cell in _cells(table, index))
