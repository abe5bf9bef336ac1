"""Codes, handles and identifiers: words of ASCII that name one thing, in whichever letter case they are written.

Only the letters A to Z have a case here. What Unicode lowers or raises to one of them (the Kelvin sign to `k`, the
dotless i to `I`, the long s to `S`) is another letter, and a code that holds one names nothing.
"""

from __future__ import annotations

from string import ascii_lowercase, ascii_uppercase

_SMALL = str.maketrans(ascii_uppercase, ascii_lowercase)
_CAPITAL = str.maketrans(ascii_lowercase, ascii_uppercase)


def small_letters(code: str) -> str:
    """The code as it is compared where codes are written small, without ordinary blanks around it."""
    return code.strip(" ").translate(_SMALL)


def is_plain(number: str) -> bool:
    """Whether the letters and digits of a number are ASCII, whatever separates them. To be asked before the text is
    put in order: the Kelvin sign is a `K` in Unicode's normal form.
    """
    return all(one.isascii() or not one.isalnum() for one in number)


def capitals(code: str) -> str:
    """The code as it is compared where codes are written in capitals, without ordinary blanks around it."""
    return code.strip(" ").translate(_CAPITAL)
