"""Tax numbers: form and check digit by python-stdnum. That a number is registered is for its authority to say."""

from __future__ import annotations

import re
from importlib import import_module

from invoicing.countries import Country, country
from invoicing.refusals import InvalidInput
from invoicing.text.codes import capitals

LENGTH_MAX = 40

_NORTHERN_IRELAND = "XI"

# Country code, up to 20 letters and digits, a hyphen and EX.
_CROSS_BORDER = re.compile(r"([A-Z]{2})([A-Z0-9]{1,20})-?EX", re.ASCII)
_BLANKS = re.compile(r"[\s.]")
# Blanks and hyphens of all kinds may stand between the digits.
_SEPARATED = re.compile(r"[\s\u2010-\u2015\u2212]")


def validate_tax_number(country_code: str, number: str) -> str:
    """The canonical form of a tax number: no separators, with the country's prefix where it has one.

    The prefix may be left out. In a country without a check the number is only stripped of surrounding space.

    Raises:
        InvalidInput: the country is not supported, or the number's format is not valid there.
    """
    place = country(country_code)
    text = number.strip()
    if not text or len(text) > LENGTH_MAX:
        raise InvalidInput(
            f"The tax number's format is not valid: it must have 1 to {LENGTH_MAX} characters.",
            field="tax_number",
        )
    if (small := _cross_border_number(place, text)) is not None:
        return small
    if not place.tax_number_module:
        return text
    try:
        if not _SEPARATED.sub("", text).isascii():
            raise ValueError("digits and letters of another script")
        compact = str(import_module(f"stdnum.{place.tax_number_module}").validate(_official(place, text)))
    except ValueError:
        # Not only its ValidationError: some modules let int() fail on an odd character of the input.
        raise InvalidInput(
            f"The tax number's format is not valid for {place.name}: expected {place.tax_number_format},"
            " with a correct check digit. Compare it with the registration letter; a number of the register goes into"
            " registration_number, another one of the tax office into tax_office_number.",
            field="tax_number",
        ) from None
    return compact if compact.startswith(place.tax_number_prefix) else _prefix(place, text) + compact


def is_cross_border_number(number: str) -> bool:
    """Whether a canonical tax number is one of the EU's scheme for small enterprises across borders.

    Its suffix is EX (Article 284(3)(b) Directive 2006/112/EC in the version of Directive (EU) 2020/285, since
    1 January 2025). It is no VAT number: nobody is charged by reverse charge or supplied exempt under it.
    """
    return number.endswith("-EX") and _CROSS_BORDER.fullmatch(number) is not None


def _cross_border_number(place: Country, text: str) -> str | None:
    found = _CROSS_BORDER.fullmatch(capitals(_BLANKS.sub("", text))) if place.eu_member else None
    if found is None or found[1] not in (place.tax_number_prefix, place.code):
        return None
    return f"{found[1]}{found[2]}-EX"


def _official(place: Country, text: str) -> str:
    # English documents write a Swiss number with VAT, which the register has only in its own languages.
    english = place.code == "CH" and text.upper().endswith("VAT")
    return text[: -len("VAT")] + place.tax_label if english else text


def _prefix(place: Country, text: str) -> str:
    # Traders of Northern Ireland have a British number that is XI for supplies of goods within the EU.
    if place.code == "GB" and text.upper().startswith(_NORTHERN_IRELAND):
        return _NORTHERN_IRELAND
    return place.tax_number_prefix
