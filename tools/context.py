"""Before a tool runs: who calls, and for which organization. The naming rule is in `operations.naming`."""

from __future__ import annotations

from typing import Annotated, Any, Protocol

from mcp.server.elicitation import AcceptedElicitation
from mcp.server.mcpserver import Context, Resolve

from operations.access import Office, Right, open_books
from operations.naming import Caller, name_organization
from storage.books.pool import Books

# Pydantic forgets a parametrized class that nobody holds. The SDK asks for this one with each resolved argument, and
# making it anew takes longer than most calls.
_HELD = AcceptedElicitation[Any]


class Doorway(Protocol):
    """What the server hands to the tools as the lifespan's value."""

    async def caller(self, context: Context[Any, Any]) -> Caller:
        """Who makes this call, over which connection, in which session."""


async def find_caller(context: Context[Any, Any]) -> Caller:
    """Who makes this call."""
    doorway: Doorway = context.request_context.lifespan_context
    return await doorway.caller(context)


async def find_office(context: Context[Any, Any]) -> Office:
    """The office of the principal who makes this call."""
    return (await find_caller(context)).office


async def open_to_read(context: Context[Any, Any], organization: str, session: str) -> Books:
    """The books of the organization that the call names, to read."""
    return await _open(context, organization, session, Right.READ)


async def open_to_draft(context: Context[Any, Any], organization: str, session: str) -> Books:
    """The books of the organization that the call names, to draft in."""
    return await _open(context, organization, session, Right.DRAFT)


async def open_to_change(context: Context[Any, Any], organization: str, session: str) -> Books:
    """The books of the organization that the call names, to change."""
    return await _open(context, organization, session, Right.CHANGE)


async def _open(context: Context[Any, Any], organization: str, session: str, right: Right) -> Books:
    caller = await find_caller(context)
    named = await name_organization(
        caller, organization=organization, session=session, changing=right is not Right.READ
    )
    return open_books(caller.office, named, right)


TheCaller = Annotated[Caller, Resolve(find_caller)]
TheOffice = Annotated[Office, Resolve(find_office)]
ReadableBooks = Annotated[Books, Resolve(open_to_read)]
DraftableBooks = Annotated[Books, Resolve(open_to_draft)]
ChangeableBooks = Annotated[Books, Resolve(open_to_change)]
