"""Numbers of businesses and people besides the VAT number: which field takes one, its check, its form and its label.

That a number is well-formed says nothing of whose it is; that is for its register to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module

from invoicing.countries import COUNTRY_CODES, Country, country
from invoicing.countries.registration import FIELD_OF_KIND, Identifier, NumberField
from invoicing.countries.tax_numbers import validate_tax_number
from invoicing.refusals import InvalidInput
from invoicing.text.codes import capitals
from invoicing.text.typed import clean_line, quoted

LENGTH_MAX = 60

_NUMBERED_BY = dict.fromkeys(("GP", "MQ", "GF", "RE", "YT", "BL", "MF", "PM"), "FR") | {"AX": "FI"}
"""Territories with a code of their own whose businesses and people have a country's numbers: those of the register
Sirene (INSEE, recherche-naf.insee.fr, checked on 2026-11-29), and Åland (from general knowledge).
"""

_SEPARATORS = re.compile(r"[\s./_\-\u2010-\u2015]")


def check_number(country_code: str, field: NumberField, number: str) -> str:
    """The number in the form of its country's paper.

    A register's number may be a text that no check knows, such as "HRB 12345, Amtsgericht Köln": it is kept as typed.
    A territory with a code of its own has its country's numbers (`numbering_country`);
    countries without a file have no checks.

    Raises:
        InvalidInput: a number with a slip, or one that belongs into another field; the refusal names that field.
        LimitExceeded: longer than `LENGTH_MAX` characters.
    """
    text = clean_line(number, field=field, limit=LENGTH_MAX)
    place = numbering_country(country_code)
    if not text or place is None:
        return text
    if field == "tax_number":
        return _vat_number(place, text)
    if (found := identified(place.code, field, text)) is not None:
        return _on_paper(found, text)
    if elsewhere := _other_field(place, field, text):
        raise InvalidInput(f"{field}: {elsewhere}", field=field)
    candidates = [one for one in place.identifiers if one.field == field]
    slip = next((one for one in candidates if one.module and re.fullmatch(one.shape, compact(text))), None)
    if slip is not None and slip.shape:
        raise InvalidInput(
            f"{field}: {quoted(text)} is not a valid {slip.label}: expected {slip.form}, with a correct check digit.",
            field=field,
        )
    if field == "tax_office_number" and candidates:
        forms = "; ".join(f"{one.label} ({one.form})" for one in candidates)
        raise InvalidInput(f"{field}: the format is not valid for {place.name}. It takes: {forms}.", field=field)
    return text


def numbering_country(country_code: str) -> Country | None:
    """The country whose numbers businesses and people there have, if it has a file."""
    code = _NUMBERED_BY.get(country_code.upper(), country_code.upper())
    return country(code) if code in COUNTRY_CODES else None


def identified(country_code: str, field: NumberField, number: str) -> Identifier | None:
    """The kind of number that this is, of those that the field takes in its country; None where no check knows it."""
    place = numbering_country(country_code)
    kinds = (one for one in place.identifiers if one.field == field) if place is not None else ()
    return next((one for one in kinds if _fits(one, number)), None)


def business_number(country_code: str, tax_number: str) -> str:
    """The number of the business that a VAT number was made of, as it is printed; empty where there is none."""
    place = numbering_country(country_code)
    for one in place.identifiers if place is not None else ():
        before, found, after = one.vat_number.partition("{number}")
        number = compact(tax_number).removeprefix(before).removesuffix(after)
        if found and one.kind == "organization" and _fits(one, number):
            return _on_paper(one, number)
    return ""


def named_field(place: Country, field: str) -> str:
    """A field with what its number is called at home, such as `tax_office_number (Steuernummer)`; another field as it
    is.
    """
    label = label_at_home(place, field)
    return f"{field} ({label})" if label else field


def label_at_home(place: Country, field: str) -> str:
    """What the number of a field is called at home, such as `Steuernummer`; empty for a field of no number."""
    if field == "tax_number":
        return place.tax_number_label
    kinds = sorted((one for one in place.identifiers if one.field == field), key=lambda one: one.kind == "personal")
    return kinds[0].label if kinds else place.registration_label if field == "registration_number" else ""


def compact(number: str) -> str:
    """The characters of a number without what only separates them, in capitals."""
    return capitals(_SEPARATORS.sub("", number))


def _vat_number(place: Country, text: str) -> str:
    try:
        return validate_tax_number(place.code, text)
    except InvalidInput as refusal:
        if elsewhere := _other_field(place, "tax_number", text):
            raise InvalidInput(f"tax_number: {elsewhere}", field="tax_number") from None
        raise refusal from None


def _other_field(place: Country, field: NumberField, text: str) -> str:
    """A sentence on the field that takes this number, where another one does."""
    for one in place.identifiers:
        # Only a check digit tells a number of one kind from a slip in another.
        if one.field != field and one.module and _fits(one, text):
            vat_number = _vat_number_from(one, text) if field == "tax_number" else ""
            follows = f"; the VAT number is {vat_number}" if vat_number else ""
            article = "an" if one.label[0].casefold() in "aeioąęįšų" else "a"
            return f"{quoted(text)} is {article} {one.label}: give it as {one.field}{follows}."
    if field == "tax_number" or not _is_vat_number(place, text):
        return ""
    rest = compact(text).removeprefix(place.tax_number_prefix)
    plain = identified(place.code, field, rest)
    without = f", or without {place.tax_number_prefix} as the {plain.label}" if plain is not None else ""
    return f"{quoted(text)} is a VAT number: give it as tax_number{without}."


def _vat_number_from(one: Identifier, text: str) -> str:
    """The VAT number of a registered business with this number, where the one follows from the other."""
    number = compact(text)
    # France puts two digits before the SIREN, which are computed from it.
    key = f"{(12 + 3 * (int(number) % 97)) % 97:02}" if "{key}" in one.vat_number else ""
    return one.vat_number.format(number=number, key=key)


def _is_vat_number(place: Country, text: str) -> bool:
    """Whether it is written like a VAT number, with its prefix; without one it could be any number."""
    if not place.tax_number_prefix or not compact(text).startswith(place.tax_number_prefix):
        return False
    try:
        return bool(validate_tax_number(place.code, text))
    except InvalidInput:
        return False


def _fits(one: Identifier, text: str) -> bool:
    if not compact(text).isascii():
        # Digits and letters of other scripts are none of a number, whatever a check makes of them.
        return False
    if not one.module:
        return re.fullmatch(one.shape, compact(text)) is not None
    if one.shape and not re.fullmatch(one.shape, compact(text)):
        return False
    check = _OWN_CHECKS.get(one.module)
    if check is not None:
        return check(compact(text))
    try:
        import_module(f"stdnum.{one.module}").validate(text)
    except ValueError:
        # Not only its ValidationError: some modules let int() fail on an odd character of the input.
        return False
    return True


def _on_paper(one: Identifier, text: str) -> str:
    characters = compact(text)
    if one.printed.count("0") != len(characters):
        # Register numbers may have small letters, as the Austrian ones do.
        return text if one.field == "registration_number" else text.upper()
    remaining = iter(characters)
    return "".join(next(remaining) if place == "0" else place for place in one.printed)


def _hungarian_tax_number(number: str) -> bool:
    """Adószám: eight digits with a check digit, a code of the kind of taxation, and two of the county."""
    core = number[:8]
    weights = (9, 7, 3, 1, 9, 7, 3, 1)
    return sum(int(digit) * weight for digit, weight in zip(core, weights, strict=True)) % 10 == 0


_OWN_CHECKS: dict[str, Callable[[str], bool]] = {"own.hu_adoszam": _hungarian_tax_number}

NUMBER_FIELDS: tuple[NumberField, ...] = ("tax_number", *dict.fromkeys(FIELD_OF_KIND.values()))
"""The fields that take numbers, in the order in which they are checked and printed."""
