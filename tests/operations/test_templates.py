"""A fresh start: every choice that a country has fits together, whatever way it is written, and no other is taken."""

from __future__ import annotations

from datetime import date

import pytest

from invoicing.charts import charts_of, is_national
from invoicing.countries import COUNTRY_CODES, country
from invoicing.organizations import Environment
from invoicing.refusals import InvalidInput
from operations.layer_plans import Plan, fresh_plan
from operations.templates import Choices, fresh_profile

DAY = date(2026, 11, 29)


def planned(code: str, **choices: str) -> Plan:
    chosen = Choices(**choices)
    return fresh_plan(fresh_profile(country(code), "Bakery", Environment.SANDBOX, chosen), chosen, on=DAY)


@pytest.mark.parametrize("code", COUNTRY_CODES)
def test_whatever_a_country_offers_makes_books_that_can_be_posted_to(code: str) -> None:
    rules = country(code)
    for chart in charts_of(code):
        standards = (rules.accounting_standard,) if is_national(chart) else ("ifrs", "us_gaap")
        for standard in standards:
            for tax_system in ("", "auto", rules.tax_system, "none"):
                plan = planned(code, chart_of_accounts=chart, accounting_standard=standard, tax_system=tax_system)
                types = {account.number: account.type for account in plan.organization.values("accounts")}
                (profile,) = plan.entity.values("posting_profiles")
                assert profile.posting.accounts <= set(types)
                revenues = {one.revenue_account for one in plan.organization.values("tax_codes") if one.revenue_account}
                assert {types[number] for number in revenues} <= {"income"}
                assert sum(one.is_default for one in plan.organization.values("tax_codes")) == 1
                assert plan.profile.tax_system == (tax_system if tax_system == "none" else rules.tax_system)
                assert (plan.profile.chart_of_accounts, plan.profile.accounting_standard) == (chart, standard)


@pytest.mark.parametrize(
    ("code", "said", "taken"),
    [
        ("US", "US sales tax", "us_sales_tax"),
        ("US", "us-sales-tax", "us_sales_tax"),
        ("GR", " EU VAT ", "eu_vat"),
        ("GB", "Uk_Vat", "uk_vat"),
        ("CH", "VAT", "vat"),
        ("NO", "AUTO", "vat"),
        ("NO", "", "vat"),
    ],
)
def test_a_tax_system_may_be_written_as_people_write_it(code: str, said: str, taken: str) -> None:
    assert planned(code, tax_system=said).profile.tax_system == taken


@pytest.mark.parametrize(
    ("code", "choices", "field"),
    [
        ("US", {"tax_system": "eu_vat"}, "tax_system"),
        ("GB", {"tax_system": "vat"}, "tax_system"),
        ("CH", {"tax_system": "eu_vat"}, "tax_system"),
        ("DE", {"tax_system": "yes"}, "tax_system"),
        ("DE", {"accounting_standard": "us"}, "accounting_standard"),
        ("DE", {"chart_of_accounts": "skr"}, "chart_of_accounts"),
        ("AT", {"chart_of_accounts": "skr03"}, "chart_of_accounts"),
        ("CH", {"chart_of_accounts": "kmu", "accounting_standard": "gaap"}, "accounting_standard"),
        ("DE", {"currency": "EURO"}, "currency"),
    ],
)
def test_a_choice_that_is_none_of_the_countrys_is_refused_by_its_field(
    code: str, choices: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        planned(code, **choices)
    assert refused.value.field == field
