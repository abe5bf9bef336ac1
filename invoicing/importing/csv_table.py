"""Tables in CSV files, as spreadsheets of many countries write them."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from contextlib import suppress

from invoicing.importing.tables import (
    CELL_CHARACTERS_MAX,
    CELLS_MAX,
    COLUMNS_MAX,
    Row,
    Table,
    check_length,
    check_shape,
    is_blank,
)
from invoicing.importing.titles import LOOKED_AT, header_at, known_in, without_titles
from invoicing.refusals import InvalidInput, LimitExceeded
from invoicing.remedies import Act, Remark

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
LINES_MAX = 1_048_576
"""With the empty ones: as many as a spreadsheet has rows."""
_LINE_CHARACTERS_MAX = COLUMNS_MAX * CELL_CHARACTERS_MAX
_PIECE_CHARACTERS = 1024 * 1024
# Python's other codecs are no encodings of files: some of them take a time that grows with the square of the length,
# or raise what no text raises.
_ENCODINGS = re.compile(
    r"utf-(8|8-sig|16|16-le|16-be|32|32-le|32-be)|ascii|iso8859-\d+|cp\d+|koi8-[rtu]|mac-\w+|big5(hkscs)?"
    r"|gb2312|gbk|gb18030|euc_\w+|shift_jis\w*|iso2022_\w+|johab|hz|tis-620|ptcp154|kz1048|hp-roman8"
)
_NO_TEXT = "The file is not a table: it must be CSV or XLSX."


def read_csv(content: bytes, *, delimiter: str, encoding: str, known: Callable[[str], bool]) -> Table:
    """The table in the bytes of a CSV file.

    `delimiter` and `encoding` are recognised where they are empty; `known` says whether a text is a column's name.

    Raises:
        InvalidInput, LimitExceeded.
    """
    codec, form, notes = _recognised_encoding(content, encoding)
    beginning = _opened(content, codec).read(_HEADER_CHARACTERS_MAX)
    told = _SEPARATOR_LINE.match(beginning)
    if told:
        delimiter = delimiter or told[1]
    delimiter = delimiter or _recognised(beginning[told.end() if told else 0 :], known)
    stream = _opened(content, codec)
    stream.read(told.end() if told else 0)
    rows = list(_rows(stream, delimiter))
    if not rows:
        raise InvalidInput("The file is empty: it has no header and no rows.", field="file")
    beginning_rows, titles = without_titles(rows, known)
    header = tuple(str(cell) for cell in _trimmed(beginning_rows[0], 0).cells)
    return Table(
        header=header,
        rows=tuple(_trimmed(row, len(header)) for row in beginning_rows[1:]),
        form=f"CSV, {form}, separated by {_NAMES.get(delimiter, delimiter)}",
        notes=(*notes, *titles),
    )


def known_encoding(name: str) -> str:
    """The codec of an encoding of letters in bytes.

    Raises:
        InvalidInput: there is none of this name, or what has it is no encoding of a file but something else that text
            can be turned into: names of the internet (idna, punycode), escapes of programs, ciphers, compressions.
    """
    try:
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):
        codec = ""
    if not _ENCODINGS.fullmatch(codec):
        raise InvalidInput("encoding must be one such as utf-8 or windows-1250.", field="encoding")
    return codec


def _recognised_encoding(content: bytes, encoding: str) -> tuple[str, str, tuple[Remark, ...]]:
    """The codec, what the report calls it, and what to say of it."""
    if encoding:
        codec = known_encoding(encoding)
        return _checked(content, codec, encoding), encoding, ()
    for mark, codec, name in _MARKS:
        if content.startswith(mark):
            return _checked(content, codec, name), name, ()
    if 0 in content:
        return _checked(content, _without_mark(content), "UTF-16"), "UTF-16", ()
    if _is_text_of(content, "utf-8"):
        return "utf-8", "UTF-8", ()
    if not _is_text_of(content, "cp1252"):
        raise InvalidInput(f"{_NO_TEXT} Save CSV files as UTF-8.", field="file")
    if any(_CONTROLS.search(piece) for piece in _pieces(content, "cp1252")):
        raise InvalidInput(_NO_TEXT, field="file")
    note = "The file is not UTF-8 and was read as Windows-1252: look at the accented letters."
    return "cp1252", "Windows-1252", (Remark(note, Act.CHOOSE_ENCODING),)


def _checked(content: bytes, codec: str, name: str) -> str:
    """The codec, if the whole file is text of it."""
    try:
        if any("\0" in piece for piece in _pieces(content, codec)):
            raise InvalidInput(_NO_TEXT, field="file")
    except UnicodeError:
        raise InvalidInput(f"The file is not {name} text throughout: save it anew as UTF-8.", field="file") from None
    return codec


def _is_text_of(content: bytes, codec: str) -> bool:
    try:
        for _ in _pieces(content, codec):
            pass
    except UnicodeError:
        return False
    return True


def _pieces(content: bytes, codec: str) -> Iterator[str]:
    """The text, a piece at a time: as a whole it could take four times the memory of the file."""
    stream = _opened(content, codec)
    while piece := stream.read(_PIECE_CHARACTERS):
        yield piece


def _opened(content: bytes, codec: str) -> io.TextIOWrapper:
    """The text without a mark at its beginning, line breaks as they are."""
    stream = io.TextIOWrapper(io.BytesIO(content), encoding=codec, newline="")
    if stream.read(1) != "\ufeff":
        stream.seek(0)
    return stream


def _without_mark(content: bytes) -> str:
    """Latin text in UTF-16 has a zero in every second byte."""
    even, odd = content[0::2].count(0), content[1::2].count(0)
    if odd > len(content) // 8 and not even:
        return "utf-16-le"
    if even > len(content) // 8 and not odd:
        return "utf-16-be"
    raise InvalidInput(_NO_TEXT, field="file")


def _recognised(beginning: str, known: Callable[[str], bool]) -> str:
    """The sign that separates the header into most names that are known, and if none is, into most parts."""
    found = sorted(((*_header_score(beginning, sign, known), sign) for sign in DELIMITERS.values()), reverse=True)
    best, second = found[0], found[1]
    if best[1] > 1 and best[:2] == second[:2]:
        raise InvalidInput(
            f"The columns could be separated by {_NAMES[best[2]]} or {_NAMES[second[2]]}.",
            field="delimiter",
            remedy=Act.CHOOSE_DELIMITER,
        )
    return best[2] if best[1] > 1 else ","


def _header_score(text: str, delimiter: str, known: Callable[[str], bool]) -> tuple[int, int]:
    """How many names of columns the header has, and how many cells."""
    rows: list[list[str]] = []
    with suppress(csv.Error):
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if any(cell.strip() for cell in cells):
                rows.append(cells)
            if len(rows) == LOOKED_AT:
                break
    if not rows:
        return 0, 0
    header = rows[header_at(rows, known)]
    return known_in(header, known), len(header)


def _rows(stream: io.TextIOWrapper, delimiter: str) -> Iterator[Row]:
    """The rows that are not blank; blank ones count in the numbers, as in a spreadsheet."""
    lines = _Lines(stream)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    found = cells_read = 0
    for number in range(1, LINES_MAX + 2):
        lines.row = number
        try:
            cells = next(reader, None)
        except csv.Error:
            raise InvalidInput(
                f"Row {number}: the quotation marks do not match. Within a quoted cell they are doubled.",
                field="file",
            ) from None
        if cells is None:
            return
        if not cells:
            continue
        cells_read += len(cells)
        if cells_read > CELLS_MAX:
            raise LimitExceeded(
                f"The file has more than {CELLS_MAX} cells, with the empty ones: remove those beside the table, or"
                " split it up.",
                field="file",
            )
        row = Row(number, tuple(check_length(number, cell) for cell in cells))
        if row.blank:
            continue
        # The header is no row of its own.
        check_shape(number, len(cells), found)
        found += 1
        yield row
    raise LimitExceeded(
        f"The file has more than {LINES_MAX} lines, with the empty ones: remove those below the table.", field="file"
    )


class _Lines:
    """The lines of a text, none longer than the longest row; `row` is the number of the row that they belong to."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        self._stream = stream
        self.row = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._stream.readline(_LINE_CHARACTERS_MAX + 1)
        if len(line) > _LINE_CHARACTERS_MAX:
            raise LimitExceeded(
                f"Row {self.row} has a line of more than {_LINE_CHARACTERS_MAX} characters: it is no table.",
                field="file",
            )
        if not line:
            raise StopIteration
        return line


def _trimmed(row: Row, width: int) -> Row:
    """Without empty cells beyond the header, which spreadsheets like to add."""
    cells = row.cells
    while len(cells) > width and is_blank(cells[-1]):
        cells = cells[:-1]
    return Row(row.number, cells)
