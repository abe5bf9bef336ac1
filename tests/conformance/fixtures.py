"""What the suite's scenarios expect of a server, by the names and texts that they look for.

No connection has any of this outside these tests: it is added to the real servers, so that the scenarios reach the
whole way from the gate to a handler and back.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.prompts.base import Prompt, UserMessage
from mcp.server.mcpserver.tools import Tool
from mcp.shared.exceptions import MCPError
from mcp_types import (
    MISSING_REQUIRED_CLIENT_CAPABILITY,
    AudioContent,
    Completion,
    CompletionArgument,
    CompletionContext,
    EmbeddedResource,
    EmptyResult,
    GetPromptRequestParams,
    ImageContent,
    PaginatedRequestParams,
    PromptReference,
    RequestParams,
    ResourceTemplateReference,
    SetLevelRequestParams,
    SubscribeRequestParams,
    TextContent,
    TextResourceContents,
    UnsubscribeRequestParams,
)

from invoicing.refusals import InvalidInput
from server.mcp import CounterfoilServer
from tests.conformance import questions

_PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="
_WAV = "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA="


def equip(server: CounterfoilServer) -> None:
    """Add tools, resources, prompts, completion and the handlers of optional methods."""
    for tool in (*_TOOLS, *questions.TOOLS):
        server.add_listed(Tool.from_function(tool))
    # A tool's schema is made of its function's signature, which cannot say what this scenario looks for.
    schema = server._tool_manager.get_tool(json_schema_2020_12_tool.__name__)
    assert schema is not None
    schema.parameters = _SCHEMA_2020_12
    for uri, read in _RESOURCES.items():
        server.resource(uri)(read)
    # The suite looks for its own prompts and resources alone, which the SDK lists and gives.
    of_the_sdk = server._lowlevel_server
    of_the_sdk.add_request_handler("resources/list", PaginatedRequestParams, server._handle_list_resources)
    of_the_sdk.add_request_handler("prompts/list", PaginatedRequestParams, server._handle_list_prompts)
    of_the_sdk.add_request_handler("prompts/get", GetPromptRequestParams, server._handle_get_prompt)
    for prompt in (*_PROMPTS, questions.test_input_required_result_prompt):
        server.add_prompt(Prompt.from_function(prompt))
    # The SDK's decorator has no types.
    server.completion()(_complete)  # type: ignore[no-untyped-call]  # The SDK leaves it untyped.
    low = server._lowlevel_server
    for method, params in _ACCEPTED.items():
        low.add_request_handler(method, params, _accept)


def test_simple_text() -> str:
    """Answer with a text."""
    return "This is a simple text response for testing."


def test_image_content() -> list[ImageContent]:
    """Answer with an image."""
    return [_image()]


def test_audio_content() -> list[AudioContent]:
    """Answer with a sound."""
    return [AudioContent(type="audio", data=_WAV, mime_type="audio/wav")]


def test_embedded_resource() -> list[EmbeddedResource]:
    """Answer with a resource."""
    return [_embedded("test://embedded-resource", "text/plain", "This is an embedded resource content.")]


def test_multiple_content_types() -> list[TextContent | ImageContent | EmbeddedResource]:
    """Answer with three kinds of content."""
    return [
        TextContent(type="text", text="Multiple content types test:"),
        _image(),
        _embedded("test://mixed-content-resource", "application/json", '{"test": "data", "value": 123}'),
    ]


def test_error_handling() -> str:
    """Refuse, as our own tools do."""
    raise InvalidInput("This tool intentionally returns an error for testing.", field="")


async def test_tool_with_logging(ctx: Context[Any, Any]) -> str:
    """Log three times before the answer."""
    for message in ("Tool execution started", "Tool processing data", "Tool execution completed"):
        await ctx.info(message)
    return "Tool with logging executed successfully"


async def test_logging_tool(ctx: Context[Any, Any]) -> str:
    """Log once."""
    await ctx.info("test_logging_tool ran")
    return "logged"


async def test_tool_with_progress(ctx: Context[Any, Any]) -> str:
    """Report progress three times before the answer."""
    for done in (0, 50, 100):
        await ctx.report_progress(progress=done, total=100, message=f"Completed step {done} of 100")
    return "done"


def test_missing_capability(ctx: Context[Any, Any]) -> str:
    """Insist on sampling."""
    capabilities = ctx.client_capabilities
    if capabilities is None or capabilities.sampling is None:
        raise MCPError(
            code=MISSING_REQUIRED_CLIENT_CAPABILITY,
            message="This tool requires the client's sampling capability.",
            data={"requiredCapabilities": {"sampling": {}}},
        )
    return "The client samples."


def json_schema_2020_12_tool() -> str:
    """Show a schema with the keywords of JSON Schema 2020-12."""
    return "json_schema_2020_12_tool"


def static_text() -> str:
    """A text that never changes."""
    return "This is the content of the static text resource."


def static_binary() -> bytes:
    """An image that never changes."""
    return base64.b64decode(_PNG)


def template(id: str) -> str:
    """A text with its parameter in it."""
    return json.dumps({"id": id, "templateTest": True, "data": f"Data for ID: {id}"})


def watched() -> str:
    """A text that can be subscribed to."""
    return "Watched resource content"


def test_simple_prompt() -> list[UserMessage]:
    """A prompt without arguments."""
    return [_said("This is a simple prompt for testing.")]


def test_prompt_with_arguments(arg1: str, arg2: str) -> list[UserMessage]:
    """A prompt with two arguments."""
    return [_said(f"Prompt with arguments: arg1='{arg1}', arg2='{arg2}'")]


def test_prompt_with_embedded_resource(resourceUri: str) -> list[UserMessage]:  # noqa: N803  # The suite's name.
    """A prompt with a resource in it."""
    resource = _embedded(resourceUri, "text/plain", "Embedded resource content for testing.")
    return [UserMessage(content=resource), _said("Please process the embedded resource above.")]


def test_prompt_with_image() -> list[UserMessage]:
    """A prompt with an image in it."""
    return [UserMessage(content=_image()), _said("Please analyze the image above.")]


async def _complete(
    ref: PromptReference | ResourceTemplateReference, argument: CompletionArgument, context: CompletionContext | None
) -> Completion:
    return Completion(values=[], total=0, has_more=False)


async def _accept(context: ServerRequestContext[Any, Any], params: RequestParams) -> EmptyResult:
    return EmptyResult()


def _image() -> ImageContent:
    return ImageContent(type="image", data=_PNG, mime_type="image/png")


def _embedded(uri: str, mime_type: str, text: str) -> EmbeddedResource:
    return EmbeddedResource(type="resource", resource=TextResourceContents(uri=uri, mime_type=mime_type, text=text))


def _said(text: str) -> UserMessage:
    return UserMessage(content=TextContent(type="text", text=text))


_TOOLS: tuple[Callable[..., Any], ...] = (
    test_simple_text,
    test_image_content,
    test_audio_content,
    test_embedded_resource,
    test_multiple_content_types,
    test_error_handling,
    test_tool_with_logging,
    test_logging_tool,
    test_tool_with_progress,
    test_missing_capability,
    json_schema_2020_12_tool,
)
_RESOURCES: dict[str, Callable[..., Any]] = {
    "test://static-text": static_text,
    "test://static-binary": static_binary,
    "test://template/{id}/data": template,
    "test://watched-resource": watched,
}
_PROMPTS: tuple[Callable[..., Any], ...] = (
    test_simple_prompt,
    test_prompt_with_arguments,
    test_prompt_with_embedded_resource,
    test_prompt_with_image,
)
# Methods of the handshake era that Counterfoil does not offer; what matters is that they come through.
_ACCEPTED: dict[str, type[RequestParams]] = {
    "logging/setLevel": SetLevelRequestParams,
    "resources/subscribe": SubscribeRequestParams,
    "resources/unsubscribe": UnsubscribeRequestParams,
}
_SCHEMA_2020_12: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {
        "address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
        }
    },
    "properties": {
        "name": {"type": "string"},
        "address": {"$ref": "#/$defs/address"},
        "contactMethod": {"type": "string", "enum": ["phone", "email"]},
        "phone": {"type": "string"},
        "email": {"type": "string"},
    },
    "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
    "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
    "then": {"required": ["phone"]},
    "else": {"required": ["email"]},
    "additionalProperties": False,
}
