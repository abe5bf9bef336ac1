"""What is left of an invoice after its earlier credit notes: quantities and amounts, line by line, group by group."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext

from invoicing.document.adjusted import LineAdjustment
from invoicing.document.documents import Adjustment, Document, Exchange, Line, TaxSubtotal, Withholding
from invoicing.money.amounts import EXACT, to_major
from invoicing.refusals import Conflict
from invoicing.tax.inputs import GroupKey, group_key, subtotal_key


@dataclass(frozen=True, slots=True)
class Remaining:
    """An invoice's parts with the quantities and amounts that no credit note has taken back yet."""

    lines: tuple[Line, ...]
    adjustments: tuple[Adjustment, ...]
    taxes: tuple[TaxSubtotal, ...]
    withholding: Withholding | None
    exchange: Exchange | None

    @property
    def is_nothing(self) -> bool:
        """Whether every line has been taken back whole, and every charge with them."""
        return not any(line.quantity for line in self.lines) and not any(item.amount_minor for item in self.adjustments)

    @property
    def net_minor(self) -> int:
        """What is left of the net."""
        return sum(tax.taxable_minor for tax in self.taxes)

    @property
    def tax_minor(self) -> int:
        """What is left of the tax."""
        return sum(tax.tax_minor for tax in self.taxes)


def remaining(invoice: Document, earlier: Sequence[Document]) -> Remaining:
    """What `earlier`, all of the invoice's credit notes, leave of it.

    Raises:
        Conflict: a credit note is of another invoice, or more was credited than there was.
    """
    for note in earlier:
        if note.credits is None or note.credits.id != invoice.id:
            raise Conflict(f"{note.number} is no credit note of {invoice.number}.", field="earlier")
    credited = _lines_by_position(earlier)
    left = Remaining(
        lines=tuple(_line_left(line, credited.get(line.position, ()), invoice.currency) for line in invoice.lines),
        adjustments=tuple(_adjustment_left(item, earlier) for item in invoice.adjustments),
        taxes=tuple(_tax_left(tax, earlier) for tax in invoice.taxes),
        withholding=_withholding_left(invoice, earlier),
        exchange=_exchange_left(invoice, earlier),
    )
    if any(left_of.quantity * line.quantity < 0 for left_of, line in zip(left.lines, invoice.lines, strict=True)):
        raise Conflict(f"More was credited of {invoice.number} than it has.", field="earlier")
    return left


def group_of(part: Line | Adjustment) -> GroupKey:
    """The tax group that a line or adjustment is in."""
    return group_key(part.tax_rate, part.tax_category, part.jurisdictions)


def _lines_by_position(notes: Sequence[Document]) -> dict[int, list[Line]]:
    """The lines of credit notes by the line of the invoice that they take back."""
    found: dict[int, list[Line]] = {}
    for note in notes:
        for line in note.lines:
            found.setdefault(line.invoice_position, []).append(line)
    return found


def _line_left(line: Line, credited: Sequence[Line], currency: str) -> Line:
    """By how much the price was reduced is a discount of what is left, so that quantity x price still leads to it."""
    returned = [part for part in credited if not part.price_only]
    reduced = to_major(sum(part.amount_minor for part in credited if part.price_only), currency)
    with localcontext(EXACT):
        quantity = line.quantity - sum((part.quantity for part in returned), Decimal(0))
        discount = line.discount_amount - sum((part.discount_amount for part in returned), Decimal(0)) + reduced
        charge = line.charge_amount - sum((part.charge_amount for part in returned), Decimal(0))
    return replace(
        line,
        quantity=quantity,
        discount_amount=discount,
        charge_amount=charge,
        adjustments=_line_adjustments_left(line, returned) if line.adjustments else (),
        amount_minor=line.amount_minor - sum(part.amount_minor for part in credited),
        net_minor=line.net_minor - sum(part.net_minor for part in credited),
    )


def _line_adjustments_left(line: Line, credited: Sequence[Line]) -> tuple[LineAdjustment, ...]:
    return tuple(
        replace(
            item,
            base_minor=item.base_minor - sum(part.adjustments[index].base_minor for part in credited),
            amount_minor=item.amount_minor - sum(part.adjustments[index].amount_minor for part in credited),
        )
        for index, item in enumerate(line.adjustments)
    )


def _adjustment_left(item: Adjustment, earlier: Sequence[Document]) -> Adjustment:
    credited = [
        part
        for note in earlier
        for part in note.adjustments
        if (part.position, group_of(part)) == (item.position, group_of(item))
    ]
    return replace(
        item,
        amount_minor=item.amount_minor - sum(part.amount_minor for part in credited),
        net_minor=item.net_minor - sum(part.net_minor for part in credited),
    )


def _tax_left(tax: TaxSubtotal, earlier: Sequence[Document]) -> TaxSubtotal:
    key = subtotal_key(tax)
    credited = [part for note in earlier for part in note.taxes if subtotal_key(part) == key]
    return replace(
        tax,
        taxable_minor=tax.taxable_minor - sum(part.taxable_minor for part in credited),
        tax_minor=tax.tax_minor - sum(part.tax_minor for part in credited),
        jurisdictions=tuple(
            replace(place, tax_minor=place.tax_minor - sum(part.jurisdictions[index].tax_minor for part in credited))
            for index, place in enumerate(tax.jurisdictions)
        ),
    )


def _withholding_left(invoice: Document, earlier: Sequence[Document]) -> Withholding | None:
    if invoice.withholding is None:
        return None

    def credited(amount: Callable[[Withholding], int]) -> int:
        return sum(amount(note.withholding) for note in earlier if note.withholding is not None)

    return replace(
        invoice.withholding,
        base_minor=invoice.withholding.base_minor - credited(lambda part: part.base_minor),
        amount_minor=invoice.withholding.amount_minor - credited(lambda part: part.amount_minor),
    )


def _exchange_left(invoice: Document, earlier: Sequence[Document]) -> Exchange | None:
    if invoice.exchange is None:
        return None

    def credited(amount: Callable[[Exchange], int]) -> int:
        return sum(amount(note.exchange) for note in earlier if note.exchange is not None)

    return replace(
        invoice.exchange,
        net_minor=invoice.exchange.net_minor - credited(lambda part: part.net_minor),
        tax_minor=invoice.exchange.tax_minor - credited(lambda part: part.tax_minor),
    )
