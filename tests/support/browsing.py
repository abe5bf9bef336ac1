"""A real browser before a served practice: Chromium, driven by Playwright, and a passkey's authenticator in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, ViewportSize, async_playwright

from operations.access import Office
from server.http.application import HttpSettings, http_application
from server.pages.cookies import SessionCookie
from tests.support.chromium import chromium_path
from tests.support.door import door
from tests.support.http import ROOMY, Credentials, House, Site, free_port
from tests.support.practice import practice
from tests.support.visits import sign_in

PHONE = ViewportSize(width=390, height=844)
DESKTOP = ViewportSize(width=1280, height=800)
_AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser process without a window."""
    async with async_playwright() as playwright:
        # Its sandbox cannot be had as root, or in many containers, which have little shared memory besides; it shows
        # nothing but our own pages.
        browser = await playwright.chromium.launch(
            executable_path=chromium_path(), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        await browser.close()


@dataclass(frozen=True, slots=True)
class Browsed:
    """A served practice, and a browser of one person before it, with nothing kept from before."""

    home: House
    context: BrowserContext
    page: Page

    async def open(self, path: str) -> None:
        """Load a page of the site; `path` may be a whole URL."""
        await self.page.goto(path if path.startswith("http") else self.home.site.url + path)

    async def sign_in(self, office: Office | None = None) -> None:
        """Be signed in as the principal of this office, or as the owner."""
        await be_signed_in(self.context, self.home, office)

    async def with_passkeys(self) -> Passkeys:
        """Give the page's browser an authenticator that agrees to everything."""
        return await with_passkeys(self.context, self.page)


@dataclass(frozen=True, slots=True)
class Passkeys:
    """The authenticator of a page: what a fingerprint reader would be."""

    session: Any
    authenticator: str

    async def kept(self) -> list[dict[str, Any]]:
        """The passkeys that it holds."""
        held = await self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.authenticator})
        credentials: list[dict[str, Any]] = held["credentials"]
        return credentials


async def with_passkeys(context: BrowserContext, page: Page) -> Passkeys:
    """Give a page's browser an authenticator that agrees to everything."""
    session = await context.new_cdp_session(page)
    await session.send("WebAuthn.enable")
    made = await session.send("WebAuthn.addVirtualAuthenticator", {"options": _AUTHENTICATOR})
    return Passkeys(session, made["authenticatorId"])


async def be_signed_in(context: BrowserContext, home: House, office: Office | None = None) -> None:
    """Let the browser be signed in as the principal of this office, or as the owner."""
    visit = await sign_in(home.site, office or home.one.office)
    name = SessionCookie.of(home.site.url).name
    await context.add_cookies([{"name": name, "value": visit.secret, "url": home.site.url}])


@asynccontextmanager
async def browsed(browser: Browser, root: Path) -> AsyncIterator[Browsed]:
    """A practice in a new folder, served by this process under a name, which passkeys need, and a browser before it."""
    async with AsyncExitStack() as stack:
        port = free_port()
        url = f"http://localhost:{port}"
        one = await stack.enter_async_context(practice(root))
        settings = HttpSettings(port=port, public_url=url, allowance=ROOMY)
        application = http_application(one.store, one.clock, settings)
        await stack.enter_async_context(door(application, ROOMY, port=port))
        home = House(
            one,
            Site(url),
            Credentials.of(one),
            await one.client("Harbour Bakery"),
            await one.client("Finch Studio"),
        )
        options: Any = {"viewport": DESKTOP, "reduced_motion": "reduce"}
        context = await browser.new_context(**options)
        stack.push_async_callback(context.close)
        context.set_default_timeout(20_000)
        yield Browsed(home, context, await context.new_page())
