# ruff: noqa: S608  Statements are put together from our own names.
"""What verification finds of settings, customers, items, references and PDFs that were changed past the program.

Each row of the table is one tampering that a set of books once took without a word (F15).
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from invoicing.tax.settings import TaxCodeChange
from operations.customers import save_customer
from operations.evidence import evidence_problems
from operations.files import render_document
from operations.importing import import_table
from operations.items import save_item
from operations.profile import update_organization
from operations.settings import add_series, save_tax_code
from operations.verification import verify_books
from storage.books import tables as tables
from storage.books.pool import BOOKS_FILE, Books
from tests.support.folders import folder_of
from tests.support.import_desk import wanted
from tests.support.practice import Practice, practice
from tests.support.raw import past_triggers

OTHERS = ", ".join(name for name in tables.Customer.model_fields if name != "id")
TAMPERINGS = {
    "the account that customers pay to": (
        "UPDATE profile SET iban = 'GB94BARC10201530093459'",
        "settings (profile): they are not as they were last changed",
    ),
    "a tax rate": ("UPDATE tax_rates SET percent = '5' WHERE code = 'STANDARD'", "settings (tax rates)"),
    "a tax code that is gone": ("DELETE FROM payment_terms WHERE is_default = FALSE", "settings (payment terms)"),
    "the account of revenue": ("UPDATE accounts SET name = 'Mine' WHERE number = '4000'", "settings (accounts)"),
    "the pattern of numbers": ("UPDATE number_series SET pattern = 'X'", "settings (number series)"),
    "a customer's address": ("UPDATE customers SET line1 = 'Elsewhere' WHERE id = '{customer}'", "customer {customer}"),
    "a customer's tax number": ("UPDATE customers SET tax_number = 'GB980780684'", "it is not as it was last saved"),
    "a customer that is gone": (
        "DELETE FROM customers WHERE id = '{customer}'",
        "customer {customer}: it was saved, and is not there any more",
    ),
    "a customer that nobody made": (
        f"INSERT INTO customers (id, {OTHERS}) SELECT 'cus_x', {OTHERS} FROM customers LIMIT 1",
        "customer cus_x: nobody is on record as having saved it",
    ),
    "an imported customer": ("UPDATE customers SET city = 'Bath' WHERE name = 'Imported'", "it is not as it was last"),
    "an item's price": ("UPDATE items SET unit_price = '1'", "it is not as it was last saved"),
    "what a retry finds": (
        "UPDATE idempotency_keys SET subject = '{second}' WHERE reference = 'first'",
        "reference of issue_invoice: it names {second}, which was not made under it",
    ),
    "a reference that is gone": (
        "DELETE FROM idempotency_keys WHERE reference = 'first'",
        "reference of issue_invoice: that of {first} is not there any more",
    ),
    "a reference that nobody used": (
        "INSERT INTO idempotency_keys SELECT tool, 'never', request_hash, subject, created_at FROM idempotency_keys"
        " WHERE reference = 'first'",
        "reference of issue_invoice: it names {first}, which was not made under it",
    ),
    "the PDF of a document": (
        "UPDATE files SET sha256 = replace(sha256, 'a', 'b') WHERE format = 'pdf'",
        "PDF of {first}: it is not the one that was first made",
    ),
    "a PDF that is forgotten": ("DELETE FROM files WHERE format = 'pdf'", "PDF of {first}: it was made, and is not on"),
}


async def _filled(one: Practice) -> tuple[Books, dict[str, str]]:
    books = one.books(await one.client("Harbour Bakery"))
    await update_organization(one.office, books, {"iban": "GB33BUKB20201555555555"})
    customer = (await one.customer(books)).id
    await save_item(books, {"name": "Croissants", "unit_price": Decimal("12.50")}, item_id="")
    await import_table(books, wanted("name,country\nImported,GB\n"), progress=lambda done, total: None)
    first = (await one.issue(books, customer, reference="first")).document
    second = (await one.issue(books, customer, reference="second")).document
    await render_document(books, first.number, file_format="pdf")
    return books, {"customer": customer, "first": first.id, "second": second.id}


@pytest.mark.parametrize("name", TAMPERINGS)
async def test_what_was_changed_past_the_program_is_named(tmp_path: Path, name: str) -> None:
    statement, says = TAMPERINGS[name]
    async with practice(tmp_path) as one:
        books, known = await _filled(one)
        assert (await verify_books(books)).problem == ""
        with past_triggers(folder_of(books) / BOOKS_FILE) as connection:
            connection.execute("PRAGMA foreign_keys = OFF")
            assert connection.execute(statement.format(**known)).rowcount > 0
        assert says.format(**known) in (await verify_books(books)).problem


async def test_what_the_program_changes_is_in_order_ever_after(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books, known = await _filled(one)
        await one.customer(books, "Grand Hotel")
        await update_organization(one.office, books, {"footer": "Thank you", "phone": "1"})
        await save_customer(books, {"city": "Bath", "archived": True}, customer_id=known["customer"])
        row = f"id,name,country,city\n{known['customer']},Hotel Bristol,GB,Bristol\n"
        await import_table(books, wanted(row), progress=lambda done, total: None)
        await save_tax_code(books, TaxCodeChange("LOW", name="Low", percent=Decimal(3), valid_from=date(2026, 1, 1)))
        await add_series(books, "WEB", kind="invoice", pattern="WEB-{SEQ:5}")
        assert (await verify_books(books)).problem == ""


async def test_books_of_before_are_verified_as_far_as_their_audit_trail_goes(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        path = folder_of(books) / BOOKS_FILE
        with past_triggers(path) as connection:
            entries = connection.execute("SELECT position, detail FROM audit_entries").fetchall()
            for position, detail in entries:
                told = {name: value for name, value in json.loads(detail).items() if name != "settings"}
                text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
                connection.execute("UPDATE audit_entries SET detail = ? WHERE position = ?", (text, position))
        # The chain itself is cut by that; of the settings nothing is said that nobody recorded.
        assert "audit" in (await verify_books(books)).problem
        assert await books.read(lambda db: list(evidence_problems(lambda question: question(db)))) == []
