"""Where the bars of a chart stand, and what is written beside them."""

from __future__ import annotations

from datetime import date

import pytest

from invoicing.render.formats import formats_for
from views.charts import HEIGHT, Point, bar_chart, month_points, part_of, strip


def test_the_months_end_with_that_of_the_day_and_say_the_year_where_it_begins() -> None:
    points = month_points(
        {"2025-04": 1, "2026-03": 2}, date(2026, 3, 31), formats_for("de_DE", "EUR"), address="/x?period="
    )
    assert [one.label for one in points] == [
        *("Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez", "Jan", "Feb", "Mär")
    ]
    assert [one.below for one in points if one.below] == ["2025", "2026"]
    assert [(one.said, one.minor, one.address) for one in (points[0], points[-1])] == [
        ("April 2025", 1, "/x?period=2025-04"),
        ("März 2026", 2, "/x?period=2026-03"),
    ]


def test_bars_stand_on_the_line_of_zero_and_say_what_they_come_to() -> None:
    points = [Point("a", "All of a", 150_000), Point("b", "All of b", -50_000), Point("c", "All of c", 0)]
    chart = bar_chart(points, formats_for("en_GB", "GBP"), key="x", title="Sold")
    (zero,) = [one.top for one in chart.lines if one.zero]
    a, b, c = chart.bars
    assert [one.text for one in chart.lines] == ["1.5k", "1k", "500", "0", "-500"]
    assert (a.top + a.height, a.height, a.down) == (zero, HEIGHT * 3 // 4, False)
    assert (b.top, b.height, b.down) == (zero, HEIGHT // 4, True)
    assert (c.height, chart.empty) == (0, False)
    assert chart.said == "All of a: 1,500.00; All of b: -500.00; All of c: 0.00"


@pytest.mark.parametrize(
    ("minor", "currency", "highest"),
    [
        (0, "GBP", "1"),
        (1, "GBP", "1"),
        (99_999_999_999_999, "EUR", "1tn"),
        (7, "JPY", "8"),
        (12_345, "KWD", "15"),
    ],
)
def test_the_highest_line_is_round_and_lies_above_every_bar(minor: int, currency: str, highest: str) -> None:
    chart = bar_chart([Point("a", "a", minor)], formats_for("en_GB", currency), key="x", title="Sold")
    assert chart.lines[0].text == highest
    assert len(chart.lines) <= 6
    assert chart.bars[0].height <= HEIGHT
    assert chart.empty is (minor == 0)


def test_the_parts_of_a_strip_fill_it_without_a_gap() -> None:
    chart = strip(
        [Point("a", "a", 1), Point("b", "b", 0), Point("c", "c", 2)], formats_for("de_DE", "EUR"), key="x", title="Owed"
    )
    assert [(one.left, one.width, one.share) for one in chart.parts] == [
        ("0.00%", "33.33%", "33\u00a0%"),
        ("33.33%", "0.00%", "0\u00a0%"),
        ("33.33%", "66.67%", "67\u00a0%"),
    ]
    assert (chart.total, chart.parts[2].amount, chart.empty) == ("0,03", "0,02", False)
    assert strip([Point("a", "a", 0)], formats_for("de_DE", "EUR"), key="x", title="Owed").empty


@pytest.mark.parametrize(("part", "whole", "said"), [(1, 4, "25.00%"), (-1, 4, "0%"), (1, 0, "0%"), (9, 3, "100.00%")])
def test_a_part_is_never_more_than_its_whole(part: int, whole: int, said: str) -> None:
    assert part_of(part, whole) == said
