"""Importing a file by hand: it is sent, its columns are looked at and corrected, and then it is imported, once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.importing.columns import Columns
from invoicing.importing.decimals import DecimalSign
from invoicing.importing.kinds import ImportKind, bytes_max
from invoicing.importing.reading import Reading, reading_of
from invoicing.importing.vocabulary import Kind, fields_of
from invoicing.refusals import InvalidInput, LimitExceeded, Refusal
from operations.access import is_allowed, open_books
from operations.held_imports import Checked, HeldImport, check_held, columns_of, import_held
from operations.identity.browsing import new_mark
from operations.importing import RIGHT_TO_IMPORT
from operations.rights import Right
from server.http.answers import Turned
from server.http.limits import Transfers
from server.pages.files_of_forms import read_file_form
from server.pages.languages import gettext
from server.pages.organization_pages import address_of_list, show
from server.pages.reading import Form
from server.pages.rendering import nothing_here, see_other, too_many
from server.pages.visiting import Desk, Visitor
from server.pages.words import import_field_word, import_kind_word, outcome_word
from storage.books.pool import Books
from views.organizations import place_of
from views.remedies import message_of, on_page, told
from views.shown_imports import mapped_anew, shown_columns, shown_import_row

_HERE = "import"
_SHOWN = 50
_KINDS = (Kind.CUSTOMERS, Kind.ITEMS, Kind.OPEN_ITEMS)
_OUTCOMES = ("refused", "created", "updated", "unchanged")
_OPTIONS = ("sheet", "delimiter", "decimals", "dates", "opening_day", "opening_account")
_NUMBER_MAX = 5
"""So many digits the number of a page has at most."""


def routes(desk: Desk) -> list[Route]:
    coming = Transfers(desk.allowance.uploads, desk.allowance.uploads_each)
    return [
        *desk.of_organization("/import", partial(_import, desk, coming), methods=["GET", "POST"]),
        *desk.of_organization("/import/{import}", partial(_held, desk), methods=["GET", "POST"]),
        *desk.of_organization("/import/{import}/write", partial(_write, desk), methods=["POST"]),
    ]


async def _import(desk: Desk, coming: Transfers, request: Request, visitor: Visitor) -> Response:
    books = await _books(request, visitor)
    allowed = [one for one in _KINDS if _may(visitor, books, one)]
    kind = _kind(request.query_params.get("kind", ""), allowed)
    if request.method != "POST":
        return await _choose(desk, visitor, books, allowed, kind)
    with coming.turn(visitor.office.principal.user_id) as admitted:
        if not admitted:
            return too_many(5)
        async with desk.imports.receiving(books, kind) as incoming:
            try:
                seconds = desk.allowance.upload_seconds
                form, name = await read_file_form(request, visitor, incoming.write, seconds=seconds)
                await incoming.end()
                incoming.kind = _kind(form.text("kind"), allowed)
                held = await desk.imports.keep(books, incoming, name)
            except (InvalidInput, LimitExceeded) as refusal:
                return await _choose(desk, visitor, books, allowed, kind, refusal)
    return see_other(f"{place_of(books.organization)}/import/{held.id}")


async def _choose(
    desk: Desk,
    visitor: Visitor,
    books: Books,
    allowed: Sequence[Kind],
    kind: Kind,
    refusal: Refusal | None = None,
) -> Response:
    return await show(
        visitor,
        books.organization,
        "import.html",
        here=_HERE,
        status=400 if refusal else 200,
        title=gettext("Import a file"),
        refused=message_of(refusal, on_page) if refusal else "",
        field="file" if refusal else "",
        kinds=[(one.value, import_kind_word(one.value)) for one in allowed],
        kind=kind.value,
        most=bytes_max(ImportKind.CUSTOMERS) // 1024**2,
        waiting=[(one.id, one.file_name, import_kind_word(one.kind.value)) for one in await desk.imports.of(books)],
    )


async def _held(desk: Desk, request: Request, visitor: Visitor) -> Response:
    """What the columns of a file are read as, and what would become of each row; corrected, it is read anew."""
    books, held = await _found(desk, request, visitor)
    if request.method != "POST":
        return await _shown(request, visitor, books, held)
    form = await visitor.form(request)
    if form.text("step") == "leave":
        await desk.imports.remove(books, held)
        return see_other(f"{place_of(books.organization)}/import")
    try:
        held = await _correct(desk, books, held, form)
    except (InvalidInput, LimitExceeded) as refusal:
        return await _shown(request, visitor, books, held, refusal)
    answer = await _shown(request, visitor, books, held)
    return answer if answer.status_code != 200 else see_other(request.url.path)


async def _correct(desk: Desk, books: Books, held: HeldImport, form: Form) -> HeldImport:
    """Read the file as the form says."""
    columns = await columns_of(books, held)
    before = shown_columns(held.kind, columns, await _columns(books, held), held.reading.map)
    said = {one.index: form.text(f"column_{one.index}") for one in before}
    chosen = mapped_anew(before, columns, said, held.reading.map)
    options = [f"{name}={form.text(name).strip()}" for name in _OPTIONS if form.text(name).strip()]
    reading = replace(reading_of((), [*options, _LEFT_OUT]), map=chosen)
    return await desk.imports.read_as(books, held, reading, update=form.text("update") == "yes")


_LEFT_OUT = "ignore_unknown=true"
"""A column of which nobody says what it is is left out, and shown as such."""


async def _columns(books: Books, held: HeldImport) -> Columns | None:
    try:
        return (await check_held(books, held)).columns
    except (InvalidInput, LimitExceeded):
        return None


async def _shown(
    request: Request, visitor: Visitor, books: Books, held: HeldImport, refusal: Refusal | None = None
) -> Response:
    checked: Checked | None = None
    try:
        columns = await columns_of(books, held)
        checked = await check_held(books, held) if refusal is None else None
    except (InvalidInput, LimitExceeded) as refused:
        refusal = refused
        columns = held.columns or ()
    only = request.query_params.get("only", "")
    page = max(1, int(text)) if (text := request.query_params.get("page", "")[:_NUMBER_MAX]).isdecimal() else 1
    rows = [row for row in checked.imported.rows if only in ("", row.outcome.value)] if checked else []
    place = request.url.path
    shown = rows[(page - 1) * _SHOWN : page * _SHOWN]
    counts = checked.imported.counts if checked else {}
    reading = held.reading
    return await show(
        visitor,
        books.organization,
        "import_mapping.html",
        here=_HERE,
        status=400 if refusal and request.method == "POST" else 200,
        title=gettext("Import %(file)s", file=held.file_name),
        refused=message_of(refusal, on_page) if refusal else "",
        kind=held.kind.value,
        kind_word=import_kind_word(held.kind.value),
        columns=shown_columns(held.kind, columns, checked.columns if checked else None, reading.map),
        fields=[("", gettext("Leave it out")), *((one, import_field_word(one)) for one in fields_of(held.kind))],
        said=_said(reading),
        update=held.update,
        workbook=held.file_name.lower().endswith(".xlsx"),
        form=checked.form if checked else "",
        notes=[told(one, on_page) for one in checked.notes] if checked else [],
        counts=counts,
        outcomes=[
            (one, outcome_word(one), counts[one], address_of_list(place, {"only": one}))
            for one in _OUTCOMES
            if counts.get(one)
        ],
        only=only,
        rows=[shown_import_row(row) for row in shown],
        outcome_word=outcome_word,
        more=address_of_list(place, {"only": only, "page": str(page + 1)}) if len(rows) > page * _SHOWN else "",
        address=place,
        state=_state(held),
        mark=new_mark,
        until=f"{held.expires_at:%H:%M} UTC",
    )


async def _write(desk: Desk, request: Request, visitor: Visitor) -> Response:
    """Import what was shown, all of it or nothing, and once."""
    books, held = await _found(desk, request, visitor)
    form = await visitor.form(request)
    if form.text("state") != _state(held):
        refusal = InvalidInput(gettext("Its columns were corrected elsewhere meanwhile: look at it again."))
        return await _shown(request, visitor, books, held, refusal)
    if not await visitor.sends_first(form):
        return see_other(f"{place_of(books.organization)}/import")
    done = await import_held(books, held, desk.imports)
    address = f"{place_of(books.organization)}/import/{held.id}"
    if not done.imported.written:
        return see_other(address_of_list(address, {"only": "refused"}))
    counts = done.imported.counts
    return await show(
        visitor,
        books.organization,
        "import_done.html",
        here=_HERE,
        title=gettext("%(file)s is imported", file=held.file_name),
        kind=held.kind.value,
        kind_word=import_kind_word(held.kind.value),
        counts=[(outcome_word(one), counts[one]) for one in _OUTCOMES if counts[one]],
        notes=[told(one, on_page) for one in done.notes],
    )


async def _found(desk: Desk, request: Request, visitor: Visitor) -> tuple[Books, HeldImport]:
    """The file of the address, and the books opened for what it holds.

    Raises:
        Turned: there is none, or not any more, or it is not this person's to import.
    """
    books = await _books(request, visitor)
    held = await desk.imports.find(books, request.path_params["import"])
    return open_books(visitor.office, books.organization, RIGHT_TO_IMPORT[held.kind]), held


async def _books(request: Request, visitor: Visitor) -> Books:
    organization = await visitor.organization(request)
    if not is_allowed(Right.IMPORT_RECORDS, organization, visitor.office.principal):
        raise Turned(nothing_here())
    return open_books(visitor.office, organization, Right.IMPORT_RECORDS)


def _may(visitor: Visitor, books: Books, kind: Kind) -> bool:
    return is_allowed(RIGHT_TO_IMPORT[kind], books.organization, visitor.office.principal)


def _kind(text: str, allowed: Sequence[Kind]) -> Kind:
    return next((one for one in allowed if one.value == text), allowed[0])


def _said(reading: Reading) -> dict[str, str]:
    """What was said of a file besides its columns, as the form says it."""
    signs = {DecimalSign.COMMA: "comma", DecimalSign.POINT: "point"}
    return {
        "sheet": reading.sheet,
        "delimiter": reading.delimiter,
        "decimals": signs[reading.decimal_sign] if reading.decimal_sign else "",
        "dates": reading.day_order.value if reading.day_order else "",
        "opening_day": reading.opening_day.isoformat() if reading.opening_day else "",
        "opening_account": reading.opening_account,
    }


def _state(held: HeldImport) -> str:
    """A mark of how a file is read: another one where that was corrected meanwhile."""
    return hashlib.sha256(repr((held.reading, held.update)).encode()).hexdigest()[:16]
