"""Credit notes of invoices with all that a document can have, through the books: nothing is left of them at the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from invoicing.credit.wanted import CreditLine
from invoicing.document.adjusted import AdjustmentKind
from invoicing.document.lifecycle import Status
from invoicing.document.requested import RequestedAdjustment, RequestedDocument, RequestedLine
from operations.credit_notes import CreditRequest
from operations.drafts import DraftRequest
from operations.files import render_document
from operations.invoices import IssueRequest, get_invoice
from operations.payments import PaymentRequest, record_payment
from operations.profile import update_organization
from operations.verification import verify_books
from storage.books.pool import BOOKS_FILE, Books
from tests.support.folders import folder_of
from tests.support.issuing import issue_credit_note, issue_invoice
from tests.support.practice import practice
from tests.support.raw import raw

LINES = (
    RequestedLine(quantity=Decimal(3), description="Rolls", unit_price=Decimal("3.3333"), discount_percent=Decimal(10)),
    RequestedLine(
        quantity=Decimal("2.5"), description="Coffee", unit_price=Decimal("7.77"), charge_amount=Decimal("0.11")
    ),
    RequestedLine(quantity=Decimal(7), description="Books", unit_price=Decimal("4.01"), tax_code="ZERO"),
)
ADJUSTMENTS = (
    RequestedAdjustment(kind=AdjustmentKind.DISCOUNT, reason="Loyalty", percent=Decimal(7)),
    RequestedAdjustment(kind=AdjustmentKind.CHARGE, reason="Delivery", amount=Decimal("4.99"), tax_code="STANDARD"),
)
EURO = {
    "currency": "EUR",
    "exchange_rate": Decimal("0.8571"),
    "exchange_date": date(2026, 3, 13),
    "exchange_source": "ECB",
}


def rows(books: Books, query: str) -> list[tuple[Any, ...]]:
    with raw(folder_of(books) / BOOKS_FILE) as connection:
        return connection.execute(query).fetchall()


@pytest.mark.parametrize("rounding", ["sum_of_lines", "per_line"])
@pytest.mark.parametrize("with_tax", [False, True], ids=["prices without tax", "prices with tax"])
@pytest.mark.parametrize("currency", ["GBP", "EUR"])
async def test_nothing_is_left_of_an_invoice_that_is_credited_in_steps(
    tmp_path: Path, rounding: str, with_tax: bool, currency: str
) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        await update_organization(one.office, books, {"rounding": rounding})
        document = RequestedDocument(
            customer=(await one.customer(books)).id,
            lines=LINES,
            adjustments=ADJUSTMENTS,
            prices_include_tax=with_tax,
        )
        if currency == "EUR":
            document = replace(document, **EURO)  # type: ignore[arg-type]  # The fields are named above.
        issued = await issue_invoice(books, IssueRequest(request=DraftRequest(document=document)))
        number, whole = issued.document.number, issued.document.total_minor
        await record_payment(books, PaymentRequest(invoice=number, amount=Decimal("10.01")))
        for lines in (
            (CreditLine(1, Decimal("0.7")), CreditLine(3, Decimal(2))),
            (CreditLine(2, Decimal("1.1")),),
            None,
        ):
            made = await issue_credit_note(books, CreditRequest(invoice=number, reason="Returned", lines=lines))
            await render_document(books, made.note.document.id, file_format="pdf")
            assert (await verify_books(books)).problem == ""
        shown = await get_invoice(books, number)
        assert (shown.status, shown.balance.credited_minor) == (Status.CREDITED, whole)
        refund = await record_payment(books, PaymentRequest(invoice="TEST-CN-2026-00003", amount=Decimal("10.01")))
        assert refund.owed_minor == 0
        sums = rows(books, "SELECT account, sum(debit_minor) - sum(credit_minor) FROM trial_balance GROUP BY account")
        assert {balance for _, balance in sums} == {0}, sums
        assert (await verify_books(books)).problem == ""


async def test_what_is_withheld_is_not_owed_and_comes_back_with_a_credit_note(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(await one.client("Studio Verdi", "IT"))
        (code,) = rows(books, "SELECT code FROM withholding_codes ORDER BY code LIMIT 1")
        customer = await one.customer(books, "Hotel Roma", country="IT", tax_number="IT00743110157")
        document = RequestedDocument(
            customer=customer.id,
            lines=(RequestedLine(quantity=Decimal(4), description="Design", unit_price=Decimal(250)),),
            withholding=code[0],
        )
        issued = (await issue_invoice(books, IssueRequest(request=DraftRequest(document=document)))).document
        assert issued.withholding is not None
        owed = issued.total_minor - issued.withholding.amount_minor
        assert rows(books, "SELECT withheld_minor FROM documents") == [(issued.withholding.amount_minor,)]
        made = await record_payment(books, PaymentRequest(invoice=issued.number, amount=Decimal(owed) / 100))
        assert (made.owed_minor, made.document.status) == (0, Status.PAID)
        part = await issue_credit_note(
            books, CreditRequest(invoice=issued.number, reason="Part", lines=(CreditLine(1, Decimal(1)),))
        )
        assert part.invoice_balance.due_minor == -owed // 4
        await issue_credit_note(books, CreditRequest(invoice=issued.number, reason="The rest"))
        shown = await get_invoice(books, issued.number)
        assert (shown.balance.credited_minor, shown.balance.due_minor, shown.status) == (owed, -owed, Status.CREDITED)
        assert (await verify_books(books)).problem == ""
