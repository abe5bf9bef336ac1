"""Where pages of identity lead, and from where somebody comes."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from starlette.requests import Request

# It may go along in a cookie, of which browsers keep 4,096 bytes.
_LENGTH_MAX = 1_500


def local_path(text: str) -> str:
    """The path of this site that a text names, for what comes after a sign-in; `/` where it names none.

    What browsers take for another host, such as `//host` or `/\\host`, is none.
    """
    plain = text.isascii() and text.isprintable() and " " not in text and "\\" not in text
    return text if plain and text.startswith("/") and text[1:2] != "/" and len(text) <= _LENGTH_MAX else "/"


def sign_in_address(next_path: str, page: str = "/sign-in") -> str:
    """The sign-in, from which a path of this site comes next."""
    return page if next_path == "/" else f"{page}?{urlencode({'next': next_path})}"


def address_of(request: Request) -> str:
    """What was asked for, with its query, to come back to it."""
    return local_path(request.url.path + (f"?{request.url.query}" if request.url.query else ""))


def network_address(request: Request) -> str:
    """The network address from which a request comes; empty where that is not known."""
    return request.client.host if request.client is not None else ""


def shown(moment: datetime | None) -> str:
    """A moment as people read it."""
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"
