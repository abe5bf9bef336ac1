"""A report as it is shown: its figures with their currency, and a line for each row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from invoicing.money.amounts import money_text
from invoicing.reports.figures import Row
from invoicing.text.typed import counted
from operations.reports.asking import FoundReport
from views.base import View


class RowAnswer(View):
    """Figures of one thing; `accounting_amounts` are in the currency of the books, where that is another one."""

    key: str
    label: str
    currency: str
    amounts: dict[str, str]
    accounting_amounts: dict[str, str]
    documents: int


class ReportAnswer(View):
    """A report, or a page of one; `totals` are of all rows, on the page or not. `as_of` is the day at whose end what is
    owed was so, and empty for what happened in the months from `first_day` to `last_day`.
    """

    report: str
    first_day: date
    last_day: date
    as_of: str
    accounting_currency: str
    rows: list[RowAnswer]
    totals: list[RowAnswer]
    notes: list[str]


def report_answer(found: FoundReport) -> dict[str, object]:
    """The fields of `ReportAnswer`."""
    report = found.report
    return {
        "report": found.name.value,
        "first_day": found.months.first_day,
        "last_day": found.months.last_day,
        "as_of": found.as_of,
        "accounting_currency": report.accounting_currency,
        "rows": [row_answer(row, report.accounting_currency) for row in report.rows],
        "totals": [row_answer(row, report.accounting_currency) for row in report.totals],
        "notes": list(report.notes),
    }


def row_answer(row: Row, accounting_currency: str) -> RowAnswer:
    converted = row.accounting if row.currency != accounting_currency else {}
    return RowAnswer(
        key=row.key,
        label=row.label,
        currency=row.currency,
        amounts={name: money_text(minor, row.currency) for name, minor in row.amounts.items()},
        accounting_amounts={name: money_text(minor, accounting_currency) for name, minor in converted.items()},
        documents=row.documents,
    )


def report_lines(found: FoundReport, shown: ReportAnswer) -> list[str]:
    """The report as lines: of what it is, its rows, totals and notes."""
    of = f"as of {found.as_of}" if found.as_of else str(found.months)
    rows = [row_line(row, shown.accounting_currency) for row in shown.rows]
    return [
        f"{found.name.value.replace('_', ' ')}, {of}:",
        *(rows or ["Nothing in this period."]),
        *(row_line(total, shown.accounting_currency) for total in shown.totals),
        *shown.notes,
    ]


def row_line(row: RowAnswer, accounting_currency: str) -> str:
    """`- S VAT 19 % DE: taxable 100.00, tax 19.00 EUR, 3 documents [S/19/VAT/DE//EUR]`, without figures of zero."""
    parts = []
    if figures := _figures(row.amounts):
        parts.append(f"{figures} {row.currency}")
    if converted := _figures(row.accounting_amounts):
        parts.append(f"that is {converted} {accounting_currency}")
    if row.documents > 1:
        parts.append(counted(row.documents, "document"))
    told = f": {', '.join(parts)}" if parts else ""
    key = f" [{row.key}]" if row.key else ""
    return f"- {row.label}{told}{key}"


def _figures(amounts: Mapping[str, str]) -> str:
    """The figures that are not zero; where all are, the first of them."""
    shown = {name: text for name, text in amounts.items() if text.strip("-0.")} or dict(list(amounts.items())[:1])
    return ", ".join(f"{name.replace('_', ' ')} {text}" for name, text in shown.items())
