"""Particulars of the organization itself: how they are stated and checked, and which of them are lacking.

They are kept as one text of the profile, a JSON object of the stated values by code.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from importlib import import_module

from invoicing.countries import country
from invoicing.countries.identifiers import business_number
from invoicing.countries.particulars import seller_rules
from invoicing.countries.particulars.model import LEGAL_FORM, Duty, LegalForm, On, ParticularField, SellerRules
from invoicing.master_data.profiles import Profile
from invoicing.money.amounts import check_currency, parse_decimal, plain
from invoicing.refusals import InvalidInput
from invoicing.text.typed import clean_line, quoted

LENGTH_MAX = 300

_AMOUNT = re.compile(r"(?P<before>[A-Za-z]{3})?\s*(?P<number>[^A-Za-z]+?)\s*(?P<after>[A-Za-z]{3})?")
_YES, _NO = frozenset({"true", "yes"}), frozenset({"false", "no", ""})


def stated_particulars(profile: Profile) -> Mapping[str, str]:
    """What was stated, by code; no empty values."""
    return _read(profile.particulars)


@lru_cache(maxsize=256)
def _read(text: str) -> Mapping[str, str]:
    return dict(json.loads(text)) if text else {}


def particulars_text(stated: Mapping[str, str]) -> str:
    """The text that is kept; empty where nothing is stated."""
    values = {code: value for code, value in stated.items() if value}
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False) if values else ""


def legal_form_of(profile: Profile) -> LegalForm | None:
    """The stated legal form; None where nobody has said it."""
    stated = stated_particulars(profile).get(LEGAL_FORM, "")
    return seller_rules(profile.country).form(stated) if stated else None


def check_particular(profile: Profile, code: str, text: str) -> str:
    """The value as it is kept; an empty text states nothing.

    Raises:
        InvalidInput: no such particular in the country, or not of its form.
        LimitExceeded: longer than `LENGTH_MAX` characters.
    """
    rules = seller_rules(profile.country)
    field = rules.fields.get(code)
    if field is None:
        known = ", ".join(rules.fields)
        raise InvalidInput(
            f"values: {code} is no particular of sellers in {country(profile.country).name}. Known: {known}.",
            field="values",
            candidates=list(rules.fields),
        )
    value = clean_line(text, field=f"values: {code}", limit=LENGTH_MAX)
    if field.code == LEGAL_FORM:
        return _form(rules, value) if value else ""
    match field.kind:
        case "flag":
            return _flag(field, value)
        case "amount":
            return _amount(field, value, profile) if value else ""
        case "choice":
            return _choice(field, value) if value else ""
        case "text":
            return _text(field, value) if value else ""


def value_of(profile: Profile, field: ParticularField, language: str) -> str:
    """The value of a particular: as stated, else what stands for it in the profile, else the usual text."""
    stated = stated_particulars(profile).get(field.code, "")
    if stated or LEGAL_FORM not in stated_particulars(profile):
        return stated or field.default.get(language, "")
    return profile_value(profile, field.fallback) or field.default.get(language, "")


def profile_value(profile: Profile, name: str) -> str:
    """A field of the profile as a foot says it; empty where there is none."""
    match name:
        case "":
            return ""
        case "name":
            return profile.legal_name or profile.name
        case "tax_number":
            return business_number(profile.country, profile.tax_number) or profile.tax_number
    return str(getattr(profile, name))


def lacking(profile: Profile, *on: On) -> tuple[tuple[Duty, tuple[ParticularField, ...]], ...]:
    """The duties of the stated legal form that stand at these places, each with the particulars that it lacks."""
    form = legal_form_of(profile)
    if form is None:
        return ()
    rules = seller_rules(profile.country)
    language = country(profile.country).languages[0]
    found = []
    for duty in rules.duties_of(form.code):
        fields = [rules.fields[name] for name in duty.fields] if duty.on in on else []
        empty = tuple(field for field in fields if not value_of(profile, field, language))
        if empty:
            found.append((duty, empty))
    return tuple(found)


def amount_parts(value: str) -> tuple[Decimal, str]:
    """The number and the currency of an amount as it is kept."""
    number, _, currency = value.partition(" ")
    return Decimal(number), currency


def _folded(text: str) -> str:
    return re.sub(r"[\s.\-]", "", text).casefold()


def _form(rules: SellerRules, value: str) -> str:
    for form in rules.forms:
        for written in (form.code, *form.also):
            if _folded(value) == _folded(written):
                return written
        if _folded(value) == _folded(form.name):
            return form.code
    known = [form.code for form in rules.forms]
    raise InvalidInput(
        f"values: {LEGAL_FORM}: {quoted(value)} is no legal form in {country(rules.country).name}. Known:"
        f" {', '.join(known)}.",
        field="values",
        candidates=known,
    )


def _flag(field: ParticularField, value: str) -> str:
    if value.casefold() in _YES:
        return "true"
    if value.casefold() in _NO:
        return ""
    raise InvalidInput(f"values: {field.code} must be true or false.", field="values")


def _amount(field: ParticularField, value: str, profile: Profile) -> str:
    found = _AMOUNT.fullmatch(value)
    if found is None or (found["before"] and found["after"]):
        raise _refused(field, value, "an amount and its currency, such as 10000 EUR")
    currency = check_currency(found["before"] or found["after"] or country(profile.country).currency)
    amount = parse_decimal(found["number"], field=f"values: {field.code}")
    if amount <= 0:
        raise _refused(field, value, "an amount above zero")
    return f"{plain(amount)} {currency}"


def _choice(field: ParticularField, value: str) -> str:
    for choice in field.choices:
        if choice.casefold() == value.casefold():
            return choice
    raise _refused(field, value, f"one of {', '.join(field.choices)}")


def _text(field: ParticularField, value: str) -> str:
    if field.shape and re.fullmatch(field.shape, value) is None:
        if re.fullmatch(field.shape, value.upper()) is None:
            raise _refused(field, value, field.form)
        return value.upper()
    if field.module and not _is_valid(field.module, value):
        raise _refused(field, value, f"{field.form}, with a correct check digit")
    return value


def _is_valid(module: str, value: str) -> bool:
    if not value.isascii():
        return False
    try:
        return bool(import_module(f"stdnum.{module}").validate(value))
    except ValueError:
        # Not only its ValidationError: some modules let int() fail on an odd character of the input.
        return False


def _refused(field: ParticularField, value: str, expected: str) -> InvalidInput:
    return InvalidInput(
        f"values: {field.code} ({field.name}): {quoted(value)} is not of its form: {expected}.", field="values"
    )
