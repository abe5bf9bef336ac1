"""Where a client program may be answered: which redirect URIs there are, and which of its own a request means.

A code goes to whoever the URI leads to. So it is a host of its own by https, this very computer (RFC 8252), or an app
that has a scheme of its own; and it is compared letter by letter, but for the port of a program on this computer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, urlencode, urlsplit

from server.oauth.networks import is_public_name

URI_LENGTH_MAX = 1_000
LOOPBACK = frozenset({"127.0.0.1", "[::1]", "localhost"})
KNOWN_APPS = frozenset({"cursor", "vscode", "vscode-insiders", "windsurf"})
"""Apps whose scheme has no dot, against the rule (RFC 8252, 7.1), and which people use."""

_PLAIN = re.compile(r"[!-~]+")
_STRANGE = re.compile(r"""[#*\\"'<>`{}|^]""")
_PRIVATE = re.compile(r"[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+")


def is_acceptable(uri: str) -> bool:
    """Whether a program may have this redirect URI."""
    if len(uri) > URI_LENGTH_MAX or not _PLAIN.fullmatch(uri) or _STRANGE.search(uri):
        return False
    parts = _split(uri)
    if parts is None or "@" in parts.netloc:
        return False
    host = host_of(parts)
    if parts.scheme == "https":
        return host in LOOPBACK or is_public_name(host)
    if parts.scheme == "http":
        return host in LOOPBACK
    return parts.scheme in KNOWN_APPS or _PRIVATE.fullmatch(parts.scheme) is not None


def is_one_of(uri: str, registered: Iterable[str]) -> bool:
    """Whether a request's redirect URI is one of the program's own."""
    return is_acceptable(uri) and any(uri == one or _same_but_for_port(uri, one) for one in registered)


def place_of(uri: str) -> str:
    """Where an acceptable URI leads, as a person is told: a host, this computer, or an app by its scheme."""
    parts = urlsplit(uri)
    if parts.scheme not in ("http", "https"):
        return f"{parts.scheme}:"
    return "" if host_of(parts) in LOOPBACK else parts.netloc.lower()


def form_target(uri: str) -> str:
    """What a page's policy must allow, so that the answer to its form may lead to the URI."""
    parts = urlsplit(uri)
    if parts.scheme not in ("http", "https") or parts.netloc.startswith("["):
        return f"{parts.scheme}:"
    return f"{parts.scheme}://{parts.netloc.lower()}"


def answered(uri: str, **answer: str) -> str:
    """The URI with what the program is answered; what is empty is left out."""
    query = urlencode({name: value for name, value in answer.items() if value})
    return f"{uri}{'&' if '?' in uri else '?'}{query}"


def host_of(parts: SplitResult) -> str:
    """The host of a URI, an IPv6 address with its brackets, without the port."""
    return re.sub(r":\d*$", "", parts.netloc.lower())


def _same_but_for_port(uri: str, one: str) -> bool:
    here, there = _split(uri), _split(one)
    if here is None or there is None or here.scheme != "http" or host_of(here) not in LOOPBACK:
        return False
    return here._replace(netloc=host_of(here)) == there._replace(netloc=host_of(there))


def _split(uri: str) -> SplitResult | None:
    try:
        parts = urlsplit(uri)
        parts.port  # noqa: B018  It is read to see that it is a number.
    except ValueError:
        return None
    return parts
