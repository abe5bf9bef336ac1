"""The headers that every answer has, whatever answers: what a route says itself stays."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ALWAYS = {
    # What is no page loads nothing, is shown in no frame and sends no form.
    b"content-security-policy": b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    b"cache-control": b"no-store",
    b"cross-origin-opener-policy": b"same-origin",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
}
_OVER_TLS = {b"strict-transport-security": b"max-age=31536000"}


class SafeHeaders:
    """Gives each answer of an application these headers where it lacks them, over https that it stays with that."""

    def __init__(self, application: ASGIApp, public_url: str) -> None:
        self._application = application
        self._headers = tuple((_ALWAYS | (_OVER_TLS if public_url.startswith("https:") else {})).items())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return

        async def safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                said = {name.lower() for name, _ in headers}
                headers += [one for one in self._headers if one[0] not in said]
                message = {**message, "headers": headers}
            await send(message)

        await self._application(scope, receive, safely)
