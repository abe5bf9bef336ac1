"""The errors that say that a database, or the storage that it lies on, cannot be used."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.exc import InvalidRequestError

from invoicing.refusals import Unavailable
from invoicing.remedies import Remark
from storage.faults.kinds import Fault


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
