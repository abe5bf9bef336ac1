"""The sender in small type above the address, which an envelope's window shows: where the letter returns to."""

from __future__ import annotations

from dataclasses import replace

from invoicing.document.parties import Party
from invoicing.render.addresses import address_lines
from invoicing.render.formats import Formats
from invoicing.render.layout import Column, text_column
from invoicing.render.theme import theme
from invoicing.render.wrapping import fit_line

_SPACE_BELOW = 4.0


def return_column(seller: Party, formats: Formats, *, left: float, width: float) -> Column:
    """One line, shortened where it does not fit. It only repeats the sender, so it is not read out again."""
    style = theme().fine
    text = " · ".join([seller.name, *address_lines(seller.address, formats, abroad=False)])
    line = fit_line(text, face=style.face, size=style.size, width=width)
    style = replace(style, leading=style.leading + _SPACE_BELOW)
    return tuple(replace(one, role="Artifact") for one in text_column(line, style, left=left, width=width))
