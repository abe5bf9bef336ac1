"""Attacks by what an identity provider says, or seems to say: at the sign-in, and in statements that connect staff."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx2
from starlette.applications import Starlette

from operations.access import Office
from operations.authorization.programs import register_program
from operations.identity.providers import ProviderSettings, remove_provider, set_provider
from server.http.limits import Allowance
from server.http.shared_limits import SharedLimits
from server.oauth import assertions, people, signing_in
from server.oauth.people import Attempt
from server.oauth.provider import Providers
from server.pages.visiting import Desk
from storage.directory import providers
from storage.directory.client_programs import ClientMethod, ClientProgram
from tests.attacks.attack import Attack, Guard, Scene
from tests.support.authorization import CALLBACK
from tests.support.http import HERE, site_of
from tests.support.people import colleague
from tests.support.provider import CLIENT, ISSUER, SECRET, Claims, Provider, provider

SETTINGS = ProviderSettings(issuer=ISSUER, client_id=CLIENT, secret=SECRET, connect_staff=True)
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@dataclass(frozen=True, slots=True)
class _Login:
    """The provider of the practice, somebody of whom it can speak, and the pages of the sign-in."""

    provider: Provider
    somebody: Office
    pages: Starlette

    @property
    def vouched(self) -> Claims:
        return {"email": self.somebody.principal.label, "email_verified": True}

    @property
    def subject(self) -> str:
        return self.somebody.principal.user_id

    @asynccontextmanager
    async def browser(self) -> AsyncIterator[httpx2.AsyncClient]:
        async with httpx2.AsyncClient(base_url=HERE, transport=httpx2.ASGITransport(self.pages)) as browser:
            yield browser

    async def begins(self, browser: httpx2.AsyncClient) -> str:
        return str((await browser.get(signing_in.BEGIN)).headers["location"])

    async def signs_in(self, **claims: Any) -> str:
        async with self.browser() as browser:
            answer = self.provider.signed_in(await self.begins(browser), self.subject, **self.vouched | claims)
            return str((await browser.get(signing_in.ANSWER, params=answer)).status_code)


@asynccontextmanager
async def _login(scene: Scene) -> AsyncIterator[_Login]:
    one = scene.home.one
    async with provider(one.clock) as elsewhere:
        await set_provider(one.office, SETTINGS)
        try:
            desk = Desk.of(replace(one.office, public_url=HERE))
            known = Providers(desk.office.latest, elsewhere.guard)
            pages = Starlette(
                routes=signing_in.routes(
                    desk, known, Allowance(), SharedLimits(one.store.directory, one.clock, b"accounts")
                )
            )
            yield _Login(elsewhere, await colleague(one, one.organization, "accountant"), pages)
        finally:
            await remove_provider(one.office)


def _lying(**lie: object) -> Callable[[Scene], Awaitable[str]]:
    """Somebody signs in with an ID token that says something else."""

    async def attempt(scene: Scene) -> str:
        async with _login(scene) as login:
            login.provider.lie = lambda claims: claims | lie
            return await login.signs_in()

    return attempt


async def _in_another_browser(scene: Scene) -> str:
    """Somebody's answer is brought by a browser that has begun another sign-in."""
    async with _login(scene) as login, login.browser() as ours, login.browser() as other:
        answer = login.provider.signed_in(await login.begins(ours), login.subject, **login.vouched)
        await login.begins(other)
        # What binds the code to its browser at the provider is the provider's own guard.
        login.provider.checks_verifier = False
        return str((await other.get(signing_in.ANSWER, params=answer)).status_code)


async def _unconfirmed(scene: Scene) -> str:
    async with _login(scene) as login:
        return await login.signs_in(email_verified=False)


async def _of_a_leaver(scene: Scene) -> str:
    """Somebody else has been given the address of a person whom the provider calls otherwise."""
    async with _login(scene) as login:
        assert await login.signs_in() == "303"
        return await login.signs_in(sub="the next one")


def _stating(times: int = 1, typ: str = "oauth-id-jag+jwt", **stated: object) -> Callable[[Scene], Awaitable[str]]:
    """A program brings a statement, or the same one several times."""

    async def attempt(scene: Scene) -> str:
        one = scene.home.one
        async with (
            _login(scene) as login,
            site_of(one.store, one.clock, of_operator=login.provider.guard) as site,
        ):
            said = ClientProgram(id="", name="Staff", redirect_uris=(CALLBACK,), method=ClientMethod.POST)
            program, secret = await register_program(one.office, said)
            claims: Claims = {
                "iss": ISSUER,
                "aud": HERE,
                "sub": login.subject,
                "client_id": program.id,
                "jti": program.id,
            }
            claims |= login.vouched | login.provider.times() | {"resource": f"{HERE}/mcp"} | stated
            form = {"grant_type": GRANT, "client_id": program.id, "client_secret": secret}
            form["assertion"] = login.provider.statement(claims, typ=typ)
            for _ in range(times):
                answer = await site.send("POST", "/oauth/token", data=form)
            return str(answer.status_code)

    return attempt


def _let_through(*_: object, **__: object) -> None:
    """What a check is without what it checks."""


IDENTITY = Guard(people, "_check_identity", _let_through)
TIMES = Guard(people, "check_times", _let_through)
STATE = Guard(Attempt, "is_answered_by", lambda *_: True)
CONFIRMED = Guard(people, "confirmed_address", lambda claims: claims.get("email", ""))
SAME_PERSON = Guard(providers, "subject_of", lambda *_: "")
MEANT = Guard(assertions.StaffAssertions, "_check_meant", _let_through)
ONCE = Guard(providers, "use_statement", lambda *_, **__: True)
KIND = Guard(assertions, "_TYPES", frozenset({"jwt"}))

ATTACKS: tuple[Attack, ...] = (
    Attack("an ID token for another program", (IDENTITY,), _lying(aud="another"), "400", "303"),
    Attack("an ID token of another issuer", (IDENTITY,), _lying(iss="https://rogue.example"), "400", "303"),
    Attack("an ID token of another sign-in", (IDENTITY,), _lying(nonce="another"), "400", "303"),
    Attack("an ID token that has expired", (TIMES,), _lying(iat=1_000_000_000, exp=1_000_000_300), "400", "303"),
    Attack("a sign-in forced on another browser", (STATE, IDENTITY), _in_another_browser, "400", "303"),
    Attack("an address that the provider has not confirmed", (CONFIRMED,), _unconfirmed, "403", "303"),
    Attack("the address of somebody who left the provider", (SAME_PERSON,), _of_a_leaver, "403", "303"),
    Attack("a statement for another program", (MEANT,), _stating(client_id="another"), "400", "200"),
    Attack("a statement for another server", (MEANT,), _stating(aud="https://rogue.example"), "400", "200"),
    Attack("a statement that was used", (ONCE,), _stating(times=2), "400", "200"),
    Attack("a statement that is an ID token", (KIND,), _stating(typ="JWT"), "400", "200"),
)
