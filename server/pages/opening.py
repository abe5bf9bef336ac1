"""Whose books a page may open, and for what."""

from __future__ import annotations

from starlette.requests import Request

from invoicing.refusals import NotAllowed, NotFound
from operations.access import is_allowed, open_books
from operations.rights import Right
from server.pages.visiting import Visitor
from storage.books.pool import Books


async def books_to_act(request: Request, visitor: Visitor, act: Right) -> Books:
    """The books of the organization that the address names, opened for an act.

    Raises:
        Turned: there is no such organization in reach.
        NotFound: whoever may not do the act sees no page for it.
        Conflict: the organization is archived.
    """
    organization = await visitor.organization(request)
    try:
        return open_books(visitor.office, organization, act)
    except NotAllowed:
        raise NotFound("There is no such page.") from None


def may(visitor: Visitor, books: Books, act: Right) -> bool:
    """Whether the act is offered to the visitor: it is theirs, and the organization is in use."""
    return not books.organization.archived and is_allowed(act, books.organization, visitor.office.principal)
