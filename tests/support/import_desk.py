"""Two clients, and files that are imported into the first."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from invoicing.importing.columns import match_columns
from invoicing.importing.recognizing import read_table
from invoicing.importing.values import read_rows
from invoicing.importing.vocabulary import Kind, field_of
from operations.customers import find_customers
from operations.imported import Import, Imported
from operations.importing import import_table
from storage.books.pool import Books
from tests.support.folders import folder_of
from tests.support.practice import Practice, practice
from tests.support.raw import raw
from tests.support.twins import contents

SHA = "0" * 64


def wanted(text: str, kind: Kind = Kind.CUSTOMERS, *, update: bool = False, dry_run: bool = False) -> Import:
    table = read_table(text.encode(), known=lambda heading: bool(field_of(kind, heading)))
    columns = match_columns(kind, table, ignore_unknown=False)
    rows = read_rows(table, columns, None)
    return Import(kind, columns, rows, file_name="list.csv", sha256=SHA, update=update, dry_run=dry_run)


@dataclass(frozen=True, slots=True)
class Desk:
    """Two clients, and files that are imported into the first."""

    one: Practice
    books: Books
    other: Books

    async def load(self, text: str, kind: Kind = Kind.CUSTOMERS, **options: bool) -> Imported:
        return await import_table(self.books, wanted(text, kind, **options), progress=lambda done, total: None)

    def audit(self) -> list[tuple[Any, ...]]:
        with raw(folder_of(self.books) / "books.db") as connection:
            query = "SELECT act, subject, detail FROM audit_entries ORDER BY position"
            return [row for row in connection.execute(query) if row[0].startswith("import_")]

    def rows(self, books: Books) -> Any:
        return contents(self.one.root, books.organization.id)["books"]


@asynccontextmanager
async def import_desk(folder: Path) -> AsyncIterator[Desk]:
    async with practice(folder, client="Harbour Bakery") as one:
        bakery, other = one.first_client, await one.client("Finch Studio", "DE")
        yield Desk(one, one.books(bakery), one.books(other))


def outcomes(imported: Imported) -> list[str]:
    return [row.outcome.value for row in imported.rows]


def reasons(imported: Imported) -> list[tuple[int, str]]:
    return [(row.number, problem.field) for row in imported.rows for problem in row.problems]


async def names(books: Books) -> list[str]:
    return [one.name for one in (await find_customers(books, query="", cursor="", limit=100)).items]
