"""Words that several views share."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from invoicing.money.amounts import minor_digits, plain


def price_text(price: Decimal, currency: str) -> str:
    """A price with at least the decimals of its currency, and with as many more as it has: `12.50`, `0.125`."""
    text = plain(price)
    lacking = minor_digits(currency) - len(text.partition(".")[2])
    return text if lacking <= 0 else f"{text}{'' if '.' in text else '.'}{'0' * lacking}"


def instead(similar: Sequence[str]) -> str:
    """How to go on where a search of names found nothing; `similar` are names that may be meant instead."""
    return f"Similar: {'; '.join(similar)}." if similar else _FEWER_WORDS


_FEWER_WORDS = "Fewer words find more; without a query all are listed."
