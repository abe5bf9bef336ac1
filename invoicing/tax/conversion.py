"""What follows from a document's totals: its tax in the accounting currency, and what the buyer withholds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, localcontext

from invoicing.document.documents import Exchange, Withholding
from invoicing.master_data.records import WithholdingCode, rate_in_force
from invoicing.money.amounts import EXACT, check_amount, minor_digits, round_half_up
from invoicing.refusals import InvalidInput
from invoicing.tax.totals import tax_on


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


def withhold(code: WithholdingCode, *, net_minor: int, on: date) -> Withholding:
    """What the buyer withholds of a document's net, rounded half up once.

    Raises:
        InvalidInput: the code has no rate on that day.
    """
    rate = rate_in_force(code.rates, on)
    if rate is None:
        raise InvalidInput(f"withholding: {code.code} has no rate on {on.isoformat()}.", field="withholding")
    return Withholding(
        code=code.code,
        label=code.label,
        rate=rate.percent,
        base_minor=net_minor,
        amount_minor=tax_on(net_minor, rate.percent),
    )
