"""Whether whoever has a request under way may still have it: a right that ends takes its open streams along.

The directory is asked again of the requests that last, whoever has changed it and in whichever process. What ends its
own right, such as a call that revokes the credential it came with, still gets its answer: only what is found ended
twice is cut off.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as Event

from invoicing.organizations import OrganizationRef
from invoicing.refusals import Unavailable
from operations.access import Office
from operations.authentication import AuthenticatedRequest, still_holds
from server.http import answers
from server.http.gate.state import state_of

LOOK_MILLISECONDS = 800
"""Between two looks; a right that has ended ends its streams at the second one."""


@dataclass(slots=True, eq=False)
class _UnderWay:
    """A request that is being answered, and for which organizations it has acted so far."""

    request: AuthenticatedRequest
    visited: Mapping[str, OrganizationRef]
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    found_ended: bool = False


class StandingRights:
    """Cuts off the requests under way of whoever may not have them any more. `run` is around all of them."""

    def __init__(self, application: ASGIApp, office: Office) -> None:
        self._application = application
        self._office = office
        self._under_way: set[_UnderWay] = set()
        self._begun = anyio.Event()

    @asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        async with anyio.create_task_group() as group:
            group.start_soon(self._watch)
            yield
            group.cancel_scope.cancel()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        state, begun = state_of(scope), False

        async def reply(event: Event) -> None:
            nonlocal begun
            begun = True
            await send(event)

        visits = state.caller_of_call.office.visits
        one = _UnderWay(state.authenticated_request, visits.organizations if visits else {})
        self._under_way.add(one)
        self._begun.set()
        try:
            with one.scope:
                await self._application(scope, receive, reply)
        finally:
            self._under_way.discard(one)
        if one.scope.cancelled_caught and not begun:
            raise answers.not_found()

    async def _watch(self) -> None:
        while True:
            await self._begun.wait()
            await anyio.sleep(LOOK_MILLISECONDS / 1_000)
            for one in list(self._under_way):
                await self._look_at(one)
            if not self._under_way:
                self._begun = anyio.Event()

    async def _look_at(self, one: _UnderWay) -> None:
        try:
            holds = await still_holds(self._office.store, self._office.clock, one.request, one.visited.values())
        except Unavailable:
            # Nobody can say at this moment; what the call wants of the directory is refused for the same reason.
            return
        if one.found_ended and not holds:
            one.scope.cancel()
        one.found_ended = not holds
