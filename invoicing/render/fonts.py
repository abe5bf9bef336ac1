"""The two embedded typefaces: what they can print and how wide it is.

Only these are used, so a document looks the same everywhere and needs no font on the reader's machine.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REPLACEMENT = "\ufffd"

# reportlab reads the font file through a position that it keeps on the face, while it writes the subsets into a
# document: two documents finished at the same moment would read each other's glyphs.
EMBEDDING_LOCK = threading.Lock()

_FOLDER = Path(__file__).with_name("fonts")
_LOADING_LOCK = threading.Lock()
# Soft hyphens, joiners, direction marks and variation selectors: they shape text and show nothing themselves.
_INVISIBLE = frozenset(
    map(chr, (0xAD, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF))
) | frozenset(map(chr, range(0xFE00, 0xFE10)))
_LINE_BREAKS = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")
_NONCHARACTERS = frozenset((0xFFFE, 0xFFFF))
_FIRST_PRINTABLE = 0x20


@dataclass(frozen=True, slots=True)
class Face:
    """A typeface. `name` is the one it is registered under; `widths` are in thousandths of the font size."""

    name: str
    widths: dict[str, int]

    def width_of(self, text: str, size: float) -> float:
        """The width of printable `text` at `size`, in points."""
        widths = self.widths
        return sum([widths[character] for character in text]) * size / 1000


@dataclass(frozen=True, slots=True)
class Faces:
    """The regular and the bold face, and the characters that both can print."""

    regular: Face
    bold: Face
    covered: frozenset[str]


def faces() -> Faces:
    """The faces, loaded and registered at the first call."""
    # `cache` alone lets two threads that come first load the fonts twice.
    with _LOADING_LOCK:
        return _load_faces()


def unprintable_characters(text: str) -> str:
    """The distinct characters of `text` that a document cannot show, in the order of their first appearance.

    Line breaks, blanks of every width and invisible characters (soft hyphens, joiners, direction marks) are fine.
    An empty answer means that everything is printed as written; what is in the answer is printed as U+FFFD.
    """
    covered = faces().covered
    if covered.issuperset(text):
        return ""
    missing = dict.fromkeys(character for character in text if character not in covered)
    return "".join(
        character
        for character in missing
        if not (character in _LINE_BREAKS or _plain_form(character, covered) is not None)
    )


def printable(text: str) -> str:
    """`text` on one line as it is drawn: blanks that the faces lack are plain ones, invisible characters are left
    out, and any other character that the faces lack is U+FFFD.
    """
    covered = faces().covered
    if covered.issuperset(text):
        return text
    return "".join(
        plain
        if (plain := _plain_form(character, covered)) is not None
        else character
        if character in covered
        else REPLACEMENT
        for character in text
    )


def printable_lines(text: str) -> list[str]:
    """The lines of `text` as they are drawn, split at every kind of line break; empty lines are kept."""
    return [printable(line) for line in text.splitlines()]


def _plain_form(character: str, covered: frozenset[str]) -> str | None:
    if character in _INVISIBLE:
        return ""
    # A no-break space of either width is in the faces and keeps its meaning; a tab or an ideographic space is not.
    return " " if character.isspace() and character not in covered else None


@cache
def _load_faces() -> Faces:
    regular = _load_face("Counterfoil-Regular", "NotoSans-Regular.ttf")
    bold = _load_face("Counterfoil-Bold", "NotoSans-Bold.ttf")
    return Faces(regular=regular, bold=bold, covered=frozenset(regular.widths) & frozenset(bold.widths))


def _load_face(name: str, file: str) -> Face:
    font = TTFont(name, str(_FOLDER / file), shapable=False)
    pdfmetrics.registerFont(font)
    widths = {
        chr(code): round(font.face.charWidths.get(code, font.face.defaultWidth))
        for code, glyph in font.face.charToGlyph.items()
        if glyph and code >= _FIRST_PRINTABLE and code not in _NONCHARACTERS and chr(code) not in _INVISIBLE
    }
    return Face(name=name, widths=widths)
