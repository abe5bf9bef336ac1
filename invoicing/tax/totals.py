"""Totals of a document: line amounts, discounts and charges, tax per group, and the sums.

A tax group is a category, a rate and, for US sales tax, a stack of jurisdictions. Tax is rounded once per group or
on each line, as the rounding mode says. Where prices include tax, what the buyer pays is kept and the net derived.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import groupby
from operator import attrgetter
from typing import assert_never

from invoicing.countries.costs import ADVANCED
from invoicing.document.adjusted import AdjustmentKind
from invoicing.document.documents import (
    Adjustment,
    Document,
    JurisdictionLevel,
    JurisdictionRate,
    JurisdictionTax,
    Line,
    PricedLine,
    TaxCategory,
    TaxSubtotal,
)
from invoicing.document.making import maker
from invoicing.document.payable import rounded_to
from invoicing.document.requested import RequestedAdjustment
from invoicing.money.amounts import EXACT, check_amount, percent_of, round_half_up, to_major
from invoicing.money.shares import settle, share_out
from invoicing.refusals import InvalidInput
from invoicing.tax.adjusting import Portion, TaxedAdjustment, portions
from invoicing.tax.inputs import AppliedTax, Rounding, TaxedLine, subtotal_key
from invoicing.tax.line_adjusting import follow

SUM_OF_LINES = Rounding.SUM_OF_LINES.value
_PRICED = tuple(field.name for field in fields(PricedLine))
_TAXED = ("tax_code", "tax_category", "tax_rate", "jurisdictions")
_priced_parts = attrgetter(*_PRICED)
_made_line = maker(Line, (*_PRICED, "position", *_TAXED, "amount_minor", "net_minor"))


@dataclass(frozen=True, slots=True)
class Totals:
    """The lines and adjustments with their amounts, the tax per group, and the sums, in minor units.

    `net_minor + tax_minor == total_minor`; the taxable amounts of `taxes` sum to `net_minor`, and so do the nets of
    `lines` less discounts plus charges.
    """

    lines: tuple[Line, ...]
    taxes: tuple[TaxSubtotal, ...]
    net_minor: int
    tax_minor: int
    total_minor: int
    adjustments: tuple[Adjustment, ...] = ()


def total(
    inputs: Sequence[TaxedLine],
    *,
    currency: str,
    prices_include_tax: bool,
    rounding: Rounding = Rounding.SUM_OF_LINES,
    adjustments: Sequence[TaxedAdjustment] = (),
) -> Totals:
    """The totals of a document's lines and adjustments in `currency`.

    Raises:
        InvalidInput: the total is negative, or an adjustment does not fit the lines.
        LimitExceeded: an amount has more than 15 digits in minor units.
    """
    amounts = [line.amount_minor(currency) for line in inputs]
    charged = [(line.tax, amount) for line, amount in zip(inputs, amounts, strict=True)]
    # What was paid in the buyer's name is passed on as it was: no discount or charge of the whole is of it.
    # And what was invoiced before has had its own.
    shared = (line.line.cost != ADVANCED and line.line.advance is None for line in inputs)
    priced = [part for part, takes_part in zip(charged, shared, strict=True) if takes_part]
    adjusted = portions(adjustments, priced, currency=currency)
    charged.extend((portion.tax, portion.signed_minor) for portion in adjusted)
    nets, taxes = _by_group(charged, prices_include_tax=prices_include_tax, rounding=rounding)
    deducting = {line.tax.group for line in inputs if line.line.advance is not None}
    _check_discounted(adjusted, [tax for tax in taxes if subtotal_key(tax) not in deducting])
    net = sum(subtotal.taxable_minor for subtotal in taxes)
    tax = sum(subtotal.tax_minor for subtotal in taxes)
    if net + tax < 0 and not deducting:
        raise InvalidInput("The total is negative: an invoice cannot owe money to its buyer.", field="lines")
    for amount in (net, tax, net + tax):
        check_amount(amount, field="lines")
    return Totals(
        lines=tuple(
            _line(position, line, amount, line_net)
            for position, (line, amount, line_net) in enumerate(zip(inputs, amounts, nets, strict=False), start=1)
        ),
        taxes=tuple(taxes),
        net_minor=net,
        tax_minor=tax,
        total_minor=net + tax,
        adjustments=tuple(
            _adjustment(portion, abs(portion_net))
            for portion, portion_net in zip(adjusted, nets[len(inputs) :], strict=True)
        ),
    )


def retotal(document: Document) -> Totals:
    """The totals of an invoice's own lines and adjustments, computed again: what a verification compares.

    A credit note's amounts follow from its invoice (`invoicing.credit.crediting`) and not from its lines alone.
    """
    return total(
        [TaxedLine(line, _tax_of(line)) for line in document.lines],
        currency=document.currency,
        prices_include_tax=document.prices_include_tax,
        rounding=Rounding(document.rounding),
        adjustments=[
            TaxedAdjustment(
                RequestedAdjustment(item.kind, item.reason, amount=to_major(item.amount_minor, document.currency)),
                _tax_of(item),
            )
            for item in document.adjustments
        ],
    )


def _tax_of(part: Line | Adjustment) -> AppliedTax:
    """The tax that a part bears, without its texts."""
    return AppliedTax(part.tax_code, part.tax_category, part.tax_rate, jurisdictions=part.jurisdictions)


def totals_follow(document: Document) -> bool:
    """Whether a document's amounts follow from its lines: its parts sum to the whole, and an invoice's are those
    that its rounding mode makes of its lines and adjustments.
    """
    stated = (document.net_minor, document.tax_minor, document.total_minor)
    net = sum(tax.taxable_minor for tax in document.taxes)
    tax = sum(tax.tax_minor for tax in document.taxes)
    if stated != (net, tax, net + tax) or net != _net_of_parts(document):
        return False
    for subtotal in document.taxes:
        if subtotal.jurisdictions and sum(part.tax_minor for part in subtotal.jurisdictions) != subtotal.tax_minor:
            return False
    if document.of_invoice:
        return True
    again = retotal(document)
    return (
        all(follow(line) for line in document.lines)
        and _is_rounded(document)
        and stated == (again.net_minor, again.tax_minor, again.total_minor)
        and [_amounts(part) for part in document.lines] == [_amounts(part) for part in again.lines]
        and [_amounts(part) for part in document.adjustments] == [_amounts(part) for part in again.adjustments]
        and [(tax.taxable_minor, tax.tax_minor, tax.jurisdictions) for tax in document.taxes]
        == [(tax.taxable_minor, tax.tax_minor, tax.jurisdictions) for tax in again.taxes]
    )


def _is_rounded(document: Document) -> bool:
    """Whether the sum to pay is what its rounding says."""
    rounding = document.payable_rounding
    exact = document.payable_minor - document.rounding_minor
    return (
        rounding is None
        or not rounding.unit
        or document.payable_minor == rounded_to(exact, rounding.unit, document.currency)
    )


def tax_on(net_minor: int, rate: Decimal) -> int:
    """The tax of an amount without tax, rounded half up; `rate` in percent.

    For the sum of a stack of jurisdictions this is the rule of section 324 of the Streamlined Sales and Use Tax
    Agreement: aggregated state and local tax, where a third decimal of more than four goes up.
    """
    return percent_of(net_minor, rate)


def net_of(gross_minor: int, rate: Decimal) -> int:
    """What an amount with tax is without it, rounded half up; `rate` in percent."""
    with localcontext(EXACT):
        return round_half_up(gross_minor * 100 / (100 + rate))


def are_apart(parts: Sequence[JurisdictionRate] | Sequence[JurisdictionTax]) -> bool:
    """Whether the parts of a stack are taxes of their own, each rounded by itself: VAT and its surcharge."""
    return any(part.level is JurisdictionLevel.SURCHARGE for part in parts)


def tax_of_stack(net_minor: int, rate: Decimal, parts: Sequence[JurisdictionRate] | Sequence[JurisdictionTax]) -> int:
    """The tax of an amount without tax; `rate` is that of the whole."""
    if are_apart(parts):
        return sum(tax_on(net_minor, part.rate) for part in parts)
    return tax_on(net_minor, rate)


def jurisdiction_taxes(
    tax_minor: int, parts: Sequence[JurisdictionRate], *, net_minor: int
) -> tuple[JurisdictionTax, ...]:
    """The tax of a stack by jurisdiction: in proportion to their rates, by largest remainder; of taxes that are apart
    what each is of the net, where that comes to the tax.
    """
    if not parts:
        return ()
    shares = [tax_on(net_minor, part.rate) for part in parts] if are_apart(parts) else []
    if not shares or sum(shares) != tax_minor:
        shares = share_out(tax_minor, [part.rate for part in parts])
    return tuple(
        JurisdictionTax(part.name, part.level, part.rate, share) for part, share in zip(parts, shares, strict=True)
    )


def _by_group(
    charged: Sequence[tuple[AppliedTax, int]], *, prices_include_tax: bool, rounding: Rounding
) -> tuple[list[int], list[TaxSubtotal]]:
    """The net of each amount, and the subtotals, the highest rate first, as a reader expects."""
    nets = [0] * len(charged)
    taxes: list[TaxSubtotal] = []
    # Lines that are taxed alike mostly share one object.
    groups = {same: tax.group for same, tax in {id(tax): tax for tax, _ in charged}.items()}
    keys = [groups[id(tax)] for tax, _ in charged]
    for _, indexes in groupby(sorted(range(len(charged)), key=keys.__getitem__), key=keys.__getitem__):
        members = list(indexes)
        amounts = [charged[index][1] for index in members]
        first = charged[members[0]][0]
        member_nets, tax = _nets_and_tax(amounts, first, prices_include_tax=prices_include_tax, rounding=rounding)
        for index, member_net in zip(members, member_nets, strict=True):
            nets[index] = member_net
        taxes.append(_subtotal([charged[index][0] for index in members], sum(member_nets), tax))
    return nets, taxes


def _check_discounted(adjusted: Sequence[Portion], taxes: Sequence[TaxSubtotal]) -> None:
    """Roundings can bring a group that is discounted to nothing, or nearly, to a unit less than nothing."""
    negative = {subtotal_key(tax) for tax in taxes if tax.taxable_minor < 0 or tax.tax_minor < 0}
    for portion in adjusted:
        if portion.asked.kind is AdjustmentKind.DISCOUNT and portion.tax.group in negative:
            field = f"adjustments[{portion.position - 1}]"
            raise InvalidInput(f"{field}: the discounts leave nothing to tax with {portion.tax.code}.", field=field)


def _nets_and_tax(
    amounts: Sequence[int], tax: AppliedTax, *, prices_include_tax: bool, rounding: Rounding
) -> tuple[list[int], int]:
    rate, parts = tax.rate, tax.jurisdictions
    match rounding:
        case Rounding.SUM_OF_LINES if prices_include_tax:
            net = net_of(sum(amounts), rate)
            # Each net is derived from the rate and not from the line's share of the group, because corrections
            # (negative amounts) can make the group's sum small or zero while its lines are not.
            factor = 100 / Fraction(100 + rate)
            return settle(net, [amount * factor for amount in amounts]), sum(amounts) - net
        case Rounding.SUM_OF_LINES:
            return list(amounts), tax_of_stack(sum(amounts), rate, parts)
        case Rounding.PER_LINE if prices_include_tax:
            nets = [net_of(amount, rate) for amount in amounts]
            return nets, sum(amounts) - sum(nets)
        case Rounding.PER_LINE:
            return list(amounts), sum(tax_of_stack(amount, rate, parts) for amount in amounts)
        case _:
            assert_never(rounding)


def _subtotal(taxes: Sequence[AppliedTax], taxable_minor: int, tax_minor: int) -> TaxSubtotal:
    tax = taxes[0]
    return TaxSubtotal(
        category=tax.category,
        rate=tax.rate,
        label=_joined([tax.label for tax in taxes], " / "),
        taxable_minor=check_amount(taxable_minor, field="lines"),
        tax_minor=check_amount(tax_minor, field="lines"),
        reason=_joined([tax.reason for tax in taxes], "; "),
        reason_local=_joined([tax.reason_local for tax in taxes], "; "),
        reason_code=_joined([tax.reason_code for tax in taxes], "; "),
        jurisdictions=jurisdiction_taxes(tax_minor, tax.jurisdictions, net_minor=taxable_minor),
    )


def _joined(texts: Iterable[str], separator: str) -> str:
    """The distinct texts in one order, whatever order the lines have."""
    return separator.join(sorted({text for text in texts if text}))


def _line(position: int, taxed: TaxedLine, amount_minor: int, net_minor: int) -> Line:
    tax = taxed.tax
    taxes = (tax.code, tax.category, tax.rate, tax.jurisdictions)
    return _made_line((*_priced_parts(taxed.line), position, *taxes, amount_minor, net_minor))


def _adjustment(portion: Portion, net_minor: int) -> Adjustment:
    return Adjustment(
        position=portion.position,
        kind=portion.asked.kind,
        reason=portion.asked.reason,
        percent=portion.asked.percent or Decimal(0),
        base_minor=portion.base_minor,
        tax_code=portion.tax.code,
        tax_category=portion.tax.category,
        tax_rate=portion.tax.rate,
        amount_minor=portion.amount_minor,
        net_minor=net_minor,
        jurisdictions=portion.tax.jurisdictions,
        cost=portion.asked.cost,
        reason_code=portion.asked.reason_code,
    )


def _net_of_parts(document: Document) -> int:
    adjusted = sum(item.kind.sign * item.net_minor for item in document.adjustments)
    return sum(line.net_minor for line in document.lines) + adjusted


def _amounts(part: Line | Adjustment) -> tuple[TaxCategory, Decimal, int, int]:
    return part.tax_category, part.tax_rate, part.amount_minor, part.net_minor
