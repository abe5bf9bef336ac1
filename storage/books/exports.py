"""Exports that were made: which file answers which request, how many were made in a day, and which have aged.

An export's file is made of what the books hold and can be made again, so it is kept for a while only; its record stays
and says so. What counts them is in the books, so that several processes and a restart agree.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from storage.books import export_tables, files, tables
from storage.books.checks import PRINTING
from storage.files.kept import Files, StoredFile
from storage.queries.statements import execute, table_of

_EXPORTS = table_of(export_tables.Export)
_REQUESTS = table_of(export_tables.ExportRequest)
_DAYS = table_of(export_tables.ExportDay)
REMOVED = select(_EXPORTS.c.file_id).where(_EXPORTS.c.removed_at.is_not(None))
_IS_REMOVED = REMOVED.where(_EXPORTS.c.file_id == bindparam("file"))
_OF_REQUEST = (
    select(_REQUESTS.c.file_id, _REQUESTS.c.documents, _REQUESTS.c.notes)
    .join(_EXPORTS, _EXPORTS.c.file_id == _REQUESTS.c.file_id)
    .where(_REQUESTS.c.request == bindparam("request"), _EXPORTS.c.removed_at.is_(None))
)
_OF_CONTENT = (
    select(_EXPORTS.c.file_id)
    .where(_EXPORTS.c.sha256 == bindparam("sha256"), _EXPORTS.c.format == bindparam("file_format"))
    .order_by(_EXPORTS.c.file_id)
    .limit(1)
)
_KEPT = select(_EXPORTS.c.file_id, _EXPORTS.c.format, _EXPORTS.c.clients).where(_EXPORTS.c.removed_at.is_(None))
_KEPT_OF_FILE = _KEPT.where(_EXPORTS.c.file_id == bindparam("file"))
_RECENT = _KEPT.order_by(_EXPORTS.c.file_id.desc())
_PAST = (
    select(_EXPORTS.c.file_id, _EXPORTS.c.format, _EXPORTS.c.clients, _EXPORTS.c.made_at, _EXPORTS.c.removed_at)
    .order_by(_EXPORTS.c.made_at.desc(), _EXPORTS.c.file_id.desc())
    .limit(bindparam("at_most"))
)
_OF_DAY = select(_DAYS.c.made, _DAYS.c.size_bytes).where(_DAYS.c.day == bindparam("day"))
_ENTRIES = table_of(tables.AuditEntry).c
_STATE = (
    *(select(func.max(table_of(rows).c["position"])) for rows in (tables.DocumentRow, tables.Payment)),
    # That a PDF was first made changes nothing of what an export tells; an archive of PDFs itself makes them.
    select(_ENTRIES.position).where(_ENTRIES.act != PRINTING).order_by(_ENTRIES.position.desc()).limit(1),
)
OVER_CLIENTS = "export-clients"
"""The format of an archive over several clients."""
_DAYS_REMEMBERED = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class MadeExport:
    """An export as it was answered: its file, how many documents are in it, and the notes that came with it. `clients`
    are the ids of those that an archive over several is made of.
    """

    file: StoredFile
    documents: int
    notes: tuple[str, ...]
    clients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptExport:
    """An export that is still there; `clients` are those that an archive over several is of."""

    file_id: str
    over_clients: bool
    clients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """How many files exports made anew on a day, and how large they are together."""

    made: int = 0
    size_bytes: int = 0


def request_key(session: Session, asked: tuple[str, ...]) -> str:
    """What the same request on unchanged books has in common: whatever changes books adds to one of these rows."""
    state = [execute(session, statement).scalar() for statement in _STATE]
    return hashlib.sha256(json.dumps([asked, state]).encode()).hexdigest()


def made_before(session: Session, key: str) -> MadeExport | None:
    """What answered the same request on the same books, unless it has been removed."""
    row = execute(session, _OF_REQUEST, {"request": key}).first()
    stored = files.file_by_id(session, row[0]) if row is not None else None
    return MadeExport(stored, row[1], tuple(json.loads(row[2]))) if row is not None and stored is not None else None


def asked_again(session: Session, key: str, file_id: str, *, at: datetime) -> None:
    """Note that an export was asked for again."""
    execute(session, _REQUESTS.update().where(_REQUESTS.c.request == key).values(asked_at=at))
    execute(session, _EXPORTS.update().where(_EXPORTS.c.file_id == file_id).values(asked_at=at))


def of_day(session: Session, day: date) -> Day:
    """What exports made anew on this day."""
    row = execute(session, _OF_DAY, {"day": day}).first()
    return Day(*row) if row is not None else Day()


def count_in(session: Session, day: date, *, made: int = 0, size_bytes: int = 0) -> None:
    """Add to what exports made on this day; what is taken back is negative."""
    changed = {"made": _DAYS.c.made + made, "size_bytes": _DAYS.c.size_bytes + size_bytes}
    if not execute(session, _DAYS.update().where(_DAYS.c.day == day).values(changed)).rowcount:
        execute(session, _DAYS.insert(), {"day": day, "made": made, "size_bytes": size_bytes})
        execute(session, _DAYS.delete().where(_DAYS.c.day < day - _DAYS_REMEMBERED))


def keep_export(session: Session, key: str, made: MadeExport, *, at: datetime) -> tuple[StoredFile, bool]:
    """Put an export that was just written on record. The same content is the same file: where there is one, that one
    is answered, also one that was removed or damaged, and its bytes are what was just written
    (`Files.put_in_place_of`). Whether it had been removed comes with it.
    """
    content = {"sha256": made.file.sha256, "file_format": made.file.format}
    found = execute(session, _OF_CONTENT, content).scalar()
    first = files.file_by_id(session, found) if found else None
    clients = json.dumps(made.clients)
    stored = first or files.record_file(session, made.file, at=at)
    was_removed = first is not None and is_removed(session, first.id)
    if first is None:
        row = {"sha256": stored.sha256, "format": stored.format, "made_at": at, "asked_at": at}
        execute(session, _EXPORTS.insert(), {"file_id": stored.id, "clients": clients, **row})
    else:
        again = _EXPORTS.update().where(_EXPORTS.c.file_id == first.id)
        execute(session, again.values(asked_at=at, removed_at=None, clients=clients))
    answered = {"file_id": stored.id, "documents": made.documents, "notes": json.dumps(made.notes), "asked_at": at}
    if not execute(session, _REQUESTS.update().where(_REQUESTS.c.request == key).values(answered)).rowcount:
        execute(session, _REQUESTS.insert(), {"request": key, **answered})
    return stored, was_removed


def is_removed(session: Session, file_id: str) -> bool:
    """Whether this is an export that has aged, and whose file was removed."""
    return execute(session, _IS_REMOVED, {"file": file_id}).first() is not None


def kept_export(session: Session, file_id: str) -> KeptExport | None:
    """The export of this file, as long as it is there; None for what is no export."""
    row = execute(session, _KEPT_OF_FILE, {"file": file_id}).first()
    return None if row is None else _kept(*row)


def recent_exports(session: Session) -> list[KeptExport]:
    """The exports that are still there, the newest first."""
    return [_kept(*row) for row in execute(session, _RECENT)]


def _kept(file_id: str, file_format: str, clients: str) -> KeptExport:
    return KeptExport(file_id, file_format == OVER_CLIENTS, tuple(json.loads(clients)))


@dataclass(frozen=True, slots=True)
class PastExport:
    """An export on record; `removed` says that its file has aged and is there no more."""

    file: StoredFile
    made_at: datetime
    removed: bool
    kept: KeptExport


def past_exports(session: Session, *, limit: int) -> list[PastExport]:
    """The exports that were made, the newest first."""
    found = execute(session, _PAST, {"at_most": limit}).all()
    return [
        PastExport(stored, made_at, removed_at is not None, _kept(file_id, file_format, clients))
        for file_id, file_format, clients, made_at, removed_at in found
        if (stored := files.file_by_id(session, file_id)) is not None
    ]


def removed_ids(session: Session) -> frozenset[str]:
    """The files on record that were removed because they had aged: that they are not there is in order."""
    return frozenset(execute(session, REMOVED).scalars())


def aged_files(session: Session, *, before: datetime) -> list[StoredFile]:
    """The files of exports that were last asked for before then, and were not removed yet."""
    wanted = select(_EXPORTS.c.file_id).where(_EXPORTS.c.asked_at < before, _EXPORTS.c.removed_at.is_(None))
    ids = execute(session, wanted.order_by(_EXPORTS.c.file_id)).scalars()
    return [stored for one in ids if (stored := files.file_by_id(session, one)) is not None]


def say_removed(session: Session, *, before: datetime, at: datetime) -> None:
    """Put on record that the exports last asked for before then are removed; their files are removed after that is
    certain, so that a file that is missing is never one that should be there.
    """
    for stored in aged_files(session, before=before):
        say_gone(session, [stored.id], at=at)
    execute(session, _REQUESTS.delete().where(_REQUESTS.c.asked_at < before))


def say_gone(session: Session, ids: Iterable[str], *, at: datetime) -> None:
    """Put on record that the files of these exports are not there."""
    for one in ids:
        gone = _EXPORTS.update().where(_EXPORTS.c.file_id == one, _EXPORTS.c.removed_at.is_(None))
        execute(session, gone.values(removed_at=at))


def removed_files(session: Session, *, since: datetime | None = None) -> list[StoredFile]:
    """The files of the exports that are on record as removed, all of them or those `since` then; some may be there
    still.
    """
    removed = REMOVED if since is None else REMOVED.where(_EXPORTS.c.removed_at >= since)
    ids = execute(session, removed.order_by(_EXPORTS.c.file_id)).scalars().all()
    return [stored for one in ids if (stored := files.file_by_id(session, one)) is not None]


def remove_files(kept: Files, removed: Sequence[StoredFile]) -> list[str]:
    """Remove these files as far as they are there, outside of a transaction, and answer the ids of those that were.

    Whoever made one of them anew at the same moment may have put it back just before: that these are gone is said once
    more (`say_gone`), so that what is on record as being there is there.
    """
    return [stored.id for stored in removed if kept.remove(stored)]
