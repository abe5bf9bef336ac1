"""A person at a browser without scripts: opens pages, keeps cookies, and presses the buttons of forms."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urlencode

import httpx2

from operations.access import Office
from server.pages.cookies import SessionCookie
from tests.support.http import Site
from tests.support.identity import sign_in

_INPUT = re.compile(r"<input ([^>]*)>")
_ATTRIBUTE = re.compile(r'([a-z_-]+)="([^"]*)"')


@dataclass(slots=True)
class Browser:
    """A browser at a site; cookies are kept as a browser keeps them."""

    site: Site
    cookies: dict[str, str] = field(default_factory=dict)

    async def be(self, office: Office) -> None:
        """Sign in as the person of this office."""
        self.cookies[SessionCookie.of(self.site.url).name] = await sign_in(office)

    async def open(self, url: str, **headers: str) -> httpx2.Response:
        """A page, without following where it leads."""
        return await self._send("GET", url, headers=headers)

    async def press(self, url: str, page: httpx2.Response, act: str, **fields: Any) -> httpx2.Response:
        """Send the form of a page with this button pressed; `fields` are what was typed or chosen."""
        sent = hidden(page.text) | {"act": act} | fields
        headers = {"Origin": self.site.url, "Content-Type": "application/x-www-form-urlencoded"}
        return await self._send("POST", url, headers=headers, content=urlencode(sent, doseq=True))

    async def _send(self, method: str, url: str, **options: Any) -> httpx2.Response:
        headers = options.pop("headers", {})
        if self.cookies:
            headers = headers | {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        async with self.site.http() as http:
            answer = await http.request(method, url, headers=headers, **options)
            for name, value in answer.cookies.items():
                self.cookies[name] = value
            # httpx itself remembers across requests what is here kept by hand.
        for gone in re.findall(r"^([^=]+)=(?:\"\"|);.*Max-Age=0", answer.headers.get("set-cookie", "")):
            self.cookies.pop(gone, None)
        return answer


def hidden(html: str) -> dict[str, Any]:
    """The hidden fields of a page's form."""
    found: dict[str, Any] = {}
    for inside in _INPUT.findall(html):
        attributes = {name: unescape(value) for name, value in _ATTRIBUTE.findall(inside)}
        if attributes.get("type") == "hidden":
            found.setdefault(attributes["name"], []).append(attributes.get("value", ""))
    return found
