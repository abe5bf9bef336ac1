"""Supplies that a line's own words tell: services that are taxed at a place of their own, and what a buyer at home
owes the tax of. The words decide nothing; they make the draft ask. `words.toml` and `reverse_charges.toml`.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

# Letters that Unicode does not take apart into a base letter and an accent.
_BASE_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "ł": "l", "đ": "d", "ı": "i", "œ": "oe", "’": "'"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where services of a kind are taxed: `article` of the Directive, or of the law of a country outside the EU
    (`others`); `where` completes "is taxed".
    """

    code: str
    article: str
    where: str
    others: Mapping[str, str]

    def article_for(self, country: str) -> str:
        """The provision that a seller of this country reads."""
        return self.others.get(country, self.article)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of supply that words tell. `place` names a `Place`, where services of it have one; `goods`: it is goods,
    or can be. `but` are phrases that mean something else, in small letters without accents. In the company of
    `planning` a line is the planning of such a work, unless one of `planning_but` says that the work belongs to it.
    """

    code: str
    name: str
    words: Mapping[str, tuple[str, ...]]
    place: str = ""
    goods: bool = False
    but: tuple[str, ...] = ()
    planning: tuple[str, ...] = ()
    planning_but: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReverseCharge:
    """What a country's law makes a business that buys at home owe the tax of: by kind, in words; `when` says on which
    condition, `until` when it ends.
    """

    country: str
    kinds: Mapping[str, str]
    law: str
    when: str
    until: date | None = None


def kinds_told(description: str, languages: tuple[str, ...]) -> tuple[Kind, ...]:
    """The kinds of supply that a description tells in one of these languages (ISO 639-1) or in English."""
    text = f" {_plain(description)} "
    told = _codes_told(text, languages)
    if not told:
        return ()
    found = {
        _PLANNED if _is_planning(kind, text) else kind.code
        for kind in kinds()
        if kind.code in told and (not kind.but or kind.code in _codes_told(_without(text, kind.but), languages))
    }
    return tuple(kind for kind in kinds() if kind.code in found)


# The kind that the planning of building work is: a service on land.
_PLANNED = "planning"


def _is_planning(kind: Kind, text: str) -> bool:
    rest = _without(text, kind.planning_but)
    return any(
        word[1:] in rest if word.startswith("*") else re.search(rf"(?<!\w){re.escape(word)}", rest)
        for word in kind.planning
    )


def place_of(kind: Kind) -> Place | None:
    """Where services of the kind are taxed, if not by the buyer."""
    return _places().get(kind.place)


def reverse_charge_of(country: str, kind: Kind, on: date) -> tuple[str, ReverseCharge] | None:
    """What a country reverses of this kind at home on a day, in words, and the rule."""
    for rule in _rules():
        if rule.country == country and kind.code in rule.kinds and (rule.until is None or on <= rule.until):
            return rule.kinds[kind.code], rule
    return None


@cache
def kinds() -> tuple[Kind, ...]:
    """All kinds, in the order in which they are asked about."""
    return tuple(
        Kind(
            **entry
            | {"words": {language: tuple(words) for language, words in entry["words"].items()}}
            | {name: tuple(map(_plain, entry.get(name, ()))) for name in ("but", "planning", "planning_but")}
        )
        for entry in _file("words.toml")["kinds"]
    )


@cache
def _places() -> dict[str, Place]:
    return {entry["code"]: Place(**entry) for entry in _file("words.toml")["places"]}


@cache
def _rules() -> tuple[ReverseCharge, ...]:
    return tuple(ReverseCharge(**entry) for entry in _file("reverse_charges.toml")["rules"])


def _file(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class _Words:
    """Beginnings of words by their first letters, and words that may stand anywhere, each with its kinds' codes.

    A document has up to a thousand lines: only the few words that share their first letters are compared.
    """

    beginnings: Mapping[str, tuple[tuple[str, str], ...]]
    anywhere: tuple[tuple[str, str], ...]


_FIRST_LETTERS = 3
_WORD_START = re.compile(r"(?<!\w)\w")


def _codes_told(text: str, languages: tuple[str, ...]) -> set[str]:
    words = _words(languages)
    told = {code for word, code in words.anywhere if word in text}
    for start in (match.start() for match in _WORD_START.finditer(text)):
        for word, code in words.beginnings.get(text[start : start + _FIRST_LETTERS], ()):
            if text.startswith(word, start):
                told.add(code)
    return told


def _without(text: str, phrases: tuple[str, ...]) -> str:
    for phrase in phrases:
        text = text.replace(phrase, " ")
    return text


@cache
def _words(languages: tuple[str, ...]) -> _Words:
    beginnings: dict[str, list[tuple[str, str]]] = {}
    anywhere = []
    for kind in kinds():
        for language in dict.fromkeys(("en", *languages)):
            for word in kind.words.get(language, ()):
                if word.startswith("*"):
                    anywhere.append((_plain(word[1:]), kind.code))
                else:
                    plain = _plain(word)
                    beginnings.setdefault(plain[:_FIRST_LETTERS], []).append((plain, kind.code))
    return _Words({letters: tuple(found) for letters, found in beginnings.items()}, tuple(anywhere))


def _plain(text: str) -> str:
    """Small letters without accents."""
    if text.isascii():
        return text.casefold()
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_BASE_LETTERS))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
