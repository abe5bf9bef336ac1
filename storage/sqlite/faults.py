"""What can be wrong with a database file or with the storage that it lies on: a closed list, each kind with one
sentence, one advice and one remedy, which tools, HTTP, the command line, `doctor` and `verify` all use.

What a library or the operating system says of an error becomes one of these here, and nowhere else.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

from sqlalchemy.exc import DBAPIError, InvalidRequestError

from invoicing.refusals import Refusal, Unavailable
from invoicing.remedies import Act, Remark
from storage.plain_files import lies_plainly, may_use, write_probe


class Fault(Enum):
    """What is wrong, in one word. The last fifteen are faults of the storage and not of the file: it may be sound."""

    MISSING = "missing"
    NOT_A_FILE = "not_a_file"
    EMPTY = "empty"
    NOT_OURS = "not_ours"
    ANOTHERS = "anothers"
    OLDER = "older"
    NEWER = "newer"
    CUT = "cut"
    DAMAGED = "damaged"
    INCOMPLETE = "incomplete"
    ROWS = "rows"
    JOURNAL = "journal"
    LOG = "log"
    REPLACED = "replaced"
    LOST = "lost"
    NOT_PERMITTED = "not_permitted"
    READ_ONLY = "read_only"
    FULL = "full"
    DISK_ERROR = "disk_error"
    TOO_MANY_OPEN = "too_many_open"
    CROWDED = "crowded"
    BUSY = "busy"
    SLOW = "slow"
    TAKES_NO_WRITES = "takes_no_writes"
    UNREACHABLE = "unreachable"
    NOT_LET_IN = "not_let_in"
    MAY_NOT_MAKE = "may_not_make"
    FILES_UNREACHABLE = "files_unreachable"
    FILES_REFUSED = "files_refused"
    UNKNOWN = "unknown"

    @property
    def sentence(self) -> str:
        """What is wrong, as the end of a sentence."""
        return _WORDS[self][0]

    @property
    def advice(self) -> str:
        """What to do by hand, in sentences of its own; empty where the remedy says it all."""
        return _WORDS[self][1]

    @property
    def remedy(self) -> Act | None:
        """What an act of ours does about it."""
        return _REMEDIES.get(self)

    @property
    def reason(self) -> Remark:
        """What is wrong and what to do, for whoever is told elsewhere what it is about."""
        return Remark(f"{self.sentence}. {self.advice}".rstrip(), self.remedy)

    @property
    def is_of_storage(self) -> bool:
        """Whether the storage is at fault, and the file may be sound."""
        return self in _OF_STORAGE


_RESTORE = "The operator keeps a copy of what is there and restores the file from a backup."
_WORDS = {
    Fault.MISSING: ("the file is missing", "The operator puts it back where it was, or restores it from a backup."),
    Fault.NOT_A_FILE: (
        "something else is in the place of the file or beside it, such as a folder, a link or a pipe",
        "The operator moves that away and puts the file back, or restores it from a backup.",
    ),
    Fault.EMPTY: ("the file is empty", _RESTORE),
    Fault.NOT_OURS: (
        "the file is not one of Counterfoil's",
        f"It is in the wrong place, or was overwritten. {_RESTORE}",
    ),
    Fault.ANOTHERS: (
        "the file, or the log beside it, is that of another organization",
        "The operator puts each file back in its own place and deletes none of them.",
    ),
    Fault.OLDER: ("the file is of an older version of Counterfoil", ""),
    Fault.NEWER: (
        "the file was written by a newer version of Counterfoil",
        "The operator starts the server anew with that version.",
    ),
    Fault.CUT: ("the file is cut short", _RESTORE),
    Fault.DAMAGED: ("the file is damaged inside", _RESTORE),
    Fault.INCOMPLETE: (
        "tables, indexes or triggers of the file are missing or were changed",
        f"Another program did that. {_RESTORE}",
    ),
    Fault.ROWS: ("rows of the file were removed or changed from outside Counterfoil", _RESTORE),
    Fault.JOURNAL: (
        "another program has changed how the file is written, or has left a journal beside it",
        "The operator ends that program and moves a file whose name ends in -journal away.",
    ),
    Fault.LOG: (
        "the log beside the file was removed, cut or replaced while it was in use",
        "The operator stops the server and puts the log back if it is still there.",
    ),
    Fault.REPLACED: (
        "the file was replaced by another one while it was in use",
        "The operator puts the right file in its place and starts the server anew.",
    ),
    Fault.LOST: (
        "something of them was lost that had been there before",
        "The operator stops the server and puts the whole file back, with the log beside it, if it is still there.",
    ),
    Fault.NOT_PERMITTED: (
        "the data folder, or a file in it, is not to be read and written by the user that Counterfoil runs as",
        "The operator gives that user the right to it. Nothing is to be deleted or restored.",
    ),
    Fault.READ_ONLY: (
        "the data folder is on storage that cannot be written to",
        "Nothing was changed. The operator makes the storage writable. Nothing is to be deleted or restored.",
    ),
    Fault.FULL: (
        "there is no room left on the disk",
        "Nothing was changed. The operator makes room; then it goes on by itself.",
    ),
    Fault.DISK_ERROR: (
        "the disk reports an error",
        "Look at what is there before trying again. The operator looks at the disk first.",
    ),
    Fault.TOO_MANY_OPEN: (
        "the server has as many files open as it may",
        "Nothing was changed: try again. The operator raises the limit of open files.",
    ),
    Fault.CROWDED: (
        "all connections to the database server are in use",
        "Nothing was changed: try again. The operator looks at what keeps them, or lets fewer processes serve.",
    ),
    Fault.BUSY: ("the books are busy with another write", "Nothing was changed: try again."),
    Fault.SLOW: (
        "the database server took too long over it",
        "Nothing was changed: try again. The operator looks at what else the server is busy with.",
    ),
    Fault.TAKES_NO_WRITES: (
        "the database server is only to be read",
        "Nothing was changed. The operator looks whether it is the replica of another, or was told to take no writes.",
    ),
    Fault.UNREACHABLE: (
        "the database server did not answer, or ended the connection",
        "Look at what is there before trying again. The operator looks whether the server runs.",
    ),
    Fault.NOT_LET_IN: (
        "the database server did not let Counterfoil in, or does not let it do this",
        "Nothing was changed. The operator looks at the login, its password, and what it may do.",
    ),
    Fault.MAY_NOT_MAKE: (
        "the login that Counterfoil has on the database server may not make or change schemas",
        "Nothing was changed. The operator names one that may, in COUNTERFOIL_DATABASE_OWNER_URL.",
    ),
    Fault.FILES_UNREACHABLE: (
        "the store of the files did not answer, or reported an error",
        "The books are as they were: try again. The operator looks whether the store can be reached.",
    ),
    Fault.FILES_REFUSED: (
        "the store of the files did not let Counterfoil in, or has no such bucket",
        "The books are as they were. The operator looks at the bucket's name, the key, and what that key may do.",
    ),
    Fault.UNKNOWN: ("the file cannot be opened", ""),
}
_REMEDIES = {
    Fault.OLDER: Act.MIGRATE,
    Fault.ROWS: Act.VERIFY,
    Fault.JOURNAL: Act.MIGRATE_AND_VERIFY,
    Fault.LOG: Act.VERIFY_BEFORE_WRITING,
    Fault.LOST: Act.BRING_BACK,
    Fault.DISK_ERROR: Act.EXAMINE,
    Fault.UNKNOWN: Act.EXAMINE,
}
_OF_STORAGE = frozenset(list(Fault)[-15:])


class StorageFault(Unavailable):
    """A database file cannot be used. `message` is for everybody and names no path; `detail` is for the log."""

    def __init__(self, detail: str, fault: Fault, *, of: str = "") -> None:
        self.fault = fault
        self.detail = detail
        self._of = of
        named = f"{of or 'These books are'} out of service: {fault.sentence}"
        sentence = fault.sentence[0].upper() + fault.sentence[1:] if fault.is_of_storage else named
        super().__init__(f"{sentence}. {fault.advice}".rstrip(), remedy=fault.remedy)

    def __str__(self) -> str:
        return self.detail

    @property
    def reason(self) -> Remark:
        """What is wrong and what to do, for whoever is told elsewhere what it is about."""
        return self.fault.reason

    def said_of(self, beginning: str) -> StorageFault:
        """The same, of what is named: `beginning` is such as "The books of harbour-bakery are". Once named it stays."""
        if self._of:
            return self
        kind = type(self)
        said = kind.__new__(kind)
        StorageFault.__init__(said, self.detail, self.fault, of=beginning)
        return said


class BusyFile(StorageFault):
    """Another process writes into the file at this moment. Nothing was changed."""

    def __init__(self, detail: str, fault: Fault = Fault.BUSY) -> None:
        super().__init__(detail, fault)


class DamagedStore(StorageFault):
    """A database file is missing, swapped, damaged, or of another version: it is out of service until it is mended."""

    def __init__(self, detail: str, fault: Fault = Fault.DAMAGED) -> None:
        super().__init__(detail, fault)


class OutdatedStore(DamagedStore):
    """The file is ours but its schema is older than this program: migrating brings it up."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, Fault.OLDER)


UNREADABLE_ROW = (ValueError, LookupError, TypeError, ArithmeticError, InvalidRequestError)
"""What reading a row raises that no release writes: somebody changed it, or removed one that has to be there."""


def told(where: Path | str, fault: Fault) -> StorageFault:
    """The error that says so of a database."""
    detail = f"{where}: {fault.sentence}"
    match fault:
        case Fault.BUSY:
            return BusyFile(detail)
        case Fault.OLDER:
            return OutdatedStore(detail)
        case _ if fault.is_of_storage:
            return StorageFault(detail, fault)
        case _:
            return DamagedStore(detail, fault)


def fault_of(error: BaseException, path: Path) -> StorageFault | None:
    """What an error of the database or of the operating system means for the file at `path`, or for a file in that
    folder; None where it is a defect of ours, or has nothing to do with storage.
    """
    match error:
        case StorageFault():
            return error
        case DBAPIError():
            return fault_of(error.orig, path) if error.orig is not None else None
        case sqlite3.Error():
            fault = _fault_of_sqlite(error, path)
        case OSError():
            fault = _BY_ERRNO.get(error.errno or 0)
        case _:
            return None
    return told(path, fault) if fault is not None else None


@contextmanager
def faults_told(path: Path) -> Iterator[None]:
    """Whatever the operating system or the database refuses in here is told as a fault of `path`."""
    try:
        yield
    except (OSError, sqlite3.Error, DBAPIError) as error:
        fault = fault_of(error, path)
        if fault is None:
            raise
        raise fault from error


@contextmanager
def file_faults_told(folder: Path) -> Iterator[None]:
    """Whatever the operating system refuses in here of files in `folder` is told as a fault of the storage, also where
    a library has wrapped it in an error of its own.
    """
    try:
        yield
    except (Refusal, DBAPIError):
        raise
    except Exception as error:
        fault = next((told for one in _and_behind(error) if (told := fault_of(one, folder)) is not None), None)
        if fault is None:
            raise
        raise fault from error


def check_storage(folder: Path) -> None:
    """Find out, by writing, whether files can be made and written in the folder.

    Raises:
        StorageFault: they cannot, and why.
    """
    fault = fault_of_storage(folder)
    if fault is not None:
        raise told(folder, fault)


def fault_of_storage(folder: Path) -> Fault | None:
    """What keeps files from being made in the folder: nothing tells it as surely as making one."""
    try:
        whole = write_probe(folder)
    except OSError as error:
        return _BY_ERRNO.get(error.errno or 0, Fault.DISK_ERROR)
    return None if whole else Fault.FULL


def _and_behind(error: BaseException) -> Iterator[OSError]:
    """The errors of the operating system that this error is or was raised for."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError):
            yield seen
        seen = seen.__cause__ or seen.__context__


_BY_ERRNO = {
    errno.ENOENT: Fault.MISSING,
    errno.ENOTDIR: Fault.NOT_A_FILE,
    errno.EISDIR: Fault.NOT_A_FILE,
    errno.ELOOP: Fault.NOT_A_FILE,
    errno.ENXIO: Fault.NOT_A_FILE,
    errno.EACCES: Fault.NOT_PERMITTED,
    errno.EPERM: Fault.NOT_PERMITTED,
    errno.EROFS: Fault.READ_ONLY,
    errno.ENOSPC: Fault.FULL,
    errno.EDQUOT: Fault.FULL,
    errno.EFBIG: Fault.FULL,
    errno.EIO: Fault.DISK_ERROR,
    errno.EMFILE: Fault.TOO_MANY_OPEN,
    errno.ENFILE: Fault.TOO_MANY_OPEN,
}


def _fault_of_sqlite(error: sqlite3.Error, path: Path) -> Fault | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        # The module itself could not decode what stands in a column: no release writes such a text.
        return Fault.DAMAGED if str(error).startswith("Could not decode") else None
    match code & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED | sqlite3.SQLITE_PROTOCOL:
            return Fault.BUSY
        case sqlite3.SQLITE_FULL:
            return Fault.FULL
        case sqlite3.SQLITE_NOTADB:
            return Fault.NOT_OURS
        case sqlite3.SQLITE_CORRUPT:
            return Fault.DAMAGED
        case sqlite3.SQLITE_READONLY if code == sqlite3.SQLITE_READONLY_DBMOVED:
            return Fault.REPLACED
        case sqlite3.SQLITE_READONLY if code == sqlite3.SQLITE_READONLY:
            # A connection of ours that only reads says the same of a statement that writes: that would be a defect.
            return _fault_around(path)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return _fault_around(path) or Fault.NOT_PERMITTED
        case sqlite3.SQLITE_CANTOPEN:
            return _fault_around(path) or Fault.UNKNOWN
        case sqlite3.SQLITE_IOERR if code == sqlite3.SQLITE_IOERR_SHORT_READ:
            return _fault_around(path) or Fault.CUT
        case sqlite3.SQLITE_IOERR if code == sqlite3.SQLITE_IOERR_NOMEM:
            return None
        case sqlite3.SQLITE_IOERR:
            return _fault_around(path) or Fault.DISK_ERROR
        case _:
            return None


def _fault_around(path: Path) -> Fault | None:
    """What is wrong with the place of a file, where the database says only that it could not be read or written."""
    fault = _BY_PLACE.get(lies_plainly(path))
    if fault is not None:
        return fault
    if not may_use(path):
        return Fault.READ_ONLY if fault_of_storage(path.parent) is Fault.READ_ONLY else Fault.NOT_PERMITTED
    return fault_of_storage(path if path.is_dir() else path.parent)


_BY_PLACE = {"missing": Fault.MISSING, "other": Fault.NOT_A_FILE, "denied": Fault.NOT_PERMITTED}
