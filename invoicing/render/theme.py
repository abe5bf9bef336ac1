"""The look of the paper: styles, inks, margins and sheet sizes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from invoicing.render.fonts import faces
from invoicing.render.layout import Ink, Rule, Style

MARGIN = 50.0
GAP = 24.0

# Letter is the paper of these sellers' and their buyers' printers; everyone else has A4.
_LETTER_COUNTRIES = frozenset({"US", "CA"})
_A4 = (595.28, 841.89)
_LETTER = (612.0, 792.0)

TEXT_INK: Ink = (0.11, 0.13, 0.16)
QUIET_INK: Ink = (0.36, 0.40, 0.45)
ACCENT_INK: Ink = (0.12, 0.23, 0.37)
HAIRLINE_INK: Ink = (0.83, 0.85, 0.88)
WATERMARK_INK: Ink = (0.955, 0.90, 0.89)


@dataclass(frozen=True, slots=True)
class Theme:
    """The text styles."""

    title: Style
    number: Style
    seller: Style
    label: Style
    strong: Style
    text: Style
    quiet: Style
    small: Style
    total: Style


@dataclass(frozen=True, slots=True)
class Paper:
    """The size of the sheet and the left and right edge of its text."""

    width: float
    height: float

    @property
    def left(self) -> float:
        """The left edge of the text."""
        return MARGIN

    @property
    def right(self) -> float:
        """The right edge of the text."""
        return self.width - MARGIN

    @property
    def text_width(self) -> float:
        """The width of the text."""
        return self.width - 2 * MARGIN

    @property
    def middle(self) -> float:
        """The left edge of the right-hand column."""
        return MARGIN + round(self.text_width * 0.56)

    @property
    def left_width(self) -> float:
        """The width of the left-hand column."""
        return self.middle - MARGIN - GAP

    @property
    def right_width(self) -> float:
        """The width of the right-hand column."""
        return self.right - self.middle


def paper_of(seller_country: str) -> Paper:
    """Letter for a seller in North America, else A4."""
    return Paper(*(_LETTER if seller_country.upper() in _LETTER_COUNTRIES else _A4))


@cache
def theme() -> Theme:
    """The styles of every document."""
    regular, bold = faces().regular, faces().bold
    return Theme(
        title=Style(bold, 23, 27, ACCENT_INK),
        number=Style(bold, 10.5, 15, TEXT_INK),
        seller=Style(bold, 14, 19, TEXT_INK),
        label=Style(bold, 7.5, 12, QUIET_INK),
        strong=Style(bold, 9, 12.5, TEXT_INK),
        text=Style(regular, 9, 12.5, TEXT_INK),
        quiet=Style(regular, 8.5, 12, QUIET_INK),
        small=Style(regular, 7.5, 10.5, QUIET_INK),
        total=Style(bold, 12, 20, ACCENT_INK),
    )


def hairline(left: float, right: float) -> Rule:
    """A light rule between rows."""
    return Rule(left, right, 0.5, HAIRLINE_INK)


def accent_line(left: float, right: float) -> Rule:
    """A dark rule above a total or below a header."""
    return Rule(left, right, 1.0, ACCENT_INK)
