"""Which posting profile a document was posted by, found from its entry: the profile may have changed since."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from invoicing.document.breakdown import Part, PartKind
from invoicing.document.documents import Document, Line
from invoicing.document.posting import post
from invoicing.exports.ledger.entries import Entry
from invoicing.master_data.records import Posting


def posted_to(entry: Entry, document: Document) -> Posting | None:
    """A profile by which posting the document gives the entry's sides; None where there is none.

    What is receivable is the first side of an entry and the tax the last, where there are such amounts. Revenue and
    discounts are two of the accounts, tried in their order.
    """
    wanted = [(side.account, side.debit_minor, side.credit_minor) for side in entry.sides]
    for posting in _candidates(entry, document):
        if [(side.account, side.debit_minor, side.credit_minor) for side in post(document, posting)] == wanted:
            return posting
    return None


def account_of(document: Document, part: Part, posting: Posting) -> str:
    """Where the net amount of a part of the document went: `posting` is one that gives its entry."""
    if isinstance(part.of, Line):
        return part.of.revenue_account or posting.revenue
    if document.advance is not None:
        return posting.advances or posting.revenue
    return posting.discount if part.kind is PartKind.DISCOUNT else posting.revenue


def _candidates(entry: Entry, document: Document) -> Iterator[Posting]:
    accounts = list(dict.fromkeys(side.account for side in entry.sides))
    if not accounts:
        return
    named = {line.revenue_account for line in document.lines}
    # Accounts that no line names are likelier: they come first.
    accounts.sort(key=lambda account: account in named)
    receivable = [entry.sides[0].account] if document.owed_minor else accounts
    tax = [entry.sides[-1].account] if document.tax_minor - document.split_tax_minor else accounts[:1]
    rounding = accounts if document.rounding_minor else [""]
    for owed, payable, revenue, discount, rounded in product(receivable, tax, accounts, accounts, rounding):
        yield Posting(owed, revenue, payable, discount, rounded, "")
