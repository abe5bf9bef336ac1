"""Before a tool runs: who calls, and for which organization. The naming rule is in `operations.naming`."""

from __future__ import annotations

from typing import Annotated, Any, Protocol

from mcp.server.context import HandlerResult, ServerRequestContext
from mcp.server.elicitation import AcceptedElicitation
from mcp.server.mcpserver import Context, Resolve

from operations.access import Office, open_books
from operations.naming import Caller, name_organization, organization_now
from operations.rights import Right
from storage.books.pool import Books

# Pydantic forgets a parametrized class that nobody holds. The SDK asks for this one with each resolved argument, and
# making it anew takes longer than most calls.
_HELD = AcceptedElicitation[Any]


class Doorway(Protocol):
    """What the server hands to the tools as the lifespan's value."""

    async def caller(self, context: Context[Any, Any]) -> Caller:
        """Who makes this call, over which connection, in which session."""

    def may(self, request: ServerRequestContext[Any, Any], act: Right) -> bool:
        """Whether tools for this act are shown to whoever makes this request, and can be called."""

    def note(self, request: ServerRequestContext[Any, Any], outcome: HandlerResult | BaseException) -> None:
        """Put on the activity log what the request has come to."""

    async def forces_prompts(self, request: ServerRequestContext[Any, Any]) -> bool:
        """Whether this connection lists the tools that ask a person as such that a client shows to its user first:
        where a person approves what is issued in its own organization, or, where it reaches many, in any of them. It
        never depends on which organization is active.
        """


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


async def open_again(act: Right, context: Context[Any, Any], books: Books, *, even_archived: bool = False) -> Books:
    """The same books after somebody was asked, who may have thought for long: opened by what the directory says now."""
    office = await find_office(context)
    return open_books(office, await organization_now(office, books.organization), act, even_archived=even_archived)


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
