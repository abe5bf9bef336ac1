"""Serving protocol revisions that shake hands: each message on a transport of its own, with a way to ask the client.

The SDK serves these revisions either without a way to ask, or with sessions in one process's memory. This is its way
without sessions, from the same public parts (`StreamableHTTPSessionManager` shows how they go together), and in
addition the client's capabilities, which the session's row remembers, and requests to the client.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, assert_never

import anyio
from anyio.abc import TaskGroup, TaskStatus
from mcp.server.connection import Connection
from mcp.server.lowlevel import Server
from mcp.server.runner import serve_connection
from mcp.server.streamable_http import StreamableHTTPServerTransport
from mcp.server.transport_security import TransportSecuritySettings
from mcp.shared.dispatcher import CallOptions, DispatchContext, OnNotify, OnNotifyIntercept, OnRequest
from mcp.shared.exceptions import MCPError, NoBackChannelError
from mcp.shared.jsonrpc_dispatcher import JSONRPCDispatcher
from mcp.shared.message import MessageMetadata, ServerMessageMetadata, SessionMessage
from mcp.shared.transport_context import TransportContext
from mcp_types import CONNECTION_CLOSED, DEFAULT_NEGOTIATED_VERSION, ClientCapabilities, JSONRPCRequest, RequestId
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from invoicing.refusals import Unavailable
from server.http.clients import capabilities_of, check_can_be_asked
from server.http.gate.state import state_of
from server.http.questions import (
    Answered,
    Conversation,
    Failed,
    Question,
    Questions,
    Withdrawn,
)

# The gate has checked hosts and origins before.
_CHECKED = TransportSecuritySettings(enable_dns_rebinding_protection=False)
_LAST_WORDS_SECONDS = 1


class HandshakeServer:
    """An ASGI application for messages of a session. `run` is around all of them."""

    def __init__(self, server: Server[Any], questions: Questions) -> None:
        self._server = server
        self._questions = questions
        self._under_way: set[anyio.Event] = set()
        self._group: TaskGroup
        self._lifespan: Any

    @asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        async with self._server.lifespan(self._server) as self._lifespan, anyio.create_task_group() as self._group:
            try:
                yield
            finally:
                self._group.cancel_scope.cancel()

    async def come_to_end(self) -> None:
        """Wait a moment for the calls under way, whose questions were withdrawn: their clients are to hear of it."""
        with anyio.move_on_after(_LAST_WORDS_SECONDS):
            for ended in list(self._under_way):
                await ended.wait()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ended = anyio.Event()
        self._under_way.add(ended)
        try:
            await self._answer(scope, receive, send)
        finally:
            self._under_way.discard(ended)
            ended.set()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = StreamableHTTPServerTransport(mcp_session_id=None, security_settings=_CHECKED)
        try:
            # Not a child of the request: when its client leaves, the transport ends it in good order.
            await self._group.start(self._serve, transport, scope)
            await transport.handle_request(scope, receive, send)
        finally:
            with anyio.CancelScope(shield=True):
                await transport.terminate()

    async def _serve(
        self,
        transport: StreamableHTTPServerTransport,
        scope: Scope,
        *,
        task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED,
    ) -> None:
        conversation = state_of(scope).conversation_of_session
        revision = Headers(scope=scope).get("mcp-protocol-version") or conversation.client.revision
        connection = Connection.from_envelope(
            revision or DEFAULT_NEGOTIATED_VERSION,
            None,
            capabilities_of(conversation.client),
        )
        async with transport.connect() as (incoming, outgoing):
            task_status.started()
            asker = _Asker(self._questions, conversation, connection.client_capabilities, outgoing.send)
            dispatcher = _Dispatcher(asker, incoming, outgoing)
            await serve_connection(self._server, dispatcher, connection=connection, lifespan_state=self._lifespan)


def _no_channel(_: MessageMetadata) -> TransportContext:
    # Only what `_AskingContext` wraps can ask.
    return TransportContext(kind="streamable-http", can_send_request=False)


class _Dispatcher(JSONRPCDispatcher[TransportContext]):
    """Gives to each call a context through which it can ask its client."""

    def __init__(self, asker: _Asker, incoming: Any, outgoing: Any) -> None:
        super().__init__(incoming, outgoing, inline_methods=frozenset({"initialize"}), transport_builder=_no_channel)
        self._asker = asker

    async def run(
        self,
        on_request: OnRequest,
        on_notify: OnNotify,
        on_notify_intercept: OnNotifyIntercept | None = None,
        *,
        task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED,
    ) -> None:
        async def answer(
            context: DispatchContext[TransportContext], method: str, params: Mapping[str, Any] | None
        ) -> dict[str, Any]:
            asking = _AskingContext(context, self._asker)
            try:
                return await on_request(asking, method, params)
            finally:
                asking.open = False

        await super().run(answer, on_notify, on_notify_intercept, task_status=task_status)


@dataclass(slots=True, eq=False)
class _AskingContext:
    """The SDK's context of a call, except that its requests go to the client as questions."""

    _inner: DispatchContext[TransportContext]
    _asker: _Asker
    open: bool = True

    @property
    def transport(self) -> TransportContext:
        return TransportContext(kind=self._inner.transport.kind, can_send_request=self.open)

    @property
    def can_send_request(self) -> bool:
        return self.open

    @property
    def request_id(self) -> RequestId | None:
        return self._inner.request_id

    @property
    def message_metadata(self) -> MessageMetadata:
        return self._inner.message_metadata

    @property
    def cancel_requested(self) -> anyio.Event:
        return self._inner.cancel_requested

    async def notify(self, method: str, params: Mapping[str, Any] | None, opts: CallOptions | None = None) -> None:
        await self._inner.notify(method, params, opts)

    async def progress(self, progress: float, total: float | None = None, message: str | None = None) -> None:
        await self._inner.progress(progress, total, message)

    async def send_raw_request(
        self, method: str, params: Mapping[str, Any] | None, opts: CallOptions | None = None
    ) -> dict[str, Any]:
        if not self.open or self.request_id is None:
            raise NoBackChannelError(method)
        return await self._asker.ask(self._inner, method, params)


@dataclass(slots=True, eq=False)
class _Asker:
    """Asks the client of one message, one question at a time."""

    _questions: Questions
    _conversation: Conversation
    _capabilities: ClientCapabilities | None
    _send: Any
    _turn: anyio.Lock = field(default_factory=anyio.Lock)

    async def ask(
        self, call: DispatchContext[TransportContext], method: str, params: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        """What the client answers.

        Raises:
            Unavailable: the client cannot be asked, answers with an error, or nobody waits for its answer any more.
            LimitExceeded: too many questions of the principal wait already.
        """
        check_can_be_asked(self._capabilities, method, params)
        async with self._turn:
            with self._questions.put(self._conversation, call.request_id) as question:
                await self._put(question, call, method, params)
                outcome = await self._conversation.patience.wait_for(question)
                match outcome:
                    case Answered(result):
                        return result
                    case Failed():
                        raise Unavailable("The client answered the question with an error. Nobody has agreed to it.")
                    case Withdrawn(reason):
                        told = {"requestId": question.id, "reason": reason}
                        await call.notify("notifications/cancelled", told)
                        raise Unavailable(f"{reason} The question was withdrawn: repeat the call to be asked again.")
                    case _:
                        assert_never(outcome)

    async def _put(
        self,
        question: Question,
        call: DispatchContext[TransportContext],
        method: str,
        params: Mapping[str, Any] | None,
    ) -> None:
        request = JSONRPCRequest(jsonrpc="2.0", id=question.id, method=method, params=dict(params or {}))
        metadata = ServerMessageMetadata(related_request_id=call.request_id)
        try:
            await self._send(SessionMessage(request, metadata=metadata))
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            raise MCPError(code=CONNECTION_CLOSED, message="Connection closed") from None
