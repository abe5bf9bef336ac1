"""What an export of the journal takes from the books: the entries of a period, and the chart of accounts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TextIO

import anyio.to_thread
from sqlmodel import Session

from invoicing.exports.ledger.carried import write_entry, write_ledger_head
from invoicing.exports.ledger.entries import Entry, Ledger
from invoicing.exports.ledger.fec import fec_file_name
from invoicing.exports.ledger.saft import check_saft_books, saft_file_name
from invoicing.exports.ledger.writing import LedgerFormat
from invoicing.master_data.records import Account
from invoicing.refusals import InvalidInput
from operations.issue_dates import today_in
from storage.books import chart
from storage.books.journal_entries import Days, balances_before, entries_in_order, extent, posted_accounts
from storage.books.pool import Books
from storage.books.profile import load_profile
from storage.files.kept import FileName
from storage.work.completion import to_its_end

LEDGER_FORMATS = {
    LedgerFormat.JOURNAL_CSV.value: (".csv", "text/csv"),
    LedgerFormat.BEANCOUNT.value: (".beancount", "text/plain"),
    LedgerFormat.DATEV.value: (".zip", "application/zip"),
    LedgerFormat.FEC.value: (".txt", "text/plain"),
    LedgerFormat.XERO.value: (".csv", "text/csv"),
    LedgerFormat.QUICKBOOKS.value: (".csv", "text/csv"),
    LedgerFormat.SAFT.value: (".xml", "application/xml"),
}
_PAGE = 100


def days_of_entry(issued_from: date | None, issued_to: date | None) -> Days:
    """The period that an export of the journal asks for; what is left out is not bounded."""
    return Days(issued_from or date.min, issued_to or date.max)


def fec_name(db: Session, books: Books, days: Days) -> FileName:
    """What a FEC is called: the business year ends with the period, or where that has no end with the year of its last
    entry. A file of another name is another file, whatever is in it.

    Raises:
        InvalidInput: the organization has no SIREN.
    """
    profile, last = load_profile(db), extent(db, days).last or today_in(db, books)
    closing = days.last if days.last < date.max else date(last.year, 12, 31)
    name = fec_file_name(
        registration_number=profile.registration_number, tax_number=profile.tax_number, closing=closing
    )
    return FileName(name, LEDGER_FORMATS[LedgerFormat.FEC][1], f"export-fec-{closing:%Y%m%d}")


def saft_name(db: Session, books: Books) -> FileName:
    """What a SAF-T file is called.

    Raises:
        InvalidInput: the books are not Norwegian, or the organization has no number of the register of Norway.
    """
    profile, today = load_profile(db), today_in(db, books)
    check_saft_books(profile.country, profile.currency)
    name = saft_file_name(registration_number=profile.registration_number, tax_number=profile.tax_number, made=today)
    return FileName(name, LEDGER_FORMATS[LedgerFormat.SAFT][1], f"export-saft-{today:%Y%m%d}")


async def carry_entries(books: Books, days: Days, path: Path, *, balances: bool) -> None:
    """Write the entries of the period to `path`, by day; all of it is of one moment. With `balances`, what each account
    came to before them goes along.
    """
    async with books.snapshot() as snapshot:
        head = await snapshot.read(lambda db: _ledger(db, books, days, balances=balances))
        with path.open("w", encoding="utf-8", newline="\n") as file:
            write_ledger_head(file, head)
            last: Entry | None = None
            while page := await snapshot.read(partial(_page, days, last)):
                last = page[-1]
                await to_its_end(anyio.to_thread.run_sync(_write, file, page))


def _ledger(db: Session, books: Books, days: Days, *, balances: bool) -> Ledger:
    accounts = {account.number: account for account in chart.accounts(db)}
    profile, found = load_profile(db), extent(db, days)
    return Ledger(
        organization=books.organization.name,
        country=profile.country,
        currency=profile.currency,
        today=today_in(db, books),
        first_day=found.first,
        last_day=found.last,
        accounts=accounts,
        posted=posted_accounts(db),
        chart=profile.chart_of_accounts,
        seller=profile.seller(),
        version=version("counterfoil"),
        opening=_opening(db, accounts, found.first) if balances and found.first else {},
    )


def _opening(db: Session, accounts: Mapping[str, Account], first: date) -> dict[str, int]:
    """The balances before the first day; of income and expense since the beginning of its year.

    Raises:
        InvalidInput: something was posted that has no amount in the currency of the books.
    """
    ever, this_year = balances_before(db, first), balances_before(db, first, since=first.replace(month=1, day=1))
    opening = {}
    for number, account in accounts.items():
        minor, lacking = (this_year if account.type in ("income", "expense") else ever).get(number, (0, 0))
        if lacking:
            raise InvalidInput(
                f"Before {first} something was posted to account {number} without an exchange rate, so its balance is"
                " not known. Export from the first day on, or journal_csv.",
                field="issued_from",
            )
        opening[number] = minor
    return opening


def _page(days: Days, last: Entry | None, db: Session) -> list[Entry]:
    return entries_in_order(db, days, after_entry=last, limit=_PAGE)


def _write(file: TextIO, page: list[Entry]) -> None:
    for entry in page:
        write_entry(file, entry)
