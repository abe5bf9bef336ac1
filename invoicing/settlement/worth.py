"""What a settlement is worth in the currency of the books."""

from __future__ import annotations

from decimal import Decimal, localcontext

from invoicing.document.documents import Document
from invoicing.money.amounts import EXACT, minor_digits, round_half_up
from invoicing.settlement.entries import Standing
from invoicing.tax.conversion import convert


def receivable_worth(document: Document, standing: Standing, *, settled_minor: int, books_currency: str) -> int | None:
    """What is taken off the document's worth in the books by settling `settled_minor` of it (less than zero where it
    is owed again): at the document's own rate, and what settles the rest takes all that is left of its worth. What is
    left can be less than nothing, where roundings took more before.

    None where the document has no worth there: it is in another currency and states no rate.
    """
    if document.currency == books_currency:
        return settled_minor
    if document.exchange is None:
        return None
    rate = document.exchange.rate
    if settled_minor == standing.open_minor:
        unvalued = at_rate(standing.unvalued_minor, rate, document=document, books_currency=books_currency)
        return standing.worth_minor + unvalued
    return at_rate(settled_minor, rate, document=document, books_currency=books_currency)


def at_rate(amount_minor: int, rate: Decimal, *, document: Document, books_currency: str) -> int:
    """An amount of the document's currency in that of the books, rounded half up once."""
    return convert(amount_minor, rate, currency=document.currency, accounting_currency=books_currency)


def settled_by(received_minor: int, rate: Decimal, *, document: Document, books_currency: str) -> int:
    """How much of a document is settled by money in the currency of the books, rounded half up once."""
    with localcontext(EXACT):
        digits = minor_digits(document.currency) - minor_digits(books_currency)
        return round_half_up(Decimal(received_minor).scaleb(digits) / rate)
