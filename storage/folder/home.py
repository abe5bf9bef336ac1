"""Where the databases and the files of a data folder are: in it, or on a server and in a bucket, which the folder then
names.

Who forgets to name the server would otherwise begin a new, empty installation beside the true one, and who names one
for a folder that has its own books would leave these behind; so it is with the files.
"""

from __future__ import annotations

import os
from pathlib import Path

from invoicing.refusals import Conflict
from storage.directory.database import DIRECTORY_FILE
from storage.faults.errors import told
from storage.faults.kinds import Fault
from storage.faults.of_system import check_storage, file_faults_told
from storage.files.buckets import BUCKET_FILE
from storage.plain_files import sync_folder
from storage.sqlite.faults import faults_told

SERVER_FILE = "database-server"
"""Names the server's database, without a password."""


def make_home(root: Path) -> None:
    """Make the data folder unless it is there, and find out whether it can be written to.

    Raises:
        StorageFault: something else is in its place, or it cannot be written to.
    """
    with file_faults_told(root):
        try:
            root.mkdir(parents=True, exist_ok=True, mode=0o700)
        except (FileExistsError, NotADirectoryError):
            raise told(root, Fault.NOT_A_FOLDER) from None
    check_storage(root)


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


def check_files_home(root: Path, bucket: str) -> None:
    """Make sure that the files are in `bucket`, or in the folder where that is empty.

    Raises:
        Conflict: they are somewhere else.
    """
    named = files_home_of(root)
    if named and not bucket:
        raise Conflict(f"The files of {root} are in {named}: name that as the files URL.", field="files_url")
    if named and bucket and named != bucket:
        raise Conflict(f"The files of {root} are in {named}, and not in {bucket}.", field="files_url")


def home_of(root: Path) -> str:
    """The server's database that the folder names; empty where it names none."""
    return _named(root, SERVER_FILE)


def name_home(root: Path, server: str) -> None:
    """Let the folder name the server's database, once and for all."""
    _name(root, SERVER_FILE, server)


def files_home_of(root: Path) -> str:
    """The bucket that the folder names; empty where it names none."""
    return _named(root, BUCKET_FILE)


def name_files_home(root: Path, bucket: str) -> None:
    """Let the folder name the bucket of its files."""
    _name(root, BUCKET_FILE, bucket)


def forget_files_home(root: Path) -> None:
    """Let the folder have its files itself again."""
    with faults_told(root):
        (root / BUCKET_FILE).unlink(missing_ok=True)
        sync_folder(root)


def _named(root: Path, file: str) -> str:
    with faults_told(root):
        try:
            return (root / file).read_text("utf-8").strip()
        except (FileNotFoundError, NotADirectoryError):
            return ""


def _name(root: Path, file: str, home: str) -> None:
    if _named(root, file) != home:
        with faults_told(root):
            unfinished = root / f".{file}.new"
            unfinished.write_text(f"{home}\n", "utf-8")
            os.replace(unfinished, root / file)
