"""The discounts and charges of an invoice that go with what is taken back of it, or are taken back by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from invoicing.credit.remaining import Remaining, group_of
from invoicing.credit.wanted import Taken
from invoicing.document.adjusted import AdjustmentKind
from invoicing.document.documents import Adjustment, Line
from invoicing.money.shares import half_up, share_out


def share_of(amount: int, part: Fraction) -> int:
    """A part of an amount, rounded half up; all of it is the amount itself."""
    return half_up(amount * part)


def credited_adjustments(left: Remaining, lines: Sequence[Line], taken: Taken) -> tuple[Adjustment, ...]:
    """The adjustments in proportion to the lines of their group that are taken back with them; of a group without
    lines, in proportion to all lines. A charge that is named is taken by itself, and is no share of anything.
    """
    found: list[Adjustment] = []
    for position, amount_minor in taken.charges.items():
        found.extend(_with_amounts([item for item in left.adjustments if item.position == position], amount_minor))
    shared = [item for item in left.adjustments if item.position not in taken.charges]
    for key in dict.fromkeys(map(group_of, shared)):
        mine = [item for item in shared if group_of(item) == key]
        there = [line for line in left.lines if group_of(line) == key]
        # Each kind is rounded once for the group, so that neither what is credited of a group nor what remains of it
        # can come to less than nothing: lines + charges >= discounts also holds for the rounded shares.
        for kind, going in (
            (AdjustmentKind.CHARGE, taken.with_charges),
            (AdjustmentKind.DISCOUNT, taken.with_discounts),
        ):
            items = [item for item in mine if item.kind is kind]
            part = _part(there or left.lines, [line for line in lines if line.invoice_position in going], taken)
            found.extend(_with_amounts(items, share_of(sum(item.amount_minor for item in items), part)))
    return tuple(sorted((item for item in found if item.amount_minor or item.net_minor), key=lambda i: i.position))


def _part(there: Sequence[Line], lines: Sequence[Line], taken: Taken) -> Fraction:
    """Which part of what is left of the lines is taken back: by amount, and all where no quantity is left then."""
    positions = {line.position: line.quantity for line in there if line.quantity}
    mine = [line for line in lines if line.invoice_position in positions]
    returned = {line.invoice_position: line.quantity for line in mine if not line.price_only}
    if taken.everything or (positions and returned == positions):
        return Fraction(1)
    whole = sum(line.amount_minor for line in there)
    part = Fraction(sum(line.amount_minor for line in mine), whole) if whole else Fraction(0)
    return min(max(part, Fraction(0)), Fraction(1))


def _with_amounts(items: Sequence[Adjustment], amount_minor: int) -> list[Adjustment]:
    """The adjustments with their shares of an amount; the net of each in proportion to its own."""
    shares = share_out(amount_minor, [item.amount_minor for item in items])
    return [
        replace(
            item,
            base_minor=0,
            percent=Decimal(0),
            amount_minor=share,
            # Where no amount is left, what is left of its net goes with it.
            net_minor=share_of(item.net_minor, Fraction(share, item.amount_minor))
            if item.amount_minor
            else item.net_minor,
        )
        for item, share in zip(items, shares, strict=True)
    ]
