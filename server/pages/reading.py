"""What forms bring: of limited size, from a page of this very site, and with the key of the visitor's session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from invoicing.refusals import InvalidInput, Malformed
from invoicing.text.dates import parse_date
from operations.identity.browsing import SignedIn, is_form_key
from server.http.answers import Turned
from server.http.multipart import FormFile, NotThisForm
from server.http.origins import origin_asked
from server.pages.languages import gettext
from server.pages.rendering import render, told

FORM_BYTES_MAX = 65_536
PUBLIC_URL = "counterfoil.public_url"
"""Where the scope of a page's request holds the URL under which the server is known."""
FORM_TYPE = "application/x-www-form-urlencoded"
_FIELDS_MAX = 2_000
_KEY = "form_key"
_OURS = frozenset({"mark", "organization"})
WAS = "was_"
"""With this before its name a form carries what a field was when its page was made, as a mark that nobody reads."""
_NOT_KEPT = frozenset({"password", "again", "code", "answer", "nonce", "halfway"})
"""Fields with which somebody proves who it is: a form that has one is filled in anew."""


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form, each with its values in their order."""

    fields: dict[str, list[str]]

    def text(self, name: str) -> str:
        """The one value of a field; empty where it was not sent."""
        return next(iter(self.fields.get(name, ())), "")

    def several(self, name: str) -> list[str]:
        return self.fields.get(name, [])


async def read_form(request: Request, signed_in: SignedIn | None = None, *, most: int = FORM_BYTES_MAX) -> Form:
    """The form that a page of this site has sent, of so many bytes at most, for the session of `signed_in` where
    somebody is.

    Raises:
        Turned: it is from elsewhere, was made for another session, is too large, or is no form.
    """
    check_from_here(request)
    if not is_form(request):
        raise _not_read(gettext("What was sent is not this page's form."), 415)
    try:
        pairs = form_pairs(await read_body(request, most=most), most=_FIELDS_MAX)
    except ValueError:
        raise _not_read(gettext("The form could not be read."), 400) from None
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    form = Form(fields)
    if signed_in is not None and not is_form_key(signed_in, form.text(_KEY)):
        raise Turned(_of_another_session(request, form, signed_in))
    return form


def signed_out(request: Request, form: Form) -> Response | None:
    """For a form of a page on which somebody was signed in, and is not any more: it is kept on the page that says so,
    to be sent again. None where it holds what no page is to hold.
    """
    said = gettext("You were signed out before this was sent, and nothing was done.")
    return _to_be_sent_again(request, form, said, None)


def _of_another_session(request: Request, form: Form, signed_in: SignedIn) -> Response:
    said = gettext("You have signed in anew since this page was opened, and nothing was done yet.")
    again = _to_be_sent_again(request, form, said, signed_in)
    return again or told(gettext("This was not done"), _anew(), status=403)


def _to_be_sent_again(request: Request, form: Form, said: str, signed_in: SignedIn | None) -> Response | None:
    if _NOT_KEPT & form.fields.keys():
        return None
    fields = [(name, value) for name, values in form.fields.items() for value in values if name != _KEY]
    visitor = None if signed_in is None else {"email": signed_in.principal.label, "form_key": signed_in.form_key}
    return render(
        "send_again.html",
        status=401 if signed_in is None else 403,
        title=gettext("This was not done yet"),
        visitor=visitor,
        said=said,
        action=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
        fields=fields,
        shown=[(name, value) for name, value in fields if value and name not in _OURS and not name.startswith(WAS)],
    )


def day_of(text: str, *, field: str) -> date | None:
    """The day that a field says; None where it is empty.

    Raises:
        InvalidInput: it says none.
    """
    try:
        return parse_date(text, field=field) if text else None
    except Malformed:
        raise InvalidInput(gettext("A day is written as 2026-03-31."), field=field) from None


async def read_form_with_file(request: Request, signed_in: SignedIn, *, most: int) -> tuple[Form, bytes]:
    """The form that a page of this site has sent with its one file (`file`), of so many bytes at most; without bytes
    where none was chosen.

    Raises:
        Turned: as for a form without a file.
    """
    check_from_here(request)
    content = bytearray()
    try:
        read = FormFile(request.headers.get("content-type", ""))
        async for chunk in request.stream():
            for piece in read.take(chunk):
                content += piece
            if len(content) > most:
                raise _not_read(
                    gettext("The file is too large: at most %(most)s KiB are taken.", most=most // 1024), 413
                )
        read.end()
    except NotThisForm:
        raise _not_read(gettext("What was sent is not this page's form."), 415) from None
    form = Form({name: [text] for name, text in read.fields.items()})
    check_form_key(signed_in, form.text(_KEY))
    return form, bytes(content)


def is_form(request: Request) -> bool:
    """Whether the body says that it is a form."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == FORM_TYPE


def form_pairs(body: bytes, *, most: int) -> list[tuple[str, str]]:
    """The fields of a form in their order, so many at most.

    Raises:
        ValueError: it is none, or has more.
    """
    return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=most, errors="strict")


async def read_body(request: Request, *, most: int = FORM_BYTES_MAX) -> bytes:
    """The whole body, of so many bytes at most.

    Raises:
        Turned: it is too large.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise _not_read(gettext("The form is too large."), 413)
    return bytes(body)


def check_from_here(request: Request) -> None:
    """Let through what a page of this very host has sent: browsers say where a form comes from.

    Raises:
        Turned: it comes from elsewhere, or does not say from where.
    """
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    here = origin is not None and origin.lower() == origin_of(request)
    if (origin is not None and not here) or (site is not None and site != "same-origin") or not (here or site):
        raise _not_read(
            gettext("This form was not sent from a page of Counterfoil. Open the page anew and try again."), 403
        )


def origin_of(request: Request) -> str:
    """The origin under which the browser knows this page."""
    return origin_asked(request, str(request.scope.get(PUBLIC_URL, "")))


def check_form_key(signed_in: SignedIn, given: str) -> None:
    """Refuse what was not made for this session.

    Raises:
        Turned: it was not.
    """
    if not is_form_key(signed_in, given):
        raise _not_read(_anew(), 403)


def _anew() -> str:
    return gettext("You have signed in anew since this page was opened. Open it anew and try again.")


def _not_read(said: str, status: int) -> Turned:
    return Turned(told(gettext("This was not done"), said, status=status))
