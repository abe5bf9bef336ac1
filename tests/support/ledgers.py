"""Exports of the journal as other programs read them."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from beancount import loader
from beancount.core.data import Transaction

from invoicing.money.amounts import to_major
from invoicing.reports.figures import ReportName
from operations.files import ExportRequest, MadeFile, export_documents
from storage.books.pool import Books
from tests.support.folders import path_of
from tests.support.reconciled import whole


@dataclass(frozen=True, slots=True)
class Posted:
    """A side as an export tells it, in units: what names it as the journal report does, its amount with debits more
    than zero, and what it comes to in the currency of the books.
    """

    entry: str
    label: str
    amount: Decimal
    currency: str
    worth: Decimal | None


async def in_the_books(books: Books, year: str = "2026") -> Counter[Posted]:
    """The sides of the journal report of a year, which is made of other queries."""
    report = await whole(books, ReportName.JOURNAL, period=year)
    return Counter(
        Posted(
            row.key,
            row.label,
            to_major(row.amounts["debit"] - row.amounts["credit"], row.currency),
            row.currency,
            to_major(row.accounting["amount"], report.accounting_currency) if row.accounting else None,
        )
        for row in report.rows
    )


def with_differences_in(currency: str, posted: Counter[Posted]) -> Counter[Posted]:
    """A difference of rates is nothing in the document's currency: it is in that of the books, as formats say it that
    have no amount of zero.
    """
    found: Counter[Posted] = Counter()
    for side, times in posted.items():
        if not side.amount and side.worth is not None:
            side = replace(side, amount=side.worth, currency=currency)
        found[side] += times
    return found


async def exported_ledger(
    books: Books, file_format: str, *, issued_from: date | None = None, issued_to: date | None = None
) -> tuple[MadeFile, Path]:
    """An export of the journal, and where it is."""

    async def unheard(done: int, of: int) -> None:
        assert done <= of

    request = ExportRequest(format=file_format, issued_from=issued_from, issued_to=issued_to)
    made = await export_documents(books, request, progress=unheard)
    return made, path_of(books, made)


def csv_sides(path: Path) -> list[dict[str, str]]:
    """The rows of a journal as CSV."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def beancount_errors(text: str) -> list[str]:
    """What beancount's parser, booking and validation say against a text."""
    return [error.message for error in loader.load_string(text)[1]]


def beancount_transactions(text: str) -> list[Any]:
    """The transactions of a text that beancount takes."""
    entries, errors, _ = loader.load_string(text)
    assert not errors, errors
    return [entry for entry in entries if isinstance(entry, Transaction)]
