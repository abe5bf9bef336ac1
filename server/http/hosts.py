"""The host of secret links, which tells nobody of a sign-in.

Some AI clients ask a host for its authorization server before they call, or even though the call has succeeded, and
insist on a sign-in wherever there is one: a secret link, which is its own key, would be of no use to them on a host
that has one. So links have a host of their own: on it no authorization server is described, nor the host as a whole.
`docs/connecting.md` says which client asks what.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from server.http import answers
from server.http.discovery import WELL_KNOWN

_AUTHORIZATION_SERVERS = ("/.well-known/oauth-authorization-server", "/.well-known/openid-configuration")


class LinksHost:
    """Lets through whatever goes to another host, and on the links' own all that names no sign-in. Where the links'
    host is the public one, it lets through everything.
    """

    def __init__(self, application: ASGIApp, *, public_url: str, links_url: str) -> None:
        self._application = application
        links = urlsplit(links_url).netloc.lower()
        self._host = "" if links == urlsplit(public_url).netloc.lower() else links

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._is_links(scope) and _tells_of_a_sign_in(scope["path"]):
            await answers.not_found().response(scope, receive, send)
            return
        await self._application(scope, receive, send)

    def _is_links(self, scope: Scope) -> bool:
        return bool(self._host) and Headers(scope=scope).get("host", "").lower() == self._host


def _tells_of_a_sign_in(path: str) -> bool:
    """Whether it describes an authorization server, in any of the ways in which one is asked for, or the whole host as
    protected; a connection's own description is for who asks for that connection.
    """
    canonical = path.lower().rstrip("/")
    return canonical == WELL_KNOWN or any(one in canonical for one in _AUTHORIZATION_SERVERS)
