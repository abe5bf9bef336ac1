"""Forms of identifiers that people type: bank accounts, e-mail addresses, time zones, languages.

A form that is valid says nothing about whether the account or address exists.
"""

from __future__ import annotations

import re
from contextlib import suppress
from string import ascii_letters
from unicodedata import normalize
from zoneinfo import available_timezones

import pycountry
from babel import Locale, UnknownLocaleError
from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException

from invoicing.countries import country_meant
from invoicing.countries.odd_codes import KOSOVO, odd_code
from invoicing.refusals import InvalidInput
from invoicing.text.codes import capitals, is_plain
from invoicing.text.typed import clean_line

# Names of the database that stand for the machine's own setting or for nothing.
_NOT_PLACES = {"Factory", "localtime", "posixrules"}
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)*")
# Language, script and country or region: what a locale may be made of here.
_LOCALE = re.compile(r"[A-Za-z]{2,3}(_[A-Za-z]{4})?(_([A-Za-z]{2}|[0-9]{3}))?")


def check_iban(iban: str, *, field: str = "iban") -> str:
    """The IBAN without blanks; its length, structure and check digits (ISO 13616, mod 97) are right.

    Raises:
        InvalidInput: they are not.
    """
    try:
        return str(IBAN(clean_line(_plain(iban), field=field, limit=60)))
    except SchwiftyException:
        raise InvalidInput(
            f"{field}: the format or the check digits of the IBAN are not valid. Compare it with the bank statement.",
            field=field,
        ) from None


def check_bic(bic: str, *, field: str = "bic") -> str:
    """The BIC (ISO 9362) in its compact form.

    Raises:
        InvalidInput: its structure is not valid.
    """
    try:
        return str(BIC(clean_line(_plain(bic), field=field, limit=20)))
    except SchwiftyException:
        raise InvalidInput(f"{field}: the format of the BIC is not valid: 8 or 11 characters.", field=field) from None


def check_email(email: str, *, field: str = "email") -> str:
    """The address without surrounding blanks.

    Raises:
        InvalidInput: it is not of the form name@domain.
    """
    address = clean_line(email, field=field, limit=200)
    # In Unicode's normal form the Kelvin sign is a K, and the address another's.
    is_anothers = any(one.isalnum() and normalize("NFC", one) in ascii_letters for one in email if not one.isascii())
    if is_anothers or not _EMAIL.fullmatch(address):
        raise InvalidInput(f"{field} must be an e-mail address, such as office@example.com.", field=field)
    return address


def check_time_zone(name: str, *, field: str = "time_zone") -> str:
    """The name of a time zone, as it was given.

    Raises:
        InvalidInput: not a name of the IANA time zone database.
    """
    if name not in available_timezones() - _NOT_PLACES:
        raise InvalidInput(f"{field} must be a name of the IANA database, such as Europe/Berlin.", field=field)
    return name


def check_locale(name: str, *, field: str = "locale") -> str:
    """The locale in the form de_DE.

    Raises:
        InvalidInput: there are no formats for it.
    """
    text = name.strip(" ").replace("-", "_")
    try:
        if not _LOCALE.fullmatch(text):
            raise ValueError(text)
        return str(Locale.parse(text))
    except (UnknownLocaleError, ValueError, TypeError):
        raise InvalidInput(f"{field} must be a language and country, such as de_DE.", field=field) from None


def check_country(value: str) -> str:
    """Customers may be anywhere in the world, not only where organizations can be (ISO 3166-1 alpha-2).

    Kosovo has no code there; XK, which ISO leaves to users, is what the European Commission and banks write.
    """
    code = capitals(value)
    if code == KOSOVO:
        return code
    if len(code) != 2 or pycountry.countries.get(alpha_2=code) is None:
        raise InvalidInput(
            f"country must be a two-letter country code (ISO 3166-1), such as FR.{_meant(value)}", field="country"
        )
    return code


def _meant(value: str) -> str:
    if sentence := odd_code(value) or country_meant(value):
        return sentence
    with suppress(LookupError):
        found = pycountry.countries.lookup(value.strip())
        return f" {found.name} is {found.alpha_2}."
    return ""


def _plain(number: str) -> str:
    """The number, or nothing, which no check takes, where its letters and digits are those of other scripts."""
    return number if is_plain(number) else ""
