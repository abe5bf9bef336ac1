"""The tool `issue_invoice`."""

from __future__ import annotations

from typing import Annotated, Any, assert_never

from mcp.server.elicitation import ElicitationResult
from mcp.server.mcpserver import Context, Elicit, Resolve
from mcp_types import CallToolResult
from pydantic import Field

from invoicing.approval.approvals import How
from operations import invoices
from operations.approval.persons import Question
from operations.approval.waiting import AwaitingApproval
from operations.invoices import IssuedInvoice, IssueRequest, KeptAsDraft
from operations.rights import Right
from storage.books.pool import Books
from tools.answers import Answer, answer
from tools.asking_person import PersonsAnswer, ask_person, no_person_line, person_said
from tools.context import BooksToIssue, open_again
from tools.description import Description, Effect
from tools.drafts_shown import acknowledged_codes, draft_answer_lines, kept_lines
from tools.inputs import OrganizationArgument, SessionArgument, Several
from tools.invoice_arguments import NOTHING, InvoiceArguments, spread
from views.approvals import ApprovalAnswer, approval_answer, approval_lines, waiting_text
from views.base import UNSPELT_OR_NULL
from views.documents import InvoiceAnswer, document_lines, invoice_answer, issued_text, total_lines
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
async def question_to_issue(
    books: BooksToIssue,
    *,
    draft: str,
    document: InvoiceArguments,
    acknowledge: Several[str] | None,
    client_reference: str,
) -> Question | None:
    return await invoices.question_before_issue(books, _wanted(draft, document, acknowledge, client_reference))


AQuestion = Annotated[Question | None, Resolve(question_to_issue)]


async def ask_to_issue(
    context: Context[Any, Any], books: BooksToIssue, question: AQuestion
) -> Elicit[PersonsAnswer] | How | None:
    return await ask_person(context, [(books.organization, question)] if question else [])


@spread(described=False)
async def issue_invoice(
    context: Context[Any, Any],
    books: BooksToIssue,
    *,
    question: AQuestion,
    outcome: Annotated[ElicitationResult[Any], Resolve(ask_to_issue)],
    draft: Annotated[str, Field(description="Issue this draft; or give the fields of draft_invoice")] = "",
    document: InvoiceArguments,
    acknowledge: Annotated[Several[str] | None, Field(description="Codes of warnings that the draft showed")] = None,
    client_reference: Annotated[str, Field(description="Your name for it, the same when retrying")] = "",
    organization: OrganizationArgument = "",
    session: SessionArgument = "",
) -> Annotated[CallToolResult, IssuedAnswer]:
    wanted = _wanted(draft, document, acknowledge, client_reference)
    books = await open_again(Right.ISSUE, context, books) if question else books
    made = await invoices.issue_invoice(books, wanted, person_said([question] if question else [], outcome))
    first_line = heading(books.organization)
    match made:
        case AwaitingApproval():
            return answer(first_line, _waiting_lines(made), _waiting(books, made))
        case KeptAsDraft(unacknowledged=()):
            lines = [no_person_line(outcome, is_person=books.acting.is_person), *draft_answer_lines(made.preview)]
            return answer(first_line, lines, _kept(books, made))
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


def _waiting(books: Books, made: AwaitingApproval) -> IssuedAnswer:
    return IssuedAnswer(
        organization=named(books.organization),
        invoice=None,
        draft=made.approval.id,
        warnings=[],
        replayed=made.replayed,
        approval=approval_answer(made.approval),
    )


def _waiting_lines(made: AwaitingApproval) -> list[str]:
    first = "Asked for already:" if made.replayed else "Not issued, it waits for approval:"
    return [f"{first} {waiting_text(made.approval)}", *approval_lines(made.approval)]


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
        *(total_lines(document) if from_draft else document_lines(document)),
        *choice_lines(made.choices),
        *warning_lines(unseen, for_assistant),
        *([f"Warnings that were shown before: {', '.join(known)}."] if known else []),
        *([f"The PDF says that it is a copy: {document.form_words}."] if document.form_words else []),
        *settled_lines(made.document),
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
    act=Right.ISSUE,
    asks=True,
    unlisted=_UNLISTED,
)
