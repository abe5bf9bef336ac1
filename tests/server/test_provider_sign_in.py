"""Signing in through an identity provider: who is let in, and every answer that lets nobody in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from sqlmodel import Session, col, select, update
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from invoicing.organizations import Role
from operations.identity.providers import ProviderSettings, link_person, remove_provider, set_provider
from operations.membership import invite_user, remove_user
from operations.people import rename_user
from server.http.limits import Allowance, Limiter
from server.http.shared_limits import SharedLimits
from server.oauth.people import confirmed_address
from server.oauth.provider import FAILED, Providers
from server.oauth.signing_in import ANSWER, BEGIN, ProviderSignIn, routes
from server.pages.identity.addresses import local_path
from server.pages.identity.routes import routes as identity_routes
from server.pages.visiting import Desk, Visitor
from storage.directory.tables import BrowserSession, User
from tests.support.practice import Practice, practice
from tests.support.provider import CLIENT, ISSUER, SECRET, Claims, Provider, new_key, provider, rsa_key

HERE = "http://localhost:8750"
ANA = "ana@example.com"
SETTINGS = ProviderSettings(issuer=ISSUER, client_id=CLIENT, secret=SECRET)


async def who(_: Request, visitor: Visitor) -> Response:
    return PlainTextResponse(f"{visitor.email} by {visitor.signed_in.method}")


@dataclass(frozen=True, slots=True)
class House:
    """A practice whose people sign in with a provider."""

    one: Practice
    provider: Provider
    app: Starlette

    @asynccontextmanager
    async def browser(self, url: str = HERE, address: str = "127.0.0.1") -> AsyncIterator[httpx2.AsyncClient]:
        transport = httpx2.ASGITransport(self.app, client=(address, 1))
        async with httpx2.AsyncClient(base_url=url, transport=transport, verify=False) as browser:
            yield browser

    async def begin(self, browser: httpx2.AsyncClient, back: str = "/who") -> str:
        """Where the browser is sent, to say who it is."""
        sent = await browser.get(BEGIN, params={"next": back})
        assert sent.status_code == 303
        return str(sent.headers["location"])

    async def sign_in(self, subject: str = "ana", **claims: Any) -> httpx2.Response:
        """What a browser is told last that goes all the way."""
        async with self.browser() as browser:
            answer = self.provider.signed_in(await self.begin(browser), subject, **claims)
            return await browser.get(ANSWER, params=answer, follow_redirects=True)

    async def comes_back(self, browser: httpx2.AsyncClient, **claims: Any) -> None:
        """Ana signs in with this browser."""
        answer = self.provider.signed_in(await self.begin(browser), "ana", email=ANA, email_verified=True, **claims)
        assert (await browser.get(ANSWER, params=answer)).status_code == 303

    async def invite(self, email: str = ANA) -> None:
        await invite_user(self.one.office, self.one.organization, email, role=Role.ACCOUNTANT)

    async def sessions(self) -> int:
        return len(await self.one.store.directory.read(lambda db: db.execute(select(BrowserSession.id)).all()))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with practice(tmp_path / "data") as one, provider(one.clock) as elsewhere:
        await set_provider(one.office, SETTINGS)
        office = replace(one.office, public_url=HERE)
        desk = Desk.of(office)
        known = Providers(office.latest, elsewhere.guard)
        pages = [
            *routes(desk, known, Allowance(), SharedLimits(one.store.directory, one.clock, b"accounts")),
            *identity_routes(desk),
            desk.page("/who", who),
            desk.page("/", who),
        ]
        made = House(one, elsewhere, Starlette(routes=pages))
        await made.invite()
        yield made


async def test_somebody_who_was_invited_signs_in_with_an_address_that_the_provider_has_confirmed(house: House) -> None:
    assert (await house.sign_in(email=ANA.upper(), email_verified=True)).text == f"{ANA} by provider"


async def test_the_browser_is_sent_with_what_belongs_to_this_sign_in_alone(house: House) -> None:
    async with house.browser() as browser:
        first, second = [parse_qs(urlsplit(await house.begin(browser)).query) for _ in range(2)]
        cookie = browser.cookies["counterfoil-provider"]
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]
        assert first[name][0] not in cookie
    assert first["redirect_uri"] == [f"{HERE}{ANSWER}"]
    assert (first["response_type"], first["code_challenge_method"]) == (["code"], ["S256"])


async def test_the_answer_leads_back_to_what_was_asked_for(house: House) -> None:
    async with house.browser() as browser:
        answer = house.provider.signed_in(await house.begin(browser), "ana", email=ANA, email_verified=True)
        told = await browser.get(ANSWER, params=answer)
        assert (told.status_code, told.headers["location"]) == (303, "/who")
        assert "counterfoil-provider" not in browser.cookies


@pytest.mark.parametrize(
    "elsewhere",
    ["https://rogue.example/", "//rogue.example", "/\\rogue.example", "\\\\rogue.example", "javascript:x", "/a\nb", ""],
)
def test_nobody_is_led_elsewhere_after_the_sign_in(elsewhere: str) -> None:
    assert local_path(elsewhere) == "/"
    assert local_path("/o/bakery?page=2&x=%2F") == "/o/bakery?page=2&x=%2F"


async def test_a_browser_at_another_of_our_hosts_begins_at_the_public_one(house: House) -> None:
    async with house.browser("http://127.0.0.1:8750") as browser:
        sent = await browser.get(BEGIN, params={"next": "/who"})
    assert sent.headers["location"] == f"{HERE}{BEGIN}?next=%2Fwho"
    assert not sent.cookies


UNCONFIRMED: list[Claims] = [
    {"email": ANA},
    {"email": ANA, "email_verified": False},
    {"email": ANA, "email_verified": "true"},
    {"email": ANA, "email_verified": 1},
    {"email": ANA, "xms_edov": True},
    {"email": "stranger@example.com", "email_verified": True},
    {"email": "", "email_verified": True},
    {"email": ["ana@example.com"], "email_verified": True},
    {"preferred_username": ANA, "email_verified": True},
    # Letters that are other letters only once they are made small.
    {"email": "\u017fam@example.com", "email_verified": True},
]


async def test_nobody_is_made_and_no_address_counts_that_is_not_confirmed(house: House) -> None:
    await house.invite("sam@example.com")
    told = [await house.sign_in(**claims) for claims in UNCONFIRMED]
    assert [(one.status_code, "nobody here" in one.text) for one in told] == [(403, True)] * len(UNCONFIRMED)
    assert await house.sessions() == 0
    addresses = await house.one.store.directory.read(lambda db: db.execute(select(User.email)).scalars().all())
    assert sorted(addresses) == [ANA, "owner@example.com", "sam@example.com"]


def test_of_entra_an_address_counts_whose_domain_was_proved_and_of_nobody_else() -> None:
    entra = "https://login.microsoftonline.com/0a1b/v2.0"
    for proved in (True, "1", "true"):
        assert confirmed_address({"iss": entra, "email": ANA, "xms_edov": proved}) == ANA
        assert confirmed_address({"iss": ISSUER, "email": ANA, "xms_edov": proved}) == ""
    for unproved in (False, "0", None, 2):
        assert confirmed_address({"iss": entra, "email": ANA, "xms_edov": unproved}) == ""


async def test_a_person_is_known_by_the_subject_whatever_becomes_of_the_address(house: House) -> None:
    await house.sign_in(email=ANA, email_verified=True)
    await rename_user(house.one.office, ANA, "anna@example.com")
    assert (await house.sign_in(email="another@example.com")).text == "anna@example.com by provider"


async def test_whoever_is_given_a_leavers_address_is_not_the_leaver(house: House) -> None:
    await house.sign_in("ana", email=ANA, email_verified=True)
    assert (await house.sign_in("bob", email=ANA, email_verified=True)).status_code == 403


async def test_whoever_belongs_to_nothing_any_more_is_not_let_in(house: House) -> None:
    await house.sign_in(email=ANA, email_verified=True)
    await remove_user(house.one.office, house.one.organization, ANA)
    assert (await house.sign_in(email=ANA, email_verified=True)).status_code == 403


async def test_whoever_sleeps_since_a_restore_is_not_let_in(house: House) -> None:
    await house.sign_in(email=ANA, email_verified=True)

    def put_to_sleep(db: Session) -> None:
        db.execute(update(User).where(col(User.email) == ANA).values(asleep_since=house.one.clock()))

    await house.one.store.directory.write(put_to_sleep)
    assert (await house.sign_in(email=ANA, email_verified=True)).status_code == 403


async def test_where_no_address_is_confirmed_an_owner_says_whom_the_provider_means(house: House) -> None:
    assert await link_person(house.one.office, ANA, "7c1b") == ANA
    assert (await house.sign_in("7c1b")).text == f"{ANA} by provider"


LIES: dict[str, Claims] = {
    "another issuer": {"iss": "https://rogue.example"},
    "an issuer that begins alike": {"iss": f"{ISSUER}/"},
    "another program": {"aud": "another"},
    "no audience": {"aud": None},
    "an audience within a text": {"aud": f"{CLIENT}-2"},
    "given to another of several": {"aud": [CLIENT, "another"], "azp": "another"},
    "given to nobody of several": {"aud": [CLIENT, "another"]},
    "given to another": {"azp": "another"},
    "another nonce": {"nonce": "x"},
    "no nonce": {"nonce": None},
    "expired": {"exp": 1_000_000_000},
    "of the future": {"iat": 9_000_000_000, "exp": 9_000_000_100},
    "no expiry": {"exp": None},
    "nobody": {"sub": ""},
    "a subject that is no text": {"sub": 7},
    "a subject without end": {"sub": "x" * 300},
}


async def test_an_id_token_that_says_anything_else_lets_nobody_in(house: House) -> None:
    told = {}
    for lie, changed in LIES.items():
        house.provider.lie = lambda claims, changed=changed: claims | changed  # type: ignore[misc]  # Bound now.
        told[lie] = (await house.sign_in(email=ANA, email_verified=True)).status_code
    assert told == dict.fromkeys(LIES, 400) | {"a subject without end": 403}
    assert await house.sessions() == 0


async def test_an_id_token_that_is_signed_in_another_way_lets_nobody_in(house: House) -> None:
    ways: list[dict[str, Any]] = [
        {"key": new_key("one")},
        {"kid": "two"},
        {"alg": "RS256", "key": rsa_key()},
        {"typ": "oauth-id-jag+jwt"},
        {"typ": "at+jwt"},
    ]
    told = []
    for house.provider.sign_with in ways:
        told.append((await house.sign_in(email=ANA, email_verified=True)).status_code)
    assert told == [400] * len(ways)
    assert await house.sessions() == 0


async def test_an_answer_counts_once_in_the_browser_that_asked_and_for_what_it_asked(house: House) -> None:
    claims: Claims = {"email": ANA, "email_verified": True}
    async with house.browser() as ours, house.browser() as other:
        answer = house.provider.signed_in(await house.begin(ours), "ana", **claims)
        # Into another browser, which has begun a sign-in of its own or none, nobody is signed in by it.
        assert (await other.get(ANSWER, params=answer)).status_code == 400
        theirs = await house.begin(other)
        assert (await other.get(ANSWER, params=answer)).status_code == 400
        # A code of another sign-in has another nonce and another challenge.
        code = {"code": house.provider.signed_in(theirs, "mallory", **claims)["code"]}
        assert (await ours.get(ANSWER, params=answer | code)).status_code == 400
        address = await house.begin(ours)
        answer, cookie = house.provider.signed_in(address, "ana", **claims), ours.cookies["counterfoil-provider"]
        assert (await ours.get(ANSWER, params=answer)).status_code == 303
        ours.cookies.set("counterfoil-provider", cookie, domain="localhost.local")
        assert (await ours.get(ANSWER, params=answer)).status_code == 400
    assert await house.sessions() == 1


async def test_an_answer_of_another_provider_or_to_another_sign_in_lets_nobody_in(house: House) -> None:
    answers: list[Claims] = [
        {"iss": "https://rogue.example"},
        {"iss": None},
        {"state": "x"},
        {"state": ""},
        {"code": ""},
        {"error": "access_denied"},
        {"code": "made-up"},
    ]
    for answer in answers:
        assert "/token" not in house.provider.asked
        async with house.browser() as browser:
            given: Claims = house.provider.signed_in(await house.begin(browser), "ana", email=ANA, email_verified=True)
            changed = {name: value for name, value in (given | answer).items() if value is not None}
            told = await browser.get(ANSWER, params=changed)
        assert (told.status_code, "rogue" in told.text) == (400, False), answer
    assert await house.sessions() == 0


async def test_a_parameter_that_is_there_twice_counts_for_nothing(house: House) -> None:
    async with house.browser() as browser:
        given = house.provider.signed_in(await house.begin(browser), "ana", email=ANA, email_verified=True)
        told = await browser.get(ANSWER, params=[*given.items(), ("state", given["state"])])
    assert told.status_code == 400


async def test_whoever_is_signed_in_already_is_asked_by_the_provider_anew(house: House) -> None:
    async with house.browser() as browser:
        asked = []
        for _ in range(2):
            address = await house.begin(browser)
            asked.append(parse_qs(urlsplit(address).query).get("prompt"))
            given = house.provider.signed_in(address, "ana", email=ANA, email_verified=True)
            await browser.get(ANSWER, params=given)
    assert asked == [None, ["login"]]


async def test_people_of_a_provider_prove_anew_who_they_are(house: House) -> None:
    async with house.browser() as browser:
        await house.comes_back(browser)
        assert (await browser.get("/account/passkeys")).status_code == 200
        house.one.clock.advance(timedelta(minutes=16))
        for told in (await browser.get("/account/passkeys"), await browser.get("/account/codes")):
            assert told.headers["location"].startswith("/sign-in/again?next=%2Faccount%2F")
            assert f'href="{BEGIN}?next=%2Faccount' in (await browser.get(told.headers["location"])).text
        await house.comes_back(browser)
        assert (await browser.get("/account/passkeys")).status_code == 200


@pytest.mark.parametrize(
    ("said", "status"), [("now", 200), ("later", 200), ("long ago", 303), ("nothing", 200), ("nonsense", 200)]
)
async def test_what_somebody_has_proved_to_the_provider_long_ago_is_old_here_too(
    house: House, said: str, status: int
) -> None:
    now = int(house.one.clock().timestamp())
    times = {"now": now, "later": now + 9_000_000_000_000, "long ago": now - 40_000, "nothing": None, "nonsense": "now"}
    async with house.browser() as browser:
        await house.comes_back(browser, auth_time=times[said])
        assert (await browser.get("/account/passkeys")).status_code == status


async def test_whoever_was_signed_in_before_is_so_no_longer(house: House) -> None:
    async with house.browser() as browser:
        for _ in range(2):
            answer = house.provider.signed_in(await house.begin(browser), "ana", email=ANA, email_verified=True)
            await browser.get(ANSWER, params=answer)
    assert await house.sessions() == 1


async def test_what_a_provider_has_let_in_ends_with_it(house: House) -> None:
    await house.sign_in(email=ANA, email_verified=True)
    await set_provider(house.one.office, replace(SETTINGS, only=True))
    assert await house.sessions() == 1
    await set_provider(house.one.office, replace(SETTINGS, issuer="https://rogue.example"))
    assert await house.sessions() == 0
    await remove_provider(house.one.office)
    async with house.browser() as browser:
        assert (await browser.get(BEGIN)).status_code == (await browser.get(ANSWER)).status_code == 404


async def test_a_provider_that_cannot_be_asked_is_told_plainly(house: House) -> None:
    house.provider.published = {"issuer": "https://rogue.example"}
    async with house.browser() as browser:
        told = await browser.get(BEGIN)
    assert (told.status_code, "cannot be asked" in told.text) == (503, True)


async def test_a_secret_is_told_in_the_form_that_the_provider_takes(house: House) -> None:
    house.provider.published = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert (await house.sign_in(email=ANA, email_verified=True)).status_code == 200
    await set_provider(house.one.office, replace(SETTINGS, secret="wrong"))  # noqa: S106  A test's own.
    assert (await house.sign_in(email=ANA, email_verified=True)).status_code == 400


async def test_nobody_has_the_provider_asked_without_end(house: House) -> None:
    office = replace(house.one.office, public_url=HERE)
    desk, known = Desk.of(office), Providers(office.latest, house.provider.guard)
    one = ProviderSignIn(desk, known, Limiter(Allowance(burst=4), lambda: 0))
    app = Starlette(routes=[desk.open_page(BEGIN, one.begin), desk.open_page(ANSWER, one.answer)])
    limited = replace(house, app=app)
    async with limited.browser(address="198.51.100.7") as browser:
        for _ in range(2):
            answer = house.provider.signed_in(await limited.begin(browser), "ana") | {"code": "made-up"}
            assert (await browser.get(ANSWER, params=answer)).status_code == 400
        refused = [await browser.get(BEGIN), await browser.get(ANSWER, params=answer)]
    assert [(one.status_code, one.headers["retry-after"]) for one in refused] == [(429, "1")] * 2
    assert house.provider.asked.count("/token") == 2
    async with limited.browser() as behind_a_proxy:
        answer = house.provider.signed_in(await limited.begin(behind_a_proxy), "ana") | {"code": "made-up"}
        statuses = [(await behind_a_proxy.get(ANSWER, params=answer)).status_code for _ in range(6)]
    async with limited.browser() as another:
        await limited.begin(another)
    assert set(statuses) == {400}, "the browser has forgotten the sign-in that came to nothing"


async def test_a_provider_that_cannot_be_asked_is_left_alone_for_a_moment(house: House) -> None:
    house.provider.published = {"issuer": "https://another.example"}
    async with house.browser() as browser:
        statuses = [(await browser.get(BEGIN)).status_code for _ in range(3)]
        asked = len(house.provider.asked)
        house.provider.published = {}
        house.one.clock.advance(FAILED)
        await house.begin(browser)
    assert (statuses, asked) == ([503] * 3, 1)
