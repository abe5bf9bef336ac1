"""What a country file says: names, tax codes with dated rates, and what it takes to issue there.

The values are templates: onboarding copies them into an organization's own configuration, where the
accountant changes them; the readiness check reads the required fields.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from invoicing.countries.mandates import Mandate, NoMandate, PlannedMandate, Requirement
from invoicing.documents import TaxCategory

TaxSystem = Literal["eu_vat", "uk_vat", "vat", "us_sales_tax", "none"]
AccountingStandard = Literal["ifrs", "us_gaap"]
PartyField = Literal["name", "line1", "city", "postal_code", "country", "tax_number", "registration_number", "email"]

TAXED_CATEGORIES = frozenset(
    {TaxCategory.STANDARD, TaxCategory.ZERO, TaxCategory.CANARY_ISLANDS, TaxCategory.CEUTA_AND_MELILLA}
)
"""The categories for which EN 16931 forbids a reason of exemption (BR-S-10, BR-Z-10); the others need one."""


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
    """

    code: str
    name: str
    category: TaxCategory
    rates: tuple[DatedRate, ...]
    reason: str
    default: bool
    reason_local: str = ""
    reason_code: str = ""

    def rate_on(self, day: date) -> Decimal | None:
        """The rate in percent on a tax point, or None where the code is not in force on that day."""
        return _percent_on(self.rates, day)


@dataclass(frozen=True, slots=True)
class Withholding:
    """A tax that the buyer keeps back from the net amount and pays over for the seller.

    `label` is what the document prints, in the first of the country's languages, `article` the law that orders it.
    """

    code: str
    name: str
    label: str
    rates: tuple[DatedRate, ...]
    article: str

    def rate_on(self, day: date) -> Decimal | None:
        """The rate in percent on a tax point, or None where nothing is withheld on that day."""
        return _percent_on(self.rates, day)


@dataclass(frozen=True, slots=True)
class Numbering:
    """What the law asks of document numbers. `gapless`: consecutive, none left out; `yearly_restart`: a sequence
    may begin anew each year; `rule` says it in a sentence and `source` names the article.
    """

    gapless: bool
    yearly_restart: bool
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
    between two parties of the country have the number without the prefix. `bank_code_label` is what the code of a
    bank is called where the language's own word is another. `accounting_standard` is only the one that
    is proposed first. The required fields hold for a seller that is registered for the tax, and for buyers of the
    same country: see `buyer_required`.
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
    registration_label: str
    bank_code_label: str
    tax_authority: str
    payment_days: int
    address_lines: tuple[str, ...]
    tax_in_national_currency: bool
    numbering: Numbering
    seller_required: tuple[PartyField, ...]
    buyer_business_required: tuple[PartyField, ...]
    buyer_consumer_required: tuple[PartyField, ...]
    tax_codes: tuple[TaxCodeTemplate, ...]
    withholdings: tuple[Withholding, ...]
    sources: tuple[Source, ...]
    mandates: tuple[Mandate, ...] = ()
    no_mandates: tuple[NoMandate, ...] = ()
    planned_mandates: tuple[PlannedMandate, ...] = ()
    requirements: tuple[Requirement, ...] = ()

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

    @property
    def default_tax_code(self) -> TaxCodeTemplate:
        """The code of an ordinary domestic supply; the loader has made sure that there is exactly one."""
        return next(template for template in self.tax_codes if template.default)


def _percent_on(rates: tuple[DatedRate, ...], day: date) -> Decimal | None:
    for rate in rates:
        if rate.valid_from <= day and (rate.valid_until is None or day <= rate.valid_until):
            return rate.percent
    return None
