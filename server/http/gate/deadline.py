"""The time that a request may take, and the conversation with its client that may take longer."""

from __future__ import annotations

from dataclasses import replace

import anyio
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as Event

from server.http import answers
from server.http.gate.state import state_of, with_state
from server.http.limits import Allowance
from server.http.questions import Conversation, Patience


class Deadline:
    """Ends what takes too long. While a call waits for its client's answer, its time is not counted."""

    def __init__(self, application: ASGIApp, allowance: Allowance) -> None:
        self._application = application
        self._allowance = allowance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        state, begun = state_of(scope), False

        async def reply(event: Event) -> None:
            nonlocal begun
            begun = True
            await send(event)

        with anyio.move_on_after(self._allowance.request_seconds) as limit:
            if state.session is not None:
                request, session = state.authenticated_request, state.session
                patience = Patience(limit, self._allowance.answer_seconds)
                conversation = Conversation(
                    session.id, session.client, request.principal.user_id, request.scopes, patience
                )
                scope = with_state(scope, replace(state, conversation=conversation))
            await self._application(scope, receive, reply)
        if limit.cancelled_caught and not begun:
            raise answers.took_too_long()
