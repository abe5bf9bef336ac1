"""Totals of a document: line amounts, tax per rate, and the sums.

Rounding mode `sum_of_lines` (EN 16931, BR-CO-10 to BR-CO-17; the default): line amounts are rounded half up to
the minor unit, summed per category and rate, and the tax is computed once per such group and rounded half up.
Where prices include tax, the gross of each group is kept and its net derived from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import groupby

from invoicing.amounts import EXACT, check_amount, minor_digits, round_half_up
from invoicing.documents import Line, Supply, TaxCategory, TaxSubtotal
from invoicing.refusals import InvalidInput

SUM_OF_LINES = "sum_of_lines"


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
            discount_percent=line.discount_percent,
        )


@dataclass(frozen=True, slots=True)
class Totals:
    """The lines with their amounts, the tax per category and rate, and the sums, in minor units.

    `net_minor + tax_minor == total_minor`; the taxable amounts of `taxes` sum to `net_minor`, and so do the
    nets of `lines`.
    """

    lines: tuple[Line, ...]
    taxes: tuple[TaxSubtotal, ...]
    net_minor: int
    tax_minor: int
    total_minor: int


def total(inputs: Sequence[LineInput], *, currency: str, prices_include_tax: bool) -> Totals:
    """The totals of a document's lines in `currency`.

    Raises:
        InvalidInput: the total is negative.
        LimitExceeded: an amount has more than 15 digits in minor units.
    """
    amounts = [_line_amount(line, currency) for line in inputs]
    nets = list(amounts)
    taxes: list[TaxSubtotal] = []
    order = sorted(range(len(inputs)), key=lambda index: _group_key(inputs[index]))
    for _, group in groupby(order, key=lambda index: _group_key(inputs[index])):
        members = list(group)
        subtotal = _subtotal(
            [inputs[index] for index in members],
            sum(amounts[index] for index in members),
            prices_include_tax=prices_include_tax,
        )
        taxes.append(subtotal)
        if prices_include_tax:
            shares = _apportion(subtotal.taxable_minor, [amounts[index] for index in members], rate=subtotal.rate)
            for index, share in zip(members, shares, strict=True):
                nets[index] = share
    net = sum(subtotal.taxable_minor for subtotal in taxes)
    tax = sum(subtotal.tax_minor for subtotal in taxes)
    if net + tax < 0:
        raise InvalidInput("The total is negative: an invoice cannot owe money to its buyer.", field="lines")
    for amount in (net, tax, net + tax):
        check_amount(amount, field="lines")
    lines = tuple(
        _line(position, line, amount, line_net)
        for position, (line, amount, line_net) in enumerate(zip(inputs, amounts, nets, strict=True), start=1)
    )
    return Totals(lines=lines, taxes=tuple(taxes), net_minor=net, tax_minor=tax, total_minor=net + tax)


def _line_amount(line: LineInput, currency: str) -> int:
    with localcontext(EXACT):
        exact = line.quantity * line.unit_price * (100 - line.discount_percent) / 100
        return check_amount(round_half_up(exact.scaleb(minor_digits(currency))), field="lines")


def _group_key(line: LineInput) -> tuple[Decimal, str]:
    # The highest rate first, as a reader expects. EN 16931 wants one subtotal per category and rate (BR-S-8,
    # BR-E-1 and their siblings), however many tax codes lead to it.
    return (-line.tax_rate, line.tax_category.value)


def _subtotal(lines: Sequence[LineInput], amount_minor: int, *, prices_include_tax: bool) -> TaxSubtotal:
    line = lines[0]
    with localcontext(EXACT):
        if prices_include_tax:
            taxable = round_half_up(amount_minor * 100 / (100 + line.tax_rate))
            tax = amount_minor - taxable
        else:
            taxable = amount_minor
            tax = round_half_up(amount_minor * line.tax_rate / 100)
    return TaxSubtotal(
        category=line.tax_category,
        rate=line.tax_rate,
        label=_joined([line.tax_label for line in lines], " / "),
        taxable_minor=check_amount(taxable, field="lines"),
        tax_minor=check_amount(tax, field="lines"),
        reason=_joined([line.tax_reason for line in lines], "; "),
    )


def _joined(texts: Iterable[str], separator: str) -> str:
    """The distinct texts in one order, whatever order the lines have."""
    return separator.join(sorted({text for text in texts if text}))


def _apportion(net_minor: int, amounts_minor: Sequence[int], *, rate: Decimal) -> list[int]:
    """The net of a group in parts, one per line of it, by largest remainder: they sum to it exactly.

    Each part is within one minor unit of the line's own amount without tax. It is derived from the rate and not
    from the line's share of the group, because corrections (negative amounts) can make the group's sum small or
    zero while its lines are not.
    """
    with localcontext(EXACT):
        numerator, denominator = (100 + rate).as_integer_ratio()
    parts, remainders = [], []
    for amount_minor in amounts_minor:
        part, remainder = divmod(amount_minor * 100 * denominator, numerator)
        parts.append(part)
        remainders.append(remainder)
    missing = net_minor - sum(parts)
    # The parts are rounded down, and the net is within half a unit of the sum of their exact values.
    assert 0 <= missing <= len(parts)  # noqa: S101 -- the other half of the invariant that `Totals` states
    by_remainder = sorted(range(len(parts)), key=lambda index: (-remainders[index], index))
    for index in by_remainder[:missing]:
        parts[index] += 1
    return parts


def _line(position: int, line: LineInput, amount_minor: int, net_minor: int) -> Line:
    return Line(
        position=position,
        description=line.description,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        supply=line.supply,
        tax_code=line.tax_code,
        tax_category=line.tax_category,
        tax_rate=line.tax_rate,
        amount_minor=amount_minor,
        net_minor=net_minor,
        item=line.item,
        revenue_account=line.revenue_account,
    )
