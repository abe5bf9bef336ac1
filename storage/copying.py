"""Taking all rows of a database of ours into an empty one, whichever the two are, and comparing them afterwards.

Rows are read and written as the tables' own types say, a page at a time, and in an order that every trigger accepts: no
guard is switched off for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from typing import Any

from sqlalchemy import Row, Select, Table, insert, select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlmodel import Session

import storage.books.approval_tables
import storage.books.assistance_tables
import storage.books.export_tables
import storage.books.former_tables
import storage.books.provenance_tables
import storage.books.recurring_tables
import storage.books.total_tables
import storage.directory.activity_tables
import storage.directory.authorization_tables
import storage.directory.followed_tables
import storage.directory.identity_tables
import storage.directory.overview_tables
import storage.directory.provider_tables  # noqa: F401  # All their tables are to be known here.
from invoicing.refusals import Conflict
from storage.books import tables
from storage.books.settings_tables import BOOKS_METADATA
from storage.directory.tables import DIRECTORY_METADATA
from storage.file_kinds import FileKind
from storage.queries.statements import table_of

PAGE_ROWS = 500
_OF_ROW = ("22", "23", "P0")
"""How SQLSTATEs of a server begin that are of data, constraints and triggers."""
Told = Callable[[str], None]
"""Told the name of each table before its rows are looked at."""


@dataclass(frozen=True, slots=True)
class Content:
    """How many rows a table has, and the digest of them all."""

    rows: int
    digest: str


class NotTheSame(Conflict):
    """What was read anew is not what was written."""


@cache
def tables_in_order(kind: FileKind) -> tuple[Table, ...]:
    """The tables, so that rows find what they refer to and no trigger refuses them.

    What a document consists of comes before its journal entry, which completes it; the sides of an entry before what
    makes that one final; the audit trail last of all.
    """
    metadata = BOOKS_METADATA if kind is FileKind.BOOKS else DIRECTORY_METADATA
    entries, sides, trail = (table_of(one) for one in (tables.JournalEntry, tables.JournalLine, tables.AuditEntry))
    after = _depending_on(entries, metadata.sorted_tables)

    def turn(table: Table) -> int:
        return (table is trail) * 8 + (table in after) * 4 + (table is entries) * 2 + (table in after - {sides})

    return tuple(sorted(metadata.sorted_tables, key=turn))


def copy_rows(kind: FileKind, source: Session, target: Session, told: Told) -> dict[str, Content]:
    """Write all rows of `source` into the empty `target`, and answer what they were, by table.

    Raises:
        Conflict: the target does not take a row.
        DBAPIError: the target, or the way to it, is at fault: whoever made it says what that is.
    """
    read = {}
    for table in tables_in_order(kind):
        told(table.name)
        add, count, digest = insert(table), 0, hashlib.sha256()
        for page in _pages(source, _rows_of(table)):
            _take_in(digest, page)
            count += len(page)
            try:
                target.connection().execute(add, [dict(row._mapping) for row in page])
            except DBAPIError as error:
                if not _is_of_row(error):
                    raise
                raise Conflict(f"The other database does not take a row of the table {table.name}.") from error
        read[table.name] = Content(count, digest.hexdigest())
    return read


def contents(kind: FileKind, session: Session, told: Told) -> dict[str, Content]:
    """What is in each table."""
    found = {}
    for table in tables_in_order(kind):
        told(table.name)
        count, digest = 0, hashlib.sha256()
        for page in _pages(session, _rows_of(table)):
            _take_in(digest, page)
            count += len(page)
        found[table.name] = Content(count, digest.hexdigest())
    return found


def check_contents(written: Mapping[str, Content], found: Mapping[str, Content]) -> None:
    """Make sure that in each table is what was written.

    Raises:
        NotTheSame: it names the first table in which something else is.
    """
    for name, content in written.items():
        if found.get(name) != content:
            raise NotTheSame(f"The rows of the table {name} are not the same at both places.")


def check_documents(source: Session, target: Session) -> int:
    """Compare the documents of both one by one, their texts and their hashes; answer how many there are.

    Raises:
        NotTheSame: it names the first that differs.
    """
    count = 0
    for one, other in zip_longest(_documents(source), _documents(target)):
        if one != other:
            number = (one or other or ("",))[0]
            raise NotTheSame(f"The document {number} is not the same at both places.")
        count += 1
    return count


def _documents(session: Session) -> Iterator[tuple[str, str, bytes]]:
    columns = table_of(tables.DocumentRow).c
    query = select(columns.number, columns.hash, columns.content).order_by(columns.position)
    for page in _pages(session, query):
        for row in page:
            yield row.number, row.hash, hashlib.sha256(row.content.encode()).digest()


def _pages(session: Session, query: Select[Any]) -> Iterable[Sequence[Row[Any]]]:
    """The rows, a page at a time: those of all would not fit into memory."""
    result = session.connection().execute(query, execution_options={"yield_per": PAGE_ROWS})
    return result.partitions()


def _rows_of(table: Table) -> Select[Any]:
    """The rows of a table in the order of its key, those that others of the same table refer to before them."""
    keys = list(table.primary_key)
    own = [] if _is_numbered(table) else [one.parent for one in table.foreign_keys if one.column.table is table]
    return select(table).order_by(*(column.is_not(None) for column in own), *keys)


def _is_of_row(error: DBAPIError) -> bool:
    """Whether a database refuses what was to be written, by its columns, constraints or triggers, and could otherwise
    go on.
    """
    state = str(getattr(error.orig, "sqlstate", None) or "")
    # A value that does not fit its column never reached the server.
    is_of_value = error.orig is not None and isinstance(error.orig.__cause__, ValueError)
    return isinstance(error, (IntegrityError, DataError)) or state[:2] in _OF_ROW or is_of_value


def _is_numbered(table: Table) -> bool:
    """Whether rows get the next number when they are written; they refer to earlier ones alone."""
    keys = list(table.primary_key)
    return len(keys) == 1 and keys[0].type.python_type is int


def _take_in(digest: Any, page: Sequence[Row[Any]]) -> None:
    digest.update("".join(f"{tuple(row)!r}\n" for row in page).encode())


def _depending_on(table: Table, among: Iterable[Table]) -> set[Table]:
    """The tables whose rows refer to that one's, be it by way of others; they are in the order of that."""
    found = {table}
    for one in among:
        if any(key.column.table in found for key in one.foreign_keys):
            found.add(one)
    return found - {table}
