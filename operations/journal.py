"""The journal to look through: its entries with both their sides, by months, account and words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlmodel import Session

from invoicing.document.tags import tags_from_json, tags_text
from invoicing.reports.figures import Row
from invoicing.reports.months import Months, read_months, year_of
from operations.issue_dates import today_in
from operations.reports.ledger import balance_row
from storage.books import documents, report_documents, reports
from storage.books.pool import Books
from storage.paging import Page, check_limit, decode_cursor

TEXT_MAX = 200


@dataclass(frozen=True, slots=True)
class JournalSearch:
    """What is looked for: `period` names months as reports take them (empty: the present year), `account` is the number
    of one that an entry posts to, and `text` is in its description, where the number of its document stands.
    """

    period: str = ""
    account: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class EntrySide:
    account: str
    name: str
    debit_minor: int
    credit_minor: int
    currency: str
    tags: str


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """An entry with its sides; `document` is the id of that which it is of, empty where none was issued here."""

    id: str
    day: date
    description: str
    document: str
    sides: Sequence[EntrySide]


@dataclass(frozen=True, slots=True)
class FoundJournal:
    """A page of entries. `accounts` are those with a balance by the end of the months, and `balances` those of the
    account that was asked for, by currency, as the trial balance has them.
    """

    months: Months
    today: date
    entries: Sequence[ShownEntry]
    next_cursor: str
    accounts: Sequence[tuple[str, str]]
    balances: Sequence[Row]


async def find_entries(books: Books, search: JournalSearch, *, cursor: str, limit: int) -> FoundJournal:
    """A page of the entries that match, by day.

    Raises:
        InvalidInput: a period, a limit, or a cursor that this list did not give.
    """
    check_limit(limit)
    return await books.read(lambda db: _find(db, books, search, cursor, limit))


def _find(db: Session, books: Books, search: JournalSearch, cursor: str, limit: int) -> FoundJournal:
    today = today_in(db, books)
    months = read_months(search.period) if search.period else year_of(today)
    page = _page(db, months, search, cursor, limit)
    balances = reports.account_balances(db, months)
    return FoundJournal(
        months=months,
        today=today,
        entries=[_entry(list(sides)) for _, sides in groupby(page.items, key=lambda row: row[0])],
        next_cursor=page.next_cursor,
        accounts=list(dict.fromkeys((str(row[0]), str(row[1])) for row in balances)),
        balances=[balance_row(row) for row in balances if search.account and row[0] == search.account],
    )


def _page(db: Session, months: Months, search: JournalSearch, cursor: str, limit: int) -> Page[tuple[Any, ...]]:
    """The sides of a page of entries. Months in which nothing was posted to the account are not gone through, nor
    descriptions where a document has the text for its number.
    """
    text = search.text[:TEXT_MAX]
    within = reports.months_posted(db, months, search.account) if search.account else months
    found = documents.id_and_number(db, text) if text else None
    if within is None:
        decode_cursor(cursor)
        return Page((), "", 0)
    return report_documents.whole_entries(
        db, within, search.account, text, document=found[0] if found else "", cursor=cursor, limit=limit
    )


def _entry(sides: list[tuple[Any, ...]]) -> ShownEntry:
    entry_id, day, description, *_, document = sides[0]
    return ShownEntry(entry_id, day, description, document or "", [_side(one) for one in sides])


def _side(row: tuple[Any, ...]) -> EntrySide:
    _, _, _, _, account, name, debit, credit, currency, _, dimensions, _ = row
    return EntrySide(account, name, int(debit), int(credit), currency, tags_text(tags_from_json(dimensions)))
