"""Rows of sums at the end of a list: a word such as "Total", amounts, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from invoicing.document.documents import DocumentKind
from invoicing.importing.columns import Columns
from invoicing.importing.tables import Row, Table, is_blank, shown, text_of
from invoicing.importing.values import MONEY, ReadRow
from invoicing.importing.vocabulary import document_kind_of, is_word_of_total
from invoicing.money.amounts import plain
from invoicing.remedies import Remark

_CLOSING_MAX = 10
"""Sums in several currencies, and those of them all."""


def split_closing(table: Table, columns: Columns) -> tuple[Table, tuple[Row, ...]]:
    """The table without the rows of sums at its end, and these; one row stays whatever it is."""
    end = len(table.rows)
    while end > 1 and len(table.rows) - end < _CLOSING_MAX and _is_of_sums(table.rows[end - 1], columns):
        end -= 1
    return replace(table, rows=table.rows[:end]), table.rows[end:]


def _is_of_sums(row: Row, columns: Columns) -> bool:
    of_money = {one.index for one in columns.known if one.field in MONEY}
    said = [index for index, cell in enumerate(row.cells) if not is_blank(cell)]
    words = [index for index in said if is_word_of_total(_without_currency(text_of(row, index)))]
    others = {one.index for one in columns.known if one.field == "currency"} | of_money
    return bool(words) and all(index in others for index in said if index not in words)


def _without_currency(text: str) -> str:
    beginning, _, last = text.rstrip(" :").rpartition(" ")
    return beginning if len(last) == 3 and last.isalpha() and last.isupper() and beginning else text


def closing_remarks(
    closing: Sequence[Row], rows: Sequence[ReadRow], read: Callable[[], Sequence[ReadRow]]
) -> Iterator[Remark]:
    """What is said of the rows of sums; `read` reads them, which is worth it where a single one can be compared."""
    if not closing:
        return
    which = f"Row {closing[0].number} is" if len(closing) == 1 else f"{len(closing)} rows are"
    told = "; ".join(" ".join(_texts(row)) for row in closing)
    yield Remark(f"{which} below the table, passed over: {shown(told)}.")
    if len(closing) > 1 or any(row.problems for row in rows) or len(_currencies(rows)) > 1:
        return
    for field in MONEY:
        stated = read()[0].values.get(field)
        if not isinstance(stated, Decimal):
            continue
        if stated not in (sums := _sums(rows, field)):
            yield Remark(
                f"Row {closing[0].number} has {plain(stated)} as the sum of {field}, and the rows above it come to"
                f" {plain(sums[0])}: look whether rows are missing."
            )


def _texts(row: Row) -> list[str]:
    return [text for index in range(len(row.cells)) if (text := text_of(row, index))]


def _currencies(rows: Sequence[ReadRow]) -> set[str]:
    return {str(row.values.get("currency", "")).strip().upper() for row in rows}


def _sums(rows: Sequence[ReadRow], field: str) -> list[Decimal]:
    """What a column can come to: a list takes credit notes off or not, and has a document once or once a line."""
    once = list({(str(row.values.get("number")), str(row.values.get("kind"))): row for row in rows}.values())
    found = []
    for chosen in (rows, once):
        found.append(sum((_amount(row.values, field) for row in chosen), Decimal(0)))
        found.append(sum((_signed(row.values, field) for row in chosen), Decimal(0)))
    return found


def _amount(values: Mapping[str, Any], field: str) -> Decimal:
    amount = values.get(field)
    return amount if isinstance(amount, Decimal) else Decimal(0)


def _signed(values: Mapping[str, Any], field: str) -> Decimal:
    is_note = document_kind_of(str(values.get("kind", ""))) == DocumentKind.CREDIT_NOTE.value
    return -abs(_amount(values, field)) if is_note else _amount(values, field)
