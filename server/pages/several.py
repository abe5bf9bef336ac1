"""Several customers or items changed at once: chosen in their list, seen before and after, and then changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.refusals import InvalidInput, LimitExceeded, Refusal
from operations.access import is_allowed, open_books
from operations.changing_several import (
    SEVERAL_CUSTOMERS,
    SEVERAL_ITEMS,
    PlannedChange,
    Several,
    change_several,
    plan_changes,
)
from operations.identity.browsing import new_mark
from operations.rights import Right
from server.http.answers import Turned
from server.pages.customers import CUSTOMERS
from server.pages.items import ITEMS
from server.pages.languages import gettext
from server.pages.organization_pages import show
from server.pages.reading import Form
from server.pages.rendering import nothing_here, see_other
from server.pages.visiting import Desk, Visitor
from server.pages.words import field_word
from storage.books.pool import Books
from storage.books.profile import load_profile
from views.organizations import place_of
from views.remedies import message_of, on_page

_FIELDS: Mapping[str, Sequence[str]] = {
    "customers": ("payment_terms", "language", "currency", "archived"),
    "items": ("tax_code", "revenue_account", "currency", "archived"),
}
"""What is changed of several at once."""
_SEVERAL: Mapping[str, Several[Any]] = {"customers": SEVERAL_CUSTOMERS, "items": SEVERAL_ITEMS}
_RIGHTS = {"customers": Right.SAVE_CUSTOMER, "items": Right.SAVE_ITEM}
_YES = "yes"


def routes(desk: Desk) -> list[Route]:
    return [
        route
        for here in _FIELDS
        for route in desk.of_organization(f"/{here}/several", partial(_several, here), methods=["POST"])
    ]


async def _several(here: str, request: Request, visitor: Visitor) -> Response:
    organization = await visitor.organization(request)
    if not is_allowed(_RIGHTS[here], organization, visitor.office.principal):
        raise Turned(nothing_here())
    books, place = open_books(visitor.office, organization, _RIGHTS[here]), f"{place_of(organization)}/{here}"
    form = await visitor.form(request)
    chosen, step = form.several("chosen"), form.text("step")
    if not chosen:
        return see_other(place)
    try:
        # Ids alone are looked up here: nothing is changed by it.
        found = await plan_changes(books, _SEVERAL[here], chosen, "archived", False)
        if step not in ("preview", "do"):
            return await _asked(visitor, books, here, found)
        name, value = _wanted(here, form)
        if step == "do":
            await visitor.check_first_time(form, gettext("This was changed already"), place)
            done = await change_several(books, _SEVERAL[here], chosen, name, value)
            return await _shown(visitor, books, here, done, name, value, done=True)
        planned = await plan_changes(books, _SEVERAL[here], chosen, name, value)
        return await _shown(visitor, books, here, planned, name, value, done=False)
    except LimitExceeded as refusal:
        return await _asked(visitor, books, here, [], refusal)
    except InvalidInput as refusal:
        return await _asked(visitor, books, here, found, refusal)


def _wanted(here: str, form: Form) -> tuple[str, str | bool]:
    """The field that is to be changed, and its value.

    Raises:
        InvalidInput: none that can be changed of several.
    """
    name = form.text("change")
    if name not in _FIELDS[here]:
        raise InvalidInput(gettext("Choose what is to be changed."), field="change")
    value = form.text(name).strip()
    return name, value == _YES if name == "archived" else value


async def _asked(
    visitor: Visitor, books: Books, here: str, found: Sequence[PlannedChange[Any]], refusal: Refusal | None = None
) -> Response:
    """What is to be changed of those that were chosen."""
    profile = await books.read(load_profile)
    noun: Any = CUSTOMERS if here == "customers" else ITEMS
    return await show(
        visitor,
        books.organization,
        "several.html",
        here=here,
        status=400 if refusal else 200,
        title=gettext("Change several at once"),
        refused=message_of(refusal, on_page) if refusal else "",
        field=refusal.field if refusal else "",
        chosen=[(one.before.id, one.before.name) for one in found],
        names=[(name, gettext("Archive") if name == "archived" else field_word(name)) for name in _FIELDS[here]],
        kind=here,
        **await noun.choices(books, noun.blank(profile), profile),
    )


async def _shown(
    visitor: Visitor,
    books: Books,
    here: str,
    planned: Sequence[PlannedChange[Any]],
    name: str,
    value: str | bool,
    *,
    done: bool,
) -> Response:
    """Each before and after; what is refused is named, and keeps no other from being changed."""
    rows = [
        {
            "key": one.before.id,
            "name": one.before.name,
            "before": _text(getattr(one.before, name)),
            "after": _text(getattr(one.after, name)) if one.after else "",
            "refused": message_of(one.refused, on_page) if one.refused else "",
            "changes": one.changes,
        }
        for one in planned
    ]
    return await show(
        visitor,
        books.organization,
        "several_shown.html",
        here=here,
        title=gettext("This was changed") if done else gettext("What would change"),
        what=gettext("Archived") if name == "archived" else field_word(name),
        change=name,
        value=_YES if value is True else value or "",
        rows=rows,
        count=sum(one.changes for one in planned),
        done=done,
        mark=new_mark,
        kind=here,
    )


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return str(value) or gettext("as usual")
