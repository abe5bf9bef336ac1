"""What an organization keeps to write documents with: customers, items, tax codes, terms, series, accounts."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from invoicing.countries.model import DatedRate
from invoicing.document.documents import DocumentKind, JurisdictionLevel, JurisdictionRate, Supply, TaxCategory
from invoicing.document.parties import Address, Party, PaymentDetails

MONTH_END = 31
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer; `consumer` is true for a private person, who needs no tax number, `public_body` for an authority.
    `tax_office_number` is a number for tax that is not the VAT number, such as a person's; `demands_e_invoice` says
    that the buyer asks for e-invoices as the law lets it (EE, FI), and `surcharge` that it has declared to bear the
    surcharge of equivalence (ES).

    `trading_name` to `e_invoice_address` are as those of a `Party`. `buyer_reference` and `accounting_reference` stand
    on its documents where they state no others; `delivery_addresses` are as in
    `invoicing.master_data.delivery_places`, and `language` is an ISO 639-1 code, or empty for the seller's.
    """

    id: str
    name: str
    country: str
    consumer: bool = False
    tax_number: str = ""
    registration_number: str = ""
    email: str = ""
    phone: str = ""
    line1: str = ""
    line2: str = ""
    postal_code: str = ""
    city: str = ""
    region: str = ""
    currency: str = ""
    payment_terms: str = ""
    note: str = ""
    archived: bool = False
    tax_office_number: str = ""
    public_body: bool = False
    demands_e_invoice: bool = False
    surcharge: bool = False
    trading_name: str = ""
    contact: str = ""
    identifier: str = ""
    e_invoice_address: str = ""
    buyer_reference: str = ""
    accounting_reference: str = ""
    language: str = ""
    delivery_addresses: str = ""

    def buyer(self) -> Party:
        """The buyer's block of a document."""
        address = Address(
            line1=self.line1,
            line2=self.line2,
            postal_code=self.postal_code,
            city=self.city,
            region=self.region,
            country=self.country,
        )
        return Party(
            name=self.name,
            address=address,
            tax_number=self.tax_number,
            registration_number=self.registration_number,
            email=self.email,
            phone=self.phone,
            tax_office_number=self.tax_office_number,
            trading_name=self.trading_name,
            contact=self.contact,
            identifier=self.identifier,
            e_invoice_address=self.e_invoice_address,
        )


@dataclass(frozen=True, slots=True)
class Item:
    """Something that is sold. `unit_price` is None where each line states its own, `supply` where nobody has said
    whether it is goods or services. `gtin` is its number in every shop (GS1), `origin` the country that it comes from,
    `classifications` are as in `invoicing.master_data.item_texts`.
    """

    id: str
    name: str
    sku: str = ""
    description: str = ""
    unit: str = ""
    unit_price: Decimal | None = None
    currency: str = ""
    tax_code: str = ""
    supply: Supply | None = None
    revenue_account: str = ""
    archived: bool = False
    gtin: str = ""
    origin: str = ""
    classifications: str = ""


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """One jurisdiction of a stack, with its rates by date."""

    name: str
    level: JurisdictionLevel
    rates: tuple[DatedRate, ...]


class JurisdictionKind(StrEnum):
    """What a jurisdiction takes."""

    TAX = "tax"
    PAYROLL = "payroll"


COUNTRY_LEVEL = "country"
"""The level of a jurisdiction besides those of `JurisdictionLevel`, which alone are parts of a stack."""


@dataclass(frozen=True, slots=True)
class KnownJurisdiction:
    """A jurisdiction as the organization knows it, by its `code`: one of tax with its rates by date, which every stack
    follows that has a part of its level and name; one of payroll without rates. `authority` is whom is paid, by name.
    One that is not `active` goes into no stack any more.
    """

    code: str
    name: str
    level: str
    kind: JurisdictionKind = JurisdictionKind.TAX
    authority: str = ""
    rates: tuple[DatedRate, ...] = ()
    active: bool = True

    @property
    def part(self) -> tuple[str, str]:
        """What a part of a stack is known by, level and name; nothing that one could be where it is none of tax."""
        return (self.level, self.name) if self.kind is JurisdictionKind.TAX else ("", "")


@dataclass(frozen=True, slots=True)
class TaxCode:
    """How a supply is taxed. `label` is what the tax is called on documents, `reason` why none is charged, also in
    the language of the country (`reason_local`) and as a code (`reason_code`, VATEX). `revenue_account` is what its
    lines post to where their item names no account; empty for that of the posting profile.

    A code of US sales tax is a stack of `jurisdictions`, and its rate the sum of theirs; it has no `rates` itself. One
    that is not `active` is chosen no more; what was issued with it stays.
    """

    code: str
    name: str
    category: TaxCategory
    label: str
    rates: tuple[DatedRate, ...]
    reason: str = ""
    is_default: bool = False
    reason_local: str = ""
    reason_code: str = ""
    jurisdictions: tuple[Jurisdiction, ...] = ()
    active: bool = True
    revenue_account: str = ""

    def rate_on(self, day: date) -> Decimal | None:
        """The rate in percent that is valid on `day`, or None where there is none.

        A stack has a rate only while each of its jurisdictions has one: a levy that has ended has a rate of 0.
        """
        if self.jurisdictions:
            stack = self.stack_on(day)
            return sum((part.rate for part in stack), Decimal(0)) if stack else None
        rate = rate_in_force(self.rates, day)
        return rate.percent if rate else None

    def stack_on(self, day: date) -> tuple[JurisdictionRate, ...]:
        """What each jurisdiction takes on `day`; empty where the code is no stack, or one of them has no rate."""
        found = [(place, rate_in_force(place.rates, day)) for place in self.jurisdictions]
        parts = tuple(JurisdictionRate(place.name, place.level, rate.percent) for place, rate in found if rate)
        return parts if len(parts) == len(self.jurisdictions) else ()

    def since(self, day: date) -> date | None:
        """The day from which the rate of `day` has been in force; the latest of its jurisdictions' for a stack."""
        rates = [place.rates for place in self.jurisdictions] or [self.rates]
        found = [rate_in_force(dated, day) for dated in rates]
        return max((rate.valid_from for rate in found if rate), default=None)


def rate_in_force(rates: tuple[DatedRate, ...], day: date) -> DatedRate | None:
    """The rate that is valid on `day`, both ends included, or None where there is none."""
    for rate in rates:
        if rate.valid_from <= day and (rate.valid_until is None or day <= rate.valid_until):
            return rate
    return None


@dataclass(frozen=True, slots=True)
class WithholdingCode:
    """A tax that buyers withhold from this seller, such as Italy's ritenuta d'acconto or Spain's IRPF."""

    code: str
    name: str
    label: str
    rates: tuple[DatedRate, ...]
    article: str = ""


@dataclass(frozen=True, slots=True)
class PaymentTerm:
    """Terms of payment: due `days` after the issue date; with `end_of_month` at the end of the month in which that is,
    and with a `day_of_month` on the next such day (the last one of a shorter month). Terms that are not `active` are
    chosen no more; customers who have them keep them.

    Who pays within `discount_days` of the issue date may take `discount_percent` off; there is no such discount where
    either is 0. `instalments` are percent and days of each part, as `invoicing.master_data.instalments` writes them, or
    empty; then `days` are those of the last one.
    """

    code: str
    name: str
    days: int
    is_default: bool = False
    end_of_month: bool = False
    day_of_month: int = 0
    active: bool = True
    discount_percent: Decimal = Decimal(0)
    discount_days: int = 0
    instalments: str = ""

    def due(self, issue_date: date) -> date:
        """The day on which a document of this date is due."""
        day = issue_date + timedelta(days=self.days)
        if self.end_of_month:
            day = _on_day(day, MONTH_END)
        if self.day_of_month:
            this_month = _on_day(day, self.day_of_month)
            day = this_month if this_month >= day else _on_day(_on_day(day, MONTH_END) + _ONE_DAY, self.day_of_month)
        return day


def _on_day(month_of: date, day: int) -> date:
    """That day of the month, or the last one where it is shorter."""
    return month_of.replace(day=min(day, monthrange(month_of.year, month_of.month)[1]))


@dataclass(frozen=True, slots=True)
class Series:
    """A number series of one kind of document."""

    code: str
    kind: DocumentKind
    pattern: str


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the chart; `type` is asset, liability, equity, income or expense. One that is not `active` takes
    nothing new.
    """

    number: str
    name: str
    type: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class DimensionValue:
    """A value of a dimension, such as one cost centre. One that is not `active` is chosen no more."""

    code: str
    name: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class Dimension:
    """What the organization tells its lines apart by, such as cost centre or project; `required` of every line. One
    that is not `active` tags no line any more, whatever is required.
    """

    code: str
    name: str
    required: bool = False
    active: bool = True
    values: tuple[DimensionValue, ...] = ()


@dataclass(frozen=True, slots=True)
class Posting:
    """Which account takes what, by number (a posting profile).

    Money in the bank, what is receivable, and revenue must be somewhere; the later roles are None where nobody has
    chosen an account, and nothing is posted that needs one. `customer_credit` is what customers are owed while it
    moves from one of their documents to another; `withheld_tax` what they kept back and paid to the tax office in the
    organization's name; `advances` what was invoiced before the supply, and `passed_on` what was paid in the buyer's
    name, which both are revenue where there is no account.
    """

    receivable: str
    revenue: str
    tax_payable: str
    discount: str
    rounding: str
    bank: str
    write_off: str | None = None
    bank_charges: str | None = None
    exchange_gain: str | None = None
    exchange_loss: str | None = None
    withheld_tax: str | None = None
    customer_credit: str | None = None
    advances: str | None = None
    passed_on: str | None = None

    @property
    def accounts(self) -> frozenset[str]:
        """The numbers of all accounts that it names."""
        return frozenset(number for number in asdict(self).values() if number)


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where buyers pay; `invoicing.payment.accounts` says which of several a document names, by its `currency` and the
    `purpose`. The bank details of the default are the organization's own, in its profile. `reference_rule` is how
    references are made, empty for the usual way of the account's country.
    """

    code: str
    account_holder: str = ""
    bank_name: str = ""
    iban: str = ""
    bic: str = ""
    account_number: str = ""
    routing_number: str = ""
    currency: str = ""
    is_default: bool = False
    active: bool = True
    purpose: str = ""
    account_type: str = ""
    reference_rule: str = ""


BANK_DETAILS = tuple(one.name for one in fields(PaymentDetails) if "later" not in one.metadata)
"""The fields of a bank account that documents print, which a profile has, too."""


@dataclass(frozen=True, slots=True)
class Setup:
    """All of an organization's settings that composing a document looks at."""

    tax_codes: Mapping[str, TaxCode]
    terms: Mapping[str, PaymentTerm]
    series: Series
    posting: Posting
    withholdings: Mapping[str, WithholdingCode] = field(default_factory=dict)
    dimensions: tuple[Dimension, ...] = ()
    bank_accounts: tuple[BankAccount, ...] = ()

    def tax_codes_in_use(self) -> dict[str, TaxCode]:
        """The tax codes that can be chosen."""
        return {name: code for name, code in self.tax_codes.items() if code.active}

    def default_tax_code(self) -> TaxCode:
        return next(code for code in self.tax_codes.values() if code.is_default)

    def default_terms(self) -> PaymentTerm:
        return next(term for term in self.terms.values() if term.is_default)
