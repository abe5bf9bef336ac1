"""Tables in XLSX files: the values that the cells show, not their formulas."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import repeat
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell.read_only import EMPTY_CELL

from invoicing.importing.prices import currency_of_format
from invoicing.importing.tables import (
    ROWS_MAX,
    Cell,
    Day,
    Number,
    Row,
    Table,
    Unreadable,
    check_length,
    check_shape,
    shown,
)
from invoicing.importing.titles import without_titles
from invoicing.importing.xlsx_archive import DAMAGED, check_archive, too_many_cells
from invoicing.money.amounts import FLOAT_SIGNIFICANT_DIGITS_MAX, plain
from invoicing.progress import Progress
from invoicing.refusals import InvalidInput, Refusal
from invoicing.remedies import Act

_LAST_ROW = 1_048_576
# A row is as wide as its last cell, in all sheets that are looked at: one far cell in each row makes very many.
_WIDTHS_MAX = 10_000_000
_LONG_TEXT = 256
_ZEROS = re.compile(r"0{2,20}")
_UNCALCULATED = "holds a formula without a result: open the file in a spreadsheet program and save it."


def read_xlsx(content: bytes, *, sheet: str, known: Callable[[str], bool], progress: Progress | None = None) -> Table:
    """The table in the bytes of an XLSX file: in the sheet of this name, or in the only one that is not empty. `known`
    says whether a text is a column's name.

    Raises:
        InvalidInput, LimitExceeded.
    """
    with warnings.catch_warnings():
        # The library warns of features that it drops; none of them holds a value.
        warnings.simplefilter("ignore")
        try:
            return _read(content, sheet, check_archive(content), known, progress)
        except Refusal:
            raise
        except Exception:
            # A damaged file makes the libraries fail in every way there is.
            raise InvalidInput(DAMAGED, field="file") from None


def _read(content: bytes, name: str, formulas: bool, known: Callable[[str], bool], progress: Progress | None) -> Table:
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        # These are what the file says of itself, and good enough for a progress bar.
        sizes = {sheet.title: sheet.max_row or 0 for sheet in book.worksheets}
        reading = _Reading(sizes, progress)
        sheet = _chosen(book, name, reading)
        beside = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)[sheet.title] if formulas else None
        rows = list(reading.rows(sheet, beside))
    finally:
        book.close()
    if not rows:
        raise InvalidInput("The sheet is empty: it has no header and no rows.", field="file")
    beginning, titles = without_titles(rows, known)
    header = tuple(_header_text(cell) for cell in beginning[0].cells)
    while header and not header[-1].strip():
        header = header[:-1]
    return Table(
        header=header,
        rows=tuple(_padded(row, len(header)) for row in beginning[1:]),
        form=f"XLSX, sheet {shown(sheet.title)}",
        notes=titles,
    )


def _chosen(book: Any, name: str, reading: _Reading) -> Any:
    sheets = list(book.worksheets)
    names = ", ".join(shown(sheet.title) for sheet in sheets)
    if name:
        wanted = [sheet for sheet in sheets if sheet.title.strip().casefold() == name.strip().casefold()]
        if not wanted:
            raise InvalidInput(f"There is no such sheet in the workbook. It has: {names}.", field="sheet")
        return wanted[0]
    visible = [sheet for sheet in sheets if sheet.sheet_state == "visible"]
    filled = [sheet for sheet in visible if next(reading.rows(sheet, None), None) is not None]
    if len(filled) > 1:
        names = ", ".join(shown(sheet.title) for sheet in filled)
        raise InvalidInput(f"The workbook has several sheets: {names}.", field="sheet", remedy=Act.CHOOSE_SHEET)
    if not filled:
        raise InvalidInput("The workbook is empty: no visible sheet has a header and rows.", field="file")
    return filled[0]


class _Reading:
    """What was read of a workbook's sheets so far."""

    def __init__(self, sizes: Mapping[str, int], progress: Progress | None) -> None:
        self._sizes = sizes
        self._progress = progress
        self._width = 0
        self._texts: dict[str, str] = {}

    def rows(self, sheet: Any, beside: Any) -> Iterator[Row]:
        """The rows that are not blank. `beside` is the same sheet with formulas instead of their results."""
        found = 0
        for number, (values, written) in enumerate(
            zip(_lines(sheet), repeat(()) if beside is None else _lines(beside), strict=beside is not None), start=1
        ):
            if self._progress is not None and number % 1_000 == 0:
                self._progress(found, max(found, min(self._sizes[sheet.title], ROWS_MAX)))
            self._width += len(values) + len(written)
            if self._width > _WIDTHS_MAX:
                raise too_many_cells()
            row = Row(number, tuple(self._cells(number, values, _filled(written))))
            if row.blank:
                continue
            check_shape(number, len(row.cells), found)
            found += 1
            yield row

    def _cells(self, number: int, values: Sequence[Any], written: Sequence[Any]) -> list[Cell]:
        cells: list[Cell] = ["" if value is EMPTY_CELL else self._cell(number, value) for value in _filled(values)]
        for index, one in enumerate(written):
            value = values[index] if index < len(values) else EMPTY_CELL
            # A text that is empty has the type of texts; a formula that nobody has calculated has none.
            if one.data_type == "f" and value.value is None and value.data_type == "n":
                cells += [""] * (index + 1 - len(cells))
                cells[index] = Unreadable(_UNCALCULATED)
        while cells and cells[-1] == "":
            cells.pop()
        return cells

    def _cell(self, number: int, cell: Any) -> Cell:
        value = cell.value
        if isinstance(value, str) and cell.data_type != "e" and len(value) > _LONG_TEXT:
            # A sheet names a text as often as it likes: it is looked at once.
            if value not in self._texts:
                self._texts[value] = check_length(number, value.replace("_x000D_", "")) if value.strip() else ""
            return self._texts[value]
        return _cell(number, cell)


def _filled(cells: Sequence[Any]) -> Sequence[Any]:
    """The cells up to the last one that holds something."""
    end = len(cells)
    while end and cells[end - 1].value is None:
        end -= 1
    return cells[:end]


def _lines(sheet: Any) -> Iterator[Any]:
    # What the file says of its own size may be wrong and would cut rows off.
    sheet.reset_dimensions()
    return iter(sheet.iter_rows(max_row=_LAST_ROW))


def _cell(number: int, cell: Any) -> Cell:
    value = cell.value
    if cell.data_type == "e":
        return Unreadable(f"holds the error {shown(str(value))}.")
    match value:
        case None:
            return ""
        case bool():
            return value
        case str():
            # Excel writes carriage returns in this way.
            return check_length(number, value.replace("_x000D_", ""))
        case int() | float():
            return _number(value, cell.number_format)
        case datetime() if value.time() == time():
            return Day(value.date().isoformat())
        case datetime() | date() | time():
            return Day(value.isoformat())
        case timedelta():
            return Day(str(value))
    return Unreadable("holds something that is neither text nor a number.")


def _number(value: int | float, form: str | None) -> Cell:
    """The number in its shortest decimal text: of 0.1 that is 0.1, whatever the computer makes of it. Of a computed
    one, such as 9.779999999999999, a spreadsheet shows the first 15 digits, and so they are taken: 9.78.
    """
    if isinstance(value, int) and abs(value) >= 10**FLOAT_SIGNIFICANT_DIGITS_MAX:
        return Unreadable(_too_long())
    exact = Decimal(repr(value))
    if isinstance(value, float) and exact.is_finite() and len(exact.as_tuple().digits) > FLOAT_SIGNIFICANT_DIGITS_MAX:
        exact = Decimal(f"{value:.{FLOAT_SIGNIFICANT_DIGITS_MAX}g}")
    if not exact.is_finite() or abs(exact.adjusted()) >= FLOAT_SIGNIFICANT_DIGITS_MAX:
        return Unreadable(_too_long())
    text = plain(exact)
    if form and _ZEROS.fullmatch(form) and text.isdigit():
        return Number(Decimal(text), text.zfill(len(form)))
    return Number(Decimal(text), text, currency_of_format(form) if form else "", percent=bool(form and "%" in form))


def _too_long() -> str:
    return (
        f"holds a number of more than {FLOAT_SIGNIFICANT_DIGITS_MAX} digits, of which spreadsheets lose the last:"
        " type it anew in a column formatted as text."
    )


def _header_text(cell: Cell) -> str:
    match cell:
        case str():
            return cell
        case Number() | Day():
            return cell.text
        case _:
            return ""


def _padded(row: Row, width: int) -> Row:
    return Row(row.number, row.cells + ("",) * (width - len(row.cells)))
