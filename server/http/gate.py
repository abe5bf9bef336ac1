"""The door of every MCP connection over HTTP: credential, organization, limits and session, then the MCP server.

What is unknown or somebody else's is answered alike, and before anything else is looked at; only whoever has the secret
of a credential learns that it has expired or was revoked.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import anyio
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS, LATEST_HANDSHAKE_VERSION
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as Event

from invoicing.refusals import Unavailable
from operations.access import Office
from operations.arrivals import Arrival, Door, NotYours, Unauthenticated, arrive, end_session, open_session
from operations.naming import Caller
from server import odd_ids
from server.http import answers
from server.http.answers import Turned
from server.http.clients import client_of
from server.http.connections import vouch
from server.http.limits import Allowance, Limiter
from server.http.messages import Message
from server.http.paths import ConnectionPath, LinkPath, OrganizationPath, connection_path
from server.http.questions import CONVERSATION, Conversation, Patience, Questions
from server.revisions import is_too_old
from storage.directory.sessions import OpenSession
from storage.ids import new_session_id
from views.remedies import for_assistant, message_of

_log = logging.getLogger(__name__)

CALLER = "counterfoil.caller"
ORGANIZATION = "counterfoil.organization"
SESSION_HEADER = "mcp-session-id"
VERSION_HEADER = "mcp-protocol-version"


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


class Gate:
    """An ASGI application for `/mcp`, `/mcp/{organization}` and `/mcp/k/{key}`."""

    def __init__(
        self, office: Office, catalogues: Mapping[Catalogue, Entrances], limiter: Limiter, questions: Questions
    ) -> None:
        # The office's principal is nobody yet: each request puts its own in.
        self._office = office
        self._catalogues = catalogues
        self._limiter = limiter
        self._questions = questions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        arrived = False
        try:
            path = connection_path(scope["path"])
            # A slash that was written as %2F is one of a name, and no name has one.
            if path is None or b"%2f" in scope.get("raw_path", b"").lower():
                raise answers.not_found()
            if request.method not in ("POST", "DELETE"):
                raise self._wrong_method(request, path)
            arrival = await self._arrival(request, path)
            vouch(scope, arrival.principal.user_id)
            arrived = True
            async with self._admitted(arrival.principal.user_id):
                response = await self._serve(arrival, request, send)
        except Turned as turned:
            response = turned.response
        except Unavailable as error:
            _log.error("a request could not be looked up: %s", error)
            # What is wrong here is not for strangers.
            response = answers.unavailable(message_of(error, for_assistant) if arrived else "").response
        except ClientDisconnect:
            # Whoever left in the middle of a request is not there to be answered.
            return
        if response is not None:
            await response(scope, receive, send)

    async def _arrival(self, request: Request, path: ConnectionPath) -> Arrival:
        door = _door(request, path)
        try:
            return await arrive(self._office.store, self._office.clock, door)
        except Unauthenticated as nobody:
            if door.is_link:
                raise answers.no_such_link(nobody.lapse) from None
            raise answers.unauthorized(self._office.public_url, door.handle, nobody.lapse) from None
        except NotYours:
            raise answers.not_found() from None

    def _wrong_method(self, request: Request, path: ConnectionPath) -> Turned:
        handle = path.handle if isinstance(path, OrganizationPath) else ""
        url = "" if isinstance(path, LinkPath) else f"{self._office.public_url}/mcp/{handle}".removesuffix("/")
        in_browser = request.method == "GET" and "text/html" in request.headers.get("accept", "")
        return answers.method_not_allowed(url, in_browser=in_browser)

    @asynccontextmanager
    async def _admitted(self, principal: str) -> AsyncIterator[None]:
        if seconds := self._limiter.enter(principal):
            raise answers.too_many(seconds)
        try:
            yield
        finally:
            self._limiter.leave(principal)

    async def _serve(self, arrival: Arrival, request: Request, send: Send) -> Response | None:
        if request.method == "DELETE":
            return await self._end_session(arrival, request)
        if is_too_old(revision := request.headers.get(VERSION_HEADER)):
            raise answers.too_old(None, str(revision))
        body = await _body(request, self._limiter.allowance)
        # What a message is matters here only where there are sessions; elsewhere the MCP server alone reads it.
        message = Message.of(body) if _has_sessions(request) else Message()
        if (odd := odd_ids.answer_to(message.content)) is not None:
            raise answers.refused_request(odd)
        session, opened = await self._session(arrival, request, message)
        scope = dict(request.scope)
        scope[CALLER] = Caller(
            replace(self._office, principal=arrival.principal),
            arrival.connection,
            session.id if session else "",
            protocol_has_sessions=session is not None,
        )
        scope[ORGANIZATION] = arrival.organization
        entrances = self._catalogues[Catalogue(arrival.organization is not None, arrival.read_only)]
        reply = _Reply(send, session.id if session and opened else "")
        with anyio.move_on_after(self._limiter.allowance.request_seconds) as limit:
            receive = _replayed(body, request.receive)
            if session is None:
                await entrances.without(scope, receive, reply)
            else:
                scope[CONVERSATION] = self._conversation(session, arrival, limit)
                await entrances.with_sessions(scope, receive, reply)
        if limit.cancelled_caught and not reply.status:
            raise answers.took_too_long()
        if session is not None and reply.status == 202:
            self._questions.hear(message, session=session.id, read_only=arrival.read_only)
        return None

    def _conversation(self, session: OpenSession, arrival: Arrival, limit: anyio.CancelScope) -> Conversation:
        patience = Patience(limit, self._limiter.allowance.answer_seconds)
        return Conversation(session.id, session.client, arrival.principal.user_id, arrival.read_only, patience)

    async def _session(self, arrival: Arrival, request: Request, message: Message) -> tuple[OpenSession | None, bool]:
        """The protocol session of the request, and whether it begins with it; None where there are none."""
        if not _has_sessions(request):
            return None, False
        if message.method == "initialize":
            if is_too_old(requested := message.params.get("protocolVersion")):
                raise answers.too_old(message.content.get("id"), str(requested))
            session = OpenSession(new_session_id(), client_of(message.params), stale=False)
            await open_session(self._office.store, self._office.clock, arrival, session)
            return session, True
        session = _open_session_of(arrival, request)
        if self._questions.asked_elsewhere(message):
            raise answers.asked_elsewhere()
        return session, False

    async def _end_session(self, arrival: Arrival, request: Request) -> Response:
        session = _open_session_of(arrival, request).id
        await end_session(self._office.store, session)
        self._questions.end_session(session)
        return Response(status_code=204)


def _door(request: Request, path: ConnectionPath) -> Door:
    if len(request.headers.getlist("authorization")) > 1:
        raise answers.ambiguous()
    session = request.headers.get(SESSION_HEADER, "")
    if isinstance(path, LinkPath):
        return Door(path.key, is_link=True, session=session)
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    handle = path.handle if isinstance(path, OrganizationPath) else ""
    return Door(secret.strip() if scheme.lower() == "bearer" else "", handle=handle, session=session)


def _has_sessions(request: Request) -> bool:
    """Whether the request's revision has sessions. One that nobody knows is the MCP server's to refuse: it says which
    ones there are.
    """
    return request.headers.get(VERSION_HEADER, LATEST_HANDSHAKE_VERSION) in HANDSHAKE_PROTOCOL_VERSIONS


def _open_session_of(arrival: Arrival, request: Request) -> OpenSession:
    if not request.headers.get(SESSION_HEADER):
        raise answers.session_required()
    if arrival.session is None:
        raise answers.session_unknown()
    return arrival.session


async def _body(request: Request, allowance: Allowance) -> bytes:
    chunks, size = [], 0
    with anyio.move_on_after(allowance.body_seconds) as limit:
        async for chunk in request.stream():
            size += len(chunk)
            if size > allowance.body_bytes:
                raise answers.too_large(allowance.body_bytes)
            chunks.append(chunk)
    if limit.cancelled_caught:
        raise answers.too_slow()
    return b"".join(chunks)


def _replayed(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def again() -> Event:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


class _Reply:
    """Sends the response on, naming the session that begins with it; `status` is 0 until it has begun."""

    def __init__(self, send: Send, session: str) -> None:
        self.status = 0
        self._send = send
        self._session = session

    async def __call__(self, event: Event) -> None:
        if event["type"] == "http.response.start":
            self.status = event["status"]
            if self._session and self.status < 400:
                event["headers"] = [*event["headers"], (SESSION_HEADER.encode(), self._session.encode())]
        await self._send(event)
