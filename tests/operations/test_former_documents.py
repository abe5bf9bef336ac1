"""Documents of a former system: imported as records that are never issued again, and owed here from the opening day."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from invoicing.importing.dates import DayOrder
from invoicing.refusals import Conflict, InvalidInput, NotAllowed
from invoicing.remedies import Act
from operations.access import open_books
from operations.customers import find_customers
from operations.imported import Imported
from operations.importing import RIGHT_TO_IMPORT, import_table
from operations.profile import update_organization
from operations.rights import Right
from operations.verification import verify_books
from storage.books.pool import Books
from tests.support.folders import folder_of
from tests.support.former import OPEN_ITEMS, OPENING_DAY, import_former, wanted_former
from tests.support.ledgers import csv_sides, exported_ledger
from tests.support.people import as_seen_by, colleague
from tests.support.practice import Practice, practice
from tests.support.raw import past_triggers, raw

HEADER = "Number;Issue date;Due date;Customer;Total;Open\n"


@dataclass(frozen=True, slots=True)
class Desk:
    one: Practice
    books: Books

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with raw(folder_of(self.books) / "books.db") as connection:
            return connection.execute(sql).fetchall()

    def change(self, sql: str) -> None:
        """Change a row past the program, and past the triggers."""
        with past_triggers(folder_of(self.books) / "books.db") as connection:
            connection.execute(sql)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with practice(tmp_path / "data", client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        await one.customer(books)
        yield Desk(one, books)


def outcomes(imported: Imported) -> list[str]:
    return [row.outcome.value for row in imported.rows]


def reasons(imported: Imported) -> list[str]:
    return [problem.text for row in imported.rows for problem in row.problems]


async def test_open_items_are_records_with_their_own_numbers_and_nothing_is_issued(desk: Desk) -> None:
    imported = await import_former(desk.books)
    assert outcomes(imported) == ["created"] * 5
    assert all(row.id.startswith("fmr_") for row in imported.rows)
    assert [note.text for note in imported.notes] == [
        "4 open documents in GBP come to 1580.50, on 1100 against 3100 on 2026-01-01.",
        "1 document of which nothing is open: history, without an entry.",
    ]
    kept = desk.query("SELECT kind, number, total_minor, open_minor, opening_account FROM former_documents")
    assert kept == [
        ("invoice", "OLD-17", 120000, 120000, "3100"),
        ("invoice", "OLD-18", 60000, 35000, "3100"),
        ("invoice", "OLD-19", 9050, 9050, "3100"),
        ("credit_note", "OLD-C4", 6000, 6000, "3100"),
        ("invoice", "OLD-9", 48000, 0, None),
    ]
    for table in ("documents", "tax_totals", "customer_totals", "series_periods", "receivables"):
        assert desk.query(f"SELECT count(*) FROM {table}") == [(0,)]  # noqa: S608  Our own names.
    assert (await verify_books(desk.books)).problem == ""


async def test_what_is_open_is_posted_on_the_opening_day_against_the_opening_account(desk: Desk) -> None:
    await import_former(desk.books)
    sides = desk.query(
        "SELECT e.entry_date, e.description, l.account, l.debit_minor, l.credit_minor, l.accounting_minor"
        " FROM former_documents f JOIN journal_entries e ON e.id = f.entry_id JOIN journal_lines l ON l.entry_id = e.id"
        " WHERE f.number IN ('OLD-18', 'OLD-C4') ORDER BY f.position, l.position"
    )
    assert sides == [
        ("2026-01-01", "OLD-18 Hotel Bristol", "1100", 35000, 0, 35000),
        ("2026-01-01", "OLD-18 Hotel Bristol", "3100", 0, 35000, -35000),
        ("2026-01-01", "OLD-C4 Hotel Bristol", "3100", 6000, 0, 6000),
        ("2026-01-01", "OLD-C4 Hotel Bristol", "1100", 0, 6000, -6000),
    ]
    totals = desk.query("SELECT account, sum(debit_minor - credit_minor) FROM account_totals GROUP BY 1 ORDER BY 1")
    assert totals == [("1100", 158050), ("3100", -158050)]


@pytest.mark.parametrize("ledger", ["journal_csv", "beancount"])
async def test_the_entries_go_out_with_the_journal(desk: Desk, ledger: str) -> None:
    await import_former(desk.books)
    made, path = await exported_ledger(desk.books, ledger)
    assert made.count == 4
    text = path.read_text("utf-8")
    assert "OLD-18 Hotel Bristol" in text
    assert "OLD-9 " not in text
    if ledger == "journal_csv":
        rows = [row for row in csv_sides(path) if row["document"] == "OLD-18"]
        assert [(row["date"], row["account"], row["debit"], row["credit"]) for row in rows] == [
            ("2026-01-01", "1100", "350.00", ""),
            ("2026-01-01", "3100", "", "350.00"),
        ]


async def test_a_dry_run_says_what_each_row_becomes_and_keeps_nothing(desk: Desk) -> None:
    imported = await import_former(desk.books, dry_run=True)
    assert not imported.written
    assert {row.id for row in imported.rows} == {""}
    assert [row.name for row in imported.rows][1:4:2] == [
        "invoice OLD-18, Hotel Bristol: 600.00 GBP, 350.00 open, due 2025-12-31",
        "credit note OLD-C4, Hotel Bristol: 60.00 GBP, 60.00 open, due 2025-12-20",
    ]
    assert desk.query("SELECT count(*) FROM former_documents") == [(0,)]


async def test_the_same_file_again_brings_nothing_twice_and_says_so(desk: Desk) -> None:
    first = await import_former(desk.books)
    again = await import_former(desk.books)
    assert outcomes(again) == ["unchanged"] * 5
    assert [row.id for row in again.rows] == [row.id for row in first.rows]
    assert desk.query("SELECT count(*) FROM former_documents") == [(5,)]
    # Where anything of it was told differently, it stays as it is.
    other = await import_former(desk.books, OPEN_ITEMS.replace("350.00", "340.00"))
    assert outcomes(other) == ["unchanged", "refused", *["unchanged"] * 3]
    assert "is here already, with other values" in reasons(other)[0]


@pytest.mark.parametrize("number", ["OLD  17", "Re\N{COMBINING ACUTE ACCENT}-1"])
async def test_a_number_that_is_kept_otherwise_than_it_was_typed_is_brought_once(desk: Desk, number: str) -> None:
    text = f"{HEADER}{number};2025-11-01;2025-12-01;Hotel Bristol;10;10\n"
    assert outcomes(await import_former(desk.books, text)) == ["created"]
    assert outcomes(await import_former(desk.books, text)) == ["unchanged"]


async def test_two_customers_of_one_name_are_told_apart_by_their_tax_numbers(desk: Desk) -> None:
    header = "Number;Issue date;Customer;Country;Tax number;Total;Open\n"
    german, austrian = "DE136695976", "ATU13585627"
    rows = [f"M-1;2025-11-01;Hans Müller;DE;{german};10;10", f"M-2;2025-11-01;Hans Müller;AT;{austrian};20;20"]
    text = header + "\n".join([*rows, "M-3;2025-11-02;Hans Müller;DE;136 695 976;30;30"])
    assert outcomes(await import_former(desk.books, text)) == ["created"] * 3
    owing = desk.query(
        "SELECT c.tax_number, sum(f.open_minor) FROM former_documents f JOIN customers c ON c.id = f.customer_id"
        " GROUP BY 1 ORDER BY 1"
    )
    assert owing == [(austrian, 2000), (german, 4000)]
    assert outcomes(await import_former(desk.books, text)) == ["unchanged"] * 3
    neither = await import_former(desk.books, f"{text}\nM-4;2025-11-02;Hans Müller;DE;;30;30\n")
    assert "2 customers are called Hans Müller" in reasons(neither)[0]
    british = await import_former(desk.books, f"{header}M-5;2025-11-02;Bakery;GB;GB980780684;1;1\n")
    assert outcomes(british) == ["created"]
    another = await import_former(desk.books, f"{header}M-6;2025-11-02;Bakery;AT;{austrian};1;1\n")
    assert "Bakery has GB980780684 here" in reasons(another)[0]


async def test_no_document_is_issued_with_a_number_that_was_taken_over(desk: Desk) -> None:
    (customer,) = (await find_customers(desk.books, query="", cursor="", limit=1)).items
    await desk.one.issue(desk.books, customer.id)
    number = "TEST-INV-2026-00002"
    await import_former(desk.books, f"{HEADER}{number};2025-11-01;2025-12-01;Hotel Bristol;10;10\n")
    with pytest.raises(Conflict, match=f"would give the number {number}, which a document of a former system has"):
        await desk.one.issue(desk.books, customer.id)
    assert desk.query("SELECT number FROM documents") == [("TEST-INV-2026-00001",)]
    assert (await verify_books(desk.books)).problem == ""


async def test_rows_of_one_document_for_each_of_its_lines_are_one(desk: Desk) -> None:
    row = "OLD-1;2025-11-01;2025-12-01;Hotel Bristol;10;10\n"
    assert outcomes(await import_former(desk.books, HEADER + row + row)) == ["created", "unchanged"]
    refused = await import_former(
        desk.books, HEADER + row.replace("OLD-1", "A") + row.replace("OLD-1;2025-11", "A;2025-10")
    )
    assert outcomes(refused) == ["created", "refused"]
    assert not refused.written


async def test_customers_are_made_where_the_file_says_enough_of_them(desk: Desk) -> None:
    header = "Number,Date,Customer,Country,Street,Post code,Town,VAT number,Total,Open\n"
    rows = (
        "R-1,2025-12-01,Finch Studio,Germany,Hof 2,1067,Dresden,DE136695976,119.00,119.00\n"
        "R-2,2025-12-02,Finch Studio,Germany,Hof 2,1067,Dresden,DE136695976,50.00,50.00\n"
    )
    imported = await import_former(desk.books, header + rows)
    assert outcomes(imported) == ["created", "created"]
    assert [row.name.endswith("(a new customer)") for row in imported.rows] == [True, False]
    (made,) = (await find_customers(desk.books, query="Finch", cursor="", limit=5)).items
    assert (made.country, made.postal_code, made.tax_number) == ("DE", "01067", "DE136695976")
    assert desk.query("SELECT DISTINCT customer_id FROM former_documents") == [(made.id,)]
    assert (await verify_books(desk.books)).problem == ""
    nobody = await import_former(desk.books, HEADER + "R-3;2025-12-01;;Nobody Ltd;1;1\n")
    assert reasons(nobody) == [
        "customer: there is no customer Nobody Ltd here. Import the customers first, or add a column country (and"
        " address): then they are made."
    ]


async def test_a_customer_is_known_by_its_number_and_a_number_that_is_anothers_is_refused(desk: Desk) -> None:
    first = await desk.one.customer(desk.books, "Twin Ltd", identifier="10001")
    second = await desk.one.customer(desk.books, "Twin Ltd", identifier="K-10002")
    header = "Rechnungsnummer;Datum;Kunde;Kundennr.;Land;Gesamtbetrag;offen\n"
    rows = "R-1;2025-12-01;Twin Ltd;k-10002;;1;1\nR-2;2025-12-01;Twins Limited;10001;;1;1\nR-3;2025-12-01;;10001;;1;1\n"
    made = "R-4;2025-12-01;Finch Studio;10003;GB;1;1\nR-5;2025-12-01;Finch Studio;10003;;1;1\n"
    assert outcomes(await import_former(desk.books, header + rows + made)) == ["created"] * 5
    kept = desk.query("SELECT customer_id FROM former_documents ORDER BY number LIMIT 3")
    assert kept == [(second.id,), (first.id,), (first.id,)]
    assert desk.query("SELECT identifier FROM customers WHERE name = 'Finch Studio'") == [("10003",)]
    others = "R-6;2025-12-01;Hotel Bristol;10001;;1;1\nR-7;2025-12-01;;999;;1;1\nR-8;2025-12-01;Finch Studio;7;;1;1\n"
    refused = await import_former(desk.books, header + others)
    assert [reason.split(".")[0] for reason in reasons(refused)] == [
        "customer_number: Twin Ltd has 10001 here, and not Hotel Bristol",
        "customer_number: there is no customer 999 here",
        "customer_number: Finch Studio has 10003 here",
    ]


async def test_a_customer_of_another_spelling_is_known_by_the_tax_number_and_two_of_one_name_by_id(desk: Desk) -> None:
    await desk.one.customer(desk.books, "Finch Studio", tax_number="GB980780684")
    first = await desk.one.customer(desk.books, "Twin Ltd")
    await desk.one.customer(desk.books, "Twin Ltd")
    header = "Number;Date;Customer;VAT number;Total;Open\n"
    known = await import_former(desk.books, header + "F-1;2025-12-01;Finch Studio Limited;GB 980 7806 84;1;1\n")
    assert "Finch Studio:" in known.rows[0].name
    refused = await import_former(desk.books, HEADER + "T-1;2025-12-01;;Twin Ltd;1;1\n")
    assert "2 customers are called Twin Ltd" in reasons(refused)[0]
    header = "Number;Date;Counterfoil ID;Total;Open\n"
    assert outcomes(await import_former(desk.books, f"{header}T-1;2025-12-01;{first.id};1;1\n")) == ["created"]
    assert desk.query("SELECT customer_id FROM former_documents WHERE number = 'T-1'") == [(first.id,)]


@pytest.mark.parametrize(
    ("row", "because"),
    [
        (";2025-12-01;;Hotel Bristol;1;1", "number is required"),
        ("A;;;Hotel Bristol;1;1", "issue_date is required"),
        ("A;2026-01-02;;Hotel Bristol;1;1", "lies after the opening day"),
        ("A;2025-12-02;2025-12-01;Hotel Bristol;1;1", "lies before issue_date"),
        ("A;2025-12-31;;Hotel Bristol;1;2", "open is more than the total"),
        ("A;2025-12-31;;Hotel Bristol;1;", "open is required"),
        ("A;2025-12-31;;Hotel Bristol;;1", "total is required"),
        ("A;2025-12-31;;Hotel Bristol;1.0051;1", "decimals"),
        ("A;2025-12-31;;Hotel Bristol;10;-1", "one sign"),
        ("A;31.02.2025;;Hotel Bristol;1;1", "is no day such as"),
        ("A;03/04/2025;;Hotel Bristol;1;1", "the day or the month can come first"),
        ("A;2025-12-31;;Hotel Bristol;$ 1;1", "can be in"),
    ],
)
async def test_a_row_that_says_too_little_or_contradicts_itself_is_refused(desk: Desk, row: str, because: str) -> None:
    imported = await import_former(desk.books, f"{HEADER}{row}\n")
    assert not imported.written
    assert because in " ".join(reasons(imported))


@pytest.mark.parametrize(
    ("day", "account", "because"),
    [
        (None, "3100", "opening_day is required"),
        (date(2026, 3, 17), "3100", "lies after today"),
        (OPENING_DAY, "", "opening_account: it is required"),
        (OPENING_DAY, "4711", "4711 is no account of the balance sheet"),
        (OPENING_DAY, "4000", "4000 is no account of the balance sheet"),
        (OPENING_DAY, "1100", "on 1100 stands what is receivable itself"),
        (date(1900, 1, 1), "3100", "1900-01-01 lies before 2000-01-01"),
    ],
)
async def test_the_opening_is_asked_for(desk: Desk, day: date | None, account: str, because: str) -> None:
    with pytest.raises(InvalidInput, match=because) as found:
        await import_former(desk.books, day=day, account=account)
    if "account" in because:
        assert "3100 Retained earnings" in found.value.candidates


async def test_the_currency_of_the_books_stays_once_documents_were_taken_over(desk: Desk) -> None:
    await import_former(desk.books)
    with pytest.raises(Conflict, match="taken over from a former system"):
        await update_organization(desk.one.office, desk.books, {"currency": "EUR"})
    assert (await verify_books(desk.books)).problem == ""


async def test_what_is_open_must_be_said_by_a_column(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="no column open or paid"):
        await import_former(desk.books, "Number;Date;Customer;Total\nA;2025-12-01;Hotel Bristol;1\n")
    paid = await import_former(desk.books, "Number;Date;Customer;Total;Paid\nA;2025-12-01;Hotel Bristol;10;4\n")
    assert "6.00 open" in paid.rows[0].name


async def test_a_closed_month_takes_no_opening(desk: Desk) -> None:
    with raw(folder_of(desk.books) / "books.db") as connection:
        connection.execute("INSERT INTO period_closings VALUES (1, '2026-01', '', '2026-03-01 00:00:00', 'x')")
    with pytest.raises(Conflict, match="opening_day 2026-01-01 lies in a period that is closed"):
        await import_former(desk.books)


async def test_negative_amounts_are_those_of_a_credit_note(desk: Desk) -> None:
    await import_former(desk.books, HEADER + "N-1;2025-12-01;;Hotel Bristol;-25.00;-10.00\n")
    assert desk.query("SELECT kind, total_minor, open_minor FROM former_documents") == [("credit_note", 2500, 1000)]
    assert desk.query("SELECT open_minor FROM former_receivables") == [(-1000,)]


async def test_a_number_that_was_issued_here_is_none_of_a_former_system(desk: Desk) -> None:
    (customer,) = (await find_customers(desk.books, query="", cursor="", limit=1)).items
    issued = await desk.one.issue(desk.books, customer.id)
    imported = await import_former(desk.books, f"{HEADER}{issued.document.number};2025-12-01;;Hotel Bristol;1;1\n")
    assert reasons(imported) == [f"number: {issued.document.number} was issued here."]


async def test_an_amount_in_another_currency_stands_at_its_rate(desk: Desk) -> None:
    header = "Number;Date;Customer;Currency;Total;Open;Exchange rate\n"
    imported = await import_former(
        desk.books, f"{header}E-1;2025-12-01;Hotel Bristol;EUR;100;100;0.85\nE-2;2025-12-01;Hotel Bristol;EUR;10;10;\n"
    )
    assert imported.notes[1].text.startswith("1 open document in EUR without exchange_rate: the journal has no amount")
    worth = "SELECT currency, accounting_minor FROM journal_lines WHERE debit_minor > 0 ORDER BY debit_minor"
    assert desk.query(worth) == [("EUR", None), ("EUR", 8500)]
    assert (await verify_books(desk.books)).problem == ""


async def test_a_total_that_is_worth_too_much_is_refused_as_a_row(desk: Desk) -> None:
    row = "E-1;2025-12-01;Hotel Bristol;EUR;999999999999.99;1;1000"
    text = f"Number;Date;Customer;Currency;Total;Open;Exchange rate\n{row}\n"
    for dry_run in (True, False):
        imported = await import_former(desk.books, text, dry_run=dry_run)
        assert outcomes(imported) == ["refused"]
        assert "exchange_rate comes to an amount of more than 15 digits" in reasons(imported)[0]


async def test_days_are_read_in_the_order_that_the_column_tells_or_that_is_said(desk: Desk) -> None:
    header = "Number;Date;Due date;Customer;Total;Open\n"
    row = "D-1;03/04/2025;12/31/2025;Hotel Bristol;1;1\n"
    await import_former(desk.books, header + row, order=DayOrder.MONTH_FIRST)
    await import_former(
        desk.books, header + "D-2;31/12/25;31.12.25;Hotel Bristol;1;1\nD-3;01/12/25;;Hotel Bristol;1;1\n"
    )
    assert desk.query("SELECT number, issue_date FROM former_documents") == [
        ("D-1", "2025-03-04"),
        ("D-2", "2025-12-31"),
        ("D-3", "2025-12-01"),
    ]
    with pytest.raises(InvalidInput, match="begin with the day and days that begin with the month") as found:
        await import_former(desk.books, header + "A;31/12/2025;;x;1;1\nB;12/31/2025;;x;1;1\n")
    assert found.value.remedy is Act.CHOOSE_DAY_ORDER


async def test_only_who_may_change_the_configuration_imports_them(desk: Desk) -> None:
    viewer = await colleague(desk.one, desk.one.organization, "viewer")
    seen = await as_seen_by(viewer, desk.books.organization)
    with pytest.raises(NotAllowed):
        open_books(viewer, seen, RIGHT_TO_IMPORT[wanted_former(OPEN_ITEMS).kind])
    assert RIGHT_TO_IMPORT[wanted_former(OPEN_ITEMS).kind] is Right.CHANGE_SETTINGS


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("UPDATE former_documents SET open_minor = 34000 WHERE number = 'OLD-18'", "content does not fit its hash"),
        ("UPDATE former_documents SET note = 'x' WHERE number = 'OLD-9'", "content does not fit its hash"),
        ("DELETE FROM former_documents WHERE number = 'OLD-9'", "it was imported, and is not there any more"),
        (
            "UPDATE journal_lines SET account = '3000' WHERE credit_minor = 35000",
            "its journal entry is not what was imported",
        ),
        ("UPDATE journal_entries SET entry_date = '2026-01-02'", "has another date, text or currency"),
        (
            "INSERT INTO journal_entries (id, kind, entry_date, description, accounting_currency)"
            " VALUES ('jrn_x', 'former', '2026-01-01', 'Nothing', 'GBP')",
            r"journal entry jrn_x (Nothing): it is of no document and no payment",
        ),
        ("UPDATE former_receivables SET open_minor = 1 WHERE open_minor = 9050", "former receivable total"),
    ],
)
async def test_what_was_changed_past_the_program_is_found(desk: Desk, sql: str, told: str) -> None:
    await import_former(desk.books)
    assert (await verify_books(desk.books)).problem == ""
    desk.change(sql)
    assert told in (await verify_books(desk.books)).problem


async def test_a_series_that_would_give_such_a_number_again_is_named(desk: Desk) -> None:
    row = "INV-2026-00007;2026-01-01;;Hotel Bristol;1;1\n"
    imported = await import_former(desk.books, HEADER + row, dry_run=True)
    assert imported.notes[-1].text == (
        "INV-2026-00007 is a number as the series INVOICES gives them (INV-{YYYY}-{SEQ:5}), which begins at 1 here: say"
        " at which number it goes on before its first document, so that none is given twice."
    )
    (customer,) = (await find_customers(desk.books, query="", cursor="", limit=1)).items
    await desk.one.issue(desk.books, customer.id)
    assert "series" not in (await import_former(desk.books, HEADER + row)).notes[-1].text


async def test_nothing_is_written_where_an_import_is_cut_off(desk: Desk) -> None:
    wanted = wanted_former(OPEN_ITEMS + "X;invoice;2025-01-01;;Nobody;1;1\n")
    imported = await import_table(desk.books, wanted, progress=lambda done, total: None)
    assert outcomes(imported)[-1] == "refused"
    assert desk.query("SELECT count(*) FROM former_documents") == [(0,)]
