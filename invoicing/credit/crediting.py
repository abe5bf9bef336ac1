"""Credit notes: an invoice taken back, whole or in part, and never more than is left of it.

A credit note's amounts are shares of what is left of its invoice. So the one that takes the rest takes exactly what
remains of each line, adjustment, tax group and jurisdiction, and the invoice less all its credit notes is zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction

from invoicing.credit.nets import fitted_nets
from invoicing.credit.paid_back import credited_rounding
from invoicing.credit.remaining import Remaining, group_of, remaining
from invoicing.credit.shared import credited_adjustments, share_of
from invoicing.credit.together import check_advances_whole, check_lines_together, check_total
from invoicing.credit.wanted import CreditCharge, CreditLine, Reduction, Taken, taken_of
from invoicing.document.adjusted import LineAdjustment
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
from invoicing.money.amounts import EXACT, minor_digits, money_text, plain
from invoicing.money.shares import share_out
from invoicing.refusals import Conflict, InvalidInput, LimitExceeded
from invoicing.tax.conversion import convert
from invoicing.tax.inputs import GroupKey, Rounding, subtotal_key
from invoicing.tax.totals import are_apart, tax_of_stack, tax_on
from invoicing.tax.withholding import withheld_base
from invoicing.text.typed import clean_text


def credit(
    invoice: Document,
    earlier: Sequence[Document],
    wanted: Sequence[CreditLine] | None,
    charges: Sequence[CreditCharge] = (),
    *,
    reason: str,
    issue_date: date,
    series: str,
) -> Document:
    """The credit note, without id and number, that takes `wanted` and `charges` of an invoice back; None and no charges
    is all that remains.

    `earlier` are all credit notes of the invoice. The amounts of a credit note are positive. Prices, parties,
    currency, rates of tax and exchange rate are the invoice's. Its tax belongs to the day on which it is issued.

    Raises:
        Conflict: not an invoice, or nothing remains to credit.
        InvalidInput: no reason, an unknown or repeated position, an issue date before the invoice's, a price that is
            not reduced, or so little of a line that the credit note comes to a total of zero.
        LimitExceeded: more of a line, a charge or a tax group than remains.
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
    taken = taken_of(invoice, left, wanted, charges)
    check_advances_whole(left, taken.quantities)
    note = _credit_note(invoice, left, taken, reason=reason, issue_date=issue_date, series=series)
    _check_not_rounded_away(note, left)
    check_total(left, note)
    if not taken.in_proportion:
        _check_groups(note, left)
    note = replace(note, payable_rounding=credited_rounding(invoice, earlier, note))
    return replace(note, credits=_credited(invoice, left, note, first=not earlier))


def _credited(invoice: Document, left: Remaining, note: Document, *, first: bool) -> CreditedInvoice:
    """What the note says of its invoice: which it is, and what remains of it. `first` is before any other note."""
    net, tax = left.net_minor - note.net_minor, left.tax_minor - note.tax_minor
    returned = {one.invoice_position: one.quantity for one in note.lines if not one.price_only}
    whole = first and net == tax == 0 and returned == {one.position: one.quantity for one in left.lines}
    return CreditedInvoice(
        invoice.id, invoice.number, invoice.issue_date, whole=whole, remains=Remains(net, tax, net + tax)
    )


def _check_groups(note: Document, left: Remaining) -> None:
    """A line that is taken back without its discounts is more than was charged for it: the others must leave room."""
    remains = {subtotal_key(tax): tax for tax in left.taxes}
    for tax in note.taxes:
        there = remains[subtotal_key(tax)]
        pairs = ((tax.taxable_minor, there.taxable_minor), (tax.tax_minor, there.tax_minor))
        if not all(min(left_of, 0) <= part <= max(left_of, 0) for part, left_of in pairs):
            raise LimitExceeded(
                f"lines: {money_text(tax.taxable_minor, note.currency)} would be credited with {plain(tax.rate)} % tax,"
                f" and {money_text(there.taxable_minor, note.currency)} remain: take discounts back with their lines.",
                field="lines",
            )


def _check_not_rounded_away(note: Document, left: Remaining) -> None:
    """What was given away is taken back for nothing; a part of what was charged for that comes to nothing is a
    mistake.
    """
    if note.total_minor:
        return
    taken = {line.invoice_position: line.quantity for line in note.lines if not line.price_only}
    charged = {subtotal_key(tax) for tax in left.taxes if tax.taxable_minor + tax.tax_minor > 0}
    for line in left.lines:
        in_part = taken.get(line.position, line.quantity) < line.quantity
        if in_part and line.amount_minor > 0 and group_of(line) in charged:
            raise InvalidInput(
                f"lines: the credit note comes to a total of zero: so little of line {line.position} is less than half"
                f" of the smallest unit of {note.currency}. Raise the quantity.",
                field="lines",
            )


def _credit_note(
    invoice: Document,
    left: Remaining,
    taken: Taken,
    *,
    reason: str,
    issue_date: date,
    series: str,
) -> Document:
    touched = [line for line in left.lines if line.position in taken.quantities or line.position in taken.reductions]
    lines = tuple(
        _reduced_line(position, line, taken.reductions[line.position])
        if line.position in taken.reductions
        else _credited_line(position, line, taken.quantities[line.position], invoice.currency)
        for position, line in enumerate(touched, start=1)
    )
    check_lines_together(left, lines, invoice.currency)
    adjustments = credited_adjustments(left, lines, taken)
    if invoice.prices_include_tax:
        lines, adjustments = fitted_nets(left, lines, adjustments)
    taxes = _credited_taxes(invoice, left, lines, adjustments)
    net = sum(tax.taxable_minor for tax in taxes)
    tax = sum(tax.tax_minor for tax in taxes)
    last = all(_takes_the_rest(left, lines, adjustments, subtotal_key(tax)) for tax in left.taxes)
    return replace(
        invoice,
        kind=DocumentKind.CREDIT_NOTE,
        id="",
        number="",
        series=series,
        issue_date=issue_date,
        due_date=issue_date,
        payment=replace(invoice.payment, reference_rule="", reference=""),
        payment_terms="",
        early_payment=None,
        instalments=(),
        legal_terms=(),
        payable_rounding=None,
        note="",
        paid_on=None,
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
        amount_minor=share_of(left.amount_minor, part),
        net_minor=share_of(left.net_minor, part),
        correction=LineCorrection(left.quantity, left.amount_minor),
    )


def _share_of_adjustment(left: LineAdjustment, part: Fraction) -> LineAdjustment:
    return replace(left, base_minor=share_of(left.base_minor, part), amount_minor=share_of(left.amount_minor, part))


def _reduced_line(position: int, left: Line, reduction: Reduction) -> Line:
    """The money that is taken off a line, of which nothing comes back."""
    return replace(
        left,
        position=position,
        invoice_position=left.position,
        quantity=reduction.quantity,
        base_quantity=reduction.base_quantity,
        unit=reduction.unit,
        unit_price=reduction.unit_price,
        discount_percent=reduction.discount_percent,
        discount_amount=Decimal(0),
        charge_amount=Decimal(0),
        adjustments=(),
        amount_minor=reduction.amount_minor,
        net_minor=share_of(left.net_minor, Fraction(reduction.amount_minor, left.amount_minor)),
        correction=LineCorrection(left.quantity, left.amount_minor, price_only=True),
    )


def _share_of_decimal(amount: Decimal, part: Fraction, currency: str) -> Decimal:
    if part == 1:
        return amount
    # Rounded towards nothing, so that what is left is never on the other side of it.
    units = int(Fraction(amount) * 10 ** minor_digits(currency) * part)
    with localcontext(EXACT):
        return Decimal(units).scaleb(-minor_digits(currency))


def _credited_taxes(
    invoice: Document, left: Remaining, lines: Sequence[Line], adjustments: Sequence[Adjustment]
) -> tuple[TaxSubtotal, ...]:
    found = []
    for tax in left.taxes:
        key = subtotal_key(tax)
        parts: list[tuple[int, int]] = [(line.net_minor, line.amount_minor) for line in lines if group_of(line) == key]
        parts += [
            (item.kind.sign * item.net_minor, item.kind.sign * item.amount_minor)
            for item in adjustments
            if group_of(item) == key
        ]
        if not parts:
            continue
        net = sum(part_net for part_net, _ in parts)
        rest = _takes_the_rest(left, lines, adjustments, key)
        charged = tax.tax_minor if rest else _tax(invoice, tax, parts)
        levied = tax.jurisdictions if rest else _credited_jurisdictions(tax.jurisdictions, charged, net)
        found.append(replace(tax, taxable_minor=net, tax_minor=charged, jurisdictions=levied))
    return tuple(found)


def _takes_the_rest(left: Remaining, lines: Sequence[Line], adjustments: Sequence[Adjustment], key: GroupKey) -> bool:
    """Whether nothing remains of a group's amounts: then there is no later credit note that its tax could be on, though
    some quantity may remain, of which the last unit was rounded up, or the price reduced to nothing.
    """
    taken = {("line", line.invoice_position): line.amount_minor for line in lines}
    taken |= {("adjustment", item.position): item.amount_minor for item in adjustments if group_of(item) == key}
    return all(taken.get(part, 0) == amount for part, amount in _amounts(left, key))


def _amounts(left: Remaining, key: GroupKey) -> Iterator[tuple[tuple[str, int], int]]:
    """What is left of each line and adjustment of a group, as printed."""
    yield from ((("line", line.position), line.amount_minor) for line in left.lines if group_of(line) == key)
    yield from ((("adjustment", one.position), one.amount_minor) for one in left.adjustments if group_of(one) == key)


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
