"""Issuing: numbers without gaps, dates in order, each document once, and what verification finds changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from invoicing.document.canonical import document_link_text, genesis, link_hash
from invoicing.document.drafting import RequestedDocument, RequestedLine
from invoicing.refusals import (
    Conflict,
    IdempotencyMismatch,
    InvalidInput,
    LimitExceeded,
    NotFound,
    NotReady,
    Refusal,
)
from operations.access import Office, open_books
from operations.customers import save_customer
from operations.drafts import DraftRequest, delete_draft, draft_invoice
from operations.files import render_document
from operations.invoices import IssueRequest, get_invoice
from operations.organizations import get_organization
from operations.profile import update_organization
from operations.rights import Right
from operations.verification import verify_books
from storage.books.pool import BOOKS_FILE, Books
from tests.support.clock import SettableClock
from tests.support.folders import folder_of
from tests.support.issuing import issue_invoice
from tests.support.people import refusal
from tests.support.practice import Practice, issue_request, practice
from tests.support.raw import past_triggers, raw
from tests.support.stores import open_store

LINE = RequestedLine(quantity=Decimal(2), description="Bookkeeping", unit_price=Decimal("12.50"))


def request(customer: str, **fields: date | str) -> IssueRequest:
    document = replace(RequestedDocument(customer=customer, lines=(LINE,)), **fields)  # type: ignore[arg-type]  # The fields are named in each test.
    return IssueRequest(request=DraftRequest(document=document))


async def number(books: Books, wanted: IssueRequest) -> str:
    return (await issue_invoice(books, wanted)).document.number


def rows(books: Books, query: str) -> list[tuple[object, ...]]:
    with raw(folder_of(books) / BOOKS_FILE) as connection:
        return connection.execute(query).fetchall()


# Numbers


async def test_refusals_between_successes_leave_no_gap(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        customer = (await one.customer(books)).id
        archived = await one.customer(books, "Gone")
        await save_customer(books, {"archived": True}, customer_id=archived.id)
        too_many = replace(RequestedDocument(customer=customer, lines=(LINE,) * 1001))
        failing: list[tuple[IssueRequest, type[Refusal]]] = [
            (request("cus_unknown"), NotFound),
            (request(archived.id), Conflict),
            (request(customer, issue_date=date(2026, 3, 1)), InvalidInput),
            (request(customer, issue_date=date(2027, 3, 1)), InvalidInput),
            (request(customer, due_date=date(2026, 1, 1)), InvalidInput),
            (request(customer, payment_terms="NEVER"), InvalidInput),
            (request(customer, currency="XXQ"), InvalidInput),
            (IssueRequest(request=DraftRequest(document=too_many)), LimitExceeded),
            (IssueRequest(draft="drf_unknown"), NotFound),
            (IssueRequest(), InvalidInput),
            (replace(request(customer, note="other"), client_reference="first"), IdempotencyMismatch),
        ]
        await one.issue(books, customer, reference="first")
        for wanted, refused in failing:
            assert isinstance(await refusal(issue_invoice(books, wanted)), refused)
            await one.issue(books, customer)
        numbers = [row[0] for row in rows(books, "SELECT number FROM documents ORDER BY position")]
        assert numbers == [f"TEST-INV-2026-{index:05}" for index in range(1, len(failing) + 2)]
        assert (await verify_books(books)).problem == ""


async def test_today_is_the_date_at_the_organizations_own_place(tmp_path: Path) -> None:
    async with practice(tmp_path, SettableClock(datetime(2026, 12, 31, 23, 30, tzinfo=UTC))) as one:
        found = {}
        for country in ("GR", "GB", "US"):
            books = one.books(await one.client(f"Shop {country}", country))
            if country == "US":
                await update_organization(one.office, books, {"time_zone": "America/Los_Angeles"})
            customer = (await one.customer(books)).id
            document = (await issue_invoice(books, request(customer))).document
            found[country] = (document.issue_date.isoformat(), document.number)
        assert found == {
            "GR": ("2027-01-01", "TEST-INV-2027-00001"),
            "GB": ("2026-12-31", "TEST-INV-2026-00001"),
            "US": ("2026-12-31", "TEST-INV-2026-00001"),
        }


async def test_an_issue_date_lies_at_most_future_days_ahead(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        customer, today = (await one.customer(books)).id, date(2026, 3, 16)
        for allowed in (0, 7, 30):
            await update_organization(one.office, books, {"future_days": allowed})
            too_far = request(customer, issue_date=today + timedelta(days=allowed + 1))
            refused = await refusal(issue_invoice(books, too_far))
            assert (type(refused), refused.field) == (InvalidInput, "issue_date")
            last = today + timedelta(days=allowed)
            assert (await issue_invoice(books, request(customer, issue_date=last))).document.issue_date == last


async def test_a_live_organization_issues_only_when_it_is_ready(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(one.organization)
        with raw(folder_of(books) / BOOKS_FILE) as connection:
            connection.execute("UPDATE profile SET environment = 'live'")
        customer = (await one.customer(books, tax_number="")).id
        assert isinstance(await refusal(issue_invoice(books, request(customer))), NotReady)
        seller = {
            "line1": "1 Chancery Lane",
            "city": "London",
            "postal_code": "WC2A 1AA",
            "tax_number": "GB980780684",
            "iban": "GB33BUKB20201555555555",
        }
        await update_organization(one.office, books, seller)
        assert await number(books, request(customer)) == "INV-2026-00001"


# Each document once


async def test_a_retry_returns_the_first_result_also_after_a_restart(tmp_path: Path) -> None:
    clock = SettableClock()
    async with practice(tmp_path, clock) as one:
        client, principal = await one.client("Harbour Bakery"), one.principal
        customer = (await one.customer(one.books(client))).id
        first = await one.issue(one.books(client), customer, reference=" month-end ")
        assert not first.replayed
    clock.advance(timedelta(days=400))
    async with open_store(tmp_path) as store:
        books = open_books(Office(store, principal, clock), client, Right.ISSUE)
        again = await issue_invoice(books, issue_request(customer, reference="month-end"))
        assert again.replayed
        assert (again.document, again.hash, again.issued_at) == (first.document, first.hash, first.issued_at)
        other = issue_request(customer, quantity="3", reference="month-end")
        assert isinstance(await refusal(issue_invoice(books, other)), IdempotencyMismatch)
        assert await number(books, issue_request(customer, reference="Month-End")) == "TEST-INV-2027-00001"


async def test_a_reference_belongs_to_one_organization(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        for name in ("Harbour Bakery", "Finch Studio"):
            books = one.books(await one.client(name))
            issued = await one.issue(books, (await one.customer(books)).id, reference="march")
            assert (issued.replayed, issued.position) == (False, 1)


async def test_a_draft_is_replaced_deleted_or_issued_once(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        customer = (await one.customer(books)).id
        wanted = DraftRequest(document=RequestedDocument(customer=customer, lines=(LINE,)))
        kept, dropped = await draft_invoice(books, wanted), await draft_invoice(books, wanted)
        assert kept.number == dropped.number == "TEST-INV-2026-00001", "a draft consumes no number"
        more = replace(wanted.document, lines=(LINE, LINE))
        replaced = await draft_invoice(books, DraftRequest(document=more, draft=kept.draft))
        assert (replaced.draft, replaced.document.total_minor) == (kept.draft, 2 * kept.document.total_minor)
        await delete_draft(books, dropped.draft)
        assert isinstance(await refusal(issue_invoice(books, IssueRequest(draft=dropped.draft))), NotFound)
        assert isinstance(await refusal(delete_draft(books, dropped.draft)), NotFound)
        issue = IssueRequest(draft=kept.draft, client_reference="once")
        issued = await issue_invoice(books, issue)
        document = issued.document
        assert (document.number, document.total_minor) == ("TEST-INV-2026-00001", replaced.document.total_minor)
        assert (await issue_invoice(books, issue)).replayed, "though the draft is gone"
        again = await refusal(issue_invoice(books, IssueRequest(draft=kept.draft)))
        assert isinstance(again, Conflict)
        assert "TEST-INV-2026-00001" in again.message
        assert (await get_organization(books)).counts.drafts == 0


async def test_a_copy_of_an_earlier_invoice_takes_its_lines_and_not_its_dates(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        customer = (await one.customer(books)).id
        wanted = request(customer, note="As agreed", purchase_order="PO 7", due_date=date(2026, 3, 20))
        first = (await issue_invoice(books, wanted)).document
        one.clock.advance(timedelta(days=31))
        empty = RequestedDocument(customer="", lines=())
        copied = IssueRequest(request=DraftRequest(document=empty, copy_of=first.number.lower()))
        second = (await issue_invoice(books, copied)).document
        assert (second.issue_date, second.supply_date) == (date(2026, 4, 16), date(2026, 4, 16))
        assert second.due_date > first.due_date
        taken = ("customer", "lines", "note", "purchase_order", "currency", "total_minor")
        assert all(getattr(second, name) == getattr(first, name) for name in taken)
        elsewhere = one.books(await one.client("Finch Studio"))
        assert isinstance(await refusal(issue_invoice(elsewhere, copied)), NotFound)
        by_id = replace(copied, request=DraftRequest(document=empty, copy_of=first.id))
        assert isinstance(await refusal(issue_invoice(elsewhere, by_id)), NotFound)
        assert isinstance(await refusal(get_invoice(elsewhere, first.id)), NotFound)


async def test_every_invoice_has_a_journal_entry_that_balances(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        customer = (await one.customer(books)).id
        for price in ("0.01", "12.345", "999999.99", "0"):
            await one.issue(books, customer, quantity="3", price=price)
        entries = rows(
            books,
            "SELECT d.total_minor, coalesce(sum(l.debit_minor), 0), coalesce(sum(l.credit_minor), 0) FROM documents d"
            " JOIN journal_entries e ON e.document_id = d.id LEFT JOIN journal_lines l ON l.entry_id = e.id"
            " GROUP BY d.position",
        )
        assert len(entries) == 4
        assert all(total == debit == credit for total, debit, credit in entries)


# What was changed from outside


@dataclass(frozen=True, slots=True)
class Tampering:
    """What somebody does to the rows of three invoices, and what verification says; `{n}` is the n-th's number."""

    name: str
    statements: tuple[str, ...]
    says: str


DELETED_LAST = (
    "DELETE FROM journal_lines WHERE entry_id IN (SELECT e.id FROM journal_entries e JOIN documents d"
    " ON d.id = e.document_id WHERE d.position = 3)",
    "DELETE FROM journal_entries WHERE document_id = (SELECT id FROM documents WHERE position = 3)",
    "DELETE FROM document_lines WHERE document_id = (SELECT id FROM documents WHERE position = 3)",
    "DELETE FROM document_taxes WHERE document_id = (SELECT id FROM documents WHERE position = 3)",
    "DELETE FROM documents WHERE position = 3",
    "UPDATE series_periods SET next_sequence = 3",
)
OF_SECOND = "(SELECT id FROM documents WHERE position = 2)"
ENTRY_OF_SECOND = "(SELECT id FROM journal_entries WHERE document_id = $second)"
TAMPERING = (
    Tampering(
        "content", ("UPDATE documents SET content = replace(content, 'Bookk', 'Cookk') WHERE position = 2",), "{2}"
    ),
    Tampering("no content", ("UPDATE documents SET content = '' WHERE position = 2",), "{2}"),
    Tampering("total", ("UPDATE documents SET total_minor = total_minor - 1 WHERE position = 2",), "{2}"),
    Tampering("customer", ("UPDATE documents SET customer_name = 'Somebody else' WHERE position = 2",), "{2}"),
    Tampering("due date", ("UPDATE documents SET due_date = '2030-01-01' WHERE position = 2",), "{2}"),
    Tampering("a line", ("UPDATE document_lines SET net_minor = 1 WHERE document_id = $second",), "{2}"),
    Tampering("a line gone", ("DELETE FROM document_lines WHERE document_id = $second",), "{2}"),
    Tampering("tax", ("UPDATE document_taxes SET tax_minor = 1 WHERE document_id = $second",), "{2}"),
    Tampering("who issued it", ("UPDATE documents SET issued_by = 'somebody' WHERE position = 2",), "{2}"),
    Tampering("when it was issued", ("UPDATE documents SET issued_at = '2020-01-01' WHERE position = 2",), "{2}"),
    Tampering("sequence", ("UPDATE documents SET sequence = 77 WHERE position = 2",), "{2}"),
    Tampering("algorithm", ("UPDATE documents SET algorithm = 'none' WHERE position = 2",), "{2}"),
    Tampering(
        "a journal doubled",
        ("UPDATE journal_lines SET debit_minor = debit_minor * 2, credit_minor = credit_minor * 2",),
        "00001",
    ),
    Tampering("the last deleted", DELETED_LAST, "{3}"),
    Tampering("one in the middle deleted", ("DELETE FROM documents WHERE position = 2",), "{3}"),
    Tampering("renumbered", ("UPDATE documents SET number = 'TEST-INV-2026-00009' WHERE position = 2",), "00009"),
    Tampering(
        "swapped",
        (
            "UPDATE documents SET number = 'x' WHERE position = 1",
            "UPDATE documents SET number = 'TEST-INV-2026-00001' WHERE position = 2",
            "UPDATE documents SET number = 'TEST-INV-2026-00002' WHERE position = 1",
        ),
        "{2}",
    ),
    Tampering("the chain", ("UPDATE documents SET previous_hash = 'x' WHERE position = 2",), "{2}"),
    Tampering("a hash", ("UPDATE documents SET hash = 'x' WHERE position = 2",), "{2}"),
    Tampering("an audit entry", ("UPDATE audit_entries SET principal = 'x' WHERE position = 2",), "audit entry 2"),
    Tampering("the first audit entry gone", ("DELETE FROM audit_entries WHERE position = 1",), "audit entry 2"),
    Tampering(
        "who issued",
        ("UPDATE audit_entries SET detail = replace(detail, 'hash', 'hush') WHERE subject = $second",),
        "cannot be read",
    ),
    Tampering("unbalanced", ("UPDATE journal_lines SET debit_minor = 0 WHERE entry_id = $entry",), "{2}"),
    Tampering("unposted", ("DELETE FROM journal_entries WHERE document_id = $second",), "{2}"),
    Tampering("series", ("UPDATE series_periods SET next_sequence = 9",), "series INVOICES 2026"),
    Tampering(
        "a date that is none", ("UPDATE documents SET issue_date = 'soon' WHERE position = 2",), "cannot be read"
    ),
)


async def three_invoices(one: Practice) -> Books:
    books = one.books(await one.client("Harbour Bakery"))
    customer = (await one.customer(books)).id
    for _ in range(3):
        await one.issue(books, customer)
    await render_document(books, "TEST-INV-2026-00002", file_format="pdf")
    verified = await verify_books(books)
    assert (verified.problem, verified.documents, verified.files) == ("", 3, 1)
    return books


def tamper(books: Books, *statements: str) -> None:
    with past_triggers(folder_of(books) / BOOKS_FILE) as connection:
        for statement in statements:
            statement = statement.replace("$entry", ENTRY_OF_SECOND).replace("$second", OF_SECOND)
            assert connection.execute(statement).rowcount > 0, statement


@pytest.mark.parametrize("tampering", TAMPERING, ids=lambda tampering: tampering.name)
async def test_verification_names_what_was_changed(tmp_path: Path, tampering: Tampering) -> None:
    async with practice(tmp_path) as one:
        books = await three_invoices(one)
        tamper(books, *tampering.statements)
        problem = (await verify_books(books)).problem
        expected = tampering.says.replace("{2}", "TEST-INV-2026-00002").replace("{3}", "TEST-INV-2026-00003")
        assert problem
        assert expected in problem, problem


async def test_a_chain_that_was_written_anew_does_not_fit_the_audit_trail(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = await three_invoices(one)
        tamper(books, "UPDATE documents SET content = replace(content, 'Hotel Bristol', 'Hotel Mayfair')")
        tamper(books, "UPDATE documents SET customer_name = 'Hotel Mayfair'")
        previous = genesis(books.organization.id)
        with past_triggers(folder_of(books) / BOOKS_FILE) as connection:
            for position in (1, 2, 3):
                text, series, period, sequence, by = connection.execute(
                    "SELECT content, series, period, sequence, issued_by FROM documents WHERE position = ?", [position]
                ).fetchone()
                covered = document_link_text(
                    text, version=2, series=series, period=period, sequence=sequence, issued_at=one.clock(), by=by
                )
                link = link_hash(previous=previous, position=position, text=covered)
                values = (previous, link, position)
                connection.execute("UPDATE documents SET previous_hash = ?, hash = ? WHERE position = ?", values)
                previous = link
        assert (await verify_books(books)).problem.startswith("document TEST-INV-2026-00001: it is not the one")


@pytest.mark.parametrize("harm", ["missing", "one byte changed", "shorter"])
async def test_verification_names_a_missing_or_changed_file(tmp_path: Path, harm: str) -> None:
    async with practice(tmp_path) as one:
        books = await three_invoices(one)
        (pdf,) = (folder_of(books) / "documents").iterdir()
        content = bytearray(pdf.read_bytes())
        match harm:
            case "missing":
                pdf.unlink()
            case "one byte changed":
                content[100] ^= 1
                pdf.write_bytes(content)
            case _:
                pdf.write_bytes(content[:-1])
        assert (await verify_books(books)).problem.startswith("file TEST-INV-2026-00002.pdf: it is missing or not")
