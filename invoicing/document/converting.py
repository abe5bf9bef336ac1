"""A document's amounts in the currency of the books, as reports and the journal have them, and what they are of.

A document in another currency than that of the books states its net and tax there once, where a rate was known: the
parts share these to the minor unit. Where none was known, they have no such amounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from invoicing.countries import country
from invoicing.document.breakdown import break_down, converted
from invoicing.document.documents import Document, DocumentKind, Exchange
from invoicing.document.posting import JournalSide
from invoicing.money.amounts import minor_digits
from invoicing.money.shares import half_up, share_out
from invoicing.tax.points import Billing, SupplyDates, tax_point


@dataclass(frozen=True, slots=True)
class AccountingTax:
    """A tax subtotal in minor units of the accounting currency; `parts_minor` are its jurisdictions' shares of the
    tax. None where no rate is known.
    """

    taxable_minor: int | None
    tax_minor: int | None
    parts_minor: tuple[int | None, ...]


def completed(document: Document, *, accounting_currency: str) -> Document:
    """The document with what texts of version 1 do not state: the day its tax is due, and the currency of the books.

    That day is found as drafting finds it; a buyer with a tax number is taken for a business.
    """
    if document.tax_point is not None:
        return document
    return replace(document, tax_point=_tax_point(document), accounting_currency=accounting_currency)


def accounting_taxes(document: Document) -> list[AccountingTax]:
    """The tax subtotals in the accounting currency, in their order; positive for either kind, as on the document."""
    if document.exchange is None:
        known = document.currency == document.accounting_currency
        return [
            AccountingTax(
                tax.taxable_minor if known else None,
                tax.tax_minor if known else None,
                tuple(part.tax_minor if known else None for part in tax.jurisdictions),
            )
            for tax in document.taxes
        ]
    broken = break_down(document, books_currency=document.accounting_currency)
    return [
        _accounting_tax(broken.sign * net, broken.sign * tax, [part.rate for part in group.of.jurisdictions])
        for group in broken.groups
        if (net := group.shares.accounting_net_minor) is not None
        if (tax := group.shares.accounting_tax_minor) is not None
    ]


def accounting_sides(document: Document, sides: Sequence[JournalSide]) -> list[int | None]:
    """What the sides of the document's entry come to in the accounting currency, more than zero for a debit.

    What is receivable and the tax are what the document states there; revenue and discounts share its net. They sum
    to zero.
    """
    signed = [side.debit_minor - side.credit_minor for side in sides]
    if document.exchange is None:
        return list(signed) if document.currency == document.accounting_currency else [None] * len(sides)
    return list(_converted_sides(document, document.exchange, signed))


def _tax_point(document: Document) -> date:
    if document.kind is DocumentKind.CREDIT_NOTE:
        return document.issue_date
    rule = country(document.seller.address.country).tax_point_of_period
    billing = Billing(rule, document.issue_date, document.due_date, business=bool(document.buyer.tax_number))
    dates = SupplyDates(document.supply_date, document.supply_end)
    return max(tax_point(dates, billing, supply=supply) for supply in {line.supply for line in document.lines})


def _accounting_tax(taxable_minor: int, tax_minor: int, rates: Sequence[Decimal]) -> AccountingTax:
    return AccountingTax(taxable_minor, tax_minor, tuple(share_out(tax_minor, rates)) if rates else ())


def rounding_worth(document: Document, exchange: Exchange) -> int:
    """What rounding adds to the sum to pay, in the currency of the books."""
    amount = document.rounding_minor
    if not amount:
        return 0
    factor = Fraction(exchange.rate) * Fraction(10) ** (
        minor_digits(exchange.currency) - minor_digits(document.currency)
    )
    return half_up(amount * factor)


def _converted_sides(document: Document, exchange: Exchange, signed: Sequence[int]) -> list[int]:
    """The receivable is the first side of an entry and the tax the last, where there are such amounts."""
    sign = -1 if document.kind is DocumentKind.CREDIT_NOTE else 1
    stated: dict[int, int] = {}
    if document.owed_minor and not document.split_tax_minor and signed[0] == sign * document.owed_minor:
        stated[0] = sign * (exchange.net_minor + exchange.tax_minor + rounding_worth(document, exchange))
    if document.tax_minor and signed[-1] == -sign * document.tax_minor:
        stated[len(signed) - 1] = -sign * exchange.tax_minor
    rest = [index for index in range(len(signed)) if index not in stated]
    missing = -sum(stated.values())
    if rest:
        amounts = [signed[index] for index in rest]
        shares = converted(amounts, document.currency, exchange.currency, rate=exchange.rate, whole=missing)
        stated |= dict(zip(rest, shares, strict=True))
    elif stated:
        stated[0] += missing
    return [stated[index] for index in range(len(signed))]
