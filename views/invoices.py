"""An issued document as it is shown with all that happened to it, and the sums of many."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from invoicing.approval.approvals import Approval
from invoicing.document.details import said_of_document
from invoicing.document.documents import Document, DocumentKind
from invoicing.money.amounts import money_text
from invoicing.money.sums import Sums
from invoicing.settlement.kinds import SettlementKind
from invoicing.text.typed import counted
from operations.issuing import StandingDocument
from storage.books.documents import IssuedDocument
from storage.books.former_documents import FormerDocument
from views.approvals import Place, StepAnswer, approval_lines, given_answers, step_answers, step_lines, waiting_text
from views.base import LIST_UNSPELT, OBJECT_UNSPELT, SEVERAL_UNSPELT, View
from views.documents import (
    InvoiceAnswer,
    LineAnswer,
    TaxAnswer,
    credited_lines,
    document_lines,
    invoice_answer,
    line_answer,
    note_lines,
    tax_answer,
    waiting_answer,
)
from views.payments import SETTLED, PaymentAnswer, owed_line, payment_answer, settled_lines
from views.totals import TotalsAnswer, totals_answer


class CreditNoteAnswer(View):
    id: str
    number: str
    issue_date: date
    total: str
    reason: str


class InvoiceDetails(TotalsAnswer, InvoiceAnswer):
    """`credited_invoice` and `reason` are those of a credit note. What waits for approval has no `issued_at`."""

    supply_date: date
    supply_end: date | None
    purchase_order: str
    payment_terms: str
    note: str
    prices_include_tax: bool
    lines: Annotated[list[LineAnswer], SEVERAL_UNSPELT]
    taxes: Annotated[list[TaxAnswer], SEVERAL_UNSPELT]
    payments: Annotated[list[PaymentAnswer], SEVERAL_UNSPELT]
    credit_notes: Annotated[list[CreditNoteAnswer], SEVERAL_UNSPELT]
    credited_invoice: str
    reason: str
    issued_at: datetime | None
    issued_by: str
    hash: str
    approvals: Annotated[list[StepAnswer], LIST_UNSPELT]
    details: Annotated[dict[str, str], OBJECT_UNSPELT]


def invoice_details(found: StandingDocument) -> InvoiceDetails:
    document = found.document
    return InvoiceDetails(
        **invoice_answer(found),
        **_as_composed(document) | {"details": said_of_document(document) | _advance_texts(found)},
        payments=[payment_answer(payment) for payment in found.payments],
        credit_notes=[_credit_note(note) for note in found.credit_notes],
        credited_invoice=document.credits.number if document.credits else "",
        reason=document.reason,
        issued_at=found.issued_at,
        issued_by=found.issued_by,
        hash=found.hash,
        approvals=given_answers(found.approvals),
    )


def _advance_texts(found: StandingDocument) -> dict[str, str]:
    """What is left of an advance, and which final invoices deduct it."""
    left, currency = found.advance_left, found.document.currency
    if left is None:
        return {}
    rest = f"net {money_text(left.net_minor, currency)}, tax {money_text(left.tax_minor, currency)}"
    return {"advance_left": rest, **({"deducted_by": ", ".join(left.deducted_by)} if left.deducted_by else {})}


def _as_composed(document: Document) -> dict[str, Any]:
    """What the document says beside its numbers, parties and days, issued or not."""
    return {
        "supply_date": document.supply_date,
        "supply_end": document.supply_end,
        "purchase_order": document.purchase_order,
        "payment_terms": document.payment_terms,
        "note": document.note,
        "prices_include_tax": document.prices_include_tax,
        "lines": [line_answer(line, document.currency) for line in document.lines],
        "taxes": [tax_answer(tax, document.currency) for tax in document.taxes],
        "details": said_of_document(document),
        **totals_answer(document),
    }


def waiting_details(approval: Approval) -> InvoiceDetails:
    """What waits for approval as it would be; the days follow when it is issued, where none were set."""
    document = approval.document
    return InvoiceDetails(
        **waiting_answer(approval),
        **_as_composed(document),
        payments=[],
        credit_notes=[],
        credited_invoice=document.credits.number if document.credits else "",
        reason=document.reason,
        issued_at=None,
        issued_by="",
        hash="",
        approvals=step_answers(approval),
    )


def waiting_lines(approval: Approval, place: Place) -> list[str]:
    """What waits, with its lines, what was said of it and who goes on."""
    return [waiting_text(approval), *document_lines(approval.document), *approval_lines(approval, place)]


def _credit_note(issued: IssuedDocument) -> CreditNoteAnswer:
    note = issued.document
    return CreditNoteAnswer(
        id=note.id,
        number=note.number,
        issue_date=note.issue_date,
        total=money_text(note.total_minor, note.currency),
        reason=note.reason,
    )


def invoice_lines(details: InvoiceDetails, found: StandingDocument) -> list[str]:
    if found.former is not None:
        return _former_lines(details, found, found.former)
    kind = "Credit note" if details.credited_invoice else "Invoice"
    due = f", due {details.due_date}" if details.due_date else ""
    until = f" to {details.supply_end}" if details.supply_end else ""
    order = f", purchase order {details.purchase_order}" if details.purchase_order else ""
    return [
        f"{kind} {details.number} to {details.customer_name} [{details.customer}], by {details.issued_by}:"
        f" {details.status}, dated {details.issue_date}{due}, supplied {details.supply_date}{until}{order}.",
        *credited_lines(found.document),
        *(f"{name.replace('_', ' ').capitalize()}: {text}" for name, text in _advance_texts(found).items()),
        *document_lines(found.document),
        *(_payment_line(payment, refund=bool(details.credits)) for payment in details.payments),
        *(_credit_note_line(note) for note in details.credit_notes),
        *_standing_lines(found),
        *step_lines(details.approvals),
        *note_lines(details.note),
    ]


def _former_lines(details: InvoiceDetails, found: StandingDocument, former: FormerDocument) -> list[str]:
    """A document of a former system: what was taken over of it, and what happened to it here."""
    currency = former.currency
    due = f", due {details.due_date}" if details.due_date else ""
    left, total = (money_text(one, currency) for one in (former.open_minor, former.total_minor))
    is_note = former.kind is DocumentKind.CREDIT_NOTE
    return [
        f"{'Credit note' if is_note else 'Invoice'} {former.number} of a former system to {former.customer_name}"
        f" [{former.customer_id}]: {details.status}, dated {former.issue_date}{due}. It was not issued here, and has no"
        " lines, tax or PDF here.",
        f"Total {total} {currency}, of which {left} was open on the opening day, {former.opening_day}; taken over by"
        f" {former.imported_by}.",
        *(_payment_line(payment, refund=False) for payment in details.payments),
        owed_line(former.number, found.balance.due_minor, currency),
        *note_lines(details.note),
    ]


def _payment_line(payment: PaymentAnswer, *, refund: bool) -> str:
    what = "Refunded" if refund else SETTLED[SettlementKind(payment.kind)]
    how = "".join(f", {text}" for text in (payment.method, payment.reference) if text)
    rate = f" at {payment.exchange_rate}" if payment.exchange_rate else ""
    if payment.reverses:
        what = f"Reversed [{payment.reverses}]"
    return (
        f"{what}: {payment.amount}{rate} on {payment.paid_on}{how} [{payment.id}], recorded by {payment.recorded_by}."
    )


def _credit_note_line(note: CreditNoteAnswer) -> str:
    return f"Credited: {note.total} with {note.number} on {note.issue_date}: {note.reason}"


def _standing_lines(found: StandingDocument) -> list[str]:
    """What it comes to: sums where there are several entries, and what is open of an invoice."""
    document = found.document
    if len(found.payments) + len(found.credit_notes) > 1:
        return settled_lines(found)
    return [] if document.of_invoice else [owed_line(document.number, found.balance.due_minor, document.currency)]


class SumsAnswer(View):
    """Sums of all documents of a currency that match, credit notes taken off; `amount_due` is what is still owed."""

    currency: str
    count: int
    invoices: int
    credit_notes: int
    net_total: str
    tax_total: str
    total: str
    amount_due: str
    owed_to_customers: str


def sums_answer(sums: Sums) -> SumsAnswer:
    return SumsAnswer(
        currency=sums.currency,
        count=sums.count,
        invoices=sums.invoices,
        credit_notes=sums.credit_notes,
        net_total=money_text(sums.net_minor, sums.currency),
        tax_total=money_text(sums.tax_minor, sums.currency),
        total=money_text(sums.total_minor, sums.currency),
        amount_due=money_text(sums.due_minor, sums.currency),
        owed_to_customers=money_text(sums.owed_to_customers_minor, sums.currency),
    )


def sums_line(sums: Sums, noun: str) -> str:
    """`3 invoices, 1 credit note: net 30.00, tax 6.00, total 36.00, open 12.00 EUR`; drafts are not owed yet."""
    kinds = {noun: sums.invoices, "credit note": sums.credit_notes}
    amounts = {"net": sums.net_minor, "tax": sums.tax_minor, "total": sums.total_minor}
    if noun == "invoice":
        amounts |= {"open": sums.due_minor} if sums.invoices else {}
        amounts |= {"owed to customers": sums.owed_to_customers_minor} if sums.owed_to_customers_minor else {}
    told = ", ".join(f"{what} {money_text(minor, sums.currency)}" for what, minor in amounts.items())
    return f"{', '.join(counted(number, kind) for kind, number in kinds.items() if number)}: {told} {sums.currency}"
