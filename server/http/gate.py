"""The door of every MCP connection over HTTP: credential, organization, limits and session, then the MCP server.

What is unknown, expired, revoked or somebody else's is answered alike, and before anything else is looked at.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import anyio
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from operations.access import Office
from operations.credentials import authenticate, principal_of
from operations.naming import Caller, Connection, DedicatedConnection, PracticeConnection
from server.http import answers
from server.http.answers import Turned
from server.http.limits import BODY_BYTES_MAX, SESSIONS_MAX, Limiter
from server.http.paths import ConnectionPath, LinkPath, OrganizationPath, connection_path
from storage import reach, sessions
from storage.books import OrganizationRef
from storage.credentials import Bearer
from storage.ids import new_session_id

CALLER = "counterfoil.caller"
ORGANIZATION = "counterfoil.organization"
SESSION_HEADER = "mcp-session-id"
VERSION_HEADER = "mcp-protocol-version"
REQUEST_SECONDS_MAX = 300


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Which list of tools a connection has."""

    dedicated: bool
    read_only: bool


@dataclass(frozen=True, slots=True)
class _Visitor:
    """An authenticated caller on a connection; `organization` is the dedicated connection's own."""

    office: Office
    connection: Connection
    organization: OrganizationRef | None
    read_only: bool

    @property
    def principal(self) -> str:
        return self.office.principal.user_id


class Gate:
    """An ASGI application for `/mcp`, `/mcp/{organization}` and `/mcp/k/{key}`."""

    def __init__(self, office: Office, catalogues: Mapping[Catalogue, ASGIApp], limiter: Limiter) -> None:
        # The office's principal is nobody yet: each request puts its own in.
        self._office = office
        self._catalogues = catalogues
        self._limiter = limiter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            path = connection_path(scope["path"])
            if path is None:
                raise answers.not_found()
            if request.method not in ("POST", "DELETE"):
                raise answers.method_not_allowed()
            visitor = await self._visitor(request, path)
            async with self._admitted(visitor.principal):
                response = await self._serve(visitor, request, send)
        except Turned as turned:
            response = turned.response
        if response is not None:
            await response(scope, receive, send)

    async def _visitor(self, request: Request, path: ConnectionPath) -> _Visitor:
        bearer = await self._bearer(request, path)
        office = replace(self._office, principal=principal_of(bearer))
        wanted = await self._organization(office, bearer, path)
        if wanted is None:
            return _Visitor(office, PracticeConnection(), None, bearer.read_only)
        read_only = bearer.read_only or wanted.role in ("viewer", "client")
        return _Visitor(office, DedicatedConnection(wanted.id), wanted, read_only)

    async def _bearer(self, request: Request, path: ConnectionPath) -> Bearer:
        if isinstance(path, LinkPath):
            bearer = await authenticate(self._office.store, self._office.clock, path.key)
            if bearer is None or bearer.kind != "link":
                raise answers.not_found()
            return bearer
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        known = scheme.lower() == "bearer" and secret.strip()
        found = await authenticate(self._office.store, self._office.clock, secret) if known else None
        # A secret link is for its URL alone, where it is known to be visible.
        if found is None or found.kind == "link":
            handle = path.handle if isinstance(path, OrganizationPath) else ""
            raise answers.unauthorized(self._office.public_url, handle)
        return found

    async def _organization(self, office: Office, bearer: Bearer, path: ConnectionPath) -> OrganizationRef | None:
        """The connection's own organization; None on the practice connection of a personal token."""
        user_id = office.principal.user_id
        read = office.store.directory.read
        if isinstance(path, OrganizationPath):
            handle = path.handle
            found = await read(lambda db: reach.reachable_by_handle(db, user_id, handle))
        elif bearer.organization_id:
            found = await read(lambda db: reach.reachable_by_id(db, user_id, bearer.organization_id))
        else:
            return None
        if found is None:
            raise answers.not_found()
        return found

    @asynccontextmanager
    async def _admitted(self, principal: str) -> AsyncIterator[None]:
        if seconds := self._limiter.enter(principal):
            raise answers.too_many(seconds)
        try:
            yield
        finally:
            self._limiter.leave(principal)

    async def _serve(self, visitor: _Visitor, request: Request, send: Send) -> Response | None:
        session = request.headers.get(SESSION_HEADER, "")
        if request.method == "DELETE":
            return await self._end_session(visitor, session)
        body = await _body(request)
        message = _parsed(body)
        opened = ""
        if message.get("method") == "initialize":
            opened = session = await self._open_session(visitor)
        elif request.headers.get(VERSION_HEADER) not in MODERN_PROTOCOL_VERSIONS:
            await self._check_session(visitor, session)
        else:
            session = ""
        scope = dict(request.scope)
        scope[CALLER] = Caller(visitor.office, visitor.connection, session, protocol_has_sessions=bool(session))
        scope[ORGANIZATION] = visitor.organization
        application = self._catalogues[Catalogue(visitor.organization is not None, visitor.read_only)]
        with anyio.move_on_after(REQUEST_SECONDS_MAX):
            await application(scope, _replayed(body, request.receive), _with_session(send, opened))
        return None

    async def _open_session(self, visitor: _Visitor) -> str:
        session_id, now = new_session_id(), self._office.now()
        directory = self._office.store.directory
        count = await directory.read(lambda db: sessions.count_sessions(db, visitor.principal, now=now))
        if count >= SESSIONS_MAX:
            raise answers.too_many(60)
        name = visitor.connection.name
        await directory.write(
            lambda db: sessions.open_session(db, session_id, principal=visitor.principal, connection=name, now=now)
        )
        return session_id

    async def _check_session(self, visitor: _Visitor, session: str) -> None:
        if not session:
            raise answers.session_required()
        now, name = self._office.now(), visitor.connection.name
        directory = self._office.store.directory
        known, stale = await directory.read(
            lambda db: sessions.is_open(db, session, principal=visitor.principal, connection=name, now=now)
        )
        if not known:
            raise answers.session_unknown()
        if stale:
            await directory.write(lambda db: sessions.touch(db, session, now=now))

    async def _end_session(self, visitor: _Visitor, session: str) -> Response:
        await self._check_session(visitor, session)
        await self._office.store.directory.write(lambda db: sessions.end_session(db, session))
        return Response(status_code=204)


async def _body(request: Request) -> bytes:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > BODY_BYTES_MAX:
            raise answers.too_large()
        chunks.append(chunk)
    return b"".join(chunks)


def _parsed(body: bytes) -> dict[str, Any]:
    """The message as far as the gate looks at it; what is malformed is the MCP server's to refuse."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}


def _replayed(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def again() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _with_session(send: Send, session: str) -> Send:
    if not session:
        return send

    async def named(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (SESSION_HEADER.encode(), session.encode())]
        await send(message)

    return named
