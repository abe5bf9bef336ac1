"""What a server offers beside tools: prompts, skills as the protocol's extension and as resources, and completions.

Who answers them is asked for anew with each request: a local connection greets its client before that one is loaded.
Nothing here needs storage, so that greeting does not load it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

from mcp.server.context import ServerRequestContext
from mcp.server.extension import Extension, MethodBinding
from mcp.server.lowlevel import Server
from mcp_types import (
    CompleteRequestParams,
    CompleteResult,
    GetPromptRequestParams,
    GetPromptResult,
    ListPromptsResult,
    ListResourcesResult,
    PaginatedRequestParams,
    RequestParams,
)
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

SKILLS_EXTENSION = "io.modelcontextprotocol/skills"
TTL_MILLISECONDS = 300_000
"""How long what is offered need not be asked for again: people change it a few times a year."""

# Where a server declares its extensions; in others skills are plain resources.
_REVISIONS = frozenset(MODERN_PROTOCOL_VERSIONS)

Request = ServerRequestContext[Any, Any]


class Assistance(Protocol):
    """Answers what is asked beside tools, within the reach of whoever asks at that moment."""

    async def list_prompts(self, request: Request, cursor: str) -> ListPromptsResult: ...
    async def get_prompt(self, request: Request, params: GetPromptRequestParams) -> GetPromptResult: ...
    async def list_resources(self, request: Request, cursor: str) -> ListResourcesResult: ...
    async def complete(self, request: Request, params: CompleteRequestParams) -> CompleteResult: ...
    async def list_skills(self, request: Request, cursor: str) -> dict[str, Any]: ...
    async def get_skill(self, request: Request, uri: str) -> dict[str, Any]: ...


Find = Callable[[], Awaitable[Assistance]]


class GetSkillParams(RequestParams):
    """Which skill: the address of its guide."""

    uri: str


class Skills(Extension):
    """The protocol's extension for skills (SEP-2640); their files are read as resources."""

    identifier = SKILLS_EXTENSION

    def __init__(self, find: Find) -> None:
        self._find = find

    def methods(self) -> Sequence[MethodBinding]:
        return (
            MethodBinding("skills/list", PaginatedRequestParams, self._list, _REVISIONS),
            MethodBinding("skills/get", GetSkillParams, self._get, _REVISIONS),
        )

    async def _list(self, request: Request, params: PaginatedRequestParams | None) -> dict[str, Any]:
        return await (await self._find()).list_skills(request, _cursor(params))

    async def _get(self, request: Request, params: GetSkillParams) -> dict[str, Any]:
        return await (await self._find()).get_skill(request, params.uri)


def answer_for(server: Server[Any], find: Find) -> None:
    """Let a server answer for prompts, completions and the list of resources."""

    async def list_prompts(request: Request, params: PaginatedRequestParams | None) -> ListPromptsResult:
        return await (await find()).list_prompts(request, _cursor(params))

    async def get_prompt(request: Request, params: GetPromptRequestParams) -> GetPromptResult:
        return await (await find()).get_prompt(request, params)

    async def list_resources(request: Request, params: PaginatedRequestParams | None) -> ListResourcesResult:
        return await (await find()).list_resources(request, _cursor(params))

    async def complete(request: Request, params: CompleteRequestParams) -> CompleteResult:
        return await (await find()).complete(request, params)

    server.add_request_handler("prompts/list", PaginatedRequestParams, list_prompts)
    server.add_request_handler("prompts/get", GetPromptRequestParams, get_prompt)
    server.add_request_handler("resources/list", PaginatedRequestParams, list_resources)
    server.add_request_handler("completion/complete", CompleteRequestParams, complete)


def _cursor(params: PaginatedRequestParams | None) -> str:
    return (params.cursor if params else None) or ""
