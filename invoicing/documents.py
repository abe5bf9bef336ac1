"""A document as it is frozen when it is issued: everything that is on the paper, and nothing that can change.

The same value is a preview before it is issued: then `id`, `number` and `series` are empty.
Payments and the status that follows from them are not part of it: they happen to a document.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class DocumentKind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class Environment(StrEnum):
    SANDBOX = "sandbox"
    LIVE = "live"


class Supply(StrEnum):
    """What a line supplies; the place of supply, and so the tax, can follow from it."""

    GOODS = "goods"
    SERVICES = "services"


class TaxCategory(StrEnum):
    """The VAT categories of EN 16931 (UNCL 5305)."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    INTRA_COMMUNITY = "K"
    EXPORT = "G"
    OUTSIDE_SCOPE = "O"
    CANARY_ISLANDS = "L"
    CEUTA_AND_MELILLA = "M"


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; `country` is an ISO 3166-1 alpha-2 code, the rest as written."""

    line1: str = ""
    line2: str = ""
    postal_code: str = ""
    city: str = ""
    region: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """A seller or a buyer as named on the document."""

    name: str
    address: Address
    tax_number: str = ""
    registration_number: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True)
class PaymentDetails:
    """Where the buyer pays: an IBAN with its BIC, or an account number with its bank's routing number."""

    account_holder: str = ""
    bank_name: str = ""
    iban: str = ""
    bic: str = ""
    account_number: str = ""
    routing_number: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `amount_minor` is quantity x price less discount as printed: without tax, or with it where the
    document's prices include tax. `net_minor` is always without tax. `discount_percent` and `tax_rate` are in
    percent; `revenue_account` is a number of the chart of accounts.
    """

    position: int
    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    discount_percent: Decimal
    supply: Supply
    tax_code: str
    tax_category: TaxCategory
    tax_rate: Decimal
    amount_minor: int
    net_minor: int
    item: str = ""
    revenue_account: str = ""


@dataclass(frozen=True, slots=True)
class TaxSubtotal:
    """The tax of one category and rate (EN 16931, group BG-23). `label` is the tax's name, such as "VAT";
    `reason` the text that the law wants where no tax is charged (BT-120), else empty.
    """

    category: TaxCategory
    rate: Decimal
    label: str
    taxable_minor: int
    tax_minor: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice or credit note. All amounts are in the minor unit of `currency`."""

    kind: DocumentKind
    environment: Environment
    organization: str
    id: str
    number: str
    series: str
    issue_date: date
    due_date: date
    supply_date: date
    currency: str
    prices_include_tax: bool
    rounding: str
    seller: Party
    buyer: Party
    customer: str
    payment: PaymentDetails
    lines: tuple[Line, ...]
    taxes: tuple[TaxSubtotal, ...]
    net_minor: int
    tax_minor: int
    total_minor: int
    purchase_order: str = ""
    payment_terms: str = ""
    note: str = ""
    footer: str = ""
    locale: str = "en_GB"
    tax_number_label: str = "VAT no."
    supply_end: date | None = None
