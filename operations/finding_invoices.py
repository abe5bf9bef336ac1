"""Finding invoices, credit notes and drafts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from sqlmodel import Session

from invoicing.approval.approvals import Approval, State
from invoicing.document.documents import Document
from invoicing.document.former_records import FORMER
from invoicing.document.lifecycle import DRAFT, OPEN, Balance, Status, status_of
from invoicing.money.sums import Summand, Sums, sums_per_currency
from invoicing.refusals import InvalidInput
from operations.customers import resolve_customer
from operations.finding_former import WITH_FORMER, find_with_former
from operations.issue_dates import today_in
from storage.books import approvals, documents, drafts
from storage.books.documents import DocumentFilter, Header
from storage.books.drafts import ListedDraft
from storage.books.former_lists import count_former_matching, summands_of_former
from storage.books.known import worked_out
from storage.books.pool import Books
from storage.books.sums import summands_of_documents, sums_of_headers
from storage.paging import Page, check_limit

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ListedInvoice:
    header: Header
    status: Status

    @property
    def balance(self) -> Balance:
        return self.header.balance


@dataclass(frozen=True, slots=True)
class Found(Page[T]):
    """A page of a list, and the sums per currency of all that match, on this page or not."""

    sums: tuple[Sums, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceSearch:
    """What to look for; what is empty does not limit. `customer` is an id or an exact name, `status` one of `Status`,
    `open` or `former`; `draft` is for `find_drafts`, which finds nothing else.
    """

    query: str = ""
    status: str = ""
    customer: str = ""
    issued_from: date | None = None
    issued_to: date | None = None


async def find_invoices(books: Books, search: InvoiceSearch, *, cursor: str, limit: int) -> Found[ListedInvoice]:
    """A page of issued documents, newest first, with the sums of all that match. Documents of a former system are
    there only with the status `former`, and behind the others among what is open or overdue.
    """
    check_limit(limit)
    if search == InvoiceSearch() and not cursor:
        # Where one page holds all that there is, it takes a few rows; where not, adding up takes as long as it does.
        page = await books.read(lambda db: _page(db, books, search, cursor, limit))
        if not page.next_cursor:
            return _with_sums(page, sums_of_headers(one.header for one in page.items))
    return await books.read(lambda db: _find(db, books, search, cursor, limit))


async def latest_invoices(books: Books, *, limit: int) -> list[ListedInvoice]:
    """The documents issued last, newest first; nothing is added up."""
    check_limit(limit)
    return list((await books.read(lambda db: _page(db, books, InvoiceSearch(), "", limit))).items)


async def first_invoices(books: Books, query: str, *, limit: int) -> list[ListedInvoice]:
    """The newest documents that hold these words: nothing is counted, and nothing added up."""
    check_limit(limit)

    def work(db: Session) -> list[ListedInvoice]:
        today = today_in(db, books)
        wanted = search_filter(db, InvoiceSearch(query=query), today)
        return [_listed(header, today) for header in documents.first_documents(db, wanted, limit=limit)]

    return await books.read(work)


async def count_of_former_system(books: Books, search: InvoiceSearch) -> int:
    """How many documents of a former system the search would find with the status `former`."""
    wanted = replace(search, status=FORMER)
    return await books.read(lambda db: count_former_matching(db, search_filter(db, wanted, today_in(db, books))))


async def find_drafts(books: Books, search: InvoiceSearch, *, cursor: str, limit: int) -> Found[ListedDraft]:
    """A page of drafts, those changed last first, with the sums that all which match last showed; `status` does not
    limit them.

    Raises:
        InvalidInput: dates of issue, which drafts do not have.
    """
    check_limit(limit)
    for name in ("issued_from", "issued_to"):
        if getattr(search, name):
            raise InvalidInput(f"{name}: a draft is not issued, leave it out to list drafts.", field=name)

    def work(db: Session) -> Found[ListedDraft]:
        customer = resolve_customer(db, search.customer).id if search.customer else ""
        page = drafts.find_drafts(db, query=search.query, customer=customer, cursor=cursor, limit=limit)
        waiting = approvals.waiting_among(db, [one.id for one in page.items])
        page = page.map(lambda one: replace(one, waits=one.id in waiting))
        return _with_sums(page, drafts.sums_of_drafts(db, query=search.query, customer=customer))

    return await books.read(work)


async def find_waiting(books: Books, search: InvoiceSearch, *, cursor: str, limit: int) -> Found[Approval]:
    """A page of what waits for approval, those asked for last first; words and dates of issue do not limit it.

    Raises:
        InvalidInput: words or dates of issue.
    """
    check_limit(limit)
    for name in ("query", "issued_from", "issued_to"):
        if getattr(search, name):
            raise InvalidInput(f"{name}: what waits for approval is limited by customer alone.", field=name)

    def work(db: Session) -> Found[Approval]:
        customer = resolve_customer(db, search.customer).id if search.customer else ""
        page = approvals.find_waiting(db, customer=customer, cursor=cursor, limit=limit)
        return _with_sums(page, sums_per_currency(_summand(one.document) for one in page.items))

    return await books.read(work)


def _summand(document: Document) -> Summand:
    return Summand(
        document.currency,
        document.kind,
        document.net_minor,
        document.tax_minor,
        document.total_minor,
        document.due_at_first_minor,
        1,
    )


def search_filter(db: Session, search: InvoiceSearch, today: date) -> DocumentFilter:
    """The search in terms of what is stored."""
    if search.issued_from and search.issued_to and search.issued_from > search.issued_to:
        raise InvalidInput("issued_from lies after issued_to.", field="issued_from")
    known = [OPEN, *Status, FORMER]
    if search.status and search.status not in known:
        said = ", ".join([*known, DRAFT, State.WAITING])
        raise InvalidInput(f"status must be one of: {said}.", field="status")
    return DocumentFilter(
        query=search.query,
        customer=resolve_customer(db, search.customer).id if search.customer else "",
        issued_from=search.issued_from,
        issued_to=search.issued_to,
        status="" if search.status == FORMER else search.status,
        today=today,
    )


def _find(db: Session, books: Books, search: InvoiceSearch, cursor: str, limit: int) -> Found[ListedInvoice]:
    page = _page(db, books, search, cursor, limit)
    if not cursor and not page.next_cursor:
        return _with_sums(page, sums_of_headers(one.header for one in page.items))
    wanted = search_filter(db, search, today_in(db, books))
    summands = [] if search.status == FORMER else summands_of_documents(db, wanted)
    if search.status in WITH_FORMER:
        summands += summands_of_former(db, wanted)
    return _with_sums(page, sums_per_currency(summands))


def _page(db: Session, books: Books, search: InvoiceSearch, cursor: str, limit: int) -> Page[ListedInvoice]:
    """Found once until something changes the books: what is paid, or holds a word, is looked for among all documents,
    and all that follow the page are counted.
    """
    today = today_in(db, books)
    wanted = search_filter(db, search, today)

    def work() -> Page[ListedInvoice]:
        if search.status in WITH_FORMER:
            page = find_with_former(db, wanted, only=search.status == FORMER, cursor=cursor, limit=limit)
        else:
            page = documents.find_documents(db, wanted, cursor=cursor, limit=limit)
        return page.map(lambda header: _listed(header, today))

    what = ("documents", wanted, search.status, cursor, limit)
    return worked_out(db, what, work, rows=lambda page: len(page.items))


def _listed(header: Header, today: date) -> ListedInvoice:
    return ListedInvoice(header, status_of(header.balance, due_date=header.next_due, today=today))


def _with_sums(page: Page[T], sums: tuple[Sums, ...]) -> Found[T]:
    return Found(page.items, page.next_cursor, page.left, sums)
