"""Authorization: what a person allows a program, the tokens that open it, and what ends it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from invoicing.organizations import READ_ONLY, CredentialKind, OrganizationRef, Role
from invoicing.refusals import InvalidInput, NotFound
from operations.access import Office, Principal
from operations.authentication import NotYours, Presented, Unauthenticated, authenticate
from operations.authorization import programs, requests
from operations.authorization.consent import CONNECTIONS_MAX, Consent, Decided, allow, organization_asked
from operations.authorization.granting import GRACE, SUCCESSORS_MAX, Denial, NotGranted, give_back
from operations.authorization.requests import begin_request, deny, waiting_request
from operations.authorization.scopes import BOTH, Asked, words_asked
from operations.authorization.sweeping import forget_expired
from operations.known_credentials import list_credentials, revoke_credential
from operations.membership import invite_user, remove_user
from operations.naming import PracticeConnection
from operations.onboarding import ClientRequest, create_client_organization
from storage.directory.credentials import Lapse
from storage.directory.database import DIRECTORY_FILE
from tests.support.authorization import BROWSER, URL, Allowed, a_program, allowed, asked_by, waits
from tests.support.people import colleague, refusal
from tests.support.practice import Practice, practice
from tests.support.processes import let_race, start_python
from tests.support.raw import raw_value

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


async def changed(one: Practice, statement: str, *values: str) -> None:
    """Change the directory as an administrator would, in turn with what the clock has it note."""
    await one.store.directory.write(lambda db: db.connection().exec_driver_sql(statement, values))


async def opens(one: Practice, token: str, handle: str = "") -> Principal:
    """Who the token stands for, on the connection of this organization or on that to all."""
    presented = Presented(token, handle=handle, audience=URL + (f"/mcp/{handle}" if handle else "/mcp"))
    return (await authenticate(one.store, one.clock, presented)).principal


async def lapse_of(one: Practice, token: str, handle: str = "") -> Lapse | None:
    with pytest.raises(Unauthenticated) as nobody:
        await opens(one, token, handle)
    return nobody.value.lapse


async def denied(granting: object) -> Denial:
    with pytest.raises(NotGranted) as denial:
        await granting  # type: ignore[misc]  # An act of granting.
    return denial.value.why


def rows(one: Practice, table: str) -> object:
    return raw_value(one.root / DIRECTORY_FILE, f"SELECT count(*) FROM {table}")  # noqa: S608  A table's name.


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
    count, user = "SELECT count(*) FROM credentials WHERE user_id = ?", (office.principal.user_id,)
    return await one.store.directory.read(lambda db: int(db.connection().exec_driver_sql(count, user).scalar_one()))


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


async def test_a_code_is_redeemed_once_in_time_by_its_program_with_what_it_was_asked_with(
    one: Practice, bakery: OrganizationRef
) -> None:
    given = await allowed(one.office, bakery)
    other = await a_program(one.office, "Another")
    wrong = {
        "client_id": other.id,
        "redirect_uri": "http://127.0.0.1:3001/callback",
        "verifier": "w" * 43,
        "code": "cfo_unknown",
    }
    for name, value in {**wrong, "verifier": ""}.items() | wrong.items():
        assert await denied(given.redeem(**{name: value})) is Denial.GRANT
    assert await denied(given.redeem(audience=f"{URL}/mcp")) is Denial.TARGET
    tokens = await given.redeem(audience=f"{URL}/mcp/{bakery.handle}")
    assert await denied(given.redeem()) is Denial.GRANT
    assert await lapse_of(one, tokens.access, bakery.handle) is Lapse.REVOKED, (
        "the second one was a thief, or the first"
    )
    assert await denied(given.refresh(tokens.refresh)) is Denial.GRANT
    late = await allowed(one.office, bakery)
    one.clock.advance(timedelta(seconds=60))
    assert await denied(late.redeem()) is Denial.GRANT


REDEEMER = """
import asyncio, sys
from pathlib import Path
from operations.access import Office, Principal
from operations.authorization.granting import NotGranted, Redemption, redeem
from tests.support.authorization import CALLBACK, VERIFIER
from tests.support.clock import SettableClock
from tests.support.stores import open_store

async def main(root, client_id, code):
    async with open_store(Path(root)) as store:
        office = Office(store=store, principal=Principal(user_id="", label="nobody"), clock=SettableClock())
        brought = Redemption(client_id=client_id, code=code, redirect_uri=CALLBACK, verifier=VERIFIER)
        print("ready", flush=True)
        sys.stdin.readline()
        made = await asyncio.gather(*(redeem(office, brought) for _ in range(25)), return_exceptions=True)
    assert all(isinstance(one, NotGranted) for one in made if isinstance(one, BaseException)), made
    for one in made:
        if not isinstance(one, BaseException):
            print(one.access, flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_of_fifty_redemptions_of_a_code_over_two_processes_one_is_granted(alone: Practice) -> None:
    given = await allowed(alone.office, alone.organization)
    racers = [start_python(REDEEMER, str(alone.root), given.program.id, given.code) for _ in range(2)]
    said = await asyncio.to_thread(let_race, racers)
    assert len(said) == 1
    assert await lapse_of(alone, said[0], alone.organization.handle) is Lapse.REVOKED, "49 of them came too late"


async def test_an_access_token_lasts_an_hour_and_a_connection_as_long_as_it_is_refreshed(
    one: Practice, bakery: OrganizationRef
) -> None:
    given = await allowed(one.office, bakery)
    tokens = await given.redeem()
    for _ in range(3):
        one.clock.advance(timedelta(days=29))
        assert await lapse_of(one, tokens.access, bakery.handle) is Lapse.EXPIRED
        tokens = await given.refresh(tokens.refresh)
        await opens(one, tokens.access, bakery.handle)
    one.clock.advance(timedelta(days=30))
    assert await denied(given.refresh(tokens.refresh)) is Denial.GRANT


async def test_a_lost_answer_does_not_end_a_connection_and_a_stolen_token_does(
    one: Practice, bakery: OrganizationRef
) -> None:
    given = await allowed(one.office, bakery)
    first = await given.redeem()
    lost = await given.refresh(first.refresh)
    one.clock.advance(GRACE)
    again = await given.refresh(first.refresh)
    await opens(one, again.access, bakery.handle)
    one.clock.advance(timedelta(seconds=1))
    after = await given.refresh(again.refresh)
    assert await denied(given.refresh(lost.refresh)) is Denial.GRANT, "whoever has the other one now has stolen it"
    assert await lapse_of(one, after.access, bakery.handle) is Lapse.REVOKED


async def test_of_two_tokens_that_were_given_for_one_only_one_goes_on_however_soon(
    one: Practice, bakery: OrganizationRef
) -> None:
    given = await allowed(one.office, bakery)
    first = await given.redeem()
    thief, owner = await given.refresh(first.refresh), await given.refresh(first.refresh)
    after = await given.refresh(owner.refresh)
    assert await denied(given.refresh(thief.refresh)) is Denial.GRANT
    assert await lapse_of(one, after.access, bakery.handle) is Lapse.REVOKED


@pytest.mark.parametrize("late", [True, False])
async def test_a_refresh_token_that_comes_again_ends_its_connection(
    one: Practice, bakery: OrganizationRef, late: bool
) -> None:
    given = await allowed(one.office, bakery)
    first = await given.redeem()
    second = await given.refresh(first.refresh)
    if late:
        one.clock.advance(GRACE + timedelta(seconds=1))
    else:
        second = await given.refresh(second.refresh)
    assert await denied(given.refresh(first.refresh)) is Denial.GRANT
    assert await lapse_of(one, second.access, bakery.handle) is Lapse.REVOKED


async def test_of_a_connection_that_is_refreshed_often_little_is_kept_and_the_oldest_token_still_ends_it(
    alone: Practice,
) -> None:
    given = await allowed(alone.office, alone.organization)
    first = tokens = await given.redeem()
    for _ in range(20):
        alone.clock.advance(timedelta(days=2))
        tokens = await given.refresh(tokens.refresh)
    assert rows(alone, "refresh_tokens") == 3, "the last one, the one it was given for, and what all begin with"
    await forget_expired(alone.office)
    assert await denied(given.refresh(first.refresh)) is Denial.GRANT
    assert await lapse_of(alone, tokens.access, alone.organization.handle) is Lapse.REVOKED


async def test_what_begins_like_a_refresh_token_gives_none(one: Practice, bakery: OrganizationRef) -> None:
    given = await allowed(one.office, bakery)
    line = (await given.redeem()).refresh[:-32]
    for token in (line, f"{line}{'a' * 32}"):
        assert await denied(given.refresh(token)) is Denial.GRANT


async def test_a_retry_works_a_few_times_and_then_ends_nothing(one: Practice, bakery: OrganizationRef) -> None:
    given = await allowed(one.office, bakery)
    first = await given.redeem()
    for _ in range(SUCCESSORS_MAX):
        last = await given.refresh(first.refresh)
    assert await denied(given.refresh(first.refresh)) is Denial.GRANT
    await opens(one, last.access, bakery.handle)
    await given.refresh(last.refresh)


async def test_new_tokens_are_for_the_same_program_and_connection_and_for_no_more(
    one: Practice, bakery: OrganizationRef
) -> None:
    given = await allowed(one.office, bakery, words=frozenset({Asked.READ}))
    tokens = await given.redeem()
    assert (await opens(one, tokens.access, bakery.handle)).scopes == READ_ONLY
    other = Allowed(one.office, await a_program(one.office), "")
    assert await denied(other.refresh(tokens.refresh)) is Denial.GRANT
    assert await denied(given.refresh(tokens.refresh, audience=f"{URL}/mcp")) is Denial.TARGET
    assert await denied(given.refresh(tokens.refresh, words=BOTH)) is Denial.SCOPE
    everything = await allowed(one.office, bakery)
    less = await everything.refresh((await everything.redeem()).refresh, words=frozenset({Asked.READ}))
    assert (await opens(one, less.access, bakery.handle)).scopes == READ_ONLY
    more = await everything.refresh(less.refresh)
    assert (await opens(one, more.access, bakery.handle)).scopes > READ_ONLY


async def test_a_program_gives_back_what_is_its_own(one: Practice, bakery: OrganizationRef) -> None:
    given = await allowed(one.office, bakery)
    tokens = await given.redeem()
    other = await a_program(one.office)
    for token in (tokens.refresh, tokens.access, "cfr_unknown"):
        await give_back(one.office, other.id, token)
    await opens(one, tokens.access, bakery.handle)
    await give_back(one.office, given.program.id, tokens.access)
    assert await lapse_of(one, tokens.access, bakery.handle) is Lapse.UNKNOWN
    tokens = await given.refresh(tokens.refresh)
    latest = tokens
    for _ in range(3):
        one.clock.advance(GRACE + timedelta(seconds=1))
        latest = await given.refresh(latest.refresh)
    await give_back(one.office, given.program.id, tokens.refresh)
    assert await lapse_of(one, latest.access, bakery.handle) is Lapse.REVOKED


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
    await changed(one, "UPDATE credentials SET asleep_since = '2026-01-01' WHERE id = ?", known[1].id)
    assert await lapse_of(one, sleeping.access, bakery.handle) is Lapse.ASLEEP
    await changed(one, "DELETE FROM memberships WHERE user_id = ?", person.principal.user_id)
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
            "UPDATE credentials SET last_used_at = '2030-01-01 00:00:00' WHERE id = ?",
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
