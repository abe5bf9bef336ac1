"""What is to be paid of a document, and how: the means, and to what the sum is rounded (EN 16931, BT-81 and BT-114)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from invoicing.money.amounts import to_major, to_minor


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
    where it takes off (BT-114). It is no part of net, tax or total.
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
