"""The tool `draft_invoice`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated

from mcp_types import CallToolResult
from pydantic import Field

from invoicing.money.amounts import money_text
from invoicing.refusals import InvalidInput
from operations import drafts
from operations.drafts import Preview
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
from views.documents import LineAnswer, TaxAnswer, line_answer, tax_answer
from views.organizations import heading, named
from views.remedies import for_assistant, told
from views.totals import TotalsAnswer, totals_answer
from views.warnings import WarningAnswer, warning_answers


class DraftAnswer(TotalsAnswer, Answer):
    """A draft with the document it would become; after `delete` only `draft` and `deleted` say something."""

    draft: str
    deleted: bool
    number: str
    customer: str
    customer_name: str
    issue_date: date | None
    due_date: date | None
    supply_date: date | None
    supply_end: date | None
    currency: str
    lines: list[LineAnswer]
    taxes: list[TaxAnswer]
    net_total: str
    tax_total: str
    total: str
    warnings: list[WarningAnswer]
    blockers: list[str]
    explanation: list[str]


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
    if delete:
        if not request.draft or replace(request, draft="") != NOTHING:
            raise InvalidInput("delete wants the draft to delete, and nothing else.", field="draft")
        await drafts.delete_draft(books, request.draft)
        deleted = _deleted(books, request.draft)
        return answer(heading(books.organization), [f"Deleted the draft {deleted.draft}."], deleted)
    preview = await drafts.draft_invoice(books, request)
    return answer(heading(books.organization), draft_answer_lines(preview), _structured(books, preview))


def _structured(books: DraftableBooks, preview: Preview) -> DraftAnswer:
    document = preview.document
    currency = document.currency
    return DraftAnswer(
        organization=named(books.organization),
        draft=preview.draft,
        deleted=False,
        number=preview.number,
        customer=document.customer,
        customer_name=document.buyer.name,
        issue_date=document.issue_date,
        due_date=document.due_date,
        supply_date=document.supply_date,
        supply_end=document.supply_end,
        currency=currency,
        lines=[line_answer(line, currency) for line in document.lines],
        taxes=[tax_answer(tax, currency) for tax in document.taxes],
        net_total=money_text(document.net_minor, currency),
        tax_total=money_text(document.tax_minor, currency),
        total=money_text(document.total_minor, currency),
        warnings=warning_answers(preview.warnings, for_assistant),
        blockers=[told(blocker, for_assistant) for blocker in preview.blockers],
        explanation=list(preview.explanation),
        **totals_answer(document),
    )


def _deleted(books: DraftableBooks, draft: str) -> DraftAnswer:
    return DraftAnswer(
        organization=named(books.organization),
        draft=draft,
        deleted=True,
        number="",
        customer="",
        customer_name="",
        issue_date=None,
        due_date=None,
        supply_date=None,
        supply_end=None,
        currency="",
        lines=[],
        taxes=[],
        net_total="",
        tax_total="",
        total="",
        warnings=[],
        blockers=[],
        explanation=[],
        adjustments=[],
        withholding=None,
        payable="",
        exchange=None,
    )


TOOL = Description(
    draft_invoice,
    title="Draft invoice",
    text="Draft an invoice and show what issuing would make: lines, tax, totals, warnings and the number it would get."
    " Consumes no number. Also replaces a draft whole, copies an earlier invoice (copy_of), or deletes a draft.",
    effect=Effect.CHANGES,
)
