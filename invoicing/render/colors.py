"""The colours of a document, made from an organization's own, and whether text in them can be read."""

from __future__ import annotations

from dataclasses import dataclass

from invoicing.render.layout import Ink

TEXT_INK: Ink = (0.11, 0.13, 0.16)
QUIET_INK: Ink = (0.29, 0.33, 0.38)
ACCENT_INK: Ink = (0.12, 0.23, 0.37)
HAIRLINE_INK: Ink = (0.83, 0.85, 0.88)
WATERMARK_INK: Ink = (0.955, 0.90, 0.89)
WHITE: Ink = (1.0, 1.0, 1.0)
BLACK: Ink = (0.0, 0.0, 0.0)

# What the guidelines for accessible content (WCAG 2.2, criterion 1.4.3) want of text of ordinary size.
CONTRAST_MIN = 4.5


@dataclass(frozen=True, slots=True)
class Palette:
    """`accent` is the ink of title, total and rules; `band` lies behind the head of the table, with text in
    `band_text`, and is missing where the organization has no colour of its own.
    """

    accent: Ink = ACCENT_INK
    rule: Ink = ACCENT_INK
    band: Ink | None = None
    band_text: Ink = QUIET_INK


def palette_of(color: str) -> Palette:
    """The palette of a colour `#RRGGBB`, or of the house where it is empty.

    A colour too light to be read on white paper is only used for surfaces and rules, with black text on it: any
    softer ink would be too faint on the colours in the middle.
    """
    if not color:
        return Palette()
    ink = ink_of(color)
    dark_enough = contrast(ink, WHITE) >= CONTRAST_MIN
    return Palette(
        accent=ink if dark_enough else TEXT_INK, rule=ink, band=ink, band_text=WHITE if dark_enough else BLACK
    )


def ink_of(color: str) -> Ink:
    """`#RRGGBB` as the three parts between 0 and 1."""
    red, green, blue = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def contrast(one: Ink, other: Ink) -> float:
    """The contrast of two colours by WCAG 2: from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(ink: Ink) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in ink)
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)
