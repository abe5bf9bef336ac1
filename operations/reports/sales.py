"""What was sold, by customer, item or month: by day of issue, credit notes taken off."""

from __future__ import annotations

from typing import assert_never

from sqlmodel import Session

from invoicing.reports.figures import Parts, Report, Row, SalesBy, totals_of
from invoicing.reports.months import Months, one_month
from operations.reports.asked import (
    Asked,
    documents,
    key_of,
    no_such_row,
    not_counted,
    parts_of,
    unconverted_notes,
    whole,
    worked_out_once,
)
from operations.reports.dimensions import sales_by_dimension
from storage.books import report_documents, reports
from storage.books.totals import ADJUSTMENTS

_AMOUNTS = ("net", "tax", "total")


def sales(db: Session, asked: Asked) -> Report:
    if asked.dimension:
        return sales_by_dimension(db, asked)
    return _documents_sold(db, asked) if asked.row else _added_up(db, asked)


@worked_out_once
def _added_up(db: Session, asked: Asked) -> Report:
    match asked.by:
        case SalesBy.ITEM:
            return _by_item(db, asked)
        case SalesBy.CUSTOMER:
            found = reports.sales_by_customer(db, asked.months)
            names = reports.customer_names(db, (one[0] for one in found))
        case SalesBy.MONTH:
            found = reports.sales_by_month(db, asked.months)
            names = dict[str, str]()
        case _:
            assert_never(asked.by)
    rows, unconverted = [], 0
    for of, currency, count, net, tax, total, converted, lacking in found:
        if asked.customer and of != asked.customer:
            continue
        unconverted += int(lacking)
        rows.append(
            Row(
                key=key_of(of, currency),
                label=names[of] if names else of,
                currency=currency,
                amounts={"net": int(net), "tax": int(tax), "total": int(total)},
                accounting={} if lacking else {"net": int(converted)},
                documents=int(count),
                parts=Parts(name=names[of]) if names else Parts(day=Months(of, of).first_day, what="month"),
            )
        )
    if asked.by is SalesBy.MONTH:
        rows.sort(key=lambda row: row.key)
    else:
        rows.sort(key=lambda row: (-row.accounting.get("net", 0), -row.amounts["net"], row.label, row.key))
    return whole(asked, rows, notes=unconverted_notes(unconverted, asked.currency))


def _by_item(db: Session, asked: Asked) -> Report:
    found = reports.sales_by_item(db, asked.months)
    names = reports.item_names(db, (one[0] for one in found)) | {
        "": "(no item)",
        ADJUSTMENTS: "(discounts and charges of whole documents)",
    }
    rows = [
        Row(
            key=key_of(item, currency),
            label=names[item],
            currency=currency,
            amounts={"net": int(net)},
            documents=int(count),
            parts=_item_parts(item, names[item]),
        )
        for item, currency, count, net in found
    ]
    rows.sort(key=lambda row: (row.currency, -row.amounts["net"], row.label, row.key))
    return whole(asked, rows, totals=not_counted(totals_of(rows)))


def _item_parts(item: str, name: str) -> Parts:
    if item in ("", ADJUSTMENTS):
        return Parts(what="adjustments" if item else "no_item")
    return Parts(name=name)


def _documents_sold(db: Session, asked: Asked) -> Report:
    of, currency = parts_of(asked.row, 2)
    match asked.by:
        case SalesBy.CUSTOMER:
            page = report_documents.of_customer(db, asked.months, of, currency, cursor=asked.cursor, limit=asked.limit)
        case SalesBy.MONTH:
            page = report_documents.of_month(
                db, _month(of, asked.months), currency, cursor=asked.cursor, limit=asked.limit
            )
        case SalesBy.ITEM:
            page = report_documents.of_item(db, asked.months, of, currency, cursor=asked.cursor, limit=asked.limit)
            return documents(asked, page, "net")
        case _:
            assert_never(asked.by)
    return documents(asked, page, *_AMOUNTS, accounting=("net",))


def _month(text: str, months: Months) -> Months:
    """The month that a key names, of those that the report is about."""
    month = one_month(text)
    if month is None or not months.first <= month <= months.last:
        raise no_such_row()
    return Months(month, month)
