"""Totals: the worked tables of docs/money.md, and what holds for every document."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from invoicing.document.adjusted import AdjustmentKind
from invoicing.document.documents import PricedLine, TaxCategory
from invoicing.document.requested import RequestedAdjustment
from invoicing.money.amounts import money_text, plain
from invoicing.refusals import InvalidInput, LimitExceeded
from invoicing.tax.adjusting import TaxedAdjustment
from invoicing.tax.inputs import AppliedTax, Rounding, TaxedLine
from invoicing.tax.totals import Totals, total
from tests.support.money_document import money_table

RATES = ("0", "2.1", "5.5", "7", "7.7", "8.875", "17", "19", "20", "25.5", "27", "100")


def line(
    price: str,
    rate: str = "20",
    *,
    quantity: str = "1",
    discount: str = "0",
    reason: str = "",
    taken_off: str = "0",
    charged: str = "0",
) -> TaxedLine:
    priced = PricedLine(
        description="Work",
        quantity=Decimal(quantity),
        unit_price=Decimal(price),
        discount_percent=Decimal(discount),
        discount_amount=Decimal(taken_off),
        charge_amount=Decimal(charged),
    )
    category = TaxCategory.STANDARD if Decimal(rate) else TaxCategory.ZERO
    return TaxedLine(priced, AppliedTax(f"VAT{rate}", category, Decimal(rate), reason=reason))


def adjustment(row: dict[str, str]) -> TaxedAdjustment:
    asked = RequestedAdjustment(
        kind=AdjustmentKind(row["kind"]),
        reason="Agreed",
        percent=Decimal(row["percent"].replace("-", "0")),
        amount=Decimal(row["amount"].replace("-", "0")),
    )
    return TaxedAdjustment(asked, None if row["rate %"] == "all" else line("0", row["rate %"]).tax)


EXPLANATIONS = money_table("example", "why")
LINES = money_table("example", "currency")
ADJUSTMENTS = money_table("example", "kind")
SUMS = money_table("example", "rounding")


def rows_of(example: str, table: list[dict[str, str]]) -> list[dict[str, str]]:
    return [row for row in table if row["example"] == example]


def test_every_worked_example_is_explained_and_has_lines_and_sums() -> None:
    names = [row["example"] for row in SUMS]
    assert len(names) == 17
    assert names == [row["example"] for row in EXPLANATIONS]
    assert names == list(dict.fromkeys(row["example"] for row in LINES))
    assert set(names) >= {row["example"] for row in ADJUSTMENTS}


@pytest.mark.parametrize("expected", SUMS, ids=lambda row: row["example"])
def test_the_worked_examples_of_the_money_document_come_out_as_written(expected: dict[str, str]) -> None:
    rows = rows_of(expected["example"], LINES)
    adjustments = rows_of(expected["example"], ADJUSTMENTS)
    currency = rows[0]["currency"]
    totals = total(
        [
            line(
                row["price"],
                row["rate %"],
                quantity=row["quantity"],
                discount=row["discount %"],
                taken_off=row["discount"],
                charged=row["charge"],
            )
            for row in rows
        ],
        currency=currency,
        prices_include_tax={"with tax": True, "without tax": False}[rows[0]["prices"]],
        rounding=Rounding(expected["rounding"]),
        adjustments=[adjustment(row) for row in adjustments],
    )

    def money(amount_minor: int) -> str:
        return money_text(amount_minor, currency)

    taxes = [f"{plain(tax.rate)} %: {money(tax.taxable_minor)}, {money(tax.tax_minor)}" for tax in totals.taxes]
    assert [(money(item.amount_minor), money(item.net_minor)) for item in totals.lines] == [
        (row["amount"], row["net"]) for row in rows
    ]
    for position, row in enumerate(adjustments, start=1):
        shares = [item for item in totals.adjustments if item.position == position]
        written = [f"{plain(item.tax_rate)} %: {money(item.amount_minor)}" for item in shares]
        assert "; ".join(written) == row["shares"]
    assert "; ".join(taxes) == expected["taxable and tax per rate"]
    assert (money(totals.net_minor), money(totals.tax_minor), money(totals.total_minor)) == (
        expected["net"],
        expected["tax"],
        expected["total"],
    )


def test_half_a_unit_goes_away_from_zero_on_either_side() -> None:
    # 2.5 x 0.05 = 0.125; the other line keeps the total above zero.
    totals = total(
        [line("0.05", quantity="2.5"), line("-0.05", quantity="2.5"), line("1")],
        currency="EUR",
        prices_include_tax=False,
    )
    assert [item.amount_minor for item in totals.lines] == [13, -13, 100]


def test_a_discount_of_all_leaves_nothing_to_tax() -> None:
    totals = total([line("99.99", discount="100")], currency="EUR", prices_include_tax=True)
    assert (totals.net_minor, totals.tax_minor, totals.total_minor) == (0, 0, 0)


def test_one_rate_and_category_is_one_subtotal_that_names_every_legal_reason() -> None:
    totals = total(
        [line("10", "0", reason="Art. 132"), line("20", "0", reason="Art. 135"), line("30", "0", reason="Art. 132")],
        currency="EUR",
        prices_include_tax=False,
    )
    assert [(tax.reason, tax.taxable_minor) for tax in totals.taxes] == [("Art. 132; Art. 135", 6000)]


def test_equal_rates_written_differently_are_one_rate() -> None:
    totals = total([line("10", "20"), line("10", "20.00")], currency="EUR", prices_include_tax=False)
    assert [tax.taxable_minor for tax in totals.taxes] == [2000]


def test_a_negative_total_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        total([line("1"), line("-1.01")], currency="EUR", prices_include_tax=False)
    assert refused.value.field == "lines"


def test_no_lines_come_to_nothing() -> None:
    assert total([], currency="EUR", prices_include_tax=True) == Totals((), (), 0, 0, 0)


@pytest.mark.parametrize(
    "lines",
    [
        [line("999999999999", quantity="999999999999")],
        [line("999999999999", quantity="10")] * 2,
        [line("999999999999", quantity="10", rate="20")],
    ],
    ids=["one line", "the sum of the lines", "the tax on top"],
)
def test_an_amount_that_no_database_could_hold_is_refused(lines: list[TaxedLine]) -> None:
    with pytest.raises(LimitExceeded) as refused:
        total(lines, currency="EUR", prices_include_tax=False)
    assert refused.value.field == "lines"


def test_a_refund_in_gross_prices_keeps_the_net_of_each_line() -> None:
    # The net of the group, 0.01, used to be shared out by the lines' weights: 10.00 and -9.99 instead of
    # 10.00 / 1.19 = 8.403 and -9.99 / 1.19 = -8.395, and revenue accounts were posted with tax in them.
    totals = total([line("10", "19"), line("-9.99", "19")], currency="EUR", prices_include_tax=True)
    assert [item.net_minor for item in totals.lines] == [840, -839]


# Amounts that all but cancel each other are where shares by weight went wrong.
prices = st.sampled_from(["10", "-10", "-9.99", "0.01", "25"]).map(Decimal) | st.decimals(
    min_value=Decimal("-99999"), max_value=Decimal("999999"), places=4
)


def lines_taxed_at(rates: Sequence[str]) -> st.SearchStrategy[TaxedLine]:
    return st.builds(
        line,
        prices.map(str),
        st.sampled_from(rates),
        quantity=(st.just(Decimal(1)) | st.decimals(Decimal("0.01"), Decimal(1000), places=2)).map(str),
        discount=st.sampled_from(["0", "2.5", "10", "33.333333", "100"]),
        reason=st.sampled_from(["", "Art. 132"]),
    )


# Few rates per document, so that lines do meet in a group.
documents = st.lists(st.sampled_from(RATES), min_size=1, max_size=2).flatmap(
    lambda rates: st.lists(lines_taxed_at(rates), min_size=1, max_size=8)
)
currencies = st.sampled_from(["JPY", "EUR", "KWD", "CLF"])


def total_or_none(lines: list[TaxedLine], currency: str, *, prices_include_tax: bool) -> Totals | None:
    try:
        return total(lines, currency=currency, prices_include_tax=prices_include_tax)
    except InvalidInput:
        return None


def total_or_reject(lines: list[TaxedLine], currency: str, *, prices_include_tax: bool) -> Totals:
    return total_or_none(lines, currency, prices_include_tax=prices_include_tax) or reject()


@given(documents, currencies, st.booleans())
def test_the_parts_sum_to_the_whole(lines: list[TaxedLine], currency: str, prices_include_tax: bool) -> None:
    totals = total_or_reject(lines, currency, prices_include_tax=prices_include_tax)
    assert totals.net_minor + totals.tax_minor == totals.total_minor
    assert sum(item.net_minor for item in totals.lines) == totals.net_minor
    assert sum(tax.taxable_minor for tax in totals.taxes) == totals.net_minor
    assert sum(tax.tax_minor for tax in totals.taxes) == totals.tax_minor
    for tax in totals.taxes:
        members = [
            item.net_minor
            for item, given_line in zip(totals.lines, lines, strict=True)
            if (given_line.tax.rate, given_line.tax.category) == (tax.rate, tax.category)
        ]
        assert sum(members) == tax.taxable_minor


@given(documents, currencies)
def test_gross_prices_keep_the_gross_and_each_net_is_within_one_unit(lines: list[TaxedLine], currency: str) -> None:
    totals = total_or_reject(lines, currency, prices_include_tax=True)
    assert sum(item.amount_minor for item in totals.lines) == totals.total_minor
    for item in totals.lines:
        exact = Fraction(item.amount_minor * 100) / Fraction(100 + item.tax_rate)
        assert abs(item.net_minor - exact) <= 1
    for tax in totals.taxes:
        exact_tax = Fraction(tax.taxable_minor) * Fraction(tax.rate) / 100
        assert abs(tax.tax_minor - exact_tax) <= 1


@given(st.integers(0, 10**9), st.sampled_from(RATES), currencies)
def test_net_and_gross_prices_agree(net_minor: int, rate: str, currency: str) -> None:
    exclusive = total([line(money_text(net_minor, currency), rate)], currency=currency, prices_include_tax=False)
    gross = money_text(exclusive.total_minor, currency)
    inclusive = total([line(gross, rate)], currency=currency, prices_include_tax=True)
    assert inclusive.taxes == exclusive.taxes
    assert inclusive.lines[0].net_minor == net_minor


@given(st.data(), documents, currencies, st.booleans())
def test_the_order_of_lines_does_not_change_the_totals(
    data: st.DataObject, lines: list[TaxedLine], currency: str, prices_include_tax: bool
) -> None:
    shuffled = data.draw(st.permutations(lines))
    first = total_or_none(lines, currency, prices_include_tax=prices_include_tax)
    second = total_or_none(shuffled, currency, prices_include_tax=prices_include_tax)
    assert (first is None) == (second is None)
    if first is None or second is None:
        reject()
    assert (first.taxes, first.net_minor, first.tax_minor, first.total_minor) == (
        second.taxes,
        second.net_minor,
        second.tax_minor,
        second.total_minor,
    )


@given(lines_taxed_at(RATES).filter(lambda item: item.line.unit_price >= 0), currencies)
def test_a_line_amount_is_the_exact_product_rounded_once(item: TaxedLine, currency: str) -> None:
    totals, priced = total([item], currency=currency, prices_include_tax=False), item.line
    exact = Fraction(priced.quantity) * Fraction(priced.unit_price) * Fraction(100 - priced.discount_percent) / 100
    digits = {"JPY": 0, "EUR": 2, "KWD": 3, "CLF": 4}[currency]
    assert totals.lines[0].amount_minor == int(exact * 10**digits + Fraction(1, 2))
