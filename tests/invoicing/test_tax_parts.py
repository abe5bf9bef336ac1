"""Adjustments, jurisdictions, withholding and conversion: the tables of docs/money.md, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from invoicing.countries.model import DatedRate
from invoicing.document.documents import JurisdictionLevel, JurisdictionRate, TaxCategory
from invoicing.document.requested import RequestedAdjustment, RequestedDocument, RequestedLine
from invoicing.master_data.records import Jurisdiction, TaxCode, WithholdingCode
from invoicing.money.amounts import money_text, to_minor
from invoicing.money.shares import share_out
from invoicing.refusals import InvalidInput, Refusal
from invoicing.tax.conversion import convert, exchange
from invoicing.tax.totals import jurisdiction_taxes, tax_on
from tests.support.money_document import money_table
from tests.support.samples import (
    LONG_AGO,
    TODAY,
    charge,
    circumstances,
    composed,
    dated,
    discount,
    document,
    line,
    request,
)


def minor(text: str, currency: str = "USD") -> int:
    return to_minor(Decimal(text), currency)


# Shares


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=6))
def test_shares_sum_to_the_whole_and_are_within_one_unit(whole: int, weights: list[int]) -> None:
    assume(sum(weights))
    shares = share_out(whole, weights)
    assert sum(shares) == whole
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - Fraction(whole * weight, sum(weights))) < 1


# Adjustments


def test_a_split_discount_has_one_share_per_group_and_names_a_code_whatever_the_order() -> None:
    codes = ("STANDARD", "REDUCED", "EXEMPT")
    for order in (codes, codes[::-1]):
        made = document(request(*(line("10", code) for code in order), adjustments=(discount(amount="1"),)))
        assert [(item.position, item.tax_code, item.amount_minor, item.base_minor) for item in made.adjustments] == [
            (1, "STANDARD", 34, 1000),
            (1, "REDUCED", 33, 1000),
            (1, "EXEMPT", 33, 1000),
        ]


def test_adjustments_are_percentages_of_the_lines_and_not_of_each_other() -> None:
    made = document(request(line("100"), adjustments=(discount(percent="10"), charge(percent="10"))))
    assert [item.amount_minor for item in made.adjustments] == [1000, 1000]
    assert made.net_minor == 10000


def test_a_discount_with_a_code_is_of_that_codes_lines_alone() -> None:
    made = document(request(line("100"), line("50", "REDUCED"), adjustments=(discount(percent="10", code="reduced"),)))
    assert [(tax.rate, tax.taxable_minor) for tax in made.taxes] == [(Decimal(20), 10000), (Decimal("5.5"), 4500)]


@pytest.mark.parametrize(
    ("lines", "adjustments", "field"),
    [
        ((line("10"),), (discount(amount="10.01"),), "adjustments[0]"),
        ((line("10"),), (discount(amount="1", code="REDUCED"),), "adjustments[0]"),
        ((line("10"),), (discount(percent="60"), discount(percent="60")), "adjustments[0]"),
        ((line("0"),), (charge(amount="5"),), "adjustments[0]"),
        ((line("10"),), (charge(amount="5", code="NOWHERE"),), "adjustments[0].tax_code"),
    ],
    ids=["more than all", "nothing in the group", "together too much", "no proportion", "unknown code"],
)
def test_adjustments_that_do_not_fit_the_lines_are_refused(
    lines: tuple[RequestedLine, ...], adjustments: tuple[RequestedAdjustment, ...], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        document(request(*lines, adjustments=adjustments))
    assert refused.value.field == field


def test_a_charge_can_stand_on_a_free_document_when_it_names_its_code() -> None:
    made = document(request(line("0"), adjustments=(charge(amount="5", code="STANDARD"),)))
    assert (made.net_minor, made.tax_minor) == (500, 100)


def test_a_discount_of_everything_leaves_an_empty_total() -> None:
    made = document(request(line("10"), adjustments=(discount(percent="100"),)))
    assert (made.net_minor, made.tax_minor, made.total_minor) == (0, 0, 0)


def test_a_discount_of_everything_that_roundings_would_take_below_nothing_is_refused() -> None:
    # Per line 0.03 / 1.2 is 0.03 without tax, twice, but the discount of 0.06 is 0.05 and 0.01 of tax.
    wanted = request(line("0.03"), line("0.03"), prices_include_tax=True, rounding="per_line")
    with pytest.raises(InvalidInput) as refused:
        document(replace(wanted, adjustments=(discount(percent="100"),)))
    assert refused.value.field == "adjustments[0]"


# Jurisdictions


@pytest.mark.parametrize("row", money_table("taxable", "stack"), ids=lambda row: row["stack"])
def test_the_tax_of_a_stack_comes_out_as_the_money_document_says(row: dict[str, str]) -> None:
    parts = [JurisdictionRate("Place", JurisdictionLevel.STATE, Decimal(rate)) for rate in row["stack"].split(" + ")]
    tax = tax_on(minor(row["taxable"]), sum((part.rate for part in parts), Decimal(0)))
    shares = [
        money_text(part.tax_minor, "USD") for part in jurisdiction_taxes(tax, parts, net_minor=minor(row["taxable"]))
    ]
    assert (money_text(tax, "USD"), " + ".join(shares)) == (row["tax"], row["shares"])


def test_two_stacks_of_the_same_rate_are_two_subtotals() -> None:
    made = document(request(line("19.99", "LA"), line("19.99", "ELSEWHERE"), currency="USD"))
    assert [(tax.rate, [part.name for part in tax.jurisdictions]) for tax in made.taxes] == [
        (Decimal("9.75"), ["California", "Elsewhere"]),
        (Decimal("9.75"), ["California", "Los Angeles County", "Los Angeles County districts"]),
    ]
    assert made.tax_minor == 390


def test_a_stack_has_a_rate_only_while_each_jurisdiction_has_one() -> None:
    levy = (DatedRate(Decimal(1), date(2020, 1, 1), date(2021, 12, 31)), DatedRate(Decimal(0), date(2023, 1, 1)))
    code = TaxCode(
        "LEVY",
        "Levy",
        TaxCategory.STANDARD,
        "Sales tax",
        (),
        jurisdictions=(
            Jurisdiction("State", JurisdictionLevel.STATE, (DatedRate(Decimal(6), LONG_AGO),)),
            Jurisdiction("City", JurisdictionLevel.CITY, levy),
        ),
    )
    rates = [code.rate_on(date(year, 6, 1)) for year in (2019, 2021, 2022, 2023)]
    assert rates == [None, Decimal(7), None, Decimal(6)]
    assert code.since(date(2021, 6, 1)) == date(2020, 1, 1)
    assert [part.rate for part in code.stack_on(date(2023, 6, 1))] == [Decimal(6), Decimal(0)]


# Withholding and foreign currency


@pytest.mark.parametrize("row", money_table("net", "tax"), ids=lambda row: row["net"])
def test_what_is_withheld_comes_out_as_the_money_document_says(row: dict[str, str]) -> None:
    given = circumstances()
    code = WithholdingCode("RITENUTA", "Ritenuta", "Ritenuta d'acconto", dated(row["rate %"]))
    given = replace(given, setup=replace(given.setup, withholdings={"RITENUTA": code}))
    made = document(request(line(row["net"]), withholding="ritenuta", currency="EUR"), given)
    assert made.withholding is not None
    held = made.withholding
    assert (made.net_minor, made.tax_minor, held.base_minor) == (
        minor(row["net"]),
        minor(row["tax"]),
        minor(row["net"]),
    )
    assert (held.amount_minor, made.payable_minor) == (minor(row["withheld"]), minor(row["payable"]))
    assert made.total_minor == made.net_minor + made.tax_minor


@pytest.mark.parametrize("row", money_table("currency", "net"), ids=lambda row: row["currency"])
def test_a_foreign_document_is_converted_as_the_money_document_says(row: dict[str, str]) -> None:
    made = exchange(
        net_minor=minor(row["net"], row["currency"]),
        tax_minor=minor(row["tax"], row["currency"]),
        currency=row["currency"],
        accounting_currency=row["books"],
        rate=Decimal(row["rate"]),
        on=TODAY,
        source="ECB",
    )
    found = (money_text(made.net_minor, row["books"]), money_text(made.tax_minor, row["books"]))
    assert found == (row["net in books"], row["tax in books"])


def test_a_foreign_document_states_rate_day_and_source() -> None:
    wanted = request(
        line(), currency="EUR", exchange_rate=Decimal("0.8571"), exchange_source="ECB", supply_date=date(2026, 3, 9)
    )
    made = document(wanted)
    assert made.exchange is not None
    assert (made.exchange.currency, made.exchange.on, made.exchange.source) == ("GBP", date(2026, 3, 9), "ECB")
    assert made.exchange.tax_minor == convert(
        made.tax_minor, Decimal("0.8571"), currency="EUR", accounting_currency="GBP"
    )


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"currency": "GBP", "exchange_rate": Decimal(1), "exchange_source": "ECB"}, "exchange_rate"),
        ({"currency": "EUR", "exchange_rate": Decimal(0), "exchange_source": "ECB"}, "exchange_rate"),
        ({"currency": "EUR", "exchange_rate": Decimal(2)}, "exchange_source"),
        ({"currency": "EUR", "exchange_source": "ECB"}, "exchange_source"),
        ({"currency": "EUR", "exchange_date": TODAY}, "exchange_date"),
        ({"withholding": "NOTHING"}, "withholding"),
        ({"rounding": "upwards"}, "rounding"),
        ({"adjustments": (discount(),)}, "adjustments[0].amount"),
        ({"adjustments": (discount(percent="1", amount="1"),)}, "adjustments[0].amount"),
        ({"adjustments": (discount(percent="100.01"),)}, "adjustments[0].percent"),
        ({"adjustments": (charge(amount="-1"),)}, "adjustments[0].amount"),
        ({"lines": (line(discount="-1"),)}, "lines[0].discount_amount"),
        ({"lines": (line(charge="-1"),)}, "lines[0].charge_amount"),
        ({"lines": (line(percent="1", discount="1"),)}, "lines[0].discount_amount"),
        ({"lines": (line("10", discount="10.01"),)}, "lines[0].discount_amount"),
        ({"lines": (line("0.004"), line("0.001"))}, "lines"),
    ],
)
def test_bad_input_is_refused_by_the_name_of_its_field(fields: dict[str, object], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        document(request(**fields))
    assert refused.value.field == field


def test_a_total_that_rounds_to_zero_names_the_lines_and_what_is_free_is_allowed() -> None:
    with pytest.raises(InvalidInput) as refused:
        document(request(line("0"), line("0.004"), line("0.49", quantity="0.01")))
    assert "lines 2, 3 come" in refused.value.message
    assert document(request(line("0"))).total_minor == 0
    assert document(request(line("10", percent="100"))).total_minor == 0
    assert document(request(line("0.004"), line("1"))).total_minor == 120


def test_a_rate_that_was_not_valid_on_the_tax_date_is_refused_with_the_date() -> None:
    with pytest.raises(InvalidInput) as refused:
        document(request(supply_date=date(2005, 6, 1)), circumstances(codes=None))
    assert refused.value.field == "lines[0].tax_code"
    assert "2005-06-01" in refused.value.message


def test_an_adjustments_code_must_be_valid_on_the_tax_date_too() -> None:
    wanted = request(
        line("10", "EXEMPT"), adjustments=(charge(amount="1", code="STANDARD"),), supply_date=date(2005, 6, 1)
    )
    with pytest.raises(InvalidInput) as refused:
        composed(wanted, circumstances(codes=None))
    assert refused.value.field == "adjustments[0].tax_code"


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (request(line(discount="0.001")), "lines[0].discount_amount"),
        (request(line(), line(charge="2.005")), "lines[1].charge_amount"),
        (request(line(), adjustments=(discount(amount="0.001"),)), "adjustments[0].amount"),
        (request(line(), adjustments=(charge(percent="1"), charge(amount="0.005"))), "adjustments[1].amount"),
        (request(line(), currency="JPY", adjustments=(charge(amount="0.5", code="REDUCED"),)), "adjustments[0].amount"),
        (request(line(discount="0.5"), currency="JPY"), "lines[0].discount_amount"),
    ],
)
@pytest.mark.parametrize("with_tax", [False, True])
def test_a_discount_or_charge_that_is_finer_than_the_currency_is_refused(
    wanted: RequestedDocument, field: str, with_tax: bool
) -> None:
    with pytest.raises(InvalidInput) as refused:
        document(replace(wanted, prices_include_tax=with_tax))
    assert refused.value.field == field
    assert "decimals of" in refused.value.message


def test_a_price_and_a_percentage_may_be_finer_than_the_currency() -> None:
    made = document(
        request(
            line("0.0005", quantity="1000", discount="0.01"), adjustments=(discount(percent="0.5"),), currency="KWD"
        )
    )
    assert (made.lines[0].amount_minor, made.adjustments[0].amount_minor) == (490, 2)
