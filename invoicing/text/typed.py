"""Text that people type: what is refused, how long it may be, and how it is shown among our own words.

Every text that arrives passes `check_characters`, whatever it is for; every text of somebody else that is shown in a
line of ours passes `one_line`.
"""

from __future__ import annotations

import json
import unicodedata

from anyascii import anyascii

from invoicing.refusals import InvalidInput, LimitExceeded, Malformed

# Line breaks and tabs are welcome in notes; every other control character, surrogates, the bidirectional
# overrides that can make a document read differently from what it says, the deprecated and annotating format
# characters, and the invisible tag characters that only a machine reads are refused.
_WELCOME_CONTROLS = frozenset("\n\r\t")
_REFUSED_FORMATS = frozenset(
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\ufff9\ufffa\ufffb"
).union(chr(tag) for tag in range(0xE0000, 0xE0080))
_LINE_ENDS = frozenset("\u2028\u2029")
_REFUSED_CATEGORIES = frozenset(("Cc", "Cs", "Co", "Cn"))
# Characters without width that come along when text is copied from a page: they are dropped, because with them two
# names look the same and are not.
_DROPPED = dict.fromkeys(map(ord, "\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff"))
# Letters by category that print as blanks: the Hangul fillers and the empty Braille pattern.
_BLANKS = dict.fromkeys(map(ord, "\u115f\u1160\u2800\u3164\uffa0"), " ")
# The joiners shape letters in Persian, Indic scripts and emoji; they make no name another one.
_JOINERS = dict.fromkeys(map(ord, "\u200c\u200d"))
_PUT_IN_ORDER = _DROPPED | _BLANKS
_COMPARED = _PUT_IN_ORDER | _JOINERS
# Letters, digits, punctuation and symbols: a name of nothing but blanks and joiners is no name.
_VISIBLE_CATEGORIES = frozenset("LNPS")

# What programs write for nothing. As a whole note or reference it is nothing; but Null is a surname, and None a town in
# Piedmont.
_WORDS_FOR_NOTHING = frozenset(("null", "undefined", "none"))
_NAMES_AND_PLACES = frozenset(
    "name legal_name account_holder bank_name line1 line2 postal_code city region address query customer item"
    " organization partner handle copy_from".split()
)

QUOTED_MAX = 60
"""How many characters of what a caller sent a refusal repeats."""

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
    if not text and not required:
        return text
    _check_length(text, field=field, limit=limit)
    text = check_characters(text, field=field).strip()
    if not _WELCOME_CONTROLS.isdisjoint(text):
        raise InvalidInput(f"{field} must be one line: remove the line breaks and tabs.", field=field)
    return _finish(" ".join(_in_order(text).split()), field=field, limit=limit, required=required)


def clean_text(text: str, *, field: str, limit: int = 2_000, lines: int = 60) -> str:
    """Text of several lines: normalized to NFC and trimmed, line breaks kept; `null` and the like are nothing.

    Raises:
        InvalidInput: a control character other than a line break or a tab.
        LimitExceeded: more than `limit` characters or `lines` lines.
    """
    if not text:
        return text
    _check_length(text, field=field, limit=limit)
    # Word processors and web pages break lines with the separators of Unicode.
    text = "\n".join(check_characters(text, field=field).splitlines())
    if text.strip().count("\n") >= lines:
        raise LimitExceeded(f"{field} has more than {lines} lines.", field=field)
    return _finish(_in_order(text).strip(), field=field, limit=limit, required=False)


def _check_length(text: str, *, field: str, limit: int) -> None:
    if len(text) > limit:
        raise LimitExceeded(f"{field} has {len(text)} characters; at most {limit} are allowed.", field=field)


def _in_order(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text.translate(_PUT_IN_ORDER))


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


def check_characters(text: str, *, field: str) -> str:
    """The text itself, where each of its characters can be printed, or is a line break or a tab.

    A search for a NUL would find everything, since databases end a pattern there; others end a line, or turn it round.

    Raises:
        Malformed: a control character, half a character (JSON can hold an unpaired surrogate), one that Unicode
            has not assigned, or one that makes a text read differently from what it says.
    """
    if text.isprintable():
        return text
    for character in text:
        if _is_refused(character):
            raise Malformed(
                f"contains the character U+{ord(character):04X}, which cannot be printed: remove it.", field=field
            )
    return text


def one_line(text: str) -> str:
    """The text as a part of one line of ours: its own lines are joined by ` / `, and what could not be printed or
    would turn the line round is written as its code.

    So no line of an answer, of a message or of a log begins with somebody else's words. What arrives is checked
    before it is kept; this holds whatever was kept.
    """
    if text.isprintable():
        return text
    whole = " / ".join(line for line in text.splitlines() if line.strip())
    return "".join(
        f"\\u{ord(character):04x}" if character != "\t" and _is_refused(character) else character
        for character in whole.translate(_DROPPED)
    )


def json_on_one_line(text: str) -> str:
    """The same JSON, in which what would end the line, or turn it round, or has no width, is written as its code."""
    if text.isprintable():
        return text
    return "".join(
        json.dumps(one)[1:-1] if _is_refused(one) or one in _LINE_ENDS or ord(one) in _DROPPED else one for one in text
    )


def quoted(text: str) -> str:
    """What a caller sent, as a refusal repeats it: in quotation marks, on one line, and cut where it is long."""
    shown = one_line(text[: QUOTED_MAX + 1].strip()).replace('"', "'")
    return f'"{shown}"' if len(shown) <= QUOTED_MAX else f'"{shown[:QUOTED_MAX].rstrip()}..."'


def _is_refused(character: str) -> bool:
    return (
        unicodedata.category(character) in _REFUSED_CATEGORIES and character not in _WELCOME_CONTROLS
    ) or character in _REFUSED_FORMATS


def noun_of(number: int, noun: str) -> str:
    """The noun as it stands after the number: 1 `document`, 2 `documents`, 2 `tax authorities`, 2 `keys`."""
    if number == 1:
        return noun
    return f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2:-1] not in "aeiou" else f"{noun}s"


def counted(number: int, noun: str) -> str:
    """The number with its noun: `1 document`, `2,000 documents`, `2 tax authorities`."""
    return f"{number:,} {noun_of(number, noun)}"


def fold(text: str) -> str:
    """The text as it is compared: compatibility forms made one (NFKC), no case, single blanks."""
    plain = " ".join(text.translate(_COMPARED).split())
    # Accents are put in order at a cost that grows with the square of how many stand on one letter: a request full of
    # them would hold up everybody for minutes. What is cut here is longer than any name, and stays so.
    return " ".join(unicodedata.normalize("NFKC", plain[:COMPARED_MAX]).casefold().split())


def in_command(word: str) -> str:
    """A word as one word of a command line, also where it has blanks: as POSIX shells, cmd and PowerShell read it."""
    return f'"{word}"' if any(character.isspace() for character in word) else word
