"""The MCP server that a request is for: there is one for each list of tools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from starlette.types import ASGIApp, Receive, Scope, Send

from server.http.gate.state import state_of


class Catalogue(Enum):
    """Which list of tools a connection has, as far as its bearer may use them."""

    PRACTICE = "practice"
    DEDICATED = "dedicated"


@dataclass(frozen=True, slots=True)
class Entrances:
    """The ways into the MCP server of a catalogue: of revisions with sessions, and of those without."""

    with_sessions: ASGIApp
    without: ASGIApp


class Dispatch:
    """The innermost layer: hands the request to the MCP server of its connection."""

    def __init__(self, catalogues: Mapping[Catalogue, Entrances]) -> None:
        self._catalogues = catalogues

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        state = state_of(scope)
        is_dedicated = state.authenticated_request.organization is not None
        entrances = self._catalogues[Catalogue.DEDICATED if is_dedicated else Catalogue.PRACTICE]
        await (entrances.without if state.session is None else entrances.with_sessions)(scope, receive, send)
