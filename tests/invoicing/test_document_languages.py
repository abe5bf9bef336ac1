"""In which languages documents speak, and which one the law puts first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from invoicing.appearance.branding import Branding
from invoicing.countries import COUNTRY_CODES, country
from invoicing.document.documents import Document
from invoicing.document.languages import languages_of, locale_of
from invoicing.master_data.profiles import Profile
from invoicing.master_data.records import Customer
from invoicing.organizations import Environment
from invoicing.render.labels import LANGUAGES, labels_of
from tests.support.printed import invoice, printed
from tests.support.samples import circumstances, customer, document, line, request


def _seller(place: str, locale: str = "", *, postal_code: str = "", second_language: str = "") -> Profile:
    return Profile(
        name="Seller",
        environment=Environment.LIVE,
        country=place,
        currency=country(place).currency,
        locale=locale or country(place).locale,
        postal_code=postal_code,
        second_language=second_language,
    )


def _customer(place: str, language: str = "", *, consumer: bool = False) -> Customer:
    return Customer(id="cus_1", name="Customer", country=place, language=language, consumer=consumer)


def _in(seller: str, first: str, second: str = "", *, buyer: str = "") -> Document:
    made = invoice(seller, buyer or seller)
    return replace(made, locale=locale_of(first, seller), second_language=second)


@pytest.mark.parametrize(
    ("seller", "customer", "expected"),
    [
        (_seller("DE"), _customer("DE"), ("de_DE", "")),
        (_seller("DE"), _customer("FR", "fr"), ("fr_FR", "")),
        (_seller("DE", second_language="en"), _customer("FR", "fr"), ("fr_FR", "en")),
        (_seller("DE", second_language="en"), _customer("US", "en"), ("en_DE", "")),
        (_seller("CH"), _customer("CH", "it"), ("it_CH", "")),
        (_seller("CH", "fr_CH"), _customer("CH", "de"), ("de_CH", "")),
        (_seller("NO"), _customer("SE", "sv"), ("sv_SE", "")),
        (_seller("NO", "no_NO"), _customer("NO", "nb"), ("no_NO", "")),
        (_seller("GB"), _customer("PT", "pt"), ("pt_PT", "")),
    ],
)
def test_a_document_speaks_the_customers_language_with_numbers_of_the_sellers_country(
    seller: Profile, customer: Customer, expected: tuple[str, str]
) -> None:
    assert languages_of(seller, customer) == expected


@pytest.mark.parametrize(
    ("seller", "customer", "languages"),
    [
        # The decree of 19 July 1973: Dutch, and another only beside it, also to who is abroad.
        (_seller("BE", postal_code="9000"), _customer("BE", "fr"), ("nl", "fr")),
        (_seller("BE", postal_code="9000"), _customer("IT", "it"), ("nl", "it")),
        (_seller("BE", "fr_BE", postal_code="3500"), _customer("BE"), ("nl", "fr")),
        (_seller("BE", "fr_BE", postal_code="4000"), _customer("BE", "nl"), ("fr", "nl")),
        (_seller("BE", "de_BE", postal_code="4700"), _customer("BE", "fr"), ("de", "fr")),
        # In Brussels both are free, and a seller whose postal code is not known is not held to a region.
        (_seller("BE", postal_code="1000"), _customer("BE", "fr"), ("fr",)),
        (_seller("BE"), _customer("BE", "fr"), ("fr",)),
        (_seller("BG"), _customer("DE", "de"), ("bg", "de")),
        (_seller("LT", "en_LT"), _customer("LT"), ("lt", "en")),
        (_seller("LV", second_language="en"), _customer("LV"), ("lv", "en")),
        # Only consumers at home.
        (_seller("FR"), _customer("FR", "en", consumer=True), ("fr", "en")),
        (_seller("FR"), _customer("FR", "en"), ("en",)),
        (_seller("FR"), _customer("GB", "en", consumer=True), ("en",)),
        (_seller("PL"), _customer("PL", "en", consumer=True), ("pl", "en")),
        (_seller("PL"), _customer("DE", "de"), ("de",)),
        (_seller("EE"), _customer("EE", "en", consumer=True), ("et", "en")),
        # Despacho 8632/2014: all at home, and nobody else.
        (_seller("PT"), _customer("PT", "en"), ("pt", "en")),
        (_seller("PT", "en_PT"), _customer("PT"), ("pt", "en")),
        (_seller("PT"), _customer("DE", "de"), ("de",)),
        # Section 12 of the Bookkeeping Act: Norwegian, Swedish, Danish or English, and another only beside one.
        (_seller("NO"), _customer("DE", "de"), ("nb", "de")),
        (_seller("NO"), _customer("DE", "en"), ("en",)),
        (_seller("NO", "en_NO"), _customer("NO"), ("en",)),
        (_seller("NO"), _customer("SE", "sv"), ("sv",)),
    ],
)
def test_the_language_that_the_law_wants_comes_first_and_the_customers_beside_it(
    seller: Profile, customer: Customer, languages: tuple[str, ...]
) -> None:
    locale, second = languages_of(seller, customer)
    assert (locale.partition("_")[0], *filter(None, [second])) == languages


def test_every_postal_code_of_belgium_has_one_language_or_is_free_in_brussels() -> None:
    law = country("BE").language_law
    assert law is not None
    free = [
        code
        for code in range(1000, 10000)
        if not law.language("nl", "nl", postal_code=str(code), at_home=True, consumer=False)
    ]
    assert free == list(range(1000, 1300))


@pytest.mark.parametrize("seller", COUNTRY_CODES)
def test_every_language_has_a_locale_in_every_country(seller: str) -> None:
    for language in LANGUAGES:
        assert locale_of(language, seller).partition("_")[0] == language


def test_the_second_language_of_the_document_goes_before_that_of_the_branding() -> None:
    english = Branding(second_language="en")
    alone = printed(_in("DE", "fr")).replace("\u00a0", " ")
    assert labels_of("fr").due_date in alone
    assert "15 avr. 2026" in alone
    both = printed(_in("FR", "fr", "de"), english)
    assert f"{labels_of('fr').invoice} / {labels_of('de').invoice}" in both
    assert labels_of("en").issue_date not in both
    assert f"{labels_of('de').invoice} / {labels_of('en').invoice}" in printed(_in("DE", "de"), english)


def test_what_the_law_prescribes_stays_in_its_language_beside_the_translation() -> None:
    text = " ".join(printed(_in("DE", "en", buyer="FR")).split())
    taxed = invoice("DE", "FR").taxes[0]
    assert all(reason in text for reason in (taxed.reason, taxed.reason_local))


def test_a_document_is_composed_in_its_languages() -> None:
    french = replace(customer("CH"), language="fr")
    given = circumstances(seller="CH", buyer=french, codes=None)
    asked = request(lines=(replace(line("12.50"), description="Pain"),))
    given = replace(given, profile=replace(given.profile, locale="de_CH", second_language="de"))
    made = document(asked, given)
    assert (made.locale, made.second_language) == ("fr_CH", "de")
    flemish = circumstances(seller="BE", buyer=replace(customer("BE"), language="fr"), codes=None)
    flemish = replace(flemish, profile=replace(flemish.profile, locale="nl_BE", postal_code="9000"))
    made = document(asked, flemish)
    assert (made.locale, made.second_language) == ("nl_BE", "fr")
