"""Documents of a former system, imported as a partner does who takes a client over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from invoicing.importing.columns import is_known, match_columns
from invoicing.importing.dates import DayOrder
from invoicing.importing.recognizing import read_table
from invoicing.importing.values import read_rows
from invoicing.importing.vocabulary import Kind
from operations.imported import Import, Imported
from operations.importing import import_table
from storage.books.pool import Books

OPENING_DAY = date(2026, 1, 1)
OPENING_ACCOUNT = "3100"
"""Retained earnings in the chart of the IFRS."""

OPEN_ITEMS = """\
Invoice number;Type;Invoice date;Due date;Customer;Total;Balance
OLD-17;invoice;2025-11-03;2025-12-03;Hotel Bristol;1,200.00;1,200.00
OLD-18;invoice;2025-12-01;2025-12-31;Hotel Bristol;600.00;350.00
OLD-19;invoice;2025-12-15;2026-03-31;Hotel Bristol;90.50;90.50
OLD-C4;credit note;2025-12-20;2025-12-20;Hotel Bristol;60.00;60.00
OLD-9;invoice;2025-06-01;2025-07-01;Hotel Bristol;480.00;0
"""
"""Three open invoices, of which one was paid in part, a credit note, and one that is history."""


def wanted_former(
    text: str,
    *,
    dry_run: bool = False,
    day: date | None = OPENING_DAY,
    account: str = OPENING_ACCOUNT,
    order: DayOrder | None = None,
    mapped: Mapping[str, str] | None = None,
) -> Import:
    kind = Kind.OPEN_ITEMS
    table = read_table(text.encode(), known=lambda heading: is_known(kind, heading))
    columns = match_columns(kind, table, ignore_unknown=False, mapped=mapped)
    rows = read_rows(table, columns, None, "GBP", order=order)
    return Import(
        kind,
        columns,
        rows,
        file_name="open.csv",
        sha256="0" * 64,
        dry_run=dry_run,
        opening_day=day,
        opening_account=account,
    )


async def import_former(books: Books, text: str = OPEN_ITEMS, **options: bool | date | str | None) -> Imported:
    """Import the documents of a former system."""
    return await import_table(books, wanted_former(text, **options), progress=lambda done, total: None)  # type: ignore[arg-type]  # Each of its own type.
