"""An organization as its documents show it, with its defaults."""

from __future__ import annotations

from dataclasses import dataclass

from invoicing.documents import Address, Environment, Party, PaymentDetails


@dataclass(frozen=True, slots=True)
class Profile:
    """What an organization's books say of it. `country` is empty until the organization is completed.

    `rounding` is a mode of `invoicing.tax_inputs.Rounding`; `small_business` says that it charges no tax under its
    country's exemption; `annual_turnover` is in whole units of the national currency, empty where it is not stated;
    `mandates` is the policy where the law takes no PDF (`refuse` or `warn`). `second_language` is an ISO 639-1 code,
    `brand_color` as `#RRGGBB`, `logo` the path of the image in the organization's folder, with its hash.
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
    future_days: int = 7
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

    def seller(self) -> Party:
        """The seller's block of a document."""
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
            tax_number=self.tax_number,
            registration_number=self.registration_number,
            email=self.email,
            phone=self.phone,
            website=self.website,
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
