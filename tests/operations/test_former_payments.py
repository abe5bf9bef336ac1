"""What settles documents of a former system here: alone and together with what was issued here, and taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from invoicing.document.lifecycle import Status
from invoicing.refusals import Conflict, InvalidInput, LimitExceeded, Refusal
from invoicing.reports.figures import ReportName
from operations.invoices import get_invoice
from operations.payments import PaymentRequest, RecordedPayment, record_payment
from operations.settling.asked import Share
from operations.verification import verify_books
from storage.books.pool import Books
from tests.support.folders import folder_of
from tests.support.former import import_former
from tests.support.practice import Practice, practice
from tests.support.raw import past_triggers, raw
from tests.support.reconciled import whole


@dataclass(frozen=True, slots=True)
class Desk:
    one: Practice
    books: Books
    customer: str

    async def settle(self, invoice: str = "", amount: str = "", **more: Any) -> RecordedPayment:
        stated = Decimal(amount) if amount else None
        return await record_payment(self.books, PaymentRequest(invoice=invoice, amount=stated, **more))

    async def owed(self, number: str) -> int:
        return (await get_invoice(self.books, number)).balance.due_minor

    async def balances(self) -> dict[str, int]:
        report = await whole(self.books, ReportName.TRIAL_BALANCE)
        return {row.label.split()[0]: row.amounts["closing"] for row in report.rows}

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with raw(folder_of(self.books) / "books.db") as connection:
            return connection.execute(sql).fetchall()

    async def is_sound(self) -> bool:
        verified = await verify_books(self.books)
        assert verified.problem == ""
        return True


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """1,200.00 (OLD-17), 350.00 (OLD-18) and 90.50 (OLD-19) are open, and a credit note of 60.00 (OLD-C4)."""
    async with practice(tmp_path / "data", client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        customer = await one.customer(books)
        await import_former(books)
        yield Desk(one, books, customer.id)


async def test_one_is_paid_in_parts_and_what_was_recorded_in_error_is_taken_back(desk: Desk) -> None:
    first = await desk.settle("OLD-18", "100", paid_on=date(2026, 2, 3), reference="BANK 1")
    assert (first.document.status, first.owed_minor) == (Status.OVERDUE, 25000)
    rest = await desk.settle("OLD-18", "250")
    assert (rest.document.status, rest.owed_minor) == (Status.PAID, 0)
    back = await desk.settle("OLD-18", reverse=rest.payment.id)
    assert (back.payment.reverses_id, await desk.owed("OLD-18")) == (rest.payment.id, 25000)
    shown = await get_invoice(desk.books, "OLD-18")
    assert [one.amount_minor for one in shown.payments] == [10000, 25000, 25000]
    with pytest.raises(Conflict, match="was reversed before"):
        await desk.settle("OLD-18", reverse=rest.payment.id)
    assert (await desk.balances())["1100"] == 158050 - 10000
    assert desk.query("SELECT count(*) FROM payments") == [(0,)]
    assert await desk.is_sound()


async def test_money_is_split_over_former_and_own_invoices_in_one_act_and_taken_back_one_by_one(desk: Desk) -> None:
    own = (await desk.one.issue(desk.books, desk.customer, quantity="1", price="100")).document.number
    done = await desk.settle(
        amount="1500", invoices=(Share(invoice="OLD-17"), Share(invoice=own), Share(invoice="OLD-18"))
    )
    assert [part.payment.amount_minor for part in done.parts] == [120000, 12000, 18000]
    assert {part.payment.receipt_id for part in done.parts} == {done.payment.id}
    assert [await desk.owed(number) for number in ("OLD-17", own, "OLD-18")] == [0, 0, 17000]
    taken = await desk.settle("OLD-17", reverse=done.payment.id)
    assert [notice.code for notice in taken.warnings] == ["recorded_with_it"] * 2
    assert [await desk.owed(number) for number in ("OLD-17", own, "OLD-18")] == [120000, 0, 17000]
    again = await desk.settle(own, reverse=done.parts[1].payment.id)
    assert again.owed_minor == 12000
    assert (await desk.balances())["1100"] == 158050 + 12000 - 18000
    assert await desk.is_sound()


async def test_a_retry_finds_what_was_recorded(desk: Desk) -> None:
    own = (await desk.one.issue(desk.books, desk.customer, quantity="1", price="100")).document.number
    asked: dict[str, Any] = {"amount": "300", "client_reference": "march"}
    asked["invoices"] = (Share(invoice="OLD-18"), Share(invoice=own))
    with pytest.raises(InvalidInput, match="nothing is left of the money"):
        await desk.settle(**asked)
    asked["amount"] = "400"
    first = await desk.settle(**asked)
    again = await desk.settle(**asked)
    assert again.replayed
    assert [part.payment.id for part in again.parts] == [part.payment.id for part in first.parts]
    assert await desk.is_sound()


async def test_a_former_credit_note_is_used_on_an_own_invoice_and_comes_back_whole(desk: Desk) -> None:
    own = (await desk.one.issue(desk.books, desk.customer, quantity="1", price="100")).document.number
    done = await desk.settle(own, kind="credit")
    assert [(part.payment.kind.value, part.payment.amount_minor) for part in done.parts] == [
        ("credit", 6000),
        ("credit_used", 6000),
    ]
    assert (await desk.owed(own), await desk.owed("OLD-C4")) == (6000, 0)
    assert (await get_invoice(desk.books, "OLD-C4")).status is Status.PAID
    await desk.settle(own, reverse=done.payment.id)
    assert (await desk.owed(own), await desk.owed("OLD-C4")) == (12000, -6000)
    assert (await desk.balances())["1100"] == 158050 + 12000
    assert await desk.is_sound()


async def test_what_a_former_credit_note_comes_to_is_paid_back_or_used_on_a_former_invoice(desk: Desk) -> None:
    done = await desk.settle("OLD-19", "20", kind="credit")
    assert (await desk.owed("OLD-19"), await desk.owed("OLD-C4")) == (7050, -4000)
    assert done.parts[1].document.document.number == "OLD-C4"
    back = await desk.settle("OLD-C4", "40")
    assert (back.payment.kind.value, back.owed_minor) == ("paid_back", 0)
    with pytest.raises(LimitExceeded, match="is owed to the customer of OLD-C4"):
        await desk.settle("OLD-C4", "1")
    assert await desk.is_sound()


async def test_what_is_overpaid_is_owed_to_the_customer(desk: Desk) -> None:
    with pytest.raises(LimitExceeded, match="accept_overpayment"):
        await desk.settle("OLD-19", "100")
    done = await desk.settle("OLD-19", "100", accept_overpayment=True)
    assert done.owed_minor == -950
    await desk.settle("OLD-19", "9.50", kind="paid_back")
    assert await desk.owed("OLD-19") == 0
    assert await desk.is_sound()


async def test_charges_withheld_tax_and_small_differences_settle_it_without_any_tax(desk: Desk) -> None:
    await desk.settle(
        invoices=(
            Share(invoice="OLD-19", amount=Decimal("80"), kind="payment"),
            Share(invoice="OLD-19", amount=Decimal("10"), kind="charges"),
        )
    )
    await desk.settle("OLD-18", "35", kind="withheld_tax")
    await desk.settle("OLD-19", kind="write_off")
    with pytest.raises(LimitExceeded, match="write_off_limit") as refused:
        await desk.settle("OLD-18", kind="write_off")
    # No credit note names it as one of these books.
    assert refused.value.remedy is None
    assert (await desk.owed("OLD-19"), await desk.owed("OLD-18")) == (0, 31500)
    assert desk.query("SELECT count(*) FROM tax_totals") == [(0,)]
    assert await desk.is_sound()


@pytest.mark.parametrize(
    ("asked", "kind", "because"),
    [
        ({"invoice": "OLD-18", "kind": "discount"}, Conflict, "former_invoice_date and reason in details of a draft"),
        ({"invoice": "OLD-18", "amount": "1", "paid_on": date(2025, 12, 31)}, InvalidInput, "lies before 2026-01-01"),
        ({"invoice": "OLD-9", "amount": "1"}, LimitExceeded, "0.00 GBP is owed of OLD-9"),
        ({"invoice": "OLD-C4", "kind": "write_off"}, Conflict, "is a credit note"),
        ({"invoice": "OLD-1", "amount": "1"}, Refusal, "No such document"),
    ],
)
async def test_what_cannot_be_is_refused(desk: Desk, asked: dict[str, Any], kind: type[Refusal], because: str) -> None:
    with pytest.raises(kind, match=because):
        await desk.settle(**asked)
    assert desk.query("SELECT count(*) FROM former_payments") == [(0,)]


async def test_the_same_money_twice_is_warned_of_with_the_number(desk: Desk) -> None:
    await desk.settle("OLD-17", "50", reference="BANK 7")
    twice = await desk.settle("OLD-18", "50", reference="BANK 7")
    assert [notice.code for notice in twice.warnings] == ["likely_duplicate"]
    assert "on OLD-17 [" in twice.warnings[0].text


async def test_money_at_another_rate_than_that_of_the_opening_leaves_a_difference(desk: Desk) -> None:
    header = "Number;Date;Customer;Currency;Total;Open;Exchange rate\n"
    await import_former(desk.books, f"{header}E-1;2025-12-01;Hotel Bristol;EUR;1000;1000;0.85\n")
    await desk.settle("E-1", "400", exchange_rate=Decimal("0.90"))
    await desk.settle("E-1", "600", exchange_rate=Decimal("0.80"))
    worth = desk.query(
        "SELECT l.account, sum(l.accounting_minor) FROM former_documents f JOIN former_payments p"
        " ON p.document_id = f.id JOIN journal_lines l ON l.entry_id = p.entry_id WHERE f.number = 'E-1'"
        " GROUP BY l.account ORDER BY 2"
    )
    assert worth[0] == ("1100", -85000)
    assert sum(amount for _, amount in worth) == 0
    assert await desk.is_sound()


async def test_reports_have_what_was_paid(desk: Desk) -> None:
    await desk.settle("OLD-17", "1200", paid_on=date(2026, 2, 10))
    (now,) = (await whole(desk.books, ReportName.RECEIVABLES_AGING, period="")).rows
    assert now.amounts["overdue"] == 35000
    (january,) = (await whole(desk.books, ReportName.RECEIVABLES_AGING, period="2026-01")).rows
    assert january.amounts["overdue"] == 155000
    shown = await whole(desk.books, ReportName.STATEMENT, period="2026-02", customer=desk.customer)
    assert [(row.label, row.amounts["balance"]) for row in shown.rows] == [
        ("Balance before 2026-02-01", 158050),
        ("2026-02-10 payment OLD-17", 38050),
    ]


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("UPDATE former_payments SET amount_minor = 4000", "is not what was recorded"),
        ("DELETE FROM former_payments", "it was recorded, and is not there any more"),
        ("UPDATE former_payments SET paid_on = '2026-03-01'", "is not what was recorded"),
        ("UPDATE former_receivables SET open_minor = 0 WHERE open_minor = 30000", "former receivable total"),
        (
            "UPDATE journal_lines SET account = '3000' WHERE account = '1100' AND credit_minor = 5000",
            "its journal entry is not what was recorded",
        ),
    ],
)
async def test_what_was_changed_past_the_program_is_found(desk: Desk, sql: str, told: str) -> None:
    await desk.settle("OLD-18", "50")
    assert await desk.is_sound()
    with past_triggers(folder_of(desk.books) / "books.db") as connection:
        connection.execute(sql)
    assert told in (await verify_books(desk.books)).problem
