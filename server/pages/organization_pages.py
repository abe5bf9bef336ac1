"""A page of one organization: its name, its colour and its other pages stand around what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from invoicing.organizations import OrganizationKind, OrganizationRef
from invoicing.refusals import Unavailable
from operations.access import is_allowed
from operations.organizations import list_organizations
from operations.rights import Right
from server.pages.rendering import TOLD, Told, render
from server.pages.visitor import Visitor, organization_of
from server.pages.words import group_word, page_word
from views.heads import Group, Switcher, Tab, head_of, switcher_of
from views.organizations import place_of

_GROUPS: Mapping[str, Mapping[str, Right]] = {
    "practice": {
        "overview": Right.READ,
        "work": Right.READ,
        "clients": Right.READ,
        "push": Right.PUSH_CONFIGURATION,
    },
    "work": {
        "summary": Right.READ,
        "invoices": Right.READ,
        "customers": Right.READ,
        "items": Right.READ,
        "approvals": Right.DECIDE_APPROVAL,
    },
    "books": {
        "reports": Right.READ,
        "journal": Right.READ,
        "exports": Right.READ,
        "import": Right.IMPORT_RECORDS,
    },
    "set-up": {
        "start": Right.UPDATE_PROFILE,
        "settings": Right.READ,
        "connections": Right.READ,
        "people": Right.MANAGE_PEOPLE,
        "activity": Right.READ_ACTIVITY,
    },
}
"""The pages of an organization in their groups and order, each with the right without which it is not shown."""
_TO_CHANGE = frozenset({"approvals", "import", "push"})
"""The pages that are there to change something: not shown of an archived organization."""
_OF_PRACTICES = "practice"
"""The group that stands at practices alone."""

SWITCHED_MAX = 24
"""So many organizations the switcher holds; there is a page of all."""


async def show(
    visitor: Visitor,
    organization: OrganizationRef,
    template: str,
    *,
    here: str = "",
    status: int = 200,
    to_do: Mapping[str, int] = MappingProxyType({}),
    **context: Any,
) -> Response:
    """The page of a template that extends `organization.html`; `here` is its name among the organization's pages.
    `to_do` is how much there is to do on some of these pages, where that is known.
    """
    return render(
        template,
        status=status,
        visitor=visitor,
        head=head_of(organization),
        place=place_of(organization),
        rooms=_groups(visitor, organization, here, to_do),
        switcher=await _switcher(visitor, organization),
        **context,
    )


async def put_in_frame(page: Told, request: Request, visitor: Visitor) -> None:
    """Let a page that says one thing show what stands around the visitor's other pages, those of the organization that
    the address names among them where it is in reach.
    """
    says, organization = page.says._asdict(), organization_of(request)
    try:
        framed = await show(visitor, organization, TOLD, **says) if organization else None
    except Unavailable:
        # What keeps the page from being shown keeps the others from being listed.
        framed = None
    page.stand_in(framed or render(TOLD, visitor=visitor, **says))


def address_of_list(place: str, asked: Mapping[str, str]) -> str:
    """The address of a list that is limited like this; what is empty does not limit it."""
    limits = urlencode({name: text for name, text in asked.items() if text})
    return f"{place}?{limits}" if limits else place


def pages_of(visitor: Visitor, organization: OrganizationRef) -> list[Tab]:
    """The pages of an organization that the visitor may open."""
    return [tab for group in _groups(visitor, organization, "") for tab in group.tabs]


def _groups(
    visitor: Visitor, organization: OrganizationRef, here: str, to_do: Mapping[str, int] = MappingProxyType({})
) -> list[Group]:
    place = place_of(organization)
    groups = [
        Group(
            name=group_word(name),
            tabs=[
                Tab(name=page_word(tab), address=f"{place}/{tab}", here=tab == here, count=to_do.get(tab, 0))
                for tab, right in tabs.items()
                if is_allowed(right, organization, visitor.office.principal)
                and not (organization.archived and tab in _TO_CHANGE)
            ],
        )
        for name, tabs in _GROUPS.items()
        if name != _OF_PRACTICES or organization.kind is OrganizationKind.PARTNER
    ]
    return [group for group in groups if group.tabs]


async def _switcher(visitor: Visitor, organization: OrganizationRef) -> Switcher:
    page, _ = await list_organizations(visitor.office, query="", cursor="", limit=SWITCHED_MAX)
    return switcher_of(page.items, organization, more=page.next_cursor != "")
