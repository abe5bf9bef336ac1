"""Every country file, held to what onboarding, the readiness check and the documents rely on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from importlib import import_module
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from babel import Locale

from invoicing.amounts import minor_digits
from invoicing.countries import COUNTRY_CODES, TAXED_CATEGORIES, Country, country, parse_country
from invoicing.countries.tax_numbers import validate_tax_number
from invoicing.documents import TaxCategory
from invoicing.refusals import InvalidInput

EU_MEMBERS = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())
CHECKED_ON = date(2026, 11, 22)
EVERY_COUNTRY = pytest.mark.parametrize("place", [country(code) for code in COUNTRY_CODES], ids=COUNTRY_CODES)

MINIMAL = """
code = "XX"
name = "Nowhere"
native_name = "Nowhere"
currency = "EUR"
locale = "en_IE"
time_zone = "Europe/Dublin"
eu_member = false
tax_system = "vat"
accounting_standard = "ifrs"
tax_label = "VAT"
tax_number_label = "VAT no."
tax_number_module = ""
tax_number_prefix = ""
tax_number_format = ""
registration_label = "Company no."
tax_authority = "Nobody"
payment_days = 30
seller_required = ["name"]
buyer_business_required = ["name"]
buyer_consumer_required = ["name"]

[[tax_codes]]
code = "STANDARD"
name = "Standard rate"
category = "S"
default = true
rates = [{ percent = "19", valid_from = 2020-01-01 }]

[[sources]]
what = "All of it"
where = "This test"
checked = 2026-11-22
"""


def test_the_supported_countries_are_the_eu_and_four_more() -> None:
    assert set(COUNTRY_CODES) == EU_MEMBERS | {"GB", "US", "CH", "NO"}
    assert list(COUNTRY_CODES) == sorted(COUNTRY_CODES)


@EVERY_COUNTRY
def test_a_country_names_a_locale_a_time_zone_and_a_currency_that_exist(place: Country) -> None:
    assert Locale.parse(place.locale).territory == place.code
    assert ZoneInfo(place.time_zone).key == place.time_zone
    assert minor_digits(place.currency) == 2
    assert place.eu_member == (place.code in EU_MEMBERS) == (place.tax_system == "eu_vat")
    assert 0 < place.payment_days <= 60


@EVERY_COUNTRY
def test_a_country_asks_at_least_for_who_and_where(place: Country) -> None:
    assert {"name", "line1", "city", "country"} <= set(place.seller_required)
    assert {"name", "line1", "city", "country"} <= set(place.buyer_business_required)
    assert {"name", "country"} <= set(place.buyer_consumer_required)
    assert ("tax_number" in place.seller_required) == (place.code != "US")


@EVERY_COUNTRY
def test_exactly_one_code_is_the_default_and_it_is_the_standard_rate(place: Country) -> None:
    assert [template.code for template in place.tax_codes if template.default] == [
        "NO-TAX" if place.code == "US" else "STANDARD"
    ]
    assert place.default_tax_code.default


@EVERY_COUNTRY
def test_a_category_without_tax_has_a_reason_and_a_taxed_one_has_none(place: Country) -> None:
    for template in place.tax_codes:
        assert template.code == template.code.upper()
        assert bool(template.reason) == (template.category not in TAXED_CATEGORIES), template.code
        assert len(template.reason) <= 120


@EVERY_COUNTRY
def test_every_code_has_one_rate_in_force_and_no_two_at_once(place: Country) -> None:
    for template in place.tax_codes:
        assert template.rate_on(CHECKED_ON) is not None, template.code
        assert template.rates[-1].valid_until is None
        for earlier, later in pairwise(template.rates):
            assert earlier.valid_until is not None
            assert earlier.valid_until < later.valid_from


@EVERY_COUNTRY
def test_the_rates_in_force_fall_from_standard_to_super_reduced(place: Country) -> None:
    percents = [
        template.rate_on(CHECKED_ON) for template in place.tax_codes if template.category == TaxCategory.STANDARD
    ]
    assert percents == sorted(set(percents), key=lambda percent: -(percent or Decimal(0)))


@EVERY_COUNTRY
def test_a_country_says_where_its_figures_come_from(place: Country) -> None:
    assert place.sources
    assert all(source.checked <= CHECKED_ON for source in place.sources)


@pytest.mark.parametrize("code", sorted(EU_MEMBERS))
def test_a_member_state_can_supply_to_the_others_and_export(code: str) -> None:
    categories = {template.code: template.category for template in country(code).tax_codes}
    assert categories["INTRA-EU"] == TaxCategory.INTRA_COMMUNITY
    assert categories["REVERSE-CHARGE"] == TaxCategory.REVERSE_CHARGE
    assert categories["EXPORT"] == TaxCategory.EXPORT
    assert categories["EXEMPT"] == TaxCategory.EXEMPT
    assert categories["OUTSIDE"] == TaxCategory.OUTSIDE_SCOPE


@pytest.mark.parametrize(
    ("code", "percents"),
    [
        ("AT", "20 13 10 4.9"),
        ("BG", "20 9"),
        ("CH", "8.1 3.8 2.6"),
        ("CY", "19 9 5 3"),
        ("CZ", "21 12"),
        ("DE", "19 7"),
        ("DK", "25"),
        ("EE", "24 13 9"),
        ("ES", "21 10 4"),
        ("FI", "25.5 13.5 10"),
        ("FR", "20 10 5.5 2.1"),
        ("GB", "20 5"),
        ("GR", "24 13 6"),
        ("HU", "27 18 5"),
        ("IE", "23 13.5 9 4.8"),
        ("IT", "22 10 5 4"),
        ("LT", "21 12 5"),
        ("LU", "17 14 8 3"),
        ("MT", "18 12 7 5"),
        ("NL", "21 9"),
        ("NO", "25 15 12"),
        ("PL", "23 8 5"),
        ("RO", "21 11"),
        ("SE", "25 12 6"),
        ("SK", "23 19 5"),
        ("US", ""),
    ],
)
def test_the_well_known_rates_of_november_2026(code: str, percents: str) -> None:
    assert [
        template.rate_on(CHECKED_ON)
        for template in country(code).tax_codes
        if template.category == TaxCategory.STANDARD
    ] == [Decimal(percent) for percent in percents.split()]


@pytest.mark.parametrize(
    ("code", "day", "percent"),
    [
        ("DE", date(2020, 6, 30), "19"),
        ("DE", date(2020, 7, 1), "16"),
        ("DE", date(2020, 12, 31), "16"),
        ("DE", date(2021, 1, 1), "19"),
        ("EE", date(2025, 6, 30), "22"),
        ("EE", date(2025, 7, 1), "24"),
        ("FI", date(2024, 8, 31), "24"),
        ("LU", date(2023, 7, 1), "16"),
        ("CH", date(2023, 12, 31), "7.7"),
        ("IE", date(2021, 2, 28), "21"),
        ("RO", date(2025, 7, 31), "19"),
        ("SK", date(2024, 12, 31), "20"),
    ],
)
def test_the_standard_rate_of_a_tax_point_is_the_one_of_its_day(code: str, day: date, percent: str) -> None:
    assert country(code).default_tax_code.rate_on(day) == Decimal(percent)


def test_before_its_first_day_a_code_has_no_rate() -> None:
    lower = next(template for template in country("AT").tax_codes if template.code == "SUPER-REDUCED")
    assert lower.rate_on(date(2026, 6, 30)) is None
    assert lower.rate_on(date(2026, 7, 1)) == Decimal("4.9")


def test_a_country_is_found_in_either_case() -> None:
    assert country(" gb ") is country("GB")


@pytest.mark.parametrize("code", ["XX", "", "UK", "EL", "../de", "GERMANY"])
def test_an_unknown_country_is_refused_with_those_that_are_known(code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        country(code)
    assert caught.value.field == "country"
    assert "31 supported countries" in caught.value.message
    assert "AT, BE, BG" in caught.value.message


def test_a_business_abroad_needs_no_local_tax_number_and_no_postal_code() -> None:
    italy = country("IT")
    assert "tax_number" in italy.buyer_required(business=True, buyer_country="IT")
    assert italy.buyer_required(business=True, buyer_country="AE") == ("name", "line1", "city", "country")
    assert italy.buyer_required(business=False, buyer_country="IT") == ("name", "country")


def test_the_minimal_file_is_accepted() -> None:
    assert parse_country(MINIMAL, name="xx.toml").name == "Nowhere"


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ('name = "Nowhere"\n', ""),
        ("payment_days = 30", "payment_days = true"),
        ("payment_days = 30", "payment_days = 30\npayment_day = 14"),
        ('tax_label = "VAT"', 'tax_label = ""'),
        ('tax_system = "vat"', 'tax_system = "gst"'),
        ('seller_required = ["name"]', 'seller_required = ["name", "name"]'),
        ('seller_required = ["name"]', 'seller_required = ["fax"]'),
        ("default = true", "default = false"),
        ('category = "S"', 'category = "E"'),
        ('percent = "19"', "percent = 19.0"),
        ('percent = "19"', 'percent = "0"'),
        ('percent = "19"', 'percent = "19", until = 2021-01-01'),
        ("valid_from = 2020-01-01", "valid_from = 2020-01-01, valid_until = 2019-01-01"),
        ("2020-01-01 }]", '2020-01-01 }, { percent = "20", valid_from = 2021-01-01 }]'),
        ("rates = [{", "rates = []\nother = [{"),
        ("checked = 2026-11-22", "checked = 2026-11-22T00:00:00"),
    ],
)
def test_a_file_with_a_slip_is_an_error_not_a_default(good: str, bad: str) -> None:
    assert good in MINIMAL
    with pytest.raises((ValueError, InvalidInput)):
        parse_country(MINIMAL.replace(good, bad, 1), name="xx.toml")


@EVERY_COUNTRY
def test_a_country_names_a_module_of_stdnum_that_validates(place: Country) -> None:
    assert callable(import_module(f"stdnum.{place.tax_number_module}").validate)
    assert place.tax_number_format


@pytest.mark.parametrize(
    ("code", "number", "canonical"),
    [
        ("AT", "U 13585627", "ATU13585627"),
        ("BE", "BE 403.019.261", "BE0403019261"),
        ("CH", "CHE-107.787.577 IVA", "CHE107787577IVA"),
        ("de", "DE 136,695 976", "DE136695976"),
        ("DE", "136695976", "DE136695976"),
        ("ES", "54362315-K", "ES54362315K"),
        ("FR", "Fr 40 303 265 045", "FR40303265045"),
        ("GB", "980 7806 84", "GB980780684"),
        ("GB", "xi 980 7806 84", "XI980780684"),
        ("GR", "GR 094259216", "EL094259216"),
        ("IE", "IE 6433435OA", "IE6433435OA"),
        ("NL", "NL4495445B01", "NL004495445B01"),
        ("NO", "995 525 828 mva", "NO995525828MVA"),
        ("PL", "PL 8567346215", "PL8567346215"),
        ("SE", "SE 123456789701", "SE123456789701"),
        ("US", "91-1144442", "911144442"),
    ],
)
def test_a_tax_number_becomes_canonical(code: str, number: str, canonical: str) -> None:
    assert validate_tax_number(code, number) == canonical
    assert validate_tax_number(code, canonical) == canonical


@pytest.mark.parametrize(
    ("code", "number"),
    [
        ("AT", "U13585626"),
        ("CH", "CHE107787577"),
        ("DE", "DE136695978"),
        ("DE", "FR40303265045"),
        ("FR", "FR84323140391"),
        ("GB", "802311781"),
        ("GR", "EL123456781"),
        ("NO", "995525828"),
        ("US", "07-1144442"),
        ("CY", "CY1025\n9033P"),
        ("DE", ""),
        ("DE", "1" * 41),
    ],
)
def test_a_wrong_tax_number_is_refused_as_not_valid_in_format(code: str, number: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        validate_tax_number(code, number)
    assert caught.value.field == "tax_number"
    assert "format is not valid" in caught.value.message
    assert "registered" not in caught.value.message
    assert not number or number not in caught.value.message
