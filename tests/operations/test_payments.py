"""Payments: in parts, never more than is owed unless told, taken back by counter-entries, and recorded once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from invoicing.document.lifecycle import Status
from invoicing.refusals import Conflict, IdempotencyMismatch, InvalidInput, LimitExceeded, NotFound, Refusal
from operations.invoices import get_invoice
from operations.payments import PaymentRequest, RecordedPayment, record_payment
from operations.verification import verify_books
from storage.books.pool import BOOKS_FILE, Books
from tests.support.clock import SettableClock
from tests.support.folders import folder_of
from tests.support.people import refusal
from tests.support.practice import Practice, practice
from tests.support.raw import raw

INVOICE = "TEST-INV-2026-00001"


async def bakery(one: Practice) -> Books:
    """The books of a client with one invoice of 30.00 GBP, due on 15 April 2026."""
    books = one.books(await one.client("Harbour Bakery"))
    await one.issue(books, (await one.customer(books)).id)
    return books


def paid(amount: str, **fields: str | bool | date) -> PaymentRequest:
    return replace(PaymentRequest(invoice=INVOICE, amount=Decimal(amount)), **fields)  # type: ignore[arg-type]  # The fields are named in each test.


async def status(books: Books) -> tuple[Status, int]:
    shown = await get_invoice(books, INVOICE)
    return shown.status, shown.balance.due_minor


async def test_an_invoice_is_paid_in_parts_and_its_status_follows(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = await bakery(one)
        assert await status(books) == (Status.ISSUED, 3000)
        made = await record_payment(books, paid("10", method="Bank transfer", reference="RE 7", currency="gbp"))
        assert (made.payment.debit_account, made.payment.credit_account) == ("1000", "1100")
        assert made.payment.paid_on == date(2026, 3, 16)
        assert await status(books) == (Status.PARTIALLY_PAID, 2000)
        one.clock.advance(timedelta(days=31))
        assert await status(books) == (Status.OVERDUE, 2000)
        await record_payment(books, paid("20.00", paid_on=date(2026, 4, 1)))
        assert await status(books) == (Status.PAID, 0)
        assert [payment.position for payment in (await get_invoice(books, INVOICE)).payments] == [1, 2]
        assert (await verify_books(books)).problem == ""


async def test_what_cannot_be_a_payment_is_refused(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = await bakery(one)
        failing: list[tuple[PaymentRequest, type[Refusal], str]] = [
            (PaymentRequest(invoice=INVOICE), InvalidInput, "amount"),
            (paid("0"), InvalidInput, "amount"),
            (paid("-5"), InvalidInput, "amount"),
            (paid("1.001"), InvalidInput, "amount"),
            (paid("30.01"), LimitExceeded, "amount"),
            (paid("999999999999.999999", accept_overpayment=True), InvalidInput, "amount"),
            (paid("1", currency="EUR"), Conflict, "currency"),
            (paid("1", currency="pounds"), InvalidInput, "currency"),
            (paid("1", paid_on=date(2026, 3, 17)), InvalidInput, "paid_on"),
            (paid("1", paid_on=date(1999, 12, 31)), InvalidInput, "paid_on"),
            (paid("1", method="x\ny"), InvalidInput, "method"),
            (paid("1", reference="x" * 201), LimitExceeded, "reference"),
            (paid("1", reverse="pay_unknown"), NotFound, "reverse"),
            (paid("1", invoice="TEST-INV-2026-00002"), NotFound, "invoice"),
        ]
        for request, code, field in failing:
            refused = await refusal(record_payment(books, request))
            assert (type(refused), refused.field) == (code, field), request
        assert await status(books) == (Status.ISSUED, 3000)


async def test_more_than_is_owed_is_recorded_only_where_that_is_accepted(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = await bakery(one)
        await record_payment(books, paid("30"))
        assert isinstance(await refusal(record_payment(books, paid("0.01"))), LimitExceeded)
        made = await record_payment(books, paid("5", accept_overpayment=True))
        assert (made.owed_minor, made.document.status) == (-500, Status.PAID)
        assert (await verify_books(books)).problem == ""


async def test_accepted_overpayments_of_one_document_come_to_no_more_than_an_amount_can_be(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = await bakery(one)
        most = Decimal("999999999999.99")
        for _ in range(10):
            last = (await record_payment(books, paid(str(most), accept_overpayment=True))).payment
        before = await status(books)
        refused = await refusal(record_payment(books, paid("0.10", accept_overpayment=True)))
        assert (type(refused), refused.field) == (LimitExceeded, "amount")
        assert "9999999999999.90 GBP that was paid of TEST-INV-2026-00001 before" in refused.message
        assert "9999999999999.99" in refused.message
        assert await status(books) == before == (Status.PAID, 3000 - 10 * 99_999_999_999_999)
        # What is exactly the largest amount goes, and what is taken back makes room.
        await record_payment(books, paid("0.09", accept_overpayment=True))
        assert isinstance(await refusal(record_payment(books, paid("0.01", accept_overpayment=True))), LimitExceeded)
        await record_payment(books, PaymentRequest(invoice=INVOICE, reverse=last.id))
        await record_payment(books, paid(str(most), accept_overpayment=True))
        assert isinstance(await refusal(record_payment(books, paid("0.01", accept_overpayment=True))), LimitExceeded)
        with raw(folder_of(books) / BOOKS_FILE) as connection:
            sums = connection.execute("SELECT sum(debit_minor), sum(credit_minor) FROM trial_balance").fetchone()
        assert sums[0] == sums[1] > 10**15
        assert (await verify_books(books)).problem == ""


async def test_of_overpayments_at_once_only_as_many_are_recorded_as_an_amount_can_be(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = await bakery(one)
        calls = [record_payment(books, paid("999999999999.99", accept_overpayment=True)) for _ in range(12)]
        answers = await asyncio.gather(*calls, return_exceptions=True)
        assert sum(isinstance(answer, LimitExceeded) for answer in answers) == 2
        assert sum(isinstance(answer, RecordedPayment) for answer in answers) == 10
        assert (await verify_books(books)).problem == ""


async def test_a_payment_is_reversed_once_by_a_counter_entry(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = await bakery(one)
        first = (await record_payment(books, paid("30", method="Cheque"))).payment
        back = PaymentRequest(invoice=INVOICE, reverse=first.id, reference="Bounced")
        assert isinstance(await refusal(record_payment(books, replace(back, amount=Decimal(29)))), InvalidInput)
        early = replace(back, paid_on=date(2026, 3, 15))
        assert isinstance(await refusal(record_payment(books, early)), InvalidInput)
        other = await one.issue(books, (await get_invoice(books, INVOICE)).document.customer)
        elsewhere = replace(back, invoice=other.document.number)
        assert isinstance(await refusal(record_payment(books, elsewhere)), NotFound)
        reversal = (await record_payment(books, replace(back, amount=Decimal("30.0")))).payment
        assert (reversal.debit_account, reversal.credit_account) == (first.credit_account, first.debit_account)
        assert await status(books) == (Status.ISSUED, 3000)
        assert isinstance(await refusal(record_payment(books, back)), Conflict)
        again = replace(back, reverse=reversal.id)
        assert isinstance(await refusal(record_payment(books, again)), Conflict)
        await record_payment(books, paid("30"))
        assert await status(books) == (Status.PAID, 0)
        with raw(folder_of(books) / BOOKS_FILE) as connection:
            bank = connection.execute(
                "SELECT debit_minor - credit_minor FROM trial_balance WHERE account = '1000'"
            ).fetchone()
        assert bank == (3000,)
        assert (await verify_books(books)).problem == ""


async def test_a_payment_is_recorded_once_by_its_reference(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = await bakery(one)
        first = await record_payment(books, paid("10", client_reference="statement 4, line 2"))
        one.clock.advance(timedelta(days=1))
        again = await record_payment(books, paid("10.00", client_reference="statement 4, line 2 "))
        assert (first.replayed, again.replayed) == (False, True)
        assert again.payment == first.payment
        other = paid("11", client_reference="statement 4, line 2")
        assert isinstance(await refusal(record_payment(books, other)), IdempotencyMismatch)
        assert await status(books) == (Status.PARTIALLY_PAID, 2000)


async def test_payments_go_through_the_posting_profile_of_payments_where_there_is_one(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = await bakery(one)
        with raw(folder_of(books) / BOOKS_FILE) as connection:
            connection.execute("INSERT INTO accounts (number, name, type) VALUES ('1001', 'Till', 'asset')")
            connection.execute(
                "INSERT INTO posting_profiles (name, receivable, revenue, tax_payable, discount, rounding, bank)"
                " SELECT 'Till', receivable, revenue, tax_payable, discount, rounding, '1001' FROM posting_profiles"
            )
            connection.execute("INSERT INTO transaction_types VALUES ('Payment', 'payment', 'INVOICES', 'Till')")
        assert (await record_payment(books, paid("10"))).payment.debit_account == "1001"


async def test_a_payment_is_dated_at_the_organizations_own_place(tmp_path: Path) -> None:
    async with practice(tmp_path, SettableClock(datetime(2026, 12, 31, 23, 30, tzinfo=UTC))) as one:
        books = one.books(await one.client("Shop", "GR"))
        number = (await one.issue(books, (await one.customer(books)).id)).document.number
        made = await record_payment(books, PaymentRequest(invoice=number, amount=Decimal(1)))
        assert made.payment.paid_on == date(2027, 1, 1)
