"""Discounts and charges of a whole document: how much, and of which tax group (EN 16931, BG-20 and BG-21)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from invoicing.document.adjusted import AdjustmentKind
from invoicing.document.requested import RequestedAdjustment
from invoicing.money.amounts import check_amount, exact_minor, percent_of
from invoicing.money.shares import share_out
from invoicing.refusals import InvalidInput
from invoicing.tax.inputs import AppliedTax, GroupKey


@dataclass(frozen=True, slots=True)
class TaxedAdjustment:
    """A discount or charge of the whole document as asked for, and the tax whose group it belongs to; None where it
    is split over all groups.
    """

    asked: RequestedAdjustment
    tax: AppliedTax | None = None


@dataclass(frozen=True, slots=True)
class Portion:
    """What an adjustment comes to in one tax group; `amount_minor` is as printed, and positive for either kind."""

    position: int
    asked: RequestedAdjustment
    tax: AppliedTax
    base_minor: int
    amount_minor: int

    @property
    def signed_minor(self) -> int:
        return self.asked.kind.sign * self.amount_minor


@dataclass(slots=True)
class _Group:
    """A tax group's lines: one of its taxes, and the sum of their printed amounts."""

    tax: AppliedTax
    lines_minor: int = 0


def portions(
    adjustments: Sequence[TaxedAdjustment], lines: Sequence[tuple[AppliedTax, int]], *, currency: str
) -> list[Portion]:
    """Every adjustment by tax group. `lines` are the lines' taxes and printed amounts.

    Each percentage is of the lines alone or of a stated base, so that the order of the adjustments does not matter; but
    a fund's contribution is of what they come to with all other discounts and charges.

    Raises:
        InvalidInput: an amount that is finer than the currency, an adjustment that cannot be split, or discounts that
            are more than there is in a group.
        LimitExceeded: an amount has more than 15 digits in minor units.
    """
    if not adjustments:
        return []
    groups = _groups(lines)
    numbered = list(enumerate(adjustments, start=1))
    found = [
        portion
        for position, taxed in numbered
        if not taxed.asked.cost
        for portion in _portions_of(position, taxed, groups, currency)
    ]
    _check_groups(found, groups)
    if any(taxed.asked.cost for taxed in adjustments):
        adjusted = _groups([*lines, *((portion.tax, portion.signed_minor) for portion in found)])
        found += [
            portion
            for position, taxed in numbered
            if taxed.asked.cost
            for portion in _portions_of(position, taxed, adjusted, currency)
        ]
        found.sort(key=lambda portion: portion.position)
    return found


def _groups(lines: Iterable[tuple[AppliedTax, int]]) -> dict[GroupKey, _Group]:
    found: dict[GroupKey, _Group] = {}
    # Of several codes in a group the first by name stands for it, whatever order the lines have.
    for tax, amount_minor in sorted(lines, key=lambda line: (line[0].group, line[0].code)):
        found.setdefault(tax.group, _Group(tax)).lines_minor += amount_minor
    return found


def _portions_of(position: int, taxed: TaxedAdjustment, groups: dict[GroupKey, _Group], currency: str) -> list[Portion]:
    field = f"adjustments[{position - 1}]"
    asked, tax = taxed.asked, taxed.tax
    if tax is not None:
        base = groups[tax.group].lines_minor if tax.group in groups else 0
        base = _stated_base(asked, base, currency, field)
        amount = _amount(asked, base, currency, field)
        return [Portion(position, asked, tax, base, amount)] if amount else []
    bases = [group.lines_minor for group in groups.values()]
    base = _stated_base(asked, sum(bases), currency, field)
    amount = _amount(asked, base, currency, field)
    if not amount:
        return []
    if sum(bases) <= 0 or min(bases) < 0:
        raise InvalidInput(
            f"{field} cannot be split over the tax groups, because not all of them are more than zero: state the"
            " tax_code it belongs to.",
            field=field,
        )
    return [
        Portion(position, asked, group.tax, base_share, share)
        for group, base_share, share in zip(
            groups.values(), share_out(base, bases), share_out(amount, bases), strict=True
        )
        if share
    ]


def _stated_base(asked: RequestedAdjustment, base_minor: int, currency: str, field: str) -> int:
    """What a percentage is of: the lines, unless something else was stated."""
    return base_minor if asked.base is None else exact_minor(asked.base, currency, field=f"{field}.base")


def _amount(asked: RequestedAdjustment, base_minor: int, currency: str, field: str) -> int:
    share = percent_of(base_minor, asked.percent or Decimal(0))
    amount = check_amount(
        exact_minor(asked.amount or Decimal(0), currency, field=f"{field}.amount") + share, field=field
    )
    if amount < 0:
        raise InvalidInput(f"{field}: the lines that the percentage is of come to less than zero.", field=field)
    return amount


def _check_groups(found: Sequence[Portion], groups: dict[GroupKey, _Group]) -> None:
    sums = {key: group.lines_minor for key, group in groups.items()}
    for portion in found:
        sums[portion.tax.group] = sums.get(portion.tax.group, 0) + portion.signed_minor
    for portion in found:
        if portion.asked.kind is AdjustmentKind.DISCOUNT and sums[portion.tax.group] < 0:
            field = f"adjustments[{portion.position - 1}]"
            raise InvalidInput(
                f"{field}: the discounts are more than the lines and charges of {portion.tax.code}.", field=field
            )
