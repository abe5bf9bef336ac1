"""Authorization: what a person allows a program, the tokens that open it, and what ends it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import text

from invoicing.organizations import CredentialKind, OrganizationRef, Role
from invoicing.refusals import InvalidInput, NotFound
from operations.access import Office
from operations.authentication import NotYours, Presented, authenticate
from operations.authorization import programs, requests
from operations.authorization.consent import CONNECTIONS_MAX, Consent, Decided, allow, organization_asked
from operations.authorization.granting import Denial
from operations.authorization.requests import begin_request, deny, waiting_request
from operations.authorization.scopes import BOTH, Asked, words_asked
from operations.authorization.sweeping import forget_expired
from operations.known_credentials import list_credentials, revoke_credential
from operations.membership import invite_user, remove_user
from operations.naming import PracticeConnection
from operations.onboarding import ClientRequest, create_client_organization
from storage.directory.credentials import Lapse
from tests.support.authorization import (
    BROWSER,
    URL,
    a_program,
    allowed,
    asked_by,
    denied,
    lapse_of,
    opens,
    rows,
    waits,
)
from tests.support.people import colleague, refusal
from tests.support.practice import Practice, practice

pytestmark = pytest.mark.asyncio(loop_scope="module")
"""They share one practice; each has programs and connections of its own."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def one(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Practice]:
    async with practice(tmp_path_factory.mktemp("authorization") / "data") as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bakery(one: Practice) -> OrganizationRef:
    return await one.client("Harbour Bakery")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def finch(one: Practice) -> OrganizationRef:
    return await one.client("Finch Studio")


@pytest_asyncio.fixture(loop_scope="module")
async def alone(tmp_path: Path) -> AsyncIterator[Practice]:
    """A practice in which nothing else happens."""
    async with practice(tmp_path / "data") as opened:
        yield opened


async def changed(one: Practice, statement: str, of: str) -> None:
    """Change the directory as an administrator would, in turn with what the clock has it note."""
    await one.store.directory.write(lambda db: db.connection().execute(text(statement), {"of": of}))


async def test_a_person_allows_a_program_one_organization_and_no_other(
    one: Practice, bakery: OrganizationRef, finch: OrganizationRef
) -> None:
    tokens = await (await allowed(one.office, bakery)).redeem()
    principal = await opens(one, tokens.access, bakery.handle)
    assert (principal.label, principal.program) == ("owner@example.com", "Ledger Chat")
    assert principal.credential is CredentialKind.CONNECTION
    for elsewhere in (finch.handle, ""):
        assert await lapse_of(one, tokens.access, elsewhere) is Lapse.UNKNOWN
    office = Office(store=one.store, principal=principal, clock=one.clock)
    assert isinstance(await refusal(_found(office, finch)), NotFound)


async def _found(office: Office, organization: OrganizationRef) -> object:
    waiting = await waits(office, asked_by(await a_program(office), organization))
    return await organization_asked(office, waiting)


async def test_the_connection_to_all_reaches_what_its_person_reaches_or_what_was_picked(
    one: Practice, bakery: OrganizationRef, finch: OrganizationRef
) -> None:
    everything = await (await allowed(one.office)).redeem()
    some = await (await allowed(one.office, handles=frozenset({bakery.handle}))).redeem()
    assert (await opens(one, everything.access)).limited_by == ""
    picked = Office(store=one.store, principal=await opens(one, some.access), clock=one.clock)
    assert await _found(picked, bakery) is not None
    assert isinstance(await refusal(_found(picked, finch)), NotFound)
    presented = Presented(some.access, audience=f"{URL}/mcp")
    assert isinstance((await authenticate(one.store, one.clock, presented)).connection, PracticeConnection)


async def test_whoever_makes_an_organization_over_a_limited_connection_reaches_it(
    one: Practice, bakery: OrganizationRef
) -> None:
    handles = frozenset({one.organization.handle, bakery.handle})
    tokens = await (await allowed(one.office, handles=handles)).redeem()
    office = Office(store=one.store, principal=await opens(one, tokens.access), clock=one.clock)
    made = await create_client_organization(office, ClientRequest(name="Corner Florist", country="GB"))
    assert made.created is not None
    assert await _found(office, made.created) is not None


async def test_nothing_is_allowed_of_what_is_anothers_or_was_not_asked(
    one: Practice, bakery: OrganizationRef, finch: OrganizationRef
) -> None:
    stranger = await colleague(one, finch, "owner")
    program = await a_program(one.office)
    waiting = await waits(one.office, asked_by(program, bakery))
    ghost = await waits(one.office, asked_by(program, bakery, handle="ghost-sandbox"))
    told = [str(await refusal(organization_asked(stranger, one))) for one in (waiting, ghost)]
    assert told[0] == told[1]
    assert isinstance(await refusal(allow(stranger, waiting, Consent(words=BOTH))), NotFound)
    for handles in (frozenset[str](), frozenset({"ghost-sandbox"}), frozenset({bakery.handle})):
        asked = await waits(one.office, asked_by(program))
        consent = Consent(words=BOTH, handles=handles)
        assert isinstance(await refusal(allow(stranger, asked, consent)), NotFound | InvalidInput)
    looking = await waits(one.office, asked_by(program, bakery, words=frozenset({Asked.READ})))
    for words in (BOTH, frozenset[Asked]()):
        assert isinstance(await refusal(allow(one.office, looking, Consent(words=words))), InvalidInput)


async def test_whoever_belongs_to_nothing_has_nothing_to_connect_to(one: Practice, finch: OrganizationRef) -> None:
    gone = await colleague(one, finch, "viewer")
    await remove_user(one.office, finch, gone.principal.label)
    waiting = await waits(one.office, asked_by(await a_program(one.office)))
    assert isinstance(await refusal(allow(gone, waiting, Consent(words=BOTH))), NotFound)
    assert await connections_of(one, gone) == 0
    await invite_user(one.office, finch, gone.principal.label, role=Role.VIEWER)
    assert await allow(gone, waiting, Consent(words=BOTH))
    assert await connections_of(one, gone) == 1


async def connections_of(one: Practice, office: Office) -> int:
    count = text("SELECT count(*) FROM credentials WHERE user_id = :user").bindparams(user=office.principal.user_id)
    return await one.store.directory.read(lambda db: int(db.connection().execute(count).scalar_one()))


async def test_a_request_waits_in_its_browser_until_it_is_decided_or_over(
    one: Practice, bakery: OrganizationRef
) -> None:
    new = asked_by(await a_program(one.office), bakery)
    secret = await begin_request(one.office, new, BROWSER)
    assert await waiting_request(one.office, secret, "another-browser") is None
    waiting = await waiting_request(one.office, secret, BROWSER)
    assert waiting is not None
    await allow(one.office, waiting, Consent(words=BOTH))
    assert await waiting_request(one.office, secret, BROWSER) is None
    with pytest.raises(Decided):
        await allow(one.office, waiting, Consent(words=BOTH))
    other = await waits(one.office, new)
    assert [await deny(one.office, other) for _ in range(2)] == [True, False]
    late = await begin_request(one.office, new, BROWSER)
    one.clock.advance(requests.REQUEST_LIFETIME)
    assert await waiting_request(one.office, late, BROWSER) is None


async def test_a_connection_ends_with_its_revocation_its_sleep_and_its_persons_reach(
    one: Practice, bakery: OrganizationRef
) -> None:
    person = await colleague(one, bakery, "accountant")
    given, asleep, gone = [await allowed(person, bakery) for _ in range(3)]
    tokens, sleeping, out = await given.redeem(), await asleep.redeem(), await gone.redeem()
    listed = await list_credentials(one.office, kind=CredentialKind.CONNECTION, organization=bakery)
    known = [each for each in listed if each.user == person.principal.label]
    assert [each.name for each in known] == ["Ledger Chat"] * 3
    await revoke_credential(person, kind=CredentialKind.CONNECTION, key=known[2].id)
    assert await lapse_of(one, tokens.access, bakery.handle) is Lapse.REVOKED
    await changed(one, "UPDATE credentials SET asleep_since = '2026-01-01' WHERE id = :of", known[1].id)
    assert await lapse_of(one, sleeping.access, bakery.handle) is Lapse.ASLEEP
    await changed(one, "DELETE FROM memberships WHERE user_id = :of", person.principal.user_id)
    with pytest.raises(NotYours):
        await opens(one, out.access, bakery.handle)
    for each, token in ((given, tokens), (asleep, sleeping), (gone, out)):
        assert await denied(each.refresh(token.refresh)) is Denial.GRANT


async def test_five_connections_of_a_person_stand_side_by_side_and_fifty_at_most(
    one: Practice, bakery: OrganizationRef
) -> None:
    person = await colleague(one, bakery, "accountant")
    program = await a_program(one.office)
    five = [await (await allowed(person, bakery, program=program)).redeem() for _ in range(5)]
    for tokens in five:
        await opens(one, tokens.access, bakery.handle)
    for tokens in five[1:]:
        await changed(
            one,
            "UPDATE credentials SET last_used_at = '2030-01-01 00:00:00' WHERE id = :of",
            (await opens(one, tokens.access, bakery.handle)).credential_id,
        )
    for _ in range(CONNECTIONS_MAX - 4):
        await allowed(person, program=program)
    assert await lapse_of(one, five[0].access, bakery.handle) is Lapse.REVOKED
    for tokens in five[1:]:
        await opens(one, tokens.access, bakery.handle)


async def test_what_has_expired_is_forgotten(alone: Practice) -> None:
    given = await allowed(alone.office, alone.organization)
    tokens = await given.redeem()
    await allowed(alone.office, handles=frozenset({alone.organization.handle}))
    await waits(alone.office, asked_by(await a_program(alone.office, "Nobody's")))
    kept = ("client_programs", "authorization_requests", "authorization_codes", "access_tokens", "refresh_tokens")
    assert [rows(alone, table) for table in kept] == [3, 1, 2, 1, 2]
    alone.clock.advance(timedelta(hours=2))
    await forget_expired(alone.office)
    assert [rows(alone, table) for table in kept] == [3, 0, 1, 0, 2]
    assert rows(alone, "credentials") == 1, "what was never taken up is no connection"
    alone.clock.advance(timedelta(days=2))
    tokens = await given.refresh(tokens.refresh)
    await forget_expired(alone.office)
    assert [rows(alone, table) for table in kept] == [2, 0, 0, 1, 3]
    alone.clock.advance(timedelta(days=401))
    await revoke_credential(
        alone.office,
        kind=CredentialKind.CONNECTION,
        key=(await list_credentials(alone.office, kind=CredentialKind.CONNECTION, organization=None))[0].id,
    )
    await forget_expired(alone.office)
    assert [rows(alone, table) for table in kept] == [0, 0, 0, 0, 0]


async def test_strangers_fill_no_table(alone: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "UNUSED_MAX", 3)
    monkeypatch.setattr(requests, "REQUESTS_MAX", 3)
    made = []
    for number in range(5):
        made.append(await a_program(alone.office, f"Program {number}"))
        await begin_request(alone.office, asked_by(made[-1]), BROWSER)
        alone.clock.advance(timedelta(seconds=1))
    assert rows(alone, "authorization_requests") == 3
    idle = [await a_program(alone.office, f"Idle {number}") for number in range(5)]
    kept = [one.id for one in (*made, *idle) if await programs.known_program(alone.office, one.id)]
    assert kept == [one.id for one in (*made[2:], *idle[2:])], "whoever asks at this moment is not pushed out"


async def test_words_that_mean_nothing_here_are_passed_over() -> None:
    assert words_asked("") == words_asked("offline_access openid") == words_asked("read write") == BOTH
    assert words_asked("read offline_access whatever") == frozenset({Asked.READ})
    assert words_asked("admin") is None
