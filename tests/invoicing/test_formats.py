"""Numbers as locales write them: by Babel's rules, in a fraction of its time."""

from __future__ import annotations

import copy
from decimal import Decimal, localcontext

import pytest
from babel import Locale
from babel.numbers import NumberPattern

from invoicing.money.amounts import EXACT
from invoicing.render.formats import formats_for

LOCALES = ("en_GB", "en_IN", "de_DE", "de_AT", "fr_FR", "es_ES", "pl_PL", "sv_SE", "nl_NL", "pt_PT", "bg_BG", "lt_LT")
SWISS = ("de_CH", "fr_CH", "it_CH", "en_CH", "de_LI")
VALUES = [
    Decimal(text)
    for text in ("0", "-0", "0.00", "7.7", "-1", "999", "-1000", "12345.6", "-1234567.891", "0.10", "1E+5", "0E+3")
]


@pytest.mark.parametrize("locale", LOCALES)
def test_numbers_are_written_as_babel_writes_them(locale: str) -> None:
    formats = formats_for(locale, "EUR")
    pattern: NumberPattern = formats.figures.decimal_formats[None]
    per_cent: NumberPattern = formats.figures.percent_formats[None]
    for value in VALUES:
        assert formats.number(value) == by_babel(pattern, value, formats.figures)
        assert formats.number(value, digits=2) == by_babel(pattern, value, formats.figures, minimum=2)
        assert formats.percent(value) == by_babel(per_cent, value.scaleb(-2), formats.figures)


@pytest.mark.parametrize("locale", SWISS)
def test_swiss_millions_are_grouped_throughout(locale: str) -> None:
    formats = formats_for(locale, "CHF")
    assert formats.amount(123_456_789_000).startswith("1'234'567'890")
    assert "1'234'567'890" in formats.money(123_456_789_000)


def by_babel(pattern: NumberPattern, value: Decimal, locale: Locale, *, minimum: int = 0) -> str:
    with localcontext(EXACT):
        exponent = value.normalize().as_tuple().exponent
        assert isinstance(exponent, int)
        own = copy.copy(pattern)
        own.frac_prec = (minimum, max(minimum, -exponent - pattern.scale))
        return str(own.apply(value, locale, currency_digits=False))
