"""Cash accounting: the tax of a supply becomes due when the customer pays, and as far as it pays.

Directive 2006/112/EC, Articles 66(b) and 167a. What is due follows from the invoice, its credit notes, the discounts
that were taken and the money that stands, whatever the order in which they came: an event makes due what the
difference is between after and before. docs/money.md has the rule with its cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from invoicing.document.converting import AccountingTax, accounting_taxes
from invoicing.document.documents import Document, TaxCategory, TaxSubtotal
from invoicing.money.shares import half_up, settle, share_out
from invoicing.settlement.discounts import TaxChange, tax_changes
from invoicing.settlement.kinds import SettlementKind
from invoicing.tax.inputs import subtotal_key

NO_MONEY = frozenset({SettlementKind.WRITE_OFF, SettlementKind.CERTIFICATE, SettlementKind.DISCOUNT})
"""The kinds by which nothing is received; what the customer pays to a bank or a tax office for the seller is."""


@dataclass(frozen=True, slots=True)
class Received:
    """What came of an invoice, and the discounts that were taken of it: in minor units of its currency, what was taken
    back not among them.
    """

    money_minor: int = 0
    discounts_minor: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class DueTax:
    """What of a subtotal is due, or could be; amounts in the currency of the books are None where no rate is known."""

    taxable_minor: int
    tax_minor: int
    accounting_taxable_minor: int | None
    accounting_tax_minor: int | None
    parts_minor: tuple[int, ...]
    accounting_parts_minor: tuple[int | None, ...]

    @property
    def gross_minor(self) -> int:
        return self.taxable_minor + self.tax_minor


def waits_for_payment(document: Document, tax: TaxSubtotal) -> bool:
    """Whether the tax of this subtotal becomes due by payment; without tax there is nothing to wait for."""
    return document.is_due_by_payment and tax.category is TaxCategory.STANDARD


def due_taxes(invoice: Document, notes: Sequence[Document], received: Received) -> list[DueTax]:
    """What is due of each subtotal of an invoice by what was received: of what `notes`, its credit notes, and discounts
    leave of it in proportion to what is to be paid of that. What was received beyond is of what was credited: its tax
    falls when it is paid back.
    """
    whole, credited = _wholes(invoice), _credited(invoice, notes)
    left = _discounted([_less(*pair) for pair in zip(whole, credited, strict=True)], invoice, notes, received)
    credited_minor = sum(note.payable_minor for note in notes)
    left_minor = invoice.payable_minor - credited_minor - sum(received.discounts_minor)
    money = max(received.money_minor, 0)
    first = _paid(left, money, of_minor=left_minor)
    beyond = _paid(credited, max(money - max(left_minor, 0), 0), of_minor=credited_minor)
    return [_more(*pair) for pair in zip(first, beyond, strict=True)]


def made_due(invoice: Document, before: Sequence[DueTax], after: Sequence[DueTax]) -> tuple[TaxChange, ...]:
    """What an event changes in the subtotals that wait for payment: what it makes due is taken off less than zero."""
    pairs = enumerate(zip(invoice.taxes, before, after, strict=True), start=1)
    return tuple(
        _change(position, _less(was, now))
        for position, (tax, was, now) in pairs
        if waits_for_payment(invoice, tax) and was != now
    )


def _wholes(document: Document) -> list[DueTax]:
    pairs = zip(document.taxes, accounting_taxes(document), strict=True)
    return [_whole(tax, accounting) for tax, accounting in pairs]


def _whole(tax: TaxSubtotal, accounting: AccountingTax) -> DueTax:
    return DueTax(
        tax.taxable_minor,
        tax.tax_minor,
        accounting.taxable_minor,
        accounting.tax_minor,
        tuple(part.tax_minor for part in tax.jurisdictions),
        accounting.parts_minor,
    )


def _credited(invoice: Document, notes: Sequence[Document]) -> list[DueTax]:
    """What credit notes took back of each subtotal."""
    found = [_nothing(tax) for tax in _wholes(invoice)]
    position_of = {subtotal_key(tax): index for index, tax in enumerate(invoice.taxes)}
    for note in notes:
        for tax, whole in zip(note.taxes, _wholes(note), strict=True):
            index = position_of[subtotal_key(tax)]
            found[index] = _more(found[index], whole)
    return found


def _discounted(
    left: Sequence[DueTax], invoice: Document, notes: Sequence[Document], received: Received
) -> list[DueTax]:
    """What discounts leave; in the currency of the books in proportion."""
    found = list(left)
    for amount in received.discounts_minor:
        for change in tax_changes(invoice, notes, amount, worth_minor=None, books_currency=""):
            index = change.position - 1
            net = found[index].taxable_minor - change.taxable_minor
            found[index] = _scaled(found[index], net, found[index].tax_minor - change.tax_minor)
    return found


def _paid(wholes: Sequence[DueTax], money_minor: int, *, of_minor: int) -> list[DueTax]:
    """What of these is paid by so much of what is to be paid of them: shared by their amounts with tax; of each the
    net is rounded half up, and the tax is the rest.
    """
    if money_minor >= of_minor:
        return list(wholes)
    exact = [Fraction(one.gross_minor * money_minor, of_minor) for one in wholes]
    shares = settle(half_up(sum(exact, Fraction(0))), exact)
    return [_of_gross(one, share) for one, share in zip(wholes, shares, strict=True)]


def _of_gross(whole: DueTax, gross_minor: int) -> DueTax:
    if not gross_minor:
        return _nothing(whole)
    net = half_up(Fraction(gross_minor * whole.taxable_minor, whole.gross_minor))
    return _scaled(whole, net, gross_minor - net)


def _scaled(whole: DueTax, taxable_minor: int, tax_minor: int) -> DueTax:
    """So much of a subtotal; the rest in proportion."""
    accounting_tax = _in_proportion(whole.accounting_tax_minor, tax_minor, whole.tax_minor)
    known = [part for part in whole.accounting_parts_minor if part is not None]
    return DueTax(
        taxable_minor,
        tax_minor,
        _in_proportion(whole.accounting_taxable_minor, taxable_minor, whole.taxable_minor),
        accounting_tax,
        tuple(share_out(tax_minor, whole.parts_minor)) if whole.parts_minor else (),
        tuple(share_out(accounting_tax, known))
        if known and accounting_tax is not None
        else whole.accounting_parts_minor,
    )


def _in_proportion(amount: int | None, part: int, whole: int) -> int | None:
    if amount is None:
        return None
    return half_up(Fraction(amount * part, whole)) if whole else 0


def _nothing(one: DueTax) -> DueTax:
    return _scaled(one, 0, 0)


def _less(one: DueTax, other: DueTax) -> DueTax:
    return _more(one, other, by=-1)


def _more(one: DueTax, other: DueTax, *, by: int = 1) -> DueTax:
    return DueTax(
        one.taxable_minor + by * other.taxable_minor,
        one.tax_minor + by * other.tax_minor,
        _sum(one.accounting_taxable_minor, other.accounting_taxable_minor, by),
        _sum(one.accounting_tax_minor, other.accounting_tax_minor, by),
        tuple(mine + by * its for mine, its in zip(one.parts_minor, other.parts_minor, strict=True)),
        tuple(
            _sum(mine, its, by)
            for mine, its in zip(one.accounting_parts_minor, other.accounting_parts_minor, strict=True)
        ),
    )


def _sum(one: int | None, other: int | None, by: int) -> int | None:
    return None if one is None or other is None else one + by * other


def _change(position: int, taken_off: DueTax) -> TaxChange:
    return TaxChange(
        position,
        taken_off.taxable_minor,
        taken_off.tax_minor,
        taken_off.accounting_taxable_minor,
        taken_off.accounting_tax_minor,
        taken_off.parts_minor,
        taken_off.accounting_parts_minor,
    )
