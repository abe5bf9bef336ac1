"""The look of the paper: styles, inks, margins and sheet sizes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from invoicing.countries import COUNTRY_CODES, country
from invoicing.countries.windows import AddressWindow
from invoicing.render.colors import ACCENT_INK, HAIRLINE_INK, QUIET_INK, TEXT_INK, Palette
from invoicing.render.fonts import faces
from invoicing.render.layout import Rule, Style

MM = 72 / 25.4
# As DIN 5008 has them.
MARGIN, MARGIN_RIGHT = 25 * MM, 20 * MM
GAP = 24.0

# Letter is the paper of these sellers' and their buyers' printers; everyone else has A4.
_LETTER_COUNTRIES = frozenset({"US", "CA"})
_OTHERWISE = "GB"
_A4 = (595.28, 841.89)
_LETTER = (612.0, 792.0)


@dataclass(frozen=True, slots=True)
class Theme:
    """The text styles. `fine` is for what no law wants, such as the number of a page."""

    title: Style
    number: Style
    seller: Style
    label: Style
    strong: Style
    text: Style
    quiet: Style
    small: Style
    fine: Style
    amount: Style
    total: Style


@dataclass(frozen=True, slots=True)
class Paper:
    """The size of the sheet, the left and right edge of its text, the organization's colours, and where the buyer's
    address shows through the window of an envelope. Figures in the last column end `hang` before the right edge, so
    that the sign of a currency after them shifts no digit.
    """

    width: float
    height: float
    palette: Palette
    window: AddressWindow
    hang: float = 0.0

    @property
    def left(self) -> float:
        """The left edge of the text."""
        return MARGIN

    @property
    def right(self) -> float:
        """The right edge of the text."""
        return self.width - MARGIN_RIGHT

    @property
    def text_width(self) -> float:
        """The width of the text."""
        return self.width - MARGIN - MARGIN_RIGHT

    @property
    def middle(self) -> float:
        """The left edge of the right-hand column, which holds the address where the window is at the right."""
        usual = MARGIN + round(self.text_width * 0.56)
        return max(usual, self.window.left * MM) if self.window.at_right else usual

    @property
    def left_width(self) -> float:
        """The width of the left-hand column."""
        return self.middle - MARGIN - GAP

    @property
    def right_width(self) -> float:
        """The width of the right-hand column."""
        return self.right - self.middle

    @property
    def address_left(self) -> float:
        """The left edge of the buyer's address, in the window."""
        return self.middle if self.window.at_right else max(self.left, self.window.left * MM)

    @property
    def address_width(self) -> float:
        """The width of the buyer's address, in the window and in its column."""
        edge = self.right if self.window.at_right else self.middle - GAP
        return min(edge, (self.window.left + self.window.width) * MM) - self.address_left

    @property
    def figures_right(self) -> float:
        """Where the figures of the last column end."""
        return self.right - self.hang

    @property
    def title(self) -> Style:
        """The style of the title, in the organization's colour."""
        return replace(theme().title, ink=self.palette.accent)

    @property
    def amount(self) -> Style:
        """The style of what is to be paid, below the title, in the organization's colour."""
        return replace(theme().amount, ink=self.palette.accent)

    @property
    def total(self) -> Style:
        """The style of the amount to pay, in the organization's colour."""
        return replace(theme().total, ink=self.palette.accent)

    def accent_line(self, left: float, right: float) -> Rule:
        """A strong rule above a total or below a header."""
        return Rule(left, right, 1.0, self.palette.rule)


def paper_of(seller_country: str, palette: Palette, *, needs_a4: bool = False) -> Paper:
    """Letter for a seller in North America, unless something on the paper has the size of A4; else A4."""
    code = seller_country.upper()
    is_letter = code in _LETTER_COUNTRIES and not needs_a4
    # Of a seller in a country without a file the window is the British one, as its words are.
    window = country(code if code in COUNTRY_CODES else _OTHERWISE).address_window
    return Paper(*(_LETTER if is_letter else _A4), palette, window)


@cache
def theme() -> Theme:
    """The styles of every document."""
    regular, bold = faces().regular, faces().bold
    return Theme(
        title=Style(bold, 23, 26, ACCENT_INK),
        number=Style(bold, 10.5, 14, TEXT_INK),
        seller=Style(bold, 14, 19, TEXT_INK),
        label=Style(bold, 8, 12, QUIET_INK),
        strong=Style(bold, 9, 12.5, TEXT_INK),
        text=Style(regular, 9, 12.5, TEXT_INK),
        quiet=Style(regular, 8.5, 12, QUIET_INK),
        small=Style(regular, 8, 11, TEXT_INK),
        fine=Style(regular, 7.5, 10.5, QUIET_INK),
        amount=Style(bold, 15, 19, ACCENT_INK),
        total=Style(bold, 12, 20, ACCENT_INK),
    )


def hairline(left: float, right: float) -> Rule:
    """A light rule between rows."""
    return Rule(left, right, 0.5, HAIRLINE_INK)
