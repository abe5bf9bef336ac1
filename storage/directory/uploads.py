"""Queries of the directory on uploads: pages on which one file is chosen for one organization, and what came of them.

A page is known by the digest of its token. What has expired, or was imported, is nobody's any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, bindparam, case, func, select
from sqlmodel import Session

from storage.directory.tables import Upload
from storage.queries.statements import Kept, execute, flat

_FORGOTTEN_AT_ONCE_MAX = 100


@dataclass(frozen=True, slots=True)
class KnownUpload:
    """A page and its file; `received_at` is None until the file has come, and what tells of the file empty."""

    id: str
    digest: str
    organization_id: str
    kind: str
    credential_id: str
    created_at: datetime
    expires_at: datetime
    received_at: datetime | None = None
    file_name: str = ""
    path: str = ""
    sha256: str = ""
    size_bytes: int = 0
    imported_at: datetime | None = None


_UPLOADS = Kept(Upload, KnownUpload)
_COLUMNS = _UPLOADS.table.c
_NOW: BindParameter[datetime] = bindparam("now")
_BY_DIGEST = _UPLOADS.all.where(_COLUMNS.digest == bindparam("digest"), _COLUMNS.expires_at > _NOW)
_OPEN = (_COLUMNS.organization_id == bindparam("organization"), _COLUMNS.imported_at.is_(None))
_COUNT_OPEN = select(func.count()).where(*_OPEN, _COLUMNS.expires_at > _NOW)
_OLDEST_WAITING = (
    select(_COLUMNS.id)
    .where(*_OPEN, _COLUMNS.expires_at > _NOW, _COLUMNS.received_at.is_(None))
    # Whoever asks for page after page ends their own before those of others.
    .order_by(case((_COLUMNS.credential_id == bindparam("credential"), 0), else_=1), _COLUMNS.created_at, _COLUMNS.id)
    .limit(1)
)
_FORGET = _UPLOADS.table.delete().where(_COLUMNS.id == bindparam("upload"))
_RECEIVE = (
    _UPLOADS.table.update()
    .where(_COLUMNS.id == bindparam("upload"), _COLUMNS.received_at.is_(None), _COLUMNS.expires_at > _NOW)
    .values({name: bindparam(f"new_{name}") for name in ("file_name", "path", "sha256", "size_bytes", "expires_at")})
    .values(received_at=_NOW)
)
_EXPIRED = (
    _UPLOADS.all.where(_COLUMNS.expires_at <= _NOW)
    .order_by(_COLUMNS.expires_at, _COLUMNS.id)
    .limit(_FORGOTTEN_AT_ONCE_MAX)
)


def add_upload(session: Session, upload: KnownUpload) -> None:
    """Add a page."""
    _UPLOADS.add(session, **flat(upload))


def upload_of(session: Session, digest: str, *, now: datetime) -> KnownUpload | None:
    """The page whose token has this digest, unless it has expired."""
    return next(iter(_UPLOADS.find(session, _BY_DIGEST, digest=digest, now=now)), None)


def count_open(session: Session, organization_id: str, *, now: datetime) -> int:
    """How many pages of an organization wait for a file, or have one that was not imported yet."""
    return int(execute(session, _COUNT_OPEN, {"organization": organization_id, "now": now}).scalar_one())


def end_oldest_waiting(session: Session, organization_id: str, *, credential_id: str, now: datetime) -> bool:
    """End the page of an organization that has waited longest for its file, one of this credential's where it has any;
    false where none waits.
    """
    values = {"organization": organization_id, "credential": credential_id, "now": now}
    oldest = execute(session, _OLDEST_WAITING, values).scalar()
    return oldest is not None and forget(session, oldest)


def receive(session: Session, filled: KnownUpload, *, now: datetime) -> bool:
    """Put on record that the page's file has come; false where another had come before, or the page has expired."""
    names = ("file_name", "path", "sha256", "size_bytes", "expires_at")
    values = {f"new_{name}": getattr(filled, name) for name in names}
    return execute(session, _RECEIVE, {**values, "upload": filled.id, "now": now}).rowcount > 0


def say_imported(session: Session, upload_id: str, *, now: datetime) -> None:
    """Put on record that the file was imported."""
    _UPLOADS.change(session, upload_id, imported_at=now)


def expired(session: Session, *, now: datetime) -> list[KnownUpload]:
    """Pages that have expired, some of the oldest."""
    return _UPLOADS.find(session, _EXPIRED, now=now)


def forget(session: Session, upload_id: str) -> bool:
    """Forget a page; false where it is not known."""
    return execute(session, _FORGET, {"upload": upload_id}).rowcount > 0
