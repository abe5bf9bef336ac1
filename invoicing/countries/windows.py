"""Where a country's usual window envelopes want the buyer's address: the table `[address_window]` of its file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from invoicing.countries.reading import Table

# The middle of an A4 sheet, in millimetres.
_MIDDLE = 105


@dataclass(frozen=True, slots=True)
class AddressWindow:
    """The field of the first page that the window shows, in millimetres from the left and upper edge of the sheet.

    `first_line` is where the address begins, so that it shows however the sheet lies in its envelope; `return_line`
    whether letters there have the sender in small type above it.
    """

    left: int
    top: int
    width: int
    height: int
    first_line: int
    return_line: bool
    source: str
    checked: date

    @property
    def at_right(self) -> bool:
        """Whether the window is in the right half of the sheet."""
        return self.left >= _MIDDLE


def read_window(table: Table) -> AddressWindow:
    """The window that a table of a country's file describes.

    Raises:
        ValueError: the table does not follow the schema, or the first line is not in the field.
    """
    window = AddressWindow(
        left=table.take("left", int),
        top=table.take("top", int),
        width=table.take("width", int),
        height=table.take("height", int),
        first_line=table.take("first_line", int),
        return_line=table.take("return_line", bool),
        source=table.take("source", str),
        checked=table.take("checked", date),
    )
    table.close()
    if not window.top <= window.first_line < window.top + window.height:
        raise ValueError(f"{table.where}: first_line is not in the field.")
    return window
