"""The clients of a practice: found by name, each at a glance, and one click away."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.organizations import OrganizationRef
from invoicing.refusals import InvalidInput
from operations.access import is_allowed, open_books
from operations.organizations import clients_of, count_clients
from operations.rights import Right
from server.pages.languages import gettext
from server.pages.organization_pages import address_of_list, show
from server.pages.rendering import see_other
from server.pages.visiting import Desk, Visitor
from storage.books.profile import load_profile
from views.clients import client_card
from views.organizations import place_of
from views.remedies import on_page

_SHOWN = 24
_WORDS_MAX = 200


def routes(desk: Desk) -> list[Route]:
    return [desk.page("/practice/{handle}/clients", _clients)]


async def _clients(request: Request, visitor: Visitor) -> Response:
    practice = await visitor.organization(request)
    place, query = f"{place_of(practice)}/clients", request.query_params.get("q", "").strip()[:_WORDS_MAX]
    cursor = request.query_params.get("after", "")
    try:
        page = await clients_of(visitor.office, practice, query=query, cursor=cursor, limit=_SHOWN)
    except InvalidInput:
        # An address that was made by hand, or cut off.
        return see_other(place)
    profile = await open_books(visitor.office, practice, Right.READ).read(load_profile)
    return await show(
        visitor,
        practice,
        "clients.html",
        here="clients",
        title=gettext("Clients"),
        cards=[client_card(one, profile.locale, on_page) for one in page.items],
        count=await count_clients(visitor.office, practice),
        query=query,
        beyond=cursor != "",
        may_create=may_create(visitor, practice),
        more=address_of_list(place, {"q": query, "after": page.next_cursor}) if page.next_cursor else "",
    )


def may_create(visitor: Visitor, practice: OrganizationRef) -> bool:
    """Whether the visitor may make new clients of this practice."""
    return is_allowed(Right.CREATE_CLIENT, practice, visitor.office.principal) and not practice.archived
