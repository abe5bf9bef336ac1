"""The look of the paper: styles, inks, margins and sheet sizes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from invoicing.render.colors import ACCENT_INK, HAIRLINE_INK, QUIET_INK, TEXT_INK, Palette
from invoicing.render.fonts import faces
from invoicing.render.layout import Rule, Style

MARGIN = 50.0
GAP = 24.0

# Letter is the paper of these sellers' and their buyers' printers; everyone else has A4.
_LETTER_COUNTRIES = frozenset({"US", "CA"})
_A4 = (595.28, 841.89)
_LETTER = (612.0, 792.0)


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
    """The size of the sheet, the left and right edge of its text, and the organization's colours."""

    width: float
    height: float
    palette: Palette

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

    @property
    def title(self) -> Style:
        """The style of the title, in the organization's colour."""
        return replace(theme().title, ink=self.palette.accent)

    @property
    def total(self) -> Style:
        """The style of the amount to pay, in the organization's colour."""
        return replace(theme().total, ink=self.palette.accent)

    def accent_line(self, left: float, right: float) -> Rule:
        """A strong rule above a total or below a header."""
        return Rule(left, right, 1.0, self.palette.rule)


def paper_of(seller_country: str, palette: Palette, *, needs_a4: bool = False) -> Paper:
    """Letter for a seller in North America, unless something on the paper has the size of A4; else A4."""
    is_letter = seller_country.upper() in _LETTER_COUNTRIES and not needs_a4
    return Paper(*(_LETTER if is_letter else _A4), palette)


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
