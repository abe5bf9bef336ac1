"""Registration for VAT: what country files say of it, what follows where nobody has stated it, and the tax that is
proposed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from invoicing.countries import COUNTRY_CODES, VatRegistration, country, parse_country
from invoicing.document.readiness import live_blockers
from invoicing.master_data.profiles import Profile
from invoicing.master_data.registration import registration_of, settled, untaxed_code
from invoicing.organizations import Environment
from tests.invoicing.test_countries import LEGAL_TEXT_MAX, MINIMAL

EVERY_COUNTRY = pytest.mark.parametrize("code", COUNTRY_CODES)

GERMAN = Profile(
    name="Anna Berg",
    environment=Environment.LIVE,
    country="DE",
    line1="Lindenstraße 5",
    postal_code="10969",
    city="Berlin",
    iban="DE89370400440532013000",
)

TABLES = """
[registration.small_business]
meaning = "exempt"
limit = "10,000 EUR a year"
requires = ["tax_office_number or tax_number"]
code = "SMALL"
category = "E"
tax_number = "plain"
tax_number_label = "No."
words = [{ valid_from = 2020-01-01, reason = "Exempt", reason_local = "Exempt" }]
source = "This test"
checked = 2026-11-28

[[identifiers]]
kind = "tax_office"
labels = { en = "Tax no." }
form = "3 digits"
shape = '\\d{3}'

"""
FILE = MINIMAL.replace("[[tax_codes]]", f"{TABLES}[[tax_codes]]", 1)


@EVERY_COUNTRY
def test_every_country_says_what_an_unregistered_seller_needs_and_why_it_charges_no_tax(code: str) -> None:
    place = country(code)
    rules = place.registration(VatRegistration.NOT_REGISTERED)
    assert rules is not None
    assert rules.meaning
    assert rules.source
    assert rules.checked >= date(2026, 11, 28)
    for state in place.registrations.values():
        made = untaxed_code(place, state, on=date(2026, 11, 28))
        assert 0 < len(made.reason) <= LEGAL_TEXT_MAX
        assert 0 < len(made.reason_local) <= LEGAL_TEXT_MAX
        assert made.rate_on(date(2026, 11, 28)) == 0
        assert all(len(text) <= LEGAL_TEXT_MAX for text in state.mentions.values())
        assert state.tax_number != "none" or not any("tax_number" in group for group in state.requires)


@EVERY_COUNTRY
def test_a_small_enterprise_is_a_state_wherever_there_is_a_code_for_it(code: str) -> None:
    place = country(code)
    has_code = any(template.code == "SMALL-BUSINESS" for template in place.tax_codes)
    assert (place.registration(VatRegistration.SMALL_BUSINESS) is not None) is has_code
    assert has_code is (code not in ("ES", "US"))


def test_the_tables_of_registration_are_read() -> None:
    place = parse_country(FILE, name="xx.toml")
    small, none = (
        place.registrations[state] for state in (VatRegistration.SMALL_BUSINESS, VatRegistration.NOT_REGISTERED)
    )
    assert small.requires == (("tax_office_number", "tax_number"),)
    # Without a table of its own the other state is like it: the plain number is no VAT number.
    assert (none.requires, none.tax_number) == (small.requires, "plain")
    assert place.identifiers[0].label == "Tax no."
    registered = replace(small, tax_number="as_registered", tax_number_label="").without_vat_number()
    assert (registered.requires, registered.tax_number) == ((("tax_office_number",),), "none")


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("[registration.small_business]", "[registration.exempt]"),
        ('meaning = "exempt"', ""),
        ("tax_office_number or tax_number", "fax or tax_number"),
        ('code = "SMALL"', 'code = "STANDARD"'),
        ('category = "E"\ntax_number', 'category = "S"\ntax_number'),
        ('tax_number = "plain"', 'tax_number = "printed"'),
        ('tax_number_label = "No."\n', ""),
        ("words = [{", "others = [{"),
        ("checked = 2026-11-28", 'checked = "today"'),
        ('kind = "tax_office"', 'kind = "vat"'),
        ('labels = { en = "Tax no." }', 'labels = { ga = "Uimhir" }'),
        ('labels = { en = "Tax no." }', 'labels = { en = "Tax no.", de = "Nr." }'),
        ("shape = '\\d{3}'", ""),
        ("shape = '\\d{3}'", "shape = '('"),
    ],
)
def test_a_slip_in_the_tables_is_an_error(good: str, bad: str) -> None:
    assert good in FILE
    with pytest.raises(ValueError):
        parse_country(FILE.replace(good, bad, 1), name="xx.toml")


@pytest.mark.parametrize(
    ("fields", "default_code", "state"),
    [
        ({}, "STANDARD", ""),
        ({"tax_number": "DE136695976"}, "STANDARD", "registered"),
        ({"tax_office_number": "181/815/08155"}, "STANDARD", ""),
        ({"tax_number": "DE136695976-EX"}, "STANDARD", "small_business"),
        ({"tax_number": "DE136695976"}, "SMALL-BUSINESS", "small_business"),
        ({"vat_registration": "not_registered"}, "SMALL-BUSINESS", "not_registered"),
        ({"tax_system": "none"}, "NO-TAX", "not_registered"),
        ({"small_business": True}, "STANDARD", "small_business"),
        ({"vat_registration": "group"}, "STANDARD", "group"),
    ],
)
def test_what_nobody_has_stated_follows_from_numbers_and_the_default_code(
    fields: dict[str, str], default_code: str, state: str
) -> None:
    profile = replace(GERMAN, **fields)  # type: ignore[arg-type]  # Fields of the profile.
    assert registration_of(profile, default_code=default_code) == state
    assert settled(profile, default_code=default_code).vat_registration == state


def test_a_live_seller_is_asked_which_it_is_with_what_each_needs() -> None:
    (blocker,) = live_blockers(GERMAN)
    assert blocker.fields == ("vat_registration",)
    assert "registered (with tax_number (USt-IdNr.) or tax_office_number (Steuernummer))" in blocker.text
    assert "small_business (exempt as a Kleinunternehmer, § 19 UStG, up to 25,000 EUR" in blocker.text
    assert "not_registered (the same, without a VAT number)" in blocker.text


@pytest.mark.parametrize(
    ("state", "asked"),
    [
        ("registered", "tax_number (USt-IdNr.) or tax_office_number (Steuernummer)"),
        ("group", "tax_number (USt-IdNr.) or tax_office_number (Steuernummer)"),
        ("small_business", "tax_office_number (Steuernummer) or tax_number (USt-IdNr.)"),
        ("not_registered", "tax_office_number (Steuernummer)"),
    ],
)
def test_the_number_that_is_asked_for_is_that_of_the_state(state: str, asked: str) -> None:
    (blocker,) = live_blockers(replace(GERMAN, vat_registration=state))
    assert f"still need {asked}." in blocker.text


def test_the_seller_of_a_document_shows_no_vat_number_that_it_does_not_have() -> None:
    british = replace(GERMAN, country="GB", tax_number="GB980780684")
    assert british.seller().tax_number == "GB980780684"
    assert british.seller().vat_registration == ""
    party = replace(british, vat_registration="not_registered").seller()
    assert (party.tax_number, party.vat_registration) == ("", "not_registered")
    small = replace(GERMAN, vat_registration="small_business", tax_number="DE136695976").seller()
    assert (small.tax_number, small.vat_registration) == ("DE136695976", "small_business")
