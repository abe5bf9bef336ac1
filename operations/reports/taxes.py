"""What goes into the tax return, and into the recapitulative statement (EC sales list)."""

from __future__ import annotations

import re
from decimal import Decimal

from sqlmodel import Session

from invoicing.document.documents import JurisdictionLevel, TaxCategory
from invoicing.money.amounts import plain
from invoicing.reports.figures import Report, Row, totals_of
from operations.reports.asked import (
    Asked,
    documents,
    key_of,
    no_such_row,
    not_counted,
    parts_of,
    unconverted_note,
    whole,
    worked_out_once,
)
from storage.books import report_documents, reports

_RATE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,6})?")
_KEY = ("category", "rate", "label", "jurisdiction", "level", "currency")


def tax_summary(db: Session, asked: Asked) -> Report:
    """Taxable amount and tax of the documents whose tax point lies in the months, by category, rate and whose tax it
    is; credit notes are taken off. Parts of places of the US, and VAT and its surcharge, stand last and are not added
    to the totals.
    """
    return _taxed_documents(db, asked) if asked.row else _taxes(db, asked)


@worked_out_once
def _taxes(db: Session, asked: Asked) -> Report:
    rows: list[Row] = []
    places: list[Row] = []
    unconverted = 0
    for category, rate, label, jurisdiction, level, currency, count, taxable, tax, *converted in reports.taxes(
        db, asked.months
    ):
        here = f"{jurisdiction} ({level})" if level else jurisdiction
        row = Row(
            key=key_of(category, plain(rate), label, jurisdiction, level, currency),
            label=f"{category} {label} {plain(rate)} % {here}",
            currency=currency,
            amounts={"taxable": int(taxable), "tax": int(tax)},
            accounting={} if converted[2] else {"taxable": int(converted[0]), "tax": int(converted[1])},
            documents=int(count),
        )
        (places if level else rows).append(row)
        unconverted += 0 if level else int(converted[2])
    rows.sort(key=lambda row: (row.currency != asked.currency, row.currency, -row.amounts["taxable"], row.key))
    notes = [*unconverted_note(unconverted, asked.currency), *_place_notes(places), *_split_notes(rows)]
    return whole(
        asked,
        [*rows, *sorted(places, key=lambda row: (row.label, row.key))],
        totals=not_counted(totals_of(rows)),
        notes=notes,
    )


def _place_notes(places: list[Row]) -> list[str]:
    if not places:
        return []
    levels = {parts_of(row.key, len(_KEY))[_KEY.index("level")] for row in places}
    surcharged = JurisdictionLevel.SURCHARGE.value in levels
    parts = "VAT and its surcharge" if surcharged else "states, counties, cities and districts"
    return [f"Rows of {parts} are parts of the others."]


def _split_notes(rows: list[Row]) -> list[str]:
    split = any(row.label.startswith(f"{TaxCategory.SPLIT_PAYMENT.value} ") for row in rows)
    return ["The tax of category B is paid by the buyers themselves: it is not owed."] if split else []


def _taxed_documents(db: Session, asked: Asked) -> Report:
    key = dict(zip(_KEY, parts_of(asked.row, len(_KEY)), strict=True))
    if not _RATE.fullmatch(key["rate"]):
        raise no_such_row()
    rate = Decimal(key["rate"])
    page = report_documents.with_tax(db, asked.months, {**key, "rate": rate}, cursor=asked.cursor, limit=asked.limit)
    return documents(asked, page, "taxable", "tax", accounting=("taxable", "tax"))


def ec_sales(db: Session, asked: Asked) -> Report:
    """What was supplied to each business of another member state, goods apart from services, in the currency of the
    books (Directive 2006/112/EC, Articles 262 to 264).
    """
    if asked.row:
        country, number, supply = parts_of(asked.row, 3)
        key = {"buyer_country": country, "buyer_number": number, "supply": supply}
        page = report_documents.of_supplies(db, asked.months, key, cursor=asked.cursor, limit=asked.limit)
        return documents(asked, page, "taxable", accounting=("taxable",))
    return _supplies(db, asked)


@worked_out_once
def _supplies(db: Session, asked: Asked) -> Report:
    rows, unconverted = [], 0
    for country, number, supply, count, taxable, lacking in reports.supplies(db, asked.months):
        unconverted += int(lacking)
        rows.append(
            Row(
                key=key_of(country, number, supply),
                label=f"{country} {number} {supply}",
                currency=asked.currency,
                amounts={"taxable": int(taxable)},
                documents=int(count),
            )
        )
    totals = not_counted(totals_of(rows))
    return whole(asked, rows, totals=totals, notes=unconverted_note(unconverted, asked.currency))
