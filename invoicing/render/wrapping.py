"""Breaking text into lines of a given width.

Text is measured and never interpreted: there is no markup that a name or a note could contain.
"""

from __future__ import annotations

import re

from invoicing.render.fonts import Face, printable, printable_lines

ELLIPSIS = "…"

# A column that was made exactly as wide as its text must hold it, whatever the last bit of the division says.
_TOLERANCE = 0.5

# Where a word that is longer than a line is best broken: after these.
_BREAK_AFTER = frozenset("-/_.,;:@&?=+")

_SECTION = "§"
# A section sign stays with its number, on whichever side a language writes it.
_BLANK = re.compile(rf" (?!(?<={_SECTION} )\d)(?!(?<=\d ){_SECTION})")


def wrap_text(text: str, *, face: Face, size: float, width: float) -> list[str]:
    """`text` in lines at most `width` points wide, in time linear in its length.

    Line breaks are kept, runs of blanks and blanks at the start of a line too where they fit. A word wider than
    the line is broken, after punctuation where there is some. No-break spaces do not break, nor do section signs
    from their numbers.
    """
    room = width * 1000 / size + _TOLERANCE
    lines: list[str] = []
    for paragraph in printable_lines(text):
        if sum([face.widths[character] for character in paragraph]) <= room:
            lines.append(paragraph.rstrip(" "))
        else:
            lines.extend(_wrap_paragraph(paragraph, face.widths, room))
    return lines


def fit_line(text: str, *, face: Face, size: float, width: float) -> str:
    """`text` on one line, shortened with an ellipsis where it is wider than `width` points."""
    line = printable(" ".join(text.split()))
    if face.width_of(line, size) <= width + _TOLERANCE * size / 1000:
        return line
    room = width * 1000 / size + _TOLERANCE - face.widths[ELLIPSIS]
    return line[: _fitting(line, 0, face.widths, room)].rstrip() + ELLIPSIS


def _wrap_paragraph(paragraph: str, widths: dict[str, int], room: float) -> list[str]:
    blank = widths[" "]
    lines: list[str] = []
    current: list[str] = []
    used = 0.0
    for word in _BLANK.split(paragraph) if _SECTION in paragraph else paragraph.split(" "):
        width = sum([widths[character] for character in word])
        if current and used + blank + width > room:
            lines.append(" ".join(current).rstrip(" "))
            current, used = [], 0.0
        if width > room:
            *whole, word = _break_word(word, widths, room)
            lines.extend(whole)
            width = sum([widths[character] for character in word])
        used += width + (blank if current else 0)
        current.append(word)
    lines.append(" ".join(current).rstrip(" "))
    return lines


def _break_word(word: str, widths: dict[str, int], room: float) -> list[str]:
    pieces: list[str] = []
    start = 0
    while start < len(word):
        end = start + max(1, _fitting(word, start, widths, room))
        if end < len(word):
            end = _friendly_break(word, start, end)
        pieces.append(word[start:end])
        start = end
    return pieces


def _fitting(text: str, start: int, widths: dict[str, int], room: float) -> int:
    """How many characters of `text` from `start` on fit. A combining mark has no width and stays with its letter."""
    used = 0
    for count, index in enumerate(range(start, len(text))):
        used += widths[text[index]]
        if used > room:
            return count
    return len(text) - start


def _friendly_break(word: str, start: int, end: int) -> int:
    # Only in the second half of the line: a short piece would look like a mistake.
    for index in range(end, start + (end - start) // 2, -1):
        if word[index - 1] in _BREAK_AFTER:
            return index
    return end
