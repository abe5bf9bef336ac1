"""What is to be paid of a document, and how: the means, and to what the sum is rounded (EN 16931, BT-81 and BT-114)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from invoicing.money.amounts import to_major, to_minor
from invoicing.refusals import InvalidInput

ROUNDING_UNIT_MAX = 100
ROUNDING_AMOUNT_MAX = 5


class PaymentMeans(StrEnum):
    """How the buyer is to pay (BT-81)."""

    TRANSFER = "transfer"
    CASH = "cash"
    CARD = "card"
    DIRECT_DEBIT = "direct_debit"
    CHEQUE = "cheque"
    ONLINE = "online"


@dataclass(frozen=True, slots=True)
class PayableRounding:
    """To whole `unit`s of the currency the sum to pay is rounded; `amount_minor` is what that adds, less than zero
    where it takes off (BT-114). It is no part of net, tax or total. A unit of 0 says that the amount was stated.
    """

    unit: Decimal
    amount_minor: int


@dataclass(frozen=True, slots=True)
class EarlyPayment:
    """A discount that the buyer may take when paying up to a day. `percent` is of the total, `amount_minor` what that
    comes to, with tax; `words` are what the law wants said of it.
    """

    percent: Decimal
    until: date
    amount_minor: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of what is to be paid, and the day on which it is due."""

    due_date: date
    amount_minor: int


def rounded_to(amount_minor: int, unit: Decimal, currency: str) -> int:
    """The amount to the nearest whole unit, a half up: away from zero."""
    step = to_minor(unit, currency)
    whole, rest = divmod(abs(amount_minor), step)
    rounded = (whole + (2 * rest >= step)) * step
    return rounded if amount_minor >= 0 else -rounded


def unit_fits(unit: Decimal, currency: str) -> bool:
    """Whether a currency has this unit: it is exact in it and more than nothing."""
    return unit > 0 and to_major(to_minor(unit, currency), currency) == unit


def check_rounding(unit: Decimal | None, amount: Decimal | None) -> None:
    """Raises unless a rounding of the sum to pay is asked for within bounds, and in one way.

    Raises:
        InvalidInput: naming `rounding_to` or `rounding_amount`.
    """
    if unit is not None and not 0 <= unit <= ROUNDING_UNIT_MAX:
        raise InvalidInput(
            f"rounding_to must be between 0 and {ROUNDING_UNIT_MAX}: the unit to which the sum to pay is rounded.",
            field="rounding_to",
        )
    if amount is not None and not -ROUNDING_AMOUNT_MAX <= amount <= ROUNDING_AMOUNT_MAX:
        raise InvalidInput(
            f"rounding_amount must be between -{ROUNDING_AMOUNT_MAX} and {ROUNDING_AMOUNT_MAX}: more is a discount or a"
            " charge, and has its tax.",
            field="rounding_amount",
        )
    if unit and amount:
        raise InvalidInput("State rounding_to or rounding_amount, not both.", field="rounding_amount")
