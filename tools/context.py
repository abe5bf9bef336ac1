"""Before a tool runs: who calls, and for which organization. The naming rule is in `operations.naming`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Protocol

from mcp.server.context import ServerRequestContext
from mcp.server.elicitation import AcceptedElicitation
from mcp.server.mcpserver import Context, Resolve

from invoicing.refusals import NotAllowed
from operations.access import Office, open_books
from operations.approval.signing import SignatureWanted
from operations.naming import Caller, name_organization
from operations.rights import Right
from storage.books.pool import Books
from views.approvals import NO_SERVER, Place

# Pydantic forgets a parametrized class that nobody holds. The SDK asks for this one with each resolved argument, and
# making it anew takes longer than most calls.
_HELD = AcceptedElicitation[Any]


class Doorway(Protocol):
    """What the server hands to the tools as the lifespan's value."""

    async def caller(self, context: Context[Any, Any]) -> Caller:
        """Who makes this call, over which connection, in which session."""

    def may(self, request: ServerRequestContext[Any, Any], act: Right) -> bool:
        """Whether tools for this act are shown to whoever makes this request, and can be called."""


async def find_caller(context: Context[Any, Any]) -> Caller:
    """Who makes this call."""
    doorway: Doorway = context.request_context.lifespan_context
    return await doorway.caller(context)


async def find_office(context: Context[Any, Any]) -> Office:
    """The office of the principal who makes this call."""
    return (await find_caller(context)).office


def _open_to(act: Right, *, even_archived: bool = False) -> Resolve:
    """Resolves the books of the organization that the call names, opened for this act."""

    async def open_them(context: Context[Any, Any], organization: str, session: str) -> Books:
        return await open_to(act, context, organization, session, even_archived=even_archived)

    return Resolve(open_them)


async def open_to(
    act: Right, context: Context[Any, Any], organization: str, session: str, *, even_archived: bool = False
) -> Books:
    """The books of the organization that the call names, opened for this act."""
    caller = await find_caller(context)
    changing = act is not Right.READ
    named = await name_organization(caller, organization=organization, session=session, changing=changing)
    return open_books(caller.office, named, act, even_archived=even_archived)


def place_of(office: Office, books: Books) -> Place:
    """Where what waits in these books is decided."""
    return Place(books.organization, office.public_url)


@contextmanager
def said_where_to_sign(office: Office, books: Books, key: str) -> Iterator[None]:
    """What is refused because a person must sign it says on which page."""
    try:
        yield
    except SignatureWanted as wanted:
        where = place_of(office, books).page_of(key) or NO_SERVER
        raise NotAllowed(f"{wanted.message} That is signed at {where}", field=wanted.field) from None


async def _open_unless_clients(
    context: Context[Any, Any], organization: str, session: str, clients: list[str] | None
) -> Books | None:
    """The books of the organization that the call names, to read; None where it names clients, and acts for those."""
    return None if clients else await open_to(Right.READ, context, organization, session)


TheCaller = Annotated[Caller, Resolve(find_caller)]
TheOffice = Annotated[Office, Resolve(find_office)]
ReadableBooks = Annotated[Books, _open_to(Right.READ)]
ReadableUnlessClients = Annotated[Books | None, Resolve(_open_unless_clients)]
DraftableBooks = Annotated[Books, _open_to(Right.DRAFT)]
BooksToSaveCustomer = Annotated[Books, _open_to(Right.SAVE_CUSTOMER)]
BooksToSaveItem = Annotated[Books, _open_to(Right.SAVE_ITEM)]
BooksToImport = Annotated[Books, _open_to(Right.IMPORT_RECORDS)]
BooksToIssue = Annotated[Books, _open_to(Right.ISSUE)]
BooksToCredit = Annotated[Books, _open_to(Right.CREDIT)]
BooksToDecide = Annotated[Books, _open_to(Right.DECIDE_APPROVAL)]
BooksToRecordPayment = Annotated[Books, _open_to(Right.RECORD_PAYMENT)]
BooksToUpdate = Annotated[Books, _open_to(Right.UPDATE_PROFILE, even_archived=True)]
BooksToConfigure = Annotated[Books, _open_to(Right.CHANGE_SETTINGS)]
