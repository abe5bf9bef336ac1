"""The tool `record_payment`."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from mcp_types import CallToolResult
from pydantic import BaseModel, Field, WithJsonSchema

from invoicing.money.amounts import money_text
from operations import payments
from operations.payments import PaymentRequest, RecordedPayment, Settled
from operations.rights import Right
from operations.settling.asked import Share
from tools.answers import Answer, answer
from tools.context import BooksToRecordPayment
from tools.description import Description, Effect
from tools.inputs import OptionalDate, OptionalDecimal, OrganizationArgument, PartInput, SessionArgument, Several
from views.base import SEVERAL_UNSPELT
from views.documents import InvoiceAnswer, invoice_answer
from views.organizations import heading, named
from views.payments import PaymentAnswer, owed_line, payment_answer, settled_text, settlement_text
from views.remedies import for_assistant
from views.warnings import WarningAnswer, warning_answers, warning_lines

Settling = Literal["payment", "paid_back", "credit", "write_off", "charges", "withheld_tax", "discount"]


class SettledInput(PartInput):
    """A document that an act settles."""

    invoice: str
    amount: OptionalDecimal = None
    kind: Annotated[Settling | None, WithJsonSchema({"type": "string"})] = None

    def share(self) -> Share:
        amount: Decimal | None = self.amount
        return Share(invoice=self.invoice, amount=amount, kind=self.kind or "")


class PartRecorded(BaseModel):
    """What was recorded of one document, and what is open of it now."""

    payment: PaymentAnswer
    number: str
    amount_due: str


class PaymentRecorded(Answer):
    """What was recorded, and its document as it stands now: the first of `parts`, of which an act can have several.
    `replayed` says that an earlier call recorded it.
    """

    payment: PaymentAnswer
    invoice: InvoiceAnswer
    parts: Annotated[list[PartRecorded], SEVERAL_UNSPELT]
    warnings: list[WarningAnswer]
    replayed: bool


async def record_payment(
    books: BooksToRecordPayment,
    invoice: Annotated[str, Field(description="Id or number; of a credit note to record a refund")] = "",
    invoices: Annotated[
        Several[SettledInput] | None,
        Field(description="Several at once; without amounts money goes to them in order"),
    ] = None,
    amount: OptionalDecimal = None,
    kind: Annotated[
        Settling,
        Field(description="credit: owed to the customer elsewhere; charges: the bank's"),
    ] = "payment",
    paid_on: OptionalDate = None,
    method: str = "",
    reference: str = "",
    currency: str = "",
    exchange_rate: OptionalDecimal = None,
    reverse: Annotated[str, Field(description="Id of a payment to take back whole; then without amount")] = "",
    accept_overpayment: bool = False,
    client_reference: Annotated[str, Field(description="Your name for it, the same when retrying")] = "",
    organization: OrganizationArgument = "",
    session: SessionArgument = "",
) -> Annotated[CallToolResult, PaymentRecorded]:
    request = PaymentRequest(
        invoice=invoice,
        invoices=tuple(one.share() for one in invoices or ()),
        amount=amount,
        kind=kind,
        paid_on=paid_on,
        method=method,
        reference=reference,
        currency=currency,
        exchange_rate=exchange_rate,
        reverse=reverse,
        accept_overpayment=accept_overpayment,
        client_reference=client_reference,
    )
    made = await payments.record_payment(books, request)
    structured = PaymentRecorded(
        organization=named(books.organization),
        payment=payment_answer(made.payment),
        invoice=InvoiceAnswer(**invoice_answer(made.document)),
        parts=[
            PartRecorded(
                payment=payment_answer(one.payment),
                number=_invoice_number(one),
                amount_due=money_text(one.owed_minor, one.payment.currency),
            )
            for one in made.parts
        ],
        warnings=warning_answers(made.warnings, for_assistant),
        replayed=made.replayed,
    )
    return answer(heading(books.organization), _lines(made, structured), structured)


def _lines(made: RecordedPayment, structured: PaymentRecorded) -> list[str]:
    act = "Already recorded by an earlier call, nothing new was recorded" if made.replayed else "Recorded"
    several = len(made.parts) > 1
    lines = []
    for part in made.parts:
        refund = bool(part.document.document.of_invoice)
        of = f" of {part.document.document.number}" if several else ""
        lines.append(f"{act}{of}: {settlement_text(part.payment, refund=refund)}.")
    if not several:
        lines.append(_document_line(made, structured.invoice))
    # An invoice that is settled in several ways stands once as it is now.
    owed = {_invoice_number(part): (part.owed_minor, part.payment.currency) for part in made.parts}
    lines += [owed_line(number, minor, currency) for number, (minor, currency) in owed.items()]
    return [*lines, *warning_lines(made.warnings, for_assistant)]


def _document_line(made: RecordedPayment, shown: InvoiceAnswer) -> str:
    due = f", due {shown.due_date}" if shown.due_date else ""
    settled = settled_text(made.document.balance, shown.currency)
    of_total = f"net {shown.net_total}, tax {shown.tax_total}, " if shown.net_total else "of a former system, "
    return (
        f"{shown.number} to {shown.customer_name} [{shown.customer}], dated {shown.issue_date}{due}: {of_total}total"
        f" {shown.total} {shown.currency}, {shown.status}{settled and f', {settled}'}."
    )


def _invoice_number(part: Settled) -> str:
    """The document whose balance it is."""
    document = part.document.document
    return document.credits.number if document.credits and document.of_invoice else document.number


TOOL = Description(
    record_payment,
    title="Record payment",
    text="Record for good what was paid of invoices, or refunded of a credit note, or what else settles them (kind). A"
    " part is enough; more than is owed only with accept_overpayment. What was recorded in error is taken back with"
    " reverse, a counter-entry.",
    effect=Effect.COMMITS,
    act=Right.RECORD_PAYMENT,
)
