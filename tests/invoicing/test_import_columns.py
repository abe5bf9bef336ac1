"""What the columns of a table mean, and which numbers their texts are."""

from __future__ import annotations

from decimal import Decimal

import pytest

from invoicing.importing.columns import match_columns
from invoicing.importing.decimals import DecimalSign, plain_number, sign_of_column
from invoicing.importing.vocabulary import Kind, field_of
from invoicing.refusals import InvalidInput
from invoicing.remedies import Act
from tests.support.tables import items, table

# Columns


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Customer name", "name"),
        ("  VAT NUMBER ", "tax_number"),
        ("E-mail", "email"),
        ("Postcode", "postal_code"),
        ("Zip", "postal_code"),
        ("Straße", "line1"),
        ("STRASSE", "line1"),
        ("N° TVA", "tax_number"),
        ("Code Postal", "postal_code"),
        ("Población", "city"),
        ("postal_code", "postal_code"),
        ("Name *", "name"),
        ("Favourite colour", ""),
    ],
)
def test_columns_have_many_names(heading: str, field: str) -> None:
    assert field_of(Kind.CUSTOMERS, heading) == field


@pytest.mark.parametrize(
    ("header", "word"),
    [
        ("Name,Colour,Shape", "Colour, Shape"),
        ("Name,Kunde", "both name"),
        ("City,Country", "no column name or id"),
        ("One,Two", "names no column"),
        ("Name,,City", "without a name"),
        ("Name,\x1b[31mred", "?[31mred"),
    ],
)
def test_headers_that_are_not_understood_are_refused(header: str, word: str) -> None:
    with pytest.raises(InvalidInput) as found:
        match_columns(Kind.CUSTOMERS, table(f"{header}\na,b,c\n"), ignore_unknown=False)
    assert word in found.value.message
    assert "\x1b" not in found.value.message


def test_unknown_columns_can_be_passed_over_but_are_named() -> None:
    read = table("Colour,Name\nred,A\n")
    assert match_columns(Kind.CUSTOMERS, read, ignore_unknown=True).ignored == ("Colour",)


# Decimals


@pytest.mark.parametrize(
    ("texts", "sign"),
    [
        (["1", "2"], None),
        (["1.234", "1"], None),
        (["1.234", "12,5"], DecimalSign.COMMA),
        (["1.234", "12.5"], DecimalSign.POINT),
        (["1.234,5"], DecimalSign.COMMA),
        (["1,234.5"], DecimalSign.POINT),
        (["1.234.567"], DecimalSign.COMMA),
        (["0.125"], DecimalSign.POINT),
        (["1234,567"], DecimalSign.COMMA),
        (["1 234,567"], DecimalSign.COMMA),
        (["1'234.50"], DecimalSign.POINT),
    ],
)
def test_a_column_tells_its_decimal_sign(texts: list[str], sign: DecimalSign | None) -> None:
    assert sign_of_column(texts) is sign


@pytest.mark.parametrize(
    ("text", "sign", "number"),
    [
        ("1.234,50", DecimalSign.COMMA, "1234.50"),
        ("1.234", DecimalSign.COMMA, "1234"),
        ("1.234", DecimalSign.POINT, "1.234"),
        ("1,234", DecimalSign.POINT, "1234"),
        ("1,234", DecimalSign.COMMA, "1.234"),
        ("1\u202f234,5", DecimalSign.COMMA, "1234.5"),
        ("12,34,5", DecimalSign.POINT, "12,34,5"),
        ("-3,5", DecimalSign.COMMA, "-3.5"),
        ("12", None, "12"),
        ("ten", None, "ten"),
    ],
)
def test_numbers_are_read_with_one_decimal_sign(text: str, sign: DecimalSign | None, number: str) -> None:
    assert plain_number(text, sign) == number


@pytest.mark.parametrize(
    ("text", "sign"), [("12.5", DecimalSign.COMMA), ("12,5", DecimalSign.POINT), ("1.2.3", DecimalSign.COMMA)]
)
def test_a_separator_where_none_can_be_makes_no_number(text: str, sign: DecimalSign) -> None:
    (row,) = items(f"Name;Price\nA;{text}\n", sign)
    assert [problem.field for problem in row.problems] == ["unit_price"]


def test_an_ambiguous_price_is_refused_and_a_mixed_column_too() -> None:
    (row,) = items("Name;Price\nA;1.234\n")
    assert row.problems[0].remedy is Act.CHOOSE_DECIMAL_SIGN
    with pytest.raises(InvalidInput) as mixed:
        items("Name;Price\nA;1,5\nB;1.5\n")
    assert "1,5 and 1.5" in mixed.value.message
    (row,) = items("Name;Price\nA;1.234\n", DecimalSign.COMMA)
    assert row.values["unit_price"] == Decimal(1234)
