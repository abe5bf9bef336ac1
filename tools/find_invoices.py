"""The tool `find_invoices`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from mcp_types import CallToolResult
from pydantic import Field

from invoicing.approval.approvals import State
from invoicing.document.documents import DocumentKind
from invoicing.document.former_records import is_former
from invoicing.document.lifecycle import DRAFT, OPEN
from invoicing.text.typed import counted
from operations import customers, finding_invoices
from operations.finding_invoices import InvoiceSearch, ListedInvoice
from storage.books.drafts import ListedDraft
from tools.answers import PageAnswer, answer, page_note
from tools.context import ReadableBooks, TheOffice, place_of
from tools.description import Description, Effect
from tools.inputs import Cursor, OptionalDate, OrganizationArgument, SessionArgument, WholeNumber
from views.approvals import approval_lines, waiting_text
from views.documents import InvoiceAnswer, draft_answer, invoice_answer, waiting_answer
from views.invoices import SumsAnswer, sums_answer, sums_line
from views.organizations import heading, named
from views.payments import settled_text


class InvoicesFound(PageAnswer):
    invoices: list[InvoiceAnswer]
    sums: list[SumsAnswer]


_STATUS = "open (owed), issued, partially_paid, paid, overdue, credited, former; unissued: draft, awaiting_approval"


async def find_invoices(
    office: TheOffice,
    books: ReadableBooks,
    query: Annotated[str, Field(description="Words of number, customer or purchase order")] = "",
    status: Annotated[str, Field(description=_STATUS)] = "",
    customer: Annotated[str, Field(description="Id or exact name")] = "",
    issued_from: OptionalDate = None,
    issued_to: OptionalDate = None,
    cursor: Cursor = "",
    limit: WholeNumber = 25,
    organization: OrganizationArgument = "",
    session: SessionArgument = "",
) -> Annotated[CallToolResult, InvoicesFound]:
    search = InvoiceSearch(
        query=query, status=status.strip(), customer=customer.strip(), issued_from=issued_from, issued_to=issued_to
    )
    if search.status == DRAFT:
        drafts = await finding_invoices.find_drafts(books, search, cursor=cursor, limit=limit)
        found = [InvoiceAnswer(**draft_answer(one)) for one in drafts.items]
        shared = _shared_names(found)
        lines = [_draft_line(one, shown, shared) for one, shown in zip(drafts.items, found, strict=True)]
        lines += _go_on(drafts.items) if lines else [_no_drafts(search), *await _similar(books, search)]
        left, next_cursor, sums = drafts.left, drafts.next_cursor, drafts.sums
    elif search.status == State.WAITING:
        waiting = await finding_invoices.find_waiting(books, search, cursor=cursor, limit=limit)
        found = [InvoiceAnswer(**waiting_answer(one)) for one in waiting.items]
        place = place_of(office, books)
        lines = [line for one in waiting.items for line in (f"- {waiting_text(one)}", *approval_lines(one, place))]
        lines = lines or ["Nothing waits for approval."]
        left, next_cursor, sums = waiting.left, waiting.next_cursor, waiting.sums
    else:
        page = await finding_invoices.find_invoices(books, search, cursor=cursor, limit=limit)
        found = [InvoiceAnswer(**invoice_answer(one)) for one in page.items]
        shared = _shared_names(found)
        lines = [_line(one, shown, shared) for one, shown in zip(page.items, found, strict=True)]
        lines = lines or [_nothing(search), *await _similar(books, search), *await _taken_over(books, search)]
        left, next_cursor, sums = page.left, page.next_cursor, page.sums
    structured = InvoicesFound(
        organization=named(books.organization),
        invoices=found,
        sums=[sums_answer(one) for one in sums],
        next_cursor=next_cursor,
        left=left,
    )
    noun = "draft" if search.status in (DRAFT, State.WAITING) else "invoice"
    lines += [sums_line(one, noun) for one in sums]
    if any(is_former(one.id) for one in found):
        lines.append("Of documents of a former system the total is known, and neither net nor tax.")
    return answer(heading(books.organization), [*lines, *page_note(left, next_cursor)], structured)


def _shared_names(found: list[InvoiceAnswer]) -> frozenset[str]:
    """The names that more than one of the customers has: only there the name does not say which is meant."""
    customers = {(one.customer, one.customer_name) for one in found}
    names = [name for _, name in customers]
    return frozenset(name for name in names if names.count(name) > 1)


def _line(one: ListedInvoice, shown: InvoiceAnswer, shared: frozenset[str]) -> str:
    customer = f" [{shown.customer}]" if shown.customer_name in shared else ""
    settled = settled_text(one.balance, shown.currency)
    former = is_former(shown.id)
    parts = [
        *(["of a former system"] if former else [f"net {shown.net_total}", f"tax {shown.tax_total}"]),
        f"total {shown.total} {shown.currency}",
        shown.status,
        _credited(one) or f"due {shown.due_date}",
        *([settled] if settled else []),
        *([] if shown.credits else [f"open {shown.amount_due}"]),
    ]
    return f"- {shown.number} {shown.issue_date} {shown.customer_name}{customer}: {', '.join(parts)}"


def _credited(one: ListedInvoice) -> str:
    """What a credit note is of; nothing of an invoice."""
    if one.header.kind != DocumentKind.CREDIT_NOTE.value:
        return ""
    if is_former(one.header.id):
        return "credit note"
    return f"credit note on {one.header.credits_number or 'an invoice of a former system'}"


def _draft_line(draft: ListedDraft, shown: InvoiceAnswer, shared: frozenset[str]) -> str:
    customer = f" [{shown.customer}]" if shown.customer_name in shared else ""
    amounts = (f"net {shown.net_total}", f"tax {shown.tax_total}", f"total {shown.total} {shown.currency}")
    parts = [
        *(["waits for approval"] if draft.waits else []),
        *([f"credit note on {draft.request.former.number}"] if draft.request.former else []),
        *(amounts if shown.total else ("kept by an earlier release, amounts when it is shown",)),
        *([f"dated {shown.issue_date}"] if shown.issue_date else []),
        *([f"purchase order {draft.request.purchase_order}"] if draft.request.purchase_order else []),
        f"changed {draft.updated_at:%Y-%m-%d %H:%M} UTC",
    ]
    return f"- {shown.id} {shown.customer_name}{customer}: {', '.join(parts)}"


_GO_ON = (
    "With draft and one of these ids alone: draft_invoice shows it (with delete: deletes it), issue_invoice issues it."
)
_DECIDE = "What waits for approval is not issued before that: decide_approval, with its id as document, decides it."


def _go_on(drafts: Sequence[ListedDraft]) -> list[str]:
    waits = {one.waits for one in drafts}
    return [*([_GO_ON] if False in waits else []), *([_DECIDE] if True in waits else [])]


def _no_drafts(search: InvoiceSearch) -> str:
    if search == InvoiceSearch(status=DRAFT):
        return "No drafts."
    return "No drafts found. Fewer or other words, or all customers, find more."


def _nothing(search: InvoiceSearch) -> str:
    if search == InvoiceSearch():
        return "No documents issued yet."
    if search == InvoiceSearch(status=OPEN, customer=search.customer):
        return "Nothing is owed."
    return "No documents found. Fewer or other words, or no limits of status and date, find more."


async def _similar(books: ReadableBooks, search: InvoiceSearch) -> list[str]:
    """Customers that may be meant by the words of a search that found nothing."""
    similar = await customers.similar_customers(books, search.query) if search.query.strip() else []
    return [f"Similar customers: {'; '.join(similar)}."] if similar else []


async def _taken_over(books: ReadableBooks, search: InvoiceSearch) -> list[str]:
    """That a search which found nothing would find documents of a former system."""
    count = 0 if search.status else await finding_invoices.count_of_former_system(books, search)
    return [f"{counted(count, 'document')} of a former system: status former lists them."] if count else []


TOOL = Description(
    find_invoices,
    title="Find invoices",
    text="Find invoices and credit notes, newest first, by words, status, customer or issue date, with the sums of"
    " all that match; with status draft, drafts by words or customer, those changed last first.",
    effect=Effect.READS,
)
