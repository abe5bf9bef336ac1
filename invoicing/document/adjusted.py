"""What is taken off and added besides quantity x price: the kinds, and what a line states of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class AdjustmentKind(StrEnum):
    """What a document takes off or adds besides its lines (EN 16931, groups BG-20 and BG-21)."""

    DISCOUNT = "discount"
    CHARGE = "charge"

    @property
    def sign(self) -> int:
        """What its amounts are taken by where they are added up: -1 of a discount, 1 of a charge."""
        return -1 if self is AdjustmentKind.DISCOUNT else 1


@dataclass(frozen=True, slots=True)
class LineAdjustment:
    """A discount or charge of one line besides its simple ones (EN 16931, BG-27 and BG-28), in minor units.

    `amount_minor` is as printed, and has the sign of the line's quantity (BT-136, BT-141). `percent` is 0 where an
    amount was stated, and else what was taken of `base_minor` (BT-137, BT-142). `of_rest` says that the base is what
    the line came to before this one, and not its quantity x price. `reason_code` is one of UNTDID 5189 or 7161.
    """

    kind: AdjustmentKind
    reason: str
    reason_code: str
    percent: Decimal
    base_minor: int
    amount_minor: int
    of_rest: bool = False

    @property
    def signed_minor(self) -> int:
        """What it adds to its line."""
        return self.kind.sign * self.amount_minor
