"""Schemas of a server as somebody else's program would see and change them: past our roles and guards, and answering as
the file of the same books would.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
import threading
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

from storage.directory.database import DIRECTORY_FILE
from storage.postgres.scopes import books_scope, directory_scope

T = TypeVar("T")

_CHANGE = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
_OTHER_MARK = (
    "INSERT INTO change_marks (id, mark) VALUES (1, (random() * 1e18)::bigint)"
    " ON CONFLICT (id) DO UPDATE SET mark = excluded.mark"
)
_DROP_TRIGGER = re.compile(r'DROP TRIGGER (?:IF EXISTS )?"?(\w+)"?', re.I)
_NAMED = re.compile(r"(?<![:\w]):(\w+)")
_COLUMNS_OF = re.compile(r'PRAGMA table_info\("?(\w+)"?\)')
_ANSWERED_OTHERWISE = {
    "PRAGMA foreign_keys = OFF": "SET session_replication_role = replica",
    "PRAGMA user_version": "SELECT CAST(version_num AS int) FROM alembic_version",
    "SELECT name FROM sqlite_master WHERE type = 'table'": (
        "SELECT relname::text FROM pg_class"
        " WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace ORDER BY relname"
    ),
    "SELECT name FROM sqlite_master WHERE type = 'trigger'": (
        "SELECT t.tgname::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace ORDER BY t.tgname"
    ),
}
# The place of a column, its name, type, whether it must be there, what it is by default, and its place in the key.
_COLUMNS = (
    "SELECT a.attnum - 1, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull::int, NULL,"
    " coalesce(array_position(i.indkey::int[], a.attnum::int) + 1, 0)"
    " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
    " LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary"
    " WHERE c.relname = '{}' AND c.relnamespace = current_schema()::regnamespace"
    " AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"
)
_STATE_VERSION = re.compile(r"PRAGMA user_version = (\d+)")
_TABLE_OF = (
    "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
    " WHERE t.tgname = '{}' AND c.relnamespace = current_schema()::regnamespace"
)


class Answered:
    """What a statement answered: its rows, as tuples, and how many it changed."""

    def __init__(self, names: Sequence[str], rows: Sequence[tuple[Any, ...]], rowcount: int) -> None:
        self.description = [(name,) for name in names]
        self._rows = list(rows)
        self.rowcount = rowcount

    def fetchone(self) -> tuple[Any, ...] | None:
        return self._rows.pop(0) if self._rows else None

    def fetchall(self) -> list[tuple[Any, ...]]:
        rows, self._rows = self._rows, []
        return rows

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self.fetchall())


class RawServer:
    """A connection of the superuser, which looks into one schema; each statement is kept at once."""

    def __init__(self, folder: Path, database: str, path: Path) -> None:
        of_directory = path.name == DIRECTORY_FILE
        scope = directory_scope() if of_directory else books_scope(path.parent.name)
        self._lock = scope.lock
        self._connection = _awaited(_connected(folder, database, scope.schema))

    def execute(self, statement: str, values: Sequence[object] | Mapping[str, object] = ()) -> Answered:
        """As sqlite3 does, with `?` or `:name` for values, and its error where a constraint or a trigger refuses."""
        if dropped := _DROP_TRIGGER.fullmatch(statement.strip()):
            (table,) = self.execute(_TABLE_OF.format(dropped[1])).fetchone() or ("",)
            statement = f'DROP TRIGGER "{dropped[1]}" ON {table}'
        if asked := _COLUMNS_OF.fullmatch(statement):
            statement = _COLUMNS.format(asked[1])
        if statement == "BEGIN IMMEDIATE":
            self.execute("BEGIN")
            statement = f"SELECT pg_advisory_xact_lock({self._lock})"
        statement = _ANSWERED_OTHERWISE.get(statement, statement)
        if stated := _STATE_VERSION.fullmatch(statement):
            statement = f"UPDATE alembic_version SET version_num = '{int(stated[1]):04}'"  # noqa: S608
        said = _with_named(statement, values) if isinstance(values, Mapping) else _with_values(statement, values)
        try:
            answered = _awaited(_executed(self._connection, said))
            if _CHANGE.match(statement):
                # What is changed by hand is to be seen at once, as it is in a file.
                _awaited(self._connection.execute(_OTHER_MARK))
            return answered
        except asyncpg.IntegrityConstraintViolationError as error:
            raise sqlite3.IntegrityError(str(error)) from error

    def executemany(self, statement: str, many: Sequence[Sequence[object]]) -> None:
        for values in many:
            self.execute(statement, values)

    def executescript(self, script: str) -> None:
        _awaited(self._connection.execute(script))

    def iterdump(self) -> Iterator[str]:
        """All rows of all tables, as text."""
        for (table,) in self.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
            for (row,) in self.execute(f'SELECT CAST(one AS text) FROM "{table}" one'):  # noqa: S608  # Our own names.
                yield f"{table} {row}"

    def past_triggers(self) -> None:
        """From now on no trigger, and no reference between tables, stops anything."""
        self.execute("SET session_replication_role = replica")

    def keep(self) -> None:
        """Remember all rows of the schema as they are now."""
        kept = self._kept()
        self.execute(f'CREATE SCHEMA "{kept}"')
        for table in self._tables():
            self.execute(f'CREATE TABLE "{kept}".{table} AS TABLE {table}')

    def put_back(self) -> None:
        """Let the rows be those that were kept."""
        kept = self._kept()
        self.past_triggers()
        for table in self._tables():
            self.execute(f"DELETE FROM {table}")  # noqa: S608 - Our own names.
            self.execute(f'INSERT INTO {table} TABLE "{kept}".{table}')

    def _kept(self) -> str:
        (schema,) = self.execute("SELECT 'kept of ' || current_schema()").fetchone() or ("",)
        return str(schema)

    def _tables(self) -> list[str]:
        found = self.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        return [table for (table,) in found]

    def become(self, role: str) -> None:
        """From now on this may do what that role may."""
        self.execute(f'SET ROLE "{role}"')

    def close(self) -> None:
        _awaited(self._connection.close())


async def _connected(folder: Path, database: str, schema: str) -> Any:
    settings = {"search_path": schema, "timezone": "UTC"}
    connection = await asyncpg.connect(host=str(folder), user="postgres", database=database, server_settings=settings)
    for name, decoder in (("date", str), ("timestamptz", _moment), ("bool", "t".__eq__), ("numeric", int)):
        await connection.set_type_codec(name, schema="pg_catalog", encoder=str, decoder=decoder, format="text")
    return connection


def _moment(text: str) -> str:
    return datetime.fromisoformat(text).replace(tzinfo=None).isoformat(" ", "microseconds")


async def _executed(connection: Any, statement: str) -> Answered:
    prepared = await connection.prepare(statement)
    rows = [tuple(row) for row in await prepared.fetch()]
    said = prepared.get_statusmsg().rpartition(" ")[2]
    names = [one.name for one in prepared.get_attributes()]
    return Answered(names, rows, int(said) if said.isdigit() else -1)


def _with_values(statement: str, values: Sequence[object]) -> str:
    pieces = statement.split("?")
    assert len(pieces) == len(values) + 1
    return pieces[0] + "".join(_literal(value) + piece for value, piece in zip(values, pieces[1:], strict=True))


def _with_named(statement: str, values: Mapping[str, object]) -> str:
    return _NAMED.sub(lambda found: _literal(values[found[1]]), statement)


def _literal(value: object) -> str:
    match value:
        case None:
            return "NULL"
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | Decimal():
            return str(value)
        case bytes():
            return f"'\\x{value.hex()}'::bytea"
        case datetime() | date() | str():
            return "'" + str(value).replace("'", "''") + "'"
    raise TypeError(type(value).__name__)


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """An event loop in a thread: the test's own stands still meanwhile."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="raw-server", daemon=True).start()
    return loop


def _awaited(act: Coroutine[Any, Any, T]) -> T:
    return asyncio.run_coroutine_threadsafe(act, _loop()).result(60)
