# ruff: noqa: S608  Statements are put together from our own table and column names.
"""Lists of documents: each status as it is derived, the same in SQL as in the rules, and quick among many."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path

from openpyxl import load_workbook
from sqlmodel import Session

from invoicing.credit.wanted import CreditLine
from invoicing.document.lifecycle import OPEN, Status
from invoicing.refusals import InvalidInput
from operations.credit_notes import CreditRequest
from operations.files import ExportRequest, MadeFile, export_documents
from operations.finding_invoices import InvoiceSearch, find_invoices
from operations.invoices import get_invoice, issue_invoice
from operations.payments import PaymentRequest, record_payment
from storage.books import documents
from storage.books.documents import DocumentFilter
from storage.books.pool import BOOKS_FILE, Books
from tests.support.folders import folder_of, path_of
from tests.support.issuing import issue_credit_note
from tests.support.people import refusal
from tests.support.practice import Practice, issue_request, practice
from tests.support.raw import days_after, past_triggers

TODAY = date(2026, 3, 16)
MANY = 2_000


async def silent(done: int, of: int) -> None:
    """Nobody waits for this export."""


async def filled(one: Practice) -> Books:
    """Invoices of 30.00, in the order: issued, partly paid, paid, credited, partly credited and paid, paid and
    credited and refunded; then their credit notes.
    """
    books = one.books(await one.client("Harbour Bakery"))
    customer = (await one.customer(books)).id
    for _ in range(6):
        await one.issue(books, customer)
    for index, amount in ((2, 10), (3, 30), (5, 15), (6, 30)):
        await record_payment(books, PaymentRequest(invoice=number(index), amount=Decimal(amount)))
    await issue_credit_note(books, CreditRequest(invoice=number(4), reason="Never delivered"))
    await issue_credit_note(
        books, CreditRequest(invoice=number(5), reason="Half was broken", lines=(CreditLine(1, Decimal(1)),))
    )
    await issue_credit_note(books, CreditRequest(invoice=number(6), reason="Sent back"))
    await record_payment(books, PaymentRequest(invoice="TEST-CN-2026-00003", amount=Decimal(30)))
    return books


def number(index: int) -> str:
    return f"TEST-INV-2026-{index:05}"


async def found(books: Books, status: str) -> list[str]:
    page = await find_invoices(books, InvoiceSearch(status=status), cursor="", limit=100)
    assert all(one.status == status for one in page.items if status)
    return sorted(one.header.number[5:].replace("-2026-0000", "") for one in page.items)


async def test_each_status_finds_its_documents_and_overdue_comes_with_time(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = await filled(one)
        assert {status.value: await found(books, status) for status in Status} == {
            "issued": ["CN1", "CN2", "INV1"],
            "partially_paid": ["INV2"],
            "paid": ["CN3", "INV3", "INV5"],
            "overdue": [],
            "credited": ["INV4", "INV6"],
        }
        one.clock.advance(timedelta(days=40))
        assert await found(books, "overdue") == ["INV1", "INV2"]
        assert await found(books, "issued") == ["CN1", "CN2"]
        assert await found(books, "partially_paid") == []
        for index in range(1, 7):
            shown = await get_invoice(books, number(index))
            assert shown.document.number[5:].replace("-2026-0000", "") in await found(books, shown.status)
        refused = await refusal(find_invoices(books, InvoiceSearch(status="lost"), cursor="", limit=5))
        assert isinstance(refused, InvalidInput)


async def test_exports_say_what_was_paid_credited_and_is_due(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = await filled(one)

        async def made(file_format: str, kind: str = "") -> MadeFile:
            return await export_documents(books, ExportRequest(format=file_format, kind=kind), progress=silent)

        every = list(csv.DictReader(path_of(books, await made("csv")).read_text("utf-8-sig").splitlines()))
        rows = [row for row in every if row["row"] == "line"]
        paid = [(row["number"], row["payment_amount"]) for row in every if row["row"] == "payment"]
        assert paid == [
            (number(2), "10.00"),
            (number(3), "30.00"),
            (number(5), "15.00"),
            (number(6), "30.00"),
            ("TEST-CN-2026-00003", "-30.00"),
        ]
        assert sum(Decimal(row["amount_received"]) for row in rows) == Decimal(55)
        for row in rows:
            assert Decimal(row["amount_payable"]) == sum(
                Decimal(row[name]) for name in ("amount_credited", "amount_paid", "amount_due")
            )
        assert {(row["revenue_account"], row["receivable_account"]) for row in rows} == {("4000", "1100")}
        shown = (
            "number",
            "status",
            "amount_paid",
            "amount_credited",
            "amount_due",
            "credited_invoice",
            "credit_reason",
        )
        told = [tuple(row[name] for name in shown) for row in rows]
        assert told == [
            (number(1), "issued", "0.00", "0.00", "30.00", "", ""),
            (number(2), "partially_paid", "10.00", "0.00", "20.00", "", ""),
            (number(3), "paid", "30.00", "0.00", "0.00", "", ""),
            (number(4), "credited", "0.00", "30.00", "0.00", "", ""),
            (number(5), "paid", "15.00", "15.00", "0.00", "", ""),
            (number(6), "credited", "0.00", "30.00", "0.00", "", ""),
            ("TEST-CN-2026-00001", "issued", "0.00", "-30.00", "0.00", number(4), "Never delivered"),
            ("TEST-CN-2026-00002", "issued", "0.00", "-15.00", "0.00", number(5), "Half was broken"),
            ("TEST-CN-2026-00003", "paid", "-30.00", "0.00", "0.00", number(6), "Sent back"),
        ]
        sheet = load_workbook(path_of(books, await made("xlsx")))["Documents"]
        names, *values = sheet.iter_rows(values_only=True)
        as_text = [dict(zip(names, row, strict=True)) for row in values]
        assert [(row["number"], row["status"], row["credited_invoice"] or "") for row in as_text] == [
            (row[0], row[1], row[5]) for row in told
        ]
        assert [f"{row['amount_due']:.2f}" for row in as_text] == [row[4] for row in told]
        documents_told = json.loads(path_of(books, await made("json")).read_text("utf-8"))["documents"]
        amounts = [tuple(one["amounts"][name] for name in ("paid", "credited", "due")) for one in documents_told]
        assert amounts == [row[2:5] for row in told]
        assert [one["credits"]["number"] for one in documents_told if "credits" in one] == [
            number(4),
            number(5),
            number(6),
        ]
        for file_format in ("csv", "xlsx", "json", "pdf"):
            assert (await made(file_format, "credit_note")).count == 3
            assert (await made(file_format, "invoice")).count == 6


async def test_an_export_says_which_documents_it_could_not_convert(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        customer = (await one.customer(books)).id
        await one.issue(books, customer)
        made = await export_documents(books, ExportRequest(format="csv"), progress=silent)
        assert made.notes == ()
        asked = issue_request(customer)
        assert asked.request is not None
        in_euro = replace(asked.request, document=replace(asked.request.document, currency="EUR"))
        await issue_invoice(books, replace(asked, request=in_euro))
        made = await export_documents(books, ExportRequest(format="csv_semicolon"), progress=silent)
        assert made.notes == (
            "1 document is in another currency without an exchange rate: its amounts in GBP are empty, so sums in GBP"
            " leave it out.",
        )
        assert made.file.file_name.endswith(".csv")
        rows = list(csv.DictReader(path_of(books, made).read_text("utf-8-sig").splitlines(), delimiter=";"))
        assert [(row["line_net"], row["line_accounting_net"]) for row in rows] == [("25,00", "25,00"), ("25,00", "")]


async def test_the_status_is_the_same_in_sql_as_in_the_rules(tmp_path: Path) -> None:
    """What is payable against what was credited and paid, below, at and above it, and around the due date."""
    cases = list(product((0, 5), (0, 3, 5, 6), (-2, 0, 2, 5, 7), (-1, 0, 1)))
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        await one.issue(books, (await one.customer(books)).id)
        with past_triggers(folder_of(books) / BOOKS_FILE) as connection:
            first = first_row(connection, "documents")
            connection.execute("BEGIN")
            for index, (payable, credited, paid, days) in enumerate(cases, start=1):
                due_date = (TODAY + timedelta(days=days)).isoformat()
                own = {"position": 2 * index, "id": f"inv{index}", "total_minor": payable + 1, "withheld_minor": 1}
                add(connection, "documents", first | unlike(2 * index) | own | {"due_date": due_date})
                note = {"position": 2 * index + 1, "id": f"crn{index}", "kind": "credit_note", "total_minor": credited}
                add(connection, "documents", first | unlike(2 * index + 1) | note | {"credits_id": f"inv{index}"})
                if paid:
                    payment = {"document_id": f"inv{index}" if paid > 0 else f"crn{index}", "amount_minor": abs(paid)}
                    add(connection, "payments", PAYMENT | payment | {"position": index, "id": f"pay{index}"})
            connection.execute("COMMIT")
        seen: Counter[str] = Counter()
        for status in Status:
            cursor = ""
            while True:
                search = InvoiceSearch(status=status)
                page = await find_invoices(books, search, cursor=cursor, limit=100)
                assert {listed.status for listed in page.items} == {status}
                seen.update(listed.header.id for listed in page.items)
                if not (cursor := page.next_cursor):
                    break
        assert set(seen.values()) == {1}
        assert len(seen) == 2 * len(cases) + 1
        owed = await find_invoices(books, InvoiceSearch(status=OPEN), cursor="", limit=100)
        assert all(listed.balance.due_minor > 0 for listed in owed.items)
        due = [payable - credited - paid for payable, credited, paid, _ in cases]
        # The first one of all was issued, and nothing was paid.
        assert len(owed.items) + owed.left == sum(one > 0 for one in due) + 1


PAYMENT: dict[str, object] = {
    "reverses_id": None,
    "currency": "GBP",
    "paid_on": "2026-03-16",
    "method": "",
    "reference": "",
    "debit_account": "1000",
    "credit_account": "1100",
    "recorded_at": "2026-03-16 12:00:00",
    "recorded_by": "somebody",
}


def unlike(position: int) -> dict[str, object]:
    """What is another's in each document."""
    return {"number": f"N{position}", "hash": f"H{position}", "sequence": position}


def first_row(connection: sqlite3.Connection, table: str) -> dict[str, object]:
    names = [column[1] for column in connection.execute(f"PRAGMA table_info({table})")]
    return dict(zip(names, connection.execute(f"SELECT * FROM {table} LIMIT 1").fetchone(), strict=True))


def add(connection: sqlite3.Connection, table: str, row: dict[str, object]) -> None:
    values = ", ".join("?" for _ in row)
    connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({values})", tuple(row.values()))


async def many(one: Practice) -> Books:
    """Books with 2,000 documents: copies of the filled ones' rows, with payments and credit notes in proportion."""
    books = await filled(one)
    with past_triggers(folder_of(books) / BOOKS_FILE) as connection:
        names = [row[1] for row in connection.execute("PRAGMA table_info(documents)")]
        new = {
            "position": "position + 9 * n",
            "id": "id || n",
            "number": "number || n",
            "sequence": "sequence + 6 * n",
            "hash": "hash || n",
            "credits_id": "credits_id || n",
            "issue_date": days_after("issue_date", "n % 300"),
            "due_date": days_after("due_date", "n % 300"),
        }
        copies = MANY // 9
        counting = f"WITH RECURSIVE counting(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counting WHERE n < {copies})"
        chosen = ", ".join(new.get(name, name) for name in names)
        connection.execute("BEGIN")
        connection.execute(f"INSERT INTO documents {counting} SELECT {chosen} FROM documents, counting")
        names = [row[1] for row in connection.execute("PRAGMA table_info(payments)")]
        new = {"position": "position + 5 * n", "id": "id || n", "document_id": "document_id || n"}
        chosen = ", ".join(new.get(name, name) for name in names)
        connection.execute(f"INSERT INTO payments {counting} SELECT {chosen} FROM payments, counting")
        connection.execute("COMMIT")
    return books


async def test_each_status_is_found_among_very_many_documents(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = await many(one)
        one.clock.advance(timedelta(days=100))
        for status in ("", OPEN, *Status):
            page = await find_invoices(books, InvoiceSearch(status=status), cursor="", limit=25)
            assert page.items, status
            assert all(item.status == status for item in page.items if status not in ("", OPEN))
        shown = await get_invoice(books, number(6))
        assert (len(shown.payments), len(shown.credit_notes)) == (1, 1)


async def test_every_document_has_exactly_one_status(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = await many(one)
        today = TODAY + timedelta(days=100)

        def counted(db: Session) -> Counter[str]:
            return Counter(
                {status: documents.count_documents(db, DocumentFilter(status=status, today=today)) for status in Status}
            )

        counts = await books.read(counted)
        assert counts.total() == 9 * (MANY // 9 + 1)
