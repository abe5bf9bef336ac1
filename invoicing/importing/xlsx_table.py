"""Tables in XLSX files: the values that the cells show, not their formulas."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import repeat
from typing import Any
from zipfile import ZipFile

from openpyxl import load_workbook

from invoicing.amounts import FLOAT_SIGNIFICANT_DIGITS_MAX, plain
from invoicing.importing.prices import currency_of_format
from invoicing.importing.tables import (
    ROWS_MAX,
    Cell,
    Day,
    Number,
    Progress,
    Row,
    Table,
    Unreadable,
    check_length,
    check_shape,
    shown,
)
from invoicing.refusals import InvalidInput, LimitExceeded, Refusal

MEMBERS_MAX = 2_000
UNPACKED_BYTES_MAX = 256 * 1024 * 1024
# The library holds the strings in memory, and everything but the sheets as a tree, many times the size of its text.
STRINGS_BYTES_MAX = 64 * 1024 * 1024
PART_BYTES_MAX = 8 * 1024 * 1024
# Of a sheet it holds one row at a time; so this much of it must not be one row.
ROWLESS_BYTES_MAX = 16 * 1024 * 1024
_CHUNK_BYTES = 1024 * 1024
_SHEETS, _STRINGS = "xl/worksheets/", "xl/sharedStrings.xml"
_LAST_ROW = 1_048_576
_ROW = re.compile(rb"<(?:\w+:)?row[ />]")
_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
_ZEROS = re.compile(r"0{2,20}")
_DAMAGED = "The XLSX file is damaged: open it in a spreadsheet program and save it anew."
_TOO_MUCH = "The workbook has too much in it beside the cells: save it as CSV."
_UNCALCULATED = "holds a formula without a result: open the file in a spreadsheet program and save it."


def read_xlsx(content: bytes, *, sheet: str, progress: Progress | None = None) -> Table:
    """The table in the bytes of an XLSX file: in the sheet of this name, or in the only one that is not empty.

    Raises:
        InvalidInput, LimitExceeded.
    """
    with warnings.catch_warnings():
        # The library warns of features that it drops; none of them holds a value.
        warnings.simplefilter("ignore")
        try:
            return _read(content, sheet, _check_archive(content), progress)
        except Refusal:
            raise
        except Exception:
            # A damaged file makes the libraries fail in every way there is.
            raise InvalidInput(_DAMAGED, field="file") from None


def _check_archive(content: bytes) -> bool:
    """Whether there are formulas; refuses, before anything is unpacked into memory, what would fill it."""
    with ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        names = {member.filename for member in members}
        if "xl/workbook.xml" not in names:
            raise InvalidInput(
                "The file is an archive but not an XLSX workbook: save the table as XLSX or CSV.", field="file"
            )
        if len(members) > MEMBERS_MAX or sum(member.file_size for member in members) > UNPACKED_BYTES_MAX:
            raise LimitExceeded(
                f"The workbook unpacks to more than {UNPACKED_BYTES_MAX // 1024**2} MiB: save it as CSV.",
                field="file",
            )
        formulas = [_check_member(archive, member.filename, member.file_size) for member in members]
    return any(formulas)


def _check_member(archive: ZipFile, name: str, size: int) -> bool:
    """Whether the member has formulas. A size that is a lie is found when reading: nothing beyond it is unpacked."""
    is_text, is_sheet = name.endswith((".xml", ".rels")), name.startswith(_SHEETS)
    if is_text and not is_sheet and size > (STRINGS_BYTES_MAX if name == _STRINGS else PART_BYTES_MAX):
        raise LimitExceeded(_TOO_MUCH, field="file")
    formulas, rowless, end = False, 0, b""
    with archive.open(name) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            window = end + chunk
            if is_text and (b"<!DOCTYPE" in window or b"<!ENTITY" in window):
                raise InvalidInput(_DAMAGED, field="file")
            formulas = formulas or _FORMULA.search(window) is not None
            rowless = 0 if _ROW.search(window) else rowless + len(chunk)
            # Pictures may be large, but a workbook can also call something else its sheet: that has many tags.
            if rowless > ROWLESS_BYTES_MAX and (is_sheet or chunk.count(b"<") > len(chunk) // 32):
                raise LimitExceeded(_TOO_MUCH, field="file")
            end = window[-64:]
    return formulas


def _read(content: bytes, name: str, formulas: bool, progress: Progress | None) -> Table:
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        # These are what the file says of itself, and good enough for a progress bar.
        sizes = {sheet.title: sheet.max_row or 0 for sheet in book.worksheets}
        sheet = _chosen(book, name)
        beside = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)[sheet.title] if formulas else None
        rows = []
        for row in _rows(sheet, beside):
            rows.append(row)
            if progress is not None and len(rows) % 1_000 == 0:
                progress(len(rows), max(len(rows), min(sizes[sheet.title], ROWS_MAX)))
    finally:
        book.close()
    if not rows:
        raise InvalidInput("The sheet is empty: it has no header and no rows.", field="file")
    header = tuple(_header_text(cell) for cell in rows[0].cells)
    while header and not header[-1].strip():
        header = header[:-1]
    return Table(
        header=header,
        rows=tuple(_padded(row, len(header)) for row in rows[1:]),
        form=f"XLSX, sheet {shown(sheet.title)}",
    )


def _chosen(book: Any, name: str) -> Any:
    sheets = list(book.worksheets)
    names = ", ".join(shown(sheet.title) for sheet in sheets)
    if name:
        wanted = [sheet for sheet in sheets if sheet.title.strip().casefold() == name.strip().casefold()]
        if not wanted:
            raise InvalidInput(f"There is no such sheet in the workbook. It has: {names}.", field="sheet")
        return wanted[0]
    visible = [sheet for sheet in sheets if sheet.sheet_state == "visible"]
    filled = [sheet for sheet in visible if next(_rows(sheet, None), None) is not None]
    if len(filled) > 1:
        names = ", ".join(shown(sheet.title) for sheet in filled)
        raise InvalidInput(f"The workbook has several sheets; give --sheet with one of: {names}.", field="sheet")
    if not filled:
        raise InvalidInput("The workbook is empty: no visible sheet has a header and rows.", field="file")
    return filled[0]


def _rows(sheet: Any, beside: Any) -> Iterator[Row]:
    """The rows that are not blank. `beside` is the same sheet with formulas instead of their results."""
    found = 0
    for number, (values, written) in enumerate(
        zip(_lines(sheet), repeat(()) if beside is None else _lines(beside), strict=beside is not None), start=1
    ):
        cells = [_cell(number, value) for value in values]
        for index, one in enumerate(written):
            # A text that is empty has the type of texts; a formula that nobody has calculated has none.
            if one.data_type == "f" and values[index].value is None and values[index].data_type == "n":
                cells[index] = Unreadable(_UNCALCULATED)
        while cells and cells[-1] == "":
            cells.pop()
        row = Row(number, tuple(cells))
        if row.blank:
            continue
        check_shape(number, len(cells), found)
        found += 1
        yield row


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
    """The number in its shortest decimal text: of 0.1 that is 0.1, whatever the computer makes of it."""
    if isinstance(value, int) and abs(value) >= 10**FLOAT_SIGNIFICANT_DIGITS_MAX:
        return Unreadable(_too_long())
    exact = Decimal(repr(value))
    if not exact.is_finite() or abs(exact.adjusted()) >= FLOAT_SIGNIFICANT_DIGITS_MAX:
        return Unreadable(_too_long())
    text = plain(exact)
    if len(exact.normalize().as_tuple().digits) > FLOAT_SIGNIFICANT_DIGITS_MAX:
        return Unreadable(
            f"holds a computed number of more than {FLOAT_SIGNIFICANT_DIGITS_MAX} digits, {text}: round it."
        )
    if form and _ZEROS.fullmatch(form) and text.isdigit():
        return Number(Decimal(text), text.zfill(len(form)))
    return Number(Decimal(text), text, currency_of_format(form) if form else "")


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
