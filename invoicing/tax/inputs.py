"""What totals are computed from: lines and adjustments before their amounts are known, and the tax of each."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum
from fractions import Fraction

from invoicing.document.documents import JurisdictionRate, PricedLine, TaxCategory, TaxSubtotal
from invoicing.money.amounts import EXACT, check_amount, minor_digits, round_half_up
from invoicing.money.shares import half_up

_WHOLE = Decimal(100)


class Rounding(StrEnum):
    """Where tax is rounded; docs/money.md has the worked tables.

    `sum_of_lines`: once per tax group, on the sum of its lines (EN 16931, BR-CO-17). `per_line`: on each line, and
    the tax of a group is the sum of its lines' taxes.
    """

    SUM_OF_LINES = "sum_of_lines"
    PER_LINE = "per_line"


GroupKey = tuple[Decimal, str, tuple[tuple[str, str, Decimal], ...]]
"""What makes amounts stand in one subtotal: rate (the highest first), category, and the stack of jurisdictions."""


@dataclass(frozen=True, slots=True)
class AppliedTax:
    """The tax that an amount bears: a tax code on a tax point, with the texts that go with it."""

    code: str
    category: TaxCategory
    rate: Decimal
    label: str = "VAT"
    reason: str = ""
    reason_local: str = ""
    reason_code: str = ""
    jurisdictions: tuple[JurisdictionRate, ...] = ()

    @property
    def group(self) -> GroupKey:
        """EN 16931 wants one subtotal per category and rate (BR-S-8, BR-E-1 and their siblings), however many tax
        codes lead to it; stacks of the same sum that go to different jurisdictions stay apart.
        """
        return group_key(self.rate, self.category, self.jurisdictions)


@dataclass(frozen=True, slots=True)
class TaxedLine:
    """A line before its amounts are known, and the tax that it bears."""

    line: PricedLine
    tax: AppliedTax

    def amount_minor(self, currency: str) -> int:
        """Quantity x price less discounts plus charges, in the currency's minor unit, as `line_minor`.

        Raises:
            LimitExceeded: it has more than 15 digits.
        """
        return line_minor(self.line, currency)


def line_minor(line: PricedLine, currency: str) -> int:
    """What a line comes to in minor units: quantity x price less its simple discount plus its simple charge, rounded
    half up once, and then each of its adjustments.

    Raises:
        LimitExceeded: it has more than 15 digits.
    """
    amount = _rounded(line, currency, line.discount_percent, line.charge_amount - line.discount_amount)
    if line.adjustments:
        amount += sum(item.signed_minor for item in line.adjustments)
    return check_amount(amount, field="lines")


def goods_minor(line: PricedLine, currency: str) -> int:
    """Quantity x price in minor units, rounded half up: what a percentage of a line is of."""
    return _rounded(line, currency, Decimal(0), Decimal(0))


def _rounded(line: PricedLine, currency: str, discount_percent: Decimal, besides: Decimal) -> int:
    if line.base_quantity == 1:
        product = EXACT.multiply(line.quantity, line.unit_price)
        if discount_percent:
            product = EXACT.divide(EXACT.multiply(product, EXACT.subtract(_WHOLE, discount_percent)), _WHOLE)
        return round_half_up(EXACT.scaleb(EXACT.add(product, besides), minor_digits(currency)))
    with localcontext(EXACT):
        product = line.quantity * line.unit_price * (100 - discount_percent)
        # A price for three units has no end as a decimal.
        exact = Fraction(product) / Fraction(100 * line.base_quantity) + Fraction(besides)
        return half_up(exact * 10 ** minor_digits(currency))


def is_charged_for(line: PricedLine) -> bool:
    """Whether a line comes to something before it is rounded."""
    with localcontext(EXACT):
        exact = Fraction(line.quantity * line.unit_price * (100 - line.discount_percent)) / Fraction(
            100 * line.base_quantity
        )
        return exact + Fraction(line.charge_amount - line.discount_amount) != 0


def group_key(rate: Decimal, category: TaxCategory, jurisdictions: tuple[JurisdictionRate, ...]) -> GroupKey:
    """The group of an amount with this tax; equal rates that are written differently are one rate."""
    return -rate, category.value, tuple((part.level.value, part.name, part.rate) for part in jurisdictions)


def subtotal_key(subtotal: TaxSubtotal) -> GroupKey:
    """The group whose subtotal this is."""
    parts = tuple(JurisdictionRate(part.name, part.level, part.rate) for part in subtotal.jurisdictions)
    return group_key(subtotal.rate, subtotal.category, parts)
