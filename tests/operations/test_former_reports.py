"""What is owed of documents of a former system, in the reports on what is owed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from invoicing.reports.figures import Report, ReportName
from operations.reports.asking import ReportRequest, get_report
from operations.summaries import standings
from storage.books.pool import Books
from tests.support.former import import_former
from tests.support.practice import Practice, practice


@dataclass(frozen=True, slots=True)
class Desk:
    one: Practice
    books: Books
    customer: str

    async def report(
        self,
        name: ReportName,
        *,
        period: str = "",
        row: str = "",
        customer: str = "",
        cursor: str = "",
        limit: int = 50,
    ) -> Report:
        asked = ReportRequest(report=name, period=period, row=row, customer=customer, cursor=cursor, limit=limit)
        return (await get_report(self.books, asked)).report


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A client that was taken over: 1,200.00, 350.00 and 90.50 are open, and a credit note of 60.00; on 16 March."""
    async with practice(tmp_path / "data", client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        customer = await one.customer(books)
        await import_former(books)
        yield Desk(one, books, customer.id)


async def test_the_aging_has_them_by_their_own_due_dates_beside_what_was_issued_here(desk: Desk) -> None:
    await desk.one.issue(desk.books, desk.customer, quantity="1", price="100")
    (row,) = (await desk.report(ReportName.RECEIVABLES_AGING)).rows
    assert row.documents == 5
    # 3 December is 103 days ago, 31 December 75; 31 March and the new one are not due.
    assert (row.amounts["days_over_90"], row.amounts["days_61_to_90"]) == (120000, 35000)
    assert row.amounts["owed_to_customers"] == 6000
    made_of = await desk.report(ReportName.RECEIVABLES_AGING, row=row.key)
    labels = [one.label for one in made_of.rows]
    assert labels[0] == "2025-11-03 OLD-17 Hotel Bristol, due 2025-12-03, of a former system"
    assert not labels[-1].endswith("of a former system")
    assert sum(one.amounts["open"] for one in made_of.rows) == row.amounts["owed"] - row.amounts["owed_to_customers"]
    paged = [(await desk.report(ReportName.RECEIVABLES_AGING, row=row.key, limit=2))]
    while paged[-1].next_cursor:
        paged.append(
            await desk.report(ReportName.RECEIVABLES_AGING, row=row.key, limit=2, cursor=paged[-1].next_cursor)
        )
    assert [one.label for page in paged for one in page.rows] == labels


async def test_a_past_month_has_them_from_the_opening_day_on(desk: Desk) -> None:
    assert (await desk.report(ReportName.RECEIVABLES_AGING, period="2025-12")).rows == ()
    (row,) = (await desk.report(ReportName.RECEIVABLES_AGING, period="2026-01")).rows
    assert (row.amounts["days_1_to_30"], row.amounts["days_31_to_60"]) == (0, 155000)
    made_of = await desk.report(ReportName.RECEIVABLES_AGING, period="2026-01", row=row.key)
    assert [one.amounts["open"] for one in made_of.rows] == [120000, 35000, 9050, -6000]


async def test_a_statement_begins_with_them_on_the_opening_day(desk: Desk) -> None:
    shown = await desk.report(ReportName.STATEMENT, period="2026-01", customer=desk.customer)
    assert [(row.label, row.amounts["balance"]) for row in shown.rows] == [
        ("2026-01-01 former invoice OLD-17", 120000),
        ("2026-01-01 former invoice OLD-18", 155000),
        ("2026-01-01 former invoice OLD-19", 164050),
        ("2026-01-01 former credit note OLD-C4", 158050),
    ]
    later = await desk.report(ReportName.STATEMENT, period="2026-02", customer=desk.customer)
    assert [(row.label, row.amounts["balance"]) for row in later.rows] == [("Balance before 2026-02-01", 158050)]


async def test_the_trial_balance_has_the_opening_and_sales_and_tax_have_nothing(desk: Desk) -> None:
    balance = await desk.report(ReportName.TRIAL_BALANCE, period="2026")
    assert [(row.label.split()[0], row.amounts["closing"]) for row in balance.rows] == [
        ("1100", 158050),
        ("3100", -158050),
    ]
    for name in (ReportName.SALES, ReportName.TAX_SUMMARY):
        assert (await desk.report(name, period="2026")).rows == ()


async def test_the_practice_sees_what_is_owed_and_overdue(desk: Desk) -> None:
    (standing,) = await standings(desk.one.office, [desk.books.organization])
    (figures,) = standing.figures
    assert (figures.open_minor, figures.overdue_minor) == (164050, 155000)
