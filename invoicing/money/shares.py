"""Sharing a whole number of minor units out, so that the parts sum to it exactly."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction


def half_up(value: Fraction) -> int:
    """The value rounded half up; a half goes away from zero."""
    whole = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return whole if value >= 0 else -whole


def share_out(whole: int, weights: Sequence[int | Decimal]) -> list[int]:
    """`whole` in parts, in proportion to the weights, by largest remainder.

    Each part is within one unit of its exact share; where remainders are equal, the earlier part is served first.
    A weight can be less than zero beside others. Where they sum to zero, `whole` must be zero too.
    """
    exact = [Fraction(weight) for weight in weights]
    total = sum(exact, Fraction(0))
    if not total:
        assert not whole  # noqa: S101 -- there is nobody to give it to: a defect of the caller
        return [0] * len(exact)
    return settle(whole, [whole * weight / total for weight in exact])


def settle(whole: int, exact: Sequence[Fraction]) -> list[int]:
    """Integers that sum to `whole`, each within one unit of its exact value.

    The values are rounded down; the units that are then missing go one each to the largest remainders, the earlier
    one first where they are equal. `whole` must lie within the sums of all values rounded down and rounded up.
    """
    parts = [value.numerator // value.denominator for value in exact]
    missing = whole - sum(parts)
    # The other half of what the docstring asks of the caller.
    assert 0 <= missing <= len(parts)  # noqa: S101 -- a defect, not bad input
    by_remainder = sorted(range(len(parts)), key=lambda index: (parts[index] - exact[index], index))
    for index in by_remainder[:missing]:
        parts[index] += 1
    return parts


def fitted(whole: int, exact: Sequence[Fraction], own: Sequence[int]) -> list[int]:
    """`own`, which are the exact values rounded each by itself, moved so that they sum to `whole`.

    The units that are missing or over go one each to the values that were rounded furthest the other way, the earlier
    one first where they are equal; a value of nothing keeps nothing where there is another. So a sum that was rounded
    only once, or that takes what remains, is the sum of its parts. There must be a value where `whole` is not zero.
    """
    parts = list(own)
    missing = whole - sum(parts)
    if not missing:
        return parts
    way = 1 if missing > 0 else -1
    movable = [index for index, value in enumerate(exact) if value] or list(range(len(parts)))
    movable.sort(key=lambda index: (-way * (exact[index] - parts[index]), index))
    each, rest = divmod(abs(missing), len(movable))
    for place, index in enumerate(movable):
        parts[index] += way * (each + (place < rest))
    return parts
