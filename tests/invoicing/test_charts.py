"""The charts of accounts: every chart, and what a slip in a file does."""

from __future__ import annotations

import tomllib
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest

from invoicing.charts import (
    AccountType,
    Chart,
    NationalChart,
    StandardChart,
    automatic_accounts,
    chart,
    charts_of,
    national_chart,
    parse_chart,
)
from invoicing.countries import COUNTRY_CODES, AccountingStandard, country

STANDARDS: tuple[AccountingStandard, ...] = get_args(AccountingStandard)
NATIONAL: tuple[NationalChart, ...] = get_args(NationalChart)
EVERY_CHART = pytest.mark.parametrize(
    "template",
    [chart(standard, name) for standard in STANDARDS for name in get_args(StandardChart)]
    + [national_chart(name) for name in NATIONAL],
)
EVERY_NATIONAL_CHART = pytest.mark.parametrize("name", NATIONAL)
NUMBERS: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("chart_numbers.toml").read_text("utf-8"))
"""What the publishers' frames have, written without our files."""

ROLES = {
    "receivable": ("asset",),
    "revenue": ("income",),
    "tax_payable": ("liability",),
    "discount": ("income",),
    "rounding": ("income", "expense"),
    "bank": ("asset",),
    "write_off": ("expense",),
    "bank_charges": ("expense",),
    "exchange_gain": ("income", "expense"),
    "exchange_loss": ("expense",),
    "withheld_tax": ("asset",),
    "customer_credit": ("liability",),
    "advances": ("liability",),
    "passed_on": ("asset",),
}

MINIMAL = """
accounts = [{ number = "1000", name = "Everything", type = "asset" }]

[posting]
receivable = "1000"
revenue = "1000"
tax_payable = "1000"
discount = "1000"
rounding = "1000"
bank = "1000"
write_off = "1000"
bank_charges = "1000"
exchange_gain = "1000"
exchange_loss = "1000"
withheld_tax = "1000"
customer_credit = "1000"
advances = "1000"
passed_on = "1000"
"""
OF_A_COUNTRY = f"""
country = "DE"
{MINIMAL.replace('" }]', '" }, { number = "8400", name = "Sales", type = "income" }]')}
[revenue_by_tax_code]
STANDARD = "8400"

[automatic]
8400 = "19"
"""


@EVERY_CHART
def test_every_account_is_there_once_and_in_order(template: Chart) -> None:
    numbers = [account.number for account in template.accounts]
    assert numbers == sorted(set(numbers))
    assert all(number.isascii() and number.isdigit() for number in numbers)
    assert len({account.name for account in template.accounts}) == len(numbers)


@EVERY_CHART
def test_the_posting_profile_refers_to_accounts_of_the_right_type(template: Chart) -> None:
    types = {account.number: account.type for account in template.accounts}
    for role, number in asdict(template.posting).items():
        assert types[number] in ROLES[role], role


@pytest.mark.parametrize("standard", STANDARDS)
def test_the_standard_chart_serves_a_small_business(standard: AccountingStandard) -> None:
    template = chart(standard, "standard")
    assert 30 <= len(template.accounts) <= 45
    assert {account.type for account in template.accounts} == set(get_args(AccountType))


@pytest.mark.parametrize("standard", STANDARDS)
def test_the_first_digit_tells_the_type(standard: AccountingStandard) -> None:
    kinds = {"1": "asset", "2": "liability", "3": "equity", "4": "income"}
    for account in chart(standard, "standard").accounts:
        assert account.type == kinds.get(account.number[0], "expense")


@pytest.mark.parametrize("standard", STANDARDS)
def test_accounts_under_a_standard_have_four_digits(standard: AccountingStandard) -> None:
    assert {len(account.number) for account in chart(standard, "standard").accounts} == {4}


@pytest.mark.parametrize("standard", STANDARDS)
def test_the_empty_chart_has_only_what_is_posted_to(standard: AccountingStandard) -> None:
    whole, empty = chart(standard, "standard"), chart(standard, "empty")
    assert {account.number for account in empty.accounts} == set(asdict(empty.posting).values())
    assert set(empty.accounts) <= set(whole.accounts)
    assert empty.posting == whole.posting


@pytest.mark.parametrize("code", COUNTRY_CODES)
def test_every_country_proposes_a_standard_that_has_a_chart(code: str) -> None:
    assert chart(country(code).accounting_standard, "standard").accounts


@EVERY_NATIONAL_CHART
def test_a_countrys_chart_has_what_its_publishers_frame_has_under_that_number(name: NationalChart) -> None:
    template, frame = national_chart(name), NUMBERS[name]
    known = {account.number: account for account in template.accounts}
    assert template.country == frame["country"]
    for number, kind, word in frame["accounts"]:
        assert known[number].type == kind, number
        assert word in known[number].name, number
    assert frame["source"]


@EVERY_NATIONAL_CHART
def test_a_countrys_chart_serves_a_business_and_no_more(name: NationalChart) -> None:
    template = national_chart(name)
    assert 60 <= len(template.accounts) <= 125
    assert {account.type for account in template.accounts} == set(get_args(AccountType))
    own = set(asdict(template.posting).values())
    assert len(own) == len(asdict(template.posting)), "no account has two roles"


@EVERY_NATIONAL_CHART
def test_revenue_by_tax_code_is_what_the_frame_says_of_codes_that_the_country_has(name: NationalChart) -> None:
    template, frame = national_chart(name), NUMBERS[name]
    codes = {code.code for code in country(template.country).tax_codes}
    assert set(template.revenue_by_tax_code) <= codes
    assert frame["revenue"].items() <= template.revenue_by_tax_code.items()
    automatic = {number: Decimal(rate) for rate, numbers in frame["automatic"].items() for number in numbers}
    assert automatic_accounts(name) == automatic


@pytest.mark.parametrize("name", ["skr03", "skr04"])
def test_every_german_code_has_its_account_but_small_business_in_skr04(name: NationalChart) -> None:
    template = national_chart(name)
    without = {code.code for code in country("DE").tax_codes} - set(template.revenue_by_tax_code)
    assert without == (set() if name == "skr03" else {"SMALL-BUSINESS"})


def test_revenue_of_a_taxed_code_lies_in_no_automatic_account_of_another_rate() -> None:
    for name in NATIONAL:
        template = national_chart(name)
        rates = {code.code: code.rates[-1].percent for code in country(template.country).tax_codes}
        for code, number in template.revenue_by_tax_code.items():
            assert template.automatic.get(number, rates[code]) == rates[code], (name, code)


def test_each_country_has_its_charts_beside_the_standard_and_the_empty_one() -> None:
    own = {code: charts_of(code)[2:] for code in COUNTRY_CODES if len(charts_of(code)) > 2}
    assert own == {"CH": ("kmu",), "DE": ("skr03", "skr04"), "ES": ("pgc",), "FR": ("pcg",)}
    assert all(charts_of(code)[:2] == ("standard", "empty") for code in COUNTRY_CODES)
    assert automatic_accounts("standard") == {}


def test_the_minimal_file_is_accepted() -> None:
    assert parse_chart(MINIMAL, name="chart.toml").posting.bank == "1000"


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ('bank = "1000"', 'bank = "1001"'),
        ('bank = "1000"\n', ""),
        ('bank = "1000"', 'bank = "1000"\ncash = "1000"'),
        ('type = "asset"', 'type = "revenue"'),
        ('number = "1000"', "number = 1000"),
        ('name = "Everything"', 'name = ""'),
        (" }]", ' }, { number = "1000", name = "Again", type = "asset" }]'),
        ("[posting]", "version = 1\n[posting]"),
    ],
)
def test_a_file_with_a_slip_is_an_error(good: str, bad: str) -> None:
    assert good in MINIMAL
    with pytest.raises(ValueError, match=r"^chart\.toml: "):
        parse_chart(MINIMAL.replace(good, bad, 1), name="chart.toml")


def test_a_file_of_a_country_is_accepted() -> None:
    parsed = parse_chart(OF_A_COUNTRY, name="chart.toml")
    assert (parsed.country, parsed.revenue_by_tax_code) == ("DE", {"STANDARD": "8400"})
    assert parsed.automatic == {"8400": Decimal(19)}


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ('STANDARD = "8400"', 'STANDARD = "8401"'),
        ('STANDARD = "8400"', 'STANDARD = "1000"'),
        ('STANDARD = "8400"', "STANDARD = 8400"),
        ('8400 = "19"', '8401 = "19"'),
        ('8400 = "19"', "8400 = 19"),
        ('[revenue_by_tax_code]\nSTANDARD = "8400"\n', ""),
        ('country = "DE"\n', ""),
    ],
)
def test_a_file_of_a_country_with_a_slip_is_an_error(good: str, bad: str) -> None:
    assert good in OF_A_COUNTRY
    with pytest.raises(ValueError, match=r"^chart\.toml: "):
        parse_chart(OF_A_COUNTRY.replace(good, bad, 1), name="chart.toml")
