"""What follows from a document's totals: its net and tax in the accounting currency."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, localcontext

from invoicing.document.documents import Exchange
from invoicing.money.amounts import EXACT, check_amount, minor_digits, round_half_up


def convert(amount_minor: int, rate: Decimal, *, currency: str, accounting_currency: str) -> int:
    """The amount in minor units of the accounting currency, rounded half up once.

    `rate` is what one unit of `currency` costs in `accounting_currency`.

    Raises:
        LimitExceeded: it has more than 15 digits.
    """
    with localcontext(EXACT):
        exact = (amount_minor * rate).scaleb(minor_digits(accounting_currency) - minor_digits(currency))
        return check_amount(round_half_up(exact), field="exchange_rate")


def exchange(
    *, net_minor: int, tax_minor: int, currency: str, accounting_currency: str, rate: Decimal, on: date, source: str
) -> Exchange:
    """Net and tax in the accounting currency: the tax total is converted, not each group (BT-111)."""
    return Exchange(
        currency=accounting_currency,
        rate=rate,
        on=on,
        source=source,
        net_minor=convert(net_minor, rate, currency=currency, accounting_currency=accounting_currency),
        tax_minor=convert(tax_minor, rate, currency=currency, accounting_currency=accounting_currency),
    )
