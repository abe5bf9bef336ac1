"""What a seller is for VAT: what was stated, else what its numbers and its default tax code say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from invoicing.countries import SMALL_BUSINESS_CODE, Country, RegistrationRules, VatRegistration, country
from invoicing.countries.model import DatedRate
from invoicing.countries.tax_numbers import is_cross_border_number
from invoicing.master_data.profiles import Profile
from invoicing.master_data.records import TaxCode

UNTAXED = frozenset({VatRegistration.SMALL_BUSINESS, VatRegistration.NOT_REGISTERED})
"""The states in which a seller charges no tax."""

NOT_REGISTERED_CODE = "NOT-REGISTERED"
"""The tax code of an unregistered seller where small enterprises have another."""

_NOTHING = Decimal(0)

# From long before any document.
_ALWAYS = date(2000, 1, 1)


def settled(profile: Profile, *, default_code: str = "") -> Profile:
    """The profile with its registration filled in where nobody has stated it; `default_code` is its default tax code.

    A default code of small enterprises and a number with the suffix EX say `small_business`, books without a tax
    `not_registered`, any other tax number `registered`. What stays empty nobody can tell.
    """
    state = registration_of(profile, default_code=default_code)
    return profile if state == profile.vat_registration else replace(profile, vat_registration=state)


def registration_of(profile: Profile, *, default_code: str = "") -> str:
    """The state of `settled`: a member of `VatRegistration`, or nothing."""
    stated = profile.vat_registration
    if default_code == SMALL_BUSINESS_CODE and stated != VatRegistration.NOT_REGISTERED:
        return VatRegistration.SMALL_BUSINESS.value
    if stated:
        return stated
    if profile.small_business or is_cross_border_number(profile.tax_number):
        return VatRegistration.SMALL_BUSINESS.value
    if profile.tax_system == "none":
        return VatRegistration.NOT_REGISTERED.value
    return VatRegistration.REGISTERED.value if profile.tax_number else ""


def rules_of(profile: Profile) -> RegistrationRules | None:
    """What holds for a settled profile that charges no tax; None for any other."""
    return country(profile.country).registration(profile.vat_registration) if profile.country else None


def untaxed_code(rules: Country, state: RegistrationRules, *, on: date, code: str = "") -> TaxCode:
    """The tax code of sellers in this state, with the words of a day; `code` names it otherwise."""
    template = next((one for one in rules.tax_codes if one.code == state.code), None)
    words = state.words_on(on)
    reason, reason_local = ("", "") if template is None else (template.reason, template.reason_local)
    return TaxCode(
        code=code or state.code,
        name="Not registered for VAT" if template is None else template.name,
        category=state.category,
        label=rules.tax_label,
        rates=(DatedRate(percent=_NOTHING, valid_from=_ALWAYS),) if template is None else template.rates,
        reason=reason if words is None else words.reason,
        reason_local=reason_local if words is None else words.reason_local,
        reason_code=state.reason_code,
    )


def worded_on(code: TaxCode, place: str, day: date) -> TaxCode:
    """The code with the words of that day, where it has any of the country's own words and not an accountant's."""
    for state in country(place).registrations.values():
        if code.code != state.code or not state.words:
            continue
        templates = (one.reason_local for one in country(place).tax_codes if one.code == code.code)
        words = state.words_on(day)
        if words is not None and code.reason_local in {*templates, *(one.reason_local for one in state.words)}:
            return replace(code, reason=words.reason, reason_local=words.reason_local)
    return code
