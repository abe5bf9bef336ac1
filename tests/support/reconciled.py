"""Reports beside what a careful clerk kept of the same year: each figure is the sum of what it is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, date, datetime

from invoicing.document.documents import Document, DocumentKind
from invoicing.reports.aging import NOT_DUE, OWED_TO_CUSTOMERS, bracket_of
from invoicing.reports.figures import Report, ReportName, Row, SalesBy
from operations.issue_dates import local_date
from operations.reports.asking import ReportRequest, get_report
from storage.books.pool import Books
from storage.books.profile import load_profile
from tests.support.cash_year import by_tax_point, changed_at_once, check_due
from tests.support.claims import Claim
from tests.support.random_year import RandomYear

PAGE = 100
NEXT_YEAR = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
Figures = Counter[tuple[str, str]]
"""Amounts by their names and currency."""


async def check_reports(year: RandomYear) -> None:
    """Every report of the year, each figure with what it is made of."""
    documents = [document for claim in year.claims for document in (claim.invoice, *claim.notes)]
    await check_taxes(year)
    await check_sales(year.books, documents)
    await check_owed(year)
    await check_ledger(year.books)


async def check_taxes(year: RandomYear) -> None:
    """By tax point, or as far as it was paid where the invoice is on cash accounting."""
    wanted: Figures = Counter()
    for claim in year.claims:
        currency = claim.invoice.currency
        for document, tax in by_tax_point(claim):
            wanted["taxable", currency] += sign(document) * tax.taxable_minor
            wanted["tax", currency] += sign(document) * tax.tax_minor
        for change in changed_at_once(claim):
            wanted["taxable", currency] -= change.taxable_minor
            wanted["tax", currency] -= change.tax_minor
        for name, minor in check_due(year.books, claim).items():
            wanted[name, currency] += minor
    report = await whole(year.books, ReportName.TAX_SUMMARY)
    assert figures(report.totals) == plain(wanted)
    for row in report.rows:
        await check_made_of(year.books, row, ReportName.TAX_SUMMARY, {"taxable", "tax"})


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
    per_customer: Figures = Counter()
    for claim in year.claims:
        per_customer[claim.invoice.customer, claim.invoice.currency] += claim.due_minor
    now = year.clock()
    today = local_date(now, await year.books.read(load_profile))
    for period in ("", "2026-12"):
        # Of a month that is over, what was owed at its end is added up from what was dated up to then.
        year.clock.set(NEXT_YEAR if period else now)
        report = await whole(year.books, ReportName.RECEIVABLES_AGING, period=period)
        assert figures(report.totals) == aged(year, date(2026, 12, 31) if period else today), period
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


def aged(year: RandomYear, on: date) -> dict[tuple[str, str], int]:
    """What is owed by bracket, and of instalments each by its own day."""
    owed: Figures = Counter()
    for claim in year.claims:
        currency = claim.invoice.currency
        for due_date, open_minor in owed_by_day(claim):
            bracket = bracket_of(due_date, open_minor, on=on)
            names = {NOT_DUE: ("owed",), OWED_TO_CUSTOMERS: ()}.get(bracket, ("owed", "overdue"))
            for name in (bracket, *names):
                owed[name, currency] += abs(open_minor)
    return plain(owed)


def owed_by_day(claim: Claim) -> list[tuple[date, int]]:
    """What is open by day: credit notes come off the last instalment first, payments off the first one."""
    days = [part.due_date for part in claim.invoice.instalments]
    if not days or claim.due_minor <= 0:
        return [(claim.invoice.due_date, claim.due_minor)]
    credited = sum(note.payable_minor for note in claim.notes)
    wanted = taken_off([part.amount_minor for part in reversed(claim.invoice.instalments)], credited)
    return list(zip(days, taken_off(wanted[::-1], claim.paid_minor), strict=True))


def taken_off(amounts: list[int], minor: int) -> list[int]:
    left, found = minor, []
    for amount in amounts:
        taken = min(left, amount)
        found.append(amount - taken)
        left -= taken
    return found


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
