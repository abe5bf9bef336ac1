"""`counterfoil import`: what a user types, sees and gets, and the exit codes."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from storage.books.pool import BOOKS_FILE
from tests.support.begun import begin_folder
from tests.support.command_line import run_command
from tests.support.former import OPEN_ITEMS
from tests.support.raw import all_rows, raw, raw_value

HANDLE = "harbour-bakery-sandbox"
INIT = ("init", "--name", "Harbour Bakery", "--country", "GB", "--email", "ana@harbour.example", "--kind", "standard")
GOOD = "Customer name;VAT number;Postcode\nHotel Bristol;GB980780684;BS1 4JQ\nBäckerei Grün;;01067\n"


@dataclass(frozen=True, slots=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        (line,) = [line for line in self.err.splitlines() if line.startswith("counterfoil: ")]
        assert "Traceback" not in self.err
        return line.removeprefix("counterfoil: ")

    @property
    def json(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.out)
        return answer


Run = Callable[..., Outcome]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run a command on a data folder with one business in a sandbox, as the console script does."""
    monkeypatch.setenv("COUNTERFOIL_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)

    def run_here(*arguments: str) -> Outcome:
        return Outcome(*run_command(monkeypatch, capsys, *arguments))

    begin_folder(tmp_path / "data")
    assert run_here(*INIT, "--sandbox").code == 0
    return run_here


def file(tmp_path: Path, content: str | bytes = GOOD, name: str = "customers.csv") -> str:
    (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return name


def books(tmp_path: Path) -> Path:
    (found,) = (tmp_path / "data" / "organizations").glob("[!.]*")
    return found / BOOKS_FILE


def customers(tmp_path: Path) -> list[str]:
    with raw(books(tmp_path)) as connection:
        return [row[0] for row in connection.execute("SELECT name FROM customers ORDER BY id")]


# Done


SERIES = "Code;Type;Pattern;Next\nSHOP;invoice;SHOP-{YYYY}-{SEQ:5};1042\ninvoices;;;77\n"


def test_number_series_go_on_where_a_former_system_ended(run: Run, tmp_path: Path) -> None:
    command = ("import", "series", file(tmp_path, SERIES, "series.csv"), "--organization", HANDLE)
    assert "of 2 rows 1 would be created, 1 updated" in run(*command, "--dry-run").out
    before = run("series", "list", "--organization", HANDLE).out
    assert "SHOP" not in before
    assert run(*command).out.splitlines()[-1] == "Imported 2 rows: 1 created, 1 updated, 0 unchanged, 0 refused."
    after = run("series", "list", "--organization", HANDLE).out
    assert re.search(r"TEST-SHOP-\d{4}-01042", after)
    assert re.search(r"TEST-INV-\d{4}-00077", after)
    # The number at which a series goes on is said once.
    again = run(*command)
    assert (again.code, run("series", "list", "--organization", HANDLE).out) == (1, after)
    assert run("verify").code == 0


def test_of_number_series_all_are_kept_or_none(run: Run, tmp_path: Path) -> None:
    wrong = SERIES + "SHOP-2;invoice;SHOP-{YYYY}-{SEQ:5};\n"
    before = run("series", "list", "--organization", HANDLE).out
    done = run("import", "series", file(tmp_path, wrong, "series.csv"), "--organization", HANDLE)
    assert done.code == 1
    assert "row 4: refused, column Pattern: pattern: SHOP-{YYYY}-{SEQ:5} could give the same number" in done.out
    assert run("series", "list", "--organization", HANDLE).out == before


def test_customers_are_imported_with_a_line_per_row(run: Run, tmp_path: Path) -> None:
    done = run("import", "customers", file(tmp_path), "--organization", HANDLE)
    assert done.code == 0
    assert done.out.splitlines() == [
        f"Harbour Bakery ({HANDLE}), customers from customers.csv (CSV, UTF-8, separated by semicolon)",
        "There is no column country: new customers are in the United Kingdom (GB).",
        "row 2: created, Hotel Bristol",
        "row 3: created, Bäckerei Grün",
        "Imported 2 rows: 2 created, 0 updated, 0 unchanged, 0 refused.",
    ]
    assert customers(tmp_path) == ["Hotel Bristol", "Bäckerei Grün"]
    assert run("verify").code == 0


def test_the_report_as_data_names_the_file_and_every_row(run: Run, tmp_path: Path) -> None:
    done = run("import", "customers", file(tmp_path), "--organization", HANDLE, "--json")
    report = done.json
    rows = report.pop("rows")
    assert report == {
        "organization": HANDLE,
        "kind": "customers",
        "file": "customers.csv",
        "sha256": hashlib.sha256(GOOD.encode()).hexdigest(),
        "form": "CSV, UTF-8, separated by semicolon",
        "columns": {"Customer name": "name", "VAT number": "tax_number", "Postcode": "postal_code"},
        "ignored_columns": [],
        "unknown_columns": [],
        "profile": None,
        "dry_run": False,
        "written": True,
        "counts": {"rows": 2, "created": 2, "updated": 0, "unchanged": 0, "refused": 0},
        "notes": ["There is no column country: new customers are in the United Kingdom (GB)."],
    }
    assert [(row["row"], row["outcome"], row["id"][:4], row["name"]) for row in rows] == [
        (2, "created", "cus_", "Hotel Bristol"),
        (3, "created", "cus_", "Bäckerei Grün"),
    ]


def test_items_come_from_a_workbook(run: Run, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["Artikel", "Artikelnummer", "Einzelpreis"], ["Brot", 1001, 3.5], ["Kuchen", "K-1", 12]):
        book.active.append(row)
    book.save(tmp_path / "items.xlsx")
    done = run("import", "items", "items.xlsx", "--organization", HANDLE)
    assert (done.code, done.out.splitlines()[-1]) == (
        0,
        "Imported 2 rows: 2 created, 0 updated, 0 unchanged, 0 refused.",
    )
    assert raw_value(books(tmp_path), "SELECT sku || ' ' || unit_price FROM items ORDER BY id") == "1001 3.5"


def test_a_dry_run_says_what_would_be_done(run: Run, tmp_path: Path) -> None:
    before = all_rows(books(tmp_path))
    done = run("import", "customers", file(tmp_path), "--organization", HANDLE, "--dry-run")
    assert (done.code, done.out.splitlines()[3]) == (0, "row 2: would be created, Hotel Bristol")
    assert done.out.splitlines()[-1] == (
        "This was a dry run: of 2 rows 2 would be created, 0 updated, 0 unchanged, 0 refused."
    )
    assert (customers(tmp_path), all_rows(books(tmp_path))) == ([], before)


def test_a_dry_run_with_a_refused_row_says_that_nothing_would_be_imported(run: Run, tmp_path: Path) -> None:
    name = file(tmp_path, f"{GOOD}Bad Co;GB123;\n")
    done = run("import", "customers", name, "--organization", HANDLE, "--dry-run")
    assert (done.code, customers(tmp_path)) == (1, [])
    assert done.complaint == "invalid_input: 1 of 3 rows would be refused, and so nothing imported: mend them first"


def test_the_same_file_again_is_refused_or_with_update_unchanged(run: Run, tmp_path: Path) -> None:
    command = ("import", "customers", file(tmp_path), "--organization", HANDLE)
    assert run(*command).code == 0
    assert run(*command).code == 1
    again = run(*command, "--update")
    assert (again.code, "2 unchanged" in again.out) == (0, True)
    file(tmp_path, GOOD.replace("01067", "01069"))
    assert "row 3: updated, Bäckerei Grün: postal_code" in run(*command, "--update").out


def test_live_organizations_are_imported_into_by_name(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTERFOIL_DATA", str(tmp_path / "live"))
    assert run(*INIT).code == 0
    assert run("import", "customers", file(tmp_path), "--organization", "harbour-bakery").code == 0


def test_long_reports_list_what_is_refused_alone(run: Run, tmp_path: Path) -> None:
    rows = "\n".join(f"Customer {index},{'x' if index % 2 else ''}" for index in range(200))
    done = run("import", "customers", file(tmp_path, f"name,email\n{rows}\n"), "--organization", HANDLE)
    assert done.code == 1
    assert sum("refused, column email" in line for line in done.out.splitlines()) == 50
    assert "50 more rows are refused; --json lists every row." in done.out


# Refused


def test_one_refused_row_imports_nothing(run: Run, tmp_path: Path) -> None:
    name = file(tmp_path, f"{GOOD}Bad Co;GB123;\n")
    done = run("import", "customers", name, "--organization", HANDLE)
    assert done.code == 1
    assert done.complaint == "invalid_input: 1 of 3 rows is refused; nothing was imported"
    assert "row 4: refused, column VAT number: The tax number's format is not valid" in done.out
    assert customers(tmp_path) == []
    report = run("import", "customers", name, "--organization", HANDLE, "--json")
    assert (report.code, report.json["written"]) == (1, False)
    assert report.json["rows"][2]["problems"][0]["column"] == "VAT number"


@pytest.mark.parametrize(
    ("content", "options", "word"),
    [
        ("", (), "empty"),
        ("Name\n", (), "no rows"),
        ("%PDF-1.4", (), "PDF"),
        ("Name;Colour\nA;red\n", (), "Colour"),
        ("City\nLondon\n", (), "no column name"),
        ("Name;Name\nA;B\n", (), "both name"),
        (GOOD, ("--sheet", "One"), "A sheet goes with XLSX files"),
        (b"\xd0\xcf\x11\xe0" + bytes(999), (), ".xls"),
    ],
)
def test_a_wrong_file_is_one_line(
    run: Run, tmp_path: Path, content: str | bytes, options: tuple[str, ...], word: str
) -> None:
    done = run("import", "customers", file(tmp_path, content), "--organization", HANDLE, *options)
    assert (done.code, done.out) == (1, "")
    assert word in done.complaint


def test_files_and_organizations_that_are_not_there_are_refused(run: Run, tmp_path: Path) -> None:
    assert "no such file" in run("import", "items", "nothing.csv", "--organization", HANDLE).complaint
    assert "no such file" in run("import", "items", ".", "--organization", HANDLE).complaint
    name = file(tmp_path)
    assert run("import", "customers", name, "--organization", "finch").complaint.startswith("not_found: ")


def test_unknown_columns_can_be_passed_over(run: Run, tmp_path: Path) -> None:
    name = file(tmp_path, "Name;Colour\nA;red\n")
    done = run("import", "customers", name, "--organization", HANDLE, "--ignore-unknown")
    assert (done.code, "Passed over: Colour." in done.out) == (0, True)


def test_a_doubtful_price_is_settled_by_an_option(run: Run, tmp_path: Path) -> None:
    command = ("import", "items", file(tmp_path, "name;price\nA;1.234\n"), "--organization", HANDLE)
    assert "--decimal-comma" in run(*command).out
    assert run(*command, "--decimal-comma").code == 0
    assert raw_value(books(tmp_path), "SELECT unit_price FROM items") == "1234"


def test_a_doubtful_price_column_is_refused_and_settled_by_map(run: Run, tmp_path: Path) -> None:
    # A price list of a shop: by its names alone the price of a sale, or none, would have been imported.
    content = "Title;SKU;Sale price;Regular price\nOil;O-1;18;20\nSoap;S-1;;5\n"
    command = ("import", "items", file(tmp_path, content), "--organization", HANDLE)
    for options in ((), ("--ignore-unknown",)):
        done = run(*command, *options)
        assert (done.code, done.out) == (1, "")
        assert "Several columns could be the price: Sale price (18), Regular price (20)." in done.complaint
        assert '--map "Sale price=unit_price"' in done.complaint
    assert raw_value(books(tmp_path), "SELECT COUNT(*) FROM items") == 0
    done = run(*command, "--map", "Regular price=unit_price", "--map", "Title=name")
    assert (done.code, "Passed over: Sale price." in done.out) == (0, True)
    with raw(books(tmp_path)) as connection:
        found = connection.execute("SELECT name, unit_price FROM items ORDER BY name").fetchall()
    assert found == [("Oil", "20"), ("Soap", "5")]


def test_items_without_a_price_are_said_to_have_none(run: Run, tmp_path: Path) -> None:
    done = run("import", "items", file(tmp_path, "Name\nBread\n"), "--organization", HANDLE)
    assert (done.code, done.out.splitlines()[1]) == (
        0,
        "There is no column of prices: new items have none, and every document must state it.",
    )
    done = run("import", "items", file(tmp_path, "Name;Price\nOil;12\nSoap;\n"), "--organization", HANDLE, "--json")
    assert done.json["notes"] == ["No price: row 3 has an empty cell there; new items of these have none."]
    assert done.json["columns"] == {"Name": "name", "Price": "unit_price"}


def test_prices_with_tax_are_refused_where_prices_are_without(run: Run, tmp_path: Path) -> None:
    command = ("import", "items", file(tmp_path, "Name;Price incl. VAT\nOil;12\n"), "--organization", HANDLE)
    assert "Price incl. VAT holds prices with tax" in run(*command).complaint
    with raw(books(tmp_path)) as connection:
        connection.execute("UPDATE profile SET prices_include_tax = true")
    assert run(*command).code == 0


def test_prices_in_the_currency_of_their_column_and_of_a_thousand_are_named(run: Run, tmp_path: Path) -> None:
    content = "Name;Price EUR per 1000\nScrew;12.50\n"
    done = run(
        "import",
        "items",
        file(tmp_path, content),
        "--organization",
        HANDLE,
        "--map",
        "Price EUR per 1000=unit_price/1000",
    )
    assert done.code == 0
    assert "Prices are in EUR, as the column Price EUR per 1000 says." in done.out
    assert "Prices of the column Price EUR per 1000 are divided by 1000." in done.out
    assert raw_value(books(tmp_path), "SELECT unit_price || currency FROM items") == "0.0125EUR"


def test_two_columns_of_names_are_a_choice(run: Run, tmp_path: Path) -> None:
    name = file(tmp_path, "Company Name;Customer Name\nA Ltd;Ann\n")
    command = ("import", "customers", name, "--organization", HANDLE)
    assert '--map "Company Name=name"' in run(*command).complaint
    assert run(*command, "--map", "Company Name=name").code == 0
    assert customers(tmp_path) == ["A Ltd"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("import",),
        ("import", "invoices", "x.csv"),
        ("import", "customers"),
        ("import", "customers", "x.csv"),
        ("import", "customers", "x.csv", "--organization", HANDLE, "--delimiter", "wrong"),
        ("import", "customers", "x.csv", "--organization", HANDLE, "--encoding", "zlib"),
        ("import", "customers", "x.csv", "--organization", HANDLE, "--map", "Title"),
        ("import", "customers", "x.csv", "--organization", HANDLE, "--map", "=name"),
        ("import", "customers", "x.csv", "--organization", HANDLE, "--map", "A=name", "--map", "A=id"),
    ],
)
def test_wrong_usage_is_two(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).code == 2


def test_texts_of_the_file_do_a_terminal_no_harm(run: Run, tmp_path: Path) -> None:
    name = file(tmp_path, "Name;\x1b]0;evil\x07\nA;B;C\n")
    done = run("import", "customers", name, "--organization", HANDLE)
    assert "\x1b" not in done.out + done.err
    assert "\x07" not in done.out + done.err


def test_a_dry_run_reads_on_where_a_column_is_not_understood(run: Run, tmp_path: Path) -> None:
    name = file(tmp_path, "Name;Colour\nHotel Bristol;red\n")
    done = run("import", "customers", name, "--organization", HANDLE, "--dry-run")
    assert (done.code, customers(tmp_path)) == (1, [])
    assert "row 2: would be created, Hotel Bristol" in done.out
    assert done.complaint.startswith("invalid_input: Not a field of customers: Colour. Fields: ")
    assert "--ignore-unknown" in done.complaint
    done = run("import", "customers", name, "--organization", HANDLE)
    assert (done.code, customers(tmp_path)) == (1, [])


def test_open_items_of_a_former_system_are_imported_with_their_opening(run: Run, tmp_path: Path) -> None:
    assert run("import", "customers", file(tmp_path, "name\nHotel Bristol\n"), "--organization", HANDLE).code == 0
    name = file(tmp_path, OPEN_ITEMS, "open.csv")
    command = ("import", "open-items", name, "--organization", HANDLE, "--opening-account", "3100")
    assert "Give --opening-day and --opening-account." in run(*command).complaint
    assert run(*command, "--opening-day", "yesterday").code == 2
    done = run(*command, "--opening-day", "2026-01-01")
    assert done.code == 0
    assert "4 open documents in GBP come to 1580.50, on 1100 against 3100 on 2026-01-01." in done.out
    assert "row 3: created, invoice OLD-18, Hotel Bristol: 600.00 GBP, 350.00 open, due 2025-12-31" in done.out
