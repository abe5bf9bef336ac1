"""A quarter of books in euros, as the exports of the journal are tried on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from invoicing.document.requested import RequestedDocument, RequestedLine
from operations.credit_notes import CreditRequest
from operations.drafts import DraftRequest
from operations.invoices import IssueRequest
from operations.items import save_item
from operations.payments import PaymentRequest, record_payment
from storage.books.pool import Books
from tests.support.clock import SettableClock
from tests.support.issuing import issue_credit_note, issue_invoice
from tests.support.practice import Practice, practice

NEW_YEAR = datetime(2026, 1, 2, 9, 0, tzinfo=UTC)
DOLLARS = {"currency": "USD", "exchange_rate": Decimal("0.9173"), "exchange_source": "ECB"}


@dataclass(slots=True)
class Quarter:
    """Books with an invoice of two rates, one in dollars that is paid, and a credit note."""

    one: Practice
    books: Books
    clock: SettableClock
    home: str
    number: str

    async def invoice(self, lines: tuple[RequestedLine, ...], on: date, **fields: Any) -> str:
        self.clock.set(datetime(on.year, on.month, on.day, 9, tzinfo=UTC))
        document = RequestedDocument(self.home, lines, **fields)
        request = IssueRequest(request=DraftRequest(document=document))
        return (await issue_invoice(self.books, request)).document.number


def line(price: str, tax_code: str = "", *, item: str = "") -> RequestedLine:
    return RequestedLine(Decimal(1), item=item, description="Work", unit_price=Decimal(price), tax_code=tax_code)


@asynccontextmanager
async def quarter_of(folder: Path, name: str = "Hafenbäckerei", country: str = "DE") -> AsyncIterator[Quarter]:
    clock = SettableClock(NEW_YEAR)
    async with practice(folder, clock, country=country) as one:
        books = one.books(await one.client(name, country))
        home = (await one.customer(books, name='Gasthof "Zur \\ Elbe"', country=country)).id
        made = Quarter(one, books, clock, home, "")
        goods, work = [
            (await save_item(books, {"name": number, "revenue_account": number}, item_id="")).item.id
            for number in ("4000", "4100")
        ]
        lines = (line("100", item=goods), line("50", "REDUCED", item=work))
        made.number = await made.invoice(lines, date(2026, 1, 10))
        paid = await made.invoice((line("33.33"),), date(2026, 2, 10), **DOLLARS)
        await record_payment(books, PaymentRequest(invoice=paid, amount=Decimal("10")))
        clock.set(datetime(2026, 3, 10, 9, tzinfo=UTC))
        await issue_credit_note(books, CreditRequest(invoice=made.number, reason="Returned"))
        yield made
