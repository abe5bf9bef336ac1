"""The periods that one asks for most, as pages offer them."""

from __future__ import annotations

from datetime import date, timedelta

from invoicing.reports.months import month_of
from server.pages.languages import gettext

PERIOD_MAX = 40


def usual_periods(today: date) -> list[tuple[str, str]]:
    """Periods as reports take them, each with what it is called; the empty one is the present year."""
    before = today.replace(day=1) - timedelta(days=1)
    return [
        ("", gettext("This year")),
        (_quarter(today), gettext("This quarter")),
        (month_of(today), gettext("This month")),
        (month_of(before), gettext("Last month")),
        (_quarter_before(today), gettext("Last quarter")),
        (str(today.year - 1), gettext("Last year")),
    ]


def usual_moments(today: date) -> list[tuple[str, str]]:
    """The same for what holds at the end of a day; the empty one is now."""
    return [
        ("", gettext("Now")),
        (month_of(today.replace(day=1) - timedelta(days=1)), gettext("End of last month")),
        (_quarter_before(today), gettext("End of last quarter")),
        (str(today.year - 1), gettext("End of last year")),
    ]


def _quarter(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


def _quarter_before(day: date) -> str:
    first = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return _quarter(first - timedelta(days=1))
