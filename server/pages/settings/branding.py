"""How documents look: logo, colour, languages, code of a payment and foot, beside an invoice of that look."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from babel import Locale
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.appearance.logo_files import LOGO_BYTES_MAX
from invoicing.refusals import Conflict, InvalidInput, Refusal
from invoicing.render.labels import LANGUAGES
from operations.profile import update_organization
from operations.rights import Right
from operations.sample_documents import Look, Wording, picture_of_sample, sample_look
from server.pages.languages import gettext, language
from server.pages.reading import WAS, Form
from server.pages.rendering import page_headers, part
from server.pages.settings.frame import SETTINGS, may, opened, saved, show_room, to_change
from server.pages.settings.standing import check_standing, standing, touched_in
from server.pages.visiting import Desk, Visitor
from storage.books.pool import Books
from storage.books.profile import load_profile
from views.remedies import message_of, on_page

_ROOM = "branding"
_CODE = "payment_qr"
_WIDTH = 900


def routes(desk: Desk) -> list[Route]:
    whole = f"/{SETTINGS}/{_ROOM}"
    return [
        *desk.of_organization(whole, _branding, methods=["GET", "POST"]),
        *desk.of_organization(f"{whole}/picture", _picture),
        *desk.of_organization(f"{whole}/sample", _sample, methods=["POST"]),
        *desk.of_organization(f"{whole}/logo", _logo, methods=["POST"]),
    ]


async def _branding(request: Request, visitor: Visitor) -> Response:
    books = await opened(request, visitor)
    if request.method != "POST":
        return await _shown(request, visitor, books, await sample_look(books))
    form = await visitor.form(request)
    look = _look(form, await sample_look(books), may_code=_may_code(visitor, books))
    if form.text("act") == "look":
        # Without script: the page again, with what was typed and an invoice of it.
        sample = await _drawn(books, look)
        stood = {name: form.text(f"{WAS}{name}") for name in _values(look)}
        return await _shown(request, visitor, books, look, sample=sample, stood=stood)
    if form.text("act") == "remove_logo":
        return await _changed(request, visitor, books, look, {"logo": ""})
    now, given = _values(await sample_look(books)), _values(look)
    touched = {name: text for name, text in touched_in(form, given).items() if text != now[name]}
    try:
        check_standing(form, touched, now, _label)
    except Conflict as conflict:
        return await _shown(request, visitor, books, look, conflict)
    changes = {name: bool(text) if name == _CODE else text for name, text in touched.items()}
    return await _changed(request, visitor, books, look, changes)


async def _logo(request: Request, visitor: Visitor) -> Response:
    """Keep the picture that was sent as the logo of later documents."""
    books = await opened(request, visitor)
    _, content = await visitor.form_with_file(request, most=LOGO_BYTES_MAX)
    look = await sample_look(books)
    if not content:
        refusal = InvalidInput(gettext("Choose a picture first."), field="file")
        return await _shown(request, visitor, books, look, refusal)
    return await _changed(request, visitor, books, look, {"logo": base64.b64encode(content).decode()})


async def _changed(
    request: Request, visitor: Visitor, books: Books, look: Look, changes: Mapping[str, str | bool]
) -> Response:
    try:
        to_write = to_change(visitor, books, Right.UPDATE_PROFILE)
        if changes:
            await update_organization(visitor.office, to_write, changes)
    except Refusal as refusal:
        field = "file" if refusal.field == "logo" else ""
        return await _shown(request, visitor, books, look, refusal, field=field)
    return saved(books.organization, _ROOM)


async def _sample(request: Request, visitor: Visitor) -> Response:
    """The part of the page that shows an invoice of what is typed there; nothing is kept."""
    books = await opened(request, visitor)
    form = await visitor.form(request)
    look = _look(form, await sample_look(books), may_code=_may_code(visitor, books))
    return part("settings_branding_sample.html", sample=await _drawn(books, look))


async def _picture(request: Request, visitor: Visitor) -> Response:
    """An invoice as it would look today."""
    books = await opened(request, visitor)
    picture = await picture_of_sample(books, await sample_look(books), _wording(), width=_WIDTH)
    return Response(picture.png, media_type="image/png", headers=page_headers())


async def _drawn(books: Books, look: Look) -> dict[str, str]:
    """The picture of an invoice of this look as an address, or what is wrong with the look."""
    try:
        picture = await picture_of_sample(books, look, _wording(), width=_WIDTH)
    except Refusal as refusal:
        return {"address": "", "problem": message_of(refusal, on_page)}
    return {"address": f"data:image/png;base64,{base64.b64encode(picture.png).decode()}", "problem": ""}


async def _shown(
    request: Request,
    visitor: Visitor,
    books: Books,
    look: Look,
    refusal: Refusal | None = None,
    *,
    field: str = "",
    sample: Mapping[str, str] | None = None,
    stood: Mapping[str, str] | None = None,
) -> Response:
    """The room with this look in its form; `stood` marks what the fields were, where that is not what they are now."""
    kept = _values(await sample_look(books))
    profile = await books.read(load_profile)
    organization = books.organization
    shown: dict[str, Any] = {
        "look": look,
        "stood": stood or {name: standing(text) for name, text in kept.items()},
        "has_logo": bool(profile.logo),
        "languages_of": _languages(),
        "has_country": bool(profile.country),
        "may": may(visitor, organization, Right.UPDATE_PROFILE) and bool(profile.country),
        "may_code": _may_code(visitor, books),
        "sample": sample,
        "kib": LOGO_BYTES_MAX // 1024,
    }
    return await show_room(
        request, visitor, organization, "settings_branding.html", room=_ROOM, refusal=refusal, field=field, **shown
    )


def _look(form: Form, now: Look, *, may_code: bool) -> Look:
    """What the form says of the look; whether the code is printed, where that is the visitor's to say."""
    color = form.text("brand_color") if form.text("colored") else ""
    footer = form.text("footer").replace("\r\n", "\n")
    texts = {"brand_color": color, "second_language": form.text("second_language"), "footer": footer}
    return Look(texts=texts, payment_qr=bool(form.text("payment_qr")) if may_code else now.payment_qr)


def _values(look: Look) -> dict[str, str]:
    """What the fields of the form hold."""
    return {**look.texts, _CODE: "yes" if look.payment_qr else ""}


def _label(name: str) -> str:
    """What a field is called on the page."""
    labels = {
        "brand_color": gettext("Colour"),
        "second_language": gettext("Second language"),
        "footer": gettext("Foot of documents"),
    }
    return labels.get(name, gettext("Payment code"))


def _may_code(visitor: Visitor, books: Books) -> bool:
    return may(visitor, books.organization, Right.SET_PAYMENT_QR)


def _languages() -> list[tuple[str, str]]:
    """The languages of documents by their names in the reader's language."""
    named = sorted((Locale(code).get_display_name(language()) or code, code) for code in LANGUAGES)
    return [("", gettext("None")), *((code, said) for said, code in named)]


def _wording() -> Wording:
    return Wording(gettext("A customer"), (gettext("Advice, by the hour"), gettext("Travel and expenses")))
