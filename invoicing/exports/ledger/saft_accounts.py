"""What a SAF-T file says of accounts, customers and tax codes before its entries, gathered from these."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from invoicing.document.breakdown import break_down
from invoicing.document.documents import TaxCategory
from invoicing.document.parties import Address, Party
from invoicing.exports.ledger.entries import Entry, Ledger
from invoicing.exports.ledger.posted_to import account_of, posted_to
from invoicing.master_data.records import Account
from invoicing.money.amounts import plain
from invoicing.refusals import InvalidInput

_GROUPS = "saft_groups.toml"
_STANDARD_CODES = {
    (TaxCategory.STANDARD, Decimal(25)): "3",
    (TaxCategory.STANDARD, Decimal(15)): "31",
    (TaxCategory.STANDARD, Decimal("11.11")): "32",
    (TaxCategory.STANDARD, Decimal(12)): "33",
    (TaxCategory.STANDARD, Decimal(6)): "33",
    (TaxCategory.ZERO, Decimal(0)): "5",
    (TaxCategory.REVERSE_CHARGE, Decimal(0)): "51",
    (TaxCategory.EXPORT, Decimal(0)): "52",
    (TaxCategory.EXEMPT, Decimal(0)): "6",
    (TaxCategory.OUTSIDE_SCOPE, Decimal(0)): "6",
}
"""The standard tax codes of Skatteetaten's list for sales."""


@dataclass(frozen=True, slots=True)
class TaxedAmount:
    """What an entry sold to an account under a tax code, in minor units of the currency of the books; more than zero
    for a sale.
    """

    account: str
    code: str
    rate: Decimal
    category: TaxCategory
    net_minor: int
    tax_minor: int


@dataclass(slots=True)
class Gathered:
    """Sums are in minor units of the currency of the books; `moved` by account, debits more than zero."""

    entries: int = 0
    openings: int = 0
    debit_minor: int = 0
    credit_minor: int = 0
    moved: dict[str, int] = field(default_factory=dict)
    customers: dict[str, Party] = field(default_factory=dict)
    taxes: dict[tuple[str, Decimal], TaxCategory] = field(default_factory=dict)


def gather(ledger: Ledger, entries: Iterable[Entry]) -> Gathered:
    """What the entries come to.

    Raises:
        InvalidInput: an entry has no amounts in the currency of the books, or a tax that the standard codes have not.
    """
    found = Gathered()
    for entry in entries:
        found.entries += bool(entry.sides)
        found.openings += entry.opening
        for side in entry.sides:
            worth = side.accounting_minor
            if worth is None:
                raise InvalidInput(
                    f"A SAF-T file is whole and in {ledger.currency}: what was posted for {entry.number} on {entry.day}"
                    f" is in {side.currency} and has no exchange rate. Export other days, or journal_csv.",
                    field="format",
                )
            found.debit_minor += max(worth, 0)
            found.credit_minor += max(-worth, 0)
            found.moved[side.account] = found.moved.get(side.account, 0) + worth
        document = entry.document
        if document is not None:
            found.customers[entry.customer] = document.buyer
        found.customers.setdefault(entry.customer, Party(entry.customer_name, Address()))
        for amount in taxed_amounts(ledger, entry):
            found.taxes[amount.code, amount.rate] = amount.category
    return found


def taxed_amounts(ledger: Ledger, entry: Entry) -> list[TaxedAmount]:
    """What a document sold, by account and tax code, in the order of its lines; nothing for a payment."""
    document = entry.document
    posting = posted_to(entry, document) if document is not None else None
    if document is None or posting is None:
        return []
    sums: dict[tuple[str, str, Decimal, TaxCategory], tuple[int, int]] = {}
    for part in break_down(document, books_currency=ledger.currency).parts:
        of, shares = part.of, part.shares
        key = (account_of(document, part, posting), of.tax_code, of.tax_rate, of.tax_category)
        net, tax = sums.get(key, (0, 0))
        sums[key] = (net + (shares.accounting_net_minor or 0), tax + (shares.accounting_tax_minor or 0))
    return [TaxedAmount(*key, *amounts) for key, amounts in sums.items()]


def standard_code(code: str, rate: Decimal, category: TaxCategory) -> str:
    """The standard tax code of a sale.

    Raises:
        InvalidInput: there is none of this rate.
    """
    found = _STANDARD_CODES.get((category, rate))
    if found is None:
        raise InvalidInput(
            f"{code}: SAF-T of Norway has no standard tax code for sales at {plain(rate)} %.", field="format"
        )
    return found


def grouping(account: Account, chart: str) -> tuple[str, str, bool]:
    """Where an account stands in the income statement: category, code, and whether that is known by its number."""
    groups = _groups()
    known = groups["accounts"].get(account.number) if chart in ("standard", "empty") else None
    if known is not None and account.type in groups["categories"][known[0]]:
        return known[0], known[1], True
    category, code = groups["types"][account.type]
    return category, code, False


@cache
def _groups() -> Mapping[str, Any]:
    return tomllib.loads(files(__package__).joinpath(_GROUPS).read_text(encoding="utf-8"))
