"""What the choice of a tax looks at, from the organization's profile and the customer."""

from __future__ import annotations

import pycountry

from invoicing.catalog import Customer
from invoicing.countries import COUNTRY_CODES, Country, VatRegistration, country
from invoicing.countries.tax_numbers import is_cross_border_number, validate_tax_number
from invoicing.profiles import Profile
from invoicing.refusals import InvalidInput
from invoicing.registration import UNTAXED
from invoicing.tax_choice import BuyerFacts, SellerFacts

# Monaco is France and the Isle of Man the United Kingdom for VAT (Article 7 Directive 2006/112/EC; VAT Act 1994);
# EL and XI are prefixes of tax numbers that are sometimes written for the country.
_TREATED_AS = {"MC": "FR", "IM": "GB", "EL": "GR", "XI": "GB", "LI": "CH"}


def seller_facts(profile: Profile) -> SellerFacts:
    """The organization as a seller; its country must be set and its registration settled."""
    rules = country(profile.country)
    return SellerFacts(
        name=profile.legal_name or profile.name,
        country=rules.code,
        eu_member=rules.eu_member,
        tax_system=profile.tax_system or rules.tax_system,
        region=_region(rules.code, profile.region),
        registered=profile.vat_registration not in UNTAXED,
        vat_number=not _is_without_vat_number(rules, profile),
        cross_border=is_cross_border_number(profile.tax_number),
    )


def buyer_facts(customer: Customer) -> BuyerFacts:
    """The customer as a buyer; a country that has no file here is outside the EU, because every member has one."""
    written = customer.country.strip().upper()
    code = _TREATED_AS.get(written, written)
    return BuyerFacts(
        name=customer.name,
        country=code,
        eu_member=code in COUNTRY_CODES and country(code).eu_member,
        consumer=customer.consumer,
        tax_number=_well_formed(code, customer.tax_number),
        region=_region(code, customer.region),
    )


def _is_without_vat_number(rules: Country, profile: Profile) -> bool:
    """Small enterprises of a country that has no scheme of its own for them are simply not registered."""
    state = rules.registration(profile.vat_registration)
    if state is None or is_cross_border_number(profile.tax_number):
        return False
    return profile.vat_registration == VatRegistration.NOT_REGISTERED or state.tax_number == "none"


def _well_formed(country_code: str, tax_number: str) -> str:
    """The canonical form of the VAT number, or nothing where it is none of that country."""
    try:
        canonical = validate_tax_number(country_code, tax_number)
    except InvalidInput:
        return ""
    return "" if is_cross_border_number(canonical) else canonical


def _region(country_code: str, region: str) -> str:
    """A state of the US by its two letters, however it is written; nothing where it is none."""
    if country_code != "US" or not region.strip():
        return ""
    wanted = region.strip().casefold()
    states = pycountry.subdivisions.get(country_code="US")  # type: ignore[no-untyped-call]  # Untyped in pycountry.
    for state in states or ():
        letters = str(state.code).removeprefix("US-")
        if wanted in (letters.casefold(), str(state.name).casefold()):
            return letters
    return ""
