# ruff: noqa: S608  Statements are put together from our own names.
"""What verification finds of changed rows that reports stand on: tax points, currencies, subtotals, the journal.

The books hold an invoice of two rates, which was paid in part, and one in another currency at a rate.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

import anyio
import pytest

from invoicing.document.documents import Tag
from invoicing.document.requested import RequestedDocument, RequestedLine
from operations.access import Office, open_books
from operations.configuration.configuring import save_entry
from operations.configuration.entries import Change, Part
from operations.drafts import DraftRequest
from operations.invoices import IssueRequest
from operations.organizations import all_organizations
from operations.payments import PaymentRequest, record_payment
from operations.practices import local_owner
from operations.rights import Right
from operations.verification import verify_books
from storage.books.pool import BOOKS_FILE, Books
from tests.support import stores
from tests.support.clock import SettableClock
from tests.support.folders import folder_of
from tests.support.issuing import issue_invoice
from tests.support.practice import practice
from tests.support.raw import past_triggers
from tests.support.stores import open_store

FIRST, SECOND = "document TEST-INV-2026-00001", "document TEST-INV-2026-00002"
INN = Tag("project", "inn")
THE_ROW = "the row and its content state another tax point"
THE_TAXES = "its taxes are not those of its content"
THE_ENTRY = "its journal entry"
OF = "document_id = (SELECT id FROM documents WHERE position = {0})"
ENTRY = "(SELECT id FROM journal_entries WHERE {0} = (SELECT id FROM {1} WHERE position = {2}))"
SECONDS = ENTRY.format("document_id", "documents", 2)
PAID = ENTRY.format("payment_id", "payments", 1)

CHANGES = (
    *(
        (f"UPDATE documents SET {change} WHERE position = 2", f"{SECOND}: {THE_ROW}")
        for change in (
            "tax_point = '2026-01-01'",
            "supply_date = '2026-01-01'",
            "supply_end = '2026-12-31'",
            "accounting_currency = 'USD'",
            "accounting_net_minor = NULL",
            "accounting_tax_minor = 1",
        )
    ),
    *(
        (f"UPDATE document_taxes SET {change} WHERE {OF.format(2)}", f"{SECOND}: {THE_TAXES}")
        for change in (
            "category = 'Z'",
            "rate = '19'",
            "label = 'GST'",
            "jurisdiction = 'IE'",
            "accounting_taxable_minor = accounting_taxable_minor + 1",
            "accounting_tax_minor = NULL",
        )
    ),
    (
        "INSERT INTO document_tax_parts SELECT id, 1, 1, 'Ohio', 'state', '5', 1, 1 FROM documents WHERE position = 1",
        f"{FIRST}: {THE_TAXES}",
    ),
    ("UPDATE documents SET canonical_version = 1 WHERE position = 2", f"{SECOND}: its content does not fit its hash"),
    ("UPDATE documents SET canonical_version = 3 WHERE position = 2", f"{SECOND}: its content does not fit its hash"),
    *(
        (f"UPDATE journal_lines SET {change} WHERE entry_id = {SECONDS} AND position = 1", f"{SECOND}: {THE_ENTRY}")
        for change in (
            "currency = 'USD'",
            "accounting_minor = accounting_minor + 1",
            "accounting_minor = NULL",
            "dimensions = '{}'",
        )
    ),
    *(
        (f"UPDATE journal_entries SET {change} WHERE id = {SECONDS}", f"{SECOND}: {THE_ENTRY}")
        for change in ("kind = 'payment'", "accounting_currency = 'EUR'")
    ),
    *(
        (f"UPDATE journal_lines SET {change} WHERE entry_id = {PAID} AND position = 1", f": {THE_ENTRY} is not what")
        for change in (
            "account = '4000'",
            "debit_minor = debit_minor + 1",
            "accounting_minor = NULL",
            "currency = 'EUR'",
            "dimensions = '{}'",
        )
    ),
    (f"DELETE FROM journal_lines WHERE entry_id = {PAID}", f": {THE_ENTRY} is not what"),
    *(
        (f"UPDATE journal_entries SET {change} WHERE id = {PAID}", f": {THE_ENTRY} has another")
        for change in (
            "kind = 'document'",
            "entry_date = '2026-01-01'",
            "description = 'x'",
            "accounting_currency = 'EUR'",
        )
    ),
    *(
        (f"UPDATE {table} SET {column} = {column} + 1", f"{what} total 2026-")
        for what, table, columns in (
            ("account", "account_totals", ("debit_minor", "credit_minor", "accounting_minor", "unconverted")),
            (
                "tax",
                "tax_totals",
                (
                    "documents",
                    "taxable_minor",
                    "tax_minor",
                    "accounting_taxable_minor",
                    "accounting_tax_minor",
                    "unconverted",
                ),
            ),
            (
                "customer",
                "customer_totals",
                ("documents", "net_minor", "tax_minor", "total_minor", "accounting_net_minor", "unconverted"),
            ),
            ("item", "item_totals", ("documents", "net_minor")),
            ("dimension", "dimension_totals", ("documents", "net_minor")),
        )
        for column in columns
    ),
    *(
        (f"UPDATE receivables SET {change}", "receivable total inv_")
        for change in (
            "open_minor = open_minor - 1",
            "wanted_minor = wanted_minor + 1",
            "due_date = '2026-01-01'",
            "customer_id = 'x'",
            "currency = 'X'",
        )
    ),
    *(
        (f"DELETE FROM {table}", "it is not what the books come to")
        for table in (
            "account_totals",
            "tax_totals",
            "customer_totals",
            "item_totals",
            "dimension_totals",
            "receivables",
        )
    ),
    *(
        (f"UPDATE line_dimensions SET {change} WHERE position = 2", f"{FIRST}: the dimensions of its lines are not")
        for change in ("value = 'shop'", "dimension = 'other'", "net_minor = 1")
    ),
    ("INSERT INTO item_totals VALUES ('2025-01', '', 'GBP', 1, 5)", "item total 2025-01 GBP: nothing in the books"),
    (
        "INSERT INTO community_supplies SELECT id, 1, '2026-01', 'FR', 'FR1', 'goods', 'GBP', 1, 1 FROM documents"
        " WHERE position = 1",
        f"{FIRST}: what the recapitulative statement names",
    ),
    (
        "INSERT INTO document_instalments SELECT id, 1, due_date, 1, 1 FROM documents WHERE position = 1",
        f"{FIRST}: its instalments are not those of its content",
    ),
    (
        f"DELETE FROM journal_lines WHERE entry_id = {PAID}; DELETE FROM journal_entries WHERE payment_id IS NOT NULL",
        ": it has no journal entry",
    ),
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the books. No test changes it."""
    return anyio.run(_make, tmp_path_factory.mktemp("made"))


async def _make(root: Path) -> Path:
    async with practice(root) as one:
        books = one.books(await one.client("Harbour Bakery"))
        customer = (await one.customer(books)).id
        for code in (INN.dimension, f"{INN.dimension}/{INN.value}"):
            await save_entry(one.office, books, Part.DIMENSIONS, Change(code=code, values={"name": "The inn"}))
        lines = (
            RequestedLine(Decimal(3), description="Bread", unit_price=Decimal("1.99"), tax_code="ZERO"),
            RequestedLine(Decimal(1), description="Advice", unit_price=Decimal("99.95"), dimensions=(INN,)),
        )
        document = RequestedDocument(customer, lines)
        abroad = RequestedDocument(
            customer, lines, currency="EUR", exchange_rate=Decimal("0.8571"), exchange_source="ECB"
        )
        for request in (document, abroad):
            await issue_invoice(books, IssueRequest(request=DraftRequest(document=request)))
        await record_payment(books, PaymentRequest(invoice="TEST-INV-2026-00001", amount=Decimal(10)))
    return root


@asynccontextmanager
async def copied(made: Path, root: Path) -> AsyncIterator[Books]:
    """The books in a copy of the folder."""
    stores.copy(made, root)
    async with open_store(root) as store:
        owner = await local_owner(store)
        assert owner is not None
        office = Office(store=store, principal=owner, clock=SettableClock())
        (client,) = (one for one in await all_organizations(office, archived=False) if one.name == "Harbour Bakery")
        yield open_books(office, client, Right.ISSUE)


async def test_what_nobody_changed_is_as_it_was_issued(made: Path, tmp_path: Path) -> None:
    async with copied(made, tmp_path / "data") as books:
        assert (await verify_books(books)).problem == ""


@pytest.mark.parametrize(("statement", "says"), CHANGES)
async def test_verification_names_each_change(made: Path, tmp_path: Path, statement: str, says: str) -> None:
    async with copied(made, tmp_path / "data") as books:
        with past_triggers(folder_of(books) / BOOKS_FILE) as connection:
            for one in statement.split("; "):
                assert connection.execute(one).rowcount > 0, one
        problem = (await verify_books(books)).problem
        assert says in problem, problem
