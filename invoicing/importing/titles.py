"""Rows above the header of a table, as reports of accounting programs have them: a name, a day, a period."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from invoicing.importing.tables import Cell, Row, is_blank, shown
from invoicing.remedies import Remark

LOOKED_AT = 30
"""So many rows with something in them are looked at for the header."""
_KNOWN_MIN = 2
_TOLD_MAX = 3


def header_at(rows: Sequence[Sequence[Cell]], known: Callable[[str], bool]) -> int:
    """Which of the first rows is the header: the first one, unless it names no two columns and a later one does, which
    is no narrower than what is above it, and wider than a first one that names a column.
    """
    needed = 0
    for index, cells in enumerate(rows[:LOOKED_AT]):
        filled = [cell for cell in cells if not is_blank(cell)]
        names = known_in(filled, known)
        if names >= _KNOWN_MIN and len(filled) >= needed:
            return index
        needed = max(needed, len(filled) + (index == 0 and names > 0))
    return 0


def known_in(cells: Sequence[Cell], known: Callable[[str], bool]) -> int:
    """How many different names of columns there are among the cells."""
    return sum(known(text) for text in {cell for cell in cells if isinstance(cell, str)})


def without_titles(rows: Sequence[Row], known: Callable[[str], bool]) -> tuple[Sequence[Row], tuple[Remark, ...]]:
    """The rows from the header on, and what is said of those above it. Where there are such, a report may also have a
    line or two of its own at its end, after empty ones.
    """
    start = header_at([row.cells for row in rows[:LOOKED_AT]], known)
    if not start:
        return rows, ()
    end = _end(rows, start)
    remarks = [Remark(f"The header is row {rows[start].number}. {_passed_over(rows[:start], 'above it')}")]
    if end < len(rows):
        remarks.append(Remark(_passed_over(rows[end:], "below the table")))
    return rows[start:end], tuple(remarks)


def _end(rows: Sequence[Row], start: int) -> int:
    """Where the table ends: before rows with a single cell each that stand apart from it."""
    for index in range(len(rows) - 1, max(start, len(rows) - LOOKED_AT), -1):
        if sum(not is_blank(cell) for cell in rows[index].cells) > 1:
            break
        if rows[index].number > rows[index - 1].number + 1:
            return index
    return len(rows)


def _passed_over(rows: Sequence[Row], where: str) -> str:
    more = f" and {len(rows) - _TOLD_MAX} more" if len(rows) > _TOLD_MAX else ""
    which = f"Row {rows[0].number} is" if len(rows) == 1 else f"{len(rows)} rows are"
    return f"{which} {where}, passed over: {'; '.join(map(_told, rows[:_TOLD_MAX]))}{more}."


def _told(row: Row) -> str:
    return shown(next((str(cell) for cell in row.cells if isinstance(cell, str) and cell.strip()), "..."))
