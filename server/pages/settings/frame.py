"""The rooms of an organization's settings, and the frame in which each is shown: the list of all beside one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from invoicing.organizations import OrganizationRef
from invoicing.refusals import Refusal
from operations.access import is_allowed, open_books
from operations.identity.browsing import new_mark
from operations.rights import Right
from server.pages.organization_pages import show
from server.pages.refused import status_of
from server.pages.rendering import see_other
from server.pages.settings.words import group_word, room_meaning, room_word
from server.pages.visiting import Visitor
from storage.books.pool import Books
from views.base import View
from views.organizations import place_of
from views.remedies import message_of, on_page

SETTINGS = "settings"
_SAVED = "saved"

GROUPS: Mapping[str, tuple[str, ...]] = {
    "organization": ("profile", "bank-accounts", "branding", "policy", "mandates"),
    "money": ("tax-codes", "tax-authorities", "jurisdictions", "payment-terms", "series", "transaction-types"),
    "books": ("periods", "accounts", "posting-profiles", "dimensions"),
    "work": ("workflows", "agents", "skills"),
    "record": ("history", "drift"),
}
"""The rooms in their groups and order, by the names that their addresses have. Whoever reads the organization sees them
all.
"""
_ONLY_IN: Mapping[str, str] = {"tax-authorities": "US", "jurisdictions": "US"}
"""Rooms that mean something in one country alone."""


class Room(View):
    """A room as the list of all shows it; `here` says that it is the one that is shown."""

    name: str
    word: str
    means: str
    address: str
    here: bool


class RoomGroup(View):
    """Rooms that belong together."""

    name: str
    word: str
    rooms: list[Room]


async def opened(request: Request, visitor: Visitor) -> Books:
    """The books of the organization that the address names, to be read.

    Raises:
        Turned: there is none, or it is out of the person's reach.
    """
    return open_books(visitor.office, await visitor.organization(request), Right.READ)


def to_change(visitor: Visitor, books: Books, act: Right) -> Books:
    """The same books, to be changed by this act.

    Raises:
        NotAllowed, Conflict: it is not the visitor's to do, or nothing is changed here any more.
    """
    return open_books(visitor.office, books.organization, act)


def may(visitor: Visitor, organization: OrganizationRef, right: Right) -> bool:
    """Whether the visitor may do this here now: nothing is changed in what is archived."""
    return not organization.archived and is_allowed(right, organization, visitor.office.principal)


def groups_of(organization: OrganizationRef, here: str = "") -> list[RoomGroup]:
    """The rooms of the organization, in their groups."""
    return [
        RoomGroup(
            name=group,
            word=group_word(group),
            rooms=[
                Room(
                    name=name,
                    word=room_word(name),
                    means=room_meaning(name),
                    address=place_of_room(organization, name),
                    here=name == here,
                )
                for name in names
                if organization.country == _ONLY_IN.get(name, organization.country)
            ],
        )
        for group, names in GROUPS.items()
    ]


def place_of_room(organization: OrganizationRef, room: str) -> str:
    """Where a room is."""
    return f"{place_of(organization)}/{SETTINGS}/{room}"


async def show_room(
    request: Request,
    visitor: Visitor,
    organization: OrganizationRef,
    template: str,
    *,
    room: str,
    title: str = "",
    refusal: Refusal | None = None,
    field: str = "",
    **context: Any,
) -> Response:
    """The page of a room, or of an act in it under a `title` of its own: a template that extends `settings.html`. After
    a refusal it says what was refused, beside `field`, or the field that it names.
    """
    return await show(
        visitor,
        organization,
        template,
        here=SETTINGS,
        status=status_of(refusal),
        title=title or room_word(room),
        settings=groups_of(organization, room),
        room_here=room,
        room_place=place_of_room(organization, room),
        refused=message_of(refusal, on_page) if refusal else "",
        field=field or (refusal.field if refusal else ""),
        saved=refusal is None and _SAVED in request.query_params,
        mark=new_mark,
        **context,
    )


def saved(organization: OrganizationRef, room: str) -> Response:
    """What follows on a change: the room again, which says that it was saved."""
    return see_other(f"{place_of_room(organization, room)}?{_SAVED}=yes")
