"""Client programs with OAuth of their own, and people who allow them connections on the pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
from mcp import Client
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata, OAuthToken
from pydantic import AnyUrl

from tests.support.assistant import Assistant, Era
from tests.support.authorization import CALLBACK, VERIFIER, challenge_of
from tests.support.browser_forms import Browser
from tests.support.http import HERE, House, Site

ALLOWED = {"rights": "write", "reach": "everything"}


@dataclass(slots=True)
class Kept:
    """What the SDK's client keeps between its runs."""

    tokens: OAuthToken | None = None
    client: OAuthClientInformationFull | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info


@dataclass(slots=True)
class Person:
    """Somebody at a browser who presses one button on each consent page; `asked` are the pages that were shown."""

    browser: Browser
    chosen: dict[str, Any] = field(default_factory=lambda: dict(ALLOWED))
    asked: list[str] = field(default_factory=list)

    async def decide(self, url: str, act: str = "allow") -> dict[str, str]:
        """What the program is answered."""
        begun = await self.browser.open(url)
        assert begun.status_code == 303, begun.text
        page = HERE + begun.headers["location"]
        shown = await self.browser.open(page)
        assert shown.status_code == 200, shown.text
        self.asked.append(shown.text)
        return answer_of(await self.browser.press(page, shown, act, **self.chosen))


async def owner_of(home: House) -> Person:
    """The owner at a browser of their own, signed in."""
    browser = Browser(home.site)
    await browser.be(home.one.office)
    return Person(browser)


def answer_of(response: httpx2.Response) -> dict[str, str]:
    """What stands in the redirect to a program."""
    assert response.status_code == 303, response.text
    parts = urlsplit(response.headers["location"])
    answer = {name: value for name, (value,) in parse_qs(parts.query).items()}
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == CALLBACK
    return answer


@asynccontextmanager
async def connected(
    site: Site, person: Person, path: str = "/mcp", era: Era = "auto", *, kept: Kept | None = None
) -> AsyncIterator[Assistant]:
    """A conversation of the SDK's client, which has nothing but a URL; `path` may be a whole one."""
    url, answered = path if path.startswith("http") else site.url + path, {}

    async def redirect(where: str) -> None:
        answered.update(await person.decide(where))

    async def called_back() -> AuthorizationCodeResult:
        return AuthorizationCodeResult(code=answered["code"], state=answered["state"], iss=answered["iss"])

    metadata = OAuthClientMetadata(client_name="Ledger Chat", redirect_uris=[AnyUrl(CALLBACK)])
    auth = OAuthClientProvider(url, metadata, kept or Kept(), redirect, called_back)
    async with site.http() as http:
        http.auth = auth
        async with Client(streamable_http_client(url, http_client=http), mode=era) as client:
            yield Assistant(client)


async def called(home: House, path: str, **parameters: str) -> httpx2.Response:
    """What a program is answered that sends a form."""
    return await home.site.send("POST", path, data=parameters)


async def token(home: House, parameters: dict[str, str], **headers: str) -> httpx2.Response:
    return await home.site.send("POST", "/oauth/token", data=parameters, headers=headers)


def redeemed_with(code: str, client_id: str) -> dict[str, str]:
    """What a program sends to redeem a code."""
    return {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": client_id,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
    }


def authorize_url(client_id: str, resource: str | None = f"{HERE}/mcp", **more: str | None) -> str:
    """What a program sends a browser to; a parameter that is None is left out."""
    asked: dict[str, str | None] = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": CALLBACK,
        "code_challenge": challenge_of(),
        "code_challenge_method": "S256",
        "state": "a state",
        "resource": resource,
        **more,
    }
    query = urlencode({name: value for name, value in asked.items() if value is not None})
    return f"{HERE}/oauth/authorize?{query}"
