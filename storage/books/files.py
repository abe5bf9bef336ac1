"""Queries on the files of an organization that are on record; `storage.files` keeps their bytes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import Session

from storage.books import tables
from storage.files.kept import StoredFile
from storage.queries.statements import Kept, flat
from storage.work.asking import Ask, each

_FILES = Kept(tables.StoredFile, StoredFile, document_id=lambda of: of or "")
_AT_PATH = _FILES.all.where(_FILES.table.c.path == bindparam("path")).limit(1)
_AFTER = _FILES.all.where(_FILES.table.c.id > bindparam("after")).order_by(_FILES.table.c.id).limit(200)
_OF_DOCUMENT = _FILES.all.where(
    _FILES.table.c.document_id == bindparam("document"), _FILES.table.c.format == bindparam("file_format")
)


def file_of_document(session: Session, document_id: str, file_format: str) -> StoredFile | None:
    """The file first rendered for a document in this format."""
    return next(iter(_FILES.find(session, _OF_DOCUMENT, document=document_id, file_format=file_format)), None)


def file_by_id(session: Session, file_id: str) -> StoredFile | None:
    return _FILES.get(session, file_id)


def is_on_record(session: Session, path: str) -> bool:
    """Whether a file of this path was recorded."""
    return bool(_FILES.find(session, _AT_PATH, path=path))


def file_at(session: Session, path: str) -> StoredFile | None:
    """The file of this path that was recorded first."""
    return next(iter(_FILES.find(session, _AT_PATH, path=path)), None)


def all_files(ask: Ask) -> Iterator[StoredFile]:
    """All files on record, by their ids."""
    return each(ask, _files_after, "")


def _files_after(key: str, session: Session) -> tuple[str, list[StoredFile]] | None:
    page = _FILES.find(session, _AFTER, after=key)
    return (page[-1].id, page) if page else None


def record_file(session: Session, file: StoredFile, *, at: datetime) -> StoredFile:
    """Put a written file on record. The first one of a document and format stays; it is answered here."""
    if file.document_id:
        first = file_of_document(session, file.document_id, file.format)
        if first is not None:
            return first
    _FILES.add(session, **{**flat(file), "document_id": file.document_id or None, "created_at": at})
    return file
