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


def says_month(document: Document) -> bool:
    """Whether a text of the document names the month in which it was issued, as a word or in numbers."""
    texts = fold(" ".join([document.note, *(f"{line.name} {line.description}" for line in document.lines)]))
    year, month = document.issue_date.year, document.issue_date.month
    words = {names[month - 1] for names in (_months(document.locale), _months(_ENGLISH))}
    written = rf"\b({year}[-./]0?{month}|0?{month}[-./]{year})\b"
    return bool(re.search(written, texts)) or any(re.search(rf"\b{re.escape(word)}\b", texts) for word in words)


def _what(line: WorkLine, locale: str) -> str:
    if line.item:
        return line.item
    text = _NUMBERS.sub(" ", fold(f"{line.name} {line.description}"))
    words = _words_of_months(locale)
    return " ".join(word for word in _BLANKS.split(text) if word and word.strip(",;:()") not in words)


@cache
def _words_of_months(locale: str) -> frozenset[str]:
    return frozenset((*_months(locale), *_months(_ENGLISH)))


@cache
def _months(locale: str) -> tuple[str, ...]:
    """The names of the twelve months, as they are compared."""
    try:
        names = Locale.parse(locale).months["format"]["wide"]
    except (ValueError, UnknownLocaleError):
        return _months(_ENGLISH)
    return tuple(fold(names[number]) for number in range(1, 13))
