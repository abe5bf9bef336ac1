"""The ways in which a person signs in: what counts, what is refused, and that the last one stays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from invoicing.refusals import Conflict, InvalidInput, NotFound
from operations.identity import browsing, ways
from operations.identity.browsing import Method
from operations.identity.passkeys import PASSKEYS_MAX, Site
from operations.identity.passwords import Hashing, check_password
from tests.support.identity import (
    CHEAP,
    GOOD_PASSWORD,
    SITE,
    Device,
    code_of,
    made_up,
    sign_in,
    signed_in,
    with_codes,
    with_passkey,
)
from tests.support.people import refusal
from tests.support.practice import Practice, practice
from tests.support.raw import kept_at, raw


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[Practice]:
    async with practice(tmp_path / "data") as made:
        yield made


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short", "at least 12"),
        ("x" * 201, "at most 200"),
        ("Password1234", "try first"),
        ("correcthorsebatterystaple", "try first"),
        ("aaaabbbbaaaabbbb", "try first"),
        ("my owner@example.com key", "try first"),
        ("Owner!12345678", "try first"),
    ],
)
def test_a_password_that_others_would_try_first_is_refused(password: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        check_password(password, "owner@example.com")
    check_password(GOOD_PASSWORD, "owner@example.com")


async def test_a_password_counts_with_codes_alone(one: Practice) -> None:
    me = await signed_in(one.office)
    await ways.set_password(one.office, me, GOOD_PASSWORD)
    mine = await ways.my_ways(one.office, SITE)
    assert (mine.password_since, mine.are_enough) == (one.clock(), False)
    await with_codes(one.office)
    assert (await ways.my_ways(one.office, SITE)).are_enough


async def test_passwords_are_kept_as_argon2id_makes_them_and_checked_by_that(one: Practice) -> None:
    await ways.set_password(one.office, await signed_in(one.office), GOOD_PASSWORD)
    with raw(one.root / "directory.db") as connection:
        ((kept,),) = connection.execute("SELECT hash FROM passwords").fetchall()
    assert kept.startswith("$argon2id$")
    assert await CHEAP.is_right(GOOD_PASSWORD, kept)
    assert not await CHEAP.is_right(GOOD_PASSWORD + " ", kept)
    assert not await CHEAP.is_right(GOOD_PASSWORD, "")
    assert not await CHEAP.is_right(GOOD_PASSWORD, "nonsense")
    assert (CHEAP.is_outdated(kept), Hashing(rounds=2, memory_kib=8, threads=1).is_outdated(kept)) == (False, True)


async def test_a_new_password_signs_every_other_browser_out(one: Practice) -> None:
    other = await sign_in(one.office, Method.LINK)
    me = await signed_in(one.office)
    await ways.set_password(one.office, me, GOOD_PASSWORD)
    assert await browsing.signed_in(one.store, one.clock, other) is None
    with raw(one.root / "directory.db") as connection:
        assert connection.execute("SELECT id FROM browser_sessions").fetchall() == [(me.session_id,)]


async def test_codes_are_shown_until_one_confirms_them(one: Practice) -> None:
    shown = await ways.show_codes(one.office)
    assert await ways.show_codes(one.office) == shown
    assert shown.picture.startswith("data:image/svg+xml")
    other = await ways.show_codes(one.office, anew=True)
    assert other.secret != shown.secret
    for code in (
        code_of(shown.secret, one.clock()),
        "",
        "12345",
        "１２３４５６",
        code_of(other.secret, one.clock(), steps=2),
    ):
        assert isinstance(await refusal(ways.confirm_codes(one.office, code)), InvalidInput), code
    await ways.confirm_codes(one.office, code_of(other.secret, one.clock(), steps=-1))
    assert (await ways.my_ways(one.office, SITE)).codes_since == one.clock()


async def test_what_codes_are_made_from_can_be_read_nowhere(one: Practice) -> None:
    secret = (await with_codes(one.office)).replace(" ", "")
    assert secret.encode() not in kept_at(one.root / "directory.db")


async def test_a_passkey_is_kept_that_answers_to_this_page_at_this_host(one: Practice) -> None:
    me, other = await signed_in(one.office), await signed_in(one.office)
    options = await ways.passkey_to_be_made(one.office, me, SITE)
    for device in (Device(verifies=False), Device(origin="http://127.0.0.1:8750"), Device(host="evil.example")):
        assert isinstance(
            await refusal(ways.add_passkey(one.office, me, SITE, device.create(options), name="Laptop")), InvalidInput
        )
    device = Device()
    answer = device.create(options)
    for session, said in ((other, answer), *((me, said) for said in made_up(answer))):
        assert isinstance(await refusal(ways.add_passkey(one.office, session, SITE, said, name="Laptop")), InvalidInput)
    assert isinstance(await refusal(ways.add_passkey(one.office, me, SITE, answer, name=" ")), InvalidInput)
    kept = await ways.add_passkey(one.office, me, SITE, answer, name="  My laptop ")
    assert (kept.name, kept.host) == ("My laptop", "localhost")
    assert (await ways.my_ways(one.office, SITE)).are_enough
    assert not (await ways.my_ways(one.office, Site.of("https://books.example.com"))).are_enough
    assert isinstance(await refusal(ways.add_passkey(one.office, me, SITE, answer, name="Again")), InvalidInput), (
        "a challenge counts once"
    )
    again = device.create(await ways.passkey_to_be_made(one.office, me, SITE))
    assert isinstance(await refusal(ways.add_passkey(one.office, me, SITE, again, name="Again")), Conflict)


async def test_a_challenge_expires(one: Practice) -> None:
    me, device = await signed_in(one.office), Device()
    answer = device.create(await ways.passkey_to_be_made(one.office, me, SITE))
    one.clock.advance(timedelta(minutes=10))
    assert isinstance(await refusal(ways.add_passkey(one.office, me, SITE, answer, name="Laptop")), InvalidInput)


async def test_there_are_not_any_number_of_passkeys(one: Practice) -> None:
    me = await signed_in(one.office)
    for number in range(PASSKEYS_MAX):
        await with_passkey(one.office, me, Device(), name=f"Key {number}")
    options = await ways.passkey_to_be_made(one.office, me, SITE)
    answer = Device().create(options)
    assert isinstance(await refusal(ways.add_passkey(one.office, me, SITE, answer, name="More")), Conflict)


async def test_the_last_way_to_sign_in_stays(one: Practice) -> None:
    me = await signed_in(one.office)
    first, second = (
        await with_passkey(one.office, me, Device()),
        await with_passkey(one.office, me, Device(), name="Phone"),
    )
    assert isinstance(await refusal(ways.remove_passkey(one.office, SITE, "pky_0")), NotFound)
    await ways.remove_passkey(one.office, SITE, first.id)
    assert isinstance(await refusal(ways.remove_passkey(one.office, SITE, second.id)), Conflict)
    await ways.set_password(one.office, me, GOOD_PASSWORD)
    assert isinstance(await refusal(ways.remove_passkey(one.office, SITE, second.id)), Conflict)
    await with_codes(one.office)
    await ways.remove_passkey(one.office, SITE, second.id)
    assert isinstance(await refusal(ways.remove_password(one.office, SITE)), Conflict)
    await with_passkey(one.office, me, Device())
    await ways.remove_password(one.office, SITE)
    assert (await ways.my_ways(one.office, SITE)).codes_since is None


async def test_whoever_has_ways_proves_them_before_they_are_changed(one: Practice) -> None:
    me = await signed_in(one.office)
    one.clock.advance(timedelta(hours=1))
    assert not ways.must_prove_again(one.office, await ways.my_ways(one.office, SITE), me)
    await with_passkey(one.office, me, Device())
    assert ways.must_prove_again(one.office, await ways.my_ways(one.office, SITE), me)
    other = Site.of("https://books.example.com")
    assert ways.must_prove_again(one.office, await ways.my_ways(one.office, other), me), "it has them elsewhere"
    fresh = await signed_in(one.office)
    assert not ways.must_prove_again(one.office, await ways.my_ways(one.office, SITE), fresh)
