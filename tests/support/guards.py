"""What stands in a database's own catalog: which tables it lets nobody delete from, and which keys it keeps unique."""

from __future__ import annotations

import sqlite3

from tests.support import stores

_TRIGGERS = "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%BEFORE DELETE%'"
_TRIGGERS_OF_SERVER = (
    "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
    " WHERE c.relnamespace = current_schema()::regnamespace AND t.tgenabled = 'O' AND t.tgname = c.relname || '_no_{}'"
)
_KEYS_OF_SERVER = (
    "SELECT string_agg(a.attname, ',' ORDER BY k.place) FROM pg_index i"
    " CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (number, place)"
    " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number"
    " WHERE i.indisunique AND i.indrelid = '{}'::regclass GROUP BY i.indexrelid"
)


def undeletable(connection: sqlite3.Connection) -> set[str]:
    """The tables that a trigger guards against every deletion."""
    if not stores.is_on_server():
        return {table for (table,) in connection.execute(_TRIGGERS).fetchall()}
    # There a table can be emptied at once too.
    each = (connection.execute(_TRIGGERS_OF_SERVER.format(act)).fetchall() for act in ("delete", "truncate"))
    return set.intersection(*({table for (table,) in found} for found in each))


def unique_keys(connection: sqlite3.Connection, table: str) -> set[tuple[str, ...]]:
    """The columns of each index of the table that keeps its rows apart."""
    if stores.is_on_server():
        found = connection.execute(_KEYS_OF_SERVER.format(table)).fetchall()
        return {tuple(columns.split(",")) for (columns,) in found}
    indexes = [row[1] for row in connection.execute(f"PRAGMA index_list({table})").fetchall() if row[2]]
    each = (connection.execute(f"PRAGMA index_info('{index}')").fetchall() for index in indexes)
    return {tuple(column[2] for column in columns) for columns in each}
