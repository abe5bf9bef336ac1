"""The tool `issue_invoice`."""

from __future__ import annotations

from typing import Annotated, assert_never

from mcp_types import CallToolResult
from pydantic import Field

from invoicing.money.amounts import money_text
from operations import invoices
from operations.approval.waiting import AwaitingApproval
from operations.invoices import IssuedInvoice, IssueRequest, KeptAsDraft
from operations.rights import Right
from storage.books.pool import Books
from tools.answers import Answer, answer
from tools.context import BooksToIssue, TheOffice, place_of
from tools.description import Description, Effect
from tools.drafts_shown import acknowledged_codes, kept_lines
from tools.inputs import OrganizationArgument, SessionArgument, Several
from tools.invoice_arguments import NOTHING, InvoiceArguments, spread
from views.approvals import ApprovalAnswer, Place, approval_answer, not_issued_lines
from views.base import UNSPELT_OR_NULL
from views.documents import InvoiceAnswer, credited_lines, document_lines, invoice_answer, issued_text, total_lines
from views.drafts import choice_lines
from views.organizations import heading, named
from views.payments import settled_lines
from views.remedies import for_assistant
from views.warnings import WarningAnswer, warning_answers, warning_lines


class IssuedAnswer(Answer):
    """What was issued; `invoice` is null where it was kept as `draft` instead: because of warnings that nobody has
    acknowledged, or until it is approved, as `approval` says. `replayed` says that an earlier call with the same
    client_reference did it.
    """

    invoice: InvoiceAnswer | None
    draft: str
    warnings: list[WarningAnswer]
    replayed: bool
    approval: Annotated[ApprovalAnswer | None, UNSPELT_OR_NULL] = None


@spread(described=False)
async def issue_invoice(
    office: TheOffice,
    books: BooksToIssue,
    *,
    draft: Annotated[str, Field(description="Issue this draft; or give the fields of draft_invoice")] = "",
    document: InvoiceArguments,
    acknowledge: Annotated[Several[str] | None, Field(description="Codes of warnings that the draft showed")] = None,
    client_reference: Annotated[str, Field(description="Your name for it, the same when retrying")] = "",
    organization: OrganizationArgument = "",
    session: SessionArgument = "",
) -> Annotated[CallToolResult, IssuedAnswer]:
    wanted = _wanted(draft, document, acknowledge, client_reference)
    made = await invoices.issue_invoice(books, wanted)
    first_line = heading(books.organization)
    match made:
        case AwaitingApproval():
            place = place_of(office, books)
            return answer(first_line, not_issued_lines(made, place), _waiting(made, place))
        case KeptAsDraft():
            return answer(first_line, kept_lines(made.preview, made.unacknowledged, seen=made.seen), _kept(books, made))
        case IssuedInvoice():
            return answer(first_line, _lines(made, from_draft=bool(draft)), _issued(books, made))
        case never:
            assert_never(never)


def _wanted(
    draft: str, document: InvoiceArguments, acknowledge: list[str] | None, client_reference: str
) -> IssueRequest:
    request = document.request()
    return IssueRequest(
        draft=draft.strip(),
        request=None if request == NOTHING else request,
        client_reference=client_reference,
        acknowledge=tuple(acknowledge or ()),
    )


def _waiting(made: AwaitingApproval, place: Place) -> IssuedAnswer:
    return IssuedAnswer(
        organization=named(place.organization),
        invoice=None,
        draft=made.approval.id,
        warnings=[],
        replayed=made.replayed,
        approval=approval_answer(made.approval, place),
    )


def _issued(books: Books, made: IssuedInvoice) -> IssuedAnswer:
    return IssuedAnswer(
        organization=named(books.organization),
        invoice=InvoiceAnswer(**invoice_answer(made.document)),
        draft="",
        warnings=warning_answers(made.warnings, for_assistant),
        replayed=made.document.replayed,
    )


def _kept(books: Books, made: KeptAsDraft) -> IssuedAnswer:
    return IssuedAnswer(
        organization=named(books.organization),
        invoice=None,
        draft=made.preview.draft,
        warnings=warning_answers(made.preview.warnings, for_assistant),
        replayed=False,
    )


def _lines(made: IssuedInvoice, *, from_draft: bool) -> list[str]:
    """A draft has shown its lines and warnings; what was asked for in this very call is shown here."""
    document = made.document.document
    unseen = [warning for warning in made.warnings if warning.code not in made.seen]
    known = [code for code in acknowledged_codes(made.warnings) if code in made.seen]
    return [
        issued_text(made.document),
        *credited_lines(document),
        *(total_lines(document) if from_draft else document_lines(document)),
        *choice_lines(made.choices),
        *warning_lines(unseen, for_assistant),
        *([f"Warnings that were shown before: {', '.join(known)}."] if known else []),
        *([f"The PDF says that it is a copy: {document.form_words}."] if document.form_words else []),
        *settled_lines(made.document),
        *_former_lines(made),
    ]


def _former_lines(made: IssuedInvoice) -> list[str]:
    """That what a credit note comes to can be used on the invoice of a former system that it is for."""
    document = made.document.document
    if document.credits is None or not made.former_open_minor:
        return []
    number, owed = document.credits.number, money_text(made.former_open_minor, document.currency)
    return [
        f"{owed} {document.currency} is open of {number}: record_payment of it with kind credit takes this off, the"
        " customer's oldest credit first."
    ]


_LISTED = frozenset({"customer", "lines", "issue_date", "due_date", "currency", "note"})
_UNLISTED = frozenset(InvoiceArguments.model_fields) - _LISTED

TOOL = Description(
    issue_invoice,
    title="Issue invoice",
    text="Issue an invoice for good: it gets the next number and never changes again (issue_credit_note takes it back)."
    " Give a draft that was shown, or any fields of draft_invoice. A live one with warnings that were not acknowledged"
    " stays a draft.",
    effect=Effect.COMMITS,
    asks=True,
    act=Right.ISSUE,
    unlisted=_UNLISTED,
)
