"""The page on which somebody chooses the one file that an assistant asked for, for one organization."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import anyio
from babel.numbers import format_decimal
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from invoicing.importing.kinds import ImportKind, bytes_max
from invoicing.organizations import Environment
from invoicing.refusals import LimitExceeded, Refusal, Unavailable
from operations.access import Office
from operations.uploads import UploadPage, find_page, receiving
from server.http.connections import line_of, vouch
from server.http.limits import Allowance, Transfers
from server.http.multipart import FormFile, NotThisForm
from server.http.visits import note_visit
from server.pages.languages import N_, gettext, locale, speaking_to
from server.pages.rendering import render
from storage.directory.uploads import KnownUpload
from views.remedies import message_of, on_page

PATH = "/uploads/{token}"
_FORM_BYTES = 65_536
"""What a form may have around its file."""
_log = logging.getLogger(__name__)

_NOT_TAKEN = N_("This file was not taken")
_COME = (
    N_("The file has come"),
    N_("Go back to the chat and say that it was sent: the assistant can go on. You can close this page."),
)
_ANOTHER_CAME = (
    N_("A file had come already"),
    N_(
        "This page takes one file, and what you sent now was not kept. For another one ask the assistant for a new"
        " page."
    ),
)
_GONE = (
    N_("No file is waited for here"),
    N_(
        "The hour of this page is over, or its file was imported, or whoever asked for it may not import any more, or"
        " there never was such a page."
    ),
    N_("Ask the assistant for a new one."),
)
_UNAVAILABLE = N_("The file cannot be taken now")
_WAITS = N_("This page still waits. Open it again later.")
_TOO_MANY = (N_("Too many files at once"), N_("Others are still being sent. Try again in a moment."))
_TOO_SLOW = (N_("The file took too long"), N_("It had not arrived whole in time, and nothing of it was kept."))
_ENVIRONMENTS = {
    Environment.LIVE: N_("live: its books are real"),
    Environment.SANDBOX: N_("sandbox: to try things out"),
}
_TABLE = N_("CSV or XLSX, with the names of its columns")
_THINGS = {
    ImportKind.CUSTOMERS: (N_("Choose a file: customers"), _TABLE),
    ImportKind.ITEMS: (N_("Choose a file: items"), _TABLE),
    ImportKind.OPEN_ITEMS: (
        N_("Choose a file: documents of a former system"),
        N_("CSV or XLSX, with the names of its columns: number, issue date, customer, total, open"),
    ),
    ImportKind.SERIES: (
        N_("Choose a file: number series"),
        N_("CSV or XLSX, with the names of its columns: code, kind, pattern, next"),
    ),
    ImportKind.LOGO: (N_("Choose a file: logo"), N_("a PNG or JPEG picture")),
}
_THEN = (
    N_(
        "Nothing is imported by sending it: the assistant then tells what each row would become, and imports it when"
        " you say so."
    ),
    N_("A file that is not imported is removed after an hour."),
)
_THEN_LOGO = (
    N_("Nothing is changed by sending it: the assistant puts it on later documents when you say so."),
    N_("A file that is not used is removed after an hour."),
)
_ACCEPT = {ImportKind.LOGO: ".png,.jpg,.jpeg"}
_TABLES = ".csv,.tsv,.txt,.xlsx"


class Uploads:
    """The route `PATH`. The token is the permission: who opens the page with it may send one file."""

    def __init__(self, office: Office, allowance: Allowance) -> None:
        self._office = office
        self._allowance = allowance
        self._coming = Transfers(allowance.uploads, allowance.uploads_each)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        with speaking_to(request, self._office.public_url):
            await self._answer(request, send)

    async def _answer(self, request: Request, send: Send) -> None:
        try:
            response = await self._response(request)
        except Unavailable as fault:
            said = (message_of(fault, on_page), gettext(_WAITS))
            response = _told(gettext(_UNAVAILABLE), *said, status=503)
        except ClientDisconnect:
            # Whoever left in the middle is not there to be answered, and nothing of the file is kept.
            return
        await response(request.scope, request.receive, send)

    async def _response(self, request: Request) -> Response:
        found = await find_page(self._office.store, self._office.clock, request.path_params["token"])
        if found is None:
            return _told(*_worded(_GONE), status=404)
        vouch(request.scope, found.principal.user_id)
        status = 500
        try:
            response = await self._of_page(found, request)
            status = response.status_code
            return response
        except Unavailable:
            status = 503
            raise
        except ClientDisconnect:
            status = 499
            raise
        finally:
            act = f"{request.method} {PATH}"
            note_visit(self._office, act, status, found.principal, found.organization.id)

    async def _of_page(self, found: UploadPage, request: Request) -> Response:
        if request.method != "POST":
            return _come(found, found.upload) if found.upload.received_at else _choose(found)
        if found.upload.received_at:
            return _told(*_worded(_ANOTHER_CAME), status=409, found=found)
        with self._coming.turn(found.principal.user_id) as admitted:
            if not admitted:
                return _told(*_worded(_TOO_MANY), status=429, found=found, headers={"Retry-After": "5"})
            return await self._taken(found, request)

    async def _taken(self, found: UploadPage, request: Request) -> Response:
        seconds = self._allowance.upload_seconds
        if (line := line_of(request.scope)) is not None:
            line.allow_body(seconds)
        with anyio.move_on_after(seconds):
            try:
                kept = await self._keep(found, request)
            except NotThisForm:
                return _choose(found, gettext("Choose one file, and send it whole."), 400)
            except LimitExceeded as refusal:
                return _choose(found, message_of(refusal, on_page), 413)
            except Unavailable:
                raise
            except Refusal as refusal:
                return _choose(found, message_of(refusal, on_page), 400)
            return _come(found, kept) if kept else _told(*_worded(_ANOTHER_CAME), status=409, found=found)
        return _told(*_worded(_TOO_SLOW), status=408, headers={"Connection": "close"})

    async def _keep(self, found: UploadPage, request: Request) -> KnownUpload | None:
        form, limit = FormFile(request.headers.get("content-type", "")), bytes_max(found.kind) + _FORM_BYTES
        size = 0
        async with receiving(self._office.store, self._office.clock, found) as incoming:
            async for chunk in request.stream():
                size += len(chunk)
                for piece in form.take(chunk):
                    await incoming.write(piece)
                if size > limit:
                    raise NotThisForm
            form.end()
            return await incoming.keep(form.name)


def _choose(found: UploadPage, refused: str = "", status: int = 200) -> Response:
    title, wanted = _worded(_THINGS[found.kind])
    then, removed = _worded(_THEN_LOGO if found.kind is ImportKind.LOGO else _THEN)
    most = bytes_max(found.kind)
    size = f"{most // 1024} KiB" if most < 1024**2 else f"{most // 1024**2} MiB"
    return render(
        "upload.html",
        status=status,
        title=gettext(_NOT_TAKEN) if refused else title,
        refused=refused,
        said=(),
        about=_about(found, (gettext("File"), wanted), (gettext("Size"), gettext("at most %(size)s", size=size))),
        form={
            "accept": _ACCEPT.get(found.kind, _TABLES),
            "until": f"{found.upload.expires_at:%H:%M}",
            "then": then,
            "removed": removed,
        },
    )


def _come(found: UploadPage, upload: KnownUpload) -> Response:
    size = gettext("%(count)s bytes", count=format_decimal(upload.size_bytes, locale=locale()))
    return _told(*_worded(_COME), found=found, more=((gettext("File"), f"{upload.file_name}, {size}"),))


def _worded(texts: Sequence[str]) -> list[str]:
    return [gettext(one) for one in texts]


def _told(
    title: str,
    *said: str,
    status: int = 200,
    found: UploadPage | None = None,
    more: Sequence[tuple[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A page without a form; `found` is the organization's that it is shown for, with `more` about it."""
    about = _about(found, *more) if found else None
    return render(
        "upload.html", status=status, headers=headers, title=title, refused="", said=said, about=about, form=None
    )


def _about(found: UploadPage, *more: tuple[str, str]) -> dict[str, Any]:
    organization = found.organization
    return {
        "name": organization.name,
        "handle": organization.handle,
        "environment": gettext(_ENVIRONMENTS[organization.environment]),
        "more": more,
    }
