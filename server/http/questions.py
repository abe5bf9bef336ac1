"""Questions that calls under way have put to their clients, until they are answered or withdrawn.

A question goes out on the answer of its own call; the client's reply is a message of its own, and finds the call by the
session and the question's id. Sessions are rows that any process serves; a call under way lives in one process, and so
do its questions. A reply that reaches another process goes through the directory, where the one that asked looks twice
a second, while it waits for any. What a reply may settle is decided here alone.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import re
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import anyio
from sqlmodel import Session

from invoicing.organizations import Clock, Scopes, scopes_of, scopes_text
from invoicing.refusals import LimitExceeded, Unavailable
from server.http.messages import Message
from storage.directory.database import Directory
from storage.directory.replies import KeptReply, forget_replies, put_reply, replies_for, sessions_there
from storage.directory.sessions import SessionClient
from storage.ids import new_id

_PREFIX = "ask_"
_OF_PROCESS = re.compile(rf"{_PREFIX}[0-9a-f]{{8}}_")
_LOOK_SECONDS = 1 / 2
_PASSED_ON_FOR = timedelta(minutes=10)
"""So long a reply waits to be read: no question waits longer."""
_CANCELLED_METHOD = "notifications/cancelled"
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Patience:
    """The time of one request: while it waits for its client's answer it is not counted, but has a budget of its own.

    `request` is the scope that ends the request, `seconds_left` what is left of the budget.
    """

    request: anyio.CancelScope
    seconds_left: float

    async def wait_for(self, question: Question) -> Outcome:
        """What becomes of the question, at the latest when the budget is used up."""
        began = anyio.current_time()
        counted = self.request.deadline - began
        self.request.deadline = math.inf
        try:
            with anyio.move_on_after(self.seconds_left):
                await question.outcome
            # An answer of the last moment, which its client was told had arrived, counts.
            return _NOBODY_ANSWERED if question.outcome.cancelled() else question.outcome.result()
        finally:
            ended = anyio.current_time()
            self.seconds_left = max(0, self.seconds_left - (ended - began))
            self.request.deadline = ended + counted


@dataclass(frozen=True, slots=True)
class Conversation:
    """Who is asked: the client of a session, on behalf of a call of this principal."""

    session: str
    client: SessionClient
    principal: str
    scopes: Scopes
    patience: Patience


@dataclass(frozen=True, slots=True)
class Answered:
    """What the client answered. Whether it fits the question is for whoever asked to check."""

    result: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Failed:
    """The client answered with an error."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Nobody waits for the answer any more."""

    reason: str


Outcome = Answered | Failed | Withdrawn
_NOBODY_ANSWERED = Withdrawn("Nobody answered in time.")
_CANCELLED = Withdrawn("The client cancelled the call.")
_SESSION_ENDED = Withdrawn("The session has ended.")
_STOPPING = Withdrawn("The server is stopping.")


@dataclass(slots=True, eq=False)
class Question:
    """One question of a call under way; `call` is the id that the client gave to the call."""

    id: str
    asked: Conversation
    call: str
    outcome: asyncio.Future[Outcome] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def settle(self, outcome: Outcome) -> None:
        """The first outcome stays."""
        if not self.outcome.done():
            self.outcome.set_result(outcome)


class Questions:
    """The questions of this process; of one principal at most `at_once` wait at a time.

    An id names the process, so that another process knows for whom a reply is, and has 160 random bits.
    """

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._process = f"{_PREFIX}{secrets.token_hex(4)}_"
        self._waiting: dict[str, Question] = {}
        self._closed = False
        self._asked = asyncio.Event()

    @asynccontextmanager
    async def run(self, directory: Directory) -> AsyncIterator[None]:
        """Look for replies that have reached other processes, whenever a question waits."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._look_out, directory)
            yield
            group.cancel_scope.cancel()

    @contextmanager
    def put(self, asked: Conversation, call: object) -> Iterator[Question]:
        """A new question, which is forgotten at the end, whatever becomes of it.

        Raises:
            Unavailable: the server is stopping.
            LimitExceeded: too many questions of the principal wait already.
        """
        if self._closed:
            raise Unavailable(f"{_STOPPING.reason} Nothing was asked: repeat the call in a moment.")
        if sum(one.asked.principal == asked.principal for one in self._waiting.values()) >= self._at_once:
            raise LimitExceeded(
                f"{self._at_once} calls of yours wait for an answer already. Answer or cancel one of them first."
            )
        question = Question(f"{self._process}{secrets.token_hex(20)}", asked, str(call))
        self._waiting[question.id] = question
        self._asked.set()
        try:
            yield question
        finally:
            del self._waiting[question.id]

    def asked_elsewhere(self, message: Message) -> bool:
        """Whether the message answers a question of another process, or of one that has ended."""
        return message.answers.startswith(_PREFIX) and not message.answers.startswith(self._process)

    async def pass_on(
        self, directory: Directory, clock: Clock, message: Message, *, session: str, scopes: Scopes
    ) -> None:
        """Leave a reply to the process that asked, which decides what it settles."""
        named = _OF_PROCESS.match(message.answers)
        if named is None:
            return
        now = clock()
        reply = KeptReply(
            id=new_id("rep"),
            process=named.group(),
            conversation=session,
            scopes=scopes_text(scopes),
            message=json.dumps(message.content),
            expires_at=now + _PASSED_ON_FOR,
        )
        await directory.write(lambda db: put_reply(db, reply, now=now))

    def hear(self, message: Message, *, session: str, scopes: Scopes) -> None:
        """Take note of a message that the MCP server has accepted in this session: an answer, or a call's end.

        An answer that nobody waits for in this session has no effect. Nor has one by a credential that may
        do less than the call that asks: it would do more after all.
        """
        if message.method == _CANCELLED_METHOD:
            cancelled = str(message.params.get("requestId"))
            self._withdraw(_CANCELLED, [one for one in self._of(session) if one.call == cancelled])
            return
        question = self._waiting.get(message.answers)
        if question is None or question.asked.session != session or not question.asked.scopes <= scopes:
            return
        result = message.content.get("result")
        question.settle(Answered(result) if isinstance(result, dict) else Failed())

    def end_session(self, session: str) -> None:
        """Nobody waits in a session that has ended."""
        self._withdraw(_SESSION_ENDED, self._of(session))

    def close(self) -> bool:
        """Withdraw all questions, and let none be asked any more, so that calls under way come to their end; whether
        there were any.
        """
        self._closed = True
        withdrawn = [one for one in self._waiting.values() if not one.outcome.done()]
        self._withdraw(_STOPPING, withdrawn)
        return bool(withdrawn)

    async def _look_out(self, directory: Directory) -> None:
        while True:
            await self._asked.wait()
            self._asked.clear()
            while self._waiting:
                await anyio.sleep(_LOOK_SECONDS)
                try:
                    await self._look(directory)
                except Unavailable as error:
                    _log.warning("no replies could be looked for: %s", error)

    async def _look(self, directory: Directory) -> None:
        asked = {one.asked.session for one in self._waiting.values()}

        def look(db: Session) -> tuple[list[KeptReply], set[str]]:
            return replies_for(db, self._process), sessions_there(db, asked)

        replies, there = await directory.read(look)
        for session in asked - there:
            self.end_session(session)
        for reply in replies:
            self.hear(Message(json.loads(reply.message)), session=reply.conversation, scopes=scopes_of(reply.scopes))
        if replies:
            await directory.write(lambda db: forget_replies(db, [one.id for one in replies]))

    def _of(self, session: str) -> list[Question]:
        return [one for one in self._waiting.values() if one.asked.session == session]

    def _withdraw(self, reason: Withdrawn, questions: list[Question]) -> None:
        for question in questions:
            question.settle(reason)
