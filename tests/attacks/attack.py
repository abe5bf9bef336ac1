"""An attack, and the one guard that it fails at: without the guard it must get through, or the row proves nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from operations.access import Office
from server.oauth.fetching import NotFetched
from server.pages.rendering import told
from server.pages.visiting import Desk, Visitor
from tests.support.http import HERE, LEGACY, House, house
from tests.support.identity import person_at, sign_in
from tests.support.people import another_practice, colleague

BEGINNING = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": {"name": "attacker", "version": "1"}}


@dataclass(frozen=True, slots=True)
class Guard:
    """A function or constant that keeps attacks out, where it is looked up, and what stands in its place without it."""

    holder: Any
    name: str
    without: Any

    def __str__(self) -> str:
        return f"{getattr(self.holder, '__qualname__', '') or self.holder.__name__}.{self.name}"

    @contextmanager
    def switched_off(self) -> Iterator[None]:
        before = self.holder.__dict__[self.name]
        setattr(self.holder, self.name, self.without)
        try:
            yield
        finally:
            setattr(self.holder, self.name, before)


@dataclass(frozen=True, slots=True)
class Scene:
    """A served practice with two clients, the second one out of reach of everybody but its owner; a page that each
    organization has; and the owner of another practice in the same installation.
    """

    home: House
    pages: Starlette
    rival: Office
    documents: dict[str, dict[str, Any]]
    """What is found at an address elsewhere."""

    async def begins(self, path: str, secret: str = "", **headers: str) -> str:
        """How a connection answers the first message of whoever brings this."""
        return await self._asks(path, secret, "initialize", {"params": BEGINNING}, headers)

    async def goes_on(self, path: str, secret: str, session: str) -> str:
        """How a connection answers whoever goes on with this session."""
        return await self._asks(path, secret, "ping", {}, {"Mcp-Session-Id": session})

    async def _asks(
        self, path: str, secret: str, method: str, params: Mapping[str, Any], headers: Mapping[str, str]
    ) -> str:
        body = {"jsonrpc": "2.0", "id": 1, "method": method, **params}
        asked = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": LEGACY, **headers}
        return str((await self.home.site.send("POST", path, secret, json=body, headers=asked)).status_code)

    async def does(self, path: str, secret: str, tool: str, **arguments: Any) -> str:
        """`done`, or the code of what refused the call."""
        async with self.home.site.chat(secret, path) as chat:
            answer = await chat.call(tool, **arguments)
        return str((answer.meta or {})["counterfoil/error"]["code"]) if answer.is_error else "done"

    async def accountant(self) -> str:
        """A token of somebody who reaches the bakery alone."""
        one = self.home.one
        limited = await colleague(one, one.organization, "accountant", all_clients=False, clients=[self.home.bakery])
        return await self.home.credentials.token(limited.principal.label)

    async def sign_in(self, office: Office | None = None) -> str:
        """The secret of the cookie of somebody who has just signed in, the owner unless somebody else is named."""
        return await sign_in(office or self.home.one.office)

    async def form_key(self, secret: str) -> str:
        return (await person_at(self.home.one.office, secret)).form_key

    async def visit(self, path: str, cookie: str = "", method: str = "GET", **options: Any) -> httpx2.Response:
        """What a browser with this cookie is answered."""
        transport = httpx2.ASGITransport(self.pages)
        cookies = {"counterfoil": cookie} if cookie else {}
        async with httpx2.AsyncClient(base_url=HERE, transport=transport, cookies=cookies) as browser:
            return await browser.request(method, path, **options)


@dataclass(frozen=True, slots=True)
class Attack:
    """Somebody tries what is not theirs. `answer` is what they get; `through` what they would get without the guards,
    of which there is one, or several that each would do.
    """

    name: str
    guards: tuple[Guard, ...]
    attempt: Callable[[Scene], Awaitable[str]]
    answer: str
    through: str

    async def unguarded(self, scene: Scene) -> str:
        """What it gets while its guards are switched off."""
        with ExitStack() as off:
            for guard in self.guards:
                off.enter_context(guard.switched_off())
            return await self.attempt(scene)


@asynccontextmanager
async def scene(folder: Path) -> AsyncIterator[Scene]:
    documents: dict[str, dict[str, Any]] = {}

    async def fetch(url: str) -> dict[str, Any]:
        if url not in documents:
            raise NotFetched("The host cannot be reached.")
        return documents[url]

    async with house(folder / "data", fetch=fetch) as home:
        rival, _ = await another_practice(home.one)
        desk = Desk.of(replace(home.one.office, public_url=HERE))
        routes = desk.of_organization("/books", _books, methods=["GET", "POST"])
        yield Scene(home, Starlette(routes=routes), rival, documents)


async def _books(request: Request, visitor: Visitor) -> Response:
    organization = await visitor.organization(request)
    if request.method == "POST":
        await visitor.form(request)
        return PlainTextResponse("done")
    return told(organization.handle, request.query_params.get("said", ""))
