"""The tool `issue_credit_note`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self, assert_never

from mcp_types import CallToolResult
from pydantic import Field, GetJsonSchemaHandler, StrictBool, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from invoicing.credit.wanted import CreditCharge, CreditLine
from invoicing.money.amounts import money_text
from invoicing.refusals import InvalidInput
from operations import credit_notes
from operations.approval.waiting import AwaitingApproval
from operations.credit_notes import CreditRequest, IssuedCreditNote
from operations.rights import Right
from storage.books.pool import Books
from tools.answers import Answer, answer
from tools.context import BooksToCredit, TheOffice, place_of
from tools.description import Description, Effect
from tools.inputs import (
    OptionalDate,
    OptionalDecimal,
    OptionalWholeNumber,
    OrganizationArgument,
    PartInput,
    SessionArgument,
    Several,
    fault,
    flag,
    said,
)
from views.approvals import ApprovalAnswer, Place, approval_answer, not_issued_lines
from views.base import UNSPELT_OR_NULL
from views.documents import InvoiceAnswer, document_lines, invoice_answer, issued_text, remaining_lines
from views.organizations import heading, named
from views.payments import owed_line
from views.remedies import for_assistant
from views.warnings import WarningAnswer, warning_answers, warning_lines

_UNLISTED = frozenset({"adjustment", "unit_price", "amount", "percent", "charges", "discounts"})


class CreditLineInput(PartInput):
    """A line of the invoice, and what to take of it: a quantity that comes back, or money alone, where its price
    becomes `unit_price` or is less by an `amount` or by `percent`. `charges` and `discounts` say whether its share of
    the document's goes along. Or a charge of the document by its place among the discounts and charges (`adjustment`).
    The schema spells out the first alone.
    """

    position: OptionalWholeNumber = Field(default=None, description="Line of the invoice")
    quantity: OptionalDecimal = None
    adjustment: OptionalWholeNumber = None
    unit_price: OptionalDecimal = None
    amount: OptionalDecimal = None
    percent: OptionalDecimal = None
    charges: StrictBool | Literal["true", "false"] | None = None
    discounts: StrictBool | Literal["true", "false"] | None = None

    @model_validator(mode="after")
    def _check_what_is_taken(self) -> Self:
        """Stop at the first that names nothing: a request has room for hundreds of thousands."""
        if self.position is None and self.adjustment is None:
            raise fault("position", said("is required"))
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, known: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = known.resolve_ref_schema(known(core))
        listed = {name: one for name, one in schema["properties"].items() if name not in _UNLISTED}
        listed["position"] = {"description": "Line of the invoice", "type": "integer"}
        return {**schema, "properties": listed, "required": ["position"]}

    def wanted(self, index: int) -> CreditLine | CreditCharge:
        """What is asked for; `index` is from 0.

        Raises:
            InvalidInput: both a line and a charge, or what does not go with a charge.
        """
        field = f"lines[{index}]"
        if self.adjustment is not None:
            others = [name for name in type(self).model_fields if name not in ("adjustment", "amount")]
            if said := [name for name in others if getattr(self, name) is not None]:
                raise InvalidInput(f"{field}: {said[0]} does not go with adjustment.", field=f"{field}.{said[0]}")
            return CreditCharge(self.adjustment, self.amount)
        return CreditLine(
            # One of the two is there.
            self.position or 0,
            self.quantity,
            unit_price=self.unit_price,
            amount=self.amount,
            percent=self.percent,
            charges=flag(self.charges, field=f"{field}.charges"),
            discounts=flag(self.discounts, field=f"{field}.discounts"),
        )


class Credited(Answer):
    """`invoice_amount_due` is what is owed of the invoice now; less than zero where the customer is owed. `credit_note`
    is null where it was not issued: it waits, as `approval` says.
    """

    credit_note: Annotated[InvoiceAnswer | None, UNSPELT_OR_NULL]
    credited_invoice: str
    invoice_amount_due: str
    reason: str
    warnings: list[WarningAnswer]
    replayed: bool
    approval: Annotated[ApprovalAnswer | None, UNSPELT_OR_NULL] = None


async def issue_credit_note(
    office: TheOffice,
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
    wanted = _wanted(invoice, reason, lines, issue_date, client_reference)
    made = await credit_notes.issue_credit_note(books, wanted)
    first_line = heading(books.organization)
    match made:
        case AwaitingApproval():
            place = place_of(office, books)
            return answer(first_line, not_issued_lines(made, place), _waiting(made, place))
        case IssuedCreditNote():
            return answer(first_line, _lines(made), _credited(books, made))
        case never:
            assert_never(never)


def _wanted(
    invoice: str,
    reason: str,
    lines: list[CreditLineInput] | None,
    issue_date: date | None,
    client_reference: str,
) -> CreditRequest:
    wanted = [one.wanted(index) for index, one in enumerate(lines or ())]
    charges = tuple(one for one in wanted if isinstance(one, CreditCharge))
    positions = tuple(one for one in wanted if isinstance(one, CreditLine))
    return CreditRequest(
        invoice=invoice,
        reason=reason,
        # Charges alone leave the lines where they are.
        lines=None if lines is None else positions,
        charges=charges,
        issue_date=issue_date,
        client_reference=client_reference,
    )


def _waiting(made: AwaitingApproval, place: Place) -> Credited:
    document = made.approval.document
    return Credited(
        organization=named(place.organization),
        credit_note=None,
        credited_invoice=document.credits.number if document.credits else "",
        invoice_amount_due="",
        reason=document.reason,
        warnings=[],
        replayed=made.replayed,
        approval=approval_answer(made.approval, place),
    )


def _credited(books: Books, made: IssuedCreditNote) -> Credited:
    document = made.note.document
    return Credited(
        organization=named(books.organization),
        credit_note=InvoiceAnswer(**invoice_answer(made.note)),
        credited_invoice=made.invoice_number,
        invoice_amount_due=money_text(made.invoice_balance.due_minor, document.currency),
        reason=document.reason,
        warnings=warning_answers(made.warnings, for_assistant),
        replayed=made.note.replayed,
    )


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
        *remaining_lines(document),
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
    asks=True,
    act=Right.CREDIT,
)
