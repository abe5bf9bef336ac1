"""`import_records` as an assistant uses it: what a dry run says, what is kept, and from where files are taken."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from invoicing.appearance.logo_files import LOGO_BYTES_MAX
from invoicing.organizations import Scope, Scopes
from operations.uploads import LIFETIME
from operations.verification import verify_books
from server.app import find_organization
from tests.support.assistant import ERAS, Era, assistant, text_of
from tests.support.folders import folder_of
from tests.support.former import OPEN_ITEMS
from tests.support.people import colleague
from tests.support.practice import Practice, practice
from tests.support.uploads import CUSTOMERS, picture, received

HANDLE = "harbour-bakery-sandbox"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Practice]:
    """A practice with a client, and a folder of files that may be imported."""
    folder = tmp_path / "files"
    (folder / "deep").mkdir(parents=True)
    (folder / "customers.csv").write_bytes(CUSTOMERS)
    (folder / "deep" / "items.csv").write_text("Title;Sale price\nBread;3,50\n", "utf-8")
    (tmp_path / "secret.csv").write_text("name\nSecret\n", "utf-8")
    async with practice(tmp_path / "data", client="Harbour Bakery") as one:
        yield replace(one, office=replace(one.office, files_folder=folder))


@pytest.mark.parametrize("era", ERAS)
async def test_a_dry_run_says_what_each_row_becomes_and_the_next_call_does_it_once(desk: Practice, era: Era) -> None:
    async with assistant(desk.office, era, organization=HANDLE) as chat:
        asked = {"kind": "customers", "file": "customers.csv"}
        result = await chat.call("import_records", **asked)
        assert text_of(result).splitlines()[1:10] == [
            "Customers from customers.csv (CSV, UTF-8, separated by semicolon).",
            "This was a dry run: of 2 rows 2 would be created, 0 updated, 0 unchanged, 0 refused.",
            "There is no column country: new customers are in the United Kingdom (GB).",
            "Columns: Customer name is name, VAT number is tax_number, Postcode is postal_code. One that is another:"
            ' map of import_records, "HEADING=FIELD"; "HEADING=" passes over it.',
            "row 2: would be created, Hotel Bristol Bath",
            "row 3: would be created, Bäckerei Grün",
            "row 2 in full: country GB, tax_number GB980780684, postal_code BA1 4JQ",
            "row 3 in full: country GB, postal_code 01067",
            "With dry_run=false it is imported.",
        ]
        assert (await chat.ok("find_customers"))["customers"] == []
        done = await chat.ok("import_records", **asked, dry_run=False)
        assert (done["written"], done["counts"]["created"]) == (True, 2)
        found = (await chat.ok("find_customers"))["customers"]
        assert {row["id"] for row in done["rows"]} == {one["id"] for one in found}
        again = await chat.ok("import_records", **asked, dry_run=False)
        assert (again["written"], again["counts"]["refused"]) == (False, 2)
        assert "Set update of import_records to change it." in again["rows"][0]["problems"][0]["reason"]
        unchanged = await chat.ok("import_records", **asked, dry_run=False, update=True)
        assert unchanged["counts"]["unchanged"] == 2


async def test_open_items_of_a_former_system_are_told_row_by_row_and_asked_for_their_opening(
    desk: Practice, tmp_path: Path
) -> None:
    (tmp_path / "files" / "open.csv").write_text(OPEN_ITEMS, "utf-8")
    async with assistant(desk.office, organization=HANDLE) as chat:
        await chat.ok("save_customer", name="Hotel Bristol", country="GB")
        asked = {"kind": "open_items", "file": "open.csv"}
        refused = await chat.refused("import_records", **asked)
        assert 'options of import_records: "opening_day=2026-01-01"' in refused["message"]
        opening = ["opening_day=2026-01-01", "opening_account=3100"]
        text = text_of(await chat.call("import_records", **asked, options=opening))
        assert "Open items from open.csv" in text
        assert "4 open documents in GBP come to 1580.50, on 1100 against 3100 on 2026-01-01." in text
        assert "row 3: would be created, invoice OLD-18, Hotel Bristol: 600.00 GBP, 350.00 open, due 2025-12-31" in text
        done = await chat.ok("import_records", **asked, options=opening, dry_run=False)
        assert (done["written"], done["counts"]["created"]) == (True, 5)


# Open are 2,070.50, or less the credit note 1,950.50.
WITH_COMMAS = """\
Invoice number;Type;Invoice date;Due date;Customer;Total;Balance
OLD-17;invoice;2025-11-03;2025-12-03;Hotel Bristol;1.200,00;1.200,00
OLD-18;invoice;2025-12-01;2025-12-31;Hotel Bristol;1.000,00;720,00
OLD-19;invoice;2025-12-15;2026-03-31;Hotel Bristol;90,50;90,50
OLD-C4;credit note;2025-12-20;2025-12-20;Hotel Bristol;60,00;60,00
OLD-9;invoice;2025-06-01;2025-07-01;Hotel Bristol;80,00;0
"""


@pytest.mark.parametrize(
    ("closing", "said"),
    [
        ("Summe;;;;;;2070,50\n", "Row 7 is below the table, passed over: Summe 2070,50."),
        (
            "\n;;;;Total GBP:;2.430,50;1.950,50\n",
            "Row 8 is below the table, passed over: Total GBP: 2.430,50 1.950,50.",
        ),
        ("Totale;;;;;;99,00\n", "Row 7 has 99 as the sum of open, and the rows above it come to 2070.5: look whether"),
        ("Somme;;;;;;1,00\nTotal;;;;;;2,00\n", "2 rows are below the table, passed over: Somme 1,00; Total 2,00."),
    ],
)
async def test_rows_of_sums_at_the_end_of_open_items_are_passed_over_by_name(
    desk: Practice, tmp_path: Path, closing: str, said: str
) -> None:
    (tmp_path / "files" / "open.csv").write_text(WITH_COMMAS + closing, "utf-8")
    async with assistant(desk.office, organization=HANDLE) as chat:
        await chat.ok("save_customer", name="Hotel Bristol", country="GB")
        opening = ["opening_day=2026-01-01", "opening_account=3100"]
        asked = {"kind": "open_items", "file": "open.csv", "options": opening}
        text = text_of(await chat.call("import_records", **asked))
        assert said in text
        assert ("look whether" in said) == ("look whether" in text)
        done = await chat.ok("import_records", **asked, dry_run=False)
        assert (done["written"], done["counts"]["created"]) == (True, 5)


async def test_a_client_that_wants_progress_is_told_of_the_rows(desk: Practice) -> None:
    told: list[tuple[float, float | None, str | None]] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, total, message))

    async with assistant(desk.office, organization=HANDLE) as chat:
        asked = {"kind": "customers", "file": "customers.csv"}
        await chat.client.call_tool("import_records", asked, progress_callback=hear)
    assert told == [(0, 2, "0 of 2 rows"), (2, 2, "2 of 2 rows")]


async def test_a_dry_run_says_whose_export_it_is_and_what_each_column_was_read_as(
    desk: Practice, tmp_path: Path
) -> None:
    header = "*ContactName,EmailAddress,POAddressLine1,POCity,POPostalCode,POCountry,AccountNumber"
    rows = "Acme,a@acme.example,1 Main St,Boston,2138,United States,A1\n"
    (tmp_path / "files" / "xero.csv").write_text(f"Contacts of Finch\n\n{header}\n{rows}", "utf-8")
    async with assistant(desk.office, organization=HANDLE) as chat:
        result = await chat.call("import_records", kind="customers", file="xero.csv")
        done, text = result.structured_content, text_of(result)
        assert done is not None
        assert done["profile"] == "xero"
        assert done["columns"][0] == {
            "heading": "*ContactName",
            "field": "name",
            "how": "program",
            "example": "Acme",
        }
        assert (done["columns"][-1]["heading"], done["columns"][-1]["how"]) == ("AccountNumber", "passed over")
        assert "The header is row 3. Row 1 is above it, passed over: Contacts of Finch." in text
        assert done["rows"][0]["values"] == {
            "name": "Acme",
            "country": "US",
            "email": "a@acme.example",
            "line1": "1 Main St",
            "city": "Boston",
            "postal_code": "02138",
        }
        assert "Read as an export of Xero, contacts, by its headings." in text
        assert "Passed over: AccountNumber." in text
        assert "Columns: *ContactName is name, EmailAddress is email," in text
        assert "in 1 row. row 4, postal_code: 2138 was read as 02138 (US)." in text
        refused = await chat.refused("import_records", kind="customers", file="xero.csv", options=["profile=sage"])
        assert "none or one of: akaunting" in refused["message"]


async def test_a_dry_run_says_which_columns_are_not_understood_and_what_to_say_of_them(
    desk: Practice, tmp_path: Path
) -> None:
    (tmp_path / "files" / "more.csv").write_text("Name;Colour\nA;red\n", "utf-8")
    async with assistant(desk.office, organization=HANDLE) as chat:
        asked = {"kind": "customers", "file": "more.csv"}
        result = await chat.call("import_records", **asked)
        done, text = result.structured_content, text_of(result)
        assert done is not None
        assert done["columns"][-1] == {"heading": "Colour", "field": None, "how": "not understood", "example": None}
        assert "Not a field of customers: Colour. Fields: id, name," in text
        assert '"ignore_unknown=true"' in text
        assert "when it is said what becomes of the columns that are no fields" in text
        refused = await chat.refused("import_records", **asked, dry_run=False)
        assert "Not a field of customers: Colour." in refused["message"]
        done = await chat.ok("import_records", **asked, dry_run=False, map=["Colour="])
        assert done["written"] is True


async def test_a_dry_run_calls_the_customer_number_as_save_customer_does(desk: Practice, tmp_path: Path) -> None:
    rows = "Kunde;Kundennr.;Land\nFinch Studio;10017;GB\n"
    (tmp_path / "files" / "numbered.csv").write_text(rows, "utf-8")
    async with assistant(desk.office, organization=HANDLE) as chat:
        result = await chat.call("import_records", kind="customers", file="numbered.csv")
        assert "Kundennr. is customer_number" in text_of(result)
        assert "row 2 in full: country GB, customer_number 10017" in text_of(result)
        done = await chat.ok(
            "import_records", kind="customers", file="numbered.csv", map=["Kundennr.=customer_number"], dry_run=False
        )
        assert done["rows"][0]["fields"] == ["name", "country", "customer_number"]
        found = (await chat.ok("find_customers"))["customers"]
        assert found[0]["details"] == {"customer_number": "10017"}


async def test_of_many_rows_those_that_are_refused_are_told_first(desk: Practice, tmp_path: Path) -> None:
    rows = [f"Customer {number},GB" for number in range(60)] + ["Wrong,XX"]
    (tmp_path / "files" / "many.csv").write_text("name,country\n" + "\n".join(rows), "utf-8")
    async with assistant(desk.office, organization=HANDLE) as chat:
        result = await chat.call("import_records", kind="customers", file="many.csv", dry_run=False)
        text = text_of(result)
        assert "Nothing was imported: of 61 rows 60 would be created, 0 updated, 0 unchanged, 1 refused." in text
        assert text.index("row 62: refused, column country") < text.index("row 2: would be created")
        assert "11 more rows are not listed here." in text
        assert "While a row is refused, nothing is imported." in text
        assert (await chat.ok("find_customers"))["customers"] == []


async def test_columns_and_the_way_of_reading_are_chosen_as_a_refusal_says(desk: Practice) -> None:
    async with assistant(desk.office, organization=HANDLE) as chat:
        asked = {"kind": "items", "file": "deep/items.csv"}
        refused = await chat.refused("import_records", **asked)
        assert 'map of import_records: "Sale price=unit_price"' in refused["message"]
        assert "--" not in refused["message"]
        chosen = {"map": ["Sale price=unit_price", "Title=name"], "options": ["decimals=comma", "delimiter=semicolon"]}
        done = await chat.ok("import_records", **asked, **chosen, dry_run=False)
        assert done["counts"]["created"] == 1
        assert (await chat.ok("find_items"))["items"][0]["unit_price"] == "3.50"


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("map", ["Title"]),
        ("map", ["A=name", "A=id"]),
        ("map", ["Nothing=name"]),
        ("options", ["sheet"]),
        ("options", ["colour=red"]),
        ("options", ["decimals=dot"]),
        ("options", ["encoding=idna"]),
        ("options", ["delimiter=wrong"]),
        ("options", ["ignore_unknown=yes"]),
        ("options", ["sheet=A", "sheet=B"]),
        ("kind", "opening_balances"),
        ("kind", ""),
    ],
)
async def test_a_choice_that_there_is_not_is_refused(desk: Practice, argument: str, value: object) -> None:
    async with assistant(desk.office, organization=HANDLE) as chat:
        asked = {"kind": "items", "file": "deep/items.csv", argument: value}
        refused = await chat.refused("import_records", **asked)
        assert (refused["code"], refused["field"]) == ("invalid_input", argument)


async def test_a_logo_and_number_series_come_from_files_too(desk: Practice, tmp_path: Path) -> None:
    (tmp_path / "files" / "logo.png").write_bytes(picture())
    (tmp_path / "files" / "series.csv").write_text("code,kind,pattern,next\nSHOP,invoice,SHOP-{SEQ:5},42\n", "utf-8")
    async with assistant(desk.office, organization=HANDLE) as chat:
        for dry_run, logo in ((True, False), (False, True)):
            done = await chat.ok("import_records", kind="logo", file="logo.png", dry_run=dry_run)
            assert (done["written"], done["rows"][0]["outcome"]) == (not dry_run, "updated")
            assert bool((await chat.ok("get_organization"))["profile"]["logo"]) is logo
        assert (await chat.ok("import_records", kind="logo", file="logo.png"))["rows"][0]["outcome"] == "unchanged"
        await chat.ok("import_records", kind="series", file="series.csv", dry_run=False)
        listed = (await chat.ok("get_configuration", part="series"))["entries"]
        assert {entry["code"]: entry["values"]["next_number"] for entry in listed}["SHOP"] == "TEST-SHOP-00042"
        refused = await chat.refused("import_records", kind="logo", file="customers.csv")
        assert "PNG or JPEG" in refused["message"]
        (tmp_path / "files" / "large.png").write_bytes(picture() + bytes(LOGO_BYTES_MAX))
        assert (await chat.refused("import_records", kind="logo", file="large.png"))["code"] == "limit_exceeded"
    assert (await verify_books(desk.books(await find_organization(desk.office, HANDLE)))).problem == ""


# From where files are taken


ELSEWHERE = (
    "../secret.csv",
    "deep/../../secret.csv",
    "deep/../customers.csv",
    "./../secret.csv",
    "/etc/passwd",
    "{outside}/secret.csv",
    "~/secret.csv",
    "link.csv",
    "inside.csv",
    "linked/items.csv",
    "out/secret.csv",
    "pipe.csv",
    "socket.csv",
    "deep",
    ".",
    "..",
    "/",
    "{folder}",
    "nothing.csv",
    "customers.csv/x",
    "deep\\items.csv",
    "C:customers.csv",
    "customers.csv::$DATA",
    "\\\\server\\share\\x.csv",
    "customers\u0000.csv",
    "x" * 300,
    "x/" * 3_000,
    "file:///etc/passwd",
    "https://example.com/customers.csv",
)


@pytest.mark.skipif(sys.platform == "win32", reason="links, pipes and sockets are of POSIX systems")
@pytest.mark.parametrize("given", ELSEWHERE, ids=lambda given: given[:20])
async def test_what_is_outside_the_folder_or_no_plain_file_answers_like_what_is_not_there(
    desk: Practice, tmp_path: Path, given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "files"
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")
    (folder / "inside.csv").symlink_to(folder / "customers.csv")
    (folder / "linked").symlink_to(folder / "deep")
    (folder / "out").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.csv")
    with socket.socket(socket.AF_UNIX) as listener:
        # A path to a socket must be short.
        monkeypatch.chdir(folder)
        listener.bind("socket.csv")
        async with assistant(desk.office, organization=HANDLE) as chat:
            nothing = await chat.refused("import_records", kind="customers", file="no-such.csv")
            asked = given.format(outside=tmp_path, folder=folder)
            refused = await chat.refused("import_records", kind="customers", file=asked)
            if "\u0000" in given:
                assert refused["code"] == "invalid_input"
            else:
                assert refused == nothing


async def test_a_file_below_the_folder_is_taken_by_its_whole_path_too(desk: Practice, tmp_path: Path) -> None:
    async with assistant(desk.office, organization=HANDLE) as chat:
        for given in (str(tmp_path / "files" / "customers.csv"), "./customers.csv", " customers.csv "):
            done = await chat.ok("import_records", kind="customers", file=given)
            assert done["counts"]["created"] == 2
        # The folder itself may be behind a link: whoever named it wanted that.
        (tmp_path / "named").symlink_to(tmp_path / "files")
    behind = replace(desk.office, files_folder=tmp_path / "named")
    async with assistant(behind, organization=HANDLE) as chat:
        assert (await chat.ok("import_records", kind="customers", file="customers.csv"))["counts"]["created"] == 2


async def test_without_a_folder_the_refusal_says_how_one_is_named(desk: Practice) -> None:
    async with assistant(replace(desk.office, files_folder=None), organization=HANDLE) as chat:
        for more in ({}, {"file": "customers.csv"}, {"file": "/etc/passwd"}):
            refused = await chat.refused("import_records", kind="customers", **more)
            assert refused["code"] == "not_allowed"
            assert "counterfoil stdio --files FOLDER, or the variable COUNTERFOIL_FILES" in refused["message"]
    async with assistant(desk.office, organization=HANDLE) as chat:
        refused = await chat.refused("import_records", kind="customers")
        assert (refused["code"], refused["field"]) == ("invalid_input", "file")


# Who may


async def test_who_may_not_change_a_thing_imports_none_of_it(desk: Practice) -> None:
    bakery = await find_organization(desk.office, HANDLE)
    for role, code in (("viewer", "not_allowed"), ("client", "not_allowed")):
        office = await colleague(desk, bakery, role)
        async with assistant(replace(office, files_folder=desk.office.files_folder)) as chat:
            refused = await chat.refused("import_records", kind="customers", file="customers.csv")
            assert refused["code"] == code
    drafting = replace(desk.principal, scopes=Scopes({Scope.READ, Scope.DRAFT}))
    async with assistant(replace(desk.office, principal=drafting), organization=HANDLE) as chat:
        assert (await chat.ok("import_records", kind="customers", file="customers.csv"))["counts"]["created"] == 2
        # Profile and series are configuration.
        for kind in ("logo", "series"):
            assert (await chat.refused("import_records", kind=kind, file="customers.csv"))["code"] == "not_allowed"


# Files that came by a page


async def test_an_uploaded_file_is_imported_once_and_then_removed(desk: Practice) -> None:
    bakery = await find_organization(desk.office, HANDLE)
    token = await received(desk.office, bakery, CUSTOMERS)
    folder = folder_of(desk.books(bakery)) / "uploads"
    async with assistant(desk.office, organization=HANDLE) as chat:
        assert (await chat.ok("import_records", kind="customers", file=token))["file_name"] == "customers.csv"
        assert len(list(folder.iterdir())) == 1
        wrong = await chat.refused("import_records", kind="items", file=token)
        assert (wrong["field"], wrong["candidates"]) == ("kind", ["customers"])
        await chat.ok("import_records", kind="customers", file=token, dry_run=False)
        assert list(folder.iterdir()) == []
        # Whoever did not hear the answer learns that it was done, and nothing is done again.
        again = await chat.refused("import_records", kind="customers", file=token, dry_run=False)
        assert (again["code"], "was imported at 12:00 UTC" in again["message"]) == ("conflict", True)
        assert len((await chat.ok("find_customers"))["customers"]) == 2
    async with assistant(desk.office, organization=HANDLE) as chat:
        desk.clock.advance(LIFETIME)
        assert (await chat.refused("import_records", kind="customers", file=token))["code"] == "not_found"


async def test_a_file_that_is_refused_stays_until_its_hour_is_over(desk: Practice) -> None:
    bakery = await find_organization(desk.office, HANDLE)
    token = await received(desk.office, bakery, b"name,country\nWrong,XX\n")
    async with assistant(desk.office, organization=HANDLE) as chat:
        for _ in range(2):
            done = await chat.ok("import_records", kind="customers", file=token, dry_run=False)
            assert (done["written"], done["counts"]["refused"]) == (False, 1)
        desk.clock.advance(LIFETIME)
        assert (await chat.refused("import_records", kind="customers", file=token))["code"] == "not_found"


async def test_another_organizations_file_is_not_there(desk: Practice) -> None:
    finch = await desk.client("Finch Studio")
    token = await received(desk.office, finch, CUSTOMERS)
    async with assistant(desk.office, organization=HANDLE) as chat:
        theirs = await chat.refused("import_records", kind="customers", file=token)
        nobodys = await chat.refused("import_records", kind="customers", file=f"upl_{'0' * 40}")
        assert theirs == nobodys
    async with assistant(desk.office) as chat:
        named = {"kind": "customers", "file": token, "organization": finch.handle}
        assert (await chat.ok("import_records", **named))["counts"]["created"] == 2


async def test_a_file_that_lost_its_bytes_is_not_imported(desk: Practice) -> None:
    bakery = await find_organization(desk.office, HANDLE)
    token = await received(desk.office, bakery, CUSTOMERS)
    (path,) = (folder_of(desk.books(bakery)) / "uploads").iterdir()
    path.write_bytes(b"name\nSomebody else\n")
    async with assistant(desk.office, organization=HANDLE) as chat:
        assert (await chat.refused("import_records", kind="customers", file=token))["code"] == "not_found"
