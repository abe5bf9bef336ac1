"""Which tax applies at which place: the table of place_cases.md, territory, buyer and kind of supply in each row."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest

from invoicing.countries import country
from invoicing.document.documents import Supply, TaxCategory
from invoicing.document.drafting import Circumstances, Composition
from invoicing.document.readiness import live_blockers, territory_blockers
from invoicing.document.warnings import warnings_for
from invoicing.master_data.profiles import Profile
from invoicing.master_data.records import Customer, Item
from invoicing.organizations import Environment
from invoicing.refusals import InvalidInput
from invoicing.tax.choice import BuyerFacts, Rule, SellerFacts
from invoicing.tax.facts import buyer_facts
from invoicing.tax.places.rates import scale_of
from invoicing.tax.places.territories import sources, territories, territory_of
from invoicing.tax.proposal import choose
from tests.support.samples import circumstances, composed, country_codes, customer, line, request, tax_code

CASES = Path(__file__).with_name("place_cases.md")
DAY = date(2026, 11, 28)


def cases() -> list[dict[str, str]]:
    rows = [row for row in CASES.read_text(encoding="utf-8").splitlines() if row.startswith("|")]
    heading, _, *found = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    return [dict(zip(heading, row, strict=True)) for row in found]


def at(place: str) -> dict[str, str]:
    """`GB BT1 5GS` or `IT 23030 Chiuro` as fields of an address; the postal code of Italy is one word."""
    country_code, _, rest = place.partition(" ")
    if country_code == "IT":
        postal_code, _, city = rest.partition(" ")
        return {"country": country_code, "postal_code": postal_code, "city": city}
    return {"country": country_code, "postal_code": rest, "city": ""}


def given(seller: str, bought_by: Customer, *, items: tuple[Item, ...] = (), on: date = DAY) -> Circumstances:
    address = at(seller)
    found = circumstances(seller=address["country"], buyer=bought_by, codes=None, items=items)
    profile = replace(found.profile, postal_code=address["postal_code"], city=address["city"])
    return replace(found, profile=profile, today=on)


def buyer(place: str, kind: str = "business") -> Customer:
    who, _, number = kind.partition(" ")
    address = at(place)
    found = customer(address["country"], consumer=who == "consumer", tax_number=number)
    return replace(found, postal_code=address["postal_code"], city=address["city"])


def all_texts(made: Composition, found: Circumstances) -> str:
    warned = warnings_for(
        made.document, profile=found.profile, customer=found.customer, today=found.today, chosen=made.chosen
    )
    reasons = [text for tax in made.document.taxes for text in (tax.label, tax.reason, tax.reason_local)]
    return "\n".join([*made.explanation, *reasons, *(warning.text for warning in warned)])


@pytest.mark.parametrize("row", cases(), ids=lambda row: " ".join(list(row.values())[:5]).replace("/", "-"))
def test_each_place_buyer_and_kind_of_supply_has_its_category_rate_and_text(row: dict[str, str]) -> None:
    day = date.fromisoformat(row["on"]) if row["on"] else DAY
    found = given(row["seller"], buyer(row["buyer"], row["buyer is"]), on=day)
    made = composed(request(line(supply=Supply(row["supply"]))), found)
    (made_line,) = made.document.lines
    assert (made_line.tax_category.value, made_line.tax_rate, made_line.tax_code) == (
        row["category"],
        Decimal(row["rate"]),
        row["code"],
    ), row["why"]
    assert row["says"] in all_texts(made, found)
    assert bool(made.document.taxes[0].reason) == (row["category"] not in ("S", "L"))


def test_the_table_is_long_and_names_every_territory_with_a_postal_code_as_seller_or_buyer() -> None:
    rows = cases()
    assert len(rows) >= 120
    places = {territory_of(**at(row[side]), on=DAY) for row in rows for side in ("seller", "buyer")}
    named = {place.code for place in places if place}
    assert {one.code for one in territories()} - named == {"FR-TF"}


# Codes and items at a place


def test_a_reduced_item_takes_the_reduced_rate_of_the_place() -> None:
    bread = Item(id="itm_1", name="Bread", unit_price=Decimal(10), tax_code="REDUCED", supply=Supply.SERVICES)
    wanted = request(replace(line(item="itm_1"), supply=None))
    for seller, place, code, rate in (
        ("FR 75001", "FR 97400", "REDUCED-DOM", "2.1"),
        ("FR 97400", "FR 97400", "REDUCED-DOM", "2.1"),
        ("PT 9000-034", "PT 9000-034", "REDUCED-MADEIRA", "12"),
        ("PT 1000-001", "PT 9500-001", "REDUCED-ACORES", "9"),
        ("GR 85400", "GR 85400", "REDUCED-ISLANDS", "9"),
        ("FR 75001", "FR 75002", "REDUCED", "10"),
    ):
        (made,) = composed(wanted, given(seller, buyer(place), items=(bread,))).document.lines
        assert (made.tax_code, made.tax_rate) == (code, Decimal(rate))


def test_the_second_reduced_rate_of_madeira_fell_on_the_first_of_october_2024() -> None:
    book = Item(id="itm_1", name="Book", unit_price=Decimal(10), tax_code="REDUCED2")
    for day, rate in ((date(2024, 9, 30), "5"), (date(2024, 10, 1), "4")):
        found = given("PT 9000-034", buyer("PT 9000-034"), items=(book,), on=day)
        assert composed(request(line(item="itm_1")), found).document.lines[0].tax_rate == Decimal(rate)


def test_a_rate_without_counterpart_at_the_place_is_asked_about_and_its_own_codes_can_be_stated() -> None:
    room = Item(id="itm_1", name="Room", unit_price=Decimal(10), tax_code="REDUCED", supply=Supply.SERVICES)
    found = given("ES 35001", buyer("ES 35001"), items=(room,))
    made = composed(request(line(item="itm_1")), found)
    assert "local_rate_unknown" in [notice.code for notice in made.chosen[0].choice.cautions]
    stated = composed(request(line(code="IGIC-REDUCED")), found).document.lines[0]
    assert (stated.tax_category, stated.tax_rate) == (TaxCategory.CANARY_ISLANDS, Decimal(3))
    with pytest.raises(InvalidInput, match="no such tax code"):
        composed(request(line(code="IGIC-REDUCED")), given("ES 28001", buyer("ES 28001")))


def test_a_code_of_the_country_that_is_stated_in_a_territory_is_that_of_the_territory() -> None:
    stated = composed(request(line(code="STANDARD")), given("FR 97400", buyer("FR 97400")))
    assert [(one.tax_code, one.tax_rate) for one in stated.document.lines] == [("STANDARD-DOM", Decimal("8.5"))]
    assert stated.chosen[0].choice.rule is Rule.LOCAL_RATES


def test_a_reverse_charge_in_the_canary_islands_is_that_of_their_tax() -> None:
    for code in ("REVERSE-CHARGE", "DOMESTIC-REVERSE-CHARGE"):
        (tax,) = composed(request(line(code=code)), given("ES 35001", buyer("ES 35002"))).document.taxes
        assert (tax.category.value, tax.label) == ("AE", "IGIC")
        assert "Ley 20/1991" in tax.reason_local


def test_an_organizations_own_code_of_the_name_outranks_the_one_that_is_known_here() -> None:
    found = given("FR 97400", buyer("FR 97400"))
    own = (*country_codes("FR"), tax_code("STANDARD-DOM", "9"))
    found = replace(found, setup=replace(found.setup, tax_codes={code.code: code for code in own}))
    assert composed(request(line()), found).document.lines[0].tax_rate == 9


def test_a_territory_without_a_postal_code_is_known_by_the_name_of_its_region() -> None:
    for country_code, region, code in (("ES", "Canarias", "ES-CN"), ("GB", "Northern Ireland", "XI"), ("ES", "x", "")):
        found = territory_of(country_code, "", region=region)
        assert (found.code if found else "") == code


def test_a_public_body_is_a_business_where_it_has_a_number_and_a_consumer_where_it_has_none() -> None:
    seller = SellerFacts("Harbour Bakery", "DE", True, "eu_vat")
    for number, rule in (("FR1", Rule.INTRA_EU_SERVICES_BUSINESS), ("", Rule.INTRA_EU_CONSUMER)):
        body = BuyerFacts("Ville", "FR", True, consumer=False, tax_number=number, public_body=True)
        assert choose(seller, body, Supply.SERVICES).rule is rule
    abroad = BuyerFacts("Town", "US", False, consumer=False, public_body=True)
    assert choose(seller, abroad, Supply.SERVICES).rule is Rule.SERVICES_CONSUMER_ABROAD


def test_a_number_of_an_overseas_department_is_read_as_a_french_one() -> None:
    assert buyer_facts(customer("RE", tax_number="FR 40 303 265 045")).tax_number == "FR40303265045"


def test_going_to_a_territory_of_ones_own_country_is_not_warned_of_as_a_slip() -> None:
    found = given("ES 28001", buyer("ES 35001"))
    made = composed(request(line()), found)
    warned = warnings_for(made.document, profile=found.profile, customer=found.customer, today=DAY, chosen=made.chosen)
    assert "abroad_tax_at_home" not in [notice.code for notice in warned]


def test_a_small_business_charges_nothing_in_a_territory_either() -> None:
    found = replace(given("FR 97400", buyer("FR 97400")), small_business=True)
    assert composed(request(line()), found).document.lines[0].tax_code == "SMALL-BUSINESS"


# Sellers in a territory

LIVE = Profile(
    name="Harbour Bakery",
    environment=Environment.LIVE,
    line1="1 Quay",
    city="Town",
    tax_number="1",
    registration_number="1",
    iban="1",
)


def live(place: str) -> Profile:
    address = at(place)
    return replace(LIVE, country=address["country"], postal_code=address["postal_code"])


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("ES 51001", "IPSI"),
        ("ES 52001", "IPSI"),
        ("DE 27498", "§ 1 Abs. 2 UStG"),
        ("IT 23041", "Livigno lies outside"),
        ("IT 22061", "ILCCI"),
        ("IT 47890", "San Marino"),
        ("GR 63086", "Mount Athos"),
        ("FR 97133", "Saint-Barthélemy"),
        ("FR 97150", "TGCA"),
        ("FR 98800", "TGC"),
        ("GB JE2 3AB", "Jersey"),
        ("GB GY1 1AA", "Guernsey"),
        ("DK 3900", "Greenland"),
        ("NO 9170", "Svalbard"),
        ("CY 99300", "suspended"),
        ("DE 78266", "taxed like Switzerland (CH)"),
        ("DE 87491", "taxed like Austria (AT)"),
        ("CH 6911", "taxed like Italy (IT)"),
    ],
)
def test_a_live_seller_where_the_tax_is_not_known_is_told_so(place: str, says: str) -> None:
    (blocker,) = territory_blockers(live(place))
    assert says in blocker.text
    assert blocker in live_blockers(live(place))


@pytest.mark.parametrize(
    "place",
    "ES 28001/ES 35001/FR 97400/FR 97300/FI 22100/PT 9000-034/AT 6691/GB BT1 5GS/GB IM1 1AA/GR 85400/FR 98000/CH 8238/"
    "CH 7562".split("/"),
)
def test_nothing_stands_in_the_way_where_the_tax_is_known(place: str) -> None:
    assert live_blockers(live(place)) == ()


def test_a_default_code_of_ones_own_lifts_the_blocker_and_the_countrys_does_not() -> None:
    assert territory_blockers(live("ES 52001"), default_code="IPSI") == ()
    assert len(territory_blockers(live("ES 52001"), default_code="STANDARD")) == 1
    assert territory_blockers(replace(live("ES 52001"), tax_system="none")) == ()


def test_a_sandbox_is_warned_of_what_would_block_it_live() -> None:
    found = given("ES 52001", buyer("ES 52001"))
    made = composed(request(line()), found)
    warned = warnings_for(made.document, profile=found.profile, customer=found.customer, today=DAY, chosen=made.chosen)
    assert "seller_territory" in [notice.code for notice in warned]


# The data


def test_every_territory_has_its_law_and_rates_that_stand_for_codes_of_its_country() -> None:
    assert sources()
    for territory in territories():
        assert territory.law
        assert territory.postal or territory.countries
        scale = scale_of(territory)
        if scale is not None:
            known = {code.code for code in country(territory.country).tax_codes}
            assert scale.sources
            assert all(set(local.stands_for) <= known for local in scale.codes)
            assert all(bool(local.texts) == bool(local.code.reason) for local in scale.codes)


def test_no_two_territories_claim_the_same_code_of_a_country() -> None:
    claimed = [code for territory in territories() for code in territory.countries]
    assert len(set(claimed)) == len(claimed)
    for one, other in product(territories(), repeat=2):
        if one.code < other.code:
            assert not set(one.postal) & set(other.postal)
