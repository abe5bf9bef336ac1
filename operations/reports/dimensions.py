"""What was sold by the values of one of the organization's own dimensions: by day of issue, credit notes taken off."""

from __future__ import annotations

from collections import Counter

from sqlmodel import Session

from invoicing.reports.figures import Parts, Report, Row, totals_of
from operations.reports.asked import Asked, documents, key_of, not_counted, parts_of, whole, worked_out_once
from storage.books import report_documents, reports
from storage.books.dimensions import load_dimensions


def sales_by_dimension(db: Session, asked: Asked) -> Report:
    """The values, most sold first, and last what has none: lines without the dimension, and what documents take off or
    add as a whole. The rows come to all that was sold.
    """
    if asked.row:
        value, currency = parts_of(asked.row, 2)
        page = report_documents.of_value(
            db, asked.months, asked.dimension, value, currency, cursor=asked.cursor, limit=asked.limit
        )
        return documents(asked, page, "net")
    return _by_value(db, asked)


@worked_out_once
def _by_value(db: Session, asked: Asked) -> Report:
    names = {
        value.code: value.name for one in load_dimensions(db) if one.code == asked.dimension for value in one.values
    }
    rows, rest = [], Counter[str]()
    for _, currency, _, net, *_ in reports.sales_by_month(db, asked.months):
        rest[currency] += int(net)
    for value, currency, count, net in reports.sales_by_value(db, asked.months, asked.dimension):
        rest[currency] -= int(net)
        rows.append(_row(value, f"{value} {names.get(value, '')}".rstrip(), currency, int(net), int(count)))
    rows.sort(key=lambda row: (row.currency, -row.amounts["net"], row.key))
    # How many documents have such a line, nobody has counted.
    rows += [_row("", f"(no {asked.dimension})", currency, net, 0) for currency, net in sorted(rest.items()) if net]
    return whole(asked, rows, totals=not_counted(totals_of(rows)))


def _row(value: str, label: str, currency: str, net_minor: int, count: int) -> Row:
    return Row(
        key=key_of(value, currency),
        label=label,
        currency=currency,
        amounts={"net": net_minor},
        documents=count,
        parts=Parts(name=label) if value else Parts(what="no_value"),
    )
