"""Numbers, money and dates as the document's locale writes them. No value becomes a float on the way."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from functools import lru_cache
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import NumberPattern

from invoicing.money.amounts import EXACT, minor_digits, to_major
from invoicing.render.fonts import unprintable_characters

FALLBACK_LOCALE = "en_GB"

# Swedish invoices bear dates in figures, which CLDR calls the short form: 2026-11-16.
_DATES: Mapping[str, Literal["short"]] = {"sv": "short", "sv_SE": "short"}


@dataclass(frozen=True, slots=True)
class Formats:
    """How one document writes its values: dates and names by `locale`, numbers and money by `figures`."""

    locale: Locale
    figures: Locale
    currency: str

    def number(self, value: Decimal, *, digits: int = 0) -> str:
        """`value` with at least `digits` decimals, and with as many more as it has."""
        return _apply(self.figures.decimal_formats[None], value, self.figures, minimum=digits)

    def price(self, value: Decimal) -> str:
        """A unit price: at least the decimals of the currency, without its symbol."""
        return self._as_money(self.number(value, digits=minor_digits(self.currency)))

    def amount(self, amount_minor: int) -> str:
        """An amount of money without its currency."""
        return self.price(to_major(amount_minor, self.currency))

    def money(self, amount_minor: int) -> str:
        """An amount with its currency. The decimals are those of ISO 4217, not those of CLDR."""
        pattern: NumberPattern = self.figures.currency_formats["standard"]
        major = to_major(amount_minor, self.currency)
        text = _apply(pattern, major, self.figures, minimum=minor_digits(self.currency), currency=self.currency)
        # Not every currency sign is in the embedded fonts; the code always is.
        if unprintable_characters(text):
            return f"{self.currency}\u00a0{self.amount(amount_minor)}"
        # CLDR wants a space between a code and a digit and leaves it to the program to set it; before a minus too.
        return self._as_money(re.sub(rf"(?<={self.currency})(?=[-\u2212\d])", "\u00a0", text))

    @property
    def decimal(self) -> str:
        """The sign before the decimals of a quantity."""
        return _symbols(self.figures)["decimal"]

    def _as_money(self, text: str) -> str:
        """`text` with the signs that a few locales have for money alone: 394.35 francs are 394,35 kilos in `fr_CH`."""
        symbols = _symbols(self.figures)
        signs = ("currencyDecimal", "decimal"), ("currencyGroup", "group")
        return text.translate({ord(symbols[plain]): symbols[own] for own, plain in signs if own in symbols})

    def whole_money(self, amount: Decimal) -> str:
        """An amount with its currency, and with decimals only where it is not whole."""
        whole = amount == amount.to_integral_value()
        pattern: NumberPattern = self.figures.currency_formats["standard"]
        digits = 0 if whole else minor_digits(self.currency)
        text = _apply(pattern, amount, self.figures, minimum=digits, currency=self.currency)
        return f"{self.currency}\u00a0{self.number(amount, digits=digits)}" if unprintable_characters(text) else text

    def percent(self, rate: Decimal) -> str:
        """A rate that is given in percent: `Decimal("20")` is `20%`."""
        pattern: NumberPattern = self.figures.percent_formats[None]
        with localcontext(EXACT):
            return _apply(pattern, rate.scaleb(-pattern.scale), self.figures, minimum=0)

    def date(self, day: date) -> str:
        """A date in words or figures, as the locale has it; ISO 8601 where the fonts lack its letters."""
        text: str = format_date(day, format=_DATES.get(str(self.locale), "medium"), locale=self.locale)
        # A date never breaks over two lines.
        return day.isoformat() if unprintable_characters(text) else text.replace(" ", "\u00a0")

    def country(self, code: str) -> str:
        """The name of a country in the locale's language, in English where that cannot be printed, or the code."""
        name: str = self.locale.territories.get(code, code)
        if unprintable_characters(name):
            name = _parse_locale(FALLBACK_LOCALE).territories.get(code, code)
        return name

    @property
    def language(self) -> str:
        """The language tag of the locale (BCP 47), such as `en-GB`."""
        parts = (self.locale.language, self.locale.script, self.locale.territory)
        return "-".join(part for part in parts if part)


def formats_for(locale: str, currency: str) -> Formats:
    """The formats of a locale such as `de_DE` or `de-DE`; British English where there is no such locale."""
    parsed = _parse_locale(locale)
    return Formats(locale=parsed, figures=_figures_locale(parsed), currency=currency)


def grouped_by_four(account: str) -> str:
    """An IBAN as it is printed: in groups of four characters, which no line may break."""
    compact = "".join(account.split())
    return "\u00a0".join(compact[start : start + 4] for start in range(0, len(compact), 4))


@lru_cache(maxsize=256)
def _parse_locale(identifier: str) -> Locale:
    try:
        return Locale.parse(identifier.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError):
        return Locale.parse(FALLBACK_LOCALE)


def _symbols(locale: Locale) -> dict[str, str]:
    symbols: dict[str, str] = locale.number_symbols["latn"]
    return symbols


def _figures_locale(locale: Locale) -> Locale:
    # A few locales separate digits with signs that the fonts lack: a price with U+FFFD in it says nothing.
    sample = _apply(locale.decimal_formats[None], Decimal("-1234567.5"), locale, minimum=1)
    return _parse_locale(FALLBACK_LOCALE) if unprintable_characters(sample) else locale


def _apply(pattern: NumberPattern, value: Decimal, locale: Locale, *, minimum: int, currency: str | None = None) -> str:
    # Python's default context has 28 digits, fewer than the largest amount that the limits on input allow.
    with localcontext(EXACT):
        exponent = value.normalize().as_tuple().exponent
        digits = max(minimum, -exponent - pattern.scale) if isinstance(exponent, int) else minimum
        own = copy.copy(pattern)
        own.frac_prec = (minimum, digits)
        text: str = own.apply(value, locale, currency=currency, currency_digits=False)
        return text
