"""What a heading says of the prices in its column: whether it is surely the price at which one unit is sold.

A wrong price is worse than none: a heading that could mean another price is doubtful, and somebody must choose.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from invoicing.importing.words import bare
from invoicing.money.amounts import check_currency
from invoicing.refusals import InvalidInput


class Meaning(Enum):
    """What a price is: for sure what one unit is sold for, perhaps that, what the seller pays, or of a measure."""

    SURE = "sure"
    DOUBTFUL = "doubtful"
    COST = "cost"
    MEASURE = "measure"


@dataclass(frozen=True, slots=True)
class PriceHeading:
    """`quantity` is how many units the price is for. `with_tax` is None where the heading does not say. `currencies`
    are those that its sign or code can mean. `is_unit_price`: shops mean the price of a litre or kilogram by that.
    """

    meaning: Meaning
    quantity: int = 1
    with_tax: bool | None = None
    currencies: tuple[str, ...] = ()
    is_unit_price: bool = False


_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ABBREVIATED = re.compile(r"mwst|ust\b", re.IGNORECASE)
_THOUSANDS = re.compile(r"\b(10?)[.,' \u00a0]000\b")
_GLUED = re.compile(r"(without|with|incl|excl|inc|ex)(tax|vat|gst)")
_FORMAT_CURRENCY = re.compile(r"\[\$([^\]-]+)(?:-([0-9A-Fa-f]+))?\]")
_FORMAT_TEXT = re.compile(r'"([^"]+)"')
_CODE = re.compile(r"[A-Za-z]{3}")
# Codes of currencies that are also words, in small letters.
_WORDS_LIKE_CODES = frozenset(
    {"all", "top", "try", "cup", "mad", "gel", "sos", "cop", "bam", "ars", "std", "per", "pab"}
)
_TAX_MARKS = ("netto", "brutto", "neto", "bruto")
_QUANTITIES = frozenset({"10", "100", "1000", "10000"})


def read_heading(heading: str) -> PriceHeading | None:
    """What a heading says of prices; None where it speaks of none."""
    words = _words(heading)
    speaks = _speaks_of_price(words)
    if not words or _is_any(words, "never") or "pricelist" in _pairs(words) or is_price_unit(heading):
        return None
    if is_reference(heading):
        return None
    with_tax, contradicts = _tax(words)
    currencies, words_of_currency = _currencies(heading, words)
    rest = [word for word in _residue(words) if word not in words_of_currency]
    quantity, rest = _quantity(rest)
    per_piece = _without_piece(rest)
    left = "".join(per_piece)
    is_cost = left in _set("cost_nouns") or _is_cost(words)
    if not speaks and left not in _set("cost_nouns"):
        about_tax = any(word in _set("words", "tax") for word in words)
        if left not in _set("perhaps") or (about_tax and with_tax is None):
            return None
    return PriceHeading(
        meaning=_meaning(left, per_piece, is_cost=is_cost, contradicts=contradicts),
        quantity=quantity,
        with_tax=None if contradicts else with_tax,
        currencies=currencies,
        is_unit_price=left == "unitprice",
    )


def is_price_unit(heading: str) -> bool:
    """Whether the column says how many units a price is for."""
    return "".join(_words(heading)) in _set("price_units")


def is_reference(heading: str) -> bool:
    """Whether the column belongs to prices of a litre or kilogram: a measure, or its unit."""
    words = _words(heading)
    return "".join(words) in _set("references") or _is_any(words, "references")


def says_tax(heading: str) -> bool | None:
    """Whether the heading speaks of amounts with tax (True) or without (False); None where it does neither."""
    words = _words(heading)
    found, contradicts = _tax(words)
    about_tax = any(word in _set("words", "tax") for word in words)
    return None if contradicts or not about_tax else found


@cache
def currency_of_format(form: str) -> str:
    """The currency that a spreadsheet's format of numbers names, as in `#,##0.00 [$EUR]` or `0.00 "€"`.

    Empty where it names none, or a sign that several currencies have without the place whose sign it is.
    """
    found = _FORMAT_CURRENCY.findall(form)
    for stated, place in found:
        if code := _data()["format_places"].get(f"{stated}-{place.upper()}"):
            return str(code)
        if _CODE.fullmatch(stated) and stated.isupper():
            try:
                return check_currency(stated)
            except InvalidInput:
                continue
    signs = ((sign, code) for code, known in _data()["currencies"].items() for sign in known)
    texts = (*(stated for stated, _ in found), *_FORMAT_TEXT.findall(form), *(sign for sign in "€£" if sign in form))
    return next((code for sign, code in signs if any(sign == text.strip() for text in texts)), "")


@cache
def currencies_named(sign: str) -> tuple[str, ...]:
    """The currencies that a sign or code in a cell can mean: none where it is neither."""
    if _CODE.fullmatch(sign) and sign.isupper():
        try:
            return (check_currency(sign),)
        except InvalidInput:
            return ()
    for shared, codes in _data()["shared_signs"].items():
        if sign.casefold().rstrip(".") == shared.casefold():
            return tuple(codes)
    for code, signs in _data()["currencies"].items():
        if sign.casefold().rstrip(".") in {one.casefold() for one in signs}:
            return (code,)
    return ()


def _meaning(left: str, rest: Sequence[str], *, is_cost: bool, contradicts: bool) -> Meaning:
    if is_cost:
        return Meaning.COST
    if left in _set("base_prices") or any(word in _set("per") for word in rest):
        return Meaning.MEASURE
    return Meaning.SURE if left in _plain() and not contradicts else Meaning.DOUBTFUL


def _words(heading: str) -> list[str]:
    text = _ABBREVIATED.sub(lambda found: f" {found[0].lower()}", _THOUSANDS.sub(r"\g<1>000", heading))
    words: list[str] = []
    for word in _split(_HUMP.sub(" ", text)):
        parts = _GLUED.sub(r" \1 \2 ", word).split()
        words.extend(part for one in parts for part in _without_tax_mark(one))
    return words


def _split(text: str) -> list[str]:
    return [found for word in re.split(r"[\W_]+", text) if (found := bare(word))]


def _without_tax_mark(word: str) -> list[str]:
    """Nettopreis is netto and Preis."""
    for mark in _TAX_MARKS:
        if word.startswith(mark) and word != mark:
            return [mark, word.removeprefix(mark)]
        if word.endswith(mark) and word != mark:
            return [word.removesuffix(mark), mark]
    return [word]


def _speaks_of_price(words: Sequence[str]) -> bool:
    stems = tuple(_set("stems"))
    if "".join(words) in _set("words"):
        return True
    return any(word in _set("words") or word.startswith(stems) or word.endswith(stems) for word in words)


def _is_cost(words: Sequence[str]) -> bool:
    stems = tuple(_set("cost_stems"))
    return any(word in _set("cost_words") or word.startswith(stems) or word.endswith(stems) for word in words)


def _tax(words: Sequence[str]) -> tuple[bool | None, bool]:
    """Whether the words speak of prices with or without tax, and whether they say both."""
    about_tax = any(word in _set("words", "tax") for word in words)
    included, excluded = (
        any(word in _set(name, "tax") or (about_tax and word in _set(f"{name}_beside", "tax")) for word in words)
        for name in ("with_tax", "without_tax")
    )
    return (included if included != excluded else None), included and excluded


def _residue(words: Sequence[str]) -> list[str]:
    """The words without those of tax, and those that only join."""
    about_tax = any(word in _set("words", "tax") for word in words)
    dropped = _set("words", "tax") | _set("with_tax", "tax") | _set("without_tax", "tax") | _set("fillers")
    if about_tax:
        dropped = dropped | _set("with_tax_beside", "tax") | _set("without_tax_beside", "tax")
    return [word for word in words if word not in dropped]


def _quantity(words: Sequence[str]) -> tuple[int, list[str]]:
    """Of how many units it is the price, and the words without that; a single unit needs no word."""
    found = [word for word in words if word in _QUANTITIES]
    if len(found) != 1:
        return 1, list(words)
    position = words.index(found[0])
    before = words[:position]
    if before and before[-1] in _set("per"):
        before = before[:-1]
    after = list(words[position + 1 :])
    if after and after[0] in _set("pieces"):
        after = after[1:]
    return int(found[0]), [*before, *after]


def _without_piece(words: Sequence[str]) -> list[str]:
    """Price per hour is a price; price per litre keeps its words."""
    for position in range(len(words) - 1):
        if words[position] in _set("per") and words[position + 1] in _set("pieces"):
            return [*words[:position], *words[position + 2 :]]
    return list(words)


def _currencies(heading: str, words: Sequence[str]) -> tuple[tuple[str, ...], frozenset[str]]:
    """The currencies that the heading can mean, and which of its words say so."""
    data = _data()
    for sign, codes in data["shared_signs"].items():
        if (sign in heading and not sign.isalpha()) or (sign.isalpha() and bare(sign) in words):
            return tuple(codes), frozenset({bare(sign)})
    for code, signs in data["currencies"].items():
        for sign in signs:
            if (bare(sign) and bare(sign) in words) or (not bare(sign) and sign in heading):
                return (code,), frozenset({bare(sign)})
    for word in re.split(r"[\W_]+", _HUMP.sub(" ", heading)):
        if _CODE.fullmatch(word) and (
            (word.isupper() and not heading.isupper()) or word.lower() not in _WORDS_LIKE_CODES
        ):
            try:
                return (check_currency(word),), frozenset({bare(word)})
            except InvalidInput:
                continue
    return (), frozenset()


def _is_any(words: Sequence[str], name: str) -> bool:
    return any(word in _set(name) for word in words) or any(pair in _set(name) for pair in _pairs(words))


def _pairs(words: Sequence[str]) -> list[str]:
    return [f"{first}{second}" for first, second in pairwise(words)]


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("invoicing.importing").joinpath("prices.toml").read_text("utf-8"))


@cache
def _set(name: str, section: str = "") -> frozenset[str]:
    names: Iterable[str] = (_data()[section] if section else _data())[name]
    return frozenset(bare(one) for one in names)


@cache
def _plain() -> frozenset[str]:
    return frozenset("".join(_residue(_split(one))) for one in _data()["plain"])
