"""DDL that each database says in its own way: triggers and views."""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import Connection, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import Column

_SQLITE = "sqlite"
_CHANGES = ("update", "delete", "truncate")


@compiles(String, "postgresql")
def _bytewise(kind: String, compiler: Any, **given: Any) -> str:
    """Columns of text are compared byte by byte, as in SQLite: the order of a list hangs on no server's locale."""
    said: str = compiler.visit_VARCHAR(kind, **given)
    return f'{said} COLLATE "C"' if isinstance(given.get("type_expression"), Column) else said


def forbid_changes(table: str, *keys: str) -> None:
    """Make the database refuse UPDATE and DELETE on a table, and INSERT over a row that has one of the `keys`.

    A key is a column, or several separated by commas.
    """
    said = f"{table}: rows never change"
    if not _is_sqlite():
        # Inserting over a row is an update there, and a table can be emptied at once.
        for act in _CHANGES:
            each = "STATEMENT" if act == "truncate" else "ROW"
            _refuse(f"{table}_no_{act}", f"BEFORE {act.upper()} ON {table} FOR EACH {each}", said=said)
        return
    for act in _CHANGES[:2]:
        op.execute(f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} BEGIN {_abort(said)}; END")
    # INSERT OR REPLACE deletes the old row without firing delete triggers.
    matches = (" AND ".join(f"{column} = NEW.{column}" for column in key.split(",")) for key in keys)
    op.execute(
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}"
        f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {' OR '.join(f'({match})' for match in matches)})"
        f" BEGIN {_abort(said)}; END"
    )


def allow_changes(table: str) -> None:
    """Take back `forbid_changes`, for a revision that fills columns; it forbids them again at its end."""
    for name in ("update", "delete", "replace") if _is_sqlite() else _CHANGES:
        _drop(table, f"{table}_no_{name}")


def allow_insert(table: str, *, name: str) -> None:
    """Take back `refuse_insert`."""
    _drop(table, f"{table}_{name}")


def refuse_insert(table: str, *, name: str, when: str, because: str, on_postgresql: str = "") -> None:
    """Make the database refuse an INSERT for which the condition `when` (on NEW) holds.

    `on_postgresql` is the condition where it is said otherwise there.
    """
    trigger, said = f"{table}_{name}", f"{table}: {because}"
    if _is_sqlite():
        op.execute(f"CREATE TRIGGER {trigger} BEFORE INSERT ON {table} WHEN {when} BEGIN {_abort(said)}; END")
    else:
        _refuse(trigger, f"BEFORE INSERT ON {table} FOR EACH ROW", said=said, when=on_postgresql or when)


def add_reference(table: str, column: str, to: str) -> None:
    """Add a column of text that refers to a column of another table, and says nothing in the rows that are there."""
    # What is compared in another way than what it refers to is looked up in no index.
    kind = "VARCHAR" if _is_sqlite() else 'VARCHAR COLLATE "C"'
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind} NULL REFERENCES {to}")


def create_view(name: str, select: str, *, on_postgresql: str = "") -> None:
    """Make a view; `on_postgresql` where the query is said otherwise there."""
    op.execute(f"CREATE VIEW {name} AS {select if _is_sqlite() or not on_postgresql else on_postgresql}")


def state_version(connection: Connection, revision: str) -> None:
    """Make the database itself state the revision that was just applied, in the same transaction.

    Stated only at the end, an interrupted migration to a newer schema could pass for the older one. PostgreSQL states
    what alembic keeps: it is in that transaction too.
    """
    if connection.dialect.name == _SQLITE:
        connection.exec_driver_sql(f"PRAGMA user_version = {int(revision)}")


def _is_sqlite() -> bool:
    return op.get_context().dialect.name == _SQLITE


def _abort(said: str) -> str:
    return f"SELECT RAISE(ABORT, '{said}')"


def _refuse(trigger: str, event: str, *, said: str, when: str = "true") -> None:
    """A function of the trigger's name, which refuses as a broken constraint, and the trigger that calls it."""
    op.execute(
        f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF ({when}) THEN"
        f" RAISE EXCEPTION USING MESSAGE = '{said}', ERRCODE = 'integrity_constraint_violation';"
        " END IF; RETURN NEW; END $$"
    )
    op.execute(f"CREATE TRIGGER {trigger} {event} EXECUTE FUNCTION {trigger}()")


def _drop(table: str, trigger: str) -> None:
    if _is_sqlite():
        op.execute(f"DROP TRIGGER {trigger}")
    else:
        op.execute(f"DROP TRIGGER {trigger} ON {table}")
        op.execute(f"DROP FUNCTION {trigger}()")
