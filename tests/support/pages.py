"""Pages as a browser without scripts has them: forms are filled in, with the hidden fields that they bring."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx2
from starlette.applications import Starlette
from starlette.routing import Route

LOCALHOST = "http://localhost:8750"


@dataclass(slots=True)
class ShownForm:
    """A form of a page: where it is sent, its hidden fields, and what a passkey is asked."""

    action: str
    options: str = ""
    fields: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.forms: list[ShownForm] = []
        self._path = path

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(ShownForm(given.get("action", self._path)))
        elif tag == "button" and "data-options" in given:
            self.forms[-1].options = given["data-options"]
        elif tag == "input" and given.get("type") == "hidden" and self.forms:
            self.forms[-1].fields[given["name"]] = given.get("value", "")


@dataclass(slots=True)
class Browser:
    """A browser with its cookies."""

    http: httpx2.AsyncClient
    page: httpx2.Response | None = None

    @property
    def text(self) -> str:
        assert self.page is not None
        return self.page.text

    @property
    def status(self) -> int:
        assert self.page is not None
        return self.page.status_code

    @property
    def path(self) -> str:
        """Where the browser is: page and query."""
        assert self.page is not None
        return self.page.url.raw_path.decode()

    async def open(self, path: str) -> Browser:
        """Open a page, wherever that leads."""
        self.page = await self.http.get(path, follow_redirects=True)
        return self

    def form(self, action: str, *, holding: str = "") -> ShownForm:
        """The first form of the page that is sent there, and has this among its hidden values."""
        assert self.page is not None
        reader = _Reader(self.page.url.path)
        reader.feed(self.page.text)
        return next(
            one for one in reader.forms if one.action == action and (not holding or holding in one.fields.values())
        )

    async def send(self, action: str, *, holding: str = "", **filled: str) -> Browser:
        """Send the form of the page that goes there, wherever that leads."""
        fields = self.form(action, holding=holding).fields | filled
        self.page = await self.post(action, fields, Origin=LOCALHOST, **{"Sec-Fetch-Site": "same-origin"})
        while self.page.has_redirect_location:
            self.page = await self.http.get(self.page.headers["location"])
        return self

    async def post(self, path: str, fields: dict[str, str], **headers: str) -> httpx2.Response:
        """Send a form as a page with these headers would, and stay there."""
        # A browser names the type of a form also where it has no fields.
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return await self.http.post(path, data=fields, headers=form | headers)


@asynccontextmanager
async def browser_at(
    routes: Sequence[Route], *, url: str = LOCALHOST, client: tuple[str, int] = ("203.0.113.7", 40_000)
) -> AsyncIterator[Browser]:
    """A browser at pages of these routes, which comes from this network address."""
    transport = httpx2.ASGITransport(Starlette(routes=list(routes)), client=client)
    async with httpx2.AsyncClient(base_url=url, transport=transport) as http:
        yield Browser(http)
