"""What is imported from a table, and what becomes of each of its rows: the same for everything that a row can be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from invoicing.importing.columns import Columns
from invoicing.importing.tables import Problem
from invoicing.importing.values import ReadRow
from invoicing.importing.vocabulary import Kind
from invoicing.master_data.records import Customer, Item
from invoicing.remedies import Remark


class Outcome(Enum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """What became of a row, or would. `fields` are those that change; `id` is empty where there is none yet. `mended`
    says what was read otherwise than it stands in the file; `after` is what the row makes of a customer or an item.
    """

    number: int
    outcome: Outcome
    id: str = ""
    name: str = ""
    fields: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    mended: tuple[str, ...] = ()
    after: Customer | Item | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """`written` is false in a dry run, and where a row was refused: then nothing was kept. `notes` are what
    the rows come to together.
    """

    rows: tuple[ImportedRow, ...]
    written: bool
    notes: tuple[Remark, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(row.outcome for row in self.rows)
        return {"rows": len(self.rows)} | {outcome.value: found[outcome] for outcome in Outcome}

    @property
    def mended(self) -> tuple[ImportedRow, ...]:
        """The rows of which something was read otherwise than it stands in the file."""
        return tuple(row for row in self.rows if row.mended)


@dataclass(frozen=True, slots=True)
class Import:
    """What is imported. The audit trail keeps `file_name` and `sha256`.

    With `update` a row also changes what it finds by its name or stock number, not only by its id. `opening_day` and
    `opening_account` are of documents of a former system.
    """

    kind: Kind
    columns: Columns
    rows: Sequence[ReadRow]
    file_name: str
    sha256: str
    update: bool = False
    dry_run: bool = False
    opening_day: date | None = None
    opening_account: str = ""
