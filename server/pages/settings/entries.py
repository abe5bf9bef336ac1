"""The parts of the configuration that are lists of entries: looked at, added to, changed, and taken out of use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.refusals import Conflict, InvalidInput, NotAllowed, NotFound, Refusal, Unavailable
from operations.configuration.configuring import PARTS, get_entries, save_entry
from operations.configuration.entries import Change, Entry, Part, PartOf, no_such_entry
from operations.rights import Right
from server.http.answers import Turned
from server.pages.languages import gettext
from server.pages.reading import Form
from server.pages.rendering import nothing_here, see_other
from server.pages.settings.choosing import Choices, choices_of
from server.pages.settings.described import DESCRIBED, slug_of
from server.pages.settings.frame import may, opened, place_of_room, saved, show_room, to_change
from server.pages.settings.shown import Control, Described, Shown
from server.pages.settings.standing import check_standing, standing, touched_in
from server.pages.visiting import Desk, Visitor
from storage.books.pool import Books

_SHOWN = 100
_OF_FIELD = re.compile(r"^values: (\w+)\b")
_CODE_MAX = 200
_VALUE_MAX = 60_000


def routes(desk: Desk) -> list[Route]:
    both = ("GET", "POST")
    found = []
    for part in DESCRIBED:
        place = f"/settings/{slug_of(part)}"
        found += desk.of_organization(place, partial(_listed, part))
        found += desk.of_organization(f"{place}/entry", partial(_entry, part), methods=both)
        if DESCRIBED[part].adds:
            found += desk.of_organization(f"{place}/new", partial(_new, part), methods=both)
        if DESCRIBED[part].withdraw:
            found += desk.of_organization(f"{place}/withdraw", partial(_withdraw, part), methods=both)
    return found


@dataclass(frozen=True, slots=True)
class _Room:
    """A part in the books of an organization, to a visitor."""

    part: Part
    request: Request
    books: Books
    visitor: Visitor
    may_change: bool

    @property
    def described(self) -> Described:
        return DESCRIBED[self.part]

    @property
    def place(self) -> str:
        return place_of_room(self.books.organization, slug_of(self.part))

    async def entry(self, code: str) -> Entry:
        """The entry of this code, in full.

        Raises:
            NotFound: there is none.
        """
        if not code.strip():
            raise no_such_entry("entry")
        page = await get_entries(self.visitor.office, self.books, self.part, code=code, cursor="", limit=1)
        return page.items[0]

    async def has(self, code: str) -> bool:
        """Whether there is an entry of this code, in use or not."""
        try:
            await self.entry(code)
        except NotFound:
            return False
        return True

    async def show(self, template: str, *, title: str = "", refusal: Refusal | None = None, **context: Any) -> Response:
        return await show_room(
            self.request,
            self.visitor,
            self.books.organization,
            template,
            room=slug_of(self.part),
            title=title,
            refusal=refusal,
            described=self.described,
            may_change=self.may_change,
            **context,
        )


async def _room(part: Part, request: Request, visitor: Visitor) -> _Room:
    books = await opened(request, visitor)
    of = PARTS[part]
    right = of.right if isinstance(of, PartOf) else Right.CHANGE_SETTINGS
    may_change = may(visitor, books.organization, right)
    if request.method == "POST":
        if not may_change:
            raise Turned(nothing_here())
        books = to_change(visitor, books, right)
    return _Room(part, request, books, visitor, may_change)


async def _listed(part: Part, request: Request, visitor: Visitor) -> Response:
    room = await _room(part, request, visitor)
    cursor = request.query_params.get("after", "")
    try:
        page = await get_entries(visitor.office, room.books, part, cursor=cursor, limit=_SHOWN)
    except InvalidInput:
        # An address that was made by hand, or cut off.
        return see_other(room.place)
    choices = await choices_of(room.books, room.described)
    return await room.show(
        "settings_list.html",
        rows=[(one, _cells(room.described, one, choices)) for one in page.items],
        more=f"{room.place}?{urlencode({'after': page.next_cursor})}" if page.next_cursor else "",
    )


def _cells(described: Described, entry: Entry, choices: Choices) -> list[tuple[str, str]]:
    """What the list shows of an entry: the name of each column, and its value in words."""
    return [
        (gettext(described.fields[name].label), _in_words(described.fields[name], entry.values.get(name, ""), choices))
        for name in described.columns
    ]


def _in_words(field: Shown, value: str, choices: Choices) -> str:
    if field.control is Control.YES or value in ("true", "false"):
        return gettext("Yes") if value == "true" else ""
    return dict(choices.of(field)).get(value, value) if value else ""


async def _new(part: Part, request: Request, visitor: Visitor) -> Response:
    room = await _room(part, request, visitor)
    if not room.may_change:
        return nothing_here()
    if request.method != "POST":
        return await _form(room, None, request.query_params.get("code", "")[:_CODE_MAX], {})
    form = await visitor.form(request)
    given = _given(room.described, form, None)
    return await _saved(room, None, form.text("code").strip()[:_CODE_MAX], {k: v for k, v in given.items() if v})


async def _entry(part: Part, request: Request, visitor: Visitor) -> Response:
    room = await _room(part, request, visitor)
    entry = await room.entry(request.query_params.get("code", ""))
    if request.method != "POST":
        return await _form(room, entry, entry.code, entry.values)
    form = await visitor.form(request)
    given = _given(room.described, form, entry)
    touched = touched_in(form, given)
    try:
        check_standing(form, touched, entry.values, lambda name: gettext(room.described.fields[name].label))
    except Conflict as refusal:
        return await _form(room, entry, entry.code, {**entry.values, **touched}, refusal)
    changed = {name: text for name, text in touched.items() if text != entry.values.get(name, "")}
    # What is not in use is taken into use again by saving it, as the page says, also where nothing else is changed.
    return await _saved(room, entry, entry.code, changed if changed or entry.active else given)


async def _withdraw(part: Part, request: Request, visitor: Visitor) -> Response:
    room = await _room(part, request, visitor)
    entry = await room.entry(request.query_params.get("code", ""))
    if not room.may_change:
        return nothing_here()
    if request.method != "POST":
        return await _withdrawing(room, entry)
    await visitor.form(request)
    try:
        await save_entry(visitor.office, room.books, part, Change(code=entry.code, withdraw=True))
    except (Unavailable, NotAllowed):
        raise
    except Refusal as refusal:
        return await _withdrawing(room, entry, refusal)
    return saved(room.books.organization, slug_of(part))


async def _withdrawing(room: _Room, entry: Entry, refusal: Refusal | None = None) -> Response:
    title = gettext("Take %(code)s out of use", code=entry.code)
    return await room.show("settings_withdraw.html", title=title, entry=entry, refusal=refusal)


async def _saved(room: _Room, entry: Entry | None, code: str, values: Mapping[str, str]) -> Response:
    """What comes of a change: the list again, or the form with what was typed and why it was refused."""
    if entry is not None and not values:
        return see_other(room.place)
    try:
        if entry is None and not code and values.get("shipped") != "true":
            raise InvalidInput(gettext("Say a code, by which it is known."), field="code")
        if entry is None and code and await room.has(code):
            # Saving it would change what is there, which whoever adds something does not expect.
            said = gettext(
                "%(code)s is there already. Give the new one another, or change that one in its list.", code=code
            )
            raise InvalidInput(said, field="code")
        await save_entry(room.visitor.office, room.books, room.part, Change(code=code, values=values))
    except (Unavailable, NotAllowed):
        raise
    except Refusal as refusal:
        typed = {**(entry.values if entry else {}), **values}
        return await _form(room, entry, code, typed, _beside_its_field(room.described, refusal))
    return saved(room.books.organization, slug_of(room.part))


async def _form(
    room: _Room, entry: Entry | None, code: str, values: Mapping[str, str], refusal: Refusal | None = None
) -> Response:
    choices = await choices_of(room.books, room.described)
    fields = [
        (name, field, values.get(name, ""), choices.of(field))
        for name, field in room.described.fields.items()
        if entry is not None or field.control is not Control.SHOWN
    ]
    title = gettext(room.described.new) if entry is None else f"{gettext(room.described.one).capitalize()} {code}"
    return await room.show(
        "settings_entry.html",
        title=title,
        refusal=refusal,
        entry=entry,
        code=code,
        fields=fields,
        stood={name: standing(text) for name, text in entry.values.items()} if entry is not None else {},
    )


def _beside_its_field(described: Described, refusal: Refusal) -> Refusal:
    """The refusal, of the field that its words name: a tool has all fields in one argument, a form has not."""
    named = _OF_FIELD.match(refusal.message)
    if named is None or named[1] not in described.fields:
        return refusal
    label = gettext(described.fields[named[1]].label)
    return InvalidInput(refusal.message.replace(named[0], label, 1), field=named[1])


def _given(described: Described, form: Form, entry: Entry | None) -> dict[str, str]:
    """What a form says of each field that may be filled in now."""
    return {
        name: _text(form, name, field)
        for name, field in described.fields.items()
        if field.control is not Control.SHOWN and not (field.once and entry is not None)
        # A tick that is taken away is not sent; all others are, and what no form has sent stays as it is.
        if field.control is Control.YES or name in form.fields
    }


def _text(form: Form, name: str, field: Shown) -> str:
    if field.control is Control.YES:
        return "true" if form.text(name) else "false"
    # Browsers send the ends of lines as forms have them.
    return form.text(name).replace("\r\n", "\n")[:_VALUE_MAX].strip()
