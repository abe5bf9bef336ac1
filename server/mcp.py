"""The MCP servers: one catalogue for the practice connection, one for dedicated connections."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ToolError
from mcp.server.mcpserver.tools import Tool
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult, InputRequiredResult, ResourceLink
from pydantic import ValidationError

from invoicing.organizations import OrganizationRef
from invoicing.refusals import InvalidInput, NotAllowed, NotFound, Refusal
from operations.access import Office
from operations.assistance.skills import SCHEME
from operations.naming import DedicatedConnection, PracticeConnection
from operations.rights import Right
from server.connections import LocalDoorway
from server.introduction import PRACTICE, Introduction, dedicated_introduction
from server.offered import Offered, read_skill
from server.protocol import IntroducedServer, Lifespan
from server.refused import defect, invalid_arguments, refused, unreadable
from server.sent_to_page import come_back, sent_to_page
from tools import resources, uris
from tools.catalog import CATALOG, DEDICATED_CATALOG
from tools.context import Doorway

if TYPE_CHECKING:
    from mcp.server.lowlevel.helper_types import ReadResourceContents
    from pydantic import AnyUrl

_UNLISTED = {tool.name: tool.unlisted for tool in CATALOG}
_IN_DETAILS = {tool.name: tool.in_details for tool in CATALOG}
_ACTS = {tool.name: tool.act for tool in CATALOG}
_CHANGING = frozenset(name for name, act in _ACTS.items() if act is not Right.READ)
_STREAMING = frozenset(tool.name for tool in CATALOG if tool.streams)
_ASKING = frozenset(tool.name for tool in CATALOG if tool.asks)

# Revision 2025-06-18 brought them; the text beside each says where the file is.
_BEFORE_RESOURCE_LINKS = frozenset({"2025-03-26"})


class CounterfoilServer(IntroducedServer):
    """An MCP server that refuses unknown arguments and speaks our refusals instead of the SDK's errors."""

    def __init__(self, introduction: Introduction, tools: Sequence[Tool], **settings: Any) -> None:
        middleware = [self._list_what_can_be_called, *settings.pop("middleware", ())]
        super().__init__(introduction, tools=list(tools), middleware=middleware, **settings)
        self._listed = {tool.name: tool for tool in tools}
        self._streaming = set(_STREAMING)
        self._offered = Offered(self._may_call)

    async def assistance(self) -> Offered:
        """Who answers for prompts, skills and completions."""
        return self._offered

    def add_listed(self, tool: Tool, *, streams: bool = True) -> None:
        """Add a tool that no catalogue has, for benchmarks and tests; `streams` as in a `Description`."""
        self.add_tool(tool.fn, name=tool.name, description=tool.description)
        self._listed[tool.name] = tool
        if streams:
            self._streaming.add(tool.name)

    def streams(self, tool: str) -> bool:
        """Whether a call of this tool may tell or ask its client something before it answers."""
        return tool in self._streaming

    def asks(self, tool: str) -> bool:
        """Whether a call of this tool may send its client's user to a page."""
        return tool in _ASKING

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        # Clients send null for what they leave out.
        sent = {key: value for key, value in arguments.items() if value is not None}
        try:
            self._check_may(name, context)
            self._check_names(name, sent)
            if context is not None and name in _ASKING:
                return _readable(await self._call_and_send(name, sent, context), context)
            return _readable(await super().call_tool(name, sent, context), context)
        except MCPError:
            raise
        except Refusal as known:
            return refused(known)
        except ToolError as error:
            match error.__cause__:
                case Refusal() as refusal:
                    return refused(refusal)
                case ValidationError() as invalid:
                    return refused(invalid_arguments(invalid))
                case cause:
                    return defect(cause or error, doing=f"calling {name}")

    async def _call_and_send(
        self, name: str, sent: dict[str, Any], context: Context[Any, Any]
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool that may send its client's user to a page."""
        if (answered := await come_back(context)) is not None:
            return answered
        first = await super().call_tool(name, sent, context)
        return await sent_to_page(context, first) if isinstance(first, CallToolResult) else first

    async def read_resource(
        self, uri: AnyUrl | str, context: Context[Any, Any] | None = None
    ) -> Iterable[ReadResourceContents] | InputRequiredResult:
        if context is not None and str(uri).startswith(SCHEME):
            return await read_skill(str(uri), context)
        try:
            return await super().read_resource(uri, context)
        except ResourceError as error:
            if isinstance(error.__cause__, Refusal):
                raise unreadable(error.__cause__) from None
            raise

    def _tool_input_schema(self, name: str) -> dict[str, Any] | None:
        # The SDK looks through the whole schema, on each call, for arguments that headers mirror. We have none.
        return None

    async def _list_what_can_be_called(
        self, request: ServerRequestContext[Any, Any], call_next: CallNext
    ) -> HandlerResult:
        """A tool that whoever asks can never call over this connection costs a model tokens and a call."""
        result = await call_next(request)
        if request.method != "tools/list" or not isinstance(result, dict):
            return result
        doorway: Doorway = request.lifespan_context
        shown = [tool for tool in result["tools"] if _may(doorway, request, tool["name"])]
        return {**result, "tools": shown}

    def _may_call(self, request: ServerRequestContext[Any, Any], name: str) -> bool:
        """Whether a tool is listed over the request's connection."""
        doorway: Doorway = request.lifespan_context
        return name in self._listed and _may(doorway, request, name)

    def _check_may(self, name: str, context: Context[Any, Any] | None) -> None:
        if context is None or name not in self._listed:
            return
        request = context.request_context
        doorway: Doorway = request.lifespan_context
        if _may(doorway, request, name):
            return
        reads = not any(_may(doorway, request, one) for one in _CHANGING)
        what = "this connection is read-only" if reads else "this connection may do other things, but not that"
        raise NotAllowed(
            f"{name} changes something, and {what}. Nothing was changed: use a connection that may, which an owner or"
            " accountant of the organization can give."
        )

    def _check_names(self, name: str, arguments: dict[str, Any]) -> None:
        tool = self._listed.get(name)
        if tool is None:
            raise self._not_listed(name)
        known = tool.fn_metadata.arg_model.model_fields
        listed = tool.parameters["properties"]
        for argument in arguments:
            # A dedicated connection lists no `organization`, but checks one that is sent anyway.
            taken = argument in listed or argument in _UNLISTED.get(name, ())
            if not taken and not (argument == "organization" and argument in known):
                if argument in _IN_DETAILS.get(name, ()):
                    raise InvalidInput(f"{argument} of {name} belongs in details: say it there.", field=argument)
                shown = argument if argument.isidentifier() and len(argument) <= 60 else "one of the arguments"
                raise InvalidInput(f"{shown} is not an argument of {name}. It takes: {', '.join(listed)}.", field=shown)

    def _not_listed(self, name: str) -> Refusal:
        """Why a call of this name cannot be made here: an assistant may know the tool from another connection."""
        if name not in _ACTS:
            return NotFound("There is no such tool on this connection; list the tools anew.")
        return NotAllowed(
            f"{name} works across organizations, and this connection belongs to one alone: use the practice's"
            " connection, /mcp, for it."
        )


def _may(doorway: Doorway, request: ServerRequestContext[Any, Any], name: str) -> bool:
    """Whether whoever makes the request can call a tool of this name; one that no catalogue has asks for itself."""
    return name not in _ACTS or doorway.may(request, _ACTS[name])


def _readable(
    result: CallToolResult | InputRequiredResult, context: Context[Any, Any] | None
) -> CallToolResult | InputRequiredResult:
    """The result without what the client's revision does not know: one such part makes it refuse the whole."""
    if context is None or context.protocol_version not in _BEFORE_RESOURCE_LINKS:
        return result
    if not isinstance(result, CallToolResult):
        return result
    return result.model_copy(
        update={"content": [part for part in result.content if not isinstance(part, ResourceLink)]}
    )


def practice_server(office: Office) -> CounterfoilServer:
    """A server on a local connection that reaches all organizations of its principal."""
    server = CounterfoilServer(
        PRACTICE,
        tools=[tool.for_practice() for tool in CATALOG],
        lifespan=_lifespan(lambda: LocalDoorway(office, PracticeConnection())),
    )
    add_resources(server)
    return server


def dedicated_server(office: Office, organization: OrganizationRef) -> CounterfoilServer:
    """A server on a local connection that belongs to one organization."""
    server = CounterfoilServer(
        dedicated_introduction(organization.handle),
        tools=[tool.for_dedicated() for tool in DEDICATED_CATALOG],
        lifespan=_lifespan(lambda: LocalDoorway(office, DedicatedConnection(organization))),
    )
    add_resources(server)
    return server


def _lifespan(doorway: Callable[[], LocalDoorway]) -> Lifespan:
    """On stdio and in-process the SDK enters the lifespan once per connection: each has a doorway of its own."""

    @asynccontextmanager
    async def enter(_: MCPServer[Any]) -> AsyncIterator[LocalDoorway]:
        yield doorway()

    return enter


def add_resources(server: CounterfoilServer) -> None:
    """Register what a client reads by name."""
    server.resource(uris.DOCUMENT, title="Issued document", mime_type="application/json")(resources.read_document)
    server.resource(uris.DOCUMENT_PDF, title="PDF of an issued document", mime_type="application/pdf")(
        resources.read_document_pdf
    )
    server.resource(uris.EXPORT, title="Export", mime_type="application/octet-stream")(resources.read_export)
