"""A report as a file: one row for each of its rows, and the totals last.

A row says what it is of (`row`), its key, the currency, its figures by their names, those in the currency of the books
with `accounting_` in front, and of how many documents it is made; `is_total` tells a total from a row. What is carried
from the books to the writing is one JSON text on each line.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO, assert_never

from invoicing.exports.csv_file import COMMA, SEMICOLON, CsvForm, text_of_cell
from invoicing.exports.rows import Cell
from invoicing.exports.workbook import Sheet, new_workbook
from invoicing.exports.writing import TableFormat
from invoicing.money.amounts import money_text
from invoicing.progress import Tally
from invoicing.reports.figures import Row

_FIRST, _LAST = ("row", "key", "currency"), ("documents", "is_total")


def write_rows(file: TextIO, rows: Iterable[Row], *, accounting_currency: str, total: bool = False) -> None:
    """Carry rows; amounts are texts with the digits of their currency."""
    for row in rows:
        figures = {name: money_text(minor, row.currency) for name, minor in row.amounts.items()}
        converted = {
            f"accounting_{name}": money_text(minor, accounting_currency) for name, minor in row.accounting.items()
        }
        carried = [row.label, row.key, row.currency, figures | converted, row.documents, total]
        file.write(json.dumps(carried, ensure_ascii=False, separators=(",", ":")) + "\n")


def names_of(rows: Iterable[Row]) -> list[str]:
    """The names of all figures that the rows have, in the order in which they come."""
    found: dict[str, None] = {}
    for row in rows:
        found |= dict.fromkeys(row.amounts) | dict.fromkeys(f"accounting_{name}" for name in row.accounting)
    return list(found)


def write_report(
    progress: Tally,
    carried: Path,
    target: Path,
    file_format: TableFormat,
    head: Mapping[str, Any],
    names: Sequence[str],
) -> None:
    """Write the rows of the file `carried` to `target`. `names` are those of its figures; `head` says in JSON what the
    report is.
    """
    columns = (*_FIRST, *names, *_LAST)
    rows = _counted(_cells(carried), progress)
    match file_format:
        case TableFormat.CSV:
            write_rows_as_csv(target, columns, rows, COMMA)
        case TableFormat.CSV_SEMICOLON:
            write_rows_as_csv(target, columns, rows, SEMICOLON)
        case TableFormat.XLSX:
            with new_workbook(target) as workbook:
                sheet = Sheet(workbook, "Report", columns)
                for cells in rows:
                    sheet.append(cells)
                sheet.finish()
        case TableFormat.JSON:
            write_rows_as_json(target, head, rows)
        case _:
            assert_never(file_format)


def _cells(carried: Path) -> Iterator[dict[str, Cell]]:
    with carried.open(encoding="utf-8") as file:
        for line in file:
            label, key, currency, figures, documents, total = json.loads(line)
            amounts: dict[str, Cell] = {name: Decimal(text) for name, text in figures.items()}
            shown: dict[str, Cell] = {"row": label, "key": key, "currency": currency}
            yield shown | amounts | {"documents": Decimal(documents), "is_total": bool(total)}


def _counted(rows: Iterable[dict[str, Cell]], progress: Tally) -> Iterator[dict[str, Cell]]:
    for position, cells in enumerate(rows, start=1):
        yield cells
        progress(position)


def write_rows_as_csv(target: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Cell]], form: CsvForm) -> None:
    """Rows of cells by column, under the names of the columns."""
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=form.delimiter, lineterminator="\r\n")
        writer.writerow(columns)
        for cells in rows:
            writer.writerow([text_of_cell(cells.get(column, ""), form) for column in columns])


def write_rows_as_json(target: Path, head: Mapping[str, Any], rows: Iterable[Mapping[str, Cell]]) -> None:
    """Row by row, however many there are."""
    with target.open("w", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps({**head}, ensure_ascii=False)[:-1] + ', "rows": [')
        for index, cells in enumerate(rows):
            plain = {name: format(cell, "f") if isinstance(cell, Decimal) else cell for name, cell in cells.items()}
            file.write((",\n" if index else "\n") + json.dumps(plain, ensure_ascii=False))
        file.write("\n]}\n")
