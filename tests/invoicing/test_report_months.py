"""The period of a report: what names months, and what does not."""

from __future__ import annotations

from datetime import date

import pytest

from invoicing.refusals import InvalidInput
from invoicing.reports.aging import bracket_of
from invoicing.reports.months import Months, read_months, year_of


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", "2026-01", "2026-12"),
        ("2026-Q1", "2026-01", "2026-03"),
        ("2026q4", "2026-10", "2026-12"),
        (" 2026-02 ", "2026-02", "2026-02"),
        ("2026-04/2026-09", "2026-04", "2026-09"),
        ("2025 / 2026-Q2", "2025-01", "2026-06"),
    ],
)
def test_a_text_names_months(text: str, first: str, last: str) -> None:
    assert read_months(text) == Months(first, last)


@pytest.mark.parametrize(
    "text",
    [
        "26",
        "2026-13",
        "2026-0",
        "2026-Q5",
        "2026-03-01",
        "March 2026",
        "0000",
        "2026-09/2026-04",
        "/",
        "2026/",
        "２０２６",
    ],
)
def test_what_names_no_months_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_months(text)
    assert refused.value.field == "period"


def test_months_begin_on_the_first_day_and_end_on_the_last() -> None:
    months = read_months("2024-02")
    assert (months.first_day, months.last_day) == (date(2024, 2, 1), date(2024, 2, 29))
    assert year_of(date(2026, 7, 14)) == Months("2026-01", "2026-12")
    assert (str(months), str(read_months("2024-Q1"))) == ("2024-02", "2024-01 to 2024-03")


@pytest.mark.parametrize(
    ("due", "bracket"),
    [
        (date(2026, 3, 31), "not_due"),
        (date(2026, 3, 30), "days_1_to_30"),
        (date(2026, 3, 1), "days_1_to_30"),
        (date(2026, 2, 28), "days_31_to_60"),
        (date(2026, 1, 30), "days_31_to_60"),
        (date(2026, 1, 29), "days_61_to_90"),
        (date(2025, 12, 31), "days_61_to_90"),
        (date(2025, 12, 30), "days_over_90"),
    ],
)
def test_what_is_owed_is_bracketed_by_the_days_since_it_was_due(due: date, bracket: str) -> None:
    assert bracket_of(due, 1, on=date(2026, 3, 31)) == bracket
    assert bracket_of(due, -1, on=date(2026, 3, 31)) == "owed_to_customers"
