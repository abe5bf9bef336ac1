"""Issuing as an accountant does who reads the warnings: what was kept as a draft is issued with what it said."""

from __future__ import annotations

from dataclasses import replace

from operations import invoices
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
