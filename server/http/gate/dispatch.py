"""The MCP server that a request is for: there is one for each list of tools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from invoicing.organizations import READ_ONLY
from server.http.gate.state import state_of


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Which list of tools a connection has."""

    dedicated: bool
    read_only: bool


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
        request = state.authenticated_request
        entrances = self._catalogues[Catalogue(request.organization is not None, request.scopes == READ_ONLY)]
        await (entrances.without if state.session is None else entrances.with_sessions)(scope, receive, send)
