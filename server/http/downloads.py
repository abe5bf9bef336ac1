"""Downloads: signed links to one file of one organization, short-lived, opening in a browser under a proper name."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import logging
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from invoicing.refusals import Refusal
from operations.access import FileLink, Office
from operations.files import PDF, open_file_by_link
from storage.books import Books
from storage.engines import DamagedStore
from storage.files import StoredFile

LIFETIME = timedelta(hours=1)
_TOKEN_LENGTH_MAX = 400
_KEY_BYTES = 32
PIECE_BYTES = 65_536
"""So much of a file is sent at once."""
_log = logging.getLogger("counterfoil")


@dataclass(frozen=True, slots=True)
class LinkSigner:
    """Makes and reads signed links. `key` stays on this machine and is in no backup: a restored copy signs anew."""

    key: bytes
    public_url: str

    def link_to(self, books: Books, stored: StoredFile) -> FileLink:
        """A link to the file, valid for an hour."""
        expires_at = (books.clock() + LIFETIME).replace(microsecond=0)
        claims = json.dumps([books.organization.id, stored.id, int(expires_at.timestamp())]).encode()
        token = f"{_encode(claims)}.{_encode(self._signature(claims))}"
        return FileLink(f"{self.public_url}/files/{token}", expires_at)

    def read(self, token: str, *, now: datetime) -> tuple[str, str] | None:
        """The organization and file of a link that is ours and has not expired, else None."""
        if len(token) > _TOKEN_LENGTH_MAX or not token.isascii():
            return None
        encoded, _, signature = token.partition(".")
        try:
            claims = _decode(encoded)
            if not hmac.compare_digest(_decode(signature), self._signature(claims)):
                return None
            organization_id, file_id, expires = json.loads(claims)
        except (binascii.Error, ValueError):
            return None
        expired = datetime.fromtimestamp(expires, UTC) <= now
        return None if expired else (organization_id, file_id)

    def _signature(self, claims: bytes) -> bytes:
        return hmac.digest(self.key, b"counterfoil file link\n" + claims, hashlib.sha256)


def signing_key(root: Path) -> bytes:
    """The key of this data folder, made at first use, readable by its owner alone.

    It appears whole or not at all: an empty key, seen by a second process or left by a crash, would let anybody sign.
    """
    path = root / "secrets" / "links.key"
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if not path.exists():
        _make_key(path)
    key = path.read_bytes()
    if len(key) != _KEY_BYTES:
        raise DamagedStore(f"{path} is not a key: remove it, and links that were given out end")
    return key


def _make_key(path: Path) -> None:
    made = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(secrets.token_bytes(_KEY_BYTES))
            stream.flush()
            os.fsync(stream.fileno())
        # Linking does not replace: of two processes that make a key at once, the first one's stays.
        with suppress(FileExistsError):
            os.link(made, path)
    finally:
        made.unlink(missing_ok=True)


class Downloads:
    """The route `/files/{token}`."""

    def __init__(self, office: Office, signer: LinkSigner) -> None:
        self._office = office
        self._signer = signer

    async def __call__(self, request: Request) -> Response:
        named = self._signer.read(request.path_params["token"], now=self._office.latest())
        if named is None:
            return _absent()
        try:
            stored, stream = await open_file_by_link(self._office.store.shelf, *named)
        except Refusal:
            return _absent()
        except DamagedStore as damage:
            _log.error("books cannot be opened: %s", damage)
            return _absent()
        shown = "inline" if stored.media_type == PDF else "attachment"
        headers = {
            "Content-Disposition": f"{shown}; filename*=UTF-8''{quote(stored.file_name)}",
            "Cache-Control": "private, no-store",
            "Content-Security-Policy": "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        }
        return _Sent(stream, stored, headers)


class _Sent(Response):
    """Sends an open file piece by piece and closes it: many slow readers of a long file hold little of it in memory."""

    def __init__(self, stream: BinaryIO, stored: StoredFile, headers: dict[str, str]) -> None:
        super().__init__(media_type=stored.media_type, headers={**headers, "Content-Length": str(stored.size_bytes)})
        self._stream = stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._stream:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            # It was looked through a moment ago, and does not come from the disk.
            while scope["method"] != "HEAD" and (piece := self._stream.read(PIECE_BYTES)):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})


def _absent() -> Response:
    """Expired, foreign and absent links answer alike."""
    return PlainTextResponse("This link is not valid, or not any more: ask for a new one.", status_code=404)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(text: str) -> bytes:
    """Raises:
    ValueError: not exactly what `_encode` writes; base64 has other spellings of the same bytes.
    """
    raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if _encode(raw) != text:
        raise ValueError
    return raw
