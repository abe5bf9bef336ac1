"""The rate of exchange that a document states, as it was asked for."""

from __future__ import annotations

from datetime import date

from invoicing.document.documents import Document, Exchange
from invoicing.document.requested import RequestedDocument
from invoicing.refusals import InvalidInput
from invoicing.tax.conversion import exchange


def stated_exchange(request: RequestedDocument, document: Document, *, today: date) -> Exchange | None:
    """Net and tax in the currency of the books, or None where no rate was stated.

    Raises:
        InvalidInput: the rate is of a day that lies ahead, or the document is in the currency of the books.
    """
    if request.exchange_rate is None:
        return None
    latest = max(today, request.issue_date or today)
    if request.exchange_date is not None and request.exchange_date > latest:
        raise InvalidInput(
            f"exchange_date {request.exchange_date.isoformat()} lies ahead: no rate of that day is known yet.",
            field="exchange_date",
        )
    if document.currency == document.accounting_currency:
        raise InvalidInput(
            f"exchange_rate: the document is in {document.currency}, the currency of the books: leave it out.",
            field="exchange_rate",
        )
    return exchange(
        net_minor=document.net_minor,
        tax_minor=document.tax_minor,
        currency=document.currency,
        accounting_currency=document.accounting_currency,
        rate=request.exchange_rate,
        on=request.exchange_date or min(document.tax_point or latest, latest),
        source=request.exchange_source,
    )
