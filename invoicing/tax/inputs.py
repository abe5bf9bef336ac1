"""What totals are computed from: lines and adjustments before their amounts are known, and the tax of each."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum

from invoicing.document.documents import JurisdictionRate, PricedLine, TaxCategory, TaxSubtotal
from invoicing.money.amounts import EXACT, check_amount, minor_digits, round_half_up


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

    @property
    def exact_amount(self) -> Decimal:
        """Quantity x price less discount plus charge, in the currency, before it is rounded."""
        line = self.line
        with localcontext(EXACT):
            product = line.quantity * line.unit_price * (100 - line.discount_percent) / 100
            return product - line.discount_amount + line.charge_amount

    def amount_minor(self, currency: str) -> int:
        """`exact_amount` rounded half up to the currency's minor unit.

        Raises:
            LimitExceeded: it has more than 15 digits.
        """
        with localcontext(EXACT):
            return check_amount(round_half_up(self.exact_amount.scaleb(minor_digits(currency))), field="lines")


def group_key(rate: Decimal, category: TaxCategory, jurisdictions: tuple[JurisdictionRate, ...]) -> GroupKey:
    """The group of an amount with this tax; equal rates that are written differently are one rate."""
    return -rate, category.value, tuple((part.level.value, part.name, part.rate) for part in jurisdictions)


def subtotal_key(subtotal: TaxSubtotal) -> GroupKey:
    """The group whose subtotal this is."""
    parts = tuple(JurisdictionRate(part.name, part.level, part.rate) for part in subtotal.jurisdictions)
    return group_key(subtotal.rate, subtotal.category, parts)
