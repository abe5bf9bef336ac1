"""What a server's errors mean: one of the faults that everything else knows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from storage.faults.errors import StorageFault, told
from storage.faults.kinds import Fault

_CLASSES = {"08": Fault.UNREACHABLE, "57": Fault.UNREACHABLE, "28": Fault.NOT_LET_IN, "58": Fault.DISK_ERROR}
_STATES = {
    "25006": Fault.TAKES_NO_WRITES,
    "25P03": Fault.UNREACHABLE,
    "3D000": Fault.MISSING,
    "3F000": Fault.MISSING,
    "40001": Fault.BUSY,
    "40P01": Fault.BUSY,
    "42501": Fault.NOT_LET_IN,
    "42703": Fault.INCOMPLETE,
    "42883": Fault.INCOMPLETE,
    "42P01": Fault.MISSING,
    "53100": Fault.FULL,
    "53200": Fault.BUSY,
    "53300": Fault.CROWDED,
    "55P03": Fault.BUSY,
    "57014": Fault.SLOW,
    "XX001": Fault.DAMAGED,
    "XX002": Fault.DAMAGED,
}


def fault_of(error: BaseException, where: str) -> StorageFault | None:
    """What an error of the server, or of the way to it, means for what is at `where`; None: it is a defect of ours."""
    match error:
        case StorageFault():
            return error
        case PoolTimeout():
            return told(where, Fault.CROWDED)
        case DBAPIError():
            return fault_of(error.orig, where) if error.orig is not None else None
        case asyncpg.PostgresError():
            return _of_state(error.sqlstate, where)
        case asyncpg.InterfaceError() if isinstance(error, ValueError):
            # A value that does not fit its column never reached the server.
            return None
        case asyncpg.InterfaceError() | asyncpg.InternalClientError() | OSError() | TimeoutError():
            return told(where, Fault.UNREACHABLE)
    state = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    if state:
        return _of_state(str(state), where)
    cause = error.__cause__
    return fault_of(cause, where) if cause is not None and cause is not error else None


@contextmanager
def server_faults_told(where: str, *, only_reads: bool = False) -> Iterator[None]:
    """Whatever the server, or the way to it, refuses in here is told as a fault of what is at `where`."""
    try:
        yield
    except (DBAPIError, PoolTimeout, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        fault = fault_of(error, where)
        # What only reads and writes is a defect of ours, whatever the server takes.
        if fault is None or (only_reads and fault.fault is Fault.TAKES_NO_WRITES):
            raise
        raise fault from error


def _of_state(state: str | None, where: str) -> StorageFault | None:
    fault = _STATES.get(state or "") or _CLASSES.get((state or "")[:2])
    return told(where, fault) if fault is not None else None
