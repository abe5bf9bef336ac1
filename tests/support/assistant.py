"""An assistant to test with: the SDK's client in one protocol era, which carries its session as clients do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal

from mcp import Client
from mcp_types import CallToolResult, TextContent

from operations.access import Office
from server.app import local_server

Era = Literal["legacy", "auto"]
ERAS: tuple[Era, ...] = ("legacy", "auto")
"""`legacy` shakes hands (revisions up to 2025-11-25); `auto` speaks 2026-07-28."""

WITHOUT_SESSION = frozenset(
    {
        "list_clients",
        "get_practice_overview",
        "create_client_organization",
        "push_configuration",
        "create_client_api_key",
        "go_live",
        "draft_for_clients",
        "issue_for_clients",
    }
)


class Refused(AssertionError):
    """A call that a test expected to succeed was refused."""


class Assistant:
    """One conversation. `session` is what `switch_organization` answered, where the protocol has no sessions."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.session = ""

    async def call(self, tool: str, /, **arguments: Any) -> CallToolResult:
        """The result of a call as it comes, refused or not."""
        carry = self.session and tool not in WITHOUT_SESSION and "session" not in arguments
        result = await self.client.call_tool(tool, arguments | ({"session": self.session} if carry else {}))
        assert isinstance(result, CallToolResult)
        return result

    async def ok(self, tool: str, /, **arguments: Any) -> dict[str, Any]:
        """The structured content of a call that must succeed."""
        result = await self.call(tool, **arguments)
        if result.is_error:
            raise Refused(text_of(result))
        assert isinstance(result.structured_content, dict)
        return result.structured_content

    async def refused(self, tool: str, /, **arguments: Any) -> dict[str, Any]:
        """The error (`code`, `message`, `field`, `candidates`) of a call that must be refused."""
        result = await self.call(tool, **arguments)
        assert result.is_error, text_of(result)
        assert result.structured_content is None
        assert result.meta is not None
        error: dict[str, Any] = result.meta["counterfoil/error"]
        assert text_of(result).startswith(f"{error['code']}: ")
        return error

    async def switch(self, organization: str) -> dict[str, Any]:
        """Switch, and remember the session for later calls."""
        switched = await self.ok("switch_organization", organization=organization)
        self.session = switched["session"]
        return switched


def text_of(result: CallToolResult) -> str:
    first = result.content[0]
    assert isinstance(first, TextContent)
    return first.text


@asynccontextmanager
async def assistant(office: Office, era: Era = "auto", *, organization: str = "") -> AsyncIterator[Assistant]:
    """A conversation in this process with the office's principal; dedicated to `organization` if it is given."""
    server = await local_server(office, organization)
    async with Client(server, mode=era) as client:
        yield Assistant(client)
