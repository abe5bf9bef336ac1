"""Amounts, prices, quantities and rates: parsing, rounding and the decimal text of each.

An amount is an `int` in the minor unit of its currency (cents for EUR, yen for JPY, fils for KWD) and is
named `..._minor`. Quantities, prices and rates are `Decimal`. No float takes part in any calculation; a JSON
number that arrives as one goes through its shortest decimal text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from functools import cache, lru_cache

import pycountry

from invoicing.refusals import InvalidInput, LimitExceeded, Malformed
from invoicing.text.codes import capitals

INTEGER_DIGITS_MAX = 12
FRACTION_DIGITS_MAX = 6
FLOAT_SIGNIFICANT_DIGITS_MAX = 15
# An amount of 15 digits is exact in every spreadsheet and every reader of JSON, and fits any database's integer.
AMOUNT_MINOR_MAX = 10**15 - 1

_WHOLE_TEXT = re.compile(r"-?[0-9]{1,12}")
_DECIMAL_TEXT = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")

# ISO 4217 (list one, amendment 177): currencies whose minor unit is not two digits.
_CODES_BY_DIGITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_MINOR_DIGITS = {code: digits for digits, codes in _CODES_BY_DIGITS.items() for code in codes.split()}
# Codes of ISO 4217 that are no money one can invoice in: metals, bond units, tests, "no currency".
_NOT_INVOICEABLE = "XAD XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX"

# Wide enough that a product of two inputs at their limits is exact before it is rounded.
EXACT = Context(prec=60, rounding=ROUND_HALF_UP)


def parse_decimal(value: object, *, field: str) -> Decimal:
    """A decimal from a text or a JSON number.

    At most 12 digits before the point and 6 after it, and nothing around them: no blank, no plus sign, no exponent, no
    infinity, no NaN. Zero has no sign.

    Raises:
        Malformed: anything else, naming `field`.
    """
    match value:
        case bool():
            raise Malformed("must be a number, not true or false.", field=field)
        case Decimal():
            # The exponent is checked first: the plain text of 1E+999999999 would fill the memory.
            value = value or Decimal(0)
            text = format(value, "f") if value.is_finite() and abs(value.adjusted()) < 40 else "too large"
        case int():
            text = str(value) if -(10**INTEGER_DIGITS_MAX) < value < 10**INTEGER_DIGITS_MAX else "too large"
        case float():
            # A JSON number is its value: what writes -0.0 means zero.
            text = _shortest_text(value or 0.0)
        case str():
            text = value
        case _:
            raise Malformed('must be a number such as "12.50".', field=field)
    if not _DECIMAL_TEXT.fullmatch(text) or (text.startswith("-") and not text.strip("-0.")):
        raise Malformed(
            f'must be a plain decimal number such as "12.50": at most {INTEGER_DIGITS_MAX} digits before'
            f" and {FRACTION_DIGITS_MAX} after the point, no exponent, no thousands separator, nothing around it.",
            field=field,
        )
    number = Decimal(text)
    return Decimal(0) if number.is_zero() else number


def parse_whole(value: object, *, field: str) -> int:
    """A whole number from a text of its digits alone, or from a JSON number.

    Raises:
        Malformed: anything else, naming `field`.
    """
    match value:
        case int() if not isinstance(value, bool):
            return value
        case float() if value.is_integer() and abs(value) < 10**FLOAT_SIGNIFICANT_DIGITS_MAX:
            return int(value)
        case str() if _WHOLE_TEXT.fullmatch(value) and not (value.startswith("-") and not int(value)):
            return int(value)
    raise Malformed("must be a whole number.", field=field)


def _shortest_text(value: float) -> str:
    number = Decimal(repr(value))
    if not number.is_finite() or len(number.as_tuple().digits) > FLOAT_SIGNIFICANT_DIGITS_MAX:
        return "not exact"
    text = format(number, "f")
    return text.removesuffix(".0")


@lru_cache(maxsize=4_096)
def plain(number: Decimal) -> str:
    """The shortest plain text of a decimal: `Decimal("12.500")` is `12.5`, never an exponent."""
    if number.is_zero():
        # Zero has a sign and an exponent of its own, but equal numbers must have one text.
        return "0"
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


@cache
def minor_digits(currency: str) -> int:
    """Digits after the point of the currency's minor unit (ISO 4217): 2 for EUR, 0 for JPY, 3 for KWD.

    Raises:
        InvalidInput: not the upper-case code of a currency that exists.
    """
    _check_exists(currency, field="currency")
    return _MINOR_DIGITS.get(currency, 2)


def check_currency(code: str, *, field: str = "currency") -> str:
    """The canonical code of a currency.

    Raises:
        InvalidInput: the currency does not exist.
    """
    canonical = capitals(code)
    _check_exists(canonical, field=field)
    return canonical


def _check_exists(currency: str, *, field: str) -> None:
    # The lookup of pycountry ignores case, and "jpy" would pass as a currency of two digits.
    found = pycountry.currencies.get(alpha_3=currency)
    if found is None or found.alpha_3 != currency or currency in _NOT_INVOICEABLE.split():
        raise InvalidInput(
            "currency must be the three-letter code of a currency in use (ISO 4217), such as EUR.", field=field
        )


def round_half_up(exact: Decimal) -> int:
    """The integer nearest to `exact`; a half goes away from zero, as tax offices and EN 16931 expect."""
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP, context=EXACT))


def percent_of(amount_minor: int, percent: Decimal) -> int:
    """So many percent of an amount, rounded half up."""
    with localcontext(EXACT):
        return round_half_up(amount_minor * percent / 100)


def to_minor(amount: Decimal, currency: str) -> int:
    """`amount` in minor units, rounded half up."""
    return round_half_up(EXACT.scaleb(amount, minor_digits(currency)))


def exact_minor(amount: Decimal, currency: str, *, field: str) -> int:
    """`amount` in minor units, where it is exact in them: what is stated as an amount is not rounded.

    Raises:
        InvalidInput: it has more digits after the point than the currency, naming `field`.
    """
    amount_minor = to_minor(amount, currency)
    if to_major(amount_minor, currency) != amount:
        raise InvalidInput(
            f"{field} {plain(amount)} has more than the {minor_digits(currency)} decimals of {currency}.", field=field
        )
    return amount_minor


def to_major(amount_minor: int, currency: str) -> Decimal:
    """Minor units as a decimal with the currency's number of digits: 1250 EUR is `Decimal("12.50")`."""
    return EXACT.scaleb(Decimal(amount_minor), -minor_digits(currency))


def money_text(amount_minor: int, currency: str) -> str:
    """The decimal text of an amount, without the currency: 1250 EUR is `12.50`."""
    return format(to_major(amount_minor, currency), "f")


def check_amount(amount_minor: int, *, field: str) -> int:
    """The amount itself when it has at most 15 digits.

    Raises:
        LimitExceeded: it has more, naming `field`.
    """
    if abs(amount_minor) > AMOUNT_MINOR_MAX:
        raise LimitExceeded(
            f"{field} comes to an amount of more than 15 digits in the currency's smallest unit: split it up.",
            field=field,
        )
    return amount_minor


def sum_of_known(amounts: Sequence[int | None]) -> int | None:
    """The sum, or None where one of them is not known."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None
