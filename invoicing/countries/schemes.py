"""Taxes that follow from what the buyer is: `[split_payment]` and `[surcharge]` of a country's file.

With split payment a public body pays the tax to the tax office and the seller the net alone (category B of EN 16931).
With the surcharge of equivalence a retailer pays its supplier of goods a second tax instead of a return of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from invoicing.countries.reading import Table
from invoicing.countries.registration import Words, read_words
from invoicing.money.amounts import parse_decimal


@dataclass(frozen=True, slots=True)
class SplitPayment:
    """`texts` stand on the document. `authorised_until` is the last day for which the EU's authorisation is known: it
    may have been renewed since.
    """

    valid_from: date
    authorised_until: date
    article: str
    texts: tuple[Words, ...]
    source: str
    checked: date


@dataclass(frozen=True, slots=True)
class SurchargeRate:
    """What is charged beside a rate of VAT (`beside`), both in percent. One with a `code` is of that code's goods
    alone, such as tobacco.
    """

    beside: Decimal
    percent: Decimal
    valid_from: date
    valid_until: date | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Surcharge:
    """`label` is its name on documents, in the country's first language."""

    name: str
    label: str
    article: str
    rates: tuple[SurchargeRate, ...]
    source: str
    checked: date


def read_split_payment(table: Table | None) -> SplitPayment | None:
    """The country's split payment, if it has one.

    Raises:
        ValueError: a key that is missing, unknown or ill-typed.
    """
    if table is None:
        return None
    found = SplitPayment(
        valid_from=table.take("valid_from", date),
        authorised_until=table.take("authorised_until", date),
        article=table.take("article", str),
        texts=tuple(read_words(entry) for entry in table.tables("texts")),
        source=table.take("source", str),
        checked=table.take("checked", date),
    )
    table.close()
    return found


def read_surcharge(table: Table | None) -> Surcharge | None:
    """The country's surcharge of equivalence, if it has one.

    Raises:
        ValueError: a key that is missing, unknown or ill-typed.
    """
    if table is None:
        return None
    found = Surcharge(
        name=table.take("name", str),
        label=table.take("label", str),
        article=table.take("article", str),
        rates=tuple(_rate(entry) for entry in table.tables("rates")),
        source=table.take("source", str),
        checked=table.take("checked", date),
    )
    table.close()
    return found


def _rate(table: Table) -> SurchargeRate:
    rate = SurchargeRate(
        beside=parse_decimal(table.take("beside", str), field="beside"),
        percent=parse_decimal(table.take("percent", str), field="percent"),
        valid_from=table.take("valid_from", date),
        valid_until=table.optional("valid_until", date),
        code=table.optional("code", str) or "",
    )
    table.close()
    return rate
