"""Books as the release before the rows of reports left them: they are migrated, verified, and gone on with.

The folder `books_of_schema_6` is a data folder of that release as SQL: a practice in the United States with a random
year of documents, credit notes and payments, in several currencies and with stacks of levies, and an Irish client with
an invoice in another currency without a rate, over a period.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from invoicing.credit.wanted import CreditLine
from operations.access import Office, open_books
from operations.credit_notes import CreditRequest
from operations.organizations import all_organizations
from operations.payments import PaymentRequest, record_payment
from operations.practices import local_owner
from operations.rights import Right
from operations.verification import verify_books
from storage.books.jurisdictions import load_jurisdictions
from storage.books.pool import BOOKS_FILE, ORGANIZATIONS_FOLDER, Books
from storage.books.tax_codes import load_tax_codes
from storage.directory.database import DIRECTORY_FILE
from storage.folder.migrating import migrate_all
from storage.migrations import head_stamp
from storage.sqlite.engines import FileKind, stamp_of
from tests.support.clock import SettableClock
from tests.support.folders import folder_of
from tests.support.issuing import issue_credit_note, issue_invoice
from tests.support.practice import issue_request
from tests.support.raw import past_triggers, raw
from tests.support.stores import open_store

EARLIER = Path(__file__).parent / "books_of_schema_6"

PRACTICE, CLIENT = "ledger-co-sandbox", "harbour-bakery-sandbox"
INVOICE, NOTE = "TEST-INV-2026-00001", "TEST-CN-2026-00001"
NEXT_YEAR = datetime(2026, 12, 30, 9, 0, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The data folder as that release left it."""
    for script in EARLIER.rglob("*.sql"):
        folder = tmp_path / ORGANIZATIONS_FOLDER / script.stem
        file = tmp_path / DIRECTORY_FILE if script.stem == "directory" else folder / BOOKS_FILE
        file.parent.mkdir(parents=True, exist_ok=True)
        with raw(file) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(script.read_text("utf-8"))
    for folder in (tmp_path / ORGANIZATIONS_FOLDER).iterdir():
        (folder / "documents").mkdir()
        (folder / "exports").mkdir()
    return tmp_path


def silent(done: int, of: int) -> None:
    """Nobody watches."""


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    with raw(path) as connection:
        return connection.execute(query).fetchall()


def all_books(root: Path) -> list[Path]:
    return sorted((root / ORGANIZATIONS_FOLDER).glob(f"*/{BOOKS_FILE}"))


@asynccontextmanager
async def opened(root: Path) -> AsyncIterator[dict[str, Books]]:
    """The migrated books by handle, as the owner opens them."""
    assert migrate_all(root, silent).failed == ()
    async with open_store(root) as store:
        owner = await local_owner(store)
        assert owner is not None
        office = Office(store=store, principal=owner, clock=SettableClock(NEXT_YEAR))
        found = await all_organizations(office, archived=False)
        yield {one.handle: open_books(office, one, Right.ISSUE) for one in found}


async def test_they_are_whole_after_the_migration_and_are_gone_on_with(root: Path) -> None:
    async with opened(root) as books:
        assert {stamp_of(path).schema_version for path in all_books(root)} == {
            head_stamp(FileKind.BOOKS).schema_version
        }
        for handle, documents in ((PRACTICE, 20), (CLIENT, 3)):
            verified = await verify_books(books[handle])
            assert (verified.problem, verified.documents) == ("", documents)
        ours = books[CLIENT]
        ((customer,),) = rows(folder_of(ours) / BOOKS_FILE, "SELECT id FROM customers")
        made = await issue_invoice(ours, issue_request(customer))
        await record_payment(ours, PaymentRequest(invoice=made.document.number, amount=Decimal(5)))
        await issue_credit_note(ours, CreditRequest(invoice=INVOICE, reason="Returned", lines=(CreditLine(1, None),)))
        await record_payment(ours, PaymentRequest(invoice=INVOICE, amount=Decimal(10)))
        assert (await verify_books(ours)).problem == ""
        versions = "SELECT canonical_version, accounting_currency FROM documents ORDER BY position"
        assert rows(folder_of(ours) / BOOKS_FILE, versions) == [(1, "EUR")] * 3 + [(2, "EUR")] * 2


async def test_texts_and_hashes_stay_as_they_were(root: Path) -> None:
    query = "SELECT content, hash, previous_hash, issued_at FROM documents ORDER BY position"
    before = [rows(path, query) for path in all_books(root)]
    migrate_all(root, silent)
    assert [rows(path, query) for path in all_books(root)] == before


async def test_the_journal_alone_comes_to_what_journal_and_payments_came_to(root: Path) -> None:
    query = "SELECT account, currency, debit_minor, credit_minor FROM trial_balance ORDER BY 1, 2"
    before = [rows(path, query) for path in all_books(root)]
    assert all(before)
    migrate_all(root, silent)
    assert [rows(path, query) for path in all_books(root)] == before
    for path in all_books(root):
        view = rows(path, "SELECT sql FROM sqlite_master WHERE name = 'trial_balance'")
        assert "payments" not in str(view)
        ((payments,),) = rows(path, "SELECT count(*) FROM payments")
        assert rows(path, "SELECT count(*) FROM journal_entries WHERE payment_id IS NOT NULL") == [(payments,)]


async def test_the_parts_of_stacks_are_jurisdictions_with_their_rates(root: Path) -> None:
    async with opened(root) as books:
        stacks = await books[PRACTICE].read(load_tax_codes)
        known = await books[PRACTICE].read(load_jurisdictions)
        parts = {(part.level.value, part.name): part.rates for code in stacks for part in code.jurisdictions}
        assert {one.part: one.rates for one in known} == parts != {}
        assert {one.code for one in known} >= {"STATE-CALIFORNIA", "STATE-NEW-YORK"}
        assert await books[CLIENT].read(load_jurisdictions) == []


async def test_what_is_new_is_filled_from_the_texts(root: Path) -> None:
    migrate_all(root, silent)
    (practice,) = (path for path in all_books(root) if len(rows(path, "SELECT 1 FROM documents")) == 20)
    (client,) = (path for path in all_books(root) if path != practice)
    columns = "tax_point, supply_date, supply_end, currency, accounting_net_minor, accounting_tax_minor"
    # In Ireland a business is billed at the invoice, and whoever has no VAT number at the end of the supply.
    found = rows(client, f"SELECT {columns} FROM documents WHERE kind = 'invoice' ORDER BY position")  # noqa: S608
    (first, second) = found
    assert first == ("2026-12-31", "2026-10-01", "2026-12-31", "USD", None, None)
    assert second[3:] == ("EUR", *rows(client, "SELECT net_minor, tax_minor FROM documents WHERE position = 2")[0])
    taxes = rows(practice, "SELECT DISTINCT label, jurisdiction FROM document_taxes")
    assert taxes == [("Sales tax", "US")]
    assert {name for (name,) in rows(practice, "SELECT name FROM document_tax_parts")} >= {"California", "New York"}


async def test_what_is_converted_is_what_the_documents_state(root: Path) -> None:
    migrate_all(root, silent)
    for path in all_books(root):
        assert rows(path, CONVERTED_OTHERWISE) == []
        assert rows(path, OUT_OF_BALANCE) == []
    converted = [path for path in all_books(root) if rows(path, "SELECT 1 FROM documents WHERE currency <> 'USD'")]
    assert len(converted) == 2


# Sums of the subtotals against the document's, and of these against the exchange that its text states.
CONVERTED_OTHERWISE = """
SELECT d.number FROM documents d JOIN document_taxes t ON t.document_id = d.id GROUP BY d.id
HAVING sum(t.accounting_taxable_minor) IS NOT d.accounting_net_minor
    OR sum(t.accounting_tax_minor) IS NOT d.accounting_tax_minor
    OR coalesce(json_extract(d.content, '$.exchange.net_minor'), d.accounting_net_minor) IS NOT d.accounting_net_minor
    OR coalesce(json_extract(d.content, '$.exchange.tax_minor'), d.accounting_tax_minor) IS NOT d.accounting_tax_minor
"""
OUT_OF_BALANCE = "SELECT entry_id FROM journal_lines GROUP BY entry_id HAVING sum(accounting_minor) <> 0"


async def test_a_document_that_cannot_be_read_keeps_its_own_books_back_and_no_others(root: Path) -> None:
    """Regression: one such row stopped the start of everything."""
    damaged = all_books(root)[0]
    with past_triggers(damaged) as connection:
        connection.execute("UPDATE documents SET content = 'no document'")
    report = migrate_all(root, silent)
    assert [path for path, _ in report.failed] == [damaged.relative_to(root).as_posix()]
    assert stamp_of(damaged).schema_version == 6
    assert all(stamp_of(path).schema_version > 6 for path in all_books(root)[1:])
