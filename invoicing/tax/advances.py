"""Advances on their way into a final invoice: lines that deduct them with the tax that they bore.

A sum without tax (EN 16931, BT-113) would leave the final invoice with the tax of all that was supplied, and the tax of
the advance would be charged twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from invoicing.credit.remaining import Remaining, group_of, remaining
from invoicing.document.advances import DeductedAdvance
from invoicing.document.documents import (
    Adjustment,
    Document,
    Line,
    PricedLine,
    Supply,
    Tag,
    TaxCategory,
    TaxSubtotal,
)
from invoicing.document.requested import ALL_ADVANCES, RequestedDocument
from invoicing.money.amounts import plain, to_major
from invoicing.money.shares import share_out
from invoicing.refusals import InvalidInput
from invoicing.tax.inputs import AppliedTax, TaxedLine, subtotal_key
from invoicing.tax.lines import TaxSetting
from invoicing.tax.totals import Totals


@dataclass(frozen=True, slots=True)
class OpenAdvance:
    """An advance invoice that nothing deducts yet, and its credit notes."""

    invoice: Document
    notes: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True)
class _Kind:
    """What parts of an advance are deducted together: it stays apart in the books and in what a buyer withholds."""

    tax_code: str
    account: str
    dimensions: tuple[Tag, ...]
    cost: str
    supply: Supply


def posted_as_asked(lines: list[TaxedLine], request: RequestedDocument, setting: TaxSetting) -> list[TaxedLine]:
    """The lines of an advance are posted to the account of advances, where there is one; others stay."""
    account = setting.setup.posting.advances
    if not request.advance or not account:
        return lines
    return [replace(one, line=replace(one.line, revenue_account=account)) for one in lines]


def check_advances(request: RequestedDocument, totals: Totals) -> None:
    """An advance asks for something at each of its rates: less than nothing could not be deducted as a line. VAT that
    the buyer pays itself and VAT that it pays to the seller do not go on one invoice (BR-B-2).

    Raises:
        InvalidInput: of a rate an advance takes back more than it charges, or one that is deducted bore its tax in the
            other way.
    """
    below = [tax for tax in totals.taxes if tax.taxable_minor < 0 or tax.taxable_minor == 0 != tax.tax_minor]
    if request.advance and below:
        raise InvalidInput(
            f"lines: this advance takes back more than it asks for at {plain(below[0].rate)} %: no final invoice"
            " could deduct that. What is given back is a credit note of what charged it, or a line of the final"
            " invoice.",
            field="lines",
        )
    _check_split_alike(totals)


def deducted_lines(
    request: RequestedDocument,
    advances: Sequence[OpenAdvance],
    setting: TaxSetting,
    *,
    prices_include_tax: bool,
) -> list[TaxedLine]:
    """The lines that deduct what is left of each advance: one for each of its tax groups, or more where its books tell
    parts of a group apart.

    Raises:
        InvalidInput: an advance that was named is in another currency.
    """
    found: list[TaxedLine] = []
    account, currency = setting.setup.posting.advances or "", setting.currency
    for advance in advances:
        invoice = advance.invoice
        if invoice.currency == currency:
            left = remaining(invoice, advance.notes)
            for tax in left.taxes:
                found.extend(_lines(invoice, left, tax, account, prices_include_tax=prices_include_tax))
        elif ALL_ADVANCES not in request.deducts:
            raise InvalidInput(
                f"deduct: {invoice.number} is in {invoice.currency}, and this invoice in {currency}.", field="deduct"
            )
    return found


def _check_split_alike(totals: Totals) -> None:
    if not {TaxCategory.STANDARD, TaxCategory.SPLIT_PAYMENT} <= {tax.category for tax in totals.taxes}:
        return
    last = next((line.advance for line in reversed(totals.lines) if line.advance is not None), None)
    if last is not None:
        raise InvalidInput(
            f"deduct: of {last.number} and this invoice, only one has VAT that the buyer pays itself (split payment),"
            " and both do not go on one invoice. Say split_payment in details as the advance has it, or credit that and"
            " issue it anew.",
            field="deduct",
        )


def _lines(
    invoice: Document, left: Remaining, tax: TaxSubtotal, account: str, *, prices_include_tax: bool
) -> list[TaxedLine]:
    if tax.taxable_minor <= 0:
        return []
    nets = _nets(left, tax, account)
    if min(nets.values()) <= 0:
        # Parts that were taken back within the advance itself have no line of their own.
        nets = {max(nets, key=lambda kind: nets[kind]): tax.taxable_minor}
    shares = share_out(tax.tax_minor, list(nets.values()))
    return [
        TaxedLine(_line(invoice, kind, net, share, prices_include_tax=prices_include_tax), _applied(left, tax, kind))
        for (kind, net), share in zip(nets.items(), shares, strict=True)
    ]


def _nets(left: Remaining, tax: TaxSubtotal, account: str) -> dict[_Kind, int]:
    """What is left of a tax group, by kind."""
    other = _Kind("", account, (), "", left.lines[0].supply)
    found: dict[_Kind, int] = {}
    parts: list[Line | Adjustment] = [*left.lines, *left.adjustments]
    for part in parts:
        if group_of(part) == subtotal_key(tax) and part.net_minor:
            kind, net = _kind_of(part, other)
            found[kind] = found.get(kind, 0) + net
    return {kind: net for kind, net in found.items() if net}


def _kind_of(part: Line | Adjustment, other: _Kind) -> tuple[_Kind, int]:
    if isinstance(part, Line):
        return _Kind(part.tax_code, part.revenue_account, part.dimensions, part.cost, part.supply), part.net_minor
    return replace(other, tax_code=part.tax_code, cost=part.cost), part.kind.sign * part.net_minor


def _line(invoice: Document, kind: _Kind, net_minor: int, tax_minor: int, *, prices_include_tax: bool) -> PricedLine:
    price = net_minor + tax_minor if prices_include_tax else net_minor
    return PricedLine(
        quantity=Decimal(-1),
        description=f"{invoice.number}, {invoice.issue_date.isoformat()}",
        unit_price=to_major(price, invoice.currency),
        supply=kind.supply,
        revenue_account=kind.account,
        dimensions=kind.dimensions,
        cost=kind.cost,
        advance=DeductedAdvance(invoice.id, invoice.number, invoice.issue_date, net_minor, tax_minor),
    )


def _applied(left: Remaining, tax: TaxSubtotal, kind: _Kind) -> AppliedTax:
    """The tax that the advance bore, whatever is charged today."""
    parts: list[Line | Adjustment] = [*left.lines, *left.adjustments]
    first = next(part for part in parts if group_of(part) == subtotal_key(tax))
    return AppliedTax(
        kind.tax_code,
        tax.category,
        tax.rate,
        label=tax.label,
        reason=tax.reason,
        reason_local=tax.reason_local,
        reason_code=tax.reason_code,
        jurisdictions=first.jurisdictions,
    )
