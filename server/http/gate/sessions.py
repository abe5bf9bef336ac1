"""The protocol's sessions, in revisions that have them: one begins, goes on, or ends; and who calls in it."""

from __future__ import annotations

from dataclasses import replace

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as Event

from operations.access import Office, Visits
from operations.authentication import AuthenticatedRequest, end_session, open_session
from operations.naming import Caller
from server.http import answers
from server.http.clients import client_of
from server.http.gate.bodies import has_sessions
from server.http.gate.state import RequestState, state_of, with_state
from server.http.messages import Message
from server.http.questions import Questions
from server.revisions import is_too_old
from storage.directory.sessions import OpenSession
from storage.ids import new_session_id

SESSION_HEADER = "mcp-session-id"


class Sessions:
    """Finds the session of a message, and lets those who wait for the client's answer hear it."""

    def __init__(self, application: ASGIApp, office: Office, questions: Questions) -> None:
        self._application = application
        self._office = office
        self._questions = questions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        state = state_of(scope)
        if scope["method"] == "DELETE":
            await (await self._end(state, scope))(scope, receive, send)
        elif not has_sessions(scope):
            await self._application(with_state(scope, self._with_caller(state, None)), receive, send)
        elif state.message.method == "initialize":
            session = await self._begin(state.authenticated_request, state.message)
            reply = _Reply(send, (SESSION_HEADER.encode(), session.id.encode()))
            await self._application(with_state(scope, self._with_caller(state, session)), receive, reply)
        else:
            await self._go_on(state, scope, receive, send)

    async def _begin(self, request: AuthenticatedRequest, message: Message) -> OpenSession:
        if is_too_old(requested := message.params.get("protocolVersion")):
            raise answers.too_old(message.content.get("id"), str(requested))
        session = OpenSession(new_session_id(), client_of(message.params), stale=False)
        await open_session(self._office.store, self._office.clock, request, session)
        return session

    async def _go_on(self, state: RequestState, scope: Scope, receive: Receive, send: Send) -> None:
        session, reply = _open_session(state, scope), _Reply(send)
        await self._application(with_state(scope, self._with_caller(state, session)), receive, reply)
        if reply.status == 202:
            scopes = state.authenticated_request.scopes
            if self._questions.asked_elsewhere(state.message):
                store = self._office.store
                message = state.message
                clock = self._office.latest
                await self._questions.pass_on(store.directory, clock, message, session=session.id, scopes=scopes)
            else:
                self._questions.hear(state.message, session=session.id, scopes=scopes)

    async def _end(self, state: RequestState, scope: Scope) -> Response:
        session = _open_session(state, scope).id
        await end_session(self._office.store, session)
        self._questions.end_session(session)
        return Response(status_code=204)

    def _with_caller(self, state: RequestState, session: OpenSession | None) -> RequestState:
        request = state.authenticated_request
        caller = Caller(
            replace(self._office, principal=request.principal, visits=Visits()),
            request.connection,
            session.id if session else "",
            protocol_has_sessions=session is not None,
        )
        return replace(state, session=session, caller=caller)


def _open_session(state: RequestState, scope: Scope) -> OpenSession:
    if not Headers(scope=scope).get(SESSION_HEADER):
        raise answers.session_required()
    session = state.authenticated_request.session
    if session is None:
        raise answers.session_unknown()
    return session


class _Reply:
    """Sends the response on, with a header if it is a good one; `status` is 0 until it has begun."""

    def __init__(self, send: Send, header: tuple[bytes, bytes] | None = None) -> None:
        self.status = 0
        self._send = send
        self._header = header

    async def __call__(self, event: Event) -> None:
        if event["type"] == "http.response.start":
            self.status = event["status"]
            if self._header and self.status < 400:
                event["headers"] = [*event["headers"], self._header]
        await self._send(event)
