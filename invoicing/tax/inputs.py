"""What totals are computed from: lines and adjustments before their amounts are known, and the tax of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from enum import StrEnum

from invoicing.document.documents import AdjustmentKind, JurisdictionRate, Line, Supply, TaxCategory, TaxSubtotal
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
class LineInput:
    """A line before its amounts are known; the fields mean what they mean on `Line`."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    tax_code: str
    tax_category: TaxCategory
    tax_rate: Decimal
    tax_label: str = "VAT"
    tax_reason: str = ""
    unit: str = ""
    discount_percent: Decimal = Decimal(0)
    supply: Supply = Supply.GOODS
    item: str = ""
    revenue_account: str = ""
    discount_amount: Decimal = Decimal(0)
    charge_amount: Decimal = Decimal(0)
    tax_reason_local: str = ""
    tax_reason_code: str = ""
    jurisdictions: tuple[JurisdictionRate, ...] = ()
    name: str = ""
    supply_date: date | None = None
    supply_end: date | None = None
    supply_assumed: bool = False

    @classmethod
    def of(cls, line: Line) -> LineInput:
        """What a line's amounts were computed from, without the texts of its tax."""
        return cls(
            description=line.description,
            quantity=line.quantity,
            unit_price=line.unit_price,
            tax_code=line.tax_code,
            tax_category=line.tax_category,
            tax_rate=line.tax_rate,
            unit=line.unit,
            discount_percent=line.discount_percent,
            supply=line.supply,
            item=line.item,
            revenue_account=line.revenue_account,
            discount_amount=line.discount_amount,
            charge_amount=line.charge_amount,
            jurisdictions=line.jurisdictions,
            name=line.name,
            supply_date=line.supply_date,
            supply_end=line.supply_end,
            supply_assumed=line.supply_assumed,
        )

    @property
    def tax(self) -> AppliedTax:
        return AppliedTax(
            code=self.tax_code,
            category=self.tax_category,
            rate=self.tax_rate,
            label=self.tax_label,
            reason=self.tax_reason,
            reason_local=self.tax_reason_local,
            reason_code=self.tax_reason_code,
            jurisdictions=self.jurisdictions,
        )

    @property
    def exact_amount(self) -> Decimal:
        """Quantity x price less discount plus charge, in the currency, before it is rounded."""
        with localcontext(EXACT):
            product = self.quantity * self.unit_price * (100 - self.discount_percent) / 100
            return product - self.discount_amount + self.charge_amount

    def amount_minor(self, currency: str) -> int:
        """`exact_amount` rounded half up to the currency's minor unit.

        Raises:
            LimitExceeded: it has more than 15 digits.
        """
        with localcontext(EXACT):
            return check_amount(round_half_up(self.exact_amount.scaleb(minor_digits(currency))), field="lines")


@dataclass(frozen=True, slots=True)
class AdjustmentInput:
    """A discount or charge of the whole document as asked for: `percent` of the lines, or an `amount`.

    With `tax` it belongs to that tax's group, and the percentage is of that group's lines; without, it is split
    over all groups in proportion to their lines.
    """

    kind: AdjustmentKind
    reason: str
    percent: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    tax: AppliedTax | None = None


def group_key(rate: Decimal, category: TaxCategory, jurisdictions: tuple[JurisdictionRate, ...]) -> GroupKey:
    """The group of an amount with this tax; equal rates that are written differently are one rate."""
    return -rate, category.value, tuple((part.level.value, part.name, part.rate) for part in jurisdictions)


def subtotal_key(subtotal: TaxSubtotal) -> GroupKey:
    """The group whose subtotal this is."""
    parts = tuple(JurisdictionRate(part.name, part.level, part.rate) for part in subtotal.jurisdictions)
    return group_key(subtotal.rate, subtotal.category, parts)
