"""Every country file, held to what onboarding, the readiness check and the documents rely on."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from babel import Locale

from invoicing.countries import COUNTRY_CODES, TAXED_CATEGORIES, country, parse_country
from invoicing.document.advances import AdvanceTax
from invoicing.document.documents import TaxCategory
from invoicing.document.parties import Address
from invoicing.money.amounts import minor_digits
from invoicing.refusals import InvalidInput
from tests.support.rates import default_code, rate_on

EU_MEMBERS = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())
CHECKED_ON = date(2026, 11, 29)
# By code, not by country: a file with a slip fails its own tests and leaves those of the others alone.
EVERY_COUNTRY = pytest.mark.parametrize("code", COUNTRY_CODES)
LEGAL_TEXT_MAX = 120
VATEX_CODES = {
    TaxCategory.REVERSE_CHARGE: "VATEX-EU-AE",
    TaxCategory.INTRA_COMMUNITY: "VATEX-EU-IC",
    TaxCategory.EXPORT: "VATEX-EU-G",
    TaxCategory.OUTSIDE_SCOPE: "VATEX-EU-O",
}

MINIMAL = """
code = "XX"
name = "Nowhere"
native_name = "Nowhere"
currency = "EUR"
languages = ["en", "ga"]
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
address_lines = ["{line1}", "{line2}", "{postal_code} {city}", "{region}", "{country}"]
tax_in_national_currency = false
seller_required = ["name"]
buyer_business_required = ["name"]
buyer_consumer_required = ["name"]

[address_window]
left = 20
top = 45
width = 85
height = 45
first_line = 55
return_line = true
source = "This test"
checked = 2026-11-29

[numbering]
gapless = true
yearly_restart = true
backdating = true
rule = "One after the other."
source = "This test"

[tax_point_of_period]
rule = "end"
article = "This test"

[payment]
code = "none"
source = "x"
checked = 2026-11-29
confidence = "medium"

[advance]
taxed = "payment"
source = "Test"
confidence = "medium"
checked = 2026-01-01

[correction]
sign = "positive"
own_series = false
reason_wanted = false
source = "This test"
checked = 2026-11-22
confidence = "low"

[correction.words.en]
title = "Credit note"

[[tax_codes]]
code = "STANDARD"
name = "Standard rate"
category = "S"
default = true
rates = [{ percent = "19", valid_from = 2020-01-01 }]

[[tax_codes]]
code = "EXPORT"
name = "Export"
category = "G"
default = false
reason = "Export of goods"
reason_local = "Easpórtáil earraí"
reason_code = "VATEX-EU-G"
rates = [{ percent = "0", valid_from = 2020-01-01 }]

[[withholdings]]
code = "WITHHOLDING"
name = "Income tax withheld"
label = "Tax withheld"
article = "This test"
rates = [{ percent = "20", valid_from = 2020-01-01, valid_until = 2020-12-31 }]

[[sources]]
what = "All of it"
where = "This test"
checked = 2026-11-22
"""


def test_the_supported_countries_are_the_eu_and_four_more() -> None:
    assert set(COUNTRY_CODES) == EU_MEMBERS | {"GB", "US", "CH", "NO"}
    assert list(COUNTRY_CODES) == sorted(COUNTRY_CODES)


@EVERY_COUNTRY
def test_a_country_names_a_locale_a_time_zone_and_a_currency_that_exist(code: str) -> None:
    place = country(code)
    assert Locale.parse(place.locale).territory == place.code
    assert ZoneInfo(place.time_zone).key == place.time_zone
    assert minor_digits(place.currency) == 2
    assert place.eu_member == (place.code in EU_MEMBERS) == (place.tax_system == "eu_vat")
    assert 0 < place.payment_days <= 60


@EVERY_COUNTRY
def test_a_country_names_languages_that_exist_and_its_locale_speaks_one(code: str) -> None:
    place = country(code)
    assert all(Locale.parse(language).language == language for language in place.languages)
    assert Locale.parse(place.locale).language in place.languages


@EVERY_COUNTRY
def test_an_address_names_every_field_and_ends_with_the_country(code: str) -> None:
    place = country(code)
    text = "\n".join(place.address_lines)
    written = text.format_map({field.name: field.name for field in fields(Address)})
    assert sorted(re.findall(r"\w+", written)) == sorted(field.name for field in fields(Address))
    assert place.address_lines[-1] == "{country}"


@EVERY_COUNTRY
def test_a_country_asks_at_least_for_who_and_where(code: str) -> None:
    place = country(code)
    assert {"name", "line1", "city", "country"} <= set(place.seller_required)
    assert {"name", "line1", "city", "country"} <= set(place.buyer_business_required)
    assert {"name", "country"} <= set(place.buyer_consumer_required)
    assert ("tax_number" in place.seller_required) == (place.code != "US")


@EVERY_COUNTRY
def test_a_country_says_what_its_law_asks_of_document_numbers(code: str) -> None:
    numbering = country(code).numbering
    assert numbering.rule.endswith(".")
    assert "\n" not in numbering.rule + numbering.source


@EVERY_COUNTRY
def test_a_member_state_wants_the_tax_in_its_own_currency(code: str) -> None:
    place = country(code)
    # Directive 2006/112/EC, Article 230. Outside the Union each file says it for itself.
    assert place.tax_in_national_currency or not place.eu_member


@EVERY_COUNTRY
def test_exactly_one_code_is_the_default_and_it_is_the_standard_rate(code: str) -> None:
    place = country(code)
    assert [template.code for template in place.tax_codes if template.default] == [
        "NO-TAX" if place.code == "US" else "STANDARD"
    ]
    assert default_code(place).rates[-1].valid_until is None


@EVERY_COUNTRY
def test_a_category_without_tax_has_a_reason_in_two_languages_and_a_taxed_one_has_none(code: str) -> None:
    for template in country(code).tax_codes:
        assert template.code == template.code.upper()
        assert bool(template.reason) == (template.category not in TAXED_CATEGORIES), template.code
        assert bool(template.reason_local) == bool(template.reason), template.code
        assert max(len(template.reason), len(template.reason_local)) <= LEGAL_TEXT_MAX, template.code


@EVERY_COUNTRY
def test_only_a_member_state_has_codes_of_exemption_and_they_fit_the_category(code: str) -> None:
    place = country(code)
    for template in place.tax_codes:
        if not place.eu_member:
            assert not template.reason_code, template.code
        elif template.category in VATEX_CODES:
            assert template.reason_code == VATEX_CODES[template.category], template.code
        else:
            assert template.reason_code.startswith("VATEX-") or not template.reason_code, template.code


@EVERY_COUNTRY
def test_a_country_says_where_its_figures_come_from(code: str) -> None:
    place = country(code)
    assert place.sources
    assert all(source.checked <= CHECKED_ON for source in place.sources)


@EVERY_COUNTRY
def test_a_withholding_names_its_law_and_is_less_than_the_amount(code: str) -> None:
    for withholding in country(code).withholdings:
        assert withholding.code == withholding.code.upper()
        assert all(0 < rate.percent < 100 for rate in withholding.rates)


@pytest.mark.parametrize("code", sorted(EU_MEMBERS))
def test_a_member_state_can_supply_to_the_others_and_export(code: str) -> None:
    categories = {template.code: template.category for template in country(code).tax_codes}
    assert categories["INTRA-EU"] == TaxCategory.INTRA_COMMUNITY
    assert categories["REVERSE-CHARGE"] == TaxCategory.REVERSE_CHARGE
    assert categories["EXPORT"] == TaxCategory.EXPORT
    assert categories["EXEMPT"] == TaxCategory.EXEMPT
    assert categories["OUTSIDE"] == TaxCategory.OUTSIDE_SCOPE


@pytest.mark.parametrize("code", sorted(EU_MEMBERS))
def test_every_member_state_but_spain_spares_small_businesses_the_tax(code: str) -> None:
    categories = {template.code: template.category for template in country(code).tax_codes}
    # Exempt, or out of scope where the law has the seller stay unregistered.
    assert categories.get("SMALL-BUSINESS") in (
        [None] if code == "ES" else [TaxCategory.EXEMPT, TaxCategory.OUTSIDE_SCOPE]
    )


@pytest.mark.parametrize("code", ["GB", "CH", "NO"])
def test_outside_the_union_a_small_seller_is_not_registered_rather_than_exempt(code: str) -> None:
    categories = {template.code: template.category for template in country(code).tax_codes}
    assert categories["EXPORT"] == TaxCategory.EXPORT
    assert categories.get("SMALL-BUSINESS", TaxCategory.OUTSIDE_SCOPE) == TaxCategory.OUTSIDE_SCOPE


def test_a_withholding_has_its_rate_within_its_days_only() -> None:
    (withholding,) = parse_country(MINIMAL, name="xx.toml").withholdings
    assert rate_on(withholding.rates, date(2020, 12, 31)) == 20
    assert rate_on(withholding.rates, date(2021, 1, 1)) is None


@pytest.mark.parametrize(
    ("code", "phrase"),
    [
        ("AT", "Übergang der Steuerschuld auf den Leistungsempfänger (Reverse Charge)"),
        ("BE", "Btw verlegd"),
        ("BG", "Обратно начисляване, чл. 21, ал. 2 и чл. 86, ал. 3 от ЗДДС"),
        ("CZ", "Daň odvede zákazník"),
        ("DE", "Steuerschuldnerschaft des Leistungsempfängers"),
        ("EE", "Pöördmaksustamine, käibemaksuseaduse § 10 lg 4 p 9"),
        ("ES", "Inversión del sujeto pasivo"),
        ("FI", "Käännetty verovelvollisuus"),
        ("FR", "Autoliquidation"),
        ("GR", "Αντίστροφη επιβάρυνση"),
        ("HR", "Prijenos porezne obveze, članak 17. stavak 1. Zakona o PDV-u"),
    ],
)
def test_a_reverse_charge_is_printed_in_the_words_of_the_country(code: str, phrase: str) -> None:
    words = {template.code: template.reason_local for template in country(code).tax_codes}
    assert words["REVERSE-CHARGE"] == phrase


def test_a_polish_service_to_a_business_outside_the_union_says_that_the_buyer_accounts_for_the_tax() -> None:
    # Article 106e(1)(18) of the VAT Act; the proposal gives OUTSIDE only to such services.
    words = {template.code: template.reason_local for template in country("PL").tax_codes}
    assert words["OUTSIDE"].startswith("Odwrotne obciążenie")
    assert "obciążenie" not in words["OUTSIDE-OTHER"]


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
        ('percent = "20"', 'percent = "0"'),
        ('languages = ["en", "ga"]', 'languages = ["English", "ga"]'),
        ('languages = ["en", "ga"]', 'languages = ["ga"]'),
        ('languages = ["en", "ga"]', 'languages = ["en", "en"]'),
        ('languages = ["en", "ga"]', "languages = []"),
        ('languages = ["en", "ga"]', "languages = [1]"),
        ('"{line2}"', '"{line3}"'),
        ('"{line2}", ', ""),
        ('"{line2}"', '"{line2} {line1}"'),
        ('"{line2}"', '"{line2}", "-"'),
        ('"{line2}"', '"{line2}}"'),
        ("tax_in_national_currency = false", 'tax_in_national_currency = "no"'),
        ("gapless = true", ""),
        ("backdating = true", ""),
        ('rule = "end"', 'rule = "the middle"'),
        ('rule = "end"\narticle = "This test"', 'rule = "end"'),
        ("gapless = true", "gapless = true\ngaps = false"),
        ('rule = "One after the other."', 'rule = ""'),
        ('reason_local = "Easpórtáil earraí"\n', ""),
        ('reason = "Export of goods"\n', ""),
        ('reason_code = "VATEX-EU-G"', 'reason_code = "EXPORT"'),
        ('name = "Standard rate"', 'name = "Standard rate"\nreason_code = "VATEX-EU-G"'),
        ('code = "WITHHOLDING"', 'code = "EXPORT"'),
        ('label = "Tax withheld"\n', ""),
        ("valid_until = 2020-12-31", "valid_until = 2019-12-31"),
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


def test_the_tax_of_an_advance_is_due_by_the_law_of_the_country() -> None:
    """Article 65 of Directive 2006/112/EC: on receipt of the payment; some states take an invoice before it too."""
    on_invoice = {code for code in COUNTRY_CODES if country(code).advance_taxed is AdvanceTax.ISSUE}
    assert {"GB", "IT", "NL", "BE", "RO", "PT", "CH"} <= on_invoice
    assert not {"DE", "AT", "FR", "ES", "PL", "HU", "CZ", "SE"} & on_invoice
