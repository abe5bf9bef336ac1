"""Mandates right to the day, for each kind of buyer and seller, and what their data must say."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from invoicing.countries import COUNTRY_CODES, country, parse_country
from invoicing.countries.mandates import COVERED
from invoicing.document.mandates import (
    BuyerSituation,
    Form,
    SellerSituation,
    assumed_turnover,
    form_in_law,
    form_on,
    mandates_for,
    mandates_of,
    upcoming,
)
from tests.invoicing.test_countries import MINIMAL

EVERY_COUNTRY = pytest.mark.parametrize("code", COUNTRY_CODES)
HOME: dict[str, Any] = {}
SMALL = {"seller_registration": "small_business"}
NOT_REGISTERED = {"seller_registration": "not_registered"}

# The last day on which a PDF was more, the first on which it is less, and from what to what; the reason beside it.
BOUNDARIES: list[tuple[str, str, str, dict[str, Any], str, str, str]] = [
    # IT: D.Lgs. 127/2015, art. 1; flat-rate sellers above 25,000 EUR by D.L. 36/2022, all of them from 2024.
    ("IT", "IT", "business", HOME, "2019-01-01", "invoice", "none"),
    ("IT", "IT", "consumer", HOME, "2019-01-01", "invoice", "none"),
    ("IT", "IT", "consumer", SMALL, "2024-01-01", "invoice", "none"),
    ("IT", "IT", "business", {**SMALL, "seller_turnover": 25_001}, "2022-07-01", "invoice", "none"),
    ("IT", "IT", "business", {**SMALL, "seller_turnover": 25_000}, "2024-01-01", "invoice", "none"),
    ("IT", "IT", "public_body", HOME, "2015-03-31", "invoice", "none"),
    ("IT", "DE", "business", HOME, "2019-01-01", "invoice", "reported"),
    # PL: art. 145l and 145m; KSeF for sales abroad too, not to consumers.
    ("PL", "PL", "business", HOME, "2026-04-01", "invoice", "none"),
    ("PL", "PL", "business", NOT_REGISTERED, "2026-04-01", "invoice", "none"),
    ("PL", "PL", "business", {"seller_turnover": 200_000_001}, "2026-02-01", "invoice", "none"),
    ("PL", "PL", "business", {"seller_turnover": 200_000_000}, "2026-04-01", "invoice", "none"),
    ("PL", "PL", "business", {"month_gross": 10_000}, "2027-01-01", "invoice", "none"),
    ("PL", "PL", "business", {"month_gross": 10_001}, "2026-04-01", "invoice", "none"),
    ("PL", "US", "business", HOME, "2026-04-01", "invoice", "none"),
    # RO: reported in the first half of 2024 (Law 296/2023), then the only form; consumers reported from 2025.
    ("RO", "RO", "business", NOT_REGISTERED, "2024-01-01", "invoice", "reported"),
    ("RO", "RO", "business", HOME, "2024-07-01", "reported", "none"),
    ("RO", "RO", "public_body", HOME, "2022-07-01", "invoice", "none"),
    ("RO", "RO", "consumer", HOME, "2025-01-01", "invoice", "reported"),
    # BE: between persons with a VAT number, the small-business scheme included.
    ("BE", "BE", "business", SMALL, "2026-01-01", "invoice", "none"),
    ("BE", "BE", "public_body", HOME, "2024-03-01", "invoice", "none"),
    # HR: NN 89/25, in two steps; consumers fiscalised whatever the payment.
    ("HR", "HR", "business", HOME, "2026-01-01", "invoice", "none"),
    ("HR", "HR", "business", SMALL, "2027-01-01", "invoice", "none"),
    ("HR", "HR", "business", NOT_REGISTERED, "2027-01-01", "invoice", "none"),
    ("HR", "HR", "consumer", HOME, "2026-01-01", "invoice", "reported"),
    ("HR", "HR", "public_body", HOME, "2019-07-01", "invoice", "none"),
    # GR: A.1128/2025, with the first day moved to 2 March; to third countries too, to the EU optional.
    ("GR", "GR", "business", {"seller_turnover": 1_000_001}, "2026-03-02", "reported", "none"),
    ("GR", "GR", "business", HOME, "2026-10-01", "reported", "none"),
    ("GR", "US", "business", HOME, "2026-10-01", "reported", "none"),
    # HU: 10. melléklet Áfa tv.; a PDF stays an invoice.
    ("HU", "HU", "business", HOME, "2020-07-01", "invoice", "reported"),
    ("HU", "HU", "consumer", SMALL, "2021-01-04", "invoice", "reported"),
    ("HU", "DE", "business", HOME, "2021-01-04", "invoice", "reported"),
    # DE: § 27 Abs. 38 UStG by the turnover of 2026; never small businesses (§ 34a UStDV).
    ("DE", "DE", "business", {"seller_turnover": 800_001}, "2027-01-01", "invoice", "none"),
    ("DE", "DE", "business", {"seller_turnover": 800_000}, "2028-01-01", "invoice", "none"),
    ("DE", "DE", "business", HOME, "2028-01-01", "invoice", "none"),
    ("DE", "DE", "public_body", SMALL, "2020-11-27", "invoice", "none"),
    # FR: loi 2023-1322, art. 91; e-reporting on the same days.
    ("FR", "FR", "business", {"seller_turnover": 50_000_001}, "2026-09-01", "invoice", "none"),
    ("FR", "FR", "business", SMALL, "2027-09-01", "invoice", "none"),
    ("FR", "FR", "consumer", HOME, "2027-09-01", "invoice", "reported"),
    ("FR", "GB", "business", HOME, "2027-09-01", "invoice", "reported"),
    ("FR", "FR", "public_body", HOME, "2020-01-01", "invoice", "none"),
    # ES: RD-ley 15/2025 for companies; the Basque provinces have TicketBAI in its place.
    ("ES", "ES", "business", HOME, "2027-01-01", "invoice", "reported"),
    ("ES", "ES", "consumer", {"seller_region": "Bizkaia"}, "2026-01-01", "invoice", "reported"),
    ("ES", "ES", "business", {"seller_region": "20018"}, "2023-06-01", "invoice", "reported"),
    ("ES", "ES", "public_body", HOME, "2015-01-15", "invoice", "none"),
    # SK: law 385/2025, payers only; NO: the Storting of June 2026, the smallest left out.
    ("SK", "SK", "business", HOME, "2027-01-01", "invoice", "none"),
    ("SK", "SK", "public_body", HOME, "2027-01-01", "invoice", "none"),
    ("NO", "NO", "business", HOME, "2027-01-01", "invoice", "none"),
    ("NO", "NO", "business", {**NOT_REGISTERED, "seller_turnover": 50_001}, "2027-01-01", "invoice", "none"),
    # On demand of the buyer: EE § 7¹ as amended, FI 241/2019.
    ("EE", "EE", "business", {"demanded": True}, "2025-07-01", "invoice", "none"),
    ("EE", "EE", "public_body", HOME, "2019-07-01", "invoice", "none"),
    ("FI", "FI", "business", {"demanded": True}, "2020-04-01", "invoice", "none"),
    # Public bodies, and the two that come in 2028.
    ("AT", "AT", "public_body", HOME, "2014-01-01", "invoice", "none"),
    ("DK", "DK", "public_body", HOME, "2005-02-01", "invoice", "none"),
    ("SE", "SE", "public_body", HOME, "2019-04-01", "invoice", "none"),
    ("LU", "LU", "public_body", HOME, "2023-03-18", "invoice", "none"),
    ("NL", "NL", "public_body", HOME, "2017-01-01", "invoice", "none"),
    ("LT", "LT", "public_body", HOME, "2025-01-01", "invoice", "none"),
    ("LV", "LV", "public_body", HOME, "2025-01-01", "invoice", "none"),
    ("LV", "LV", "business", HOME, "2028-01-01", "invoice", "none"),
    ("SI", "SI", "public_body", HOME, "2015-01-01", "invoice", "none"),
    ("SI", "SI", "business", HOME, "2028-01-01", "invoice", "none"),
    ("PT", "PT", "public_body", HOME, "2027-01-01", "reported", "none"),
    # ViDA: Directive (EU) 2025/516, to businesses of other member states.
    ("AT", "BE", "business", HOME, "2030-07-01", "invoice", "none"),
]

# What stays an invoice, or stays what it is, on a day when its neighbours do not.
STANDING: list[tuple[str, str, str, str, dict[str, Any], str]] = [
    ("2026-11-28", "BE", "BE", "business", {"buyer_registered": False}, "invoice"),
    ("2026-11-28", "BE", "BE", "business", NOT_REGISTERED, "invoice"),
    ("2026-11-28", "BE", "NL", "business", HOME, "invoice"),
    ("2026-11-28", "BE", "BE", "consumer", HOME, "invoice"),
    ("2026-11-28", "PL", "PL", "consumer", HOME, "invoice"),
    ("2026-11-28", "IT", "IT", "business", NOT_REGISTERED, "invoice"),
    ("2026-11-28", "RO", "US", "business", HOME, "invoice"),
    ("2026-11-28", "GR", "FR", "business", HOME, "reported"),
    ("2026-11-28", "PT", "US", "consumer", NOT_REGISTERED, "reported"),
    ("2026-11-28", "HR", "DE", "business", HOME, "invoice"),
    ("2028-06-01", "DE", "DE", "business", SMALL, "invoice"),
    ("2028-06-01", "DE", "DE", "consumer", HOME, "invoice"),
    ("2028-06-01", "SK", "SK", "business", SMALL, "invoice"),
    ("2028-06-01", "SK", "SK", "consumer", HOME, "invoice"),
    ("2027-06-01", "NO", "NO", "business", NOT_REGISTERED, "invoice"),
    ("2027-06-01", "NO", "SE", "business", HOME, "invoice"),
    ("2026-11-28", "EE", "EE", "business", HOME, "invoice"),
    ("2026-11-28", "EE", "EE", "public_body", HOME, "invoice"),
    ("2026-11-28", "FI", "FI", "public_body", HOME, "invoice"),
    ("2026-11-28", "FI", "SE", "business", {"demanded": True}, "invoice"),
    ("2026-11-28", "ES", "ES", "business", {"seller_region": "Madrid"}, "invoice"),
    *(("2026-11-28", code, code, buyer, HOME, "invoice") for code in ("GB", "US", "IE", "CY", "MT", "CZ", "BG")
      for buyer in ("business", "consumer", "public_body")),
    *(("2026-11-28", code, code, "business", HOME, "invoice") for code in ("AT", "CH", "DK", "LU", "NL", "SE", "LT")),
]  # fmt: skip


@pytest.mark.parametrize(("seller", "buyer_country", "buyer", "facts", "first", "before", "after"), BOUNDARIES)
def test_a_mandate_begins_on_its_day_and_not_on_the_day_before(
    seller: str, buyer_country: str, buyer: Any, facts: dict[str, Any], first: str, before: str, after: str
) -> None:
    day = date.fromisoformat(first)
    sale = {"seller_country": seller, "buyer_country": buyer_country, "buyer": buyer, **facts}
    assert form_on(day - timedelta(days=1), **sale)[0] == before
    form, codes = form_on(day, **sale)
    assert form == after
    assert codes
    assert all(code.startswith((f"{seller.lower()}-", "eu-")) for code in codes)


@pytest.mark.parametrize(("day", "seller", "buyer_country", "buyer", "facts", "form"), STANDING)
def test_whoever_a_mandate_leaves_out_keeps_the_form_there_was(
    day: str, seller: str, buyer_country: str, buyer: Any, facts: dict[str, Any], form: str
) -> None:
    found, codes = form_on(
        date.fromisoformat(day), seller_country=seller, buyer_country=buyer_country, buyer=buyer, **facts
    )
    assert found == form
    assert bool(codes) is (form != "invoice")


def test_the_right_of_public_bodies_in_estonia_became_one_to_demand() -> None:
    # Raamatupidamise seadus, § 7¹: until 30 June 2025 every invoice to them, then on demand like anybody's.
    sale: dict[str, Any] = {"seller_country": "EE", "buyer_country": "EE", "buyer": "public_body"}
    assert form_on(date(2025, 6, 30), **sale) == ("none", ("ee-b2g",))
    assert form_on(date(2025, 7, 1), **sale) == ("invoice", ())
    assert form_on(date(2025, 7, 1), **sale, demanded=True) == ("none", ("ee-on-demand",))


def test_a_spanish_seller_that_pays_no_corporate_tax_has_half_a_year_more() -> None:
    # RD-ley 15/2025, disposición final primera: companies on 1 January 2027, all others on 1 July.
    buyer = BuyerSituation("ES", "business")
    person, company = (SellerSituation("ES", legal_form=form) for form in ("person", "company"))
    assert mandates_for(person, buyer, date(2027, 6, 30)) == ()
    assert [one.since for one in mandates_for(person, buyer, date(2027, 7, 1))] == [date(2027, 7, 1)]
    assert [one.since for one in mandates_for(company, buyer, date(2027, 7, 1))] == [date(2027, 1, 1)]
    face = date(2026, 5, 1)
    assert mandates_for(person, BuyerSituation("ES", "public_body"), face) == ()
    assert form_in_law(mandates_for(company, BuyerSituation("ES", "public_body"), face)) is Form.NONE


@pytest.mark.parametrize(
    ("code", "buyer", "day", "bound"),
    [
        # Kleinbetragsrechnung, § 33 UStDV.
        ("DE", "business", date(2028, 1, 1), "250"),
        ("DE", "public_body", date(2026, 1, 1), "1000"),
        ("BE", "public_body", date(2026, 1, 1), "3000"),
        ("ES", "public_body", date(2026, 1, 1), "5000"),
    ],
)
def test_small_amounts_are_left_out_where_the_law_does(code: str, buyer: Any, day: date, bound: str) -> None:
    seller, to = SellerSituation(code), BuyerSituation(code, buyer)
    assert mandates_for(seller, to, day, amount=Decimal(bound)) == ()
    assert mandates_for(seller, to, day, amount=Decimal(bound) + Decimal("0.01"))
    assert mandates_for(seller, to, day)


def test_a_mandate_is_announced_within_ninety_days_of_its_first_day() -> None:
    seller, buyer = SellerSituation("SK"), BuyerSituation("SK", "business")
    first = date(2027, 1, 1)
    assert upcoming(seller, buyer, first - timedelta(days=91)) == ()
    assert [one.since for one in upcoming(seller, buyer, first - timedelta(days=90))] == [first]
    assert [one.since for one in upcoming(seller, buyer, first - timedelta(days=1))] == [first]
    assert upcoming(seller, buyer, first) == ()


def test_what_holds_already_is_not_announced_again() -> None:
    # KSeF holds since April; that the exception for small months ends in January is no new mandate.
    seller, buyer = SellerSituation("PL"), BuyerSituation("PL", "business")
    assert upcoming(seller, buyer, date(2026, 12, 1)) == ()
    small = SellerSituation("PL", month_gross=9_000)
    assert [one.since for one in upcoming(small, buyer, date(2026, 12, 1))] == [date(2027, 1, 1)]


def test_the_bound_that_is_assumed_is_named_while_it_decides() -> None:
    assert assumed_turnover(SellerSituation("DE"), date(2026, 11, 28)) == 800_000
    assert assumed_turnover(SellerSituation("DE", turnover=900_000), date(2026, 11, 28)) is None
    assert assumed_turnover(SellerSituation("DE"), date(2028, 1, 1)) is None
    assert assumed_turnover(SellerSituation("GB"), date(2026, 11, 28)) is None


def test_a_seller_is_told_what_concerns_it_whoever_buys() -> None:
    held = {one.mandate.code: one for one in mandates_of(SellerSituation("HR"), date(2026, 11, 28))}
    assert held["hr-eracun-b2b"].in_force
    assert held["hr-fiscal-b2c"].buyers == "consumers everywhere"
    small = {
        one.mandate.code: one
        for one in mandates_of(SellerSituation("HR", registration="small_business"), date(2026, 11, 28))
    }
    assert (small["hr-eracun-b2b"].in_force, small["hr-eracun-b2b"].since) == (False, date(2027, 1, 1))
    assert "from 2027-01-01 on" in small["hr-eracun-b2b"].sentence


# The data


@EVERY_COUNTRY
def test_a_country_says_something_of_every_buyer_at_home_and_of_those_abroad(code: str) -> None:
    place = country(code)
    said = {buyer for one in place.no_mandates for buyer in one.buyers}
    for mandate in place.mandates:
        for rule in mandate.rules:
            said |= set(rule.buyers) if "home" in rule.places else set()
            said |= {"abroad"} if {"eu", "third"} <= set(rule.places) else set()
    assert said == set(COVERED)


@EVERY_COUNTRY
def test_every_mandate_has_a_code_of_its_country_a_task_in_one_sentence_and_a_source(code: str) -> None:
    place = country(code)
    for mandate in place.mandates:
        assert re.fullmatch(rf"({code.lower()}|eu)-[a-z0-9-]+", mandate.code)
        assert mandate.todo.endswith(".")
        assert mandate.source
        assert mandate.checked >= date(2026, 11, 28)
        assert bool(mandate.paper_words) is (mandate.form == "none" or mandate.unlawful)
        assert mandate.rules
    for requirement in place.requirements:
        assert requirement.code.startswith(f"{code.lower()}-")
        assert requirement.text.endswith(".")
    assert ("eu-vida" in [mandate.code for mandate in place.mandates]) is place.eu_member


_MANDATE = """
[[mandates]]
code = "xx-all"
name = "Everything"
system = "portal"
form = "none"
todo = "Hand it in."
paper_words = "Copy"
rules = [{ valid_from = 2026-01-01, buyers = ["business"] }]
source = "This test"
checked = 2026-11-28
confidence = "high"
"""


def test_a_rule_that_says_nothing_else_is_about_every_seller_at_home() -> None:
    (mandate,) = parse_country(MINIMAL + _MANDATE, name="xx.toml").mandates
    assert mandate.rules[0].places == ("home",)
    assert mandate.rules[0].sellers == ("registered", "small_business", "not_registered")


@pytest.mark.parametrize(
    ("changed", "to", "why"),
    [
        ('form = "none"', 'form = "perhaps"', "form must be one of"),
        ('paper_words = "Copy"\n', "", "paper_words belong"),
        ('form = "none"', 'form = "reported"', "paper_words belong"),
        ("valid_from = 2026-01-01", "valid_from = 2026-01-01, valid_until = 2025-01-01", "ends before it begins"),
        ('buyers = ["business"]', 'buyers = ["everybody"]', "buyers must be one of"),
        ('buyers = ["business"]', 'buyers = ["business"], turnover_over = 5', "unknown keys"),
        ('source = "This test"\nchecked = 2026-11-28\nconfidence', "confidence", "source is missing"),
        ('"high"', '"certain"', "confidence must be one of"),
    ],
)
def test_a_mandate_that_does_not_follow_the_schema_is_refused(changed: str, to: str, why: str) -> None:
    assert changed in _MANDATE
    with pytest.raises(ValueError, match=re.escape(why)):
        parse_country(MINIMAL + _MANDATE.replace(changed, to), name="xx.toml")
    with pytest.raises(ValueError, match="appears twice"):
        parse_country(MINIMAL + _MANDATE * 2, name="xx.toml")
