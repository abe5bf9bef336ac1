"""The journal entry of a document, balanced by construction: what is owed against revenue and tax."""

from __future__ import annotations

from dataclasses import dataclass

from invoicing.document.documents import AdjustmentKind, Document, DocumentKind
from invoicing.master_data.records import Posting


@dataclass(frozen=True, slots=True)
class JournalSide:
    """One line of an entry, in minor units of the document's currency; one of the two amounts is zero."""

    account: str
    debit_minor: int
    credit_minor: int


def post(document: Document, posting: Posting) -> tuple[JournalSide, ...]:
    """The entry: receivable to revenue (by line account) and tax payable; reversed for a credit note.

    A document's discounts are debited to the discount account and its charges credited to revenue, both without
    tax; a line's own are part of its revenue. What the buyer withholds stays receivable: it is settled when the
    payment or the buyer's certificate comes, and not when the document is issued. Amounts of zero post nothing, so
    a document that totals zero can have an entry without lines.
    """
    amounts: dict[str, int] = {posting.receivable: document.total_minor}
    for line in document.lines:
        account = line.revenue_account or posting.revenue
        amounts[account] = amounts.get(account, 0) - line.net_minor
    for item in document.adjustments:
        if item.kind is AdjustmentKind.DISCOUNT:
            amounts[posting.discount] = amounts.get(posting.discount, 0) + item.net_minor
        else:
            amounts[posting.revenue] = amounts.get(posting.revenue, 0) - item.net_minor
    amounts[posting.tax_payable] = amounts.get(posting.tax_payable, 0) - document.tax_minor
    sign = -1 if document.kind is DocumentKind.CREDIT_NOTE else 1
    sides = tuple(
        JournalSide(account, debit_minor=max(sign * amount, 0), credit_minor=max(-sign * amount, 0))
        for account, amount in amounts.items()
        if amount
    )
    assert sum(side.debit_minor - side.credit_minor for side in sides) == 0  # noqa: S101 - A defect, not bad input.
    return sides
