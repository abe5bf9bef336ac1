"""What SQLite says of an error becomes one of the known faults here, and nowhere else."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from storage.faults.errors import StorageFault, told
from storage.faults.kinds import Fault
from storage.faults.of_system import fault_of_storage, fault_of_system
from storage.plain_files import lies_plainly, may_use


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
            return fault_of_system(error, path)
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
