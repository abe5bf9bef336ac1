# ruff: noqa: S608  Statements are put together from our own names.
"""What verification finds of what was changed past the database's guards: documents, credit notes, payments.

The books hold three invoices of 30.00, a credit note of the first and of the third, and three payments: 10.00 of the
first, 30.00 of the second, and the reversal of that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import Session

from invoicing.credit.crediting import credit
from invoicing.credit.wanted import CreditLine
from invoicing.document.canonical import document_link_text, link_hash
from invoicing.document.documents import DocumentKind
from invoicing.settlement.entries import credit_side, debit_side
from operations.credit_notes import CreditRequest
from operations.issuing import find_document, issue_document
from operations.payments import PaymentRequest, record_payment
from operations.verification import verify_books
from storage.books import audit, payments
from storage.books.payments import Payment
from storage.books.pool import BOOKS_FILE, Books
from storage.books.setup import load_setup
from storage.ids import new_id
from tests.support.folders import folder_of
from tests.support.issuing import issue_credit_note
from tests.support.practice import Practice, practice
from tests.support.raw import past_triggers

FIRST, SECOND, THIRD = (f"TEST-INV-2026-{index:05}" for index in (1, 2, 3))
NOTE, OTHER_NOTE = "TEST-CN-2026-00001", "TEST-CN-2026-00002"


@dataclass(frozen=True, slots=True)
class Tampering:
    """What somebody does to the rows, and what verification says; `{p1}` is the first payment's id, and so on."""

    name: str
    statements: tuple[str, ...]
    says: str


NOTE_ID = f"(SELECT id FROM documents WHERE number = '{NOTE}')"
THIRD_ID = f"(SELECT id FROM documents WHERE number = '{THIRD}')"
SECOND_ID = f"(SELECT id FROM documents WHERE number = '{SECOND}')"
ENTRY = f"(SELECT id FROM journal_entries WHERE document_id = {NOTE_ID})"
PAYMENTS_SAY = "{p1}: it is not what was recorded"


def payment(change: str) -> tuple[str, ...]:
    return (f"UPDATE payments SET {change} WHERE position = 1",)


TAMPERING = (
    Tampering("amount", payment("amount_minor = 900"), PAYMENTS_SAY),
    Tampering("currency", payment("currency = 'EUR'"), PAYMENTS_SAY),
    Tampering("day", payment("paid_on = '2026-03-01'"), PAYMENTS_SAY),
    Tampering("method", payment("method = 'Cash'"), PAYMENTS_SAY),
    Tampering("reference", payment("reference = 'x'"), PAYMENTS_SAY),
    Tampering("account", payment("debit_account = '1100'"), PAYMENTS_SAY),
    Tampering("moved to another document", payment(f"document_id = {SECOND_ID}"), PAYMENTS_SAY),
    Tampering("who recorded it", payment("recorded_by = 'somebody'"), PAYMENTS_SAY),
    Tampering("when it was recorded", payment("recorded_at = '2020-01-01 00:00:00'"), PAYMENTS_SAY),
    Tampering("id", payment("id = 'pay_x'"), "{p1}: it was recorded, and is not there"),
    Tampering("made a reversal", payment("reverses_id = 'pay_x'"), PAYMENTS_SAY),
    Tampering("payment deleted", ("DELETE FROM payments WHERE position = 1",), "{p1}: it was recorded, and is not"),
    Tampering("last payment deleted", ("DELETE FROM payments WHERE position = 3",), "{p3}: it was recorded, and is"),
    Tampering(
        "payments swapped",
        ("UPDATE payments SET position = position + 10", "UPDATE payments SET position = 14 - position"),
        PAYMENTS_SAY,
    ),
    Tampering(
        "payment invented",
        (
            "INSERT INTO payments SELECT 4, 'pay_new', document_id, NULL, amount_minor, currency, paid_on, method,"
            " reference, debit_account, credit_account, recorded_at, recorded_by, kind, 'pay_new', NULL FROM payments"
            " WHERE position = 1",
        ),
        "pay_new: nobody is on record",
    ),
    Tampering(
        "payment's audit entry",
        ("UPDATE audit_entries SET detail = replace(detail, '1000', '9') WHERE act = 'record_payment'",),
        "audit entry",
    ),
    Tampering(
        "credit note of another invoice", (f"UPDATE documents SET credits_id = {THIRD_ID} WHERE id = {NOTE_ID}",), NOTE
    ),
    Tampering("credit note of none", (f"UPDATE documents SET credits_id = NULL WHERE id = {NOTE_ID}",), NOTE),
    Tampering("invoice that credits", ("UPDATE documents SET credits_id = id WHERE position = 1",), FIRST),
    Tampering("withheld", ("UPDATE documents SET withheld_minor = 500 WHERE position = 1",), FIRST),
    Tampering("credit note's kind", (f"UPDATE documents SET kind = 'invoice' WHERE id = {NOTE_ID}",), NOTE),
    Tampering("credit note's line", (f"UPDATE document_lines SET quantity = '2' WHERE document_id = {NOTE_ID}",), NOTE),
    Tampering(
        "journal account",
        (f"UPDATE journal_lines SET account = '1000' WHERE entry_id = {ENTRY} AND position = 1",),
        NOTE,
    ),
    Tampering(
        "journal amounts",
        (
            f"UPDATE journal_lines SET debit_minor = debit_minor * 2, credit_minor = credit_minor * 2"
            f" WHERE entry_id = {ENTRY}",
        ),
        NOTE,
    ),
    Tampering(
        "journal sides swapped",
        (f"UPDATE journal_lines SET debit_minor = credit_minor, credit_minor = debit_minor WHERE entry_id = {ENTRY}",),
        NOTE,
    ),
    Tampering("journal date", (f"UPDATE journal_entries SET entry_date = '2026-01-01' WHERE id = {ENTRY}",), NOTE),
    Tampering("journal text", (f"UPDATE journal_entries SET description = 'x' WHERE id = {ENTRY}",), NOTE),
    Tampering(
        "two documents swapped",
        (
            "UPDATE documents SET position = 99 WHERE position = 1",
            "UPDATE documents SET position = 1 WHERE position = 2",
            "UPDATE documents SET position = 2 WHERE position = 99",
        ),
        SECOND,
    ),
    Tampering(
        "credit notes' series",
        ("UPDATE series_periods SET next_sequence = 9 WHERE series = 'CREDIT-NOTES'",),
        "series CREDIT-NOTES 2026",
    ),
)


async def filled(one: Practice) -> tuple[Books, list[str]]:
    """The books, and the ids of the payments."""
    books = one.books(await one.client("Harbour Bakery"))
    customer = (await one.customer(books)).id
    for _ in range(3):
        await one.issue(books, customer)
    paid = [(await record_payment(books, PaymentRequest(invoice=FIRST, amount=Decimal(10)))).payment.id]
    await issue_credit_note(
        books, CreditRequest(invoice=FIRST, reason="Returned", lines=(CreditLine(1, Decimal("0.5")),))
    )
    paid.append((await record_payment(books, PaymentRequest(invoice=SECOND, amount=Decimal(30)))).payment.id)
    paid.append((await record_payment(books, PaymentRequest(invoice=SECOND, reverse=paid[1]))).payment.id)
    await issue_credit_note(books, CreditRequest(invoice=THIRD, reason="Never delivered"))
    assert (await verify_books(books)).problem == ""
    return books, paid


def tamper(books: Books, *statements: str) -> None:
    with past_triggers(folder_of(books) / BOOKS_FILE) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        for statement in statements:
            assert connection.execute(statement).rowcount > 0, statement


@pytest.mark.parametrize("tampering", TAMPERING, ids=lambda tampering: tampering.name)
async def test_verification_names_what_was_changed(tmp_path: Path, tampering: Tampering) -> None:
    async with practice(tmp_path) as one:
        books, paid = await filled(one)
        tamper(books, *tampering.statements)
        problem = (await verify_books(books)).problem
        assert tampering.says.format(p1=paid[0], p2=paid[1], p3=paid[2]) in problem, problem


@pytest.mark.parametrize("number", [FIRST, NOTE, OTHER_NOTE])
async def test_content_whose_own_hash_was_made_anew_is_named(tmp_path: Path, number: str) -> None:
    async with practice(tmp_path) as one:
        books, _ = await filled(one)
        tamper(books, f"UPDATE documents SET content = replace(content, 'Bookk', 'Cookk') WHERE number = '{number}'")
        columns = "content, series, period, sequence, issued_by, previous_hash, position"
        with past_triggers(folder_of(books) / BOOKS_FILE) as connection:
            row = connection.execute(f"SELECT {columns} FROM documents WHERE number = ?", [number]).fetchone()
            text, series, period, sequence, by, previous, position = row
            covered = document_link_text(
                text, version=2, series=series, period=period, sequence=sequence, issued_at=one.clock(), by=by
            )
            link = link_hash(previous=previous, position=position, text=covered)
            connection.execute("UPDATE documents SET hash = ? WHERE number = ?", (link, number))
            connection.execute(
                "UPDATE document_lines SET description = replace(description, 'Bookk', 'Cookk') WHERE document_id ="
                " (SELECT id FROM documents WHERE number = ?)",
                [number],
            )
        problem = (await verify_books(books)).problem
        assert problem == f"document {number}: it is not the one that was issued"


async def test_what_a_defect_of_ours_would_keep_is_found_by_the_sums(tmp_path: Path) -> None:
    """The chains and the audit trail fit here: only what the documents and payments come to does not."""
    async with practice(tmp_path) as one:
        for act, says in (
            (credit_whole, f"document {FIRST}: its credit notes take back more than it has"),
            (pay_too_much, f"it is more than was owed of {SECOND}"),
            (refund_too_much, f"it is more than was owed of {NOTE}"),
            (reverse_another, "it does not fit the payment that it reverses"),
        ):
            books, paid = await filled(one)
            await books.write(partial(act, books, paid))
            assert says in (await verify_books(books)).problem


def credit_whole(books: Books, paid: list[str], db: Session) -> None:
    """Credit the first invoice as if there were no credit note of it yet."""
    invoice = find_document(db, FIRST).document
    setup = load_setup(db, DocumentKind.CREDIT_NOTE)
    note = credit(invoice, [], None, reason="Again", issue_date=invoice.issue_date, series=setup.series.code)
    issue_document(db, books, note, series=setup.series, posting=setup.posting)


def pay_too_much(books: Books, paid: list[str], db: Session) -> None:
    keep(books, db, replace(known(db, paid[1]), amount_minor=3001))


def refund_too_much(books: Books, paid: list[str], db: Session) -> None:
    keep(books, db, replace(known(db, paid[0]), document_id=find_document(db, NOTE).document.id))


def reverse_another(books: Books, paid: list[str], db: Session) -> None:
    keep(books, db, replace(known(db, paid[1]), reverses_id=paid[0]))


def known(db: Session, payment_id: str) -> Payment:
    found = payments.payment_by_id(db, payment_id)
    assert found is not None
    return found


def keep(books: Books, db: Session, like: Payment) -> None:
    """Keep a payment and its audit entry without asking whether it may be."""
    made = replace(like, id=new_id("pay"), position=payments.next_position(db, like.document_id))
    document = find_document(db, made.document_id).document
    amount = made.amount_minor
    sides = (debit_side(made.debit_account, amount, amount), credit_side(made.credit_account, amount, amount))
    payments.add_payment(db, made, document, sides, accounting_currency=document.accounting_currency, taxed=document)
    act = "reverse_payment" if made.reverses_id else "record_payment"
    detail = payments.audited(made) | {"accepted": False}
    audit.record(db, act, made.id, at=books.clock(), by=books.actor, detail=detail)
