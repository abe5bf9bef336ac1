"""Which tax applies: the table of docs/money.md with each country's own codes, overrides, and the explanations."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from invoicing.document.documents import Supply, TaxCategory
from invoicing.document.drafting import Circumstances, Composition
from invoicing.document.warnings import warnings_for
from invoicing.master_data.records import Customer, Item, TaxCode
from invoicing.tax.choice import Rule
from tests.support.money_document import money_table
from tests.support.samples import (
    CODES,
    LOS_ANGELES,
    TODAY,
    charge,
    circumstances,
    composed,
    customer,
    discount,
    line,
    request,
    tax_code,
)

FRENCH = customer("FR", tax_number="FR40303265045")
REDUCED_BREAD = Item(id="itm_1", name="Bread", unit_price=Decimal(10), tax_code="REDUCED")


def buyer(row: dict[str, str]) -> Customer:
    kind, _, number = row["buyer is"].partition(" ")
    return customer(row["buyer"], consumer=kind == "consumer", tax_number=number)


def warnings(made: Composition, given: Circumstances) -> tuple[str, ...]:
    found = warnings_for(made.document, profile=given.profile, customer=given.customer, today=TODAY, chosen=made.chosen)
    return tuple(warning.text for warning in found)


@pytest.mark.parametrize(
    "row", money_table("seller", "buyer"), ids=lambda row: " ".join(list(row.values())[:4]).replace("/", "-")
)
def test_the_choice_is_the_one_that_the_money_document_states(row: dict[str, str]) -> None:
    given = circumstances(seller=row["seller"], buyer=buyer(row), codes=None)
    made = composed(request(line(supply=Supply(row["supply"]))), given)
    (chosen,) = made.chosen
    assert (chosen.choice.rule.value, chosen.category.value, chosen.code) == (
        row["rule"],
        row["category"],
        row["code"],
    )
    (tax,) = made.document.taxes
    assert tax.category is chosen.category
    assert bool(tax.reason) == (row["category"] != "S")
    assert chosen.code in made.explanation[0]
    assert row["rule"] in made.explanation[0]


def test_every_rule_is_either_in_the_money_document_or_has_a_test_of_its_own() -> None:
    written = {Rule(row["rule"]) for row in money_table("seller", "buyer")}
    assert set(Rule) - written == {
        Rule.NO_TAX_SYSTEM,
        Rule.SALES_TAX,
        Rule.SMALL_BUSINESS,
        Rule.NOT_REGISTERED,
        Rule.ITEM,
        Rule.ADVANCED,
        Rule.SPLIT_PAYMENT,
        Rule.SURCHARGE,
        Rule.OVERRIDDEN,
    }


# Items and overrides


def test_an_item_keeps_its_reduced_rate_at_home_and_is_an_intra_eu_supply_abroad() -> None:
    wanted = request(line(item="itm_1"))
    for country_code, consumer, code in (("DE", False, "REDUCED"), ("FR", False, "INTRA-EU"), ("FR", True, "REDUCED")):
        bought_by = replace(FRENCH, country=country_code, consumer=consumer)
        made = composed(wanted, circumstances(seller="DE", buyer=bought_by, items=(REDUCED_BREAD,), codes=None))
        assert made.document.lines[0].tax_code == code


def test_an_item_that_is_exempt_by_itself_is_so_for_every_buyer() -> None:
    item = replace(REDUCED_BREAD, tax_code="EXEMPT")
    made = composed(request(line(item="itm_1")), circumstances(seller="DE", buyer=FRENCH, items=(item,), codes=None))
    assert [(chosen.code, chosen.choice.rule) for chosen in made.chosen] == [("EXEMPT", Rule.ITEM)]


def test_a_stated_code_wins_and_the_answer_says_what_was_proposed() -> None:
    given = circumstances(seller="DE", buyer=FRENCH, codes=None)
    made = composed(request(line(code="standard"), line()), given)
    stated, proposed = made.chosen
    assert (stated.code, stated.choice.rule, proposed.choice.rule) == (
        "STANDARD",
        Rule.OVERRIDDEN,
        Rule.INTRA_EU_GOODS_BUSINESS,
    )
    assert "proposed was INTRA-EU" in stated.choice.because
    assert any("Line 1" in text and "INTRA-EU" in text for text in warnings(made, given))


def test_stating_the_code_that_is_proposed_anyway_overrides_nothing() -> None:
    made = composed(request(line(code="INTRA-EU")), circumstances(seller="DE", buyer=FRENCH, codes=None))
    assert made.chosen[0].choice.rule is Rule.INTRA_EU_GOODS_BUSINESS


def test_without_a_code_of_the_category_the_tax_is_as_at_home_and_a_warning_says_so() -> None:
    given = circumstances(seller="DE", buyer=FRENCH)
    made = composed(request(), given)
    assert made.chosen[0].code == "STANDARD"
    assert "category K" in warnings(made, given)[0]


def test_the_only_code_of_a_category_will_do_whatever_its_name() -> None:
    codes = (*CODES, tax_code("EU-SALES", category=TaxCategory.INTRA_COMMUNITY))
    made = composed(request(), circumstances(seller="DE", buyer=FRENCH, codes=codes))
    assert made.chosen[0].code == "EU-SALES"


# Sellers without tax, or with sales tax


def small_codes() -> tuple[TaxCode, ...]:
    return (*CODES, *(tax_code(code, category=category) for code, category in SMALL))


SMALL = (
    ("SMALL-BUSINESS", TaxCategory.EXEMPT),
    ("REVERSE-CHARGE", TaxCategory.REVERSE_CHARGE),
    ("INTRA-EU", TaxCategory.INTRA_COMMUNITY),
)


@pytest.mark.parametrize(
    ("bought_by", "supply", "code"),
    [
        (customer("DE"), Supply.GOODS, "SMALL-BUSINESS"),
        (FRENCH, Supply.GOODS, "SMALL-BUSINESS"),
        (FRENCH, Supply.SERVICES, "REVERSE-CHARGE"),
        (customer("US"), Supply.GOODS, "SMALL-BUSINESS"),
    ],
)
def test_a_small_business_charges_no_tax_on_what_it_supplies_at_home(
    bought_by: Customer, supply: Supply, code: str
) -> None:
    stated = circumstances(seller="DE", buyer=bought_by, codes=small_codes(), small_business=True)
    by_default = tuple(replace(one, is_default=one.code == "SMALL-BUSINESS") for one in small_codes())
    for given in (stated, circumstances(seller="DE", buyer=bought_by, codes=by_default)):
        assert composed(request(line(supply=supply)), given).chosen[0].code == code


def test_books_without_a_tax_system_charge_none() -> None:
    given = circumstances(seller="DE", buyer=FRENCH, codes=(tax_code("NO-TAX", default=True),))
    given = replace(given, profile=replace(given.profile, tax_system="none"))
    assert composed(request(), given).chosen[0].choice.rule is Rule.NO_TAX_SYSTEM


@pytest.mark.parametrize(
    ("seller_region", "buyer_region", "rule", "code"),
    [
        ("CA", "California", Rule.SALES_TAX, "LA"),
        ("CA", "NV", Rule.OUT_OF_STATE, "NO-TAX"),
        ("CA", "", Rule.SALES_TAX, "LA"),
        ("CA", "Nowhere", Rule.SALES_TAX, "LA"),
    ],
)
def test_us_sales_tax_is_proposed_in_the_sellers_state_alone(
    seller_region: str, buyer_region: str, rule: Rule, code: str
) -> None:
    codes = (replace(LOS_ANGELES, is_default=True), tax_code("NO-TAX", category=TaxCategory.OUTSIDE_SCOPE))
    given = circumstances(seller="US", buyer=customer("US", region=buyer_region), codes=codes, region=seller_region)
    made = composed(request(), given)
    assert (made.chosen[0].choice.rule, made.chosen[0].code) == (rule, code)
    assert bool(made.chosen[0].choice.cautions) == (buyer_region != "California")


# Warnings


def test_going_abroad_without_the_buyers_number_and_staying_at_home_without_tax_are_warned_of() -> None:
    at_home = circumstances(seller="DE", buyer=customer("DE"), codes=None)
    found = warnings(composed(request(line(code="INTRA-EU")), at_home), at_home)
    assert any("going abroad" in text for text in found)
    assert any("need the tax number" in text for text in found)


def test_a_consumer_in_another_member_state_brings_the_threshold_of_the_one_stop_shop() -> None:
    given = circumstances(seller="DE", buyer=customer("FR", consumer=True), codes=None)
    assert any("10,000 EUR" in text for text in warnings(composed(request(), given), given))


def test_lines_outside_the_scope_beside_taxed_ones_are_warned_of() -> None:
    given = circumstances(codes=None)
    alone = warnings(composed(request(line(code="OUTSIDE")), given), given)
    mixed = warnings(composed(request(line(code="OUTSIDE"), line()), given), given)
    assert not any("EN 16931" in text for text in alone)
    assert any("EN 16931" in text for text in mixed)


# Explanations


def test_a_document_explains_itself_line_by_line_and_sum_by_sum() -> None:
    given = circumstances(codes=None)
    wanted = request(
        line("100"),
        line("50", "REDUCED"),
        line("200"),
        line("200"),
        currency="EUR",
        adjustments=(discount(percent="10"), charge(amount="5", code="ZERO")),
        withholding="RITENUTA",
        exchange_rate=Decimal("0.85"),
        exchange_source="ECB",
        exchange_date=date(2026, 3, 13),
    )
    assert composed(wanted, given).explanation == (
        "Lines 1, 3-4: STANDARD, category S, 20 % by the rule domestic, because Harbour Bakery and Hotel Bristol are"
        " both in the United Kingdom (GB); STANDARD is 20 % since 2011-01-04.",
        "Line 2: REDUCED, category S, 5 %, because it was stated on the line; proposed was STANDARD, because Harbour"
        " Bakery and Hotel Bristol are both in the United Kingdom (GB); REDUCED is 5 % since 1997-09-01.",
        "Discount 1 (Loyalty), 10 % of 550.00 = 55.00, belongs to S 20 %: 50.00, S 5 %: 5.00 in proportion to the"
        " lines.",
        "Charge 2 (Freight) = 5.00, belongs to Z 0 %: 5.00.",
        "Rounding sum_of_lines: tax is rounded half up once per category and rate, on the sum of the lines.",
        "VAT S: 20 % of 450.00 = 90.00; 450.00 is lines 500.00 - discounts 50.00.",
        "VAT S: 5 % of 45.00 = 2.25; 45.00 is lines 50.00 - discounts 5.00.",
        "VAT Z: 0 % of 5.00 = 0.00; 5.00 is lines 0.00 + charges 5.00.",
        "Net 500.00 + tax 92.25 = total 592.25 EUR.",
        "The buyer withholds Ritenuta d'acconto 20 % of 500.00 = 100.00 and pays 492.25 EUR.",
        "1 EUR = 0.85 GBP (ECB, 2026-03-13): net 425.00, tax 78.41 GBP.",
    )


def test_prices_with_tax_stacks_and_the_other_mode_explain_themselves_too() -> None:
    gross = composed(request(line("120"), prices_include_tax=True)).explanation
    assert "VAT S: 120.00 with 20 % is 100.00 and 20.00 tax." in gross
    assert gross[1].startswith("Prices include tax")
    stacked = composed(request(line("19.99", "LA"), rounding="per_line", currency="USD")).explanation
    assert stacked[1:3] == (
        "Rounding per_line: tax is rounded half up on each line, and the taxes of the lines are added up.",
        "Sales tax S: 9.75 % on each line of 19.99 = 1.95; of it California (state) 7.25 % 1.45, Los Angeles County"
        " (county) 0.25 % 0.05, Los Angeles County districts (district) 2.25 % 0.45.",
    )
    free = composed(request(line(code="EXEMPT"))).explanation
    assert "VAT E: 0 % of 100.00 = 0.00 (Reason of EXEMPT)." in free


@pytest.mark.parametrize("small", [False, True])
def test_a_business_abroad_without_a_number_is_asked_for_it_also_by_a_small_enterprise(small: bool) -> None:
    buyer = customer("AT")
    given = circumstances(seller="DE", buyer=buyer, codes=None, small_business=small)
    made = composed(request(line()), given)
    codes = [caution.code for caution in made.chosen[0].choice.cautions]
    assert codes == ["business_without_number"] + ([] if small else ["distance_sales"])
    consumer = circumstances(seller="DE", buyer=replace(buyer, consumer=True), codes=None, small_business=small)
    asked = composed(request(line()), consumer).chosen[0].choice.cautions
    assert "business_without_number" not in [caution.code for caution in asked]
