"""Prompts, skills and completions as the protocol has them, answered from the books."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from mcp.server.lowlevel.helper_types import ReadResourceContents
from mcp.server.mcpserver import Context
from mcp_types import (
    CompleteRequestParams,
    CompleteResult,
    Completion,
    GetPromptRequestParams,
    GetPromptResult,
    ListPromptsResult,
    ListResourcesResult,
    Prompt,
    PromptArgument,
    PromptMessage,
    PromptReference,
    Resource,
    TextContent,
)

from invoicing.assistance.agents import Agent, ArgumentKind
from invoicing.assistance.skills import GUIDE, ListedFile, kind_of
from invoicing.refusals import Refusal
from operations.assistance import completing, prompts, skills
from operations.assistance.completing import NOTHING, Completed
from operations.assistance.prompts import OfferedAgent, Usable
from operations.assistance.skills import OfferedSkill
from operations.naming import Caller
from server.assistance import TTL_MILLISECONDS, Request
from server.refused import unanswered, unreadable
from storage.paging import Page, page_of_whole
from tools import uris
from tools.context import Doorway
from views.assistance import briefing_text

T = TypeVar("T")

PAGE = 100
_FRESH = {"ttlMs": TTL_MILLISECONDS, "cacheScope": "private"}


class Offered:
    """What a server offers. `may_call` says whether a tool can be called over the connection of a request."""

    def __init__(self, may_call: Callable[[Request, str], bool]) -> None:
        self._may_call = may_call

    async def list_prompts(self, request: Request, cursor: str) -> ListPromptsResult:
        caller = await _caller(request)
        page = _page(await _answered(prompts.offered_agents(caller, self._usable(request))), cursor)
        return ListPromptsResult(prompts=[_prompt(one) for one in page.items], next_cursor=page.next_cursor or None)

    async def get_prompt(self, request: Request, params: GetPromptRequestParams) -> GetPromptResult:
        caller = await _caller(request)
        sent = {name: value for name, value in (params.arguments or {}).items() if value}
        briefing = await _answered(prompts.brief(caller, params.name, sent, self._usable(request)))
        said = TextContent(type="text", text=briefing_text(briefing))
        return GetPromptResult(
            description=briefing.offered.agent.description, messages=[PromptMessage(role="user", content=said)]
        )

    async def list_resources(self, request: Request, cursor: str) -> ListResourcesResult:
        """The files of the skills that are offered, for clients that do not know the extension."""
        offered = await _answered(skills.offered_skills(await _caller(request)))
        page = _page([(one, file) for one in offered for file in one.skill.files], cursor)
        return ListResourcesResult(
            resources=[_resource(one, file) for one, file in page.items], next_cursor=page.next_cursor or None
        )

    async def list_skills(self, request: Request, cursor: str) -> dict[str, Any]:
        page = _page(await _answered(skills.offered_skills(await _caller(request))), cursor)
        more = {"nextCursor": page.next_cursor} if page.next_cursor else {}
        return {"resultType": "complete", "skills": [_skill(one) for one in page.items], **more, **_FRESH}

    async def get_skill(self, request: Request, uri: str) -> dict[str, Any]:
        found = await _answered(skills.find_skill(await _caller(request), uri))
        return {"resultType": "complete", "skill": _skill(found), **_FRESH}

    async def complete(self, request: Request, params: CompleteRequestParams) -> CompleteResult:
        given = (params.context.arguments if params.context else None) or {}
        name, begun = params.argument.name, params.argument.value
        caller = await _caller(request)
        if isinstance(params.ref, PromptReference):
            whose = given.get(prompts.ORGANIZATION, "")
            agent = await _answered(prompts.find_agent(caller, params.ref.name, whose, self._usable(request)))
            found = await completing.complete_prompt(caller, agent, name, begun, given)
        else:
            found = await _complete_address(caller, params.ref.uri, name, begun, given)
        total = len(found.values) + found.left
        return CompleteResult(completion=Completion(values=list(found.values), total=total, has_more=found.left > 0))

    def _usable(self, request: Request) -> Usable:
        def can_call(agent: Agent) -> bool:
            return all(self._may_call(request, tool) for tool in agent.tools)

        return can_call


async def read_skill(uri: str, context: Context[Any, Any]) -> list[ReadResourceContents]:
    """What stands in a file of a skill: a text where it is one, else its bytes.

    Raises:
        ResourceError: none is there, whether nobody has it or others have.
    """
    doorway: Doorway = context.request_context.lifespan_context
    try:
        file = await skills.read_skill_file(await doorway.caller(context), uri)
    except Refusal as refusal:
        raise unreadable(refusal) from None
    try:
        content: str | bytes = file.content.decode()
    except UnicodeDecodeError:
        content = file.content
    return [ReadResourceContents(content=content, mime_type=kind_of(file.path))]


async def _caller(request: Request) -> Caller:
    doorway: Doorway = request.lifespan_context
    return await _answered(doorway.caller(Context(request_context=request)))


async def _answered(asked: Awaitable[T]) -> T:
    """What was asked for; a refusal as the protocol says it."""
    try:
        return await asked
    except Refusal as refusal:
        raise unanswered(refusal) from None


def _page(offered: Sequence[T], cursor: str) -> Page[T]:
    try:
        return page_of_whole(offered, cursor=cursor, limit=PAGE)
    except Refusal as refusal:
        raise unanswered(refusal) from None


def _prompt(one: OfferedAgent) -> Prompt:
    arguments = [
        PromptArgument(name=asked.name, description=asked.description or None, required=asked.required)
        for asked in one.arguments
    ]
    return Prompt(name=one.name, title=one.agent.name, description=one.agent.description, arguments=arguments)


def _resource(one: OfferedSkill, file: ListedFile) -> Resource:
    is_guide = file.path == GUIDE
    return Resource(
        uri=f"{one.folder}/{file.path}",
        name=one.skill.code if is_guide else f"{one.skill.code}/{file.path}",
        title=one.skill.name if is_guide else None,
        description=one.skill.description if is_guide else None,
        mime_type=kind_of(file.path),
        size=file.size,
    )


def _skill(one: OfferedSkill) -> dict[str, Any]:
    """A skill as the extension has it, whole: a client needs nothing else to check each file that it reads."""
    files = [
        {"uri": f"{one.folder}/{file.path}", "digest": f"sha256:{file.sha256}", "size": file.size}
        for file in one.skill.files
    ]
    return {"uri": one.address, "frontmatter": dict(one.head), "resources": files}


async def _complete_address(
    caller: Caller, template: str, name: str, begun: str, given: Mapping[str, str]
) -> Completed:
    """What completes a variable of one of our templates."""
    if template not in uris.TEMPLATES:
        return NOTHING
    organization = given.get("organization", "")
    match name:
        case "organization":
            return await completing.complete_organization(caller, begun)
        case "document" if template != uris.EXPORT and organization:
            return await completing.complete_of_books(caller, ArgumentKind.INVOICE, begun, organization)
        case "export" if template == uris.EXPORT and organization:
            return await completing.complete_export(caller, begun, organization)
    return NOTHING
