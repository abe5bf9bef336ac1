"""Reports beside what a careful clerk kept of the same year: each figure is the sum of what it is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime

from invoicing.document.documents import Document, DocumentKind
from invoicing.reports.figures import Report, ReportName, Row, SalesBy
from invoicing.settlement.discounts import TaxChange
from operations.reports.asking import ReportRequest, get_report
from storage.books.pool import Books
from tests.support.random_year import RandomYear

PAGE = 100
NEXT_YEAR = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
Figures = Counter[tuple[str, str]]
"""Amounts by their names and currency."""


async def check_reports(year: RandomYear) -> None:
    """Every report of the year, each figure with what it is made of."""
    documents = [document for claim in year.claims for document in (claim.invoice, *claim.notes)]
    changes = [
        (claim.invoice.currency, change) for claim in year.claims for one in claim.standing for change in one.changes
    ]
    await check_taxes(year.books, documents, changes)
    await check_sales(year.books, documents)
    await check_owed(year)
    await check_ledger(year.books)


async def check_taxes(books: Books, documents: list[Document], changes: list[tuple[str, TaxChange]]) -> None:
    wanted: Figures = Counter()
    for document in documents:
        wanted["taxable", document.currency] += sign(document) * document.net_minor
        wanted["tax", document.currency] += sign(document) * document.tax_minor
    for currency, change in changes:
        wanted["taxable", currency] -= change.taxable_minor
        wanted["tax", currency] -= change.tax_minor
    report = await whole(books, ReportName.TAX_SUMMARY)
    assert figures(report.totals) == plain(wanted)
    for row in report.rows:
        await check_made_of(books, row, ReportName.TAX_SUMMARY, {"taxable", "tax"})


async def check_sales(books: Books, documents: list[Document]) -> None:
    wanted: Figures = Counter()
    for document in documents:
        wanted["net", document.currency] += sign(document) * document.net_minor
    for by in SalesBy:
        report = await whole(books, ReportName.SALES, by=by)
        net = {key: value for key, value in figures(report.totals).items() if key[0] == "net"}
        assert net == plain(wanted), by
        for row in report.rows:
            await check_made_of(books, row, ReportName.SALES, set(row.amounts), by=by)


async def check_owed(year: RandomYear) -> None:
    owed: Figures = Counter()
    per_customer: Figures = Counter()
    for claim in year.claims:
        invoice = claim.invoice
        name = "owed" if claim.due_minor > 0 else "owed_to_customers"
        owed[name, invoice.currency] += abs(claim.due_minor)
        per_customer[invoice.customer, invoice.currency] += claim.due_minor
    now = year.clock()
    for period in ("", "2026-12"):
        # Of a month that is over, what was owed at its end is added up from what was dated up to then.
        year.clock.set(NEXT_YEAR if period else now)
        report = await whole(year.books, ReportName.RECEIVABLES_AGING, period=period)
        found = {key: value for key, value in figures(report.totals).items() if key[0] in ("owed", "owed_to_customers")}
        assert found == plain(owed), period
        for row in report.rows:
            open_minor = row.amounts["owed"] - row.amounts["owed_to_customers"]
            made_of = await whole(year.books, ReportName.RECEIVABLES_AGING, period=period, row=row.key)
            assert sum(one.amounts["open"] for one in made_of.rows) == open_minor
            assert len(made_of.rows) == row.documents
    year.clock.set(now)
    for customer in {claim.invoice.customer for claim in year.claims}:
        report = await whole(year.books, ReportName.STATEMENT, customer=customer)
        balances = {row.currency: row.amounts["balance"] for row in report.totals if row.amounts["balance"]}
        assert balances == {currency: minor for (of, currency), minor in plain(per_customer).items() if of == customer}


async def check_ledger(books: Books) -> None:
    """Each currency balances, and the journal comes to the same."""
    balance = await whole(books, ReportName.TRIAL_BALANCE)
    journal = await whole(books, ReportName.JOURNAL)
    posted: Figures = Counter()
    for side in journal.rows:
        posted["debit", side.currency] += side.amounts["debit"]
        posted["credit", side.currency] += side.amounts["credit"]
    assert figures(journal.totals) == plain(posted)
    for total in balance.totals:
        assert (total.amounts["opening"], total.amounts["closing"]) == (0, 0)
        assert total.amounts["debit"] == total.amounts["credit"] == posted["debit", total.currency]
        assert total.accounting.get("closing", 0) == 0
    for row in balance.rows:
        await check_made_of(books, row, ReportName.TRIAL_BALANCE, {"debit", "credit"})


async def check_made_of(books: Books, row: Row, name: ReportName, names: set[str], *, by: str = "") -> None:
    """What a figure is made of comes to the figure."""
    made_of = await whole(books, name, by=by, row=row.key)
    for amount in names:
        assert sum(one.amounts[amount] for one in made_of.rows) == row.amounts[amount], (row, amount)
    if name is not ReportName.TRIAL_BALANCE:
        assert len({one.key for one in made_of.rows}) == row.documents, row


async def whole(
    books: Books, name: ReportName, *, by: str = "", row: str = "", customer: str = "", period: str = "2026"
) -> Report:
    """All pages of a report as one."""
    rows: list[Row] = []
    async for page in pages(books, ReportRequest(report=name, period=period, by=by, row=row, customer=customer)):
        rows += page.rows
        last = page
    return Report(rows=rows, totals=last.totals, notes=last.notes, accounting_currency=last.accounting_currency)


async def pages(books: Books, request: ReportRequest) -> AsyncIterator[Report]:
    cursor, left = "", None
    while True:
        asked = ReportRequest(
            report=request.report,
            period=request.period,
            by=request.by,
            row=request.row,
            customer=request.customer,
            cursor=cursor,
            limit=PAGE,
        )
        page = (await get_report(books, asked)).report
        assert left is None or page.left < left
        yield page
        cursor, left = page.next_cursor, page.left
        if not cursor:
            assert left == 0
            return


def figures(rows: object) -> dict[tuple[str, str], int]:
    """The amounts of rows by name and currency, without those of zero."""
    found: Figures = Counter()
    assert isinstance(rows, list | tuple)
    for row in rows:
        for name, minor in row.amounts.items():
            found[name, row.currency] += minor
    return plain(found)


def plain(found: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    return {key: minor for key, minor in found.items() if minor}


def sign(document: Document) -> int:
    return -1 if document.kind is DocumentKind.CREDIT_NOTE else 1
