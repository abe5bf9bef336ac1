"""What was paid of a document, as it is shown, and what is still owed."""

from __future__ import annotations

from datetime import date

from invoicing.document.documents import DocumentKind
from invoicing.document.lifecycle import Balance
from invoicing.money.amounts import money_text, plain
from invoicing.settlement.kinds import SettlementKind
from operations.issuing import StandingDocument
from storage.books.payments import Payment
from views.base import View


class PaymentAnswer(View):
    """A payment, a refund of a credit note, what else settles a document (`kind`), or the reversal of one of them,
    which `reverses` names. `exchange_rate` is what one unit of `currency` was worth in that of the books.
    """

    id: str
    amount: str
    currency: str
    paid_on: date
    method: str
    reference: str
    reverses: str
    recorded_by: str
    kind: str
    exchange_rate: str


def payment_answer(payment: Payment) -> PaymentAnswer:
    return PaymentAnswer(
        id=payment.id,
        amount=money_text(payment.amount_minor, payment.currency),
        currency=payment.currency,
        paid_on=payment.paid_on,
        method=payment.method,
        reference=payment.reference,
        reverses=payment.reverses_id or "",
        recorded_by=payment.recorded_by,
        kind=payment.kind.value,
        exchange_rate="" if payment.exchange_rate is None else plain(payment.exchange_rate),
    )


SETTLED = {
    SettlementKind.PAYMENT: "Paid",
    SettlementKind.PAID_BACK: "Paid back",
    SettlementKind.CREDIT: "Credit applied",
    SettlementKind.CREDIT_USED: "Credit used on another invoice",
    SettlementKind.WRITE_OFF: "Written off",
    SettlementKind.CHARGES: "Bank charges",
    SettlementKind.WITHHELD_TAX: "Tax withheld",
    SettlementKind.CERTIFICATE: "Certificate of withheld tax",
    SettlementKind.DISCOUNT: "Discount taken",
}
"""What happened to a document, as lists of it begin."""

_WHAT = {
    SettlementKind.PAYMENT: "a payment",
    SettlementKind.PAID_BACK: "a repayment",
    SettlementKind.CREDIT: "a credit applied",
    SettlementKind.CREDIT_USED: "a credit used on another invoice",
    SettlementKind.WRITE_OFF: "a write-off",
    SettlementKind.CHARGES: "bank charges",
    SettlementKind.WITHHELD_TAX: "withheld tax",
    SettlementKind.CERTIFICATE: "a certificate of withheld tax",
    SettlementKind.DISCOUNT: "a discount for early payment",
}


def settlement_text(payment: Payment, *, refund: bool) -> str:
    """What was recorded, in a line: what it is, how much, when, how and by whom."""
    what = f"the reversal of {payment.reverses_id}," if payment.reverses_id else _WHAT[payment.kind]
    if refund and not payment.reverses_id:
        what = "a refund"
    amount = f"{money_text(payment.amount_minor, payment.currency)} {payment.currency}"
    how = "".join(f", {text}" for text in (payment.method, payment.reference) if text)
    rate = "" if payment.exchange_rate is None else f" at {plain(payment.exchange_rate)}"
    return f"{what} of {amount}{rate} on {payment.paid_on}{how} [{payment.id}], by {payment.recorded_by}"


def owed_line(number: str, owed_minor: int, currency: str) -> str:
    """What is open of an invoice, as a sentence: also where it is the customer who is owed."""
    whom = ": the customer is owed this" if owed_minor < 0 else ""
    return f"Open of {number}: {money_text(owed_minor, currency)} {currency}{whom}."


def settled_lines(invoice: StandingDocument) -> list[str]:
    """What was paid and credited of an invoice, or refunded of a credit note, where anything was."""
    document, balance = invoice.document, invoice.balance
    happened = settled_text(balance, document.currency).capitalize()
    if document.of_invoice or not happened:
        return [f"{happened} {document.currency}."] if happened else []
    return [f"{happened}. {owed_line(document.number, balance.due_minor, document.currency)}"]


def settled_text(balance: Balance, currency: str) -> str:
    """What was paid and credited, or refunded, in a few words: those of it that happened."""
    paid = "refunded" if balance.kind is DocumentKind.CREDIT_NOTE else "paid"
    amounts = {paid: balance.paid_minor, "credited": balance.credited_minor}
    return ", ".join(f"{what} {money_text(minor, currency)}" for what, minor in amounts.items() if minor)
