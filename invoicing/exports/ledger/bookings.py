"""An entry as bookings of one amount, an account and a contra account each, with the tax inside the amount where DATEV
has a key for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from invoicing.document.breakdown import Part, break_down
from invoicing.document.converting import rounding_worth
from invoicing.document.documents import Document, DocumentKind, TaxCategory
from invoicing.exports.ledger.entries import Entry
from invoicing.exports.ledger.posted_to import account_of, posted_to
from invoicing.master_data.records import Posting

# What the tax of a sale is taken out of the gross amount by: 19 and 7 percent.
_KEYS = {Decimal(19): "0003", Decimal(7): "0002"}
LIFTED = "0040"
"""The key that keeps DATEV from taking tax out of what is posted to an automatic account."""


@dataclass(slots=True)
class Booking:
    """An amount, more than zero where `account` is debited and `contra` credited: in minor units of `currency`, and in
    those of the currency of the books. `key` is DATEV's for the tax in it: empty where there is none or the account
    brings it, `LIFTED` where the account would bring another. `tax_apart` says that this is tax that has no key.
    """

    account: str
    contra: str
    key: str
    tax_apart: bool
    currency: str
    signed_minor: int = 0
    worth_minor: int = 0


def bookings(entry: Entry, books_currency: str, automatic: Mapping[str, Decimal]) -> list[Booking]:
    """The bookings of an entry whose worth is known, without those that come to nothing. `automatic` are the accounts
    out of which DATEV takes tax without a key, with the rate.

    They add up to the entry's sides: to the minor unit per account, but for tax that has a key, which is in the amount
    of the account that it is of; in the currency of the books, where a document is in another one, to what the document
    states there as a whole.
    """
    document = entry.document
    if document is None:
        found = _of_sides(entry, automatic)
    else:
        found = _of_document(entry, document, books_currency, automatic)
    return [booking for booking in found if booking.signed_minor or booking.worth_minor]


def _of_sides(entry: Entry, automatic: Mapping[str, Decimal]) -> list[Booking]:
    """What settles a document: each side against one of them, which stands alone on its side of the entry. Tax is a
    side of its own there: nothing is to be taken out of an automatic account.
    """
    if not entry.sides:
        return []
    credited = [side for side in entry.sides if side.credit_minor]
    (against,) = credited if len(credited) == 1 else [side for side in entry.sides if side.debit_minor]
    return [
        Booking(
            side.account,
            against.account,
            LIFTED if {side.account, against.account} & automatic.keys() else "",
            False,
            side.currency,
            side.signed_minor,
            side.accounting_minor or 0,
        )
        for side in entry.sides
        if side is not against
    ]


def _of_document(
    entry: Entry, document: Document, books_currency: str, automatic: Mapping[str, Decimal]
) -> list[Booking]:
    posting = posted_to(entry, document)
    if posting is None:
        if entry.sides:
            raise ValueError(f"{entry.id} is not what posting its document gives")
        return []
    found: dict[tuple[str, str, bool], Booking] = {}
    for part in break_down(document, books_currency=books_currency).parts:
        for contra, key, apart, signed, worth in _amounts(document, part, posting, automatic):
            empty = Booking(posting.receivable, contra, key, apart, document.currency)
            booking = found.setdefault((contra, key, apart), empty)
            booking.signed_minor += signed
            booking.worth_minor += worth
    return [*found.values(), *_rounding(document, posting, books_currency, automatic)]


def _rounding(
    document: Document, posting: Posting, books_currency: str, automatic: Mapping[str, Decimal]
) -> Iterator[Booking]:
    """What the sum to pay is rounded by."""
    if not document.rounding_minor:
        return
    sign = -1 if document.kind is DocumentKind.CREDIT_NOTE else 1
    worth = document.rounding_minor if document.currency == books_currency else 0
    if document.exchange is not None:
        worth = rounding_worth(document, document.exchange)
    key = LIFTED if posting.rounding in automatic else ""
    amounts = (sign * document.rounding_minor, sign * worth)
    yield Booking(posting.receivable, posting.rounding, key, False, document.currency, *amounts)


def _amounts(
    document: Document, part: Part, posting: Posting, automatic: Mapping[str, Decimal]
) -> Iterator[tuple[str, str, bool, int, int]]:
    """Contra account, key, whether it is tax apart, and the amount in both currencies."""
    shares, account = part.shares, account_of(document, part, posting)
    net_worth, tax_worth = shares.accounting_net_minor or 0, shares.accounting_tax_minor or 0
    standard = part.of.tax_category is TaxCategory.STANDARD and not part.of.jurisdictions
    own_rate, rate = automatic.get(account), part.of.tax_rate if standard else None
    key = _KEYS.get(rate, "") if rate is not None and own_rate is None else ""
    if key or (own_rate is not None and own_rate == rate):
        yield account, key, False, shares.net_minor + shares.tax_minor, net_worth + tax_worth
        return
    yield account, "" if own_rate is None else LIFTED, False, shares.net_minor, net_worth
    # What the buyer pays to the tax office itself stands in no account.
    split = part.of.tax_category is TaxCategory.SPLIT_PAYMENT
    if (shares.tax_minor or tax_worth) and not split:
        yield posting.tax_payable, "", True, shares.tax_minor, tax_worth
