"""What is wrong with a data folder, for `counterfoil doctor`.

Looking changes nothing and may be done while the data folder is in use. What the documents say is the matter of
`counterfoil verify`, not of this; what interruptions left behind that of `storage.folder.leftovers`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from sqlmodel import Session

from invoicing.remedies import Act
from storage.books.pool import BOOKS_FILE, ORGANIZATIONS_FOLDER
from storage.directory import organizations
from storage.directory.database import DIRECTORY_FILE
from storage.faults.kinds import Fault
from storage.faults.of_system import fault_of_storage
from storage.folder.comparing import disagreements, losses
from storage.folder.findings import Finding, Severity
from storage.folder.leftovers import is_old, leftover_findings
from storage.folder.provisioning import TEMPLATES_FOLDER, organization_folders, template_file
from storage.migrations import head_stamp
from storage.plain_files import COMPANIONS, may_look_into, plain_names
from storage.sqlite.engines import FileKind, Stamp, StorageFault, examine, read_alone, read_once, write_once
from storage.sqlite.examining import examine_alone, examine_template, has_log

T = TypeVar("T")

FREE_BYTES_WANTED = 1024**3
_FREE_BYTES_NEEDED = 64 * 1024**2


def diagnose(root: Path, *, free_bytes_wanted: int = FREE_BYTES_WANTED) -> list[Finding]:
    """Everything that is wrong or remarkable, in the order in which to see to it; empty where all is well."""
    if not root.is_dir():
        return [Finding("error", "data folder", f"There is no data folder at {root}.", Act.BEGIN_FOLDER)]
    fault = Fault.NOT_PERMITTED
    if not may_look_into(root):
        return [_finding("data folder", root, fault)]
    # Where nothing can be written, a database can only be looked at as it lies there.
    storage = fault_of_storage(root)
    look = FolderLook(root, alone=storage is not None)
    known, findings = _directory(look)
    return [
        *_data_folder(root, storage, free_bytes_wanted),
        *findings,
        *(finding for organization_id, handle in known for finding in _books(look, organization_id, handle)),
        *losses(look, known),
        *disagreements(look, known),
        *_unnamed_folders(root, {organization_id for organization_id, _ in known}, directory_is_well=not findings),
        *_template(root),
        *leftover_findings(root),
    ]


@dataclass(frozen=True, slots=True)
class FolderLook:
    """A data folder with its databases that is looked at; `alone`: without writing anything, not even a lock."""

    root: Path
    alone: bool = False
    sound: set[Path] = field(default_factory=set)
    """What was examined, and need not be again."""

    def examine(self, path: Path, stamp: Stamp) -> None:
        if not self.alone:
            examine(path, stamp)
        elif not has_log(path):
            examine_alone(path, stamp)
        self.sound.add(path)

    def read(self, path: Path, stamp: Stamp, work: Callable[[Session], T], *, examined: bool = False) -> T:
        return read_alone(path, work) if self.alone else read_once(path, stamp, work, examined=examined)

    def directory(self, work: Callable[[Session], T]) -> T:
        """One that is damaged in places may still say whose books there are."""
        return self.read(self.root / DIRECTORY_FILE, head_stamp(FileKind.DIRECTORY), work, examined=True)

    def books(self, organization_id: str, work: Callable[[Session], T]) -> T:
        path = _path(self.root, organization_id)
        return self.read(path, head_stamp(FileKind.BOOKS, organization_id), work, examined=path in self.sound)

    def change_directory(self, work: Callable[[Session], T]) -> T:
        return write_once(self.root / DIRECTORY_FILE, head_stamp(FileKind.DIRECTORY), work)

    def change_books(self, organization_id: str, work: Callable[[Session], T]) -> T:
        return write_once(_path(self.root, organization_id), head_stamp(FileKind.BOOKS, organization_id), work)

    def where(self, organization_id: str) -> str:
        return str(_path(self.root, organization_id))


def _data_folder(root: Path, storage: Fault | None, free_bytes_wanted: int) -> Iterator[Finding]:
    if storage is not None:
        yield _finding("data folder", root, storage, severity="error")
    # Inside a folder that only its owner can enter, it does not matter what the permissions are.
    if os.name == "posix" and root.stat().st_mode & 0o077:
        yield Finding("warning", "data folder", f"Others than its owner can enter it: chmod 700 {root}")
    free_bytes = shutil.disk_usage(root).free
    if free_bytes < free_bytes_wanted and storage is not Fault.READ_ONLY:
        severity: Severity = "error" if free_bytes < _FREE_BYTES_NEEDED else "warning"
        yield Finding(severity, "disk", f"Only {free_bytes // 1024**2} MiB are free where the data folder is.")


def _directory(look: FolderLook) -> tuple[list[tuple[str, str]], list[Finding]]:
    """Id and handle of every organization that can be read, and what is wrong with the directory."""
    path = look.root / DIRECTORY_FILE
    if not os.path.lexists(path) and not organization_folders(look.root):
        return [], [Finding("error", "directory", f"{path}: {Fault.MISSING.sentence}.", Act.BEGIN_FOLDER)]
    stamp = head_stamp(FileKind.DIRECTORY)
    findings = list(_database(look, path, stamp, subject="directory"))
    try:
        return look.directory(organizations.all_ids), findings
    except StorageFault as fault:
        return [], findings or [_finding("directory", path, fault.fault)]


def _books(look: FolderLook, organization_id: str, handle: str) -> Iterator[Finding]:
    path = _path(look.root, organization_id)
    yield from _database(look, path, head_stamp(FileKind.BOOKS, organization_id), subject=handle)


def _path(root: Path, organization_id: str) -> Path:
    return root / ORGANIZATIONS_FOLDER / organization_id / BOOKS_FILE


def _database(look: FolderLook, path: Path, stamp: Stamp, *, subject: str) -> Iterator[Finding]:
    try:
        look.examine(path, stamp)
    except StorageFault as fault:
        yield _finding(subject, path, fault.fault)


def _finding(subject: str, path: Path, fault: Fault, *, severity: Severity | None = None) -> Finding:
    usual: Severity = "warning" if fault in (Fault.OLDER, Fault.BUSY) else "error"
    return Finding(severity or usual, subject, f"{path}: {fault.reason.text}", fault.remedy)


def _unnamed_folders(root: Path, known: set[str], *, directory_is_well: bool) -> Iterator[Finding]:
    """Folders of books that the directory does not name. A young one may be an organization that is being made."""
    for folder in organization_folders(root):
        if folder.name in known or not is_old(folder):
            continue
        advice = "An interruption left it. If you do not miss an organization, move it away."
        if not directory_is_well:
            advice = "See to the directory first."
        yield Finding("warning", folder.name, f"{folder} is named by no organization. {advice}")


def _template(root: Path) -> Iterator[Finding]:
    """A template that is missing or of no use is made anew when it is wanted; others are of no use any more."""
    path = template_file(root)
    try:
        examine_template(path, head_stamp(FileKind.BOOKS))
    except StorageFault as fault:
        if fault.fault.is_of_storage:
            yield _finding("template", path, fault.fault)
        elif fault.fault is not Fault.MISSING:
            yield Finding(
                "note",
                "template",
                f"{path}: {fault.fault.sentence}. It is made anew for the next organization; nothing is to be done.",
            )
    for other in plain_names(root / TEMPLATES_FOLDER):
        if other != path and other.match("books-*.db*") and other.name not in {path.name + end for end in COMPANIONS}:
            yield Finding("note", "template", f"{other} is not used by this version of Counterfoil and may be deleted.")
