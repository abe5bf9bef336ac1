"""Staff that its identity provider connects (`id-jag`): from a statement to a tool call, and what gives none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from mcp import Client
from mcp.client.auth.extensions.identity_assertion import IdentityAssertionOAuthProvider
from mcp.client.streamable_http import streamable_http_client

from invoicing.organizations import Role
from operations.authorization.programs import register_program
from operations.identity.providers import ProviderSettings, set_provider
from operations.membership import invite_user, remove_user
from storage.directory.client_programs import ClientMethod, ClientProgram
from tests.support.assistant import ERAS, Assistant, Era, Refused
from tests.support.authorization import CALLBACK, a_program
from tests.support.http import BAKERY, FINCH, HERE, Site, site_of
from tests.support.oauth import Kept
from tests.support.people import another_practice
from tests.support.practice import Practice, practice
from tests.support.provider import CLIENT, ISSUER, SECRET, Claims, Provider, new_key, provider

pytestmark = pytest.mark.asyncio(loop_scope="module")
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ANA = "ana@example.com"
SETTINGS = ProviderSettings(issuer=ISSUER, client_id=CLIENT, secret=SECRET, connect_staff=True)


@dataclass(frozen=True, slots=True)
class Firm:
    """A practice whose provider connects its staff, with a program that has a secret."""

    one: Practice
    provider: Provider
    site: Site
    program: ClientProgram
    secret: str
    numbers: Any = field(default_factory=count)

    def claims(self, resource: str = f"{HERE}/mcp", **more: object) -> Claims:
        """What the provider states of Ana, unless `more` says otherwise."""
        stated: Claims = {"iss": ISSUER, "aud": HERE, "sub": "ana", "email": ANA, "email_verified": True}
        stated |= {"client_id": self.program.id, "resource": resource, "jti": f"statement {next(self.numbers)}"}
        return stated | self.provider.times() | more

    def statement(self, claims: Claims, **signing: Any) -> str:
        return self.provider.statement(claims, **{"typ": "oauth-id-jag+jwt"} | signing)

    async def redeem(self, statement: str, **more: str) -> httpx2.Response:
        form = {"grant_type": GRANT, "assertion": statement, "client_id": self.program.id, "client_secret": self.secret}
        return await self.site.send("POST", "/oauth/token", data=form | more)

    async def refused(self, claims: Claims, **more: str) -> str:
        """OAuth's word for why a statement gives no token."""
        answer = await self.redeem(self.statement(claims), **more)
        assert answer.status_code == 400, answer.text
        return str(answer.json()["error"])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def firm(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Firm]:
    root = tmp_path_factory.mktemp("staff") / "data"
    async with (
        practice(root) as one,
        provider(one.clock) as elsewhere,
        site_of(one.store, one.clock, of_operator=elsewhere.guard) as site,
    ):
        for name in ("Harbour Bakery", "Finch Studio"):
            await one.client(name)
        await another_practice(one)
        await invite_user(one.office, one.organization, ANA, role=Role.ACCOUNTANT)
        await set_provider(one.office, SETTINGS)
        said = ClientProgram(id="", name="Staff Chat", redirect_uris=(CALLBACK,), method=ClientMethod.POST)
        yield Firm(one, elsewhere, site, *await register_program(one.office, said))


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("path", ["/mcp", f"/mcp/{BAKERY}"])
async def test_the_sdks_client_comes_from_a_statement_to_a_tool_call(firm: Firm, era: Era, path: str) -> None:
    asked: list[tuple[str, str]] = []

    async def stated(audience: str, resource: str) -> str:
        asked.append((audience, resource))
        return firm.statement(firm.claims(resource, aud=audience))

    async with firm.site.http() as http:
        http.auth = IdentityAssertionOAuthProvider(
            HERE + path,
            Kept(),
            client_id=firm.program.id,
            client_secret=firm.secret,
            issuer=HERE,
            assertion_provider=stated,
        )
        async with Client(streamable_http_client(HERE + path, http_client=http), mode=era) as client:
            chat, named = Assistant(client), {"organization": BAKERY} if path == "/mcp" else {}
            found = await chat.ok("find_customers", **named)
            assert found["organization"]["handle"] == BAKERY
            if path != "/mcp":
                with pytest.raises(Refused):
                    await chat.ok("find_customers", organization=FINCH)
    assert asked == [(HERE, HERE + path)]


async def test_a_statement_gives_a_token_for_its_connection_and_none_to_refresh_with(firm: Firm) -> None:
    told = (await firm.redeem(firm.statement(firm.claims(f"{HERE}/mcp/{BAKERY}")))).json()
    assert (told["expires_in"], told["scope"], "refresh_token" in told) == (3600, "read write", False)
    for path, status in ((f"/mcp/{BAKERY}", 200), (f"/mcp/{FINCH}", 401), ("/mcp", 401)):
        assert (await firm.site.modern(path, told["access_token"], "tools/list")).status_code == status


async def test_a_statement_counts_once(firm: Firm) -> None:
    statement = firm.statement(firm.claims())
    assert (await firm.redeem(statement)).status_code == 200
    again = await firm.redeem(statement)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("stated", "asked", "given"),
    [
        ("read", "", "read"),
        ("read write", "read", "read"),
        ("read", "read write", "read"),
        ("write", "", "read write"),
        ("openid", "", "read write"),
    ],
)
async def test_a_token_may_no_more_than_both_say(firm: Firm, stated: str, asked: str, given: str) -> None:
    answer = await firm.redeem(firm.statement(firm.claims(scope=stated)), **({"scope": asked} if asked else {}))
    assert answer.json()["scope"] == given


FORGED: dict[str, Claims] = {
    "another issuer": {"iss": "https://rogue.example"},
    "another server": {"aud": "https://rogue.example"},
    "several servers": {"aud": [HERE, "https://rogue.example"]},
    "the connection in the server's place": {"aud": f"{HERE}/mcp"},
    "another program": {"client_id": "cfp_another"},
    "no program": {"client_id": None},
    "nobody": {"sub": ""},
    "a stranger": {"sub": "eve", "email": "eve@example.com"},
    "an address that is not confirmed": {"sub": "eve", "email": "owner@example.com", "email_verified": False},
    "no name": {"jti": ""},
    "a name without end": {"jti": "x" * 300},
    "expired": {"iat": 1_000_000_000, "exp": 1_000_000_100},
    "no expiry": {"exp": None},
    "too long": {"exp": 9_000_000_000},
}


async def test_what_is_not_stated_for_this_program_and_server_gives_nothing(firm: Firm) -> None:
    told = {name: await firm.refused(firm.claims() | forged) for name, forged in FORGED.items()}
    assert told == dict.fromkeys(FORGED, "invalid_grant")


async def test_a_statement_that_is_signed_in_another_way_gives_nothing(firm: Firm) -> None:
    for signing in ({"key": new_key("one")}, {"kid": "two"}, {"typ": "JWT"}, {"typ": ""}, {"typ": "at+jwt"}):
        answer = await firm.redeem(firm.statement(firm.claims(), **signing))
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant"), signing


async def test_an_organization_out_of_reach_answers_like_one_that_never_was(firm: Firm) -> None:
    resources = ["", "https://rogue.example/mcp", f"{HERE}/mcp/rival-sandbox", f"{HERE}/mcp/ghost-sandbox"]
    answers = [await firm.redeem(firm.statement(firm.claims(resource))) for resource in resources]
    assert {(answer.status_code, answer.text) for answer in answers} == {(400, answers[0].text)}
    assert answers[0].json()["error"] == "invalid_target"
    assert await firm.refused(firm.claims(f"{HERE}/mcp/{BAKERY}"), resource=f"{HERE}/mcp/{FINCH}") == "invalid_target"


async def test_only_a_program_that_proves_to_be_itself_brings_a_statement(firm: Firm) -> None:
    wrong = await firm.redeem(firm.statement(firm.claims()), client_secret="wrong")  # noqa: S106  A test's own.
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    public = await a_program(firm.one.office)
    form = {"grant_type": GRANT, "client_id": public.id, "assertion": firm.statement(firm.claims(client_id=public.id))}
    answer = await firm.site.send("POST", "/oauth/token", data=form)
    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")


async def test_one_connection_serves_a_person_and_program_hour_after_hour(firm: Firm) -> None:
    async def connections() -> int:
        rows = await firm.one.store.directory.read(
            lambda db: (
                db.connection().exec_driver_sql("SELECT count(*) FROM credentials WHERE client_id <> ''").scalar()
            )
        )
        return int(rows or 0)

    resource = f"{HERE}/mcp/{FINCH}"
    first = (await firm.redeem(firm.statement(firm.claims(resource)))).json()["access_token"]
    there = await connections()
    firm.one.clock.advance(timedelta(hours=1))
    assert (await firm.site.modern(f"/mcp/{FINCH}", first, "tools/list")).status_code == 401
    second = (await firm.redeem(firm.statement(firm.claims(resource)))).json()["access_token"]
    assert (await firm.site.modern(f"/mcp/{FINCH}", second, "tools/list")).status_code == 200
    assert await connections() == there


async def test_metadata_names_the_grant_while_it_is_on_and_switching_it_off_ends_what_it_gave(firm: Firm) -> None:
    async def grants() -> tuple[bool, bool]:
        told = (await firm.site.send("GET", "/.well-known/oauth-authorization-server")).json()
        return GRANT in told["grant_types_supported"], "authorization_grant_profiles_supported" in told

    token = (await firm.redeem(firm.statement(firm.claims()))).json()["access_token"]
    assert await grants() == (True, True)
    assert (await firm.site.modern("/mcp", token, "tools/list")).status_code == 200
    await set_provider(firm.one.office, replace(SETTINGS, connect_staff=False))
    try:
        assert await grants() == (False, False)
        assert (await firm.site.modern("/mcp", token, "tools/list")).status_code == 401
        assert await firm.refused(firm.claims()) == "unsupported_grant_type"
    finally:
        await set_provider(firm.one.office, SETTINGS)


async def test_whoever_belongs_to_nothing_any_more_is_connected_no_more(firm: Firm) -> None:
    bob = {"sub": "bob", "email": "bob@example.com"}
    await invite_user(firm.one.office, firm.one.organization, "bob@example.com", role=Role.VIEWER)
    token = (await firm.redeem(firm.statement(firm.claims() | bob))).json()["access_token"]
    await remove_user(firm.one.office, firm.one.organization, "bob@example.com")
    assert (await firm.site.modern("/mcp", token, "tools/list")).status_code == 401
    assert await firm.refused(firm.claims() | bob) == "invalid_grant"
