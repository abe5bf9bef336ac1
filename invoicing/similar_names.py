"""Names that somebody may have meant: for the refusal of one that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from itertools import islice

from invoicing.text import fold

NAMES_COMPARED_MAX = 500
_WANTED_MAX = 80
_ALIKE_PERCENT = 75
_WORD = re.compile(r"\w+")


def similar_names(wanted: str, names: Iterable[str], *, limit: int = 5) -> list[str]:
    """Those of the names that hold every word of `wanted`, give or take a letter or two; the most alike first.

    Order of words and case do not matter. Only the first 500 names are compared, and nothing is found for a text that
    is too long to be a name: a refusal must not cost more than what it refuses.
    """
    words = _words(wanted) if len(wanted) <= _WANTED_MAX else []
    if not words:
        return []
    words_of = {name: _words(name) for name in islice(names, NAMES_COMPARED_MAX)}
    known = {word for each in words_of.values() for word in each}
    alike = [_counterparts(word, known) for word in words]
    likeness = {name: _likeness(alike, each) for name, each in words_of.items()}
    found = [name for name, (percent, _) in likeness.items() if percent]
    return sorted(found, key=lambda name: (*(-part for part in likeness[name]), name))[:limit]


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))


def _likeness(alike: list[dict[str, int]], name: list[str]) -> tuple[int, int]:
    """How alike a name is to what is wanted, in percent over all words, and how few words it has besides; the
    percentage is 0 where a word that is wanted has no counterpart. `alike` has what each of those is like.
    """
    best = [max((counterparts.get(word, 0) for word in name), default=0) for counterparts in alike]
    return (sum(best) if min(best) else 0, len(alike) - len(name))


def _counterparts(word: str, known: Iterable[str]) -> dict[str, int]:
    """Those of the known words that are like this one, and how much in percent."""
    # What the matcher prepares of its second text it keeps; names share many words, and each is compared once.
    matcher = SequenceMatcher(None, "", word, autojunk=False)
    found = {}
    for other in known:
        matcher.set_seq1(other)
        if percent := 100 if other == word else _percent(matcher):
            found[other] = percent
    return found


def _percent(matcher: SequenceMatcher[str]) -> int:
    # The bounds from above are much cheaper than the ratio, and most words differ by far.
    percent = 0
    for ratio in (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio):
        percent = int(100 * ratio())
        if percent < _ALIKE_PERCENT:
            return 0
    return percent
