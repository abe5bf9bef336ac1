"""Text that people type: what is refused, and how long it may be."""

from __future__ import annotations

import unicodedata

from anyascii import anyascii

from invoicing.refusals import InvalidInput, LimitExceeded

# Line breaks and tabs are welcome in notes; every other control character, surrogates, the bidirectional
# overrides that can make a document read differently from what it says, and the invisible tag characters
# that only a machine reads are refused.
_WELCOME_CONTROLS = frozenset("\n\t")
_REFUSED_FORMATS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069").union(
    chr(tag) for tag in range(0xE0000, 0xE0080)
)
# Characters without width that come along when text is copied from a page: they are dropped, because with them two
# names look the same and are not.
_DROPPED = dict.fromkeys(map(ord, "\u00ad\u200b\u200e\u200f\u061c\u2060\u2061\u2062\u2063\u2064\ufeff"))
# Letters by category that print as blanks: the Hangul fillers and the empty Braille pattern.
_BLANKS = dict.fromkeys(map(ord, "\u115f\u1160\u2800\u3164\uffa0"), " ")
# The joiners shape letters in Persian, Indic scripts and emoji; they make no name another one.
_JOINERS = dict.fromkeys(map(ord, "\u200c\u200d"))
# Letters, digits, punctuation and symbols: a name of nothing but blanks and joiners is no name.
_VISIBLE_CATEGORIES = frozenset("LNPS")

# What programs write for nothing. As a whole note or reference it is nothing; but Null is a surname, and None a town in
# Piedmont.
_WORDS_FOR_NOTHING = frozenset(("null", "undefined", "none"))
_NAMES_AND_PLACES = frozenset(
    "name legal_name account_holder bank_name line1 line2 postal_code city region address query customer item"
    " organization partner handle copy_from".split()
)

COMPARED_MAX = 2_000
"""How many characters of a text are compared; no name, and nothing that is searched for, has as many."""


def says_nothing(text: str, field: str) -> bool:
    """Whether a whole text is nothing: empty, or a word that programs write for it where it can be no name or place."""
    word = text.strip().casefold()
    return not word or (word in _WORDS_FOR_NOTHING and field.rpartition(".")[2] not in _NAMES_AND_PLACES)


def clean_line(text: str, *, field: str, limit: int = 200, required: bool = False) -> str:
    """One line of text: normalized to NFC, trimmed, inner runs of blanks made one; `null` and the like are nothing,
    except where the field is a name or a part of an address.

    Raises:
        InvalidInput: a control character, a line break, or nothing where something is required.
        LimitExceeded: more than `limit` characters.
    """
    _check_length(text, field=field, limit=limit)
    text = text.strip()
    if any(character in "\n\r\t" for character in text):
        raise InvalidInput(f"{field} must be one line: remove the line breaks and tabs.", field=field)
    return _finish(" ".join(_checked(text, field=field).split()), field=field, limit=limit, required=required)


def clean_text(text: str, *, field: str, limit: int = 2_000, lines: int = 60) -> str:
    """Text of several lines: normalized to NFC and trimmed, line breaks kept; `null` and the like are nothing.

    Raises:
        InvalidInput: a control character other than a line break or a tab.
        LimitExceeded: more than `limit` characters or `lines` lines.
    """
    _check_length(text, field=field, limit=limit)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.strip().count("\n") >= lines:
        raise LimitExceeded(f"{field} has more than {lines} lines.", field=field)
    return _finish(_checked(text, field=field).strip(), field=field, limit=limit, required=False)


def _check_length(text: str, *, field: str, limit: int) -> None:
    if len(text) > limit:
        raise LimitExceeded(f"{field} has {len(text)} characters; at most {limit} are allowed.", field=field)


def _checked(text: str, *, field: str) -> str:
    for character in text:
        category = unicodedata.category(character)
        if character in _WELCOME_CONTROLS:
            continue
        if category in {"Cc", "Cs", "Co", "Cn"} or character in _REFUSED_FORMATS:
            raise InvalidInput(
                f"{field} contains the character U+{ord(character):04X}, which cannot be printed: remove it.",
                field=field,
            )
    return unicodedata.normalize("NFC", text.translate(_DROPPED | _BLANKS))


def _finish(text: str, *, field: str, limit: int, required: bool) -> str:
    if says_nothing(text, field):
        text = ""
    # NFC makes some texts longer: a few letters of Hebrew, Bengali and Devanagari fall apart into two or three.
    _check_length(text, field=field, limit=limit)
    if required and not any(unicodedata.category(character)[0] in _VISIBLE_CATEGORIES for character in text):
        raise InvalidInput(f"{field} is required.", field=field)
    return text


def search_key(*parts: str) -> str:
    """What a search is matched against: the parts in one case, and again in Latin letters.

    So `Ελαιώνας` is found by `ελαιώνας` as well as by `elaionas`.
    """
    text = " ".join(part for part in parts if part)
    folded = fold(text)
    latin = anyascii(text).casefold()
    return folded if latin == folded else f"{folded} {latin}"


def is_text(value: str) -> bool:
    """Whether the text is made of whole characters: JSON can hold half of one (an unpaired surrogate)."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def noun_of(number: int, noun: str) -> str:
    """The noun as it stands after the number: 1 `document`, 2 `documents`, 2 `tax authorities`."""
    if number == 1:
        return noun
    return f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"


def fold(text: str) -> str:
    """The text as it is compared: compatibility forms made one (NFKC), no case, single blanks."""
    plain = " ".join(text.translate(_DROPPED | _BLANKS | _JOINERS).split())
    # Accents are put in order at a cost that grows with the square of how many stand on one letter: a request full of
    # them would hold up everybody for minutes. What is cut here is longer than any name, and stays so.
    return " ".join(unicodedata.normalize("NFKC", plain[:COMPARED_MAX]).casefold().split())


def in_command(word: str) -> str:
    """A word as one word of a command line, also where it has blanks: as POSIX shells, cmd and PowerShell read it."""
    return f'"{word}"' if any(character.isspace() for character in word) else word
