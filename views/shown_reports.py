"""A report as a page shows it: its rows in columns, written by the organization's own locale, and what leads on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from urllib.parse import quote

from babel.dates import format_date

from invoicing.master_data.profiles import Profile
from invoicing.render.formats import Formats
from invoicing.reports.aging import BRACKETS, NOT_DUE, OLDER, OWED_TO_CUSTOMERS
from invoicing.reports.figures import Report, Row
from invoicing.reports.months import Months, month_of
from views.base import View
from views.charts import BarChart, Point, Strip, bar_chart, month_points, part_of, strip
from views.listed_documents import formats_of

CHARTS_MAX = 3
"""Of so many currencies charts are drawn."""
MONTHS_MAX = 24
AGING = (NOT_DUE, *(name for name, _ in BRACKETS), OLDER)


class Cell(View):
    """An amount; `nil` says that it is zero."""

    text: str
    nil: bool


class ShownRow(View):
    """A row: `name` is what it is of where there are no parts, `why` the address of what it is made of, and `document`
    that of the document. `part` is how wide the bar is that stands for it, empty where none does.
    """

    day: str
    what: str
    number: str
    document: str
    name: str
    due: str
    why: str
    currency: str
    cells: list[Cell]
    converted: list[Cell]
    documents: int
    part: str


class ShownReport(View):
    """`columns` and `converted` are the names of the figures, those in the currency of the books apart; `currency` is
    that of all rows, or empty where they have several. `has` says which parts any row has.
    """

    columns: list[str]
    converted: list[str]
    currency: str
    accounting_currency: str
    has: list[str]
    rows: list[ShownRow]
    totals: list[ShownRow]
    notes: list[str]


_PARTS = ("day", "what", "number", "name", "due")


def shown_report(
    report: Report, profile: Profile, place: str, *, why: Callable[[str], str] | None = None, bars_of: str = ""
) -> ShownReport:
    """The report at the `place` of its organization. `why` makes the address of what a row is made of from its key;
    `bars_of` names the figure for which bars stand in the rows.
    """
    everything = [*report.rows, *report.totals]
    columns = [
        name
        for name in dict.fromkeys(name for row in everything for name in row.amounts)
        # Of what hardly ever is there is no column of noughts.
        if name != OWED_TO_CUSTOMERS or any(row.amounts.get(name) for row in everything)
    ]
    converted = list(dict.fromkeys(name for row in everything for name in _converted(row, report)))
    currencies = {row.currency for row in everything if row.currency}
    widest: dict[str, int] = {}
    for row in report.rows:
        widest[row.currency] = max(widest.get(row.currency, 0), row.amounts.get(bars_of, 0))

    def shown(row: Row, address: str, part: str = "") -> ShownRow:
        formats = formats_of(profile, row.currency)
        own = formats_of(profile, report.accounting_currency)
        parts = row.parts
        is_month = parts is not None and parts.what == "month"
        return ShownRow(
            day="" if parts is None or is_month else f"{_day(parts.day, formats)} {parts.time}".rstrip(),
            what="" if parts is None or is_month else parts.what,
            number=parts.number if parts else "",
            document=f"{place}/invoices/{quote(parts.document, safe='')}" if parts and parts.document else "",
            name=row.label if parts is None else _month(parts.day, formats) if is_month else parts.name,
            due=_day(parts.due, formats) if parts else "",
            why=address,
            currency=row.currency,
            cells=[_cell(row.amounts.get(name), formats) for name in columns],
            converted=[_cell(_converted(row, report).get(name), own) for name in converted],
            documents=row.documents,
            part=part,
        )

    rows = [
        shown(
            row,
            why(row.key) if why and row.key else "",
            part_of(row.amounts.get(bars_of, 0), widest[row.currency]) if bars_of else "",
        )
        for row in report.rows
    ]
    return ShownReport(
        columns=columns,
        converted=converted,
        currency=next(iter(currencies)) if len(currencies) == 1 else "",
        accounting_currency=report.accounting_currency,
        has=[name for name in _PARTS if any(getattr(row, name) for row in rows)],
        rows=rows,
        totals=[shown(row, "") for row in report.totals],
        notes=list(report.notes),
    )


def aging_strips(totals: Sequence[Row], profile: Profile, words: Callable[[str], str], title: str) -> list[Strip]:
    """How long what is owed has been due, in each of a few currencies; `words` says what a bracket is called."""
    return [
        strip(
            [Point(words(name), words(name), row.amounts.get(name, 0)) for name in AGING],
            formats_of(profile, row.currency),
            key=f"aging-{row.currency.lower()}",
            title=title,
        )
        for row in totals[:CHARTS_MAX]
    ]


def month_charts(
    report: Report, months: Months, profile: Profile, title: str, *, figure: str, why: str
) -> list[BarChart]:
    """What was sold month by month, in each of a few currencies, of two months to two years; `why` is the address of
    what a month is made of, which ends with its name.
    """
    first, last = months.first_day, months.last_day
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    if not 1 < count <= MONTHS_MAX or report.next_cursor:
        return []
    found: dict[str, dict[str, int]] = {}
    for row in report.rows:
        if row.parts and row.parts.day:
            found.setdefault(row.currency, {})[month_of(row.parts.day)] = row.amounts.get(figure, 0)
    charts = []
    for currency, totals in list(found.items())[:CHARTS_MAX]:
        formats = formats_of(profile, currency)
        points = month_points(totals, last, formats, count=count, address=why)
        charts.append(bar_chart(points, formats, key=f"months-{currency.lower()}", title=title))
    return charts


def months_text(months: Months, formats: Formats) -> str:
    """The months in words: a year, a month, or from one month to another."""
    first, last = months.first_day, months.last_day
    if months.first == months.last:
        return _month(first, formats)
    if (first.year, first.month, last.month) == (last.year, 1, 12):
        return str(first.year)
    return f"{_month(first, formats)} – {_month(last, formats)}"


def _converted(row: Row, report: Report) -> Mapping[str, int]:
    """The figures in the currency of the books, where that is another one."""
    return row.accounting if row.currency and row.currency != report.accounting_currency else {}


def _cell(minor: int | None, formats: Formats) -> Cell:
    return Cell(text="" if minor is None else formats.amount(minor), nil=not minor)


def _day(day: date | None, formats: Formats) -> str:
    return formats.date(day) if day else ""


def _month(day: date | None, formats: Formats) -> str:
    return str(format_date(day, "LLLL y", locale=formats.locale)) if day else ""
