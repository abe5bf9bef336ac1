"""The fields of an organization's profile: each value as it is kept, checked by the rules of its country."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from invoicing.countries.identifiers import NUMBER_FIELDS, check_number
from invoicing.countries.particulars.model import LEGAL_FORM
from invoicing.master_data.particulars import check_particular, particulars_text
from invoicing.master_data.profile_fields import PROFILE
from invoicing.master_data.profiles import Profile
from invoicing.refusals import InvalidInput
from operations.organization_names import organization_name
from operations.registration import check_registration, registration_in_step

FUTURE_DAYS_MAX = 366
STATED = (LEGAL_FORM, "vat_registration", *NUMBER_FIELDS)
"""What can be said of an organization when it is made."""
# What `keep_logo` has put in the place of an image.
_LOGO = frozenset({"logo", "logo_sha256"})


def checked_field(name: str, value: str | bool | int, profile: Profile) -> Any:
    """The value of a field of the profile as it is kept.

    Raises:
        InvalidInput: it is not valid, or there is no such field.
    """
    match name, value:
        case "prices_include_tax" | "small_business" | "payment_qr", bool():
            return value
        case "future_days", int() if 0 <= value <= FUTURE_DAYS_MAX:
            return value
        case "future_days", _:
            raise InvalidInput(f"future_days must be between 0 and {FUTURE_DAYS_MAX}.", field="future_days")
        case _, str():
            return _checked_text(name, value, profile)
        case _:
            raise InvalidInput(f"{name} has the wrong type.", field=name)


def _checked_text(name: str, value: str, profile: Profile) -> str:
    if name in PROFILE:
        return PROFILE[name].checked(name, value)
    if name in _LOGO:
        return value
    match name:
        case "name" | "country" if not value.strip():
            raise InvalidInput(f"{name} cannot be empty.", field=name)
        case "name":
            return organization_name(value)
        case "country":
            return profile.country
        case _ if name in NUMBER_FIELDS:
            return check_number(profile.country, name, value) if value.strip() else ""
    raise InvalidInput(f"{name} is not a field of an organization.", field=name)


def with_stated(profile: Profile, stated: Mapping[str, str]) -> Profile:
    """The profile of a new organization with what is known of it from the start: its legal form, its registration for
    VAT and its numbers. What is empty is not stated.

    Raises:
        InvalidInput: a value that is not valid in its country, or another field.
    """
    known = {name: text.strip() for name, text in stated.items() if text.strip()}
    for name in known:
        if name not in STATED:
            raise InvalidInput(f"{name} is not stated when an organization is made.", field=name)
    form = known.pop(LEGAL_FORM, "")
    if form:
        try:
            stated_form = check_particular(profile, LEGAL_FORM, form)
        except InvalidInput as refused:
            raise InvalidInput(refused.message, field=LEGAL_FORM, candidates=refused.candidates) from None
        profile = replace(profile, particulars=particulars_text({LEGAL_FORM: stated_form}))
    changes = registration_in_step(profile, known)
    profile = replace(profile, **{name: checked_field(name, value, profile) for name, value in changes.items()})
    check_registration(profile, known)
    return profile
