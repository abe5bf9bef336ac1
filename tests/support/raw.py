"""Database files as somebody else's program would see and change them: without our settings and guards."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import cast

from alembic import command
from alembic.config import Config
from sqlalchemy.exc import OperationalError

from storage import migrations
from storage.migrations import migrate_file
from storage.sqlite.engines import FileKind, Stamp, new_file_engine, stamp_file
from tests.support import stores

_BYTES = re.compile(r"\\\\x((?:[0-9a-f]{2})+)")


@contextmanager
def raw(path: Path) -> Iterator[sqlite3.Connection]:
    """A plain connection of the sqlite3 module; each statement is kept at once. Where books are kept on a server, what
    does the same there, whatever the file would be.
    """
    if stores.is_on_server():
        with closing(stores.raw_server(path)) as connected:
            yield cast("sqlite3.Connection", connected)
        return
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


def raw_value(path: Path, query: str) -> object:
    """The first column of the first row that a query answers."""
    with raw(path) as connection:
        row = connection.execute(query).fetchone()
    return None if row is None else row[0]


def all_rows(path: Path) -> list[str]:
    """Each row of each table, in one line after the name of its table."""
    with raw(path) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        names = [name for (name,) in tables.fetchall()]
        return [f"{name} {row}" for name in names for row in connection.execute(f'SELECT * FROM "{name}"').fetchall()]  # noqa: S608  # Names of ours.


def kept_at(path: Path) -> bytes:
    """All that is kept there, as it is found by whoever looks past the program: the file and what lies beside it, or
    the rows on a server.
    """
    if not stores.is_on_server():
        return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))
    with raw(path) as connection:
        kept = "\n".join(connection.iterdump())
    return kept.encode() + b"".join(bytes.fromhex(one) for one in _BYTES.findall(kept))


def take_away(path: Path) -> None:
    """Let books be lost, as by somebody who moves them elsewhere."""
    if not stores.is_on_server():
        path.rename(path.with_suffix(".away"))
        return
    with raw(path) as connection:
        (schema,) = connection.execute("SELECT current_schema()::text").fetchone()
        connection.execute(f'ALTER SCHEMA "{schema}" RENAME TO "away_{schema}"')


def days_after(day: str, days: str) -> str:
    """In SQL, the day that is so many days after another."""
    return f"{day} + ({days})" if stores.is_on_server() else f"date({day}, '+' || ({days}) || ' days')"


def minutes_after(moment: str, minutes: str) -> str:
    """So many minutes after a moment, or less than 0 before it, both as SQL, to the second."""
    if stores.is_on_server():
        return f"date_trunc('second', {moment}) + ({minutes}) * interval '1 minute'"
    return f"datetime({moment}, ({minutes}) || ' minutes') || '.000000'"


def older_books(path: Path, organization_id: str) -> None:
    """Make books as an earlier version left them: at the first revision, stamped and owned.

    The second revision is kept from being applied by a table that stands in its way.
    """
    path.unlink(missing_ok=True)
    with raw(path) as connection:
        connection.execute("CREATE TABLE journal_lines (obstacle)")
    try:
        migrate_file(path, FileKind.BOOKS)
    except OperationalError:
        pass
    else:
        raise AssertionError("the second revision found nothing in its way")
    with raw(path) as connection:
        connection.execute("DROP TABLE journal_lines")
        connection.execute(
            "INSERT INTO identity (id, organization_id, stamped_at) VALUES (1, ?, '2026-01-01 00:00:00')",
            (organization_id,),
        )
    stamp_file(path, Stamp(FileKind.BOOKS, 1))


def damage_page_of(path: Path, name: str) -> None:
    """Overwrite the first page of a table or index, as a failing disk would."""
    with raw(path) as connection:
        page_bytes = connection.execute("PRAGMA page_size").fetchone()[0]
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    with path.open("rb+") as stream:
        stream.seek((page - 1) * page_bytes)
        stream.write(b"\xa5" * page_bytes)


@contextmanager
def past_triggers(path: Path) -> Iterator[sqlite3.Connection]:
    """A plain connection that no trigger stops; at the end they are all there again, as if nothing had been."""
    if stores.is_on_server():
        with closing(stores.raw_server(path)) as connected:
            connected.past_triggers()
            yield cast("sqlite3.Connection", connected)
        return
    with raw(path) as connection:
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
        triggers = connection.execute(query).fetchall()
        for name, _ in triggers:
            connection.execute(f'DROP TRIGGER "{name}"')
        yield connection
        for _, text in triggers:
            connection.execute(text)


def keep_copy(path: Path, copy: Path) -> None:
    """Keep what a database has now: a file as another one, a schema beside it."""
    if stores.is_on_server():
        with closing(stores.raw_server(path)) as connected:
            connected.keep()
    else:
        shutil.copyfile(path, copy)


def put_back(copy: Path, path: Path) -> None:
    """Let the database have what was kept, as somebody does who finds an old copy."""
    if stores.is_on_server():
        with closing(stores.raw_server(path)) as connected:
            connected.put_back()
        return
    for one in path.parent.glob(f"{path.name}*"):
        one.unlink()
    shutil.copyfile(copy, path)


def older_directory(path: Path, revision: str) -> None:
    """Make a directory as the version left it whose last revision this was."""
    older_file(path, FileKind.DIRECTORY, revision)


def older_file(path: Path, kind: FileKind, revision: str) -> None:
    """Make an empty file as the version left it whose last revision this was."""
    engine = new_file_engine(path)
    try:
        with engine.connect() as connection:
            config = Config()
            config.set_main_option("script_location", str(Path(migrations.__file__).parent / kind.name.lower()))
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
    finally:
        engine.dispose()
    stamp_file(path, Stamp(kind, int(revision)))
