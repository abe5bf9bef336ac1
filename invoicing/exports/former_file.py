"""Documents of a former system as a file: a row for each, and one for each of what settled it here.

- row: `document` or `payment`; number, kind, customer, customer_id, issue_date, due_date, currency: of the document.
- total, opening_day, open_then, open: of a document, what it came to, and what was open of it on the opening day and is
  now. Those of a credit note are less than zero, so that they can be added up.
- exchange_rate: what one unit of the currency was worth in that of the books on the opening day; note: what else was
  said of it.
- payment_kind, paid_on, amount, reverses, method, reference, debit_account, credit_account: of a payment. The amount is
  what it takes off what is open; less than zero where it puts it to it again. So open_then less all amounts is open.
- id: of the document or the payment; hash: of the document.

What is carried from the books to the writing is one JSON text on each line: the names and values of a row.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO, assert_never

from invoicing.exports.csv_file import COMMA, SEMICOLON
from invoicing.exports.report_file import write_rows_as_csv, write_rows_as_json
from invoicing.exports.rows import Cell
from invoicing.exports.workbook import Sheet, new_workbook
from invoicing.exports.writing import TableFormat
from invoicing.money.amounts import money_text, plain
from invoicing.progress import Tally

OF_DOCUMENT = "row number kind customer customer_id issue_date due_date currency".split()
COLUMNS = (
    *OF_DOCUMENT,
    *"total opening_day open_then open exchange_rate note".split(),
    *"payment_kind paid_on amount reverses method reference debit_account credit_account id hash".split(),
)
_AMOUNTS = frozenset({"total", "open_then", "open", "amount", "exchange_rate"})
_DAYS = frozenset({"issue_date", "due_date", "opening_day", "paid_on"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerRow:
    """A document of a former system; amounts in minor units of `currency`, those of a credit note less than zero."""

    number: str
    kind: str
    customer: str
    customer_id: str
    issue_date: date
    due_date: date
    currency: str
    total_minor: int
    opening_day: date
    open_then_minor: int
    open_minor: int
    exchange_rate: Decimal | None
    note: str
    id: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerPaymentRow:
    """What settled one; `amount_minor` is what it takes off what is open."""

    payment_kind: str
    paid_on: date
    amount_minor: int
    reverses: str
    method: str
    reference: str
    debit_account: str
    credit_account: str
    id: str


def carry_former(file: TextIO, document: FormerRow, payments: Iterable[FormerPaymentRow]) -> None:
    """Write a document, and what settled it, to the file from which they are written out."""
    currency = document.currency
    shared = {name: str(getattr(document, name)) for name in OF_DOCUMENT if name != "row"}
    rate = {"exchange_rate": plain(document.exchange_rate)} if document.exchange_rate is not None else {}
    _write(
        file,
        {"row": "document"}
        | shared
        | {"total": money_text(document.total_minor, currency), "opening_day": str(document.opening_day)}
        | {"open_then": money_text(document.open_then_minor, currency)}
        | {"open": money_text(document.open_minor, currency), "note": document.note}
        | rate
        | {"id": document.id, "hash": document.hash},
    )
    for payment in payments:
        of_payment = "payment_kind paid_on reverses method reference debit_account credit_account id".split()
        said = {name: str(getattr(payment, name)) for name in of_payment}
        amount = {"amount": money_text(payment.amount_minor, currency)}
        _write(file, {"row": "payment"} | shared | said | amount)


def write_former(
    progress: Tally, carried: Path, target: Path, file_format: TableFormat, head: Mapping[str, Any]
) -> None:
    """Write the rows of the file `carried` to `target`; `head` says in JSON whose they are."""
    rows = _cells(carried, progress)
    match file_format:
        case TableFormat.CSV:
            write_rows_as_csv(target, COLUMNS, rows, COMMA)
        case TableFormat.CSV_SEMICOLON:
            write_rows_as_csv(target, COLUMNS, rows, SEMICOLON)
        case TableFormat.XLSX:
            with new_workbook(target) as workbook:
                sheet = Sheet(workbook, "Former documents", COLUMNS)
                for cells in rows:
                    sheet.append(cells)
                sheet.finish()
        case TableFormat.JSON:
            write_rows_as_json(target, head, ({name: _plain(one) for name, one in row.items()} for row in rows))
        case _:
            assert_never(file_format)


def _plain(cell: Cell) -> Cell:
    return cell.isoformat() if isinstance(cell, date) else cell


def _write(file: TextIO, row: Mapping[str, str]) -> None:
    file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")


def _cells(carried: Path, progress: Tally) -> Iterator[dict[str, Cell]]:
    done = 0
    with carried.open(encoding="utf-8") as file:
        for line in file:
            row: dict[str, str] = json.loads(line)
            yield {name: _cell(name, text) for name, text in row.items()}
            done += row["row"] == "document"
            progress(done)


def _cell(name: str, text: str) -> Cell:
    if name in _AMOUNTS and text:
        return Decimal(text)
    return date.fromisoformat(text) if name in _DAYS and text else text
