"""What the gate's layers have found out of a request, for those behind them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from starlette.types import Scope

from operations.authentication import AuthenticatedRequest
from operations.naming import Caller
from server.http.messages import Message
from server.http.paths import ConnectionPath
from server.http.questions import Conversation
from storage.directory.sessions import OpenSession

_KEY = "counterfoil.request"


class LayerMissing(RuntimeError):
    """The layer that finds this out does not stand in front of the one that asks."""


@dataclass(frozen=True, slots=True)
class RequestState:
    """What is None is not known (yet). `session` is None also where the protocol's revision has none; `conversation`
    is with the client of the session.
    """

    path: ConnectionPath | None = None
    authenticated: AuthenticatedRequest | None = None
    message: Message = field(default_factory=Message)
    session: OpenSession | None = None
    caller: Caller | None = None
    conversation: Conversation | None = None

    @property
    def connection_path(self) -> ConnectionPath:
        if self.path is None:
            raise LayerMissing
        return self.path

    @property
    def authenticated_request(self) -> AuthenticatedRequest:
        if self.authenticated is None:
            raise LayerMissing
        return self.authenticated

    @property
    def caller_of_call(self) -> Caller:
        if self.caller is None:
            raise LayerMissing
        return self.caller

    @property
    def conversation_of_session(self) -> Conversation:
        if self.conversation is None:
            raise LayerMissing
        return self.conversation


def state_of(scope: Any) -> RequestState:
    """What is known of the request of this scope."""
    state = scope.get(_KEY)
    return state if isinstance(state, RequestState) else RequestState()


def with_state(scope: Scope, state: RequestState) -> Scope:
    """The scope for the layers behind this one."""
    return {**scope, _KEY: state}
