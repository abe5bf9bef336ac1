"""Faults at single statements: the database driver is about to run one, and something goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event

from storage.books.pool import BOOKS_FILE
from storage.directory.database import DIRECTORY_FILE
from storage.plain_files import UNFINISHED_PREFIX
from storage.postgres.scopes import Scope
from tests.support import stores


class InTheMiddle(Exception):
    """What goes wrong."""


@contextmanager
def statements_run(wanted: str) -> Iterator[list[str]]:
    """The statements that write, run in files whose path holds `wanted`."""
    seen: list[str] = []
    with _before_each(lambda path, statement: seen.append(statement) if wanted in path else None):
        yield seen


@contextmanager
def failing_at(wanted: str, number: int, error: BaseException) -> Iterator[None]:
    """Let the writing statement of this number, counted from 0, raise in files whose path holds `wanted`."""
    left = number

    def fail(path: str, statement: str) -> None:
        nonlocal left
        if wanted in path:
            left -= 1
            if left == -1:
                raise error

    with _before_each(fail):
        yield


@contextmanager
def _before_each(told: Any) -> Iterator[None]:
    def before(connection: Connection, cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE", "SAVEPOINT", "RELEASE")):
            told(_path_of(connection, cursor), statement)

    event.listen(Engine, "before_cursor_execute", before)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", before)


def _path_of(connection: Connection, cursor: Any) -> str:
    """Where it is run; on a server where it would be in files: books are made there by whoever has no scope yet."""
    if not stores.is_on_server():
        (first, *_) = cursor.connection.execute("PRAGMA database_list").fetchall()
        return str(first[2])
    scope: Scope | None = connection.get_execution_options().get("counterfoil_scope")
    if scope is None:
        return UNFINISHED_PREFIX
    return f"{scope.organization_id}/{BOOKS_FILE}" if scope.organization_id else DIRECTORY_FILE
