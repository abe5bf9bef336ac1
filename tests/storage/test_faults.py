"""What a library or the operating system says becomes one of our kinds of fault, with our sentence and our advice."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from invoicing.refusals import Unavailable
from storage.faults.errors import BusyFile, DamagedStore, OutdatedStore, StorageFault, told
from storage.faults.kinds import Fault
from storage.faults.of_system import file_faults_told
from storage.sqlite.faults import fault_of

LIBRARY_WORDS = ("sqlite", "errno", "database disk", "malformed", "readonly", "strerror", "/")


def failing(code: int, *, said: str = "what the library says") -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(said)
    error.sqlite_errorcode = code
    return error


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file at which nothing is wrong."""
    (tmp_path / "books.db").write_bytes(b"sound")
    return tmp_path / "books.db"


@pytest.mark.parametrize("fault", Fault)
def test_each_fault_has_a_sentence_and_an_advice_of_ours(fault: Fault, path: Path) -> None:
    error = told(path, fault)
    assert isinstance(error, Unavailable)
    assert fault.sentence in error.message or fault.is_of_storage
    assert fault.reason.text.endswith(".")
    assert fault.advice or fault.remedy
    assert not [word for word in LIBRARY_WORDS if word in error.message.lower()]
    assert str(path) not in error.message
    assert str(path) in str(error), "the log may have it"
    named = error.said_of("The books of acme are")
    assert (named.fault, type(named)) == (fault, type(error))
    assert named.said_of("Somebody else's are").message == named.message


def test_sentences_are_told_apart() -> None:
    assert len({fault.sentence for fault in Fault}) == len(Fault)


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        (errno.ENOSPC, Fault.FULL),
        (errno.EDQUOT, Fault.FULL),
        (errno.EFBIG, Fault.FULL),
        (errno.EROFS, Fault.READ_ONLY),
        (errno.EIO, Fault.DISK_ERROR),
        (errno.EACCES, Fault.NOT_PERMITTED),
        (errno.EMFILE, Fault.TOO_MANY_OPEN),
        (errno.ELOOP, Fault.NOT_A_FILE),
        (errno.ENOENT, Fault.MISSING),
    ],
)
def test_what_the_system_refuses_is_told_by_its_cause(path: Path, number: int, fault: Fault) -> None:
    found = fault_of(OSError(number, os.strerror(number)), path)
    assert found is not None
    assert found.fault is fault


@pytest.mark.parametrize(
    ("code", "fault", "kind"),
    [
        (sqlite3.SQLITE_BUSY, Fault.BUSY, BusyFile),
        (sqlite3.SQLITE_FULL, Fault.FULL, StorageFault),
        (sqlite3.SQLITE_CORRUPT, Fault.DAMAGED, DamagedStore),
        (sqlite3.SQLITE_CORRUPT_INDEX, Fault.DAMAGED, DamagedStore),
        (sqlite3.SQLITE_NOTADB, Fault.NOT_OURS, DamagedStore),
        (sqlite3.SQLITE_READONLY_DBMOVED, Fault.REPLACED, DamagedStore),
        (sqlite3.SQLITE_IOERR_READ, Fault.DISK_ERROR, StorageFault),
        (sqlite3.SQLITE_IOERR_SHORT_READ, Fault.CUT, DamagedStore),
        (sqlite3.SQLITE_CANTOPEN, Fault.UNKNOWN, StorageFault),
    ],
)
def test_what_the_database_says_is_told_by_its_cause(
    path: Path, code: int, fault: Fault, kind: type[StorageFault]
) -> None:
    for error in (failing(code), OperationalError("SELECT 1", {}, failing(code))):
        found = fault_of(error, path)
        assert found is not None
        assert (found.fault, type(found)) == (fault, kind)


@pytest.mark.parametrize("code", [sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_READONLY])
def test_a_defect_of_ours_is_no_fault_of_the_storage(path: Path, code: int) -> None:
    assert fault_of(failing(code), path) is None
    assert fault_of(ValueError("no"), path) is None


def test_a_text_that_is_none_is_damage(path: Path) -> None:
    found = fault_of(sqlite3.OperationalError("Could not decode to UTF-8 column 'name' with text 'x'"), path)
    assert found is not None
    assert found.fault is Fault.DAMAGED


@pytest.mark.parametrize("code", [sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR])
def test_where_the_database_leaves_the_cause_open_the_place_tells(path: Path, code: int) -> None:
    path.unlink()
    found = fault_of(failing(code), path)
    assert found is not None
    assert found.fault is Fault.MISSING
    path.mkdir()
    found = fault_of(failing(code), path)
    assert found is not None
    assert found.fault is Fault.NOT_A_FILE


def test_what_a_library_wraps_is_told_all_the_same(tmp_path: Path) -> None:
    def wrap() -> None:
        try:
            raise OSError(errno.ENOSPC, "No space left on device")
        except OSError as error:
            raise RuntimeError("a library's own error") from error

    with pytest.raises(StorageFault) as refused, file_faults_told(tmp_path):
        wrap()
    assert refused.value.fault is Fault.FULL
    with pytest.raises(RuntimeError, match="a defect"), file_faults_told(tmp_path):
        raise RuntimeError("a defect")


def test_an_older_file_is_told_apart(path: Path) -> None:
    assert isinstance(told(path, Fault.OLDER), OutdatedStore)
