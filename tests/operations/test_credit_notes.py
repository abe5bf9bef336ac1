"""Credit notes: a number of their own, never more than remains, and what is owed afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from invoicing.credit.wanted import CreditLine
from invoicing.document.lifecycle import Status
from invoicing.document.requested import RequestedDocument, RequestedLine
from invoicing.refusals import (
    Conflict,
    IdempotencyMismatch,
    Immutable,
    InvalidInput,
    LimitExceeded,
    NotFound,
    Refusal,
)
from invoicing.remedies import Act
from operations.credit_notes import CreditRequest, IssuedCreditNote
from operations.customers import save_customer
from operations.drafts import DraftRequest, delete_draft, draft_invoice
from operations.invoices import IssueRequest, get_invoice
from operations.payments import PaymentRequest, record_payment
from operations.verification import verify_books
from storage.books.pool import BOOKS_FILE, Books
from tests.support.clock import SettableClock
from tests.support.folders import folder_of
from tests.support.issuing import issue_credit_note, issue_invoice
from tests.support.people import refusal
from tests.support.practice import Practice, practice
from tests.support.raw import raw

INVOICE = "TEST-INV-2026-00001"


async def bakery(one: Practice, *, quantity: str = "2", price: str = "12.50") -> tuple[Books, str]:
    """The books of a client with one invoice, 25.00 and 5.00 tax unless stated otherwise, and its customer."""
    books = one.books(await one.client("Harbour Bakery"))
    customer = (await one.customer(books)).id
    await one.issue(books, customer, quantity=quantity, price=price)
    return books, customer


def wanted(*lines: tuple[int, str], invoice: str = INVOICE, **fields: str | date) -> CreditRequest:
    taken = tuple(CreditLine(position, Decimal(quantity)) for position, quantity in lines) or None
    return CreditRequest(**{"invoice": invoice, "reason": "Returned", "lines": taken} | fields)  # type: ignore[arg-type]  # The fields are named in each test.


def described(made: IssuedCreditNote) -> tuple[str, int, int]:
    return made.note.document.number, made.note.document.total_minor, made.invoice_balance.due_minor


async def test_an_invoice_is_taken_back_in_parts_and_never_more_than_remains(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books, customer = await bakery(one)
        assert described(await issue_credit_note(books, wanted((1, "0.5")))) == ("TEST-CN-2026-00001", 750, 2250)
        assert (await get_invoice(books, INVOICE)).status is Status.ISSUED
        failing: list[tuple[CreditRequest, type[Refusal]]] = [
            (wanted((1, "1.6")), LimitExceeded),
            (wanted((2, "1")), InvalidInput),
            (wanted((1, "1"), (1, "0.1")), InvalidInput),
            (wanted((1, "0")), InvalidInput),
            (wanted((1, "-1")), InvalidInput),
            (CreditRequest(invoice=INVOICE, reason="Returned", lines=()), InvalidInput),
            (wanted(reason=" "), InvalidInput),
            (wanted(invoice="TEST-INV-2026-00002"), NotFound),
            (wanted(invoice="TEST-CN-2026-00001"), Conflict),
            (wanted(issue_date=date(2026, 3, 15)), InvalidInput),
            (wanted(issue_date=date(2026, 5, 15)), InvalidInput),
        ]
        for request, code in failing:
            assert isinstance(await refusal(issue_credit_note(books, request)), code), request
        assert described(await issue_credit_note(books, wanted())) == ("TEST-CN-2026-00002", 2250, 0)
        assert isinstance(await refusal(issue_credit_note(books, wanted())), Conflict)
        shown = await get_invoice(books, INVOICE)
        assert (shown.status, shown.balance.credited_minor) == (Status.CREDITED, 3000)
        assert [note.document.reason for note in shown.credit_notes] == ["Returned", "Returned"]
        note = (await get_invoice(books, "test-cn-2026-00002")).document
        assert note.credits is not None
        assert (note.credits.number, note.customer) == (INVOICE, customer)
        assert (await one.issue(books, customer)).document.number == "TEST-INV-2026-00002"
        assert (await verify_books(books)).problem == ""


async def test_the_journal_of_a_credit_note_is_that_of_its_invoice_reversed(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books, _ = await bakery(one)
        await issue_credit_note(books, wanted())
        with raw(folder_of(books) / BOOKS_FILE) as connection:
            sums = connection.execute("SELECT account, debit_minor, credit_minor FROM trial_balance").fetchall()
            sides = connection.execute(
                "SELECT account, debit_minor FROM journal_lines WHERE debit_minor > 0 ORDER BY debit_minor"
            ).fetchall()
        assert len(sums) == 3
        assert all(debit == credit for _, debit, credit in sums)
        assert [amount for _, amount in sides] == [500, 2500, 3000]


async def test_a_credit_note_is_issued_once_by_its_reference(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books, _ = await bakery(one)
        request = wanted((1, "1"), client_reference=" return 7 ")
        first = await issue_credit_note(books, request)
        again = await issue_credit_note(books, wanted((1, "1.00"), client_reference="return 7"))
        invoice_id = (await get_invoice(books, INVOICE)).document.id
        by_id = await issue_credit_note(books, replace(request, invoice=invoice_id))
        assert (first.note.replayed, again.note.replayed, by_id.note.replayed) == (False, True, True)
        assert replace(again.note, replayed=False) == first.note == replace(by_id.note, replayed=False)
        other = wanted((1, "0.5"), client_reference="return 7")
        assert isinstance(await refusal(issue_credit_note(books, other)), IdempotencyMismatch)
        assert len((await get_invoice(books, INVOICE)).credit_notes) == 1


async def test_crediting_what_was_paid_leaves_the_customer_something_that_is_refunded_once(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books, _ = await bakery(one)
        await record_payment(books, PaymentRequest(invoice=INVOICE, amount=Decimal("20")))
        made = await issue_credit_note(books, wanted())
        assert described(made) == ("TEST-CN-2026-00001", 3000, -2000)
        assert (await get_invoice(books, INVOICE)).status is Status.CREDITED
        too_much = PaymentRequest(invoice="TEST-CN-2026-00001", amount=Decimal("20.01"), accept_overpayment=True)
        assert isinstance(await refusal(record_payment(books, too_much)), LimitExceeded)
        refunded = await record_payment(books, PaymentRequest(invoice="TEST-CN-2026-00001", amount=Decimal("20")))
        assert (refunded.owed_minor, refunded.document.status) == (0, Status.PARTIALLY_PAID)
        assert (refunded.payment.debit_account, refunded.payment.credit_account) == ("1100", "1000")
        more = PaymentRequest(invoice="TEST-CN-2026-00001", amount=Decimal("0.01"))
        assert isinstance(await refusal(record_payment(books, more)), LimitExceeded)
        invoice = await get_invoice(books, INVOICE)
        assert (invoice.balance.paid_minor, invoice.balance.due_minor) == (0, 0)
        assert (await verify_books(books)).problem == ""


async def test_an_archived_customer_and_last_years_invoice_can_be_credited(tmp_path: Path) -> None:
    async with practice(tmp_path, SettableClock(datetime(2026, 12, 31, 12, tzinfo=UTC))) as one:
        books, customer = await bakery(one)
        await issue_credit_note(books, wanted((1, "0.5")))
        await save_customer(books, {"archived": True}, customer_id=customer)
        one.clock.set(datetime(2027, 1, 2, 12, tzinfo=UTC))
        # Written on the 2nd for the 31st: the old year is a period of its own.
        late = await issue_credit_note(books, wanted((1, "0.5"), issue_date=date(2026, 12, 31)))
        assert late.note.document.number == "TEST-CN-2026-00002"
        new = await issue_credit_note(books, wanted((1, "0.5")))
        assert new.note.document.number == "TEST-CN-2027-00001"
        again = await issue_credit_note(books, wanted((1, "0.25"), issue_date=date(2026, 12, 31)))
        assert again.note.document.number == "TEST-CN-2026-00003"
        back = wanted((1, "0.25"), issue_date=date(2027, 1, 1))
        refused = await refusal(issue_credit_note(books, back))
        assert (type(refused), refused.field) == (InvalidInput, "issue_date")
        assert "supply_date" not in refused.message
        assert (await verify_books(books)).problem == ""


async def test_an_issued_document_is_no_draft_to_replace_delete_or_issue(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books, customer = await bakery(one)
        line = RequestedLine(quantity=Decimal(1), description="Other", unit_price=Decimal(1))
        document = RequestedDocument(customer=customer, lines=(line,))
        draft = (await draft_invoice(books, DraftRequest(document=document))).draft
        issued = (await issue_invoice(books, IssueRequest(draft=draft))).document
        await issue_credit_note(books, wanted())
        before = (await verify_books(books)).audit_entries
        for key in (INVOICE, INVOICE.lower(), issued.id, issued.number, "TEST-CN-2026-00001", draft):
            for act in (
                draft_invoice(books, DraftRequest(document=document, draft=key)),
                delete_draft(books, key),
                *([issue_invoice(books, IssueRequest(draft=key))] if key != draft else []),
            ):
                refused = await refusal(act)
                assert (type(refused), refused.field, refused.remedy) == (Immutable, "draft", Act.CREDIT_DOCUMENT)
        assert (await verify_books(books)).audit_entries == before


async def test_deleted_drafts_and_refused_credit_notes_leave_no_gap(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books, customer = await bakery(one)
        for quantity in ("0.5", "1", "0.5"):
            line = RequestedLine(quantity=Decimal(1), description="Other", unit_price=Decimal(1))
            document = RequestedDocument(customer=customer, lines=(line,))
            await delete_draft(books, (await draft_invoice(books, DraftRequest(document=document))).draft)
            await refusal(issue_credit_note(books, wanted((1, "9"))))
            await issue_credit_note(books, wanted((1, quantity)))
            await one.issue(books, customer)
        with raw(folder_of(books) / BOOKS_FILE) as connection:
            numbers = [row[0] for row in connection.execute("SELECT number FROM documents ORDER BY series, sequence")]
        assert numbers == [
            *(f"TEST-CN-2026-{index:05}" for index in (1, 2, 3)),
            *(f"TEST-INV-2026-{index:05}" for index in (1, 2, 3, 4)),
        ]
        assert (await verify_books(books)).problem == ""


async def test_an_invoice_dated_ahead_is_credited_on_its_own_day(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books, customer = await bakery(one)
        ahead = await one.issue(books, customer)
        with raw(folder_of(books) / BOOKS_FILE) as connection:
            connection.execute("UPDATE profile SET future_days = 30")
        one.clock.set(datetime(2026, 3, 1, 12, tzinfo=UTC))
        made = await issue_credit_note(books, wanted(invoice=ahead.document.number))
        assert made.note.document.issue_date == date(2026, 3, 16)


async def test_a_payment_of_what_was_credited_is_refused_with_the_reason(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books, _ = await bakery(one)
        await issue_credit_note(books, wanted())
        refused = await refusal(record_payment(books, PaymentRequest(invoice=INVOICE, amount=Decimal("30.00"))))
        assert isinstance(refused, LimitExceeded)
        assert "0.00 GBP is owed" in str(refused)
        assert "It was credited" in str(refused)
