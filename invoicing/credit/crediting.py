"""Credit notes: an invoice taken back, whole or in part, and never more than is left of it.

A credit note's amounts are shares of what is left of its invoice. So the one that takes the rest takes exactly what
remains of each line, adjustment, tax group and jurisdiction, and the invoice less all its credit notes is zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction

from invoicing.credit.nets import fitted_nets
from invoicing.credit.remaining import Remaining, group_of, remaining
from invoicing.credit.together import check_lines_together, check_total
from invoicing.document.adjusted import AdjustmentKind, LineAdjustment
from invoicing.document.corrected import LineCorrection, Remains
from invoicing.document.documents import (
    Adjustment,
    CreditedInvoice,
    Document,
    DocumentKind,
    Exchange,
    JurisdictionTax,
    Line,
    TaxSubtotal,
    Withholding,
)
from invoicing.money.amounts import EXACT, minor_digits, plain
from invoicing.money.shares import half_up, share_out
from invoicing.refusals import Conflict, InvalidInput, LimitExceeded
from invoicing.tax.conversion import convert
from invoicing.tax.inputs import GroupKey, Rounding, subtotal_key
from invoicing.tax.totals import are_apart, tax_of_stack, tax_on
from invoicing.tax.withholding import withheld_base
from invoicing.text.typed import clean_text


@dataclass(frozen=True, slots=True)
class CreditLine:
    """A line of the invoice by its position, and how much of it to take back; None is all that remains."""

    position: int
    quantity: Decimal | None = None


def credit(
    invoice: Document,
    earlier: Sequence[Document],
    wanted: Sequence[CreditLine] | None,
    *,
    reason: str,
    issue_date: date,
    series: str,
) -> Document:
    """The credit note, without id and number, that takes `wanted` of an invoice back; None is all that remains.

    `earlier` are all credit notes of the invoice. The amounts of a credit note are positive. Prices, parties,
    currency, rates of tax and exchange rate are the invoice's. Its tax belongs to the day on which it is issued.

    Raises:
        Conflict: not an invoice, or nothing remains to credit.
        InvalidInput: no reason, an unknown or repeated position, an issue date before the invoice's, or so little of
            a line that the credit note comes to a total of zero.
        LimitExceeded: more of a line than remains.
    """
    if invoice.kind is not DocumentKind.INVOICE:
        raise Conflict(f"{invoice.number} is no invoice: only invoices are credited.", field="invoice")
    reason = clean_text(reason, field="reason", limit=500)
    if not reason:
        raise InvalidInput("reason is required: a credit note says why it was made.", field="reason")
    if issue_date < invoice.issue_date:
        raise InvalidInput(
            f"issue_date {issue_date.isoformat()} lies before that of the invoice, {invoice.issue_date.isoformat()}.",
            field="issue_date",
        )
    left = remaining(invoice, earlier)
    if left.is_nothing:
        raise Conflict(f"Nothing remains to credit of {invoice.number}.", field="invoice")
    quantities = _quantities(left, wanted)
    note = _credit_note(invoice, left, quantities, reason=reason, issue_date=issue_date, series=series)
    _check_not_rounded_away(note, left)
    check_total(left, note)
    return replace(note, credits=_credited(invoice, left, note, first=not earlier))


def _credited(invoice: Document, left: Remaining, note: Document, *, first: bool) -> CreditedInvoice:
    """What the note says of its invoice: which it is, and what remains of it. `first` is before any other note."""
    net, tax = (
        sum(amounts) for amounts in zip(*((one.taxable_minor, one.tax_minor) for one in left.taxes), strict=True)
    )
    net, tax = net - note.net_minor, tax - note.tax_minor
    whole = first and {one.invoice_position: one.quantity for one in note.lines} == {
        one.position: one.quantity for one in left.lines
    }
    return CreditedInvoice(
        invoice.id, invoice.number, invoice.issue_date, whole=whole, remains=Remains(net, tax, net + tax)
    )


def _check_not_rounded_away(note: Document, left: Remaining) -> None:
    """What was given away is taken back for nothing; a part of what was charged for that comes to nothing is a
    mistake.
    """
    if note.total_minor:
        return
    taken = {line.invoice_position: line.quantity for line in note.lines}
    charged = {subtotal_key(tax) for tax in left.taxes if tax.taxable_minor + tax.tax_minor > 0}
    for line in left.lines:
        in_part = taken.get(line.position, line.quantity) < line.quantity
        if in_part and line.amount_minor > 0 and group_of(line) in charged:
            raise InvalidInput(
                f"lines: the credit note comes to a total of zero: so little of line {line.position} is less than half"
                f" of the smallest unit of {note.currency}. Raise the quantity.",
                field="lines",
            )


def _quantities(left: Remaining, wanted: Sequence[CreditLine] | None) -> dict[int, Decimal]:
    """How much of each line to take back, by position."""
    positions = {line.position for line in left.lines}
    there = {line.position: line.quantity for line in left.lines if line.quantity}
    if wanted is None:
        return there
    if not wanted:
        raise InvalidInput("lines: name at least one line to credit, or leave lines out.", field="lines")
    found: dict[int, Decimal] = {}
    for index, line in enumerate(wanted):
        field = f"lines[{index}].position"
        if line.position not in positions:
            raise InvalidInput(f"{field}: the invoice has no line {line.position}.", field=field)
        if line.position in found:
            raise InvalidInput(f"{field}: line {line.position} is named twice.", field=field)
        rest = there.get(line.position, Decimal(0))
        found[line.position] = _quantity(line, rest, field=f"lines[{index}].quantity")
    return found


def _quantity(line: CreditLine, rest: Decimal, *, field: str) -> Decimal:
    """How much of a line to take back, with the sign that the line's quantity has; there it can be said without one."""
    quantity = rest if line.quantity is None else line.quantity
    if rest < 0 < quantity:
        quantity = -quantity
    if abs(quantity) > abs(rest) or not rest:
        raise LimitExceeded(f"{field}: of line {line.position} there remains {plain(rest)} to credit.", field=field)
    if quantity == 0 or quantity * rest < 0:
        raise InvalidInput(f"{field} must be more than 0.", field=field)
    return quantity


def _credit_note(
    invoice: Document,
    left: Remaining,
    quantities: Mapping[int, Decimal],
    *,
    reason: str,
    issue_date: date,
    series: str,
) -> Document:
    taken = [line for line in left.lines if line.position in quantities]
    lines = tuple(
        _credited_line(position, line, quantities[line.position], invoice.currency)
        for position, line in enumerate(taken, start=1)
    )
    check_lines_together(left, lines, invoice.currency)
    adjustments = _credited_adjustments(left, lines)
    if invoice.prices_include_tax:
        lines, adjustments = fitted_nets(left, lines, adjustments)
    taxes = _credited_taxes(invoice, left, lines, adjustments)
    net = sum(tax.taxable_minor for tax in taxes)
    tax = sum(tax.tax_minor for tax in taxes)
    last = all(quantities.get(line.position, 0) == line.quantity for line in left.lines)
    return replace(
        invoice,
        kind=DocumentKind.CREDIT_NOTE,
        id="",
        number="",
        series=series,
        issue_date=issue_date,
        due_date=issue_date,
        payment_terms="",
        early_payment=None,
        instalments=(),
        legal_terms=(),
        note="",
        lines=lines,
        adjustments=adjustments,
        taxes=taxes,
        net_minor=net,
        tax_minor=tax,
        total_minor=net + tax,
        withholding=_credited_withholding(left.withholding, lines, adjustments, net, net + tax, last=last),
        exchange=_credited_exchange(left, net, tax, invoice.currency, last=last),
        credits=None,
        reason=reason,
        tax_point=issue_date,
    )


def _share(amount: int, part: Fraction) -> int:
    """A part of an amount, rounded half up; all of it is the amount itself."""
    return half_up(amount * part)


def _credited_line(position: int, left: Line, quantity: Decimal, currency: str) -> Line:
    part = Fraction(quantity) / Fraction(left.quantity)
    return replace(
        left,
        position=position,
        invoice_position=left.position,
        quantity=quantity,
        discount_amount=_share_of_decimal(left.discount_amount, part, currency),
        charge_amount=_share_of_decimal(left.charge_amount, part, currency),
        adjustments=tuple(_share_of_adjustment(item, part) for item in left.adjustments),
        amount_minor=_share(left.amount_minor, part),
        net_minor=_share(left.net_minor, part),
        correction=LineCorrection(left.quantity, left.amount_minor),
    )


def _share_of_adjustment(left: LineAdjustment, part: Fraction) -> LineAdjustment:
    return replace(left, base_minor=_share(left.base_minor, part), amount_minor=_share(left.amount_minor, part))


def _share_of_decimal(amount: Decimal, part: Fraction, currency: str) -> Decimal:
    if part == 1:
        return amount
    # Rounded towards nothing, so that what is left is never on the other side of it.
    units = int(Fraction(amount) * 10 ** minor_digits(currency) * part)
    with localcontext(EXACT):
        return Decimal(units).scaleb(-minor_digits(currency))


def _credited_adjustments(left: Remaining, lines: Sequence[Line]) -> tuple[Adjustment, ...]:
    """The adjustments in proportion to the lines of their group that are taken back; of a group without lines, in
    proportion to all lines.
    """
    found: list[Adjustment] = []
    for key in dict.fromkeys(group_of(item) for item in left.adjustments):
        there = [line for line in left.lines if group_of(line) == key]
        taken = [line for line in lines if group_of(line) == key]
        part = _part(there, taken) if any(line.quantity for line in there) else _part(left.lines, lines)
        mine = [item for item in left.adjustments if group_of(item) == key]
        charges = [item for item in mine if item.kind is AdjustmentKind.CHARGE]
        discounts = [item for item in mine if item.kind is AdjustmentKind.DISCOUNT]
        # Each kind is rounded once for the group, so that neither what is credited of a group nor what remains of it
        # can come to less than nothing: lines + charges >= discounts also holds for the rounded shares.
        for kind in (charges, discounts):
            found.extend(_credited_amounts(kind, _share(sum(item.amount_minor for item in kind), part)))
    return tuple(sorted((item for item in found if item.amount_minor or item.net_minor), key=lambda i: i.position))


def _part(there: Sequence[Line], taken: Sequence[Line]) -> Fraction:
    """Which part of the lines is taken back: by amount, and all of it where no quantity is left."""
    quantities = {line.invoice_position: line.quantity for line in taken}
    if all(quantities.get(line.position, 0) == line.quantity for line in there):
        return Fraction(1)
    whole = sum(line.amount_minor for line in there)
    part = Fraction(sum(line.amount_minor for line in taken), whole) if whole else Fraction(0)
    return min(max(part, Fraction(0)), Fraction(1))


def _credited_amounts(items: Sequence[Adjustment], amount_minor: int) -> list[Adjustment]:
    """The adjustments with their shares of an amount; the net of each in proportion to its own."""
    shares = share_out(amount_minor, [item.amount_minor for item in items])
    return [
        replace(
            item,
            base_minor=0,
            percent=Decimal(0),
            amount_minor=share,
            # Where no amount is left, what is left of its net goes with it.
            net_minor=_share(item.net_minor, Fraction(share, item.amount_minor))
            if item.amount_minor
            else item.net_minor,
        )
        for item, share in zip(items, shares, strict=True)
    ]


def _credited_taxes(
    invoice: Document, left: Remaining, lines: Sequence[Line], adjustments: Sequence[Adjustment]
) -> tuple[TaxSubtotal, ...]:
    found = []
    for tax in left.taxes:
        key = subtotal_key(tax)
        parts: list[tuple[int, int]] = [(line.net_minor, line.amount_minor) for line in lines if group_of(line) == key]
        for item in adjustments:
            if group_of(item) == key:
                sign = -1 if item.kind is AdjustmentKind.DISCOUNT else 1
                parts.append((sign * item.net_minor, sign * item.amount_minor))
        if not parts:
            continue
        net = sum(part_net for part_net, _ in parts)
        rest = _takes_the_rest(left, lines, adjustments, key)
        charged = tax.tax_minor if rest else _tax(invoice, tax, parts)
        levied = tax.jurisdictions if rest else _credited_jurisdictions(tax.jurisdictions, charged, net)
        found.append(replace(tax, taxable_minor=net, tax_minor=charged, jurisdictions=levied))
    return tuple(found)


def _takes_the_rest(left: Remaining, lines: Sequence[Line], adjustments: Sequence[Adjustment], key: GroupKey) -> bool:
    """Whether nothing remains of a group: of its lines, or of its charges where it has no lines.

    Rounded up, the share of a small charge can be all of it before the last line is taken back; then there is no
    later credit note that its tax could be on.
    """
    there = [line for line in left.lines if group_of(line) == key]
    if there:
        return _part(there, [line for line in lines if group_of(line) == key]) == 1
    remains, taken = (
        sum(item.amount_minor for item in items if group_of(item) == key) for items in (left.adjustments, adjustments)
    )
    return taken == remains


def _tax(invoice: Document, left: TaxSubtotal, parts: Sequence[tuple[int, int]]) -> int:
    """The tax by the invoice's own rounding mode, but not more than remains of the group's tax."""
    if invoice.prices_include_tax:
        charged = sum(amount - net for net, amount in parts)
    elif invoice.rounding == Rounding.PER_LINE:
        charged = sum(tax_of_stack(net, left.rate, left.jurisdictions) for net, _ in parts)
    else:
        charged = tax_of_stack(sum(net for net, _ in parts), left.rate, left.jurisdictions)
    if invoice.prices_include_tax:
        return charged
    return min(max(charged, min(0, left.tax_minor)), max(0, left.tax_minor))


def _credited_jurisdictions(
    left: Sequence[JurisdictionTax], tax_minor: int, net_minor: int
) -> tuple[JurisdictionTax, ...]:
    if not left:
        return ()
    own = [tax_on(net_minor, part.rate) for part in left] if are_apart(left) else []
    if own and sum(own) == tax_minor and all(share <= part.tax_minor for share, part in zip(own, left, strict=True)):
        return tuple(replace(part, tax_minor=share) for part, share in zip(left, own, strict=True))
    # In proportion to what remains of each, so that none is credited more than it was charged.
    remains = [part.tax_minor for part in left]
    weights = remains if 0 <= tax_minor <= sum(remains) else [part.rate for part in left]
    return tuple(
        replace(part, tax_minor=share) for part, share in zip(left, share_out(tax_minor, weights), strict=True)
    )


def _credited_withholding(
    left: Withholding | None,
    lines: Sequence[Line],
    adjustments: Sequence[Adjustment],
    net_minor: int,
    total_minor: int,
    *,
    last: bool,
) -> Withholding | None:
    """What is withheld of all that is credited by now, less what was before: roundings do not add up."""
    if left is None:
        return None
    whole = total_minor if left.of_total else net_minor
    base = withheld_base(left.without, lines, adjustments, whole_minor=whole)
    remains = tax_on(left.base_minor - base, left.rate)
    amount = left.amount_minor if last or left.base_minor == base else max(0, left.amount_minor - remains)
    return replace(left, base_minor=base, amount_minor=amount)


def _credited_exchange(
    remains: Remaining, net_minor: int, tax_minor: int, currency: str, *, last: bool
) -> Exchange | None:
    left = remains.exchange
    if left is None or last:
        return left
    net, tax = (
        convert(amount, left.rate, currency=currency, accounting_currency=left.currency)
        for amount in (net_minor, tax_minor)
    )
    if any(subtotal.taxable_minor < 0 for subtotal in remains.taxes):
        # Of a sum of both signs a part can be more than the whole.
        return replace(left, net_minor=net, tax_minor=tax)
    return replace(left, net_minor=min(net, left.net_minor), tax_minor=min(tax, left.tax_minor))
