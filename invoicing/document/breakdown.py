"""A document's amounts part by part, so that whatever a reader adds up meets what the document states.

A document states its tax once per tax group, and its net and tax in the accounting currency once in all. Here each
line, discount and charge gets its share of these, to the minor unit: the shares of a group's parts sum to the group's
tax, and those of all parts to the document's. Amounts of a credit note are less than zero, and so is a discount.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from invoicing.credit.remaining import group_of
from invoicing.document.documents import (
    Adjustment,
    Document,
    DocumentKind,
    JurisdictionTax,
    Line,
    TaxSubtotal,
)
from invoicing.money.amounts import minor_digits, sum_of_known
from invoicing.money.shares import fitted, half_up
from invoicing.tax.inputs import subtotal_key
from invoicing.tax.totals import tax_of_stack


class PartKind(StrEnum):
    LINE = "line"
    DISCOUNT = "discount"
    CHARGE = "charge"


@dataclass(frozen=True, slots=True)
class Accounting:
    """The accounting currency, and what one unit of the document's currency costs in it: 1 where they are the same.

    `net_minor` and `tax_minor` are the document's, as it states them. `on` and `source` are empty at a rate of 1.
    """

    currency: str
    rate: Decimal
    on: date | None
    source: str
    net_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class Shares:
    """Net and tax of a part or a tax group, in the document's currency and, where it is known, in that of the books."""

    net_minor: int
    tax_minor: int
    accounting_net_minor: int | None
    accounting_tax_minor: int | None


@dataclass(frozen=True, slots=True)
class Part:
    """A line, or the share of a discount or charge in one tax group. `amount_minor` is as printed, with its sign."""

    kind: PartKind
    of: Line | Adjustment
    amount_minor: int
    shares: Shares


@dataclass(frozen=True, slots=True)
class Group:
    """A tax group with what it is of the document; `jurisdictions` are the parts of a US sales tax with their sign."""

    of: TaxSubtotal
    shares: Shares
    jurisdictions: tuple[JurisdictionTax, ...]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """`sign` is -1 for a credit note and 1 else; all amounts bear it. `accounting` is None where no rate is known."""

    sign: int
    parts: tuple[Part, ...]
    groups: tuple[Group, ...]
    accounting: Accounting | None


@dataclass(slots=True)
class _Piece:
    """A part while its shares are found, without the sign of a credit note."""

    of: Line | Adjustment
    sign: int
    tax_minor: int = 0

    @property
    def net_minor(self) -> int:
        return self.sign * self.of.net_minor

    @property
    def amount_minor(self) -> int:
        return self.sign * self.of.amount_minor


def break_down(document: Document, *, books_currency: str) -> Breakdown:
    """The document's parts and tax groups with their shares.

    `books_currency` is the currency of the books, which a document that is not converted is in, or not.
    """
    sign = -1 if document.kind is DocumentKind.CREDIT_NOTE else 1
    pieces = [_Piece(line, 1) for line in document.lines]
    pieces += [_Piece(item, item.kind.sign) for item in document.adjustments]
    members = [
        [index for index, piece in enumerate(pieces) if group_of(piece.of) == subtotal_key(subtotal)]
        for subtotal in document.taxes
    ]
    for subtotal, indexes in zip(document.taxes, members, strict=True):
        _share_tax(document, subtotal, [pieces[index] for index in indexes])
    accounting = _accounting(document, books_currency)
    nets = _converted(document, accounting, [piece.net_minor for piece in pieces], lambda found: found.net_minor)
    taxes = _converted(document, accounting, [piece.tax_minor for piece in pieces], lambda found: found.tax_minor)
    parts = tuple(
        Part(
            _kind(piece.of),
            piece.of,
            sign * piece.amount_minor,
            Shares(sign * piece.net_minor, sign * piece.tax_minor, _signed(sign, net), _signed(sign, tax)),
        )
        for piece, net, tax in zip(pieces, nets, taxes, strict=True)
    )
    groups = tuple(
        _group(sign, subtotal, [parts[index] for index in indexes])
        for subtotal, indexes in zip(document.taxes, members, strict=True)
    )
    return Breakdown(sign, parts, groups, _with_sign(sign, accounting))


def _share_tax(document: Document, subtotal: TaxSubtotal, pieces: Sequence[_Piece]) -> None:
    """What a part's price holds besides its net, or the rate of its net; fitted to the group's tax."""
    if document.prices_include_tax:
        own = [piece.amount_minor - piece.net_minor for piece in pieces]
    else:
        own = [tax_of_stack(piece.net_minor, subtotal.rate, subtotal.jurisdictions) for piece in pieces]
    if sum(own) != subtotal.tax_minor:
        exact = [Fraction(piece.net_minor) * Fraction(subtotal.rate) / 100 for piece in pieces]
        own = fitted(subtotal.tax_minor, exact, own)
    for piece, share in zip(pieces, own, strict=True):
        piece.tax_minor = share


def _accounting(document: Document, books_currency: str) -> Accounting | None:
    found = document.exchange
    if found is not None:
        return Accounting(found.currency, found.rate, found.on, found.source, found.net_minor, found.tax_minor)
    if document.currency == books_currency:
        return Accounting(books_currency, Decimal(1), None, "", document.net_minor, document.tax_minor)
    return None


def _converted(
    document: Document, accounting: Accounting | None, amounts: Sequence[int], stated: Callable[[Accounting], int]
) -> Sequence[int | None]:
    """The amounts in the accounting currency, fitted to what the document states there."""
    if accounting is None:
        return [None] * len(amounts)
    if accounting.currency == document.currency and accounting.rate == 1:
        return amounts
    return converted(amounts, document.currency, accounting.currency, rate=accounting.rate, whole=stated(accounting))


def converted(amounts: Sequence[int], currency: str, into: str, *, rate: Decimal, whole: int) -> list[int]:
    """The amounts in another currency, in minor units, fitted to what they come to there; `rate` is what one unit of
    `currency` costs. There must be an amount where `whole` is not zero.
    """
    factor = Fraction(rate) * Fraction(10) ** (minor_digits(into) - minor_digits(currency))
    exact = [amount * factor for amount in amounts]
    return fitted(whole, exact, [half_up(amount) for amount in exact])


def _group(sign: int, subtotal: TaxSubtotal, parts: Sequence[Part]) -> Group:
    return Group(
        of=subtotal,
        shares=Shares(
            net_minor=sign * subtotal.taxable_minor,
            tax_minor=sign * subtotal.tax_minor,
            accounting_net_minor=sum_of_known([part.shares.accounting_net_minor for part in parts]),
            accounting_tax_minor=sum_of_known([part.shares.accounting_tax_minor for part in parts]),
        ),
        jurisdictions=tuple(
            JurisdictionTax(place.name, place.level, place.rate, sign * place.tax_minor)
            for place in subtotal.jurisdictions
        ),
    )


def _kind(part: Line | Adjustment) -> PartKind:
    return PartKind.LINE if isinstance(part, Line) else PartKind(part.kind.value)


def _signed(sign: int, amount_minor: int | None) -> int | None:
    return None if amount_minor is None else sign * amount_minor


def _with_sign(sign: int, found: Accounting | None) -> Accounting | None:
    if found is None:
        return None
    return Accounting(
        found.currency, found.rate, found.on, found.source, sign * found.net_minor, sign * found.tax_minor
    )
