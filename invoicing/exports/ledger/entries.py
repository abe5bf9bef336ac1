"""What is exported of the journal: entries with their sides, and whose they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from invoicing.document.canonical import document_from_text
from invoicing.document.documents import Document
from invoicing.document.parties import Party
from invoicing.master_data.records import Account


@dataclass(frozen=True, slots=True)
class Side:
    """A side of an entry: debit or credit in minor units of `currency`, the other is zero. `accounting_minor` is in
    minor units of the currency of the books, more than zero for a debit; None where no rate is known. `dimensions` are
    those of the lines that it is of, in one text, or empty.
    """

    account: str
    debit_minor: int
    credit_minor: int
    currency: str
    accounting_minor: int | None
    dimensions: str = ""

    @property
    def signed_minor(self) -> int:
        """More than zero for a debit."""
        return self.debit_minor - self.credit_minor


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the journal. `number`, `customer` (an id) and `customer_name` are those of its document, which a
    payment has too: that which it pays. `recorded_on` is the day when it was entered (UTC). `content` is the document's
    canonical text, and empty for a payment. An entry of a document that comes to zero can have no sides. `opening` is
    that of a document of a former system: what was open of it on the opening day.
    """

    id: str
    day: date
    recorded_on: date
    description: str
    number: str
    customer: str
    customer_name: str
    content: str
    opening: bool
    sides: tuple[Side, ...]

    @property
    def document(self) -> Document | None:
        """The document that was posted; None for a payment, and for one of a former system."""
        return document_from_text(self.content) if self.content else None


@dataclass(frozen=True, slots=True)
class Ledger:
    """Whose entries they are, and what they have in common: the country, the currency of the books, the accounts of the
    chart by number, which of them were ever posted to, and what the chart is called; the days of the first and the last
    entry, of which there may be none, and the day of the export; the seller as documents of that day show it, and the
    version of the program. `opening` is the balance of each account before the first day in minor units of the currency
    of the books, debits more than zero; of income and expense since the beginning of that year. It is only there for a
    format that states balances.
    """

    organization: str
    country: str
    currency: str
    today: date
    first_day: date | None
    last_day: date | None
    accounts: Mapping[str, Account]
    posted: tuple[str, ...]
    chart: str
    seller: Party
    version: str
    opening: Mapping[str, int] = field(default_factory=dict)
