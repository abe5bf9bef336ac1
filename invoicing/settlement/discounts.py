"""A discount for early payment that was taken: what it changes in the taxes of its invoice, and whether the law wants a
document for it.

The taxable amount falls by the discount, without the tax in it (Directive 2006/112/EC, Article 90; where the tax is
none of the EU's, likewise by the country's law). The day of the change is that of the payment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from invoicing.credit.remaining import remaining
from invoicing.document.documents import Document
from invoicing.money.shares import half_up, share_out
from invoicing.settlement.worth import at_rate

WITHOUT_DOCUMENT = {
    "AT": "UStG 1994, § 16",
    "CH": "MWSTG, Article 41",
    "DE": "UStG, § 17(1)",
    "FR": "CGI, article 272; BOI-TVA-DECLA-30-20-20-30",
    "GB": "VAT Notice 700, section 7.3",
    "US": "the sales price is what was paid after cash discounts, as in SSUTA, Library of Definitions",
}
"""Where a discount that the invoice promised changes the tax without a document of its own, and by which rule.
Elsewhere it wants a credit note.
"""

WORDS = {
    "FR": "Seule la TVA correspondant au prix effectivement payé ouvre droit à déduction.",
    "GB": (
        "No credit note will be issued. Following payment you must ensure that you have only recovered the VAT that was"
        " actually paid."
    ),
}
"""What an invoice says where the law spares the document on that condition, by the same rules."""

FROM_THE_START = {"BE": "WBTW/CTVA, Article 28, 1°"}
"""Where the tax of an invoice is that of the price less the discount, taken or not: no such invoice is made here."""


@dataclass(frozen=True, slots=True)
class TaxChange:
    """What is taken off a subtotal of the invoice, which `position` (from 1) names; what is added is less than zero.
    `parts_minor` are the jurisdictions' shares of the tax. Amounts in the currency of the books are None where the
    document states no rate.
    """

    position: int
    taxable_minor: int
    tax_minor: int
    accounting_taxable_minor: int | None
    accounting_tax_minor: int | None
    parts_minor: tuple[int, ...] = ()
    accounting_parts_minor: tuple[int | None, ...] = ()


def allowed_minor(document: Document, earlier: Sequence[Document]) -> int:
    """What may be taken off what is left of an invoice after its credit notes, rounded half up; 0 where it promises no
    discount.
    """
    if document.early_payment is None:
        return 0
    left = document.total_minor - sum(note.total_minor for note in earlier)
    return discount_of(left, document.early_payment.percent)


def discount_of(total_minor: int, percent: Decimal) -> int:
    """The discount of a total, rounded half up once."""
    return half_up(total_minor * Fraction(percent) / 100)


def tax_changes(
    document: Document, earlier: Sequence[Document], amount_minor: int, *, worth_minor: int | None, books_currency: str
) -> tuple[TaxChange, ...]:
    """What a discount of `amount_minor`, with tax, changes in each subtotal of the invoice: in proportion to what
    `earlier`, its credit notes, leave of it. The tax in a share is what it is of that subtotal.

    `worth_minor` is what the discount comes to in the currency of the books: the changes there sum to it.
    """
    subtotals = remaining(document, earlier).taxes
    shares = share_out(amount_minor, [tax.taxable_minor + tax.tax_minor for tax in subtotals])
    found = []
    for position, (tax, share) in enumerate(zip(subtotals, shares, strict=True), start=1):
        if not share:
            continue
        net = half_up(Fraction(share * tax.taxable_minor, tax.taxable_minor + tax.tax_minor))
        rates = [part.rate for part in tax.jurisdictions]
        parts = tuple(share_out(share - net, rates)) if rates else ()
        found.append(TaxChange(position, net, share - net, None, None, parts, (None,) * len(parts)))
    return _converted(document, found, worth_minor, books_currency) if worth_minor is not None else tuple(found)


def _converted(
    document: Document, changes: Sequence[TaxChange], worth_minor: int, books_currency: str
) -> tuple[TaxChange, ...]:
    """The tax of each at the document's rate; what is taxable shares the rest."""
    if document.exchange is None:
        return tuple(_with_worth(change, change.taxable_minor, change.tax_minor) for change in changes)
    rate = document.exchange.rate
    taxes = [at_rate(change.tax_minor, rate, document=document, books_currency=books_currency) for change in changes]
    nets = share_out(max(worth_minor - sum(taxes), 0), [change.taxable_minor for change in changes])
    return tuple(_with_worth(change, net, tax) for change, net, tax in zip(changes, nets, taxes, strict=True))


def _with_worth(change: TaxChange, taxable_minor: int, tax_minor: int) -> TaxChange:
    parts = tuple(share_out(tax_minor, change.parts_minor)) if any(change.parts_minor) else change.parts_minor
    return TaxChange(
        change.position, change.taxable_minor, change.tax_minor, taxable_minor, tax_minor, change.parts_minor, parts
    )
