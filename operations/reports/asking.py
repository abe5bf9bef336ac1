"""Asking for a report: which there are, for which months, of which customer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from invoicing.refusals import InvalidInput
from invoicing.reports.figures import Report, ReportName, SalesBy
from invoicing.reports.months import Months, read_months, year_of
from invoicing.text.choices import choice_of
from invoicing.text.codes import small_letters
from operations.customers import resolve_customer
from operations.issue_dates import today_in
from operations.reports.asked import Asked
from operations.reports.checking import verification
from operations.reports.ledger import journal, trial_balance
from operations.reports.receivables import receivables_aging, statement
from operations.reports.sales import sales
from operations.reports.taxes import ec_sales, tax_summary
from operations.reports.trail import audit_trail
from storage.books.dimensions import load_dimensions
from storage.books.known import worked_out
from storage.books.pool import Books
from storage.books.profile import load_profile
from storage.paging import check_limit

REPORTS: dict[ReportName, Callable[[Session, Asked], Report]] = {
    ReportName.RECEIVABLES_AGING: receivables_aging,
    ReportName.STATEMENT: statement,
    ReportName.TAX_SUMMARY: tax_summary,
    ReportName.EC_SALES: ec_sales,
    ReportName.SALES: sales,
    ReportName.TRIAL_BALANCE: trial_balance,
    ReportName.JOURNAL: journal,
    ReportName.AUDIT_TRAIL: audit_trail,
}
_OF_A_CUSTOMER = frozenset({ReportName.RECEIVABLES_AGING, ReportName.STATEMENT, ReportName.SALES})
_MADE_OF_DOCUMENTS = frozenset(
    {
        ReportName.RECEIVABLES_AGING,
        ReportName.TAX_SUMMARY,
        ReportName.EC_SALES,
        ReportName.SALES,
        ReportName.TRIAL_BALANCE,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRequest:
    """What is asked for. `period` names months (empty: the present year; for what is owed: now); `customer` is an id or
    exact name; `by` says what sales are added up by; `row` is the key of a row whose documents are wanted.
    """

    report: str
    period: str = ""
    customer: str = ""
    by: str = ""
    row: str = ""
    cursor: str = ""
    limit: int = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundReport:
    """A report with what it is of: its months, or (`as_of`) the day at whose end it holds."""

    name: ReportName
    months: Months
    as_of: str
    report: Report


async def get_report(books: Books, request: ReportRequest) -> FoundReport:
    """A page of a report of the organization.

    Raises:
        InvalidInput: a report, period, `by` or row that there is not, or a customer where there is none to be named.
        NotFound: no such customer or row in these books.
    """
    check_limit(request.limit)
    name = report_named(request.report, among=(*REPORTS, ReportName.VERIFICATION))
    if name is not ReportName.VERIFICATION:
        return await books.read(lambda db: _report(db, books, name, request))
    asked = await books.read(lambda db: asked_in(db, books, name, replace(request, period="")))
    report = await verification(books, period=request.period)
    return FoundReport(name=name, months=asked.months, as_of=str(asked.today), report=report)


def report_named(text: str, *, among: Sequence[ReportName] = tuple(REPORTS)) -> ReportName:
    """The report that a text names.

    Raises:
        InvalidInput: there is none of this name.
    """
    return choice_of(ReportName, text, field="report", among=among)


def _report(db: Session, books: Books, name: ReportName, request: ReportRequest) -> FoundReport:
    asked = asked_in(db, books, name, request)
    moment = name is ReportName.RECEIVABLES_AGING
    # What a figure is made of is counted, and gathered from all that it could be made of.
    what = ("page of a report", name, asked)
    report = worked_out(db, what, lambda: REPORTS[name](db, asked), rows=lambda made: len(made.rows))
    return FoundReport(
        name=name,
        months=asked.months,
        as_of=str(asked.as_of() or asked.today) if moment else "",
        report=report,
    )


def asked_in(db: Session, books: Books, name: ReportName, request: ReportRequest) -> Asked:
    """The request in terms of these books."""
    if request.customer.strip() and name not in _OF_A_CUSTOMER:
        raise InvalidInput(f"customer: {name} is not of one customer; leave it out.", field="customer")
    if request.by.strip() and name is not ReportName.SALES:
        raise InvalidInput("by is for sales only: leave it out.", field="by")
    by, dimension = _by(db, request.by)
    if request.customer.strip() and name is ReportName.SALES and (dimension or by is not SalesBy.CUSTOMER):
        raise InvalidInput(
            f"customer: sales by {dimension or by} are of all customers; leave it out.", field="customer"
        )
    if request.customer.strip() and request.row.strip():
        raise InvalidInput("customer: a row says whose it is; leave one of the two out.", field="customer")
    if request.row.strip() and name not in _MADE_OF_DOCUMENTS:
        raise InvalidInput(f"row: the rows of {name} are made of nothing else; leave it out.", field="row")
    today = today_in(db, books)
    return Asked(
        months=read_months(request.period) if request.period.strip() else year_of(today),
        stated=bool(request.period.strip()),
        today=today,
        currency=load_profile(db).currency,
        customer=resolve_customer(db, request.customer.strip()).id if request.customer.strip() else "",
        by=by,
        dimension=dimension,
        row=request.row.strip(),
        cursor=request.cursor,
        limit=request.limit,
    )


def _by(db: Session, text: str) -> tuple[SalesBy, str]:
    """What sales are added up by: one of the fixed things, or a dimension, also one that is not in use any more."""
    wanted = small_letters(text)
    if not wanted:
        return SalesBy.CUSTOMER, ""
    dimensions = [one.code for one in load_dimensions(db)]
    if wanted in dimensions and wanted not in set(SalesBy):
        return SalesBy.CUSTOMER, wanted
    return choice_of(SalesBy, text, field="by", others=dimensions), ""
