"""A program that was let look alone, and calls what changes, is told how it can ask its person for more."""

from __future__ import annotations

from dataclasses import replace

from starlette.types import ASGIApp, Receive, Scope, Send

from invoicing.organizations import EVERYTHING, CredentialKind
from operations.authentication import AuthenticatedRequest
from operations.rights import Right
from server.http import answers
from server.http.gate.authentication import metadata_of
from server.http.gate.state import state_of
from tools.catalog import CATALOG

_ACTS = {tool.name: tool.act for tool in CATALOG}


class StepUp:
    """Turns away what a connection lacks the scope for, where its person could allow it; whatever nobody could is
    answered further in.
    """

    def __init__(self, application: ASGIApp, public_url: str) -> None:
        self._application = application
        self._public_url = public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        state = state_of(scope)
        act = _ACTS.get(state.message.tool)
        if act is not None and _could_be_allowed(state.authenticated_request, act):
            raise answers.insufficient_scope(metadata_of(scope, self._public_url))
        await self._application(scope, receive, send)


def _could_be_allowed(request: AuthenticatedRequest, act: Right) -> bool:
    """Whether it is the scope alone that is missing."""
    principal = request.principal
    if principal.credential is not CredentialKind.CONNECTION or request.may(act):
        return False
    return replace(request, principal=replace(principal, scopes=EVERYTHING)).may(act)
