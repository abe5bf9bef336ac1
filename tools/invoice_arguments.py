"""The arguments that `draft_invoice` and `issue_invoice` share."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from invoicing.document.drafting import RequestedDocument
from operations.drafts import DraftRequest
from tools.inputs import AdjustmentInput, LineInput


def draft_request(
    *,
    customer: str,
    lines: list[LineInput] | None,
    issue_date: date | None,
    due_date: date | None,
    payment_terms: str,
    currency: str,
    prices_include_tax: bool | None,
    note: str,
    supply_date: date | None,
    supply_end: date | None,
    purchase_order: str,
    copy_of: str,
    adjustments: list[AdjustmentInput] | None,
    withholding: str,
    exchange_rate: Decimal | None,
    exchange_date: date | None,
    exchange_source: str,
    series: str,
    draft: str = "",
) -> DraftRequest:
    """The arguments as one request."""
    document = RequestedDocument(
        customer=customer.strip(),
        lines=tuple(line.requested() for line in lines or ()),
        issue_date=issue_date,
        due_date=due_date,
        supply_date=supply_date,
        supply_end=supply_end,
        payment_terms=payment_terms,
        currency=currency,
        prices_include_tax=prices_include_tax,
        purchase_order=purchase_order,
        note=note,
        adjustments=tuple(adjustment.requested() for adjustment in adjustments or ()),
        withholding=withholding,
        exchange_rate=exchange_rate,
        exchange_date=exchange_date,
        exchange_source=exchange_source,
        series=series,
    )
    return DraftRequest(document=document, copy_of=copy_of.strip(), draft=draft.strip())


NOTHING = draft_request(
    customer="",
    lines=None,
    issue_date=None,
    due_date=None,
    payment_terms="",
    currency="",
    prices_include_tax=None,
    note="",
    supply_date=None,
    supply_end=None,
    purchase_order="",
    copy_of="",
    adjustments=None,
    withholding="",
    exchange_rate=None,
    exchange_date=None,
    exchange_source="",
    series="",
)
"""The request of a call that gives none of these arguments."""
