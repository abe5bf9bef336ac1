"""Which connection a call comes over, and who is at its other end."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from mcp.server.context import HandlerResult, ServerRequestContext
from mcp.server.mcpserver import Context
from mcp_types import RequestId
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS

from operations.access import Office, Visits
from operations.activity import Door
from operations.naming import Caller, Connection, connection_now
from operations.people import named_now
from operations.rights import RIGHTS, Right
from server.noted import note_call
from server.noting import Came
from storage.ids import new_session_id


@dataclass(frozen=True, slots=True)
class LocalDoorway:
    """One connection on stdio or in-process. It lasts as long as its client; so does its session.

    The session is used in protocol revisions that have sessions; elsewhere the call itself carries one.
    """

    office: Office
    connection: Connection
    session: str = field(default_factory=new_session_id)
    under_way: dict[RequestId | None, Caller] = field(default_factory=dict)
    """The callers of the requests under way, as they were found last."""

    async def caller(self, context: Context[Any, Any]) -> Caller:
        request = context.request_context
        known = self.under_way.get(request.request_id)
        visits = known.office.visits if known else Visits()
        office = replace(await named_now(self.office), visits=visits)
        has_sessions = request.protocol_version in HANDSHAKE_PROTOCOL_VERSIONS
        found = Caller(
            office=office,
            connection=await connection_now(office, self.connection),
            protocol_session=self.session if has_sessions else "",
            protocol_has_sessions=has_sessions,
        )
        self.under_way[request.request_id] = found
        return found

    def note(self, request: ServerRequestContext[Any, Any], outcome: HandlerResult | BaseException) -> Came:
        nobody = Caller(self.office, self.connection, "", protocol_has_sessions=False)
        return note_call(self.under_way.pop(request.request_id, nobody), request, outcome, Door.LOCAL)

    def may(self, _: ServerRequestContext[Any, Any], act: Right) -> bool:
        # Roles may change while the client stays: they are asked at each call.
        return RIGHTS[act].scope in self.office.principal.scopes
