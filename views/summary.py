"""An organization at a glance: what was invoiced, what is owed, and the last twelve months, in each currency."""

from __future__ import annotations

from invoicing.master_data.profiles import Profile
from invoicing.reports.months import month_of
from invoicing.reports.summaries import Figures, Summary
from operations.summaries import Standing
from views.base import View
from views.charts import BarChart, bar_chart, month_points
from views.listed_documents import formats_of

CHARTS_MAX = 2
"""Of so many currencies the months are drawn."""


class CurrencyFigures(View):
    """What an organization comes to in a currency; `days_overdue` is for how long something has been due at most."""

    currency: str
    this_month: str
    last_month: str
    this_year: str
    last_year: str
    owed: str
    overdue: str
    days_overdue: int
    owed_to_customers: str


class SummaryShown(View):
    """`month` and `year` are the present ones as reports take them; the first of `figures` is the leading one."""

    month: str
    year: str
    figures: list[CurrencyFigures]
    charts: list[BarChart]


def summary_shown(standing: Standing, summary: Summary, profile: Profile, *, title: str, place: str) -> SummaryShown:
    """The figures of today: the currency of the books first, then those in which most was sold this year; `place` is
    where the organization's pages are.
    """
    found = {one.currency: one for one in standing.figures}
    own = profile.currency
    if own:
        found.setdefault(own, Figures(own))
    figures = sorted(found.values(), key=lambda one: (one.currency != own, -one.this_year_minor, one.currency))
    why = f"{place}/reports/sales?by=customer&period="
    charts = []
    for one in figures[:CHARTS_MAX]:
        formats = formats_of(profile, one.currency)
        months = {of.month: of.total_minor for of in summary.months if of.currency == one.currency}
        points = month_points(months, standing.today, formats, address=why)
        charts.append(bar_chart(points, formats, key=f"months-{one.currency.lower()}", title=title))
    return SummaryShown(
        month=month_of(standing.today),
        year=str(standing.today.year),
        figures=[_figures(one, standing, profile) for one in figures],
        charts=[one for one in charts if not one.empty],
    )


def _figures(one: Figures, standing: Standing, profile: Profile) -> CurrencyFigures:
    formats, since = formats_of(profile, one.currency), one.overdue_since
    return CurrencyFigures(
        currency=formats.currency,
        this_month=formats.amount(one.this_month_minor),
        last_month=formats.amount(one.last_month_minor),
        this_year=formats.amount(one.this_year_minor),
        last_year=formats.amount(one.last_year_minor),
        owed=formats.amount(one.open_minor),
        overdue=formats.amount(one.overdue_minor),
        days_overdue=(standing.today - since).days if since else 0,
        owed_to_customers=formats.amount(one.owed_to_customers_minor) if one.owed_to_customers_minor else "",
    )
