"""What is asked of a report, and what its rows have in common: keys, pages, the documents that a figure is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import wraps
from typing import Any

from sqlmodel import Session

from invoicing.refusals import NotFound
from invoicing.reports.figures import Parts, Report, Row, SalesBy, totals_of
from invoicing.reports.months import Months
from storage.books.known import worked_out
from storage.paging import Page, page_of_whole

KEY_LENGTH_MAX = 500
_PER_CENT = "%25"
_SLASH = "%2F"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A report that is asked for, in terms of the organization: `months` are those of the request, or the present year;
    `stated` says which. `customer` is an id; `dimension` is the one that sales are added up by, instead of `by`.
    `currency` is that of the books.
    """

    months: Months
    stated: bool
    today: date
    currency: str
    customer: str = ""
    by: SalesBy = SalesBy.CUSTOMER
    dimension: str = ""
    row: str = ""
    cursor: str = ""
    limit: int = 25

    def as_of(self) -> date | None:
        """The past day at whose end a report of a moment is wanted; None for now."""
        return self.months.last_day if self.stated and self.months.last_day < self.today else None


def key_of(*parts: str) -> str:
    """The key of a row: what tells it from the others of its report."""
    return "/".join(part.replace("%", _PER_CENT).replace("/", _SLASH) for part in parts)


def parts_of(key: str, count: int) -> list[str]:
    """The parts of a key.

    Raises:
        NotFound: no report gave such a key.
    """
    if len(key) > KEY_LENGTH_MAX:
        raise no_such_row()
    parts = [part.replace(_SLASH, "/").replace(_PER_CENT, "%") for part in key.split("/")]
    if len(parts) != count:
        raise no_such_row()
    return parts


def no_such_row() -> NotFound:
    """The refusal of a row that the report does not have in these months."""
    return NotFound("row: this report has no such row for the period; give the key of one that it shows.", field="row")


def whole(
    asked: Asked, rows: Sequence[Row], *, notes: Iterable[str] = (), totals: Sequence[Row] | None = None
) -> Report:
    """A report of all these rows, with the totals of all of them."""
    return Report(
        rows=tuple(rows),
        totals=tuple(totals_of(rows) if totals is None else totals),
        notes=tuple(notes),
        accounting_currency=asked.currency,
    )


def worked_out_once(report: Callable[[Session, Asked], Report]) -> Callable[[Session, Asked], Report]:
    """A page of a report that is worked out whole, which is done once until something changes the books."""

    @wraps(report)
    def page_of_report(db: Session, asked: Asked) -> Report:
        # Who asks for another page asks for the same report.
        of_all = replace(asked, cursor="", limit=0)
        what = (report.__module__, report.__name__, of_all)
        found = worked_out(db, what, lambda: report(db, of_all), rows=lambda made: len(made.rows))
        page = page_of_whole(found.rows, cursor=asked.cursor, limit=asked.limit)
        return replace(found, rows=page.items, next_cursor=page.next_cursor, left=page.left)

    return page_of_report


def documents(asked: Asked, page: Page[tuple[Any, ...]], *names: str, accounting: Sequence[str] = ()) -> Report:
    """The documents that a figure is made of: a head, then amounts of these names, then those in the currency of the
    books, which are left out where a document has none.

    Raises:
        NotFound: the figure is made of none, and so the report does not have its row.
    """
    if not page.items and not asked.cursor:
        raise no_such_row()
    return Report(
        rows=[_document(row, names, accounting) for row in page.items],
        accounting_currency=asked.currency,
        next_cursor=page.next_cursor,
        left=page.left,
    )


def _document(row: tuple[Any, ...], names: Sequence[str], accounting: Sequence[str]) -> Row:
    _, document_id, number, issued, customer, currency, *amounts = row
    named, converted = amounts[: len(names)], amounts[len(names) :]
    return Row(
        label=f"{issued} {number} {customer}",
        key=document_id,
        currency=currency,
        amounts=dict(zip(names, map(int, named), strict=True)),
        accounting={name: int(one) for name, one in zip(accounting, converted, strict=True) if one is not None},
        documents=1,
        parts=Parts(day=issued, number=number, document=_found_under(document_id, number), name=customer),
    )


def _found_under(document_id: str, number: str) -> str:
    """What a payment made due is found under the number of its invoice."""
    return number if document_id.startswith("pay_") else document_id


def not_counted(totals: Sequence[Row]) -> list[Row]:
    """The totals without how many documents there are: one that is in several rows would count as often."""
    return [replace(total, documents=0) for total in totals]


def unconverted_note(lacking: int, currency: str) -> list[str]:
    """As `unconverted_notes`, where a document can lack an amount in several rows."""
    return [f"Documents that state no exchange rate are not in the figures in {currency}."] if lacking else []


def unconverted_notes(count: int, currency: str) -> list[str]:
    """What the figures in the currency of the books leave out."""
    if not count:
        return []
    state = "1 document in another currency states" if count == 1 else f"{count} documents in other currencies state"
    return [f"{state} no exchange rate: not in the figures in {currency}."]
