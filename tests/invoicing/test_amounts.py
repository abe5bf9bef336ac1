"""Amounts: what is accepted as a number, how it is rounded, and the text it becomes."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.money.amounts import (
    AMOUNT_MINOR_MAX,
    check_amount,
    check_currency,
    exact_minor,
    minor_digits,
    money_text,
    parse_decimal,
    parse_whole,
    plain,
    round_half_up,
    to_major,
    to_minor,
)
from invoicing.refusals import InvalidInput, LimitExceeded, Malformed

inputs = st.decimals(min_value=Decimal("-999999999999.999999"), max_value=Decimal("999999999999.999999"), places=6)
currencies = st.sampled_from(["JPY", "EUR", "KWD", "CLF"])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("12.50", "12.50"),
        ("12", "12"),
        (12, "12"),
        (12.0, "12"),
        (12.5, "12.5"),
        (0.1, "0.1"),
        (0.00001, "0.00001"),
        (-0.0, "0"),
        ("007", "7"),
        ("-3.25", "-3.25"),
        ("999999999999.999999", "999999999999.999999"),
        (999_999_999_999, "999999999999"),
        (123456789.123456, "123456789.123456"),
        (Decimal("1.5E+3"), "1500"),
    ],
)
def test_a_plain_decimal_number_is_accepted_as_it_is_written(value: object, expected: str) -> None:
    number = parse_decimal(value, field="price")
    assert str(number) == str(Decimal(expected))


@pytest.mark.parametrize(
    "value",
    [
        "NaN",
        "sNaN",
        "Infinity",
        "-inf",
        nan,
        inf,
        -inf,
        Decimal("NaN"),
        Decimal("Infinity"),
        "1e5",
        "1E-5",
        1e15,
        1e-7,
        Decimal("1E+999999999"),
        Decimal("1E-999999999"),
        "1234567890123",
        1_234_567_890_123,
        -1_000_000_000_000,
        pytest.param(10**5000, id="an integer too long for text"),
        "0.1234567",
        Decimal("0.1234567"),
        "1,234.50",
        "1.234,50",
        "12,50",
        "1 234",
        "1'234",
        "1_234",
        "١٢",
        "１２",
        "१२.५",
        "½",
        "−5",
        "+5",
        ".5",
        "5.",
        "",
        "0x10",
        "12.50 EUR",
        " 12.50",
        "12.50\n",
        "\u00a012.50",
        "12.50\u200b",
        "-0",
        "-0.00",
        "None",
        "true",
        "12\n.5",
        0.1 + 0.2,
        1234567890.1234567,
        True,
        False,
        None,
        [],
        b"12",
    ],
)
def test_anything_else_is_refused_and_the_refusal_names_the_field(value: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_decimal(value, field="unit_price")
    assert refused.value.field == "unit_price"
    assert refused.value.message.startswith("unit_price must be a ")


@given(inputs)
def test_a_number_survives_its_own_plain_text(number: Decimal) -> None:
    assert parse_decimal(plain(number), field="price") == number
    assert parse_decimal(format(number, "f"), field="price") == number


@given(inputs)
def test_equal_numbers_have_one_plain_text(number: Decimal) -> None:
    text = plain(number)
    assert text == plain(Decimal(text)) == plain(number.normalize())
    assert "E" not in text.upper()


@pytest.mark.parametrize("zero", ["0", "-0", "0.000", "-0.00", "0E+3", "0E-9"])
def test_every_zero_has_the_plain_text_0(zero: str) -> None:
    assert plain(Decimal(zero)) == "0"


@pytest.mark.parametrize(
    ("currency", "digits"),
    [("JPY", 0), ("KRW", 0), ("ISK", 0), ("EUR", 2), ("USD", 2), ("CHF", 2), ("KWD", 3), ("BHD", 3), ("CLF", 4)],
)
def test_minor_digits_are_those_of_iso_4217(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


@pytest.mark.parametrize("code", ["XAU", "XXX", "XTS", "XDR", "EURO", "EU", "", "ZZZ", "DEM"])
def test_what_is_no_currency_to_invoice_in_is_refused(code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_currency(code, field="default_currency")
    assert refused.value.field == "default_currency"


@pytest.mark.parametrize("code", ["jpy", "Jpy", "kwd", "eur"])
def test_a_small_letter_code_never_falls_back_to_two_digits(code: str) -> None:
    # The lookup of pycountry ignores case: minor_digits("jpy") used to be 2, and amounts a hundredfold.
    with pytest.raises(InvalidInput):
        minor_digits(code)
    assert check_currency(f" {code} ") == code.upper()


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [
        ("0.5", 1),
        ("-0.5", -1),
        ("1.5", 2),
        ("2.5", 3),
        ("-2.5", -3),
        ("2.499999", 2),
        ("-2.499999", -2),
        ("2.500001", 3),
        ("0", 0),
        ("123456789012345678901234567890.5", 123456789012345678901234567891),
    ],
)
def test_a_half_is_rounded_away_from_zero(exact: str, rounded: int) -> None:
    assert round_half_up(Decimal(exact)) == rounded


@given(inputs)
def test_rounding_is_symmetric_and_at_most_half_a_unit_off(number: Decimal) -> None:
    rounded = round_half_up(number)
    assert round_half_up(-number) == -rounded
    error = Fraction(rounded) - Fraction(number)
    assert abs(error) <= Fraction(1, 2)
    if abs(error) == Fraction(1, 2):
        assert abs(rounded) > abs(number)


@pytest.mark.parametrize(
    ("amount", "currency", "minor", "text"),
    [
        ("12.5", "EUR", 1250, "12.50"),
        ("0.005", "EUR", 1, "0.01"),
        ("-0.005", "EUR", -1, "-0.01"),
        ("0.004999", "EUR", 0, "0.00"),
        ("1234.5", "JPY", 1235, "1235"),
        ("1.0005", "KWD", 1001, "1.001"),
        ("0.00005", "CLF", 1, "0.0001"),
        ("-12.5", "EUR", -1250, "-12.50"),
        ("999999999999", "CLF", 9_999_999_999_990_000, "999999999999.0000"),
    ],
)
def test_an_amount_becomes_minor_units_and_decimal_text(amount: str, currency: str, minor: int, text: str) -> None:
    assert to_minor(Decimal(amount), currency) == minor
    assert money_text(minor, currency) == text
    assert str(to_major(minor, currency)) == text


@given(st.integers(-(10**18), 10**18), currencies)
def test_minor_units_survive_the_way_over_decimal_text(amount_minor: int, currency: str) -> None:
    text = money_text(amount_minor, currency)
    assert to_minor(Decimal(text), currency) == amount_minor
    assert len(text.partition(".")[2]) == minor_digits(currency)


def test_an_amount_of_more_than_15_digits_is_refused() -> None:
    assert check_amount(-AMOUNT_MINOR_MAX, field="lines") == -999_999_999_999_999
    with pytest.raises(LimitExceeded) as refused:
        check_amount(AMOUNT_MINOR_MAX + 1, field="lines")
    assert refused.value.field == "lines"


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("12.5", "EUR", 1250), ("12.500000", "EUR", 1250), ("1.001", "KWD", 1001), ("7", "JPY", 7), ("0", "JPY", 0)],
)
def test_an_amount_that_is_exact_in_its_currency_is_answered_in_minor_units(
    amount: str, currency: str, minor: int
) -> None:
    assert exact_minor(Decimal(amount), currency, field="amount") == minor


@pytest.mark.parametrize(
    ("amount", "currency", "decimals"),
    [
        ("0.001", "EUR", "2 decimals of EUR"),
        ("0.5", "JPY", "0 decimals of JPY"),
        ("1.0001", "KWD", "3 decimals of KWD"),
    ],
)
def test_an_amount_that_is_finer_than_its_currency_is_refused_and_not_rounded(
    amount: str, currency: str, decimals: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        exact_minor(Decimal(amount), currency, field="amount")
    assert refused.value.field == "amount"
    assert f"amount {amount} has more than the {decimals}" in refused.value.message


def test_what_is_malformed_is_told_apart_from_the_name_of_where_it_stands() -> None:
    """An argument deep in a request is named by its path, which only whoever looked there knows."""
    for parse, said in ((parse_decimal, "must be a plain decimal number"), (parse_whole, "must be a whole number.")):
        with pytest.raises(Malformed) as found:
            parse("twelve", field="quantity")
        assert found.value.said.startswith(said)
        assert (found.value.code, found.value.field) == ("invalid_input", "quantity")
        assert found.value.message == f"quantity {found.value.said}"


def test_a_currency_that_does_not_exist_is_named_by_the_field_that_it_was_sent_in() -> None:
    with pytest.raises(InvalidInput) as found:
        check_currency("XYZ", field="books_currency")
    assert found.value.field == "books_currency"
