"""The customers and items of an organization: searched and paged by the address alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.refusals import InvalidInput
from operations.access import is_allowed, open_books
from operations.customers import find_customers
from operations.items import find_items
from operations.rights import Right
from server.pages.languages import gettext
from server.pages.organization_pages import address_of_list, show
from server.pages.rendering import see_other
from server.pages.visiting import Desk, Visitor
from storage.books.pool import Books
from storage.books.profile import load_profile
from views.base import View
from views.listed_records import customer_row, item_row
from views.organizations import place_of

_SHOWN = 50
_WORDS_MAX = 200
_RIGHTS = {"customers": Right.SAVE_CUSTOMER, "items": Right.SAVE_ITEM}
"""Without which nothing new is entered in a list."""

Found = Callable[[Books, str, str], Awaitable[tuple[list[View], str]]]
"""Finds the rows for words from a cursor on, and the cursor of the next ones."""


def routes(desk: Desk) -> list[Route]:
    return [*desk.of_organization("/customers", _customers), *desk.of_organization("/items", _items)]


async def _customers(request: Request, visitor: Visitor) -> Response:
    async def found(books: Books, query: str, cursor: str) -> tuple[list[View], str]:
        page = await find_customers(books, query=query, cursor=cursor, limit=_SHOWN)
        return [customer_row(one) for one in page.items], page.next_cursor

    return await _listed(request, visitor, "customers", gettext("Customers"), found)


async def _items(request: Request, visitor: Visitor) -> Response:
    async def found(books: Books, query: str, cursor: str) -> tuple[list[View], str]:
        page = await find_items(books, query=query, cursor=cursor, limit=_SHOWN)
        profile = await books.read(load_profile)
        return [item_row(one, profile) for one in page.items], page.next_cursor

    return await _listed(request, visitor, "items", gettext("Items"), found)


async def _listed(request: Request, visitor: Visitor, here: str, title: str, found: Found) -> Response:
    organization = await visitor.organization(request)
    books = open_books(visitor.office, organization, Right.READ)
    query, cursor = request.query_params.get("q", "").strip()[:_WORDS_MAX], request.query_params.get("after", "")
    place = f"{place_of(organization)}/{here}"
    try:
        rows, after = await found(books, query, cursor)
    except InvalidInput:
        # An address that was made by hand, or cut off.
        return see_other(place)
    more = address_of_list(place, {"q": query, "after": after}) if after else ""
    return await show(
        visitor,
        organization,
        f"{here}.html",
        here=here,
        title=title,
        rows=rows,
        query=query,
        beyond=cursor != "",
        may=is_allowed(_RIGHTS[here], organization, visitor.office.principal) and not organization.archived,
        more=more,
        here_address=place,
    )
