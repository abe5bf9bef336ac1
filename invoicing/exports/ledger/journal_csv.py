"""The journal as CSV in double entry: a row for each side of each entry, by day.

The file has the form of the CSV of documents (`invoicing.exports.csv_file`): UTF-8 with a mark, commas, CRLF, plain
decimal numbers, an apostrophe before a text that reads as a formula. The names of columns are a contract.

- entry: id of the entry; date: the day of entry, ISO 8601; document: number of the document that it is of, or that the
  payment is for; description: as in the journal.
- account, account_name: of the chart as it is now.
- debit, credit: in `currency`; one of the two is empty. They add up to the same, per entry and currency.
- accounting_amount: the side in `accounting_currency`, that of the books, more than zero for a debit; empty where a
  document or payment in another currency has no rate.
- tax_code: the organization's own, where it is known (`invoicing.exports.ledger.tax_codes`).
- dimensions: those of the lines whose revenue the side is, such as `cost_centre=bakery; project=inn`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from invoicing.exports.ledger.entries import Entry, Ledger
from invoicing.exports.ledger.tax_codes import tax_codes
from invoicing.exports.rows import counted, reads_as_formula
from invoicing.money.amounts import money_text
from invoicing.progress import Tally

COLUMNS = (
    "entry",
    "date",
    "document",
    "description",
    "account",
    "account_name",
    "debit",
    "credit",
    "currency",
    "accounting_amount",
    "accounting_currency",
    "tax_code",
    "dimensions",
)


def write_journal_csv(path: Path, ledger: Ledger, entries: Iterable[Entry], progress: Tally | None = None) -> None:
    """Write the sides of the entries to `path`, a header row first."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        for _, entry in counted(entries, progress):
            writer.writerows(_rows(ledger, entry))


def _rows(ledger: Ledger, entry: Entry) -> Iterator[tuple[str, ...]]:
    texts = [_text(text) for text in (entry.number, entry.description)]
    for side, tax_code in zip(entry.sides, tax_codes(entry), strict=True):
        known = side.accounting_minor
        yield (
            entry.id,
            entry.day.isoformat(),
            *texts,
            _text(side.account),
            _text(ledger.accounts[side.account].name),
            _amount(side.debit_minor, side.currency),
            _amount(side.credit_minor, side.currency),
            side.currency,
            money_text(known, ledger.currency) if known is not None else "",
            ledger.currency,
            _text(tax_code),
            side.dimensions,
        )


def _amount(amount_minor: int, currency: str) -> str:
    return money_text(amount_minor, currency) if amount_minor else ""


def _text(text: str) -> str:
    return f"'{text}" if reads_as_formula(text) else text
