"""Connections as URLs: which one a program means, in whatever form it names it, and the form in which one was asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from starlette.requests import Request

from server.http.origins import AllowedOrigins
from server.http.paths import OrganizationPath, PracticePath, connection_path

_URL = re.compile(r"[!-~]{1,500}")
"""What is looked at: `urlsplit` passes over tabs and line ends, which would name one connection in many ways."""
_USUAL_PORTS = {"http": ":80", "https": ":443"}
_PATH = re.compile(r"[A-Za-z0-9/%-]*")


@dataclass(frozen=True, slots=True)
class AskedConnection:
    """A connection that a program means: its canonical URL, and the handle of its organization, empty for that to all.
    There may be no such organization.
    """

    audience: str
    handle: str


@dataclass(frozen=True, slots=True)
class ConnectionUrls:
    """The URLs of the connections of this server, under each host that is ours."""

    public_url: str
    origins: frozenset[str]

    @classmethod
    def of(cls, *, port: int, public_url: str) -> ConnectionUrls:
        return cls(public_url, AllowedOrigins.of(port=port, public_url=public_url).origins)

    def named(self, url: str) -> AskedConnection | None:
        """The connection that a URL names; None where it names none of ours. A secret link is none: whoever has one
        needs no other credential.
        """
        if not _URL.fullmatch(url) or "?" in url or "#" in url:
            return None
        try:
            parts = urlsplit(url)
        except ValueError:
            return None
        scheme = parts.scheme.lower()
        host = parts.netloc.lower().removesuffix(_USUAL_PORTS.get(scheme, ":"))
        if f"{scheme}://{host}" not in self.origins or "%2f" in parts.path.lower():
            return None
        match connection_path(unquote(parts.path)):
            case PracticePath():
                return AskedConnection(f"{self.public_url}/mcp", "")
            case OrganizationPath(handle):
                return AskedConnection(f"{self.public_url}/mcp/{handle}", handle)
            case _:
                return None


def path_asked(request: Request, prefix: str = "") -> str:
    """The path of a request, after a prefix, as its client has written it."""
    raw = request.scope.get("raw_path") or request.url.path.encode()
    path = str(raw.decode("latin-1")).partition("?")[0].removeprefix(prefix)
    return path if _PATH.fullmatch(path) else request.url.path.removeprefix(prefix)
