"""Issuing as an accountant does who reads the warnings: what was kept as a draft is issued with what it said."""

from __future__ import annotations

from dataclasses import replace

from operations import credit_notes, invoices
from operations.credit_notes import CreditRequest, IssuedCreditNote
from operations.invoices import IssuedInvoice, IssueRequest, KeptAsDraft
from operations.issuing import StandingDocument
from storage.books.pool import Books


async def issue_invoice(books: Books, request: IssueRequest) -> StandingDocument:
    """The document that is issued, its warnings acknowledged where that is needed."""
    made = await invoices.issue_invoice(books, request)
    if isinstance(made, KeptAsDraft):
        again = request if request.client_reference or request.draft else IssueRequest(draft=made.preview.draft)
        made = await invoices.issue_invoice(books, replace(again, acknowledge=made.unacknowledged))
    assert isinstance(made, IssuedInvoice), made
    return made.document


async def issue_credit_note(books: Books, request: CreditRequest) -> IssuedCreditNote:
    """The credit note that is issued, where nothing waits for approval."""
    made = await credit_notes.issue_credit_note(books, request)
    assert isinstance(made, IssuedCreditNote), made
    return made
