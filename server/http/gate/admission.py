"""How much of one principal is under way at once, and how often it comes."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from server.http import answers
from server.http.gate.state import state_of
from server.http.limits import Limiter


class Admission:
    """Lets through what the principal's account allows; stands behind `Authentication`."""

    def __init__(self, application: ASGIApp, limiter: Limiter) -> None:
        self._application = application
        self._limiter = limiter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        principal = state_of(scope).authenticated_request.principal.user_id
        if seconds := self._limiter.enter(principal):
            raise answers.too_many(seconds)
        try:
            await self._application(scope, receive, send)
        finally:
            self._limiter.leave(principal)
