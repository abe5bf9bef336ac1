"""An organization as its documents show it, with its defaults."""

from __future__ import annotations

from dataclasses import dataclass

from invoicing.countries import country
from invoicing.countries.tax_numbers import is_cross_border_number
from invoicing.document.parties import Address, Party, PaymentDetails
from invoicing.organizations import Environment


@dataclass(frozen=True, slots=True)
class Profile:
    """What an organization's books say of it. `country` is empty until the organization is completed.

    `rounding` is a mode of `invoicing.tax_inputs.Rounding`; `vat_registration` is one of
    `invoicing.countries.registration.VatRegistration`, or empty where nobody has said it; `small_business` is kept in
    step with it. `tax_office_number` is a number for tax that is not the VAT number; `annual_turnover` is in whole
    units of the national currency, empty where it is not stated; `mandates` is the policy where the law takes no PDF
    (`refuse` or `warn`). `second_language` is an ISO 639-1 code, `brand_color` as `#RRGGBB`, `logo` the path of the
    image in the organization's folder, with its hash. `write_off_limit` is what at most is written off of an invoice,
    in the currency of the books. `tax_due` says when the tax of a supply becomes due: `supply`, or by `payment` (cash
    accounting). `particulars` is what the law wants said of the seller (`invoicing.master_data.particulars`);
    `trading_name` to `e_invoice_address` are as those of a `Party`.
    """

    name: str
    environment: Environment
    legal_name: str = ""
    country: str = ""
    currency: str = ""
    locale: str = "en_GB"
    time_zone: str = "UTC"
    accounting_standard: str = ""
    tax_system: str = ""
    chart_of_accounts: str = ""
    line1: str = ""
    line2: str = ""
    postal_code: str = ""
    city: str = ""
    region: str = ""
    tax_number: str = ""
    registration_number: str = ""
    tax_office_number: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    account_holder: str = ""
    bank_name: str = ""
    iban: str = ""
    bic: str = ""
    account_number: str = ""
    routing_number: str = ""
    footer: str = ""
    prices_include_tax: bool = False
    future_days: int = 0
    rounding: str = "sum_of_lines"
    small_business: bool = False
    vat_registration: str = ""
    mandates: str = "refuse"
    annual_turnover: str = ""
    payment_qr: bool = True
    second_language: str = ""
    brand_color: str = ""
    logo: str = ""
    logo_sha256: str = ""
    write_off_limit: str = "5"
    tax_due: str = "supply"
    particulars: str = ""
    trading_name: str = ""
    contact: str = ""
    identifier: str = ""
    e_invoice_address: str = ""

    def seller(self) -> Party:
        """The seller's block of a document. A seller without VAT on its sales shows no number that says otherwise."""
        rules = country(self.country).registration(self.vat_registration) if self.country else None
        small = is_cross_border_number(self.tax_number)
        hidden = rules is not None and rules.tax_number == "none" and not small
        return Party(
            name=self.legal_name or self.name,
            address=Address(
                line1=self.line1,
                line2=self.line2,
                postal_code=self.postal_code,
                city=self.city,
                region=self.region,
                country=self.country,
            ),
            tax_number="" if hidden else self.tax_number,
            registration_number=self.registration_number,
            email=self.email,
            phone=self.phone,
            website=self.website,
            tax_office_number=self.tax_office_number,
            vat_registration=self.vat_registration if rules is not None else "",
            trading_name=self.trading_name,
            contact=self.contact,
            identifier=self.identifier,
            e_invoice_address=self.e_invoice_address,
        )

    def payment(self) -> PaymentDetails:
        """Where buyers pay."""
        return PaymentDetails(
            account_holder=self.account_holder or self.legal_name or self.name,
            bank_name=self.bank_name,
            iban=self.iban,
            bic=self.bic,
            account_number=self.account_number,
            routing_number=self.routing_number,
        )
