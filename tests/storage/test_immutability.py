# ruff: noqa: S608  Statements are put together from our own table and column names.
"""What is issued never changes: the database itself refuses, whoever writes and with whatever settings.

Every statement here runs on a plain connection of the sqlite3 module, without our settings, or of the superuser of a
server: an accident with another program is held up by the file itself, and by the schema.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import cast

import anyio
import pytest
from sqlmodel import Session

from invoicing.document.advances import AdvanceTax
from invoicing.document.documents import (
    Document,
    JurisdictionLevel,
    JurisdictionRate,
    JurisdictionTax,
    Tag,
    TaxCategory,
)
from invoicing.recurring.plans import Counted, Hours, Plan, PlanKind
from operations.approval.showing import show_for_decision
from operations.approval.waiting import AwaitingApproval
from operations.configuration.configuring import save_entry
from operations.configuration.entries import Change, Part
from operations.credit_notes import CreditRequest
from operations.drafts import DraftRequest, draft_invoice
from operations.files import ExportRequest, export_documents, render_document
from operations.invoices import issue_invoice as ask_to_issue
from operations.issuing import issue_document
from operations.mandates import acknowledge_mandate
from operations.payments import PaymentRequest, record_payment
from storage.books.billing import add_billed, save_hours, save_plan
from storage.books.pool import BOOKS_FILE, Books
from storage.books.recurring import add_drafted
from storage.books.settings_tables import BOOKS_METADATA
from storage.books.setup import load_setup
from storage.migrations import head_stamp
from storage.postgres.scopes import books_scope
from storage.sqlite.engines import FileKind, open_guarded
from tests.support import stores
from tests.support.folders import folder_of
from tests.support.former import import_former
from tests.support.guards import undeletable, unique_keys
from tests.support.issuing import issue_credit_note
from tests.support.practice import issue_request, practice
from tests.support.raw import raw
from tests.support.signing import by_password, sign

KEYS = {
    "identity": ("id",),
    "documents": ("position", "id", "number", "hash", "series,period,sequence"),
    "document_lines": ("document_id,position",),
    "line_dimensions": ("document_id,position,dimension",),
    "document_taxes": ("document_id,position",),
    "document_tax_parts": ("document_id,tax_position,position",),
    "community_supplies": ("document_id,position",),
    "document_instalments": ("document_id,position",),
    "payment_references": ("reference", "document_id"),
    "advance_entries": ("document_id,advance_id",),
    "document_approvals": ("document_id,position",),
    "approval_signatures": ("id", "nonce"),
    "approval_keys": ("public_key",),
    "journal_entries": ("id", "document_id", "payment_id"),
    "journal_lines": ("entry_id,position",),
    "payments": ("position", "id", "reverses_id"),
    "former_documents": ("position", "id", "hash", "entry_id", "kind,number"),
    "former_payments": ("position", "id", "reverses_id", "entry_id"),
    "settlement_taxes": ("event_id,tax_position,part",),
    "audit_entries": ("position", "hash"),
    "idempotency_keys": ("tool,reference",),
    "files": ("id", "document_id,format"),
    "mandate_acknowledgements": ("position",),
    "period_closings": ("position",),
    "recurring_drafts": ("position",),
    "billed_periods": ("position",),
    "billed_hours": ("period,hours_id",),
}
"""The tables whose rows the database itself refuses to change or delete, each with its unique keys."""
ACCOUNT = {"iban": "GB33BUKB20201555555555", "reference_rule": "rf"}
"""One whose payers state a reference."""
IN_ORDER = ("documents", "payments", "former_documents", "former_payments", "audit_entries")
"""Tables whose positions follow each other without a gap."""
Row = dict[str, object]
# Lines of an issued document are refused as such before it comes to their keys, and gaps before replaced positions. A
# server inserts over no row, whatever triggers there are.
_BECAUSE = r"rows never change|takes no further|without a gap|duplicate key"
UPDATING = ("UPDATE", "UPDATE OR REPLACE", "UPDATE OR IGNORE")
INSERTING = ("INSERT", "INSERT OR IGNORE", "REPLACE", "INSERT OR REPLACE")
"""The ways of SQLite to write; a server knows the first one of each."""
CASES = [(table, key) for table, keys in KEYS.items() for key in keys]


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Books with invoices, a credit note, payments and a row in every immutable table. No test leaves a change."""
    return anyio.run(_issue, tmp_path_factory.mktemp("books"))


async def _issue(root: Path) -> Path:
    async with practice(root) as one:
        client = await one.client("Harbour Bakery")
        books = one.books(client)
        customer = await one.customer(books)
        invoice = await one.issue(books, customer.id, reference="first")
        number = invoice.document.number
        second = await one.issue(books, customer.id, reference="second")
        await _issue_otherwise(books, _with_a_stack(second.document))
        await _issue_otherwise(books, replace(second.document, advance=AdvanceTax.ISSUE))
        await _issue_otherwise(books, _to_a_business_abroad(second.document))
        await issue_credit_note(books, CreditRequest(invoice=second.document.number, reason="Returned"))
        payment = (await record_payment(books, PaymentRequest(invoice=number, amount=Decimal(10)))).payment
        await record_payment(books, PaymentRequest(invoice=number, reverse=payment.id))
        terms = {"name": "Early", "days": "30", "discount_percent": "2", "discount_days": "10", "default": "true"}
        await save_entry(one.office, books, Part.PAYMENT_TERMS, Change(code="EARLY", values=terms))
        early = (await one.issue(books, customer.id)).document.number
        await record_payment(books, PaymentRequest(invoice=early, kind="discount"))
        parts = {"name": "In two parts", "instalments": "30:0, 70:30", "default": "true"}
        await save_entry(one.office, books, Part.PAYMENT_TERMS, Change(code="PARTS", values=parts))
        await one.issue(books, customer.id)
        await save_entry(one.office, books, Part.BANK_ACCOUNTS, Change(code="MAIN", values=ACCOUNT))
        await one.issue(books, customer.id)
        await render_document(books, invoice.document.id, file_format="pdf")
        await export_documents(books, ExportRequest(format="csv"), progress=_silent)
        request = issue_request(customer.id).request
        assert isinstance(request, DraftRequest)
        await draft_invoice(books, request)
        await save_entry(one.office, books, Part.WORKFLOWS, Change(code="ALL", values={"steps": "owner"}))
        asked = await ask_to_issue(books, issue_request(customer.id))
        assert isinstance(asked, AwaitingApproval)
        await sign(books, asked.approval.id, by_password(await show_for_decision(books, asked.approval.id), one.store))
        await acknowledge_mandate(one.office, books, "gb-reverse-charge", handed_in="On the letterhead")
        await save_entry(one.office, books, Part.PERIODS, Change(code="2026-01"))
        await _bill(books, customer.id, invoice.document.id)
        await _take_over(books)
        return folder_of(books) / BOOKS_FILE


async def _take_over(books: Books) -> None:
    """A document of a former system, what was paid of it, and that taken back."""
    text = "Number;Date;Customer;Total;Open\nOLD-1;2025-12-01;Hotel Bristol;10;10\n"
    assert (await import_former(books, text, day=date(2026, 3, 1))).written
    paid = (await record_payment(books, PaymentRequest(invoice="OLD-1", amount=Decimal(10)))).payment
    await record_payment(books, PaymentRequest(invoice="OLD-1", reverse=paid.id))


async def _bill(books: Books, customer: str, invoice: str) -> None:
    """Rows of what was drafted again and of what was billed, as a practice's books have them."""
    month, at, by = "2026-03", books.clock(), books.actor
    plan = Plan("c/hours", "Advice", "c", customer, PlanKind.HOUR, Decimal(90), "GBP", month)
    hours = Hours("c/1", "c", at.date(), Decimal(2), "VAT return", by)

    def work(db: Session) -> None:
        add_drafted(db, "drf_1", month=month, source=invoice, at=at, by=by)
        save_plan(db, plan)
        save_hours(db, hours)
        add_billed(db, Counted(plan, hours.hours, (hours,)), "drf_2", month=month, at=at, by=by)

    await books.write(work)


def _with_a_stack(like: Document) -> Document:
    """A document whose tax a jurisdiction levies, which none of this country's own codes is of, with a dimension."""
    (tax,) = like.taxes
    part = JurisdictionTax("California", JurisdictionLevel.STATE, tax.rate, tax.tax_minor)
    rate = JurisdictionRate(part.name, part.level, part.rate)
    tag = Tag("project", "inn")
    lines = tuple(replace(line, jurisdictions=(rate,), dimensions=(tag,)) for line in like.lines)
    return replace(like, lines=lines, taxes=(replace(tax, jurisdictions=(part,)),))


def _to_a_business_abroad(like: Document) -> Document:
    """A document that a recapitulative statement names, which this country has none of."""
    (tax,) = like.taxes
    goods = replace(tax, category=TaxCategory.INTRA_COMMUNITY)
    lines = tuple(replace(line, tax_category=goods.category) for line in like.lines)
    return replace(like, lines=lines, taxes=(goods,), buyer=replace(like.buyer, tax_number="FR83404833048"))


async def _issue_otherwise(books: Books, document: Document) -> None:
    def issue(db: Session) -> None:
        setup = load_setup(db, document.kind)
        issue_document(db, books, document, series=setup.series, posting=setup.posting)

    await books.write(issue)


async def _silent(done: int, of: int) -> None:
    """Nobody waits for this export."""


def test_every_table_is_listed_once_and_has_rows_and_its_unique_keys_are_known(issued: Path) -> None:
    with raw(issued) as connection:
        assert undeletable(connection) == set(KEYS)
        for table, keys in KEYS.items():
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] >= 1, table
            unique = {tuple(column.name for column in BOOKS_METADATA.tables[table].primary_key.columns)}
            unique |= unique_keys(connection, table)
            assert {tuple(key.split(",")) for key in keys} == unique, table


@pytest.mark.parametrize("table", KEYS)
def test_no_column_of_a_row_can_be_updated(issued: Path, table: str) -> None:
    with raw(issued) as connection:
        for column in first_row(connection, table):
            for verb in ways(UPDATING):
                refused(connection, f"{verb} {table} SET {column} = {column}")


@pytest.mark.parametrize("table", KEYS)
def test_no_row_can_be_deleted(issued: Path, table: str) -> None:
    with raw(issued) as connection:
        refused(connection, f"DELETE FROM {table}")
        row = "ctid" if stores.is_on_server() else "rowid"
        refused(connection, f"DELETE FROM {table} WHERE {row} = (SELECT max({row}) FROM {table})")
        if stores.is_on_server():
            refused(connection, f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize(("table", "key"), CASES)
def test_no_row_can_be_replaced_by_an_insert_with_one_of_its_keys(issued: Path, table: str, key: str) -> None:
    with raw(issued) as connection:
        row = another_row(connection, table, key)
        for verb in ways(INSERTING):
            refused(connection, insert(table, row, verb), row)


@pytest.mark.parametrize(("table", "key"), CASES)
def test_no_row_can_be_changed_by_an_upsert(issued: Path, table: str, key: str) -> None:
    with raw(issued) as connection:
        row = another_row(connection, table, key)
        updates = ", ".join(f"{name} = excluded.{name}" for name in row)
        refused(connection, f"{insert(table, row)} ON CONFLICT ({key}) DO UPDATE SET {updates}", row)
        if not stores.is_on_server():
            refused(connection, f"{insert(table, row)} ON CONFLICT DO UPDATE SET {updates}", row)


@pytest.mark.parametrize(("table", "key"), CASES)
def test_the_guards_hold_on_our_own_connections_too(issued: Path, table: str, key: str) -> None:
    with closing(our_own(issued)) as connection:
        row = another_row(connection, table, key)
        refused(connection, f"DELETE FROM {table}")
        refused(connection, insert(table, row, ways(INSERTING)[-1]), row)


@pytest.mark.parametrize("table", IN_ORDER)
@pytest.mark.parametrize("step", [-100, 2, 100])
def test_a_gap_in_the_positions_is_refused(issued: Path, table: str, step: int) -> None:
    with raw(issued) as connection:
        row = another_row(connection, table, "")
        row["position"] = last_position(connection, table) + step
        refused(connection, insert(table, row), row, because="without a gap")


_FURTHER = {"settlement_taxes": "part", "payment_references": "reference", "advance_entries": "advance_id"}


@pytest.mark.parametrize(
    "table",
    [
        "document_lines",
        "document_taxes",
        "document_tax_parts",
        "community_supplies",
        "document_instalments",
        "payment_references",
        "advance_entries",
        "journal_lines",
        "settlement_taxes",
    ],
)
def test_an_issued_document_takes_no_further_lines_taxes_or_journal_lines(issued: Path, table: str) -> None:
    with raw(issued) as connection:
        row = first_row(connection, table) | {_FURTHER.get(table, "position"): 1_000}
        refused(connection, insert(table, row), row, because="takes no further")


def test_drafts_customers_and_settings_are_not_immutable(issued: Path) -> None:
    with raw(issued) as connection:
        connection.execute("BEGIN")
        for table in ("drafts", "customers", "profile", "series_periods"):
            (column, *_) = first_row(connection, table)
            connection.execute(f"UPDATE {table} SET {column} = {column}")
            # Of this customer there is a plan, which a server heeds with whoever deletes.
            if table != "customers" or not stores.is_on_server():
                connection.execute(f"DELETE FROM {table}")
        connection.execute("ROLLBACK")


def ways(verbs: tuple[str, ...]) -> tuple[str, ...]:
    return verbs[:1] if stores.is_on_server() else verbs


def our_own(path: Path) -> sqlite3.Connection:
    """A connection as ours are."""
    if stores.is_on_server():
        connected = stores.raw_server(path)
        connected.become(books_scope(path.parent.name).role)
        return cast("sqlite3.Connection", connected)
    return open_guarded(path, head_stamp(FileKind.BOOKS, path.parent.name))


def refused(connection: sqlite3.Connection, statement: str, row: Row | None = None, *, because: str = _BECAUSE) -> None:
    """Run a statement that must be refused by a trigger, in a transaction that is undone in any case."""
    connection.execute("BEGIN")
    try:
        with pytest.raises(sqlite3.IntegrityError, match=because):
            connection.execute(statement, row or {})
    finally:
        connection.execute("ROLLBACK")


def insert(table: str, row: Row, verb: str = "INSERT") -> str:
    return f"{verb} INTO {table} ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})"


def first_row(connection: sqlite3.Connection, table: str, condition: str = "TRUE") -> Row:
    cursor = connection.execute(f"SELECT * FROM {table} WHERE {condition} LIMIT 1")
    names = [column[0] for column in cursor.description]
    return dict(zip(names, cursor.fetchone(), strict=True))


def another_row(connection: sqlite3.Connection, table: str, key: str) -> Row:
    """A row in which everything but the key is new: but for the key, it could be the next one."""
    kept = key.split(",") if key else []
    row = first_row(connection, table, " AND ".join(f"{name} IS NOT NULL" for name in kept) or "TRUE")
    row |= {name: changed(value) for name, value in row.items() if name not in kept}
    if table in IN_ORDER and "position" not in kept:
        row["position"] = last_position(connection, table) + 1
    return row


def last_position(connection: sqlite3.Connection, table: str) -> int:
    return int(connection.execute(f"SELECT max(position) FROM {table}").fetchone()[0])


def changed(value: object) -> object:
    """Another value of its kind; what is empty stays so, since an entry is of a document or of a payment."""
    match value:
        case None:
            return None
        case bool():
            return not value
        case int():
            return value + 1_000
    try:
        return str(datetime.fromisoformat(str(value)) + timedelta(days=1))
    except ValueError:
        return f"{value} changed"
