"""Numbers as people type them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from invoicing.refusals import InvalidInput
from invoicing.text.numbers import typed_decimal


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("12.50", ".", "12.50"),
        ("12,50", ",", "12.50"),
        ("12.50", ",", "12.50"),
        ("12,5", ".", "12.5"),
        ("1,000", ".", "1000"),
        ("1.000", ",", "1000"),
        ("1.000", ".", "1.000"),
        ("1 234 567,89", ",", "1234567.89"),
        ("1'234.50", ".", "1234.50"),
        ("1.234.567,8", ",", "1234567.8"),
        ("\u22123", ".", "-3"),
    ],
)
def test_a_number_is_read_with_the_signs_of_its_language(text: str, decimal: str, number: str) -> None:
    assert typed_decimal(text, decimal=decimal, field="amount") == Decimal(number)


@pytest.mark.parametrize("text", ["", "x", "1,2,3", "1.2.3", "1e5", "NaN", "1..2", "٣", "9" * 31, "1.5,000"])
def test_what_is_no_number_is_refused_by_its_field(text: str) -> None:
    with pytest.raises(InvalidInput, match="must be a number") as refused:
        typed_decimal(text, decimal=".", field="amount")
    assert refused.value.field == "amount"
