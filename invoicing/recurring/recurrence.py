"""Which invoices of a month look as if they came every month.

An invoice recurs where the month before it has one to the same customer, in the same currency, for the same work,
whatever its prices and quantities. What a line is for says its item, or without one its text; the months and the
numbers in a text are its own month's, and do not count.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from babel import Locale, UnknownLocaleError

from invoicing.document.documents import Document
from invoicing.text.typed import fold

_ENGLISH = "en"
_NUMBERS = re.compile(r"[\d./-]*\d[\d./-]*")
_BLANKS = re.compile(r"\s+")
_WORDS = re.compile(r"[^\W\d_]+")
_WRITTEN = re.compile(r"\b((19|20)\d\d[-./](0?[1-9]|1[0-2])|(0?[1-9]|1[0-2])[-./](19|20)\d\d)\b")
_MAY = "may"
_FIGURES = frozenset(map(str, range(1, 13)))
_MAY_MONTH = re.compile(r"(^may\b|\bmay\b(?!\s+[^\W\d_]))")

Work = tuple[str, str, tuple[str, ...]]
"""Customer, currency, and what each line is for, in a settled order."""


class WorkLine(Protocol):
    """A line of a document, or of one to be."""

    @property
    def item(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def description(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Recurring:
    """An invoice that is to be drafted again, and the one of the month before it that it is like, if there is one."""

    document: Document
    earlier: Document | None = None


def work_of(customer: str, currency: str, lines: Iterable[WorkLine], *, locale: str) -> Work:
    """What a document is for, without the figures."""
    return customer, currency, tuple(sorted(_what(line, locale) for line in lines))


def work_of_document(document: Document) -> Work:
    return work_of(document.customer, document.currency, document.lines, locale=document.locale)


def recurring(previous: Sequence[Document], before: Sequence[Document], *, all_of_them: bool) -> list[Recurring]:
    """Those of the invoices of a month that recur: each with another one of the month `before`. With `all_of_them` the
    others too, without one.
    """
    earlier: dict[Work, list[Document]] = defaultdict(list)
    for document in reversed(before):
        earlier[work_of_document(document)].append(document)
    found = []
    for document in previous:
        alike = earlier[work_of_document(document)]
        if alike or all_of_them:
            found.append(Recurring(document, alike.pop() if alike else None))
    return found


def says_month(source: Document, made: Document) -> bool:
    """Whether a text that names a month, as a word or in numbers, is the same in what was made from the source."""
    words = _words_of_months(source.locale)
    return any(_names_month(text, words) for text in _texts(source) & _texts(made))


def _texts(document: Document) -> set[str]:
    return {fold(text) for text in (document.note, *(f"{line.name} {line.description}" for line in document.lines))}


def _names_month(text: str, words: frozenset[str]) -> bool:
    """Of a word that is a verb as well only what does not stand before another word."""
    names = words - {_MAY}
    return bool(_WRITTEN.search(text) or _MAY_MONTH.search(text)) or any(word in names for word in _WORDS.findall(text))


def _what(line: WorkLine, locale: str) -> str:
    if line.item:
        return line.item
    text = _NUMBERS.sub(" ", fold(f"{line.name} {line.description}"))
    words = _words_of_months(locale)
    return " ".join(word for word in _BLANKS.split(text) if word and word.strip(",;:().") not in words)


@cache
def _words_of_months(locale: str) -> frozenset[str]:
    return frozenset((*_months(locale), *_months(_ENGLISH), "sept"))


@cache
def _months(locale: str) -> tuple[str, ...]:
    """The names of the twelve months, long and short, as they are compared."""
    try:
        forms = Locale.parse(locale).months
    except (ValueError, UnknownLocaleError):
        return _months(_ENGLISH)
    names = [forms[use][width] for use in ("format", "stand-alone") for width in ("wide", "abbreviated")]
    return tuple({fold(each[number]).rstrip(".") for each in names for number in range(1, 13)} - _FIGURES)
