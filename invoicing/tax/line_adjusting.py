"""Discounts and charges of one line: how much each comes to (EN 16931, BG-27 and BG-28)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from invoicing.document.adjusted import LineAdjustment
from invoicing.document.documents import PricedLine
from invoicing.document.requested import RequestedLineAdjustment
from invoicing.money.amounts import exact_minor, percent_of
from invoicing.refusals import InvalidInput
from invoicing.tax.inputs import goods_minor, line_minor


def adjusted_line(
    line: PricedLine, wanted: tuple[RequestedLineAdjustment, ...], *, currency: str, field: str
) -> PricedLine:
    """The line with its discounts and charges, each rounded half up to the minor unit, in their order.

    On a line that takes goods back all amounts are taken back as well: they have the sign of its quantity.

    Raises:
        InvalidInput: an amount that is finer than the currency, or discounts that are more than the line.
    """
    sign = -1 if line.quantity < 0 else 1
    if sign < 0:
        line = replace(line, discount_amount=-line.discount_amount, charge_amount=-line.charge_amount)
    if sign * line_minor(line, currency) < 0:
        raise InvalidInput(f"{field}.discount_amount is more than the line.", field=f"{field}.discount_amount")
    for index, one in enumerate(wanted):
        name = f"{field}.adjustments[{index}]"
        made = _adjustment(line, one, sign, currency, name)
        line = replace(line, adjustments=(*line.adjustments, made))
        if sign * line_minor(line, currency) < 0:
            raise InvalidInput(f"{name}: the discounts are more than the line.", field=name)
    return line


def _adjustment(
    line: PricedLine, asked: RequestedLineAdjustment, sign: int, currency: str, field: str
) -> LineAdjustment:
    base = 0
    if asked.amount is not None:
        amount = sign * exact_minor(asked.amount, currency, field=f"{field}.amount")
    else:
        base = _base(line, asked, sign, currency, field)
        amount = percent_of(base, asked.percent or Decimal(0))
    return LineAdjustment(
        kind=asked.kind,
        reason=asked.reason,
        reason_code=asked.reason_code,
        percent=asked.percent or Decimal(0),
        base_minor=base,
        amount_minor=amount,
        of_rest=asked.of_rest,
    )


def _base(line: PricedLine, asked: RequestedLineAdjustment, sign: int, currency: str, field: str) -> int:
    if asked.base is not None:
        return sign * exact_minor(asked.base, currency, field=f"{field}.base")
    return line_minor(line, currency) if asked.of_rest else goods_minor(line, currency)


def follow(line: PricedLine) -> bool:
    """Whether what a percentage comes to is that of its base."""
    return all(
        not item.percent or item.amount_minor == percent_of(item.base_minor, item.percent) for item in line.adjustments
    )
