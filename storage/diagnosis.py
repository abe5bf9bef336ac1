"""What is wrong with a data folder, for `counterfoil doctor`, and the removal of what interruptions left behind.

Looking changes nothing and may be done while the data folder is in use. What the documents say is the matter of
`counterfoil verify`, not of this.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from uuid import uuid4

from sqlalchemy.exc import DatabaseError

from invoicing.refusals import Unavailable
from storage import organizations
from storage.anchors import LostBooks, anchor_of, loss_of_books
from storage.books import BOOKS_FILE, ORGANIZATIONS_FOLDER
from storage.directory import DIRECTORY_FILE
from storage.engines import (
    DamagedStore,
    FileKind,
    Mode,
    guarded_engine,
    integrity_problems,
    read_once,
    run_transaction,
    stamp_of,
)
from storage.migrations import head_stamp
from storage.moments import keep_moment, latest_moment
from storage.profile import load_profile
from storage.provisioning import TEMPLATES_FOLDER, UNFINISHED_PREFIX, organization_folders, template_file

Severity = Literal["error", "warning", "note"]

UNFINISHED_AFTER_SECONDS = 3600
FREE_BYTES_WANTED = 1024**3
_CLOCK_SET_BACK = timedelta(hours=1)
_FREE_BYTES_NEEDED = 64 * 1024**2
# What `storage.files` writes to before a file gets its name.
_TEMPORARY_FILE = re.compile(r"\.[0-9a-f]{32}(\.[a-z0-9]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know of a data folder. An error keeps something from working, a warning will, a note will not.

    `subject` is what it is about (the handle of an organization where there is one), `message` also what to do.
    """

    severity: Severity
    subject: str
    message: str


def diagnose(root: Path, *, free_bytes_wanted: int = FREE_BYTES_WANTED) -> list[Finding]:
    """Everything that is wrong or remarkable, in the order in which to see to it; empty where all is well."""
    if not root.is_dir():
        return [Finding("error", "data folder", f"There is no data folder at {root}. Make one with counterfoil init.")]
    known, findings = _directory(root)
    return [
        *_data_folder(root, free_bytes_wanted),
        *findings,
        *(finding for organization_id, handle in known for finding in _books(root, organization_id, handle)),
        *(finding for organization_id, handle in known for finding in _loss(root, organization_id, handle)),
        *(finding for finding in _disagreements(root, known)),
        *_unnamed_folders(root, {organization_id for organization_id, _ in known}, directory_is_well=not findings),
        *_template(root),
        *_leftovers(root),
    ]


def clock_findings(root: Path, now: datetime) -> list[Finding]:
    """Whether the clock has been later than it is now."""
    path = root / DIRECTORY_FILE
    try:
        seen = read_once(path, head_stamp(FileKind.DIRECTORY), latest_moment)
    except (DamagedStore, Unavailable, DatabaseError):
        return []
    if seen is None or seen - now < _CLOCK_SET_BACK:
        return []
    return [
        Finding(
            "warning",
            "clock",
            f"The clock stands at {now:%Y-%m-%d %H:%M} UTC and has been at {seen:%Y-%m-%d %H:%M} before:"
            " sessions, links and credentials are judged on the later moment. If the clock is right now and was wrong"
            " then, stop the server and say so: counterfoil doctor --clock-is-right.",
        )
    ]


def set_clock_back(root: Path, now: datetime) -> None:
    """Judge from now on by the clock as it stands: what had expired only by a wrong clock is valid again."""
    engine = guarded_engine(root / DIRECTORY_FILE, head_stamp(FileKind.DIRECTORY), connections=1)
    try:
        run_transaction(engine, Mode.WRITE, lambda db: keep_moment(db, now, backwards=True))
    finally:
        engine.dispose()


def clean_up(root: Path) -> int:
    """Remove what interruptions left unfinished at least an hour ago, and answer how many things that were.

    Never a finished file or folder, even where nothing names it: those are the operator's to judge.
    """
    removed = 0
    for path in _unfinished(root):
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
        removed += 1
    return removed


def _data_folder(root: Path, free_bytes_wanted: int) -> Iterator[Finding]:
    probe = root / f"{UNFINISHED_PREFIX}{uuid4().hex}"
    try:
        probe.touch(exist_ok=False)
        probe.unlink()
    except OSError as error:
        yield Finding("error", "data folder", f"{root} cannot be written to ({error.strerror}).")
    # Inside a folder that only its owner can enter, it does not matter what the permissions are.
    if os.name == "posix" and root.stat().st_mode & 0o077:
        yield Finding("warning", "data folder", f"Others than its owner can enter it: chmod 700 {root}")
    free_bytes = shutil.disk_usage(root).free
    if free_bytes < free_bytes_wanted:
        severity: Severity = "error" if free_bytes < _FREE_BYTES_NEEDED else "warning"
        yield Finding(severity, "disk", f"Only {free_bytes // 1024**2} MiB are free where the data folder is.")


def _directory(root: Path) -> tuple[list[tuple[str, str]], list[Finding]]:
    """Id and handle of every organization that can be read, and what is wrong with the directory."""
    path = root / DIRECTORY_FILE
    if not path.exists():
        advice = "Restore it from a backup." if organization_folders(root) else "Make one with counterfoil init."
        return [], [Finding("error", "directory", f"{DIRECTORY_FILE} is missing. {advice}")]
    findings = list(_database(path, FileKind.DIRECTORY, "", subject="directory"))
    try:
        return read_once(path, stamp_of(path), organizations.all_ids), findings
    except (DamagedStore, Unavailable, DatabaseError):
        return [], findings or [Finding("error", "directory", f"{path} cannot be read. Restore it from a backup.")]


def _books(root: Path, organization_id: str, handle: str) -> Iterator[Finding]:
    path = root / ORGANIZATIONS_FOLDER / organization_id / BOOKS_FILE
    if not path.exists():
        yield Finding("error", handle, f"Its books are missing: {path}. Restore them from a backup.")
        return
    yield from _database(path, FileKind.BOOKS, organization_id, subject=handle)


def _loss(root: Path, organization_id: str, handle: str) -> Iterator[Finding]:
    """Where the books, sound in themselves, are not those of which the directory knows how far they had come."""
    directory = root / DIRECTORY_FILE
    path = root / ORGANIZATIONS_FOLDER / organization_id / BOOKS_FILE
    try:
        anchor = read_once(directory, stamp_of(directory), lambda db: anchor_of(db, organization_id))
        stamp = head_stamp(FileKind.BOOKS, organization_id)
        lost = read_once(path, stamp, lambda db: loss_of_books(db, anchor)) if anchor else ""
    except LostBooks as error:
        lost = str(error)
    except (DamagedStore, Unavailable, DatabaseError):
        # What is wrong with these books is said elsewhere.
        return
    if lost:
        yield Finding(
            "error",
            handle,
            f"Its books have lost something: {lost}. Stop the server, and put back the whole {path.name} with what"
            " belongs to it, if you have it. If it is lost for good, say so: counterfoil organization bring-back"
            f" --organization {handle} --reason TEXT. No lost number is given out again.",
        )


def _disagreements(root: Path, known: list[tuple[str, str]]) -> Iterator[Finding]:
    """Where the directory shows another name, country or currency than the books: a change was interrupted."""
    directory = root / DIRECTORY_FILE
    shown = read_once(directory, stamp_of(directory), organizations.all_profiles) if known else {}
    for organization_id, handle in known:
        path = root / ORGANIZATIONS_FOLDER / organization_id / BOOKS_FILE
        try:
            profile = read_once(path, head_stamp(FileKind.BOOKS, organization_id), load_profile)
        except (DamagedStore, Unavailable, DatabaseError):
            # What is wrong with these books is said elsewhere.
            continue
        if (profile.name, profile.country, profile.currency) != shown[organization_id]:
            yield Finding(
                "warning",
                handle,
                "The directory shows another name, country or currency than the books. Set the name again with"
                " update_organization: that brings both in step.",
            )


def _database(path: Path, kind: FileKind, organization_id: str, *, subject: str) -> Iterator[Finding]:
    wanted = head_stamp(kind, organization_id)
    try:
        found = stamp_of(path)
        problems = integrity_problems(path)
    except DamagedStore:
        yield Finding("error", subject, f"{path} cannot be read as a Counterfoil file. Restore it from a backup.")
        return
    except Unavailable:
        yield Finding("warning", subject, f"{path} was too busy to be looked at: try again.")
        return
    if (found.kind, found.organization_id) != (kind, organization_id):
        yield Finding("error", subject, f"{path} is another file than its name says. Restore it from a backup.")
    elif found.schema_version > wanted.schema_version:
        yield Finding("error", subject, f"{path} was written by a newer Counterfoil: use that version.")
    elif found.schema_version < wanted.schema_version:
        yield Finding("warning", subject, f"{path} has an older schema: run counterfoil migrate.")
    if problems:
        first = problems[0].splitlines()[0]
        yield Finding("error", subject, f"{path} is damaged ({first}). Restore it from a backup.")


def _unnamed_folders(root: Path, known: set[str], *, directory_is_well: bool) -> Iterator[Finding]:
    """Folders of books that the directory does not name. A young one may be an organization that is being made."""
    for folder in organization_folders(root):
        if folder.name in known or not _is_old(folder):
            continue
        advice = "An interruption left it. If you do not miss an organization, move it away."
        if not directory_is_well:
            advice = "See to the directory first."
        yield Finding("warning", folder.name, f"{folder} is named by no organization. {advice}")


def _template(root: Path) -> Iterator[Finding]:
    """A missing template is made when it is wanted; one of another version is of no use any more."""
    path = template_file(root)
    if path.exists():
        for finding in _database(path, FileKind.BOOKS, "", subject="template"):
            yield Finding(
                "error", "template", f"{path} is damaged: delete it, and it is made anew. ({finding.message})"
            )
    for other in sorted((root / TEMPLATES_FOLDER).glob("books-*.db")):
        if other != path:
            yield Finding("note", "template", f"{other} is of another version of Counterfoil and may be deleted.")


def _leftovers(root: Path) -> Iterator[Finding]:
    for path in _unfinished(root):
        yield Finding("warning", "leftover", f"{path} was left unfinished by an interruption: clean up.")


def _unfinished(root: Path) -> list[Path]:
    """Unfinished files and folders that nobody has worked at for an hour."""
    places = (root, root / ORGANIZATIONS_FOLDER, root / TEMPLATES_FOLDER)
    found = [path for place in places for path in place.glob(f"{UNFINISHED_PREFIX}*")]
    for folder in organization_folders(root):
        for name in ("documents", "exports", "branding"):
            found += [path for path in (folder / name).glob(".*") if _TEMPORARY_FILE.fullmatch(path.name)]
    return sorted(path for path in found if _is_old(path))


def _is_old(path: Path) -> bool:
    """By the newest thing in it, because a folder does not grow younger when a file in it does."""
    try:
        newest = max(one.lstat().st_mtime for one in (path, *path.glob("*")))
    except FileNotFoundError:
        return False
    return time.time() - newest > UNFINISHED_AFTER_SECONDS
