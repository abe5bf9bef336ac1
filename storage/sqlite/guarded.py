"""A database file in use: each connection is to the one that was first opened, it is looked through whenever somebody
else may have changed it, and once it is found damaged it is out of service until it is mended.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import stat
import threading
from pathlib import Path
from typing import NamedTuple

from storage.faults.errors import DamagedStore, StorageFault, told
from storage.faults.kinds import Fault
from storage.sqlite.connections import (
    FileConnection,
    Identity,
    check_place,
    is_open_here,
    open_guarded,
    open_to_keep,
)
from storage.sqlite.examining import check_schema, examine
from storage.sqlite.faults import fault_of
from storage.sqlite.stamps import Stamp, check_same, read_stamp

_log = logging.getLogger("counterfoil")


class _Sight(NamedTuple):
    """What can be seen of a file without opening it."""

    file: tuple[Identity, int, int]
    log: Identity | None
    log_bytes: int
    log_modified_ns: int


class GuardedFile:
    """A database file in use by this process, over however many connections.

    It is the file that was first opened, or nothing is done with it any more: what is written into one that was
    removed would be nowhere, and in one that was put in its place everything would be somebody else's or lost.
    """

    def __init__(self, path: Path, stamp: Stamp, *, examined: bool = False) -> None:
        """`examined`: somebody else in this process has looked through it, and goes on doing so."""
        self.path = path
        self._stamp = stamp
        # Each call looks at these several times: as texts, that costs a quarter.
        self._name, self._log_name, self._index_name = (f"{path}{ending}" for ending in ("", "-wal", "-shm"))
        self._identity: Identity | None = None
        self._seen: _Sight | None = None
        self._log: tuple[Identity, Identity] | None = None
        self._fault: StorageFault | None = None
        self._examined = examined
        self._examining = threading.Lock()

    @property
    def is_as_seen(self) -> bool:
        """Whether nobody else has changed the file since it was looked through. A fault that was found then stays."""
        if self._fault is None:
            if self._seen is None:
                return False
            now = self._look()
            # The log of a sound file grows while others write, and never shrinks by itself.
            return self._seen.file == now.file and self._seen.log_bytes <= now.log_bytes
        # What was written into a lost log is known to the connections that have it open, and to nobody else.
        return self._fault.fault is Fault.LOG or self._seen == self._look_if_there()

    @property
    def has_fault(self) -> bool:
        """Whether something is known to be wrong with it; it is not looked at again."""
        return self._fault is not None

    @property
    def is_intact(self) -> bool:
        """Whether nothing is known to be wrong with it, and the log and its index are those that were opened."""
        return self._fault is None and self._log in (None, self._log_identity())

    def examine(self, *, anew: bool = False) -> None:
        """Look through the file, unless nobody has changed it since that was done, or `anew`; it may take long.

        Raises:
            StorageFault: what is wrong with it. It is out of service until it looks different.
        """
        with self._examining:
            if anew or not self.is_as_seen:
                self._examine(self._look())
        self.check()

    def check(self) -> None:
        """Make sure that the file in this place is still the one that was opened.

        Raises:
            DamagedStore: the file is out of service, or it is missing or is not the one that was opened first.
        """
        if self._fault is not None:
            raise told(self.path, self._fault.fault)
        if _identity_of(self._name) != self._identity:
            check_place(self.path)
            raise told(self.path, Fault.REPLACED)

    def check_log(self, connection: sqlite3.Connection) -> None:
        """Compare the log beside the file with the one that the connection has open: what goes into one that was
        removed or replaced is nowhere.

        Raises:
            DamagedStore: it is another one, or gone.
        """
        if isinstance(connection, FileConnection) and connection.log != self._log_identity():
            lost = told(self.path, Fault.LOG)
            self._put_out_of_service(lost)
            raise lost

    def check_version(self, connection: sqlite3.Connection) -> None:
        """Compare the schema with the one that this program knows, in a transaction that has begun.

        Raises:
            DamagedStore: a newer program has migrated the file while it was open here, or somebody changed tables.
        """
        try:
            self._check_version(connection)
        except DamagedStore as damage:
            self._put_out_of_service(damage)
            raise

    def check_kept(self, connection: sqlite3.Connection) -> None:
        """See that what was just committed over this connection is where it belongs. That the file looks different now
        is no reason to look through it.

        Raises:
            DamagedStore: the file, or the log beside it, was removed or replaced; what went into it is nowhere.
        """
        now = self._look()
        if now.file[0] != self._identity:
            raise told(self.path, Fault.REPLACED)
        if isinstance(connection, FileConnection) and (connection.log is None or connection.log[0] != now.log):
            self._put_out_of_service(lost := told(self.path, Fault.LOG))
            raise lost
        if self._seen is not None and self._fault is None:
            self._seen = now

    def open(self, *, busy_timeout_ms: int) -> FileConnection:
        """Another connection to it."""
        if self._identity is None:
            self.examine()
        self.check()
        connection = open_guarded(self.path, self._stamp, busy_timeout_ms=busy_timeout_ms)
        try:
            self.check()
            connection.log = self._log = self._log_identity()
            connection.schema_cookie = connection.execute("PRAGMA schema_version").fetchone()[0]
        except BaseException:
            connection.close()
            raise
        return connection

    def keep_open(self) -> FileConnection:
        """Keep it and its log open while no other connection does: otherwise the log would be written into the file,
        which then looks as if somebody else had changed it.
        """
        self.check()
        return open_to_keep(self.path)

    def fault_of(self, error: BaseException) -> StorageFault | None:
        """What an error in a transaction means. A damaged file is out of service from then on."""
        if isinstance(error, StorageFault):
            # It was told already, and may be that of another file that the transaction looked into.
            return error
        if isinstance(error, OSError):
            # Of some other file that the transaction touched: what SQLite meets, it says itself.
            return None
        fault = fault_of(error, self.path) or self._schema_fault(error)
        if isinstance(fault, DamagedStore) and self._fault is None:
            self._put_out_of_service(fault)
        return fault

    def _check_version(self, connection: sqlite3.Connection) -> None:
        stamp = self._stamp
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        application_id = connection.execute("PRAGMA application_id").fetchone()[0]
        if (version, application_id) != (stamp.schema_version, stamp.kind.value):
            check_same(self.path, read_stamp(connection, self.path), stamp)
        cookie = connection.execute("PRAGMA schema_version").fetchone()[0]
        if isinstance(connection, FileConnection) and cookie != connection.schema_cookie:
            check_schema(connection, self.path, stamp)
            connection.schema_cookie = cookie
        if stamp.organization_id:
            row = connection.execute("SELECT organization_id FROM identity").fetchone()
            if row is None or row[0] != stamp.organization_id:
                raise told(self.path, Fault.ANOTHERS)

    def _examine(self, look: _Sight) -> None:
        try:
            if self._identity is not None and look.file[0] != self._identity:
                raise told(self.path, Fault.REPLACED)
            if is_open_here(self.path) and self._log not in (None, self._log_identity()):
                check_place(self.path)
                raise told(self.path, Fault.LOG)
            if not self._examined:
                examine(self.path, self._stamp)
        except StorageFault as fault:
            if fault.fault.is_of_storage:
                raise
            self._put_out_of_service(self._more_exactly(fault, look))
        else:
            self._identity, self._seen, self._fault = look.file[0], look, None

    def _more_exactly(self, fault: StorageFault, now: _Sight) -> StorageFault:
        """What has become shorter since it was seen last is what is at fault."""
        if fault.fault not in (Fault.DAMAGED, Fault.CUT) or self._seen is None:
            return fault
        if now.file[1] < self._seen.file[1]:
            return told(self.path, Fault.CUT)
        log_alone = now.file == self._seen.file and now.log_bytes < self._seen.log_bytes
        return told(self.path, Fault.LOG) if log_alone else fault

    def _put_out_of_service(self, fault: StorageFault) -> None:
        if self._fault is None:
            # Once, however often it is asked for after that.
            _log.error("out of service: %s", fault.detail)
        self._fault, self._seen = fault, self._look_if_there()

    def _schema_fault(self, error: BaseException) -> StorageFault | None:
        """A table that is missing is either a defect of ours, or gone from the file: the file tells."""
        original = getattr(error, "orig", error)
        if getattr(original, "sqlite_errorcode", None) != sqlite3.SQLITE_ERROR:
            return None
        try:
            examine(self.path, self._stamp)
        except StorageFault as fault:
            return fault
        return None

    def _look(self) -> _Sight:
        try:
            found = os.lstat(self._name)
        except OSError as error:
            raise fault_of(error, self.path) or told(self.path, Fault.UNKNOWN) from error
        if not stat.S_ISREG(found.st_mode):
            raise told(self.path, Fault.NOT_A_FILE)
        file = (found.st_dev, found.st_ino), found.st_size, found.st_mtime_ns
        try:
            log = os.lstat(self._log_name)
        except OSError:
            return _Sight(file, None, 0, 0)
        return _Sight(file, (log.st_dev, log.st_ino), log.st_size, log.st_mtime_ns)

    def _look_if_there(self) -> _Sight | None:
        try:
            return self._look()
        except StorageFault:
            return None

    def _log_identity(self) -> tuple[Identity, Identity] | None:
        """Which files the log and its index are; None where there is no log, as before the first reading."""
        log, index = _identity_of(self._log_name), _identity_of(self._index_name)
        return None if log is None or index is None else (log, index)


def _identity_of(name: str) -> Identity | None:
    try:
        found = os.lstat(name)
    except OSError:
        return None
    return found.st_dev, found.st_ino
