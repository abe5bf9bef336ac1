"""A program that was let look alone, and calls what changes, is told how it can ask its person for more."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.types import ASGIApp, Receive, Scope, Send

from operations.authorization.widening import could_be_allowed
from server.http import answers
from server.http.gate.authentication import metadata_of
from server.http.gate.state import RequestState, state_of
from tools.catalog import CATALOG
from tools.description import NAMING_ARGUMENTS
from tools.description import Scope as ToolScope

_TOOLS = {tool.name: tool for tool in CATALOG}


class StepUp:
    """Turns away what a connection lacks the scope for, where its person could allow it; whatever nobody could is
    answered further in.
    """

    def __init__(self, application: ASGIApp, public_url: str) -> None:
        self._application = application
        self._public_url = public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        state = state_of(scope)
        if await _could_be_allowed(state):
            raise answers.insufficient_scope(metadata_of(scope, self._public_url))
        await self._application(scope, receive, send)


async def _could_be_allowed(state: RequestState) -> bool:
    """Whether it is the scope alone that the call lacks."""
    tool = _TOOLS.get(state.message.tool)
    if tool is None:
        return False
    given = state.message.params.get("arguments")
    organization, session = (
        str(given.get(name, "")) if isinstance(given, Mapping) else "" for name in NAMING_ARGUMENTS
    )
    across = tool.scope is ToolScope.PRACTICE
    return await could_be_allowed(
        state.caller_of_call, tool.act, organization=organization, session=session, across=across
    )
