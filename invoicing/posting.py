"""The journal entry of a document, balanced by construction: what is owed against revenue and tax."""

from __future__ import annotations

from dataclasses import dataclass

from invoicing.catalog import Posting
from invoicing.documents import Document, DocumentKind


@dataclass(frozen=True, slots=True)
class JournalSide:
    """One line of an entry, in minor units of the document's currency; one of the two amounts is zero."""

    account: str
    debit_minor: int
    credit_minor: int


def post(document: Document, posting: Posting) -> tuple[JournalSide, ...]:
    """The entry: receivable to revenue (by line account) and tax payable; reversed for a credit note.

    Amounts of zero post nothing, so a document that totals zero has an entry without lines.
    """
    credits: dict[str, int] = {}
    for line in document.lines:
        account = line.revenue_account or posting.revenue
        credits[account] = credits.get(account, 0) + line.net_minor
    credits[posting.tax_payable] = credits.get(posting.tax_payable, 0) + document.tax_minor
    amounts = [(posting.receivable, document.total_minor), *((account, -amount) for account, amount in credits.items())]
    sign = -1 if document.kind is DocumentKind.CREDIT_NOTE else 1
    sides = tuple(
        JournalSide(account, debit_minor=max(sign * amount, 0), credit_minor=max(-sign * amount, 0))
        for account, amount in amounts
        if amount
    )
    assert sum(side.debit_minor - side.credit_minor for side in sides) == 0  # noqa: S101 - A defect, not bad input.
    return sides
