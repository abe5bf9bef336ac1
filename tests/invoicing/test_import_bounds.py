"""Files that are small and become large: each is refused by what it is, before it fills the memory or the time.

A third of a megabyte of empty rows took 2.9 GiB and 78 seconds, a tenth of empty cells far to the right 48 seconds; a
document type in UTF-16 passed, and `--encoding punycode` ended in a traceback.
"""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest

from invoicing.importing.csv_table import LINES_MAX, known_encoding
from invoicing.importing.decimals import DecimalSign, plain_number, sign_of
from invoicing.importing.matching import Known, Matching
from invoicing.importing.tables import CELL_CHARACTERS_MAX, CELLS_MAX, shown
from invoicing.importing.xlsx_archive import MEMBERS_MAX, OTHER_TAGS_MAX, ROW_TAGS_MAX
from invoicing.refusals import Conflict, InvalidInput, LimitExceeded
from tests.support.steps import steps_of
from tests.support.tables import refused, table

SHEET, STYLES = "xl/worksheets/sheet1.xml", "xl/styles.xml"
NAMESPACE = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def sheet(rows: bytes, *, after: bytes = b"") -> bytes:
    return b"<worksheet " + NAMESPACE + b"><sheetData>" + rows + b"</sheetData>" + after + b"</worksheet>"


def workbook(**parts: bytes) -> bytes:
    """A workbook of one name, with these parts (their paths with `__` for a slash) instead of its own."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Name"])
    book.active.append(["A"])
    saved, made = io.BytesIO(), io.BytesIO()
    book.save(saved)
    with zipfile.ZipFile(saved) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        given = {name.replace("__", "/") + ".xml": content for name, content in parts.items()}
        for name in [*(one for one in before.namelist() if one not in given), *given]:
            after.writestr(name, given[name] if name in given else before.read(name))
    return made.getvalue()


def with_sheet(rows: bytes, *, after: bytes = b"") -> bytes:
    return workbook(xl__worksheets__sheet1=sheet(rows, after=after))


def strings(content: bytes) -> bytes:
    return workbook(xl__sharedStrings=b"<sst " + NAMESPACE + b">" + content + b"</sst>")


def styles(content: bytes) -> bytes:
    return workbook(xl__styles=b"<styleSheet " + NAMESPACE + b"><cellXfs>" + content + b"</cellXfs></styleSheet>")


def far_cells(count: int) -> bytes:
    return b"".join(b'<row r="%d"><c r="XFD%d"/></row>' % (row, row) for row in range(1, count + 1))


@pytest.mark.parametrize(
    ("content", "word"),
    [
        pytest.param(lambda: with_sheet(b"<row/>" * (ROW_TAGS_MAX + 100)), "rows, with the empty ones", id="rows"),
        pytest.param(
            lambda: with_sheet(b'<row spans="1:1"></row>' * (ROW_TAGS_MAX + 100)), "rows", id="rows with attributes"
        ),
        pytest.param(lambda: with_sheet(b"<row\n/>" * (ROW_TAGS_MAX + 100)), "rows", id="rows with line breaks"),
        pytest.param(lambda: with_sheet(far_cells(1_000)), "cells, with the empty ones", id="far cells"),
        pytest.param(
            lambda: with_sheet((b"<row>" + b"<c/>" * 1_000 + b"</row>") * 2_001), "cells, with the empty", id="cells"
        ),
        pytest.param(lambda: with_sheet(b"<row>" + b"<c/>" * 100_000 + b"</row>"), "too much", id="a wide row"),
        pytest.param(lambda: with_sheet(b"<row>" + b"<x/>" * 100_000 + b"</row>"), "too much", id="other tags"),
        pytest.param(
            lambda: with_sheet(
                b"<row/>", after=b"<mergeCells>" + b'<mergeCell ref="A1:B2"/>' * 100_000 + b"</mergeCells>"
            ),
            "too much",
            id="merged cells",
        ),
        pytest.param(lambda: strings(b"<si/>" * 1_000_100), "too much", id="strings"),
        pytest.param(lambda: strings(b"<si>" + b"<r/>" * 100_000 + b"</si>"), "too much", id="one string"),
        pytest.param(lambda: styles(b"<xf/>" * (OTHER_TAGS_MAX + 1)), "too much", id="styles"),
        pytest.param(
            lambda: workbook(**{f"xl__theme__theme{index}": b"<a>" + b"<b/>" * 50_000 + b"</a>" for index in range(5)}),
            "too much",
            id="many parts",
        ),
        pytest.param(
            lambda: workbook(**{f"part{index}": b"" for index in range(MEMBERS_MAX + 1)}), "unpacks", id="members"
        ),
    ],
)
def test_a_workbook_with_too_much_in_it_is_refused_by_what_that_is(content, word: str) -> None:  # type: ignore[no-untyped-def]  # A function that makes the bytes.
    refusal = refused(content())
    assert isinstance(refusal, LimitExceeded)
    assert word in refusal.message


def test_the_cells_of_all_sheets_that_are_looked_at_count_together() -> None:
    book = openpyxl.Workbook()
    for index in range(4):
        book.create_sheet(f"Sheet {index}")
    saved, made = io.BytesIO(), io.BytesIO()
    book.save(saved)
    with zipfile.ZipFile(saved) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            is_sheet = name.startswith("xl/worksheets/")
            after.writestr(name, sheet(far_cells(200)) if is_sheet else before.read(name))
    assert "cells, with the empty ones" in refused(made.getvalue()).message


@pytest.mark.parametrize(
    "part", [SHEET, STYLES, "xl/workbook.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"]
)
@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp037"])
def test_a_part_that_is_not_in_utf_8_is_refused_because_nothing_could_be_found_in_it(part: str, codec: str) -> None:
    declared = "UTF-16" if codec.startswith("utf-16") else codec
    text = f'<?xml version="1.0" encoding="{declared}"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    assert "UTF-8" in refused(_replaced(part, text.encode(codec))).message


def test_another_encoding_that_is_only_declared_is_refused_as_well() -> None:
    for declared in ("UTF-7", "windows-1252", "utf-16"):
        text = f"<?xml version='1.0' encoding = '{declared}'?><styleSheet/>"
        assert "UTF-8" in refused(_replaced(STYLES, text.encode())).message
    endless = b"<?xml version='1.0'" + b" " * 100_000 + b"encoding='utf-16'?><styleSheet/>"
    assert "UTF-8" in refused(_replaced(STYLES, endless)).message


def test_a_document_type_is_refused_in_a_part_of_any_name() -> None:
    for name in (SHEET, STYLES, "xl/media/image1.png", "docProps/anything"):
        assert "damaged" in refused(_replaced(name, b'  <!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')).message


def test_an_ordinary_workbook_passes_all_of_it() -> None:
    assert [row.cells for row in table(workbook()).rows] == [("A",)]


# CSV


NO_ENCODINGS = (
    "punycode idna unicode_escape raw_unicode_escape utf_7 rot13 zlib bz2 base64 hex quopri uu undefined mbcs oem nope"
)


@pytest.mark.parametrize("encoding", NO_ENCODINGS.split())
def test_what_is_no_encoding_of_a_file_is_refused_by_name(encoding: str) -> None:
    assert refused("Name\nA\n", encoding=encoding).field == "encoding"


def test_encodings_of_files_are_known_by_any_of_their_names() -> None:
    for name in ("windows-1250", "latin1", "UTF8", "utf-16", "shift_jis", "gb18030", "koi8-r", "macroman", "cp437"):
        text = "Name\nA\n"
        assert table(text.encode(known_encoding(name)), encoding=name).rows[0].cells == ("A",)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        pytest.param("Name\n" + "\n" * (LINES_MAX + 1), "lines, with the empty ones", id="blank lines"),
        pytest.param("Name\n" + "," * 10_000_000, "a line of more than", id="a row of commas"),
        pytest.param(
            "Name\n" + (("," * 16_000 + "\n") * (CELLS_MAX // 16_000 + 1)), "cells, with the", id="rows of commas"
        ),
        pytest.param("Name\n" + "a" * 10_000_000, "a line of more than", id="one field"),
        pytest.param('Name\n"' + "a" * 10_000_000, "a line of more than", id="a quotation that never ends"),
        pytest.param('Name\n"' + "a\n" * 500_000, "quotation marks", id="a quotation over many lines"),
        pytest.param("Name" + ",x" * 30_000 + "\nA\n", "columns", id="columns"),
    ],
)
def test_a_csv_file_with_too_much_in_it_is_refused_by_what_that_is(content: str, word: str) -> None:
    assert word in refused(content).message


# What is compared


def test_many_rows_of_one_name_are_told_apart_in_linear_time() -> None:
    def needed(count: int) -> int:
        matching = Matching("item", (), update=True)
        matching.target(0, Known("", "Same name", archived=False))

        def go_on() -> None:
            for number in range(1, count):
                with pytest.raises(Conflict):
                    matching.target(number, Known("", "Same name", archived=False))

        return steps_of(go_on)

    # Ten times as many took a hundred times as long.
    assert needed(2_000) < 12 * needed(200)


def test_many_that_are_alike_in_the_books_are_ambiguous_and_stock_numbers_tell_them_apart() -> None:
    there = [Known(f"itm_{index}", "Bread", archived=False, sku=f"S{index}" if index % 2 else "") for index in range(9)]
    matching = Matching("item", there, update=True)
    with pytest.raises(InvalidInput, match="Several items"):
        matching.target(1, Known("", "bread", archived=False))
    assert matching.target(2, Known("", "Bread", archived=False, sku="s3")) == "itm_3"
    alone = Matching("item", [there[1], there[2]], update=True)
    assert alone.target(1, Known("", "BREAD", archived=False, sku="new")) == "itm_2"


def test_a_long_text_is_not_looked_at_as_a_number() -> None:
    long = "1 234" * (CELL_CHARACTERS_MAX // 5)
    assert sign_of(long) is None
    assert plain_number(long, DecimalSign.POINT) == long
    assert len(shown("x" * CELL_CHARACTERS_MAX)) == 40


def _replaced(part: str, content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for name in [*(one for one in before.namelist() if one != part), part]:
            after.writestr(name, content if name == part else before.read(name))
    return made.getvalue()
