"""The tool `record_payment`."""

from __future__ import annotations

from typing import Annotated

from mcp_types import CallToolResult
from pydantic import Field

from operations import payments
from operations.payments import PaymentRequest, RecordedPayment
from operations.rights import Right
from tools.answers import Answer, answer
from tools.context import BooksToRecordPayment
from tools.description import Description, Effect
from tools.inputs import OptionalDate, OptionalDecimal, OrganizationArgument, SessionArgument
from views.documents import InvoiceAnswer, invoice_answer
from views.organizations import heading, named
from views.payments import PaymentAnswer, owed_line, payment_answer, settled_text
from views.remedies import for_assistant
from views.warnings import WarningAnswer, warning_answers, warning_lines


class PaymentRecorded(Answer):
    """The payment, and its document as it stands now. `replayed` says that an earlier call recorded it."""

    payment: PaymentAnswer
    invoice: InvoiceAnswer
    warnings: list[WarningAnswer]
    replayed: bool


async def record_payment(
    books: BooksToRecordPayment,
    invoice: Annotated[str, Field(description="Id or number; of a credit note to record a refund")],
    amount: OptionalDecimal = None,
    paid_on: OptionalDate = None,
    method: str = "",
    reference: str = "",
    currency: str = "",
    reverse: Annotated[str, Field(description="Id of a payment to take back whole; then without amount")] = "",
    accept_overpayment: bool = False,
    client_reference: Annotated[
        str, Field(description="Your name for this payment; use the same value when retrying it")
    ] = "",
    organization: OrganizationArgument = "",
    session: SessionArgument = "",
) -> Annotated[CallToolResult, PaymentRecorded]:
    request = PaymentRequest(
        invoice=invoice,
        amount=amount,
        paid_on=paid_on,
        method=method,
        reference=reference,
        currency=currency,
        reverse=reverse,
        accept_overpayment=accept_overpayment,
        client_reference=client_reference,
    )
    made = await payments.record_payment(books, request)
    structured = PaymentRecorded(
        organization=named(books.organization),
        payment=payment_answer(made.payment),
        invoice=InvoiceAnswer(**invoice_answer(made.document)),
        warnings=warning_answers(made.warnings, for_assistant),
        replayed=made.replayed,
    )
    return answer(heading(books.organization), _lines(made, structured), structured)


def _lines(made: RecordedPayment, structured: PaymentRecorded) -> list[str]:
    payment, shown = structured.payment, structured.invoice
    document = made.document.document
    what = "a refund" if shown.credits else "a payment"
    if payment.reverses:
        what = f"the reversal of {payment.reverses},"
    act = "Already recorded by an earlier call, nothing new was recorded" if made.replayed else "Recorded"
    how = "".join(f", {text}" for text in (payment.method, payment.reference) if text)
    number = document.credits.number if document.credits else document.number
    due = f", due {shown.due_date}" if shown.due_date else ""
    settled = settled_text(made.document.balance, shown.currency)
    return [
        f"{act}: {what} of {payment.amount} {payment.currency} on {payment.paid_on}{how} [{payment.id}],"
        f" by {payment.recorded_by}.",
        f"{shown.number} to {shown.customer_name} [{shown.customer}], dated {shown.issue_date}{due}: net"
        f" {shown.net_total}, tax {shown.tax_total}, total {shown.total} {shown.currency}, {shown.status}"
        f"{settled and f', {settled}'}.",
        owed_line(number, made.owed_minor, payment.currency),
        *warning_lines(made.warnings, for_assistant),
    ]


TOOL = Description(
    record_payment,
    title="Record payment",
    text="Record for good what was paid of an invoice, or refunded of a credit note. A part is enough; more than is"
    " owed only with accept_overpayment. A payment recorded in error is taken back with reverse, a counter-entry.",
    effect=Effect.COMMITS,
    act=Right.RECORD_PAYMENT,
)
