"""DDL that each database says in its own way: triggers and views. A second database is added here."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Connection


def forbid_changes(table: str, *keys: str) -> None:
    """Make the database refuse UPDATE and DELETE on a table, and INSERT over a row that has one of the `keys`.

    INSERT OR REPLACE deletes the old row without firing delete triggers, hence the third trigger. A key is a
    column, or several separated by commas.
    """
    _require_sqlite()
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{table}: rows never change'); END"
        )
    matches = (" AND ".join(f"{column} = NEW.{column}" for column in key.split(",")) for key in keys)
    op.execute(
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}"
        f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {' OR '.join(f'({match})' for match in matches)})"
        f" BEGIN SELECT RAISE(ABORT, '{table}: rows never change'); END"
    )


def allow_changes(table: str) -> None:
    """Take back `forbid_changes`, for a revision that fills columns; it forbids them again at its end."""
    _require_sqlite()
    for name in ("update", "delete", "replace"):
        op.execute(f"DROP TRIGGER {table}_no_{name}")


def allow_insert(table: str, *, name: str) -> None:
    """Take back `refuse_insert`."""
    _require_sqlite()
    op.execute(f"DROP TRIGGER {table}_{name}")


def refuse_insert(table: str, *, name: str, when: str, because: str) -> None:
    """Make the database refuse an INSERT for which the condition `when` (on NEW) holds."""
    _require_sqlite()
    op.execute(
        f"CREATE TRIGGER {table}_{name} BEFORE INSERT ON {table} WHEN {when}"
        f" BEGIN SELECT RAISE(ABORT, '{table}: {because}'); END"
    )


def create_view(name: str, select: str) -> None:
    op.execute(f"CREATE VIEW {name} AS {select}")


def state_version(connection: Connection, revision: str) -> None:
    """Make the database itself state the revision that was just applied, in the same transaction.

    Stated only at the end, an interrupted migration to a newer schema could pass for the older one.
    """
    _require_sqlite(connection.dialect.name)
    connection.exec_driver_sql(f"PRAGMA user_version = {int(revision)}")


def _require_sqlite(dialect: str = "") -> None:
    dialect = dialect or op.get_context().dialect.name
    if dialect != "sqlite":
        raise RuntimeError(f"no triggers are written for {dialect} yet")
