"""The MCP servers behind the door: the practice's and the dedicated ones', each shaped per connection."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, assert_never

from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.tools import Tool
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import SERVER_INFO_META_KEY

from operations.activity import Door
from operations.naming import Caller
from operations.rights import Right
from server.http.confirmations import bind_organization, state_security
from server.http.gate.dispatch import Catalogue
from server.http.gate.state import state_of
from server.introduction import PRACTICE, dedicated_introduction
from server.mcp import CounterfoilServer, add_resources
from server.noted import note_call
from server.noting import Came
from tools.catalog import CATALOG, DEDICATED_CATALOG


@dataclass(frozen=True, slots=True)
class HttpDoorway:
    """The gate has said who calls, over which connection, in which session: it stands in the request's scope."""

    async def caller(self, context: Context[Any, Any]) -> Caller:
        request: Any = context.request_context.request
        return state_of(request.scope).caller_of_call

    def may(self, request: ServerRequestContext[Any, Any], act: Right) -> bool:
        http: Any = request.request
        return state_of(http.scope).authenticated_request.may(act)

    def note(self, request: ServerRequestContext[Any, Any], outcome: HandlerResult | BaseException) -> Came:
        http: Any = request.request
        return note_call(state_of(http.scope).caller_of_call, request, outcome, Door.MCP)


def catalogue_server(catalogue: Catalogue, sealing_key: bytes) -> CounterfoilServer:
    """The MCP server of a catalogue, for every connection that has it.

    `sealing_key` seals what a client keeps for a while, such as the state of a call that waits.
    """
    server = CounterfoilServer(
        PRACTICE,
        tools=_tools(catalogue),
        lifespan=_lifespan,
        middleware=[_shape, bind_organization],
        request_state_security=state_security(sealing_key),
    )
    add_resources(server)
    # The gate checks hosts and origins for every route, so the SDK's own check would only repeat it.
    security = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    server.streamable_http_app(stateless_http=True, transport_security=security)
    return server


def _tools(catalogue: Catalogue) -> list[Tool]:
    match catalogue:
        case Catalogue.PRACTICE:
            return [tool.for_practice() for tool in CATALOG]
        case Catalogue.DEDICATED:
            return [tool.for_dedicated() for tool in DEDICATED_CATALOG]
        case _:
            assert_never(catalogue)


@asynccontextmanager
async def _lifespan(_: MCPServer[Any]) -> AsyncIterator[HttpDoorway]:
    yield HttpDoorway()


async def _shape(context: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
    """Give a dedicated connection its own name and instructions, wherever the protocol shows them."""
    result = await call_next(context)
    request: Any = context.request
    organization = state_of(request.scope).authenticated_request.organization
    if organization is None or not isinstance(result, dict):
        return result
    introduction = dedicated_introduction(organization.handle)
    name = {"name": introduction.name, "title": introduction.title}
    shaped = dict(result)
    for key in ("serverInfo", "instructions"):
        if key in shaped:
            shaped[key] = introduction.instructions if key == "instructions" else {**shaped[key], **name}
    stamp = (shaped.get("_meta") or {}).get(SERVER_INFO_META_KEY)
    if stamp is not None:
        shaped["_meta"] = {**shaped["_meta"], SERVER_INFO_META_KEY: {**stamp, **name}}
    return shaped
