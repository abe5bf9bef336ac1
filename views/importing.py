"""What became of the rows of an imported file, or would become of them: each as data, and in words."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum

from invoicing.importing.columns import Column, Columns
from invoicing.importing.tables import Problem
from invoicing.master_data.electronic_addresses import customer_number
from invoicing.master_data.fields import CUSTOMER_NUMBER
from invoicing.money.amounts import plain
from invoicing.remedies import Act, Remark
from invoicing.text.typed import counted, one_line
from operations.imported import Imported, ImportedRow, Outcome
from views.base import View
from views.remedies import Words, told

_IDENTIFIER = "identifier"
_MENDED_TOLD_MAX = 5


class ImportProblem(View):
    """Why a row is refused. `field` is ours, `column` the file's name for it; null where it is the row itself."""

    field: str | None
    column: str | None
    reason: str


class ImportRow(View):
    """A row by its number in the file. `fields` are those that change; `id` is null where there is none yet. `values`
    are what those fields become; of few rows, and null of the others.
    """

    row: int
    outcome: str
    id: str | None
    name: str | None
    fields: list[str]
    problems: list[ImportProblem]
    mended: list[str]
    values: dict[str, str] | None


class ImportColumn(View):
    """What a column of the file was read as. `how` says by what it is known: its heading, the program whose export it
    is, or `map`; where `field` is null, whether it is passed over or not understood. `example` is its first cell that
    holds something.
    """

    heading: str
    field: str | None
    how: str
    example: str | None


def import_columns(columns: Columns) -> list[ImportColumn]:
    """The columns that are fields, in the order of the file, and then the others."""
    known = sorted(columns.known, key=lambda one: one.index)
    read = [
        ImportColumn(heading=one.heading, field=_called(one), how=one.how.value, example=one.example or None)
        for one in known
    ]
    others = (*((one, "passed over") for one in columns.ignored), *((one, "not understood") for one in columns.unknown))
    return [*read, *(ImportColumn(heading=one, field=None, how=how, example=None) for one, how in others)]


def _called(column: Column) -> str:
    """The field as `save_customer` takes it: an identifier without a scheme is a customer number there."""
    return CUSTOMER_NUMBER if column.field == _IDENTIFIER and customer_number(column.example) else column.field


def columns_line(columns: Columns, words: Words) -> str:
    """What each column was read as, and how that is corrected, in one line."""
    known = sorted(columns.known, key=lambda one: one.index)
    read = f"Columns: {', '.join(f'{one.heading} is {_called(one)}' for one in known)}."
    return told(Remark(read, Act.CORRECT_COLUMNS), words)


def mended_line(imported: Imported) -> str:
    """What was read otherwise than it stands in the file, in one line; empty where nothing was."""
    rows = imported.mended
    if not rows:
        return ""
    told = [f"row {row.number}, {' '.join(row.mended)}" for row in rows[:_MENDED_TOLD_MAX]]
    first = " The first:" if len(rows) > _MENDED_TOLD_MAX else ""
    return f"Read otherwise than it stands there, in {counted(len(rows), 'row')}.{first} {' '.join(told)}"


def import_row(row: ImportedRow, words: Words, *, whole: bool = False) -> ImportRow:
    """The row as data; `whole` with what its fields become."""
    return ImportRow(
        row=row.number,
        outcome=row.outcome.value,
        id=row.id or None,
        name=row.name or None,
        fields=list(row_values(row)) or list(row.fields),
        mended=list(row.mended),
        values=row_values(row) if whole else None,
        problems=[
            ImportProblem(field=one.field or None, column=one.column or None, reason=told(one, words))
            for one in row.problems
        ],
    )


def row_values(row: ImportedRow) -> dict[str, str]:
    """What the fields that change become, as texts."""
    texts = {name: _text(getattr(row.after, name)) for name in row.fields} if row.after else {}
    if customer_number(texts.get(_IDENTIFIER, "")):
        texts = {CUSTOMER_NUMBER if name == _IDENTIFIER else name: text for name, text in texts.items()}
    return texts


def values_line(row: ImportedRow) -> str:
    """What the fields of a row become, in one line; empty where nothing changes."""
    told = ", ".join(f"{name} {one_line(value)}" for name, value in row_values(row).items() if name != "name")
    return f"row {row.number} in full: {told}" if told else ""


def _text(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            return plain(value)
        case Enum():
            return str(value.value)
        case _:
            return str(value)


def row_lines(row: ImportedRow, words: Words, *, written: bool) -> list[str]:
    """What became of a row: a line, or one for each reason why it is refused."""
    beginning = f"row {row.number}: "
    match row.outcome:
        case Outcome.REFUSED:
            return [f"{beginning}refused{_in_column(problem)}: {told(problem, words)}" for problem in row.problems]
        case Outcome.UNCHANGED:
            return [f"{beginning}unchanged, {row.name}"]
        case Outcome.UPDATED:
            return [f"{beginning}{_act(row, written)}, {row.name}: {', '.join(row.fields)}"]
        case Outcome.CREATED:
            return [f"{beginning}{_act(row, written)}, {row.name}"]


def summary(imported: Imported, *, dry_run: bool) -> str:
    """How many rows became what, in one line."""
    counts = imported.counts
    rows = counted(counts["rows"], "row")
    if imported.written:
        return f"Imported {rows}: {', '.join(f'{counts[outcome.value]} {outcome.value}' for outcome in Outcome)}."
    would = (
        f"of {rows} {counts['created']} would be created, {counts['updated']} updated,"
        f" {counts['unchanged']} unchanged, {counts['refused']} refused."
    )
    return f"{'This was a dry run' if dry_run else 'Nothing was imported'}: {would}"


def _in_column(problem: Problem) -> str:
    return f", column {problem.column}" if problem.column else ""


def _act(row: ImportedRow, written: bool) -> str:
    return row.outcome.value if written else f"would be {row.outcome.value}"
