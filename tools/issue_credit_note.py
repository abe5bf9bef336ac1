"""The tool `issue_credit_note`."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from mcp_types import CallToolResult
from pydantic import Field

from invoicing.credit.crediting import CreditLine
from invoicing.money.amounts import money_text
from operations import credit_notes
from operations.credit_notes import CreditRequest, IssuedCreditNote
from operations.rights import Right
from tools.answers import Answer, answer
from tools.context import BooksToCredit
from tools.description import Description, Effect
from tools.inputs import OptionalDate, OptionalDecimal, OrganizationArgument, PartInput, SessionArgument, Several
from views.documents import InvoiceAnswer, document_lines, invoice_answer, issued_text
from views.organizations import heading, named
from views.payments import owed_line
from views.remedies import for_assistant
from views.warnings import WarningAnswer, warning_answers, warning_lines


class CreditLineInput(PartInput):
    """A line of the invoice to take back, and how much of it."""

    position: int = Field(description="Line of the invoice", strict=True)
    quantity: OptionalDecimal = None

    def wanted(self) -> CreditLine:
        quantity: Decimal | None = self.quantity
        return CreditLine(self.position, quantity)


class Credited(Answer):
    """`invoice_amount_due` is what is owed of the invoice now; less than zero where the customer is owed."""

    credit_note: InvoiceAnswer
    credited_invoice: str
    invoice_amount_due: str
    reason: str
    warnings: list[WarningAnswer]
    replayed: bool


async def issue_credit_note(
    books: BooksToCredit,
    invoice: Annotated[str, Field(description="Id or number")],
    reason: str,
    lines: Annotated[
        Several[CreditLineInput] | None, Field(description="What to take back; all that remains if left out")
    ] = None,
    issue_date: OptionalDate = None,
    client_reference: Annotated[str, Field(description="Your name for it, the same when retrying")] = "",
    organization: OrganizationArgument = "",
    session: SessionArgument = "",
) -> Annotated[CallToolResult, Credited]:
    wanted = None if lines is None else tuple(line.wanted() for line in lines)
    made = await credit_notes.issue_credit_note(
        books,
        CreditRequest(
            invoice=invoice, reason=reason, lines=wanted, issue_date=issue_date, client_reference=client_reference
        ),
    )
    document = made.note.document
    structured = Credited(
        organization=named(books.organization),
        credit_note=InvoiceAnswer(**invoice_answer(made.note)),
        credited_invoice=made.invoice_number,
        invoice_amount_due=money_text(made.invoice_balance.due_minor, document.currency),
        reason=document.reason,
        warnings=warning_answers(made.warnings, for_assistant),
        replayed=made.note.replayed,
    )
    return answer(heading(books.organization), _lines(made), structured)


def _lines(made: IssuedCreditNote) -> list[str]:
    document, balance = made.note.document, made.invoice_balance
    refund = f" Record a refund with record_payment on {document.number}." if balance.due_minor < 0 else ""
    whole = balance.credited_minor >= balance.payable_minor
    anew = f'A corrected invoice: draft_invoice with copy_of="{made.invoice_number}" and what is different.'
    return [
        issued_text(made.note),
        f"It credits {made.invoice_number}{'' if whole else ' in part'}: {document.reason}",
        *document_lines(document),
        *warning_lines(made.warnings, for_assistant),
        owed_line(made.invoice_number, balance.due_minor, document.currency) + refund,
        *([anew] if whole and not made.note.replayed else []),
    ]


TOOL = Description(
    issue_credit_note,
    title="Issue credit note",
    text="Correct or cancel an issued invoice: take it back for good, whole or by lines, with a credit note that has a"
    " number of its own. At most what remains of each line. What was paid of it is then owed to the customer. A"
    " corrected invoice is a new one.",
    effect=Effect.COMMITS,
    act=Right.CREDIT,
)
