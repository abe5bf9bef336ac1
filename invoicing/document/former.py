"""A credit note for an invoice of a former system (BG-3): one that is not in these books, known by number and date.

Its lines are stated, since there is nothing here to take them from; all else is as of any credit note: its own series,
positive amounts, its tax on its own issue date. What it comes to is owed to the customer on the credit note itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from invoicing.document.documents import CreditedInvoice, Document, DocumentKind
from invoicing.refusals import InvalidInput
from invoicing.text.typed import clean_line, clean_text


@dataclass(frozen=True, slots=True)
class FormerInvoice:
    """The invoice that is credited (BT-25, BT-26), and why: a credit note says it."""

    number: str = ""
    issue_date: date | None = None
    reason: str = ""


def checked_former(found: FormerInvoice | None) -> FormerInvoice | None:
    """The invoice with its texts normalized.

    Raises:
        InvalidInput: one of the three is missing.
    """
    if found is None:
        return None
    number = clean_line(found.number, field="former_invoice", limit=100)
    reason = clean_text(found.reason, field="reason", limit=500)
    for name, value in (("former_invoice", number), ("former_invoice_date", found.issue_date), ("reason", reason)):
        if not value:
            raise InvalidInput(
                f"{name} is required in details: a credit note for an invoice of a former system states former_invoice,"
                " former_invoice_date and reason.",
                field=name,
            )
    return FormerInvoice(number, found.issue_date, reason)


def as_credit_note(document: Document, former: FormerInvoice | None) -> Document:
    """The document as the credit note for a former invoice, where it is for one: nothing of it asks for payment.

    Its tax does not wait for payment, also where the seller's does: what is given back was paid, and taxed by that.

    Raises:
        InvalidInput: it is dated before the invoice.
    """
    if former is None or former.issue_date is None:
        return document
    if document.issue_date < former.issue_date:
        raise InvalidInput(
            f"former_invoice_date {former.issue_date.isoformat()} lies after the credit note's own date,"
            f" {document.issue_date.isoformat()}.",
            field="former_invoice_date",
        )
    return replace(
        document,
        kind=DocumentKind.CREDIT_NOTE,
        credits=CreditedInvoice("", former.number, former.issue_date),
        reason=former.reason,
        due_date=document.issue_date,
        tax_point=document.issue_date,
        payment=replace(document.payment, reference_rule="", reference=""),
        payment_terms="",
        early_payment=None,
        instalments=(),
        legal_terms=(),
        cash_accounting=False,
    )
