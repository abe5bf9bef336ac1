"""What the operating system says of an error becomes one of the known faults here, and nowhere else."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from invoicing.refusals import Refusal
from storage.faults.errors import StorageFault, told
from storage.faults.kinds import Fault
from storage.plain_files import write_probe


def fault_of_system(error: OSError, path: Path) -> StorageFault | None:
    """What an error of the operating system means for the file at `path`, or for a file in that folder; None where it
    has nothing to do with storage.
    """
    fault = _BY_ERRNO.get(error.errno or 0)
    return told(path, fault) if fault is not None else None


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
        fault = next((known for one in _and_behind(error) if (known := fault_of_system(one, folder)) is not None), None)
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
