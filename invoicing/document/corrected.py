"""What a credit note says of its invoice: what was there before it, and what remains after it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Remains:
    """What remains of an invoice after a credit note, in the minor unit of its currency."""

    net_minor: int
    tax_minor: int
    total_minor: int


@dataclass(frozen=True, slots=True)
class LineCorrection:
    """What was left of a line of the invoice before a credit note's line took from it: its quantity, and its amount as
    printed. `price_only` says that the price is reduced and nothing comes back.
    """

    quantity_before: Decimal
    amount_before_minor: int
    price_only: bool = False
