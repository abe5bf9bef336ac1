"""In which languages a document speaks: the customer's, the seller's, and the one that the law puts first."""

from __future__ import annotations

from functools import cache

from babel import Locale
from babel.core import UnknownLocaleError

from invoicing.countries import COUNTRY_CODES, country
from invoicing.master_data.profiles import Profile
from invoicing.master_data.records import Customer
from invoicing.render.labels import language_code


def languages_of(profile: Profile, customer: Customer) -> tuple[str, str]:
    """The locale of a document, for its language, dates and numbers, and its second language (ISO 639-1), if any.

    It is in the customer's language where that is known, else in the seller's; the seller's second one stands beside
    it. Where the law wants a language of the country, that comes first, and the other beside it.
    """
    own = language_code(profile.locale.replace("-", "_").partition("_")[0])
    wanted = customer.language or own
    lawful = _lawful(profile, customer, wanted)
    first, second = (lawful, wanted) if lawful and lawful != wanted else (wanted, profile.second_language)
    locale = profile.locale if first == own else locale_of(first, profile.country)
    return locale, second if second != first else ""


@cache
def locale_of(language: str, country_code: str) -> str:
    """The locale of a language in a country, such as fr_CH; that of the language's own country where CLDR has none."""
    try:
        return str(Locale(language, country_code))
    except UnknownLocaleError:
        own = [country(code) for code in (language.upper(), *COUNTRY_CODES) if code in COUNTRY_CODES]
        return next((one.locale for one in own if one.locale.partition("_")[0] == language), language)


def _lawful(profile: Profile, customer: Customer, wanted: str) -> str:
    rules = country(profile.country)
    if rules.language_law is None:
        return ""
    return rules.language_law.language(
        rules.languages[0],
        wanted,
        postal_code=profile.postal_code,
        at_home=customer.country == profile.country,
        consumer=customer.consumer,
    )
