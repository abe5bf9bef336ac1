"""Tables in CSV files, as spreadsheets of many countries write them."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator

from invoicing.importing.tables import Row, Table, check_length, check_shape, is_blank
from invoicing.refusals import InvalidInput

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
_NAMES = {sign: name for name, sign in DELIMITERS.items()}
# UTF-32 is not among them: its mark begins like that of UTF-16, and the zeros give it away.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
# Excel reads such a first line as an instruction and does not show it.
_SEPARATOR_LINE = re.compile(r"sep=([^\w\r\n\" ])\r?\n", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_HEADER_CHARACTERS_MAX = 64 * 1024
_NO_TEXT = "The file is not a table: it must be CSV or XLSX."


def read_csv(content: bytes, *, delimiter: str, encoding: str, known: Callable[[str], bool]) -> Table:
    """The table in the bytes of a CSV file.

    `delimiter` and `encoding` are recognised where they are empty; `known` says whether a text is a column's name.

    Raises:
        InvalidInput, LimitExceeded.
    """
    text, form, notes = _decoded(content, encoding)
    told = _SEPARATOR_LINE.match(text)
    if told:
        text = text[told.end() :]
        delimiter = delimiter or told[1]
    delimiter = delimiter or _recognised(text, known)
    rows = list(_rows(text, delimiter))
    if not rows:
        raise InvalidInput("The file is empty: it has no header and no rows.", field="file")
    header = tuple(str(cell) for cell in _trimmed(rows[0], 0).cells)
    return Table(
        header=header,
        rows=tuple(_trimmed(row, len(header)) for row in rows[1:]),
        form=f"CSV, {form}, separated by {_NAMES.get(delimiter, delimiter)}",
        notes=notes,
    )


def _decoded(content: bytes, encoding: str) -> tuple[str, str, tuple[str, ...]]:
    if encoding:
        return _decode_as(content, encoding, encoding), encoding, ()
    for mark, codec, name in _MARKS:
        if content.startswith(mark):
            return _decode_as(content, codec, name), name, ()
    if 0 in content:
        codec = _without_mark(content)
        return _decode_as(content, codec, "UTF-16"), "UTF-16", ()
    try:
        return content.decode("utf-8"), "UTF-8", ()
    except UnicodeDecodeError:
        pass
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        raise InvalidInput(f"{_NO_TEXT} Save CSV files as UTF-8.", field="file") from None
    if _CONTROLS.search(text):
        raise InvalidInput(_NO_TEXT, field="file")
    note = "The file is not UTF-8 and was read as Windows-1252: look at the accented letters, or give --encoding."
    return text, "Windows-1252", (note,)


def _decode_as(content: bytes, codec: str, name: str) -> str:
    try:
        text = content.decode(codec).removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise InvalidInput(f"The file is not {name} text throughout: save it anew as UTF-8.", field="file") from None
    if "\0" in text:
        raise InvalidInput(_NO_TEXT, field="file")
    return text


def _without_mark(content: bytes) -> str:
    """Latin text in UTF-16 has a zero in every second byte."""
    even, odd = content[0::2].count(0), content[1::2].count(0)
    if odd > len(content) // 8 and not even:
        return "utf-16-le"
    if even > len(content) // 8 and not odd:
        return "utf-16-be"
    raise InvalidInput(_NO_TEXT, field="file")


def _recognised(text: str, known: Callable[[str], bool]) -> str:
    """The sign that separates the header into most names that are known, and if none is, into most parts."""
    beginning = text[:_HEADER_CHARACTERS_MAX]
    found = sorted(((*_header_score(beginning, sign, known), sign) for sign in DELIMITERS.values()), reverse=True)
    best, second = found[0], found[1]
    if best[1] > 1 and best[:2] == second[:2]:
        raise InvalidInput(
            f"The columns could be separated by {_NAMES[best[2]]} or {_NAMES[second[2]]}: give --delimiter.",
            field="delimiter",
        )
    return best[2] if best[1] > 1 else ","


def _header_score(text: str, delimiter: str, known: Callable[[str], bool]) -> tuple[int, int]:
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if any(cell.strip() for cell in cells):
                return sum(known(cell) for cell in cells), len(cells)
    except csv.Error:
        pass
    return 0, 0


def _rows(text: str, delimiter: str) -> Iterator[Row]:
    """The rows that are not blank; blank ones count in the numbers, as in a spreadsheet."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = found = 0
    while True:
        number += 1
        try:
            cells = next(reader, None)
        except csv.Error:
            raise InvalidInput(
                f"Row {number}: the quotation marks do not match. Within a quoted cell they are doubled.",
                field="file",
            ) from None
        if cells is None:
            return
        row = Row(number, tuple(check_length(number, cell) for cell in cells))
        if row.blank:
            continue
        # The header is no row of its own.
        check_shape(number, len(cells), found)
        found += 1
        yield row


def _trimmed(row: Row, width: int) -> Row:
    """Without empty cells beyond the header, which spreadsheets like to add."""
    cells = row.cells
    while len(cells) > width and is_blank(cells[-1]):
        cells = cells[:-1]
    return Row(row.number, cells)
