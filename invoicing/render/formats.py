"""Numbers, money and dates as the document's locale writes them. No value becomes a float on the way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, auto
from functools import lru_cache
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import NumberPattern, get_currency_symbol

from invoicing.money.amounts import minor_digits, to_major
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
        return _written(value, self.figures, _Kind.NUMBER, minimum=digits)

    def price(self, value: Decimal) -> str:
        """A unit price: at least the decimals of the currency, without its symbol."""
        return self._as_money(self.number(value, digits=minor_digits(self.currency)))

    def amount(self, amount_minor: int) -> str:
        """An amount of money without its currency."""
        return self.price(to_major(amount_minor, self.currency))

    def money(self, amount_minor: int) -> str:
        """An amount with its currency. The decimals are those of ISO 4217, not those of CLDR."""
        major = to_major(amount_minor, self.currency)
        text = self._with_currency(major, digits=minor_digits(self.currency))
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
        signs = _signs_of_money(self.figures)
        return text.translate(signs) if signs else text

    def _with_currency(self, value: Decimal, *, digits: int) -> str:
        text = _written(value, self.figures, _Kind.MONEY, minimum=digits)
        return text.replace("¤", get_currency_symbol(self.currency, self.figures))

    def whole_money(self, amount: Decimal) -> str:
        """An amount with its currency, and with decimals only where it is not whole."""
        whole = amount == amount.to_integral_value()
        digits = 0 if whole else minor_digits(self.currency)
        text = self._with_currency(amount, digits=digits)
        return f"{self.currency}\u00a0{self.number(amount, digits=digits)}" if unprintable_characters(text) else text

    def percent(self, rate: Decimal) -> str:
        """A rate that is given in percent: `Decimal("20")` is `20%`."""
        return _written(rate, self.figures, _Kind.PERCENT, minimum=0)

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


class _Kind(Enum):
    NUMBER = auto()
    MONEY = auto()
    PERCENT = auto()


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a locale writes numbers of a kind: what stands before and behind those from zero on, and those below it; its
    signs; and of how many digits the last group is, and each before it.

    Babel does this anew for each number, which takes ten times as long: a page has hundreds of amounts.
    """

    around: tuple[tuple[str, str], tuple[str, str]]
    decimal: str
    group: str
    last: int
    others: int

    def write(self, value: Decimal, *, minimum: int) -> str:
        """`value` with at least so many decimals, and with as many more as it has."""
        before, behind = self.around[value.is_signed()]
        whole, _, rest = f"{value:f}".lstrip("-").partition(".")
        rest = rest.rstrip("0").ljust(minimum, "0")
        whole = whole.lstrip("0") or "0"
        groups = [whole[-self.last :]]
        whole = whole[: -self.last]
        while whole:
            groups.append(whole[-self.others :])
            whole = whole[: -self.others]
        return f"{before}{self.group.join(reversed(groups))}{self.decimal + rest if rest else ''}{behind}"


@lru_cache(maxsize=256)
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


@lru_cache(maxsize=256)
def _signs_of_money(locale: Locale) -> Mapping[int, str]:
    """By which signs others are replaced in amounts of money."""
    symbols = _symbols(locale)
    signs = ("currencyDecimal", "decimal"), ("currencyGroup", "group")
    return {ord(symbols[plain]): symbols[own] for own, plain in signs if own in symbols}


def _figures_locale(locale: Locale) -> Locale:
    # A few locales separate digits with signs that the fonts lack: a price with U+FFFD in it says nothing.
    sample = _written(Decimal("-1234567.5"), locale, _Kind.NUMBER, minimum=1)
    return _parse_locale(FALLBACK_LOCALE) if unprintable_characters(sample) else locale


def _written(value: Decimal, locale: Locale, kind: _Kind, *, minimum: int) -> str:
    return _layout(locale, kind).write(value, minimum=minimum)


@lru_cache(maxsize=256)
def _layout(locale: Locale, kind: _Kind) -> _Layout:
    pattern: NumberPattern = (
        locale.currency_formats["standard"]
        if kind is _Kind.MONEY
        else (locale.percent_formats if kind is _Kind.PERCENT else locale.decimal_formats)[None]
    )
    symbols = _symbols(locale)
    positive, negative = zip(pattern.prefix, pattern.suffix, strict=True)
    return _Layout((positive, negative), symbols["decimal"], symbols["group"], *pattern.grouping)
