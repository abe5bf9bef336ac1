"""Codes and tokens: how a program redeems and refreshes them, how often, for how long, and for what."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from invoicing.organizations import READ_ONLY, OrganizationRef
from operations.authorization.granting import GRACE, SUCCESSORS_MAX, Denial, give_back
from operations.authorization.scopes import BOTH, Asked
from operations.authorization.sweeping import forget_expired
from storage.directory.credentials import Lapse
from tests.support.authorization import (
    URL,
    Allowed,
    a_program,
    allowed,
    denied,
    lapse_of,
    opens,
    rows,
)
from tests.support.practice import Practice, practice
from tests.support.processes import let_race, start_python

pytestmark = pytest.mark.asyncio(loop_scope="module")
"""They share one practice; each has programs and connections of its own."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def one(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Practice]:
    async with practice(tmp_path_factory.mktemp("granting") / "data") as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bakery(one: Practice) -> OrganizationRef:
    return await one.client("Harbour Bakery")


@pytest_asyncio.fixture(loop_scope="module")
async def alone(tmp_path: Path) -> AsyncIterator[Practice]:
    """A practice in which nothing else happens."""
    async with practice(tmp_path / "data") as opened:
        yield opened


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
