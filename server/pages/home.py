"""Where `/` leads: to a practice's overview, to the only organization, or to all that a person reaches."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.organizations import OrganizationKind, OrganizationRef
from invoicing.refusals import InvalidInput
from operations.access import is_allowed
from operations.approval.worklist import waiting_in_reach
from operations.clients_at_a_glance import READ_AT_ONCE
from operations.first_steps import has_just_begun
from operations.organizations import list_organizations
from operations.rights import Right
from server.pages.client_words import role_word
from server.pages.languages import gettext
from server.pages.rendering import render, see_other
from server.pages.visiting import Desk, Visitor
from views.heads import head_of
from views.organizations import place_of

_SHOWN = 50


def routes(desk: Desk) -> list[Route]:
    return [
        desk.page("/", _home),
        desk.page("/organizations", _organizations),
        *desk.of_organization("", _organization),
    ]


async def _organization(request: Request, visitor: Visitor) -> Response:
    """An address of an organization that was cut short leads to its first page."""
    return see_other(_first_page(await visitor.organization(request)))


def _first_page(organization: OrganizationRef) -> str:
    """Of a practice it is what needs attention at its clients."""
    first = "overview" if organization.kind is OrganizationKind.PARTNER else "summary"
    return f"{place_of(organization)}/{first}"


async def _only_one(visitor: Visitor, organization: OrganizationRef) -> str:
    """Where somebody begins who reaches one organization alone: with its first steps, until those are done."""
    may_begin = is_allowed(Right.UPDATE_PROFILE, organization, visitor.office.principal)
    begins = may_begin and await has_just_begun(visitor.office, organization)
    return f"{place_of(organization)}/start" if begins else _first_page(organization)


async def _waiting(visitor: Visitor) -> int:
    """How many documents wait for this person, in all organizations whose books can be read and, where those of many
    have changed, were read by now: nobody waits for all of them here.
    """
    found = await waiting_in_reach(visitor.office, at_most=READ_AT_ONCE)
    return sum(len(one.approvals or ()) for one in found)


async def _home(request: Request, visitor: Visitor) -> Response:
    if not request.query_params:
        page, practices = await list_organizations(visitor.office, query="", cursor="", limit=_SHOWN)
        mine = [one for one in page.items if one.id in practices]
        if len(page.items) == 1 and not page.next_cursor:
            return see_other(await _only_one(visitor, page.items[0]))
        # Practices come first in the list: it is the only one.
        if len(practices) == 1 and mine:
            return see_other(_first_page(mine[0]))
    return await _organizations(request, visitor)


async def _organizations(request: Request, visitor: Visitor) -> Response:
    """All that the visitor reaches."""
    query, cursor = request.query_params.get("q", "").strip()[:200], request.query_params.get("after", "")
    try:
        page, _ = await list_organizations(visitor.office, query=query, cursor=cursor, limit=_SHOWN)
    except InvalidInput:
        # An address that was made by hand, or cut off.
        return see_other("/organizations")
    more = urlencode({"q": query, "after": page.next_cursor}) if page.next_cursor else ""
    return render(
        "home.html",
        title=gettext("Your organizations"),
        visitor=visitor,
        organizations=[(head_of(one), place_of(one), one) for one in page.items],
        query=query,
        beyond=cursor != "",
        waiting=await _waiting(visitor),
        more=more,
        role_word=role_word,
    )
