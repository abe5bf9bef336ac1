"""German books with customers at home and abroad, for tests of what happens to documents after they were issued."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from invoicing.document.requested import RequestedDocument, RequestedLine
from invoicing.reports.figures import Report, ReportName
from operations.configuration.configuring import save_entry
from operations.configuration.entries import Change, Part
from operations.drafts import DraftRequest
from operations.invoices import IssueRequest
from operations.payments import PaymentRequest, RecordedPayment, record_payment
from operations.reports.asking import ReportRequest, get_report
from operations.verification import verify_books
from storage.books.pool import Books
from tests.support.clock import SettableClock
from tests.support.issuing import issue_invoice
from tests.support.practice import Practice, practice

RATED: dict[str, Any] = {"currency": "USD", "exchange_rate": Decimal("0.92"), "exchange_source": "ECB"}


@dataclass(slots=True)
class GermanOffice:
    """Its books are in EUR; `home`, `france` and `abroad` are customers, all of them businesses."""

    one: Practice
    clock: SettableClock
    books: Books
    home: str
    france: str
    abroad: str

    async def invoice(self, customer: str, *nets: str, on: date | None = None, **fields: Any) -> str:
        """The number of an invoice of these lines; a line `7: 50` is at that rate."""
        if on is not None:
            self.at(on)
        request = IssueRequest(request=DraftRequest(document=RequestedDocument(customer, _lines(nets), **fields)))
        return (await issue_invoice(self.books, request)).document.number

    def at(self, day: date) -> None:
        self.clock.set(datetime(day.year, day.month, day.day, 9, tzinfo=UTC))

    async def settle(self, invoice: str = "", amount: str = "", **fields: Any) -> RecordedPayment:
        stated = Decimal(amount) if amount else None
        if "rate" in fields:
            fields["exchange_rate"] = Decimal(fields.pop("rate"))
        return await record_payment(self.books, PaymentRequest(invoice=invoice, amount=stated, **fields))

    async def pay(self, invoice: str, amount: str, on: date) -> None:
        """Money that came on a day."""
        self.at(on)
        await self.settle(invoice, amount)

    async def terms(self, code: str, percent: str, days: int) -> None:
        """Terms of 30 days with a discount for who pays in `days`."""
        values = {"name": code, "days": "30", "discount_percent": percent, "discount_days": str(days)}
        await save_entry(self.one.office, self.books, Part.PAYMENT_TERMS, Change(code=code, values=values))

    async def terms_in_instalments(self, code: str, instalments: str) -> None:
        values = {"name": code, "instalments": instalments}
        await save_entry(self.one.office, self.books, Part.PAYMENT_TERMS, Change(code=code, values=values))

    async def report(self, name: ReportName, **asked: Any) -> Report:
        return (await get_report(self.books, ReportRequest(report=name, **asked))).report

    async def balances(self) -> dict[str, tuple[int, int]]:
        """What stands on each account that has anything: in the documents' currencies together, and in EUR."""
        found: dict[str, tuple[int, int]] = {}
        for row in (await self.report(ReportName.TRIAL_BALANCE, period="2026")).rows:
            number, before = row.label.split(" ")[0], found.get(row.label.split(" ")[0], (0, 0))
            found[number] = (before[0] + row.amounts["closing"], before[1] + row.accounting.get("closing", 0))
        assert sum(pair[0] for pair in found.values()) == sum(pair[1] for pair in found.values()) == 0
        return {number: pair for number, pair in found.items() if any(pair)}

    async def verified(self) -> None:
        assert (await verify_books(self.books)).problem == ""


def _lines(nets: tuple[str, ...]) -> tuple[RequestedLine, ...]:
    found = []
    for net in nets:
        rate, _, price = net.rpartition(":")
        code = "REDUCED" if rate == "7" else ""
        found.append(RequestedLine(Decimal(1), description="Work", unit_price=Decimal(price), tax_code=code))
    return tuple(found)


@asynccontextmanager
async def german_office(root: Path) -> AsyncIterator[GermanOffice]:
    clock = SettableClock(datetime(2026, 1, 5, 9, tzinfo=UTC))
    async with practice(root, clock, country="DE") as one:
        books = one.books(await one.client("Hafenbäckerei", "DE"))
        home = (await one.customer(books, name="Hotel Elbe", country="DE")).id
        france = (await one.customer(books, name="Hôtel Seine", country="FR", tax_number="FR83404833048")).id
        abroad = (await one.customer(books, name="Hudson Inn", country="US")).id
        yield GermanOffice(one, clock, books, home, france, abroad)
