"""Host and Origin of every request: a page that a browser was lured to must not reach a local server."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class AllowedOrigins:
    """The hosts (with port) under which the server answers, and the origins that may call it from a browser."""

    hosts: frozenset[str]
    origins: frozenset[str]

    @classmethod
    def of(cls, *, port: int, public_url: str, links_url: str = "") -> AllowedOrigins:
        """The loopback names with this port, the public URL's, and that of secret links."""
        hosts = {f"{name}:{port}" for name in _LOOPBACK} | ({*_LOOPBACK} if port in (80, 443) else set())
        origins = {f"http://{host}" for host in hosts}
        for url in filter(None, (public_url, links_url)):
            parts = urlsplit(url)
            hosts.add(parts.netloc.lower())
            origins.add(f"{parts.scheme}://{parts.netloc.lower()}")
        return cls(frozenset(hosts), frozenset(origins))

    def allows(self, headers: Headers) -> bool:
        """Whether the request names one of our hosts and, if it comes from a browser's page, one of our origins."""
        if not self.serves(headers):
            return False
        origin = headers.get("origin")
        return origin is None or origin.lower() in self.origins

    def serves(self, headers: Headers) -> bool:
        """Whether the request names one of our hosts, wherever it comes from."""
        return headers.get("host", "").lower() in self.hosts


def origin_asked(request: Request, public_url: str) -> str:
    """The origin under which a client or browser has asked: hosts were checked before any route. What comes to the
    public URL's host may have come over a proxy, which alone speaks https.
    """
    host = request.headers.get("host", "").lower()
    return public_url if public_url.partition("://")[2] == host else f"{request.url.scheme}://{host}"
