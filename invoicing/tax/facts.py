"""What the choice of a tax looks at, from the organization's profile and the customer."""

from __future__ import annotations

from datetime import date

import pycountry

from invoicing.countries import COUNTRY_CODES, Country, VatRegistration, country
from invoicing.countries.tax_numbers import is_cross_border_number, validate_tax_number
from invoicing.document.documents import Supply
from invoicing.master_data.profiles import Profile
from invoicing.master_data.records import Customer
from invoicing.master_data.registration import UNTAXED
from invoicing.refusals import InvalidInput
from invoicing.tax.choice import BuyerFacts, SellerFacts
from invoicing.tax.places.territories import Standing, Territory, is_shared, territory_of
from invoicing.tax.proposal import crosses_border

# Prefixes of tax numbers that are sometimes written for the country.
_WRITTEN_FOR = {"EL": "GR"}

_XI = "XI"


def seller_facts(profile: Profile, *, on: date | None = None) -> SellerFacts:
    """The organization as a seller; its country must be set and its registration settled. `on` is the day of supply."""
    rules = country(profile.country)
    territory = seller_territory(profile, on=on)
    # Where the address is another state's, as in Büsingen or Jungholz by a German postal code, readiness says so.
    inside = territory is not None and territory.country == rules.code
    return SellerFacts(
        name=profile.legal_name or profile.name,
        country=rules.code,
        eu_member=rules.eu_member,
        tax_system=profile.tax_system or rules.tax_system,
        region=_region(rules.code, profile.region),
        tax_number=profile.tax_number,
        territory=territory if territory and inside and territory.standing is not Standing.SAME else None,
        place=territory.name if territory and inside else "",
        registered=profile.vat_registration not in UNTAXED,
        vat_number=not _is_without_vat_number(rules, profile),
        cross_border=is_cross_border_number(profile.tax_number),
    )


def seller_territory(profile: Profile, *, on: date | None = None) -> Territory | None:
    """The territory that the organization's address lies in, if it lies in one."""
    return territory_of(profile.country, profile.postal_code, city=profile.city, region=profile.region, on=on)


def buyer_facts(customer: Customer, *, on: date | None = None) -> BuyerFacts:
    """The customer as a buyer; a country that has no file here is outside the EU, because every member has one.

    `on` is the day of supply: territories come and go.
    """
    territory = _buyer_territory(customer, on)
    written = _written(customer)
    code = territory.country if territory else written
    return BuyerFacts(
        name=customer.name,
        country=code,
        eu_member=code in COUNTRY_CODES and country(code).eu_member,
        consumer=customer.consumer,
        public_body=customer.public_body,
        surcharge=customer.surcharge,
        tax_number=_well_formed(code, customer.tax_number),
        region=_region(code, customer.region),
        territory=None if territory is None or territory.standing is Standing.SAME else territory,
        place=territory.name if territory else "",
        place_guessed=territory is not None and is_shared(territory, written, customer.postal_code, customer.city),
        addressed=bool(customer.postal_code.strip()),
    )


def is_across_border(profile: Profile, customer: Customer, *, on: date | None = None) -> bool:
    """Whether the customer is in another country than the organization, or across a border of tax within it."""
    here, there = seller_territory(profile, on=on), _buyer_territory(customer, on)
    homes = there.country if there else _written(customer)
    return homes != profile.country or any(crosses_border(here, there, supply) for supply in Supply)


def _buyer_territory(customer: Customer, on: date | None) -> Territory | None:
    written = _written(customer)
    found = territory_of(written, customer.postal_code, city=customer.city, region=customer.region, on=on)
    if found is not None or written != "GB" or customer.postal_code.strip():
        return found
    # Without an address the number alone tells: it is that of somebody who trades goods in Northern Ireland.
    return territory_of(_XI, "") if _well_formed(written, customer.tax_number).startswith(_XI) else None


def _written(customer: Customer) -> str:
    written = customer.country.strip().upper()
    return _WRITTEN_FOR.get(written, written)


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
