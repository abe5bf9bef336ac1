"""Downloads: signed links to one file of one organization, short-lived, opening in a browser under a proper name."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import BinaryIO
from urllib.parse import quote

from anyio.lowlevel import checkpoint
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from invoicing.refusals import Refusal, Unavailable
from invoicing.text.base64url import base64url
from operations.access import FileLink, Office, Principal
from operations.authentication import NotYours, Unauthenticated, bearer_behind
from operations.file_readers import FileReader
from operations.files import PDF, open_file_by_link
from server.http import answers
from server.http.connections import vouch
from server.http.gate.addresses import in_browser
from server.http.limits import Transfers
from server.http.visits import note_visit
from server.pages.languages import N_, gettext, speaking_to
from server.pages.rendering import told
from storage.books.pool import Books
from storage.directory import organizations
from storage.files.kept import StoredFile
from views.remedies import for_assistant, message_of

PATH = "/files/{token}"
LIFETIME = timedelta(hours=1)
_TOKEN_LENGTH_MAX = 400
_ON_PAGE = {
    404: (N_("This link is not valid, or not any more"), N_("Links to files last an hour: ask for a new one.")),
    429: (N_("Too many files at once"), N_("Others are still being sent. Try again in a moment.")),
    503: (
        N_("The file cannot be had at the moment"),
        N_("Try again in a moment; if it stays like this, tell whoever runs the server."),
    ),
}
PIECE_BYTES = 65_536
"""So much of a file is sent at once."""


@dataclass(frozen=True, slots=True)
class LinkedFile:
    """What a link names: one file of one organization, and the credential whose call the link was given to."""

    organization_id: str
    file_id: str
    credential_id: str


@dataclass(frozen=True, slots=True)
class LinkSigner:
    """Makes and reads signed links. `key` lies apart from the data and is in no backup."""

    key: bytes
    public_url: str

    def link_to(self, principal: Principal, books: Books, stored: StoredFile) -> FileLink:
        """A link to the file, valid for an hour, and no longer than the principal's credential."""
        expires_at = (books.clock() + LIFETIME).replace(microsecond=0)
        named = [books.organization.id, stored.id, int(expires_at.timestamp()), principal.credential_id]
        claims = json.dumps(named).encode()
        token = f"{base64url(claims)}.{base64url(self._signature(claims))}"
        return FileLink(f"{self.public_url}/files/{token}", expires_at)

    def read(self, token: str, *, now: datetime) -> LinkedFile | None:
        """What a link names that is ours and has not expired, else None."""
        if len(token) > _TOKEN_LENGTH_MAX or not token.isascii():
            return None
        encoded, _, signature = token.partition(".")
        try:
            claims = _decode(encoded)
            if not hmac.compare_digest(_decode(signature), self._signature(claims)):
                return None
            organization_id, file_id, expires, credential_id = json.loads(claims)
        except (binascii.Error, ValueError):
            return None
        expired = datetime.fromtimestamp(expires, UTC) <= now
        return None if expired else LinkedFile(organization_id, file_id, credential_id)

    def _signature(self, claims: bytes) -> bytes:
        return hmac.digest(self.key, b"counterfoil file link\n" + claims, hashlib.sha256)


class Downloads:
    """The route `PATH`. What a link opens is noted as done by whoever the link was given to."""

    def __init__(self, office: Office, signer: LinkSigner, downloading: Transfers) -> None:
        self._office = office
        self._signer = signer
        self._downloading = downloading

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        named = self._signer.read(request.path_params["token"], now=self._office.latest())
        try:
            principal = await self._principal_behind(named) if named else None
        except Unavailable as fault:
            await self._told(request, _unavailable(fault))(scope, receive, send)
            return
        if not named or principal is None:
            await self._told(request, _absent())(scope, receive, send)
            return
        vouch(scope, principal.user_id)
        with self._downloading.turn(principal.user_id) as admitted, ExitStack() as stack:
            status = 500
            try:
                response = await self._response(named, principal, stack) if admitted else answers.too_many(1).response
                status = response.status_code
            finally:
                note_visit(self._office, f"{request.method} {PATH}", status, principal, named.organization_id)
            await self._told(request, response)(scope, receive, send)

    def _told(self, request: Request, response: Response) -> Response:
        """The response; where it is no file, a browser is told so on a page."""
        words = _ON_PAGE.get(response.status_code)
        if words is None or not in_browser(request):
            return response
        retry = {name: value for name, value in response.headers.items() if name == "retry-after"}
        with speaking_to(request, self._office.public_url):
            title, said = (gettext(one) for one in words)
            return told(title, said, status=response.status_code, headers=retry)

    async def _principal_behind(self, named: LinkedFile) -> Principal | None:
        """Whose credential the link was made with; None where it opens nothing any more."""
        try:
            return await bearer_behind(
                self._office.store, self._office.clock, named.credential_id, named.organization_id
            )
        except (Unauthenticated, NotYours):
            return None

    async def _response(self, named: LinkedFile, principal: Principal, stack: ExitStack) -> Response:
        """The file, which `stack` closes."""
        reader = FileReader(self._office.store, principal)
        try:
            stored, stream = await open_file_by_link(
                self._office.store.pool, named.organization_id, named.file_id, reader=reader
            )
        except Unavailable as fault:
            if not await self._is_known(named.organization_id):
                return _absent()
            # The link is a valid one: its bearer is told what the bearer of a credential would be.
            return _unavailable(fault)
        except Refusal:
            return _absent()
        stack.enter_context(stream)
        shown = "inline" if stored.media_type == PDF else "attachment"
        headers = {
            "Content-Disposition": f"{shown}; filename*=UTF-8''{quote(stored.file_name)}",
            "Content-Length": str(stored.size_bytes),
            "Cache-Control": "private, no-store",
            "Content-Security-Policy": "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        }
        return StreamingResponse(_pieces(stream), media_type=stored.media_type, headers=headers)

    async def _is_known(self, organization_id: str) -> bool:
        with suppress(Unavailable):
            return await self._office.store.directory.read(lambda db: organizations.is_known(db, organization_id))
        return False


async def _pieces(stream: BinaryIO) -> AsyncIterator[bytes]:
    """The file piece by piece: many slow readers of a long file hold little of it in memory."""
    # It was looked through a moment ago, and does not come from the disk.
    while piece := stream.read(PIECE_BYTES):
        yield piece
        # Sending does not wait while the reader is fast, or when the reader has left: others have their turn, too.
        await checkpoint()


def _unavailable(fault: Unavailable) -> Response:
    return PlainTextResponse(message_of(fault, for_assistant), status_code=503, headers={"Retry-After": "60"})


def _absent() -> Response:
    """Expired, foreign and absent links answer alike."""
    return PlainTextResponse("This link is not valid, or not any more: ask for a new one.", status_code=404)


def _decode(text: str) -> bytes:
    """The bytes that `base64url` wrote as this text.

    Raises:
        ValueError: not exactly what `base64url` writes; base64 has other spellings of the same bytes.
    """
    raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if base64url(raw) != text:
        raise ValueError
    return raw
