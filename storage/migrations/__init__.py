"""Schema migrations by alembic: one line of revisions for the directory, one for books.

Revisions are numbered 0001, 0002, ...; the number is also the file's `user_version`. What differs between
databases (triggers, views) is in `dialects.py` alone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage.sqlite.engines import FileKind, Stamp, new_file_engine, stamp_file

_FOLDER = Path(__file__).parent
# Alembic keeps the migration that is under way in variables of its modules: two threads would mix their connections.
_ONE_AT_A_TIME = threading.Lock()


def head_stamp(kind: FileKind, organization_id: str = "") -> Stamp:
    """The stamp of a file that is migrated to the newest revision."""
    return Stamp(kind=kind, schema_version=_head(kind), organization_id=organization_id)


def migrate_file(path: Path, kind: FileKind) -> None:
    """Bring the file at `path` (made where there is none) to the newest revision, and stamp it.

    Each revision is one transaction: an interrupted migration goes on where it was.
    """
    engine = new_file_engine(path)
    try:
        with one_at_a_time(), engine.connect() as connection:
            command.upgrade(migrations_of(kind, connection), "head")
    finally:
        engine.dispose()
    stamp_file(path, head_stamp(kind))


def one_at_a_time() -> AbstractContextManager[object]:
    """Held while migrating, whatever the database."""
    return _ONE_AT_A_TIME


def migrations_of(
    kind: FileKind, connection: Connection, at_head: Callable[[Connection], None] | None = None
) -> Config:
    """What alembic is given to migrate a database of this kind, on this connection; `at_head` is done in the
    transaction of the newest revision.
    """
    config = _config(kind)
    config.attributes |= {"connection": connection, "at_head": at_head}
    return config


def _config(kind: FileKind) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER / kind.name.lower()).replace("%", "%%"))
    return config


@cache
def _head(kind: FileKind) -> int:
    head = ScriptDirectory.from_config(_config(kind)).get_current_head()
    if head is None:
        raise RuntimeError(f"there are no revisions for {kind.name}")
    return int(head)
