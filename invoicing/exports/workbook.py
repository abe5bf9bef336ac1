"""A workbook of sheets that are written row by row, in which text is text and a number is exact or text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, assert_never

from xlsxwriter import Workbook

from invoicing.exports.rows import Cell, reads_as_formula
from invoicing.money.amounts import EXACT
from invoicing.refusals import LimitExceeded

ROWS_MAX = 1_048_576
SIGNIFICANT_DIGITS_MAX = 15

# A fixed day makes the same documents the same file, byte for byte; the day itself means nothing.
CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 -- the format's property has no time zone, and XlsxWriter wants none.
_WIDTH = 14
_WIDTHS = {
    "customer_name": 32,
    "description": 48,
    "item_name": 32,
    "hash": 66,
    "number": 20,
    "customer_tax_number": 20,
    "credited_invoice": 20,
    "exchange_source": 20,
    "payment": 40,
    "payment_reverses": 40,
    "row": 48,
    "key": 40,
}
# Excel counts days from 1900 and has no earlier date.
_YEAR_MIN = 1900


@contextmanager
def new_workbook(path: Path, *, created: datetime = CREATED) -> Iterator[Workbook]:
    """A workbook that is at `path` at the end; `created` (without a time zone) is the file's own property."""
    # The library's intermediate files hold clients' data: they stay in the folder of the export, not in /tmp.
    with TemporaryDirectory(dir=path.parent, prefix=".xlsx-") as folder:
        options = {
            "constant_memory": True,
            "tmpdir": folder,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        with _closed_at_last(Workbook(str(path), options)) as workbook:
            workbook.set_properties({"created": created})
            yield workbook


@contextmanager
def _closed_at_last(workbook: Workbook) -> Iterator[Workbook]:
    """The workbook, closed at the end; where that fails, as on a full disk, its intermediate files would stay open."""
    try:
        with workbook:
            yield workbook
    finally:
        for sheet in workbook.worksheets():
            with suppress(OSError):
                sheet.row_data_fh.close()


class Sheet:
    """A sheet that is written row by row; a row that has been passed cannot be changed (constant memory)."""

    def __init__(self, workbook: Workbook, name: str, columns: tuple[str, ...]) -> None:
        self._columns = columns
        self._places = {title: column for column, title in enumerate(columns)}
        self._workbook = workbook
        self._formats: dict[str, Any] = {}
        self._rows = 1
        self._sheet = workbook.add_worksheet(name)
        heading = workbook.add_format({"bold": True, "bottom": 1})
        for column, title in enumerate(columns):
            self._sheet.set_column(column, column, _WIDTHS.get(title, _WIDTH))
            self._sheet.write_string(0, column, title, heading)
        self._sheet.freeze_panes(1, 0)

    def append(self, cells: Mapping[str, Cell]) -> None:
        """Write the next row from the cells of this sheet's columns."""
        if self._rows == ROWS_MAX:
            raise LimitExceeded(
                f"The export has more than {ROWS_MAX - 1:,} rows, which is all that an XLSX sheet can hold:"
                " choose a shorter period, or export as CSV."
            )
        for title, cell in cells.items():
            # Most cells of a row are empty, and most columns of the wider sheets are of few rows.
            if cell != "" and (column := self._places.get(title)) is not None:
                self._write(self._rows, column, cell)
        self._rows += 1

    def finish(self) -> None:
        """Put the filter on all rows, now that their number is known."""
        self._sheet.autofilter(0, 0, self._rows - 1, len(self._columns) - 1)

    def _write(self, row: int, column: int, cell: Cell) -> None:
        match cell:
            case str():
                self._write_text(row, column, cell)
            case bool():
                self._sheet.write_boolean(row, column, cell)
            case Decimal() if _is_exact_number(cell):
                digits = len(format(cell, "f").partition(".")[2])
                self._sheet.write_number(row, column, float(cell), self._number_format(digits))
            case Decimal():
                # A spreadsheet keeps 15 significant digits and would round the rest away without a word; the
                # exact text is worth more than a cell one can sum. CSV and JSON have the same exact text.
                self._write_text(row, column, format(cell, "f"), reading="number")
            case date() if cell.year < _YEAR_MIN:
                self._write_text(row, column, cell.isoformat())
            case date():
                self._sheet.write_datetime(row, column, cell, self._format("date", {"num_format": "yyyy-mm-dd"}))
            case _:
                assert_never(cell)

    def _write_text(self, row: int, column: int, text: str, *, reading: str = "text") -> None:
        if not text:
            return
        # The cell is text in any case; the mark keeps it text when somebody edits it in place.
        marked = reading == "number" or reads_as_formula(text)
        cell_format = self._format("marked", {"quote_prefix": True}) if marked else None
        if text.startswith("<r>") and text.endswith("</r>"):
            # XlsxWriter takes such a text for its own rich-text markup and writes it unescaped: a description
            # could put any cell, a formula too, into the sheet. In fragments (three at least) it is escaped.
            answer = self._sheet.write_rich_string(row, column, text[:1], text[1:2], text[2:])
        else:
            answer = self._sheet.write_string(row, column, text, cell_format)
        assert answer == 0, "a text too long for a cell passed the limits of documents"  # noqa: S101 -- pair of them

    def _number_format(self, digits: int) -> Any:
        pattern = "#,##0." + "0" * digits if digits else "#,##0"
        return self._format(pattern, {"num_format": pattern})

    def _format(self, name: str, properties: dict[str, object]) -> Any:
        if name not in self._formats:
            self._formats[name] = self._workbook.add_format(properties)
        return self._formats[name]


def _is_exact_number(number: Decimal) -> bool:
    return len(number.normalize(EXACT).as_tuple().digits) <= SIGNIFICANT_DIGITS_MAX
