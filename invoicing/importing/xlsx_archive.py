"""An XLSX file before it is read: an archive of XML parts, whose size in memory has little to do with its own.

The library that reads workbooks makes an object of each tag and keeps some of them to the end, so tags are counted
here first, a piece at a time: a third of a megabyte unpacks to thirty-six million empty rows. What would be too much is
refused by what it is, in a time that grows with the file and not faster.
"""

from __future__ import annotations

import io
import re
from zipfile import ZipFile

from invoicing.refusals import InvalidInput, LimitExceeded

MEMBERS_MAX = 2_000
UNPACKED_BYTES_MAX = 256 * 1024 * 1024
# The library holds the strings in memory, and everything but the sheets as a tree, many times the size of its text.
STRINGS_BYTES_MAX = 64 * 1024 * 1024
PART_BYTES_MAX = 8 * 1024 * 1024
# Of a sheet it holds one row at a time; so this much of it must not be one row.
ROWLESS_BYTES_MAX = 16 * 1024 * 1024
ROW_TAGS_MAX = 300_000
CELLS_MAX = 2_000_000
"""Fewer than of a CSV file: reading one takes ten times as long."""
STRING_TAGS_MAX = 1_000_000
TAGS_OF_ONE_MAX = 60_000
"""Of one row, of one string, and of what stands before the first and after the last."""
OTHER_TAGS_MAX = 200_000
"""Of all parts together that are neither a sheet nor the strings: styles above all."""

DAMAGED = "The XLSX file is damaged: open it in a spreadsheet program and save it anew."
_TOO_MUCH = "The workbook has too much in it beside the cells: save it as CSV."
_NOT_UTF_8 = "The XLSX file is not in UTF-8, as spreadsheet programs write it: open it in one and save it anew."
_CHUNK_BYTES = 1024 * 1024
_WINDOW_BYTES = 64
_SHEETS, _STRINGS = "xl/worksheets/", "xl/sharedStrings.xml"
_ROW = re.compile(rb"<(?:\w{1,20}:)?row[ />\r\n\t]")
_CELL = re.compile(rb"<(?:\w{1,20}:)?c[ />\r\n\t]")
_STRING = re.compile(rb"<(?:\w{1,20}:)?si[ />\r\n\t]")
_FORMULA = re.compile(rb"<(?:\w{1,20}:)?f[ />\r\n\t]")
_ENTRY = b"PK\x01\x02"
_MARK = b"\xef\xbb\xbf"
_DECLARATION = re.compile(rb"<\?xml\s[^>]{0,200}?>")
_ENCODING = re.compile(rb"encoding\s{0,20}=\s{0,20}[\"']([^\"']{0,40})[\"']")
_UTF_8 = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii"})


def check_archive(content: bytes) -> bool:
    """Whether there are formulas; refuses, before anything is unpacked into memory, what would fill it.

    Raises:
        InvalidInput: no workbook, or one that no spreadsheet program writes.
        LimitExceeded: it unpacks to too much, or has too many rows, cells, strings or other tags.
    """
    # The list of an archive's members is held in memory as well; each of them begins in this way.
    if content.count(_ENTRY) > MEMBERS_MAX:
        raise _unpacks_to_too_much()
    with ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        if "xl/workbook.xml" not in {member.filename for member in members}:
            raise InvalidInput(
                "The file is an archive but not an XLSX workbook: save the table as XLSX or CSV.", field="file"
            )
        if len(members) > MEMBERS_MAX or sum(member.file_size for member in members) > UNPACKED_BYTES_MAX:
            raise _unpacks_to_too_much()
        scanning = _Scanning()
        for member in members:
            scanning.look_through(archive, member.filename, member.file_size)
    return scanning.formulas


class _Scanning:
    """What was counted in the parts of a workbook so far."""

    def __init__(self) -> None:
        self.formulas = False
        self._rows = self._cells = self._other_tags = 0

    def look_through(self, archive: ZipFile, name: str, size: int) -> None:
        """Count one part. A size that is a lie is found when reading: nothing beyond it is unpacked."""
        if name.startswith(_SHEETS):
            self._look(archive, name, _ROW)
            return
        if name == _STRINGS:
            if size > STRINGS_BYTES_MAX:
                raise _too_much()
            self._look(archive, name, _STRING)
            return
        if name.endswith((".xml", ".rels")) and size > PART_BYTES_MAX:
            raise _too_much()
        self._look(archive, name, None)

    def _look(self, archive: ZipFile, name: str, unit: re.Pattern[bytes] | None) -> None:
        is_xml, end, units = False, b"", _Units(unit)
        with archive.open(name) as stream:
            beginning = stream.read(_CHUNK_BYTES)
            # A part is called what the workbook likes: whatever a parser would take for XML is looked at as that.
            is_xml = name.endswith((".xml", ".rels")) or _begins_like_xml(beginning)
            if not is_xml:
                return
            _check_encoding(beginning)
            chunk = beginning
            while chunk:
                window = end + chunk
                if b"<!DOCTYPE" in window or b"<!ENTITY" in window:
                    raise InvalidInput(DAMAGED, field="file")
                units.count(chunk)
                self._add(chunk, window, unit)
                end = window[-_WINDOW_BYTES:]
                chunk = stream.read(_CHUNK_BYTES)

    def _add(self, chunk: bytes, window: bytes, unit: re.Pattern[bytes] | None) -> None:
        if unit is _ROW:
            self.formulas = self.formulas or _FORMULA.search(window) is not None
            self._rows += len(_ROW.findall(chunk))
            self._cells += len(_CELL.findall(chunk))
            if self._rows > ROW_TAGS_MAX:
                raise LimitExceeded(
                    f"The workbook has more than {ROW_TAGS_MAX} rows, with the empty ones: delete those below the"
                    " table, or save it as CSV.",
                    field="file",
                )
            if self._cells > CELLS_MAX:
                raise too_many_cells()
        elif unit is None:
            self._other_tags += chunk.count(b"<")
            if self._other_tags > OTHER_TAGS_MAX:
                raise _too_much()


class _Units:
    """The rows of a sheet, or the strings, and how much there is of each."""

    def __init__(self, unit: re.Pattern[bytes] | None) -> None:
        self._unit = unit
        self._found = self._tags = self._bytes = 0

    def count(self, chunk: bytes) -> None:
        if self._unit is None:
            return
        begun = 0
        for unit in self._unit.finditer(chunk):
            # Between two tags that follow each other closely there cannot be many.
            if unit.start() - begun > TAGS_OF_ONE_MAX:
                self._tags += chunk.count(b"<", begun, unit.start())
                self._check()
            self._found += 1
            self._tags = self._bytes = 0
            begun = unit.start()
        self._tags += chunk.count(b"<", begun)
        self._bytes += len(chunk) - begun
        self._check()

    def _check(self) -> None:
        too_many = self._unit is _STRING and self._found > STRING_TAGS_MAX
        if too_many or self._tags > TAGS_OF_ONE_MAX or self._bytes > ROWLESS_BYTES_MAX:
            raise _too_much()


def too_many_cells() -> LimitExceeded:
    return LimitExceeded(
        f"The workbook has more than {CELLS_MAX} cells, with the empty ones: delete what is below and beside the table,"
        " or save it as CSV.",
        field="file",
    )


def _begins_like_xml(beginning: bytes) -> bool:
    # Some encodings put zeros between the letters; those are refused when they are looked at.
    return beginning.removeprefix(_MARK).lstrip(b"\xff\xfe\0 \t\r\n")[:1] == b"<"


def _check_encoding(beginning: bytes) -> None:
    """In another encoding a parser would read what is not to be found here."""
    text = beginning.removeprefix(_MARK).lstrip(b" \t\r\n")
    if text and (text[:1] != b"<" or b"\0" in text):
        raise InvalidInput(_NOT_UTF_8, field="file")
    if text.startswith(b"<?xml"):
        declared = _DECLARATION.match(text)
        named = _ENCODING.search(declared[0]) if declared else None
        if declared is None or (named is not None and named[1].lower() not in _UTF_8):
            raise InvalidInput(_NOT_UTF_8, field="file")


def _unpacks_to_too_much() -> LimitExceeded:
    return LimitExceeded(
        f"The workbook unpacks to more than {UNPACKED_BYTES_MAX // 1024**2} MiB: save it as CSV.", field="file"
    )


def _too_much() -> LimitExceeded:
    return LimitExceeded(_TOO_MUCH, field="file")
