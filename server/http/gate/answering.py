"""The outermost layer: what the others turn away becomes an answer."""

from __future__ import annotations

import logging

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from invoicing.refusals import Unavailable
from server.http import answers
from server.http.answers import Turned
from views.remedies import for_assistant, message_of

_log = logging.getLogger(__name__)


class Answering:
    """Answers what is turned away behind it."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._application(scope, receive, send)
        except Turned as turned:
            await turned.response(scope, receive, send)
        except Unavailable as error:
            _log.error("a request could not be looked up: %s", error)
            await answers.unavailable(message_of(error, for_assistant)).response(scope, receive, send)
        except ClientDisconnect:
            # Whoever left in the middle of a request is not there to be answered.
            return
