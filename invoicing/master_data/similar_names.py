"""Names that somebody may have meant: for the refusal of one that is not there. Never one instead of another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from anyascii import anyascii
from rapidfuzz import process
from rapidfuzz.distance import Indel

from invoicing.text.typed import fold

NAMES_COMPARED_MAX = 2_000
"""So many names are compared at once, in a few hundredths of a second; of more, those with most of the fragments."""

_WANTED_MAX = 200
_WORDS_MAX = 12
_FRAGMENTS_MAX = 12
_FRAGMENT_LENGTH = 3
_ALIKE_PERCENT = 75
_BEGINNING_MIN = 4
_JOINED_MIN = 6
_JOINED_PERCENT = 88
_WORD = re.compile(r"[^\W_]+")
# One sound that is written with one letter or with two: Müller, Mueller and Muller are one name to who has heard it.
_TWO_LETTERS = re.compile(r"ae|oe|ue|aa")

# What is said of a company and not its name, as the words of a text: dots, blanks and slashes are gone, `S.à r.l.` is
# `sarl`. And the little words between names. None of them counts, unless a name is made of nothing else.
_SAID_BESIDES = frozenset(
    """
    ltd limited plc llp llc lp inc incorporated corp corporation co company cic cyf
    gmbh ggmbh mbh ag kg kgaa ohg gbr ug eg ev ek ekfm eu og keg haftungsbeschrankt
    sarl sas sasu sa snc eurl sci scop selarl earl gie sca scs sprl bvba srl scrl asbl vzw bv nv vof cv cvba
    srls spa sapa snc ss scarl scrl sl slu slne slp sal lda unipessoal sgps eireli
    oy oyj ab abp publ hb kb as asa ans da ba aps is ks amba ivs smba
    sp spolka zoo spzoo spj spk psa sro vos doo jdoo dd dno kft zrt nyrt bt kkt rt pfa
    ood eood ad ead uab mb vsi sia ou tu fie ike ae oe ee epe ooo oao zao pao pty pte kk
    and und et og och en ja i y e the
    """.split()
)


@dataclass(frozen=True, slots=True)
class _Name:
    """A name as it is compared: the words that make it, and the few that are only said besides."""

    words: tuple[str, ...]
    besides: frozenset[str]

    @property
    def joined(self) -> str:
        return "".join(self.words)


def similar_names(wanted: str, names: Iterable[str], *, limit: int = 5) -> list[str]:
    """Those of the names that are like what is wanted, the most alike first, at most `limit`.

    A name is like it where every word of the one has a counterpart in the other, give or take a letter or two: the
    order of words, case, accents, script and legal forms (Ltd, GmbH, S.r.l.) do not matter. Nothing is found for a
    text that is too long to be a name: a refusal must not cost more than what it refuses.
    """
    own = _name(wanted) if len(wanted) <= _WANTED_MAX else None
    if own is None or not own.words or len(own.words) > _WORDS_MAX:
        return []
    known = {name: _name(name) for name in names}
    alike = _counterparts(own.words, {word for name in known.values() for word in name.words})
    near = {word for found in alike.values() for word in found}
    joined = _joined_alike(own, known.values())
    likeness = {
        text: _likeness(own, name, alike) or 100 * joined.get(name.joined, 0)
        for text, name in known.items()
        if name.joined in joined or not near.isdisjoint(name.words)
    }
    found = [text for text, percent in likeness.items() if percent]

    def rank(text: str) -> tuple[int, int, int, str]:
        said_alike = len(known[text].besides & own.besides)
        said_apart = len(known[text].besides ^ own.besides)
        return (-likeness[text], said_apart, -said_alike, text)

    return sorted(found, key=rank)[:limit]


def fragments(wanted: str) -> list[str]:
    """Pieces of three letters of what is wanted: of very many names, those like it hold most of them."""
    words = [word for word in _latin_words(wanted[:_WANTED_MAX]) if word not in _SAID_BESIDES]
    pieces = {
        form[start : start + _FRAGMENT_LENGTH]: None
        for word in words
        for form in (word, _sound(word))
        for start in range(max(len(form) - _FRAGMENT_LENGTH, 0) + 1)
    }
    # Evenly from all of the text, where it has more than a search should look for.
    step = -(-len(pieces) // _FRAGMENTS_MAX) or 1
    return list(pieces)[::step]


def _name(text: str) -> _Name:
    words = _latin_words(text)
    besides = frozenset(word for word in words if word in _SAID_BESIDES)
    own = [word for word in words if word not in besides]
    return _Name(tuple(map(_sound, own)), besides) if own else _Name(tuple(map(_sound, words)), frozenset())


def _latin_words(text: str) -> list[str]:
    """The words in small Latin letters; initials that follow each other are one: `S. p. A.` is `spa`."""
    found = _WORD.findall(text.lower() if text.isascii() else anyascii(fold(text)).lower())
    words: list[str] = []
    for is_initial, run in groupby(found, key=lambda word: len(word) == 1 and word.isalpha()):
        several = list(run)
        words += ["".join(several)] if is_initial else several
    return words


def _sound(word: str) -> str:
    return _TWO_LETTERS.sub(lambda pair: pair.group()[0], word)


def _likeness(own: _Name, name: _Name, alike: dict[str, dict[str, int]]) -> int:
    """How alike two names are, in hundredths of a percent: 0 where neither has a counterpart of all words of the
    other.
    """
    best = [max((alike[word].get(other, 0) for other in name.words), default=0) for word in own.words]
    back = [max((alike[word].get(other, 0) for word in own.words), default=0) for other in name.words]
    missing = sum(len(word) for word, found in zip(own.words, best, strict=True) if not found)
    # More was said than the name has: more than half of it must be the name.
    within = all(back) and 2 * missing < sum(map(len, own.words))
    return (sum(best) * len(back) + sum(back) * len(best)) * 50 // (len(best) * len(back)) if all(best) or within else 0


def _joined_alike(own: _Name, names: Iterable[_Name]) -> dict[str, int]:
    """The names, without their blanks, of which one is written in one word and the other in two."""
    others = {name.joined for name in names if len(name.words) != len(own.words)}
    if len(own.joined) < _JOINED_MIN:
        return {}
    return _scores(own.joined, list(others), _JOINED_PERCENT)


def _counterparts(words: Sequence[str], known: set[str]) -> dict[str, dict[str, int]]:
    """For each of the words those of the known ones that are like it, and how much."""
    choices = list(known)
    return {word: _counterparts_of(word, choices) for word in words}


def _counterparts_of(word: str, known: Sequence[str]) -> dict[str, int]:
    found = _scores(word, known, _ALIKE_PERCENT)
    if len(word) >= _BEGINNING_MIN:
        found |= {other: _ALIKE_PERCENT for other in known if other.startswith(word) and other not in found}
    return found


def _scores(text: str, others: Sequence[str], least: int) -> dict[str, int]:
    # Compared in one go by the library: fifty times as quick as one by one, so that all names can be compared.
    alike = process.extract(
        text, others, scorer=Indel.normalized_similarity, processor=None, score_cutoff=least / 100, limit=None
    )
    return {other: int(100 * score) for other, score, _ in alike}
