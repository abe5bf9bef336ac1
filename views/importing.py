"""What became of the rows of an imported file, or would become of them: each as data, and in words."""

from __future__ import annotations

from invoicing.importing.tables import Problem
from invoicing.text.typed import counted
from operations.imported import Imported, ImportedRow, Outcome
from views.base import View
from views.remedies import Words, told


class ImportProblem(View):
    """Why a row is refused. `field` is ours, `column` the file's name for it; null where it is the row itself."""

    field: str | None
    column: str | None
    reason: str


class ImportRow(View):
    """A row by its number in the file. `fields` are those that change; `id` is null where there is none yet."""

    row: int
    outcome: str
    id: str | None
    name: str | None
    fields: list[str]
    problems: list[ImportProblem]


def import_row(row: ImportedRow, words: Words) -> ImportRow:
    return ImportRow(
        row=row.number,
        outcome=row.outcome.value,
        id=row.id or None,
        name=row.name or None,
        fields=list(row.fields),
        problems=[
            ImportProblem(field=one.field or None, column=one.column or None, reason=told(one, words))
            for one in row.problems
        ],
    )


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
