"""What a credit note is asked to take of an invoice, checked against what is left of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from invoicing.credit.remaining import Remaining
from invoicing.document.adjusted import AdjustmentKind
from invoicing.document.documents import Document, Line
from invoicing.money.amounts import exact_minor, minor_digits, money_text, plain, to_major
from invoicing.money.shares import half_up
from invoicing.refusals import InvalidInput, LimitExceeded
from invoicing.tax.inputs import goods_minor, line_minor

_REDUCTIONS = ("unit_price", "amount", "percent")


@dataclass(frozen=True, slots=True)
class CreditLine:
    """What to take of a line of the invoice, named by its position.

    `quantity` comes back; None is all that remains. With `unit_price`, `amount` or `percent` nothing comes back and
    the price is reduced (Article 90 Directive 2006/112/EC): to a new price per unit, by an amount as prices are
    stated, or by a percentage of what is left; `quantity` is then for how much of the line, all of it if None.

    `charges` and `discounts` say whether its share of those of the document is taken back too. If None, both are,
    but with a reduced price no charges, and with one by an amount no discounts either.
    """

    position: int
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    amount: Decimal | None = None
    percent: Decimal | None = None
    charges: bool | None = None
    discounts: bool | None = None

    @property
    def reduces(self) -> bool:
        """Whether it takes money and no goods."""
        return any(getattr(self, name) is not None for name in _REDUCTIONS)

    @property
    def chooses(self) -> bool:
        """Whether it says what goes along."""
        return self.charges is not None or self.discounts is not None


@dataclass(frozen=True, slots=True)
class CreditCharge:
    """A charge of the invoice by its place among the discounts and charges, taken back by itself. `amount` is as it was
    printed, with tax where prices include it; None is all that remains.
    """

    position: int
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Reduction:
    """A price that is reduced: by `amount_minor` in all, which the paper says as quantity x price less percent."""

    amount_minor: int
    quantity: Decimal
    unit_price: Decimal
    unit: str = ""
    discount_percent: Decimal = Decimal(0)
    base_quantity: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a credit note takes, by position: quantities that come back, prices that are reduced, and the charges that
    are named, each with its amount. `with_charges` and `with_discounts` are the lines whose share of those goes along.
    """

    quantities: Mapping[int, Decimal]
    reductions: Mapping[int, Reduction]
    charges: Mapping[int, int]
    with_charges: frozenset[int]
    with_discounts: frozenset[int]
    everything: bool = False
    in_proportion: bool = True
    """Whether all is taken in proportion to quantities, by which no group can come to less than nothing."""


def taken_of(
    invoice: Document, left: Remaining, wanted: Sequence[CreditLine] | None, charges: Sequence[CreditCharge] = ()
) -> Taken:
    """What is wanted of an invoice; None without charges is all that remains.

    Raises:
        InvalidInput: an unknown or repeated position, or a price that is not reduced.
        LimitExceeded: more of a line or charge than remains.
    """
    there = {line.position: line.quantity for line in left.lines if line.quantity}
    if wanted is None and not charges:
        every = frozenset(there)
        return Taken(there, {}, {}, every, every, everything=True)
    if not wanted and not charges:
        raise InvalidInput("lines: name at least one line to credit, or leave lines out.", field="lines")
    named = _charges(left, charges, invoice.currency)
    quantities: dict[int, Decimal] = {}
    reductions: dict[int, Reduction] = {}
    for index, line in enumerate(wanted or ()):
        rest = _rest(left, line, index, known={*quantities, *reductions})
        quantity = _quantity(line, index, rest.quantity)
        if line.reduces:
            reductions[line.position] = _reduction(invoice, rest, line, quantity, field=f"lines[{index}]")
        else:
            quantities[line.position] = quantity
    return Taken(
        quantities,
        reductions,
        named,
        frozenset(one.position for one in wanted or () if _chosen(one.charges, default=not one.reduces)),
        frozenset(one.position for one in wanted or () if _chosen(one.discounts, default=one.amount is None)),
        in_proportion=not (named or reductions or any(one.chooses for one in wanted or ())),
    )


def _chosen(choice: bool | None, *, default: bool) -> bool:
    return default if choice is None else choice


def _rest(left: Remaining, line: CreditLine, index: int, *, known: set[int]) -> Line:
    """What is left of the line."""
    field = f"lines[{index}].position"
    found = next((one for one in left.lines if one.position == line.position), None)
    if found is None:
        raise InvalidInput(f"{field}: the invoice has no line {line.position}.", field=field)
    if line.position in known:
        raise InvalidInput(f"{field}: line {line.position} is named twice.", field=field)
    return found


def _quantity(line: CreditLine, index: int, rest: Decimal) -> Decimal:
    """How much of a line, with the sign that the line's quantity has; there it can be said without one."""
    quantity = rest if line.quantity is None else line.quantity
    field = f"lines[{index}].quantity"
    if rest < 0 < quantity:
        quantity = -quantity
    if abs(quantity) > abs(rest) or not rest:
        raise LimitExceeded(f"{field}: of line {line.position} there remains {plain(rest)} to credit.", field=field)
    if quantity == 0 or quantity * rest < 0:
        raise InvalidInput(f"{field} must be more than 0.", field=field)
    return quantity


def _reduction(invoice: Document, left: Line, line: CreditLine, quantity: Decimal, *, field: str) -> Reduction:
    said = [name for name in _REDUCTIONS if getattr(line, name) is not None]
    if len(said) > 1:
        raise InvalidInput(f"{field}: only one of {', '.join(said)}: each says what the price becomes.", field=field)
    field = f"{field}.{said[0]}"
    if left.quantity < 0:
        raise InvalidInput(f"{field}: line {left.position} takes goods back, and has no price to reduce.", field=field)
    currency = invoice.currency
    stands = Fraction(left.amount_minor) * Fraction(quantity) / Fraction(left.quantity)
    if line.amount is not None:
        minor = exact_minor(line.amount, currency, field=field)
    elif line.percent is not None:
        minor = half_up(stands * Fraction(line.percent) / 100)
    else:
        sold = next(one for one in invoice.lines if one.position == line.position)
        return _to_price(sold, line, quantity, half_up(stands), currency, field=field)
    _check_reduced(minor, half_up(stands), line.position, currency, field=field)
    return Reduction(minor, Decimal(1), to_major(minor, currency))


def _to_price(
    sold: Line, line: CreditLine, quantity: Decimal, stands_minor: int, currency: str, *, field: str
) -> Reduction:
    """The difference between what stands for the quantity and what it would have come to at the new price, with the
    amounts that were taken off or added on the line in proportion.
    """
    price = line.unit_price or Decimal(0)
    if price < 0 or price >= sold.unit_price:
        raise InvalidInput(
            f"{field} must be at least 0, and less than the price of line {sold.position}, {plain(sold.unit_price)}.",
            field=field,
        )
    minor = stands_minor - _at_price(sold, quantity, price, currency)
    _check_reduced(minor, stands_minor, sold.position, currency, field=field)
    step = replace(_bare(sold, quantity), unit_price=sold.unit_price - price)
    if line_minor(step, currency) == minor:
        return Reduction(minor, quantity, step.unit_price, sold.unit, sold.discount_percent, sold.base_quantity)
    return Reduction(minor, Decimal(1), to_major(minor, currency))


def _bare(sold: Line, quantity: Decimal) -> Line:
    """So much of the line, without what was taken off or added as an amount."""
    return replace(sold, quantity=quantity, discount_amount=Decimal(0), charge_amount=Decimal(0), adjustments=())


def _at_price(sold: Line, quantity: Decimal, price: Decimal, currency: str) -> int:
    """What so much of the line would have come to at a price: percentages as agreed, amounts in proportion."""
    part = Fraction(quantity) / Fraction(sold.quantity)
    at_price = replace(_bare(sold, quantity), unit_price=price)
    fixed = Fraction(sold.charge_amount - sold.discount_amount) * 10 ** minor_digits(currency)
    amount = line_minor(at_price, currency) + half_up(fixed * part)
    for item in sold.adjustments:
        base = amount if item.of_rest else goods_minor(at_price, currency)
        step = half_up(base * Fraction(item.percent) / 100 if item.percent else item.amount_minor * part)
        amount += item.kind.sign * step
    return max(amount, 0)


def _check_reduced(minor: int, stands_minor: int, position: int, currency: str, *, field: str) -> None:
    if minor <= 0:
        raise InvalidInput(
            f"{field}: the price of line {position} is not reduced by it: {money_text(stands_minor, currency)} stand"
            " there.",
            field=field,
        )
    if minor > stands_minor:
        raise LimitExceeded(
            f"{field}: of line {position} there remain {money_text(stands_minor, currency)} to credit.", field=field
        )


def _charges(left: Remaining, charges: Sequence[CreditCharge], currency: str) -> dict[int, int]:
    """The amount of each charge that is named."""
    found: dict[int, int] = {}
    field = "lines"
    for wanted in charges:
        parts = [item for item in left.adjustments if item.position == wanted.position]
        if not parts:
            raise InvalidInput(f"{field}: the invoice has no discount or charge {wanted.position}.", field=field)
        if parts[0].kind is AdjustmentKind.DISCOUNT:
            raise InvalidInput(
                f"{field}: {wanted.position} is a discount, which is taken back with the lines that it was for.",
                field=field,
            )
        if wanted.position in found:
            raise InvalidInput(f"{field}: charge {wanted.position} is named twice.", field=field)
        rest = sum(item.amount_minor for item in parts)
        minor = rest if wanted.amount is None else exact_minor(wanted.amount, currency, field=field)
        if minor > rest or not rest:
            raise LimitExceeded(
                f"{field}: of charge {wanted.position} there remain {money_text(rest, currency)} to credit.",
                field=field,
            )
        if minor <= 0:
            raise InvalidInput(f"{field}: the amount must be more than 0.", field=field)
        found[wanted.position] = minor
    return found
