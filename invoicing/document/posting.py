"""The journal entry of a document, balanced by construction: what is owed against revenue and tax."""

from __future__ import annotations

from dataclasses import dataclass

from invoicing.document.adjusted import AdjustmentKind
from invoicing.document.documents import Document, DocumentKind, Tag
from invoicing.master_data.records import Posting


@dataclass(frozen=True, slots=True)
class JournalSide:
    """One line of an entry, in minor units of the document's currency; one of the two amounts is zero. `dimensions` are
    those of the lines whose revenue it is; other sides have none.
    """

    account: str
    debit_minor: int
    credit_minor: int
    dimensions: tuple[Tag, ...] = ()


def post(document: Document, posting: Posting) -> tuple[JournalSide, ...]:
    """The entry: receivable to revenue (by line account and dimensions) and tax payable; reversed for a credit note.
    What the sum to pay is rounded by is on the rounding account.

    A document's discounts are debited to the discount account and its charges credited to revenue, both without
    tax; a line's own are part of its revenue. What the buyer withholds stays receivable: it is settled when the
    payment or the buyer's certificate comes, and not when the document is issued. Tax that the buyer pays to the tax
    office itself (split payment) is neither receivable nor payable. Amounts of zero post nothing, so
    a document that totals zero can have an entry without lines.
    """
    amounts: dict[tuple[str, tuple[Tag, ...]], int] = {}

    def add(account: str, amount_minor: int, tags: tuple[Tag, ...] = ()) -> None:
        amounts[account, tags] = amounts.get((account, tags), 0) + amount_minor

    add(posting.receivable, document.owed_minor)
    add(posting.rounding, -document.rounding_minor)
    for line in document.lines:
        add(line.revenue_account or posting.revenue, -line.net_minor, line.dimensions)
    for item in document.adjustments:
        if document.advance is not None:
            # What is deducted clears the account of the advance, whatever discounts it came about by.
            add(posting.advances or posting.revenue, -item.kind.sign * item.net_minor)
        elif item.kind is AdjustmentKind.DISCOUNT:
            add(posting.discount, item.net_minor)
        else:
            add(posting.revenue, -item.net_minor)
    add(posting.tax_payable, document.split_tax_minor - document.tax_minor)
    sign = -1 if document.kind is DocumentKind.CREDIT_NOTE else 1
    sides = tuple(
        JournalSide(account, debit_minor=max(sign * amount, 0), credit_minor=max(-sign * amount, 0), dimensions=tags)
        for (account, tags), amount in amounts.items()
        if amount
    )
    assert sum(side.debit_minor - side.credit_minor for side in sides) == 0  # noqa: S101 - A defect, not bad input.
    return sides
