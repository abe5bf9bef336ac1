"""The tool `decide_approval`."""

from __future__ import annotations

from typing import Annotated

from mcp_types import CallToolResult
from pydantic import Field

from operations.approval import deciding
from operations.approval.deciding import Decided, DecisionRequest
from operations.rights import Right
from tools.answers import Answer, answer
from tools.context import BooksToDecide, TheOffice, place_of, said_where_to_sign
from tools.description import Description, Effect
from tools.inputs import OrganizationArgument, SessionArgument
from views.approvals import ApprovalAnswer, Place, approval_answer, approval_lines, decision_lines, waiting_text
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


async def decide_approval(
    office: TheOffice,
    books: BooksToDecide,
    document: Annotated[str, Field(description="Id of what waits")],
    decision: Annotated[str, Field(description="approve or reject")],
    comment: str = "",
    organization: OrganizationArgument = "",
    session: SessionArgument = "",
) -> Annotated[CallToolResult, DecidedAnswer]:
    place = place_of(office, books)
    with said_where_to_sign(office, books, document.strip()):
        made = await deciding.decide_approval(books, DecisionRequest(document, decision, comment))
    structured = DecidedAnswer(
        organization=named(books.organization),
        approval=approval_answer(made.approval, place),
        invoice=InvoiceAnswer(**invoice_answer(made.issued)) if made.issued else None,
        counted=not made.anew,
        repeated=made.repeated,
    )
    return answer(heading(books.organization), _lines(made, place), structured)


def _lines(made: Decided, place: Place) -> list[str]:
    if made.issued is not None:
        return [issued_text(made.issued), *decision_lines(made.approval)]
    anew = ["Not decided: it is not what was asked for any more. Look at it as it is now."] if made.anew else []
    again = ["You have said so already; nothing more was done."] if made.repeated else []
    return [*anew, *again, waiting_text(made.approval), *approval_lines(made.approval, place)]


TOOL = Description(
    decide_approval,
    title="Decide approval",
    text="Approve or reject a document that waits for approval (find_invoices with status awaiting_approval). After the"
    " last step it is issued at once, exactly as it was approved. For the person whom the step asks.",
    effect=Effect.COMMITS,
    act=Right.DECIDE_APPROVAL,
)
