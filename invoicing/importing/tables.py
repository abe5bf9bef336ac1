"""A table as it was read from a file: a header, and rows of cells that say what they are."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from invoicing.refusals import LimitExceeded
from invoicing.remedies import Remark, Remedy

FILE_BYTES_MAX = 50 * 1024 * 1024
ROWS_MAX = 50_000
COLUMNS_MAX = 100
CELLS_MAX = ROWS_MAX * COLUMNS_MAX
"""With the empty ones: so much is in memory at once."""
CELL_CHARACTERS_MAX = 32_767
"""What a cell holds at most in Excel."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a spreadsheet. `text` is how it is shown where a format adds zeros in front, as in 01067;
    `currency` is that of the format, where it names one; `percent` says that it is shown as percent.
    """

    value: Decimal
    text: str
    currency: str = ""
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """A date or time of a spreadsheet, in the form of ISO 8601."""

    text: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell without a value that could be used. `reason` goes on after the name of the column."""

    reason: str


Cell = str | bool | Number | Day | Unreadable


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row. `number` is the row's number as a spreadsheet shows it; the header is mostly row 1."""

    number: int
    cells: tuple[Cell, ...]

    @property
    def blank(self) -> bool:
        return all(is_blank(cell) for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Table:
    """What was read. `form` says in which form it was: encoding and separator, or the sheet."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    form: str
    notes: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row is refused. `field` is ours, `column` the file's name for it; both are empty for the row itself."""

    field: str
    text: str
    column: str = ""
    remedy: Remedy | None = None


def is_blank(cell: Cell) -> bool:
    return isinstance(cell, str) and not cell.strip()


def text_of(row: Row, index: int) -> str:
    """The text of a cell; empty where it holds nothing that is one."""
    cell = row.cells[index] if index < len(row.cells) else ""
    match cell:
        case str():
            return cell.strip()
        case Number() | Day():
            return cell.text
        case bool():
            return "true" if cell else "false"
        case _:
            return ""


def check_shape(number: int, cells: int, rows: int) -> None:
    """Bound how wide a row is and how many there are.

    Raises:
        LimitExceeded: the row has too many columns, or is one row too many.
    """
    if cells > COLUMNS_MAX:
        raise LimitExceeded(f"Row {number} has more than {COLUMNS_MAX} columns.", field="file")
    if rows > ROWS_MAX:
        raise LimitExceeded(f"The file has more than {ROWS_MAX} rows: split it up.", field="file")


def check_length(number: int, text: str) -> str:
    """The text of a cell, bounded in length.

    Raises:
        LimitExceeded: no cell can be that long.
    """
    if len(text) > CELL_CHARACTERS_MAX:
        raise LimitExceeded(
            f"Row {number} has a cell of {len(text)} characters; at most {CELL_CHARACTERS_MAX} are allowed."
            " Perhaps a quotation mark is missing.",
            field="file",
        )
    return text


def shown(text: str) -> str:
    """A short form of somebody's text, which does a terminal no harm."""
    beginning = text[:200].strip()
    plain = "".join(character if character.isprintable() else "?" for character in beginning)
    return plain if len(plain) <= 40 else f"{plain[:39]}…"
