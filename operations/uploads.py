"""Files that come in by a page of their own: one file, for one organization, within an hour, and once.

A file is too long to be written down by a model, so the call that imports it answers with a page, where a person
chooses it. The page's token is a secret that is kept as a hash. It opens the page, and names the file in the calls
that follow; a file that was imported, or whose hour is over, is removed.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sqlmodel import Session

from invoicing.importing.kinds import BEGINNING_BYTES, ImportKind, check_beginning, check_size, file_name_of
from invoicing.organizations import Clock, OrganizationRef
from invoicing.refusals import Conflict, InvalidInput, LimitExceeded, NotFound, Unavailable
from invoicing.remedies import Act
from operations.access import Office, Principal, is_allowed
from operations.authentication import NotYours, Unauthenticated, principal_behind
from operations.credentials import digest_of
from operations.files_given import FileGiven
from operations.rights import Right
from storage.books.pool import Books
from storage.directory import uploads
from storage.directory.uploads import KnownUpload
from storage.files.kept import FileName, Files, Room, StoredFile
from storage.folder.store import Store
from storage.ids import new_id

LIFETIME = timedelta(hours=1)
OPEN_MAX = 8
"""Pages of one organization that wait for a file, or have one that was not imported yet."""
_TOKEN = re.compile(r"upl_[0-9a-f]{40}")
_WRITTEN_AT_ONCE_BYTES = 1024 * 1024
_FORMAT = "upload"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AskedFor:
    """A page that was made, by its token."""

    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class UploadPage:
    """A page that is open: for whose books, on whose behalf, and what has come."""

    upload: KnownUpload
    organization: OrganizationRef
    principal: Principal

    @property
    def kind(self) -> ImportKind:
        return ImportKind(self.upload.kind)


def is_token(text: str) -> bool:
    """Whether a text has the form of a page's token."""
    return _TOKEN.fullmatch(text) is not None


async def ask_for_file(office: Office, books: Books, kind: ImportKind) -> AskedFor:
    """A page for a file of this kind. Where too many are open, the one that has waited longest for its file ends.

    Raises:
        LimitExceeded: as many files as may lie here were not imported yet.
    """
    now, token = office.latest(), f"upl_{secrets.token_hex(20)}"
    await remove_expired(office.store, now=now)
    new = KnownUpload(
        id=new_id("upl"),
        digest=digest_of(token),
        organization_id=books.organization.id,
        kind=kind,
        credential_id=office.principal.credential_id,
        created_at=now,
        expires_at=(now + LIFETIME).replace(microsecond=0),
    )

    def work(db: Session) -> None:
        if uploads.count_open(db, new.organization_id, now=now) >= OPEN_MAX and not uploads.end_oldest_waiting(
            db, new.organization_id, credential_id=new.credential_id, now=now
        ):
            raise LimitExceeded(
                f"{OPEN_MAX} files wait here to be imported: import them first, or wait until their hour is over."
            )
        uploads.add_upload(db, new)

    await office.store.directory.write(work)
    return AskedFor(token, new.expires_at)


async def find_page(store: Store, clock: Clock, token: str) -> UploadPage | None:
    """The page of this token; None where there is none, or it is open no more: its hour is over, its file was
    imported, or whoever asked for it may not import any more.
    """
    now = store.moments.no_earlier(clock())
    return await store.directory.read(lambda db: _page(db, token, now)) if is_token(token) else None


def _page(db: Session, token: str, now: datetime) -> UploadPage | None:
    upload = uploads.upload_of(db, digest_of(token), now=now)
    return None if upload is None or upload.imported_at is not None else _opened(db, upload, now)


def _opened(db: Session, upload: KnownUpload, now: datetime) -> UploadPage | None:
    """The page, while whoever asked for it could do so again."""
    try:
        principal, organization = principal_behind(db, upload.credential_id, upload.organization_id, now=now)
    except (Unauthenticated, NotYours):
        return None
    if organization.archived or not is_allowed(Right.IMPORT_RECORDS, organization, principal):
        return None
    return UploadPage(upload, organization, principal)


@dataclass(slots=True)
class Incoming:
    """A file that is coming in. What is not kept at the end is removed."""

    page: UploadPage
    _store: Store
    _clock: Clock
    _written: Path
    _size_bytes: int = 0
    _beginning: bytes = b""
    _held: list[bytes] = field(default_factory=list)
    _held_bytes: int = 0

    async def write(self, piece: bytes) -> None:
        """The next bytes of the file.

        Raises:
            LimitExceeded: the file is larger than one of its kind may be.
            Unavailable: there is no room for it.
        """
        self._size_bytes += len(piece)
        check_size(self.page.kind, self._size_bytes)
        if len(self._beginning) < BEGINNING_BYTES:
            self._beginning += piece[: BEGINNING_BYTES - len(self._beginning)]
        self._held.append(piece)
        self._held_bytes += len(piece)
        if self._held_bytes >= _WRITTEN_AT_ONCE_BYTES:
            await self._write_held()

    async def keep(self, file_name: str) -> KnownUpload | None:
        """Keep the file, which has come whole; None where another came on the same page meanwhile, or its hour is over.

        Raises:
            InvalidInput: it is empty, or another kind of file.
            Unavailable: there is no room for it.
        """
        check_beginning(self.page.kind, self._beginning)
        await self._write_held()
        organization_id, now = self.page.organization.id, self._store.moments.no_earlier(self._clock())
        # A name of its own: of two that come at once, the one that is too late is removed, and not the other.
        named = FileName(new_id("upl"), "application/octet-stream", _FORMAT)
        files, use_files = self._store.pool.files(organization_id), self._store.pool.workers.use_files
        stored = await use_files(organization_id, files.put, self._written, named)
        filled = replace(
            self.page.upload,
            file_name=file_name_of(file_name),
            path=stored.path,
            sha256=stored.sha256,
            size_bytes=stored.size_bytes,
            received_at=now,
            expires_at=(now + LIFETIME).replace(microsecond=0),
        )
        if await self._store.directory.write(lambda db: uploads.receive(db, filled, now=now)):
            return filled
        await use_files(organization_id, files.remove, stored)
        return None

    async def _write_held(self) -> None:
        content, self._held, self._held_bytes = b"".join(self._held), [], 0
        if content:
            await self._store.pool.workers.use_files(self.page.organization.id, _append, self._written, content)


def _append(path: Path, content: bytes) -> None:
    with path.open("ab") as stream:
        stream.write(content)


@asynccontextmanager
async def receiving(store: Store, clock: Clock, page: UploadPage) -> AsyncIterator[Incoming]:
    """The file of a page, as it comes in."""
    with store.pool.files(page.organization.id).being_written(Room.UPLOADS, "") as written:
        yield Incoming(page, store, clock, written)


async def uploaded_file(office: Office, books: Books, kind: ImportKind, token: str) -> FileGiven:
    """The file that came by the page of this token, which is of these books.

    Raises:
        NotFound: there is no such page here, or not any more.
        Conflict: its file was imported, or has not come yet.
        InvalidInput: the page is for another kind of file.
    """
    now, organization_id = office.latest(), books.organization.id

    def work(db: Session) -> KnownUpload | None:
        upload = uploads.upload_of(db, digest_of(token), now=now)
        ours = upload is not None and upload.organization_id == organization_id
        return upload if upload is not None and ours and (upload.imported_at or _opened(db, upload, now)) else None

    found = await office.store.directory.read(work)
    if found is None:
        raise _no_such_upload()
    if found.imported_at is not None:
        raise Conflict(
            f"This file was imported at {found.imported_at:%H:%M} UTC: nothing is left to be done with it.",
            field="file",
            remedy=Act.UPLOAD_FILE,
        )
    if found.kind != kind:
        raise InvalidInput(f"kind: the page of this file is for {found.kind}.", field="kind", candidates=[found.kind])
    if found.received_at is None:
        raise Conflict("No file has come yet: somebody opens the page and chooses it there.", field="file")
    return FileGiven(found.file_name, partial(_read, books.files, found), upload_id=found.id)


def _read(files: Files, upload: KnownUpload) -> bytes:
    content = files.read_named(upload.path, upload.sha256)
    if content is None:
        raise _no_such_upload()
    return content


def _no_such_upload() -> NotFound:
    return NotFound(
        "No such uploaded file here, or not any more: it is kept for an hour.", field="file", remedy=Act.UPLOAD_FILE
    )


async def say_imported(office: Office, books: Books, upload_id: str, token: str) -> None:
    """Remove an uploaded file, which was imported; its page says so until its hour is over."""
    now = office.latest()

    def work(db: Session) -> KnownUpload | None:
        uploads.say_imported(db, upload_id, now=now)
        return uploads.upload_of(db, digest_of(token), now=now)

    try:
        upload = await office.store.directory.write(work)
        if upload is not None:
            await books.use_files(books.files.remove, _stored(upload))
    except (Unavailable, OSError):
        # It is imported, which is what counts: the file goes when its hour is over.
        _log.warning("an imported file could not be removed yet", exc_info=True)


async def remove_expired(store: Store, *, now: datetime) -> int:
    """Remove the files whose hour is over, and forget their pages; answers how many pages that were. One that cannot be
    removed now is left to the next time, and keeps nobody from going on.
    """
    forgotten = 0
    while found := await store.directory.read(lambda db: uploads.expired(db, now=now)):
        gone = tuple([upload.id for upload in found if await _removed(store, upload)])
        if not gone:
            break
        forgotten += await store.directory.write(partial(_forget, gone))
    return forgotten


async def _removed(store: Store, upload: KnownUpload) -> bool:
    try:
        if upload.path:
            files = store.pool.files(upload.organization_id)
            await store.pool.workers.use_files(upload.organization_id, files.remove, _stored(upload))
    except (Unavailable, OSError):
        _log.warning("a file whose hour is over could not be removed", exc_info=True)
        return False
    return True


def _forget(ids: tuple[str, ...], db: Session) -> int:
    return sum(uploads.forget(db, one) for one in ids)


def _stored(upload: KnownUpload) -> StoredFile:
    return StoredFile(
        id=upload.id,
        path=upload.path,
        file_name=upload.file_name,
        media_type="",
        sha256=upload.sha256,
        size_bytes=upload.size_bytes,
        format=_FORMAT,
        document_id="",
    )
