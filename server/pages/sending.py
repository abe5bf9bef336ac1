"""A stored file of an organization, sent to whoever is at a page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import BinaryIO
from urllib.parse import quote

from anyio.lowlevel import checkpoint
from starlette.responses import Response, StreamingResponse

from operations.file_readers import FileReader
from operations.files import open_file_by_link
from server.pages.visiting import Visitor
from storage.books.pool import Books

_PIECE_BYTES = 65_536


async def send_file(visitor: Visitor, books: Books, file_id: str) -> Response:
    """The file to keep, piece by piece: one of any size is never held in memory as a whole.

    Raises:
        NotFound, Unavailable: as `read_file`.
    """
    office, organization = visitor.office, books.organization
    reader = FileReader(office.store, office.principal)
    stored, stream = await open_file_by_link(office.store.pool, organization.id, file_id, reader=reader)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(stored.file_name)}",
        "Content-Length": str(stored.size_bytes),
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": "default-src 'none'",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(_pieces(stream), media_type=stored.media_type, headers=headers)


async def _pieces(stream: BinaryIO) -> AsyncIterator[bytes]:
    with stream:
        while piece := stream.read(_PIECE_BYTES):
            yield piece
            # Sending does not wait while the reader is fast: others have their turn, too.
            await checkpoint()


async def untold(_done: int, _count: int) -> None:
    """The progress of what is answered whole, and has no page on which that would stand."""
