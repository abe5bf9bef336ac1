"""A file that is to be imported, as a page shows it: what each column is, and what becomes of each row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from invoicing.importing.columns import Columns
from invoicing.importing.tables import shown
from invoicing.importing.vocabulary import Kind, field_of
from operations.import_files import GlancedColumn
from operations.imported import ImportedRow, Outcome
from views.base import View
from views.importing import row_values
from views.remedies import on_page, told

_VALUES_SHOWN = 8
_LINE_MAX = 300


class ShownColumn(View):
    """A column of the file: `field` is what it is read as, empty where it is left out."""

    index: int
    heading: str
    samples: list[str]
    field: str


class ShownRow(View):
    """A row by its number in the file: what becomes of it, and what is to be said of that."""

    number: int
    outcome: str
    name: str
    said: list[str]


def shown_columns(
    kind: Kind, glanced: Iterable[GlancedColumn], columns: Columns | None, chosen: Mapping[str, str]
) -> list[ShownColumn]:
    """The columns with what they are read as; where they could not be read, with what was chosen or is likely."""
    known = {one.index: one.field for one in columns.known} if columns else {}
    return [
        ShownColumn(
            index=index,
            heading=shown(one.heading),
            samples=list(one.samples),
            field=known.get(index, "") if columns else chosen.get(one.heading.strip(), field_of(kind, one.heading)),
        )
        for index, one in enumerate(glanced)
    ]


def mapped_anew(
    before: Iterable[ShownColumn],
    glanced: Iterable[GlancedColumn],
    said: Mapping[int, str],
    chosen: Mapping[str, str],
) -> dict[str, str]:
    """Which field each heading is by choice, after somebody has said of columns what they are: what was recognised, and
    left so, is no choice.
    """
    found = dict(chosen)
    for column, one in zip(before, glanced, strict=True):
        field = said.get(column.index, column.field)
        if field != column.field:
            found[one.heading.strip()] = field
    return found


def shown_import_row(row: ImportedRow) -> ShownRow:
    match row.outcome:
        case Outcome.REFUSED:
            said = [f"{f'{one.column}: ' if one.column else ''}{told(one, on_page)}" for one in row.problems]
        case Outcome.UNCHANGED:
            said = []
        case Outcome.CREATED | Outcome.UPDATED:
            values = [f"{name}: {value}" for name, value in row_values(row).items() if name != "name" and value]
            said = values[:_VALUES_SHOWN] or list(row.fields)
    return ShownRow(
        number=row.number,
        outcome=row.outcome.value,
        name=row.name,
        said=[_line(one) for one in (*said, *row.mended)],
    )


def _line(text: str) -> str:
    """A text of a row in one line of some length."""
    line = " ".join(text.split())
    return line if len(line) <= _LINE_MAX else f"{line[: _LINE_MAX - 1]}…"
