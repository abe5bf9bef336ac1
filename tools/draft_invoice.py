"""The tool `draft_invoice`."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from mcp_types import CallToolResult
from pydantic import Field

from invoicing.refusals import InvalidInput
from operations import drafts
from tools.answers import Answer, answer
from tools.context import DraftableBooks
from tools.description import Description, Effect
from tools.drafts_shown import draft_answer_lines
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
from views.drafts import DraftShown, draft_deleted, draft_shown
from views.organizations import heading, named
from views.remedies import for_assistant


class DraftAnswer(DraftShown, Answer):
    """A draft with the document it would become; after `delete` only `draft` and `deleted` say something."""


async def draft_invoice(
    books: DraftableBooks,
    customer: Annotated[str, Field(description="Id or exact name")] = "",
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
    copy_of: Annotated[str, Field(description="Id or number of an invoice that fills what is left out")] = "",
    adjustments: Several[AdjustmentInput] | None = None,
    withholding: Annotated[str, Field(description="Code of a tax that the buyer withholds")] = "",
    exchange_rate: Annotated[OptionalDecimal, Field(description="1 unit of currency in that of the books")] = None,
    exchange_date: OptionalDate = None,
    exchange_source: str = "",
    series: Annotated[str, Field(description="Code of a number series, if not the usual")] = "",
    draft: Annotated[str, Field(description="Replace this draft; alone: show it again")] = "",
    delete: Annotated[bool, Field(description="Delete draft")] = False,
    organization: OrganizationArgument = "",
    session: SessionArgument = "",
) -> Annotated[CallToolResult, DraftAnswer]:
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
        draft=draft,
    )
    first_line = heading(books.organization)
    if delete:
        if not request.draft or replace(request, draft="") != NOTHING:
            raise InvalidInput("delete wants the draft to delete, and nothing else.", field="draft")
        await drafts.delete_draft(books, request.draft)
        return answer(first_line, [f"Deleted the draft {request.draft}."], _answer(books, draft_deleted(request.draft)))
    preview = await drafts.draft_invoice(books, request)
    return answer(first_line, draft_answer_lines(preview), _answer(books, draft_shown(preview, for_assistant)))


def _answer(books: DraftableBooks, shown: DraftShown) -> DraftAnswer:
    return DraftAnswer(**dict(shown), organization=named(books.organization))


TOOL = Description(
    draft_invoice,
    title="Draft invoice",
    text="Draft an invoice and show what issuing would make: lines, tax, totals, warnings and the number it would get."
    " Consumes no number. Also replaces a draft whole, copies an earlier invoice (copy_of), or deletes a draft.",
    effect=Effect.CHANGES,
)
