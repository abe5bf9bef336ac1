"""What a country file says: names, tax codes with dated rates, and what it takes to issue there.

The values are templates: onboarding copies them into an organization's own configuration, where the
accountant changes them; the readiness check reads the required fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from invoicing.countries.cash_rounding import CashRounding
from invoicing.countries.corrections import CorrectionRules
from invoicing.countries.costs import Cost
from invoicing.countries.language_law import LanguageLaw
from invoicing.countries.mandates import BuyerKind, Mandate, NoMandate, PlannedMandate, Requirement
from invoicing.countries.payment import PaymentRules
from invoicing.countries.registration import Identifier, RegistrationRules, VatRegistration, Words
from invoicing.countries.schemes import SplitPayment, Surcharge
from invoicing.countries.titles import Title
from invoicing.countries.windows import AddressWindow
from invoicing.document.advances import AdvanceTax
from invoicing.document.documents import TaxCategory

TaxSystem = Literal["eu_vat", "uk_vat", "vat", "us_sales_tax", "none"]
SMALL_BUSINESS_CODE = "SMALL-BUSINESS"
"""The code of a small enterprise; where it is an organization's default, the seller is one."""

SCALE = frozenset({"STANDARD", "REDUCED", "REDUCED2", "REDUCED3", "SUPER-REDUCED"})
"""The codes of a country's scale of rates; its other taxed codes are those of one trade each."""

AccountingStandard = Literal["ifrs", "us_gaap"]
PartyField = Literal["name", "line1", "city", "postal_code", "country", "tax_number", "registration_number", "email"]

TAXED_CATEGORIES = frozenset(
    {
        TaxCategory.STANDARD,
        TaxCategory.ZERO,
        TaxCategory.SPLIT_PAYMENT,
        TaxCategory.CANARY_ISLANDS,
        TaxCategory.CEUTA_AND_MELILLA,
    }
)
"""The categories for which EN 16931 forbids a reason of exemption (BR-S-10, BR-Z-10); the others need one."""


class PeriodRule(StrEnum):
    """Which day decides the rate of a supply over a period that is not divided (`invoicing.tax.points`)."""

    END = "end"
    """The last day: one supply is made when it is finished (Articles 63, 64(1) and 93 Directive 2006/112/EC)."""

    END_OR_EARLIER_INVOICE = "end_or_earlier_invoice"
    """The last day, or that of an invoice that is issued before it."""

    INVOICE_TO_BUSINESS = "invoice_to_business"
    """To a business the day on which the invoice is, or had to be, issued (Article 66(a)); else the last day."""

    INVOICE_FOR_SERVICES = "invoice_for_services"
    """Of services that of payment or invoice, the earlier of them (Article 66); of goods the last day."""

    DUE_DAY = "due_day"
    """The day on which payment is due, where it follows the last day, but at most 60 days after it."""

    HIGHEST_UNLESS_SPLIT = "highest_unless_split"
    """Each part by its own days; where the document does not show them apart, the highest rate for the whole."""

    END_UNLESS_SPLIT = "end_unless_split"
    """Each part by its own days; what was not delivered part by part bears the rate of the last day."""

    BILLING_PERIOD = "billing_period"
    """A higher rate from the first period that begins with it, a lower one from the first bill that is rendered."""


@dataclass(frozen=True, slots=True)
class TaxPointOfPeriod:
    """The rule for supplies over a period, the `article` that orders it, and what may be done `otherwise`."""

    rule: PeriodRule
    article: str
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class DatedRate:
    """A rate in percent and the days on which it is in force, both ends included; None is open-ended."""

    percent: Decimal
    valid_from: date
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class TaxCodeTemplate:
    """A tax code that a new organization starts with; `default` marks that of an ordinary domestic supply.

    `reason` is the text that the document prints where the category is not taxed, with its article, and
    `reason_local` the same in the first of the country's languages; `reason_code` its VATEX code (the code list
    of EN 16931), empty where none fits. A code whose last rate has ended stays for documents of its days.
    `texts` are the reasons by the day from which each is the law's, where a citation moves; the last is in the future
    or is `reason` itself.
    """

    code: str
    name: str
    category: TaxCategory
    rates: tuple[DatedRate, ...]
    reason: str
    default: bool
    reason_local: str = ""
    reason_code: str = ""
    texts: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class Withholding:
    """A tax that the buyer keeps back from the net amount and pays over for the seller.

    `label` is what the document prints, in the first of the country's languages, `article` the law that orders it.
    Only `payers` withhold, and only in this country. `of_total` says that it is of the amount with tax. Where a small
    business bears none, `not_small_business` is the article that says so.
    """

    code: str
    name: str
    label: str
    rates: tuple[DatedRate, ...]
    article: str
    payers: tuple[BuyerKind, ...] = ("business", "public_body")
    of_total: bool = False
    not_small_business: str = ""


@dataclass(frozen=True, slots=True)
class Numbering:
    """What the law asks of document numbers. `gapless`: consecutive, none left out; `yearly_restart`: a sequence
    may begin anew each year; `backdating`: a program may give a document a date before the day on which it is issued;
    `rule` says it in a sentence and `source` names the article.
    """

    gapless: bool
    yearly_restart: bool
    backdating: bool
    rule: str
    source: str


@dataclass(frozen=True, slots=True)
class Source:
    """What was looked up, where, and on which day."""

    what: str
    where: str
    checked: date


@dataclass(frozen=True, slots=True)
class Country:
    """One country. `locale` is one that babel knows (dates and numbers are written its way), `time_zone` an IANA
    name, `payment_days` the usual days from issue to due date. `languages` are those of official documents as
    ISO 639-1 codes, the usual one first; `address_lines` the lines of a postal address with the fields of
    `invoicing.documents.Address` in braces. `tax_in_national_currency`: a document in a foreign currency must
    state the tax in the national one too.

    `tax_number_module` is the python-stdnum module below `stdnum.`, empty where none fits;
    `tax_number_prefix` what the canonical number starts with (EN 16931, BR-CO-9) and `tax_number_format` the
    form in words. `tax_number_printed` is the form on paper where it is another: each 0 stands for a digit, and
    `{tax}` for the name of the tax in the document's language; `tax_number_prefix_at_home` is false where documents
    between two parties of the country have the number without the prefix, and `tax_number_label_at_home` what it is
    called there. `tax_office_number_suffices` is true where a
    registered seller may state the tax office's number in place of it. `bank_code_label` is what the code of a
    bank is called where the language's own word is another. `accounting_standard` is only the one that
    is proposed first. The required fields hold for a seller that is registered for the tax, and for buyers of the
    same country: see `buyer_required`. What holds for other sellers is in `registrations`, and which numbers there are
    besides the VAT number in `identifiers`. `address_window` is where envelopes there show the buyer's address.
    `rate_words` are what stands for the rate of a category without tax, where 0 % would be a rate of its own.
    `language_law` says in which language documents are first, where the law wants one.
    `advance_taxed` is when the tax of an advance that is invoiced becomes due. `titles` are what invoices are called
    where the country has another word than its language. `register_number_first` is true where a business states the
    number of its register before those for tax.
    """

    code: str
    name: str
    native_name: str
    currency: str
    languages: tuple[str, ...]
    locale: str
    time_zone: str
    eu_member: bool
    tax_system: TaxSystem
    accounting_standard: AccountingStandard
    tax_label: str
    tax_number_label: str
    tax_number_module: str
    tax_number_prefix: str
    tax_number_format: str
    tax_number_printed: str
    tax_number_prefix_at_home: bool
    tax_number_label_at_home: str
    registration_label: str
    bank_code_label: str
    tax_authority: str
    payment_days: int
    address_lines: tuple[str, ...]
    tax_in_national_currency: bool
    address_window: AddressWindow
    numbering: Numbering
    tax_point_of_period: TaxPointOfPeriod
    correction: CorrectionRules
    payment: PaymentRules
    seller_required: tuple[PartyField, ...]
    buyer_business_required: tuple[PartyField, ...]
    buyer_consumer_required: tuple[PartyField, ...]
    tax_codes: tuple[TaxCodeTemplate, ...]
    withholdings: tuple[Withholding, ...]
    sources: tuple[Source, ...]
    tax_office_number_suffices: bool = False
    identifiers: tuple[Identifier, ...] = ()
    registrations: Mapping[VatRegistration, RegistrationRules] = field(default_factory=dict)

    def registration(self, state: str) -> RegistrationRules | None:
        """What holds for a seller in this state that charges no tax; None for one that does, or where there is no such
        state. A country without a scheme of its own for small enterprises leaves them unregistered.
        """
        if state == VatRegistration.SMALL_BUSINESS and VatRegistration.SMALL_BUSINESS not in self.registrations:
            rules = self.registrations.get(VatRegistration.NOT_REGISTERED)
            return rules if rules is not None and rules.code == SMALL_BUSINESS_CODE else None
        return self.registrations.get(VatRegistration(state)) if state in set(VatRegistration) else None

    mandates: tuple[Mandate, ...] = ()
    no_mandates: tuple[NoMandate, ...] = ()
    planned_mandates: tuple[PlannedMandate, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    costs: tuple[Cost, ...] = ()
    split_payment: SplitPayment | None = None
    surcharge: Surcharge | None = None
    rate_words: Mapping[str, str] = field(default_factory=dict)
    cash_rounding: tuple[CashRounding, ...] = ()
    language_law: LanguageLaw | None = None
    titles: tuple[Title, ...] = ()
    advance_taxed: AdvanceTax = AdvanceTax.PAYMENT
    register_number_first: bool = False

    def cash_unit(self, currency: str, day: date) -> Decimal | None:
        """To whole units of what a sum in a currency is rounded that is paid in cash, or None where it is not."""
        rules = [one for one in self.cash_rounding if one.currency == currency and one.valid_from <= day]
        return max(rules, key=lambda one: one.valid_from).unit if rules else None

    def cost(self, code: str) -> Cost | None:
        """The kind of cost of this code, if the country knows it."""
        return next((one for one in self.costs if one.code == code), None)

    def withholding(self, code: str) -> Withholding | None:
        """The country's own withholding of this code, if it is one."""
        return next((one for one in self.withholdings if one.code == code), None)

    def buyer_required(self, *, business: bool, buyer_country: str) -> tuple[PartyField, ...]:
        """The fields that a buyer needs before a document is issued to it live.

        A business abroad need have neither a postal code (many countries have none) nor a tax number of this
        country; where a tax category wants a foreign tax number, that is the category's demand, not ours.
        """
        if not business:
            return self.buyer_consumer_required
        if buyer_country == self.code:
            return self.buyer_business_required
        return tuple(field for field in self.buyer_business_required if field not in ("postal_code", "tax_number"))
