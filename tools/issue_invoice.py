"""The tool `issue_invoice`."""

from __future__ import annotations

from typing import Annotated

from mcp_types import CallToolResult
from pydantic import Field

from operations import invoices
from operations.invoices import IssueRequest
from tools.answers import (
    Answer,
    InvoiceAnswer,
    answer,
    document_lines,
    heading,
    invoice_answer,
    issued_text,
    named,
    settled_lines,
)
from tools.context import ChangeableBooks
from tools.description import Description, Effect
from tools.inputs import (
    AdjustmentInput,
    LineInput,
    OptionalDate,
    OptionalDecimal,
    OrganizationArgument,
    SessionArgument,
    Several,
)
from tools.invoice_arguments import NOTHING, draft_request


class Issued(Answer):
    """`replayed` says that an earlier call with the same client_reference issued it."""

    invoice: InvoiceAnswer
    replayed: bool


async def issue_invoice(
    books: ChangeableBooks,
    draft: Annotated[str, Field(description="Issue this draft; or give the fields of draft_invoice")] = "",
    customer: str = "",
    lines: Several[LineInput] | None = None,
    issue_date: OptionalDate = None,
    due_date: OptionalDate = None,
    payment_terms: str = "",
    currency: str = "",
    prices_include_tax: bool | None = None,
    note: str = "",
    supply_date: OptionalDate = None,
    supply_end: OptionalDate = None,
    purchase_order: str = "",
    copy_of: str = "",
    adjustments: Several[AdjustmentInput] | None = None,
    withholding: str = "",
    exchange_rate: OptionalDecimal = None,
    exchange_date: OptionalDate = None,
    exchange_source: str = "",
    series: str = "",
    client_reference: Annotated[
        str, Field(description="Your name for this document; use the same value when retrying it")
    ] = "",
    organization: OrganizationArgument = "",
    session: SessionArgument = "",
) -> Annotated[CallToolResult, Issued]:
    request = draft_request(
        customer=customer,
        lines=lines,
        issue_date=issue_date,
        due_date=due_date,
        payment_terms=payment_terms,
        currency=currency,
        prices_include_tax=prices_include_tax,
        note=note,
        supply_date=supply_date,
        supply_end=supply_end,
        purchase_order=purchase_order,
        copy_of=copy_of,
        adjustments=adjustments,
        withholding=withholding,
        exchange_rate=exchange_rate,
        exchange_date=exchange_date,
        exchange_source=exchange_source,
        series=series,
    )
    wanted = IssueRequest(draft.strip(), None if request == NOTHING else request, client_reference)
    made = await invoices.issue_invoice(books, wanted)
    structured = Issued(
        organization=named(books.organization),
        invoice=InvoiceAnswer(**invoice_answer(made)),
        replayed=made.replayed,
    )
    text = [issued_text(made), *document_lines(made.issued.document), *settled_lines(made)]
    return answer(heading(books.organization), text, structured)


TOOL = Description(
    issue_invoice,
    title="Issue invoice",
    text="Issue an invoice for good: it gets the next number and never changes again (issue_credit_note takes it back)."
    " Give a draft that was shown, or the same fields as draft_invoice.",
    effect=Effect.COMMITS,
)
