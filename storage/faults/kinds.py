"""What can be wrong with a database or with the storage that it lies on: a closed list, each kind with one sentence,
one advice and one remedy, which tools, HTTP, the command line, `doctor` and `verify` all use.
"""

from __future__ import annotations

from enum import Enum

from invoicing.remedies import Act, Remark


class Fault(Enum):
    """What is wrong, in one word."""

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
    NOT_A_FOLDER = "not_a_folder"
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
_OF_THE_FILE = {
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
}
_OF_STORAGE = {
    Fault.NOT_A_FOLDER: (
        "something else, such as a file, is in the place of the data folder",
        "Nothing was changed. The operator names another folder, or moves that away.",
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
_WORDS = _OF_THE_FILE | _OF_STORAGE
_REMEDIES = {
    Fault.OLDER: Act.MIGRATE,
    Fault.ROWS: Act.VERIFY,
    Fault.JOURNAL: Act.MIGRATE_AND_VERIFY,
    Fault.LOG: Act.VERIFY_BEFORE_WRITING,
    Fault.LOST: Act.BRING_BACK,
    Fault.DISK_ERROR: Act.EXAMINE,
    Fault.UNKNOWN: Act.EXAMINE,
}
