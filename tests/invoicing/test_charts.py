"""The charts of accounts: every chart, and what a slip in a file does."""

from __future__ import annotations

from dataclasses import asdict
from typing import get_args

import pytest

from invoicing.charts import AccountType, Chart, ChartKind, chart, parse_chart
from invoicing.countries import COUNTRY_CODES, AccountingStandard, country

STANDARDS: tuple[AccountingStandard, ...] = get_args(AccountingStandard)
KINDS: tuple[ChartKind, ...] = get_args(ChartKind)
EVERY_CHART = pytest.mark.parametrize("template", [chart(standard, kind) for standard in STANDARDS for kind in KINDS])

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
"""


@EVERY_CHART
def test_every_account_is_there_once_and_in_order(template: Chart) -> None:
    numbers = [account.number for account in template.accounts]
    assert numbers == sorted(set(numbers))
    assert all(len(number) == 4 and number.isdigit() for number in numbers)
    assert len({account.name for account in template.accounts}) == len(numbers)


@EVERY_CHART
def test_the_posting_profile_refers_to_accounts_of_the_right_type(template: Chart) -> None:
    types = {account.number: account.type for account in template.accounts}
    assert {role: types[number] for role, number in asdict(template.posting).items()} == {
        "receivable": "asset",
        "revenue": "income",
        "tax_payable": "liability",
        "discount": "income",
        "rounding": "income",
        "bank": "asset",
        "write_off": "expense",
        "bank_charges": "expense",
        "exchange_gain": "expense",
        "exchange_loss": "expense",
        "withheld_tax": "asset",
        "customer_credit": "liability",
    }


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
def test_the_empty_chart_has_only_what_is_posted_to(standard: AccountingStandard) -> None:
    whole, empty = chart(standard, "standard"), chart(standard, "empty")
    assert {account.number for account in empty.accounts} == set(asdict(empty.posting).values())
    assert set(empty.accounts) <= set(whole.accounts)
    assert empty.posting == whole.posting


@pytest.mark.parametrize("code", COUNTRY_CODES)
def test_every_country_proposes_a_standard_that_has_a_chart(code: str) -> None:
    assert chart(country(code).accounting_standard, "standard").accounts


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
