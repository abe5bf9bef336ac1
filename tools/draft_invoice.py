"""The tool `draft_invoice`."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from mcp_types import CallToolResult
from pydantic import Field

from invoicing.refusals import InvalidInput
from operations import drafts
from operations.rights import Right
from tools.answers import Answer, answer
from tools.context import DraftableBooks
from tools.description import Description, Effect
from tools.drafts_shown import draft_answer_lines
from tools.inputs import OrganizationArgument, SessionArgument
from tools.invoice_arguments import IN_DETAILS, NOTHING, InvoiceArguments, spread
from views.drafts import DraftShown, draft_deleted, draft_shown
from views.organizations import heading, named
from views.remedies import for_assistant


class DraftAnswer(DraftShown, Answer):
    """A draft with the document it would become; after `delete` only `draft` and `deleted` say something."""


@spread(described=True)
async def draft_invoice(
    books: DraftableBooks,
    *,
    document: InvoiceArguments,
    draft: Annotated[str, Field(description="Replace this draft; alone: show it again")] = "",
    delete: bool = False,
    organization: OrganizationArgument = "",
    session: SessionArgument = "",
) -> Annotated[CallToolResult, DraftAnswer]:
    request, first_line = document.request(draft=draft), heading(books.organization)
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
    act=Right.DRAFT,
    unlisted=IN_DETAILS,
)
