"""Which connection a call comes over, and who is at its other end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.server.mcpserver import Context
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS

from operations.access import Office
from operations.naming import Caller, Connection, connection_now
from operations.people import named_now
from operations.rights import RIGHTS, Right
from storage.ids import new_session_id


@dataclass(frozen=True, slots=True)
class LocalDoorway:
    """One connection on stdio or in-process. It lasts as long as its client; so does its session.

    The session is used in protocol revisions that have sessions; elsewhere the call itself carries one.
    """

    office: Office
    connection: Connection
    session: str = field(default_factory=new_session_id)

    async def caller(self, context: Context[Any, Any]) -> Caller:
        office = await named_now(self.office)
        has_sessions = context.request_context.protocol_version in HANDSHAKE_PROTOCOL_VERSIONS
        return Caller(
            office=office,
            connection=await connection_now(office, self.connection),
            protocol_session=self.session if has_sessions else "",
            protocol_has_sessions=has_sessions,
        )

    def may(self, _: ServerRequestContext[Any, Any], act: Right) -> bool:
        # Roles may change while the client stays: they are asked at each call.
        return RIGHTS[act].scope in self.office.principal.scopes

    async def forces_prompts(self, _: ServerRequestContext[Any, Any]) -> bool:
        # What is listed here was published before anybody's policy was known.
        return False
