"""The sender in small type above the address, which an envelope's window shows: where the letter returns to."""

from __future__ import annotations

from dataclasses import replace

from invoicing.document.parties import Party
from invoicing.render.addresses import address_lines
from invoicing.render.fonts import printable
from invoicing.render.formats import Formats
from invoicing.render.layout import Column, text_column
from invoicing.render.theme import theme
from invoicing.render.wrapping import fit_line

_SPACE_BELOW = 4.0
# DIN 5008 recommends 8 points; a line in smaller type says more than one that is cut.
_SMALLER = (7.0, 6.5, 6.0)


def return_column(seller: Party, formats: Formats, *, left: float, width: float) -> Column:
    """One line, in smaller type where it does not fit, and shortened where that is not enough. It only repeats the
    sender, so it is not read out again.
    """
    text = " · ".join([seller.name, *address_lines(seller.address, formats, abroad=False)])
    fine = theme().fine
    wide = fine.face.width_of(printable(text), 1)
    size = next((size for size in (fine.size, *_SMALLER) if wide * size <= width), _SMALLER[-1])
    style = replace(fine, size=size)
    line = fit_line(text, face=style.face, size=style.size, width=width)
    style = replace(style, leading=style.leading + _SPACE_BELOW)
    return tuple(replace(one, role="Artifact") for one in text_column(line, style, left=left, width=width))
