"""Payment in instalments, as terms state it: `30:0, 70:30` is 30 percent at once and 70 percent after 30 days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from invoicing.money.amounts import parse_decimal, parse_whole, plain
from invoicing.refusals import InvalidInput

FEWEST, MOST = 2, 12
_WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Portion:
    """A part of what is to be paid, in percent, and how many days after the issue date it is due."""

    percent: Decimal
    days: int


def parse_portions(text: str, *, field: str, days_max: int) -> tuple[Portion, ...]:
    """The portions of a text: percent and days with a colon between them, and a comma between the portions.

    Raises:
        InvalidInput: there are too few or too many, one is nothing or due no later than the one before, or they do not
            sum to exactly 100 percent.
        Malformed: a percentage or a number of days is no number.
    """
    portions = tuple(_portion(one, field) for one in text.split(","))
    if not FEWEST <= len(portions) <= MOST:
        raise InvalidInput(f"{field}: there are {FEWEST} to {MOST} instalments.", field=field)
    if any(portion.percent <= 0 for portion in portions):
        raise InvalidInput(f"{field}: each of the instalments is more than 0 percent.", field=field)
    if any(one.days >= other.days for one, other in pairwise(portions)):
        raise InvalidInput(f"{field}: each of the instalments is due later than the one before.", field=field)
    if not 0 <= portions[0].days <= portions[-1].days <= days_max:
        raise InvalidInput(f"{field}: days of instalments are between 0 and {days_max}.", field=field)
    total = sum(portion.percent for portion in portions)
    if total != _WHOLE:
        raise InvalidInput(f"{field}: the instalments sum to {plain(Decimal(total))} percent, not to 100.", field=field)
    return portions


def portions_text(portions: Iterable[Portion]) -> str:
    """As terms keep it, the opposite of `parse_portions`."""
    return ", ".join(f"{plain(portion.percent)}:{portion.days}" for portion in portions)


def portions_of(text: str) -> tuple[Portion, ...]:
    """The portions of a text that `portions_text` wrote; none of an empty one."""
    pairs = (one.split(":") for one in text.split(", ") if one)
    return tuple(Portion(Decimal(percent), int(days)) for percent, days in pairs)


def _portion(text: str, field: str) -> Portion:
    percent, colon, days = text.partition(":")
    if not colon:
        raise InvalidInput(f'{field}: instalments are percent and days, as in "30:0, 70:30".', field=field)
    return Portion(parse_decimal(percent.strip(), field=field), parse_whole(days.strip(), field=field))
