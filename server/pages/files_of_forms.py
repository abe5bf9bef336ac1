"""A form that brings a file: read piece by piece as it arrives, and only from a page of this very site."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio
from starlette.requests import Request

from invoicing.importing.tables import FILE_BYTES_MAX
from server.http.answers import Turned
from server.http.connections import line_of
from server.http.multipart import FormFile, NotThisForm
from server.pages.languages import gettext
from server.pages.reading import Form, check_form_key, check_from_here
from server.pages.rendering import told
from server.pages.visitor import Visitor, check_of_its_page

_AROUND_BYTES = 65_536
"""What a form may have around its file."""


async def read_file_form(
    request: Request, visitor: Visitor, take: Callable[[bytes], Awaitable[None]], *, seconds: int
) -> tuple[Form, str]:
    """The fields of a form that this person's page has sent, and what its file is called; `take` is given the file.

    Raises:
        Turned: it is from elsewhere, was made for another session or organization, is no such form, or took too long.
        LimitExceeded, Unavailable: as `take`.
    """
    check_from_here(request)
    if (line := line_of(request.scope)) is not None:
        line.allow_body(seconds)
    with anyio.move_on_after(seconds):
        try:
            form, name = await _read(request, take)
        except NotThisForm:
            raise _not_read(gettext("Choose one file, and send it whole."), 400) from None
        check_form_key(visitor.signed_in, form.text("form_key"))
        check_of_its_page(request, form)
        return form, name
    raise _not_read(gettext("The file took too long: nothing of it was kept."), 408)


async def _read(request: Request, take: Callable[[bytes], Awaitable[None]]) -> tuple[Form, str]:
    reader, size = FormFile(request.headers.get("content-type", "")), 0
    async for chunk in request.stream():
        size += len(chunk)
        for piece in reader.take(chunk):
            await take(piece)
        if size > FILE_BYTES_MAX + _AROUND_BYTES:
            raise NotThisForm
    reader.end()
    return Form({field: [text] for field, text in reader.fields.items()}), reader.name


def _not_read(said: str, status: int) -> Turned:
    return Turned(told(gettext("This file was not taken"), said, status=status))
