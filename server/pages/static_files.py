"""The files that pages load: kept by a name that changes with what they say, so that a browser asks for each once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
_HEADERS = {"Cross-Origin-Resource-Policy": "same-origin", "X-Content-Type-Options": "nosniff"}
_FOR_GOOD = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """`etag` is the hash of `content`; `for_good` says that the name under which it was asked for holds that hash."""

    content: bytes
    media_type: str
    etag: str
    for_good: bool

    def answer(self, known: str) -> Response:
        """The file, or that it is as the browser has it: `known` is what it says of that."""
        headers = {**_HEADERS, "ETag": self.etag, "Cache-Control": _FOR_GOOD if self.for_good else _ASK_AGAIN}
        if self.etag in known:
            return Response(status_code=304, headers=headers)
        return Response(self.content, media_type=self.media_type, headers=headers)


def static(name: str) -> str:
    """The address of a file, as pages write it.

    Raises:
        KeyError: there is no such file.
    """
    return f"/static/{_named()[1][name]}"


def static_route() -> Route:
    """The route of all these files."""

    async def answer(request: Request) -> Response:
        found = _named()[0].get(request.path_params["name"])
        if found is None:
            return PlainTextResponse("Not found.", status_code=404)
        return found.answer(request.headers.get("if-none-match", ""))

    return Route("/static/{name}", answer, methods=["GET"])


@cache
def _named() -> tuple[Mapping[str, StaticFile], Mapping[str, str]]:
    """The files by the names under which they can be asked for, and the name of each that holds its hash."""
    by_name: dict[str, StaticFile] = {}
    hashed: dict[str, str] = {}
    for file in files("server.pages").joinpath("static").iterdir():
        stem, _, kind = file.name.rpartition(".")
        if kind not in _TYPES:
            continue
        content = file.read_bytes()
        digest = hashlib.sha256(content).hexdigest()[:16]
        hashed[file.name] = f"{stem}.{digest}.{kind}"
        for name in (file.name, hashed[file.name]):
            by_name[name] = StaticFile(content, _TYPES[kind], f'"{digest}"', for_good=name != file.name)
    return by_name, hashed
