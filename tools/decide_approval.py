"""The tool `decide_approval`."""

from __future__ import annotations

from typing import Annotated, Any

from mcp.server.elicitation import ElicitationResult
from mcp.server.mcpserver import Context, Elicit, Resolve
from mcp_types import CallToolResult
from pydantic import Field

from invoicing.approval.approvals import How
from operations.approval import deciding
from operations.approval.deciding import Decided, DecisionRequest
from operations.approval.persons import Question
from operations.rights import Right
from tools.answers import Answer, answer
from tools.asking_person import PersonsAnswer, ask_person, person_said
from tools.context import BooksToDecide, open_again
from tools.description import Description, Effect
from tools.inputs import OrganizationArgument, SessionArgument
from views.approvals import ApprovalAnswer, approval_answer, approval_lines, decision_lines, waiting_text
from views.base import UNSPELT_OR_NULL
from views.documents import InvoiceAnswer, invoice_answer, issued_text
from views.organizations import heading, named


class DecidedAnswer(Answer):
    """`invoice` is what was issued after the last step, else null. `counted` is false where the document had changed:
    then nothing was decided, and it waits anew. `repeated` says that you had said so already.
    """

    approval: Annotated[ApprovalAnswer, UNSPELT_OR_NULL]
    invoice: Annotated[InvoiceAnswer | None, UNSPELT_OR_NULL]
    counted: bool
    repeated: bool


async def question_to_decide(books: BooksToDecide, document: str, decision: str) -> Question | None:
    return await deciding.question_before_decision(books, DecisionRequest(document, decision))


AQuestion = Annotated[Question | None, Resolve(question_to_decide)]


async def ask_to_decide(
    context: Context[Any, Any], books: BooksToDecide, question: AQuestion
) -> Elicit[PersonsAnswer] | How | None:
    return await ask_person(context, [(books.organization, question)] if question else [])


async def decide_approval(
    context: Context[Any, Any],
    books: BooksToDecide,
    document: Annotated[str, Field(description="Id of what waits")],
    decision: Annotated[str, Field(description="approve or reject")],
    *,
    question: AQuestion,
    outcome: Annotated[ElicitationResult[Any], Resolve(ask_to_decide)],
    comment: str = "",
    organization: OrganizationArgument = "",
    session: SessionArgument = "",
) -> Annotated[CallToolResult, DecidedAnswer]:
    said = person_said([question] if question else [], outcome)
    books = await open_again(Right.DECIDE_APPROVAL, context, books) if question else books
    made = await deciding.decide_approval(books, DecisionRequest(document, decision, comment), said)
    structured = DecidedAnswer(
        organization=named(books.organization),
        approval=approval_answer(made.approval),
        invoice=InvoiceAnswer(**invoice_answer(made.issued)) if made.issued else None,
        counted=not made.anew,
        repeated=made.repeated,
    )
    return answer(heading(books.organization), _lines(made), structured)


def _lines(made: Decided) -> list[str]:
    if made.issued is not None:
        return [issued_text(made.issued), *decision_lines(made.approval)]
    anew = ["Not decided: it is not what was asked for any more. Look at it as it is now."] if made.anew else []
    again = ["You have said so already; nothing more was done."] if made.repeated else []
    return [*anew, *again, waiting_text(made.approval), *approval_lines(made.approval)]


TOOL = Description(
    decide_approval,
    title="Decide approval",
    text="Approve or reject a document that waits for approval (find_invoices with status awaiting_approval). After the"
    " last step it is issued at once, exactly as it was approved. For the person whom the step asks.",
    effect=Effect.COMMITS,
    act=Right.DECIDE_APPROVAL,
    asks=True,
)
