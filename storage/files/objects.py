"""Objects of a bucket: the one place that speaks to an object store, and that knows the library for it.

Each request ends within seconds, answered or not, so that a store that hangs holds up one thread and not for long.
Whatever the store or the library says of an error names endpoints and may name keys: it stays here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from invoicing.refusals import InvalidInput
from storage.faults.errors import StorageFault, told
from storage.faults.kinds import Fault
from storage.files.buckets import FIELD, Bucket

if TYPE_CHECKING:
    from obstore.store import S3Store

PIECE_BYTES = 8 * 1024 * 1024
"""What is sent or fetched at once."""
_REQUEST = timedelta(seconds=20)
_CONNECT = timedelta(seconds=5)
_AGAIN_FOR = timedelta(seconds=10)
_AGAIN_MAX = 3
_LARGE_REQUEST = timedelta(seconds=120)
"""To put the parts of something large together, or to copy it, takes a store longer than anything else."""
_STATUS = re.compile(r"status code: (\d{3})")
_CODE = re.compile(r"<Code>([A-Za-z]{1,60})</Code>")
_SHUT_OUT = ("401", "403")
_NO_BUCKET = "NoSuchBucket"


@dataclass(frozen=True, slots=True)
class Found:
    """An object that is there; `version` is what the store calls these very bytes."""

    size_bytes: int
    version: str


class Objects:
    """The objects below an installation's folder of a bucket."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket
        try:
            import obstore
        except ImportError:
            raise InvalidInput(
                "Files in an object store take a library that is not installed: it comes with counterfoil[s3].",
                field=FIELD,
            ) from None
        self._library = obstore
        self._store = self._opened(_REQUEST)
        self._for_large = self._opened(_LARGE_REQUEST)

    def create(self, name: str, content: bytes) -> bool:
        """Put an object where there is none; false where there is one, which stays as it is."""
        from obstore.exceptions import AlreadyExistsError

        with self._told():
            try:
                self._library.put(self._store, name, content, mode="create", use_multipart=False)
            except AlreadyExistsError:
                return False
        return True

    def replace(self, name: str, content: bytes, found: Found) -> bool:
        """Put an object in the place of the one that was found; false where somebody else has, meanwhile."""
        from obstore.exceptions import PreconditionError

        with self._told():
            try:
                self._library.put(self._store, name, content, mode={"e_tag": found.version}, use_multipart=False)
            except PreconditionError:
                return False
        return True

    def upload(self, name: str, file: Path) -> None:
        """Put a large file, in parts: nobody sees the object before all of it is there."""
        with self._told(), file.open("rb") as stream:
            self._library.put(self._for_large, name, stream, chunk_size=PIECE_BYTES, max_concurrency=2)

    def copy(self, source: str, target: str) -> None:
        """Put the bytes of one object under another name too."""
        with self._told():
            self._library.copy(self._for_large, source, target)

    def find(self, name: str) -> Found | None:
        """What is under this name."""
        with self._told():
            try:
                meta = self._library.head(self._store, name)
            except FileNotFoundError as error:
                self._check_bucket(error)
                return None
        return Found(meta["size"], meta["e_tag"] or "")

    def read(self, name: str, *, size_bytes: int | None = None) -> Iterator[bytes] | None:
        """The bytes of an object, in pieces; None where there is none, or none of this size."""
        with self._told():
            try:
                first = self._library.get(self._store, name)
            except FileNotFoundError as error:
                self._check_bucket(error)
                return None
            held = first.meta["size"]
            if size_bytes is not None and held != size_bytes:
                return None
            if held <= PIECE_BYTES:
                return iter([bytes(first.bytes())])
        return self._pieces(name, held)

    def remove(self, *names: str) -> None:
        """Remove objects; those that are not there are none the less gone."""
        with self._told():
            for name in names:
                self._library.delete(self._store, name)

    def below(self, folder: str) -> Iterator[list[str]]:
        """The names of all objects below a folder, some at a time."""
        with self._told():
            for some in self._library.list(self._store, folder, chunk_size=500):
                yield [one["path"] for one in some]

    def _pieces(self, name: str, size_bytes: int) -> Iterator[bytes]:
        """Each piece is a request of its own: of all of it, none could say how long it may take."""
        for start in range(0, size_bytes, PIECE_BYTES):
            with self._told():
                end = min(start + PIECE_BYTES, size_bytes)
                try:
                    yield bytes(self._library.get_range(self._store, name, start=start, end=end))
                except FileNotFoundError:
                    # It was removed meanwhile: what came so far is not what was put.
                    return

    def _opened(self, each: timedelta) -> S3Store:
        from obstore.store import S3Store

        with self._told():
            return S3Store(
                self.bucket.name,
                prefix=self.bucket.folder or None,
                # Whether the way there is encrypted, the endpoint says that the operator gives.
                client_options={"timeout": each, "connect_timeout": _CONNECT, "allow_http": True},
                retry_config={"max_retries": _AGAIN_MAX, "retry_timeout": _AGAIN_FOR},
            )

    def _check_bucket(self, error: FileNotFoundError) -> None:
        """A bucket that is not there is not an object that is not there."""
        if _NO_BUCKET in str(error):
            raise self._fault(error) from None

    @contextmanager
    def _told(self) -> Iterator[None]:
        from obstore.exceptions import BaseError

        try:
            yield
        except StorageFault:
            raise
        except (BaseError, OSError, ValueError) as error:
            raise self._fault(error) from None

    def _fault(self, error: Exception) -> StorageFault:
        from obstore.exceptions import PermissionDeniedError, UnauthenticatedError

        said = str(error)
        status, code = _STATUS.search(said), _CODE.search(said)
        shut_out = isinstance(error, PermissionDeniedError | UnauthenticatedError)
        refused = shut_out or (status is not None and status.group(1) in _SHUT_OUT) or _NO_BUCKET in said
        why = " ".join(one.group(1) for one in (status, code) if one) or type(error).__name__
        return told(f"{self.bucket} ({why})", Fault.FILES_REFUSED if refused else Fault.FILES_UNREACHABLE)
