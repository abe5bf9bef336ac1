"""Where the databases of a data folder are: in it, or on a server, which the folder then names.

Who forgets to name the server would otherwise begin a new, empty installation beside the true one, and who names one
for a folder that has its own books would leave these behind.
"""

from __future__ import annotations

import os
from pathlib import Path

from invoicing.refusals import Conflict
from storage.directory.database import DIRECTORY_FILE
from storage.sqlite.faults import faults_told

SERVER_FILE = "database-server"
"""Names the server's database, without a password."""


def check_home(root: Path, server: str) -> None:
    """Make sure that the databases of the folder are on `server`, or in the folder where that is empty.

    Raises:
        Conflict: they are somewhere else.
    """
    if server and os.path.lexists(root / DIRECTORY_FILE):
        raise Conflict(
            f"The data folder {root} has books of its own, in files: they are not on {server}. Leave the database URL"
            " away, or name another folder.",
            field="database_url",
        )
    named = home_of(root)
    if named and not server:
        raise Conflict(f"The books of {root} are on {named}: name that as the database URL.", field="database_url")
    if named and server and named != server:
        raise Conflict(f"The books of {root} are on {named}, and not on {server}.", field="database_url")


def home_of(root: Path) -> str:
    """The server's database that the folder names; empty where it names none."""
    with faults_told(root):
        try:
            return (root / SERVER_FILE).read_text("utf-8").strip()
        except (FileNotFoundError, NotADirectoryError):
            return ""


def name_home(root: Path, server: str) -> None:
    """Let the folder name the server's database, once and for all."""
    if home_of(root) != server:
        with faults_told(root):
            unfinished = root / f".{SERVER_FILE}.new"
            unfinished.write_text(f"{server}\n", "utf-8")
            os.replace(unfinished, root / SERVER_FILE)
