"""A first look at a data folder, by what Python itself brings: what opens it properly takes longer to load than to run.

It answers whether everything looks as it should. Where it does not, opening the folder says what is wrong.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from storage.file_kinds import FileKind
from storage.plain_files import lies_plainly, write_probe

DIRECTORY_FILE = "directory.db"
_REVISIONS = Path(__file__).parents[1] / "migrations" / "directory" / "versions"


def looks_new(root: Path) -> bool:
    """Whether there is no Counterfoil data folder yet."""
    return not os.path.lexists(root / DIRECTORY_FILE)


def looks_right(root: Path, handle: str = "", user: str = "") -> bool:
    """Whether the directory is one of ours, not of a newer version, and knows an organization of this handle
    and a user of this e-mail address, if given; and whether files can be made in the folder.
    """
    path = root / DIRECTORY_FILE
    # A pipe would keep whoever opens it waiting.
    if lies_plainly(path) != "plain" or not _can_be_written(root):
        return False
    # An organization that was made a moment ago may stand in the log alone.
    return _is_right(path, handle, user, "immutable=1") or (
        path.with_name(f"{path.name}-wal").exists() and _is_right(path, handle, user, "immutable=0")
    )


def _can_be_written(root: Path) -> bool:
    try:
        return write_probe(root)
    except OSError:
        return False


def _is_right(path: Path, handle: str, user: str, how: str) -> bool:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&{how}", uri=True)) as connection:
            application_id = connection.execute("PRAGMA application_id").fetchone()[0]
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            known = all(
                not name or connection.execute(query, (name,)).fetchone() is not None
                for query, name in ((_KNOWN, handle), (_USER, user))
            )
    except sqlite3.Error:
        return False
    return known and application_id == FileKind.DIRECTORY.value and 0 < version <= _newest_version()


_KNOWN = "SELECT 1 FROM organizations WHERE handle = ?"
_USER = "SELECT 1 FROM users WHERE email = ?"


def _newest_version() -> int:
    # A revision's number is the schema version, and there is no gap between them.
    return sum(1 for _ in _REVISIONS.glob("[0-9]*_*.py"))
