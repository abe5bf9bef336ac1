"""Tables as people have them: encodings, separators, cells of spreadsheets, and files that are no tables."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicing.importing.columns import is_known, match_columns
from invoicing.importing.recognizing import read_table
from invoicing.importing.tables import COLUMNS_MAX, ROWS_MAX, Day, Number, Unreadable
from invoicing.importing.values import read_rows
from invoicing.importing.vocabulary import Kind
from invoicing.refusals import LimitExceeded, Refusal
from tests.support.tables import items, refused, table

CSV = 'Name,City\r\n"Grün, Söhne","Bad\nVilbel"\r\n'


def workbook(*rows: Iterable[object], formats: dict[str, str] | None = None) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(list(row))
    for cell, form in (formats or {}).items():
        book.active[cell].number_format = form
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def repacked(content: bytes, name: str, change: dict[bytes, bytes]) -> bytes:
    """The archive with texts of one member replaced."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            text = old.read(member)
            if member == name:
                # Which form an empty element has depends on the library that wrote it.
                text = text.replace(b"<v></v>", b"<v />").replace(b"<v/>", b"<v />")
                for before, after in change.items():
                    assert before in text
                    text = text.replace(before, after)
            new.writestr(member, text)
    return stream.getvalue()


DAMAGEABLE = workbook(["Name", "City"], ["A", 1.5], ["B", "=1+1"])


# CSV


@pytest.mark.parametrize(
    ("encoding", "form"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("cp1252", "Windows-1252"),
    ],
)
def test_encodings_are_recognised(encoding: str, form: str) -> None:
    read = table(CSV.encode(encoding))
    assert read.header == ("Name", "City")
    assert read.rows[0].cells == ("Grün, Söhne", "Bad\nVilbel")
    assert form in read.form
    assert bool(read.notes) is (form == "Windows-1252")


def test_a_given_encoding_is_used_and_must_fit() -> None:
    assert table("Name\nŁódź\n".encode("cp1250"), encoding="cp1250").rows[0].cells == ("Łódź",)
    assert "utf-8" in refused("Name\nGrün\n".encode("cp1252"), encoding="utf-8").message


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_separators_are_recognised_by_the_header(sign: str) -> None:
    read = table(f"Name{sign}City{sign}Note\nA{sign}B{sign}\n")
    assert read.header == ("Name", "City", "Note")
    assert read.rows[0].cells == ("A", "B", "")


def test_excel_says_the_separator_in_a_first_line_of_its_own() -> None:
    read = table("sep=;\r\nName;City\r\nA;B\r\n")
    assert (read.header, read.rows[0].number) == (("Name", "City"), 2)


def test_two_possible_separators_are_not_guessed_between() -> None:
    assert refused("Name,City;Phone\nA,B;C\n").field == "delimiter"
    assert table("Name,City;Phone\nA,B;C\n", delimiter=",").header == ("Name", "City;Phone")


def test_rows_keep_the_numbers_that_a_spreadsheet_shows() -> None:
    read = table('\nName,Note\n\nA,"one\ntwo"\n,\nB,\n')
    assert [row.number for row in read.rows] == [4, 6]


def test_quotation_marks_that_do_not_match_are_named_by_row() -> None:
    assert "Row 3" in refused('Name,City\nA,B\n"C,D\n').message
    assert "Row 2" in refused('Name,City\n"A"x,B\n').message


def test_rows_of_another_width_are_refused_one_by_one() -> None:
    read = table("Name,City,Note\nA\nB,C,,\nD,E,F,G\n")
    rows = read_rows(read, match_columns(Kind.CUSTOMERS, read, ignore_unknown=False), None)
    assert [bool(row.problems) for row in rows] == [True, False, True]
    assert "fewer" in rows[0].problems[0].text
    assert "more" in rows[2].problems[0].text


# What is no table


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b" \r\n\r\n", "empty"),
        (b"\xef\xbb\xbf\n", "empty"),
        (b"Name,City\r\n", "no rows"),
        (b"Name,City\r\n,\r\n", "no rows"),
        (b"%PDF-1.7\n...", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ".xls"),
        (b"\x89PNG\r\n\x1a\n" + bytes(90), "picture"),
        (b"\x7fELF\x02\x01\x01" + bytes(90) + b"\x01\x02", "not a table"),
        (bytes(range(256)) * 4, "not a table"),
        (b"\x81\x8d\x90" * 9, "not a table"),
        (b"<html><body><table>\n<tr><td>Name</td></tr>", "web page"),
        (b"PK\x03\x04" + bytes(90), "damaged"),
        (b"\xff\xfeN\x00a\x00m", "UTF-16"),
    ],
)
def test_wrong_files_are_refused_in_one_line(content: bytes, word: str) -> None:
    refusal = refused(content)
    assert word in refusal.message
    assert "\n" not in refusal.message


def test_an_archive_that_is_no_workbook_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("content.xml", "<office/>")
    assert "not an XLSX" in refused(stream.getvalue()).message


def test_options_of_the_other_kind_of_file_are_refused() -> None:
    assert refused(CSV, sheet="One").field == "sheet"
    assert refused(workbook(["Name"], ["A"]), delimiter=";").field == "delimiter"


# Limits


def test_too_many_rows_columns_and_characters_are_refused() -> None:
    assert len(table("Name\n" + "A\n" * ROWS_MAX).rows) == ROWS_MAX
    assert isinstance(refused("Name\n" + "A\n" * (ROWS_MAX + 1)), LimitExceeded)
    assert isinstance(refused("Name" + "," * COLUMNS_MAX + "x\nA\n"), LimitExceeded)
    assert isinstance(refused(f"Name\n{'A' * 40_000}\n"), LimitExceeded)
    assert isinstance(refused(b"N" * (50 * 1024 * 1024 + 1)), LimitExceeded)


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_unpacked() -> None:
    stream = io.BytesIO(workbook(["Name"], ["A"]))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/media/bomb", "w") as member:
        for _ in range(300):
            member.write(bytes(1024 * 1024))
    assert len(stream.getvalue()) < 1024 * 1024
    assert isinstance(refused(stream.getvalue()), LimitExceeded)


def test_a_workbook_whose_strings_styles_or_rows_would_fill_the_memory_is_refused() -> None:
    for name, size_mib in (("xl/sharedStrings2.xml", 9), ("xl/worksheets/sheet2.xml", 20)):
        stream = io.BytesIO(workbook(["Name"], ["A"]))
        with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, b"<c/>" * (size_mib * 256 * 1024))
        assert isinstance(refused(stream.getvalue()), LimitExceeded), name


def test_a_size_that_is_a_lie_unpacks_nothing_beyond_it() -> None:
    content = workbook(["Name"], *([f"Customer {index}"] for index in range(2_000)))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        true_size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    lie = content.replace(struct.pack("<L", true_size), struct.pack("<L", 100))
    assert lie != content
    assert "damaged" in refused(lie).message


def test_entities_and_damaged_workbooks_are_refused() -> None:
    good = workbook(["Name"], ["A"])
    entity = {b"<worksheet": b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet'}
    assert "damaged" in refused(repacked(good, "xl/worksheets/sheet1.xml", entity)).message
    assert "damaged" in refused(repacked(good, "xl/worksheets/sheet1.xml", {b"</row>": b""})).message
    assert "damaged" in refused(good[: len(good) // 2]).message


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=5), st.booleans())
@settings(max_examples=150)
def test_bytes_that_were_changed_are_read_or_refused_and_never_a_defect(
    changes: list[tuple[int, int]], as_csv: bool
) -> None:
    content = bytearray(CSV.encode("utf-16") if as_csv else DAMAGEABLE)
    for position, value in changes:
        content[position % len(content)] = value
    with suppress(Refusal):
        table(bytes(content))


# XLSX


def test_cells_become_exact_texts() -> None:
    day = date(2026, 3, 1)
    content = workbook(
        ["Name", "Note", "PLZ", "Phone", "Consumer", "City"],
        ["=A", 0.1, 1067, 441174960000, True, day],
        formats={"C2": "00000", "A2": "@"},
    )
    content = repacked(content, "xl/worksheets/sheet1.xml", {b"<f>A</f><v />": b"<f>A</f><v>12.50</v>"})
    (row,) = table(content).rows
    assert row.cells[1:] == (
        Number(Decimal("0.1"), "0.1"),
        Number(Decimal(1067), "01067"),
        Number(Decimal(441174960000), "441174960000"),
        True,
        Day("2026-03-01"),
    )


def test_formulas_count_by_their_results_and_without_one_are_named() -> None:
    content = workbook(["Name", "Price"], ["Bread", "=1+2"], ["Cake", "=2+2"], ["Pie", 3])
    assert items(content)[0].problems[0].field == "unit_price"
    assert "formula" in items(content)[0].problems[0].text
    half = repacked(content, "xl/worksheets/sheet1.xml", {b"<f>1+2</f><v />": b"<f>1+2</f><v>3.5</v>"})
    assert items(half)[0].values["unit_price"] == Decimal("3.5")
    assert [bool(row.problems) for row in items(half)] == [False, True, False]
    text = {b'<c r="B2"><f>1+2</f><v />': b'<c r="B2" t="str"><f>1+2</f><v></v>'}
    empty = items(repacked(content, "xl/worksheets/sheet1.xml", text))[0]
    assert (empty.problems, dict(empty.values)) == ((), {"name": "Bread"})


def test_texts_that_begin_like_formulas_are_texts() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Name"])
    for index, text in enumerate(("=1+1", "+44", "-x", "@sum"), start=2):
        cell = book.active.cell(index, 1)
        cell.value = text
        cell.data_type = "s"
    assert [row.cells[0] for row in table(saved(book)).rows] == ["=1+1", "+44", "-x", "@sum"]


def test_numbers_that_spreadsheets_do_not_keep_are_named() -> None:
    content = workbook(["Name", "Note"], ["A", 1234567890123456789], ["C", 1e20])
    cells = [row.cells[1] for row in table(content).rows]
    assert all(isinstance(cell, Unreadable) for cell in cells)


def test_computed_numbers_are_read_as_a_spreadsheet_shows_them() -> None:
    content = workbook(["Name", "Note"], ["A", 0.3], ["B", 9.779999999999999])
    content = repacked(content, "xl/worksheets/sheet1.xml", {b"<v>0.3</v>": b"<v>0.30000000000000004</v>"})
    cells = [row.cells[1] for row in table(content).rows]
    assert cells == [Number(Decimal("0.3"), "0.3"), Number(Decimal("9.78"), "9.78")]


def test_titles_above_a_sheet_are_passed_over_and_percent_is_what_is_shown() -> None:
    rows = (["Prices", None], ["Status", date(2026, 11, 29)], [None], ["Item name", "VAT rate"], ["Bread", 0.2])
    content = workbook(*rows, formats={"B5": "0%"})
    read = read_table(content, known=lambda heading: is_known(Kind.ITEMS, heading))
    assert read.header == ("Item name", "VAT rate")
    assert read.notes[0].text == "The header is row 4. 2 rows are above it, passed over: Prices; Status."
    (row,) = read_rows(read, match_columns(Kind.ITEMS, read, ignore_unknown=False), None)
    assert (row.number, row.values) == (5, {"name": "Bread", "tax_rate": Decimal(20)})


def test_errors_of_a_spreadsheet_are_named() -> None:
    content = workbook(["Name", "City"], ["A", "#N/A"])
    assert isinstance(table(content).rows[0].cells[1], Unreadable)


@pytest.mark.parametrize(
    ("heading", "value", "word"),
    [
        ("VAT number", "1.23457E+11", "scientific"),
        ("SKU", date(2026, 3, 1), "date"),
        ("SKU", 1.5, "number"),
    ],
)
def test_identifiers_that_a_spreadsheet_changed_are_refused(heading: str, value: object, word: str) -> None:
    kind = Kind.CUSTOMERS if heading == "VAT number" else Kind.ITEMS
    read = table(workbook(["Name", heading], ["A", value]))
    (row,) = read_rows(read, match_columns(kind, read, ignore_unknown=False), None)
    assert word in row.problems[0].text


def test_one_sheet_is_chosen_by_name_or_is_the_only_one_with_rows() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "Kunden"
    book.active.append(["Name"])
    book.active.append(["A"])
    book.create_sheet("Empty")
    hidden = book.create_sheet("Hidden")
    hidden.sheet_state = "hidden"
    hidden.append(["Name"])
    hidden.append(["H"])
    assert table(saved(book)).rows[0].cells == ("A",)
    assert table(saved(book), sheet="hidden").rows[0].cells == ("H",)
    other = book.create_sheet("Other")
    other.append(["Name"])
    other.append(["B"])
    assert "Kunden, Other" in refused(saved(book)).message
    assert table(saved(book), sheet="Other").rows[0].cells == ("B",)
    assert refused(saved(book), sheet="Third").field == "sheet"


def test_a_sheet_that_understates_its_size_loses_no_rows() -> None:
    content = workbook(["Name"], ["A"], ["B"])
    lie = repacked(content, "xl/worksheets/sheet1.xml", {b'ref="A1:A3"': b'ref="A1:A2"'})
    assert len(table(lie).rows) == 2
