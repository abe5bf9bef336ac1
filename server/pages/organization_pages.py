"""A page of one organization: its name, its colour and its other pages stand around what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from invoicing.organizations import OrganizationRef
from operations.access import is_allowed
from operations.rights import Right
from server.pages.rendering import render
from server.pages.visiting import Visitor
from views.heads import Tab, head_of
from views.organizations import place_of

_TABS: Mapping[str, Right] = {
    "connections": Right.READ,
    "people": Right.MANAGE_PEOPLE,
    "activity": Right.READ_ACTIVITY,
    "approvals": Right.DECIDE_APPROVAL,
}
"""The pages of an organization in their order, each with the right without which it is not shown."""


def show(
    visitor: Visitor, organization: OrganizationRef, template: str, *, here: str = "", status: int = 200, **context: Any
) -> Response:
    """The page of a template that extends `organization.html`; `here` is its name among the organization's pages."""
    place = place_of(organization)
    tabs = [
        Tab(name=name.capitalize(), address=f"{place}/{name}", here=name == here)
        for name, right in _TABS.items()
        if is_allowed(right, organization, visitor.office.principal)
    ]
    head = head_of(organization, tabs)
    return render(template, status=status, visitor=visitor, head=head, place=place, **context)
