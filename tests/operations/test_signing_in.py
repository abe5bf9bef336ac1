"""Signing in: what does, what does not, and that nobody learns why or guesses for long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from invoicing.refusals import LimitExceeded, NotAllowed
from operations.approval.proving import signed_by_passkey
from operations.identity import browsing, known_browsers, signing_in, ways
from operations.identity.browsing import Method, SignedIn
from operations.identity.known_browsers import new_browser_mark
from operations.identity.passkeys import Site
from operations.identity.passwords import Hashing
from operations.identity.signing_in import TooOften
from storage.directory import browsers, guessing
from tests.support.identity import (
    CHEAP,
    GOOD_PASSWORD,
    SITE,
    Device,
    code_of,
    made_up,
    signed_in,
    with_codes,
    with_passkey,
)
from tests.support.people import in_the_directory, refusal
from tests.support.practice import Practice, practice

ELSEWHERE = "203.0.113.7"


@dataclass(slots=True)
class Person:
    """Somebody with a password, an app with one-time codes and a device with a passkey."""

    one: Practice
    me: SignedIn
    secret: str
    device: Device
    minutes: int = 0

    async def begin(
        self, password: str = GOOD_PASSWORD, email: str = "Owner@Example.com ", address: str = ELSEWHERE
    ) -> str:
        return await signing_in.begin_with_password(self.one.office, email, password, address=address)

    async def finish(self, halfway: str, code: str = "", address: str = ELSEWHERE, mark: str = "") -> SignedIn | None:
        code = code or self.code()
        secret = await signing_in.finish_with_code(self.one.office, halfway, code, address=address, mark=mark)
        return await browsing.signed_in(self.one.store, self.one.clock, secret)

    def code(self) -> str:
        """The next code: each counts once."""
        self.one.clock.advance(timedelta(seconds=30))
        return code_of(self.secret, self.one.clock())

    async def fails(self, *, address: str = ELSEWHERE) -> None:
        halfway = await self.begin("not the password at all", address=address)
        assert isinstance(await refusal(self.finish(halfway, "123456", address=address)), NotAllowed)


@pytest.fixture
async def person(tmp_path: Path) -> AsyncIterator[Person]:
    async with practice(tmp_path / "data") as one:
        me, device = await signed_in(one.office), Device()
        await ways.set_password(one.office, me, GOOD_PASSWORD)
        secret = await with_codes(one.office)
        await with_passkey(one.office, me, device)
        yield Person(one, me, secret, device)


async def test_password_and_code_sign_in_and_neither_does_alone(person: Person) -> None:
    found = await person.finish(await person.begin())
    assert found is not None
    assert (found.principal.label, found.method, found.proved_at) == (
        "owner@example.com",
        Method.PASSWORD,
        person.one.clock(),
    )
    for password, code in (("not the password at all", person.code()), (GOOD_PASSWORD, "000000")):
        assert isinstance(await refusal(person.finish(await person.begin(password), code)), NotAllowed)


async def test_a_code_counts_once_and_so_does_none_before_it(person: Person) -> None:
    before, code = person.code(), person.code()
    assert await person.finish(await person.begin(), code) is not None
    for used in (code, before):
        assert isinstance(await refusal(person.finish(await person.begin(), used)), NotAllowed)


async def test_whatever_does_not_sign_in_answers_alike(person: Person) -> None:
    asleep = "UPDATE users SET asleep_since = created_at"
    said = []
    for email, password in (
        ("owner@example.com", "not the password at all"),
        ("nobody@example.com", GOOD_PASSWORD),
        ("no address", ""),
        ("", GOOD_PASSWORD),
        ("owner@example.com", "x" * 5_000),
    ):
        halfway = await person.begin(password, email)
        said.append((len(halfway), str(await refusal(person.finish(halfway, "123456")))))
    in_the_directory(person.one, asleep)
    halfway = await person.begin()
    said.append((len(halfway), str(await refusal(person.finish(halfway)))))
    assert len(set(said)) == 1
    assert isinstance(await refusal(person.finish("v1.nonsense")), NotAllowed)


async def test_whoever_has_no_password_takes_as_long_as_whoever_has_one(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = []

    class Counted(Hashing):
        async def _in_turn(self, work):  # type: ignore[no-untyped-def]  # Counts what the class itself does.
            taken.append(work.func.__name__)
            return await super()._in_turn(work)

    counted = Counted(rounds=1, memory_kib=8, threads=1)
    office = replace(person.one.office, hashing=counted)
    for email in ("owner@example.com", "nobody@example.com"):
        await signing_in.begin_with_password(office, email, "not the password at all", address=ELSEWHERE)
    assert taken == ["_verified", "hash"]


async def test_the_way_to_the_code_is_short(person: Person) -> None:
    halfway = await person.begin()
    person.one.clock.advance(signing_in.HALFWAY_LIFETIME)
    assert isinstance(await refusal(person.finish(halfway)), NotAllowed)


async def test_guessing_at_an_account_slows_down_and_a_passkey_always_works(person: Person) -> None:
    for _ in range(signing_in.OF_ACCOUNT.free + 1):
        await person.fails()
    waits = []
    for _ in range(14):
        halfway = await person.begin()
        refused = await refusal(person.finish(halfway, "123456"))
        assert isinstance(refused, TooOften), "also from elsewhere, and though the password is right"
        waits.append(refused.seconds)
        person.one.clock.advance(timedelta(seconds=refused.seconds))
        await person.fails(address="198.51.100.1")
    assert waits == [min(2**power, 900) for power in range(14)]
    options = signing_in.passkey_to_sign_in(person.one.office, SITE)
    assert await signing_in.sign_in_with_passkey(person.one.office, SITE, person.device.get(options))
    person.one.clock.advance(signing_in.OF_ACCOUNT.longest)
    assert await person.finish(await person.begin()) is not None
    await person.fails()
    assert await person.finish(await person.begin()) is not None, "it began anew"


async def test_a_browser_of_the_person_is_not_kept_out_by_strangers_nor_guesses_for_long(person: Person) -> None:
    store, now = person.one.store, person.one.clock()
    ours, theirs = [new_browser_mark(store, email, now=now) for email in ("Owner@example.com", "ann@example.com")]
    for _ in range(signing_in.OF_ACCOUNT.free + 1):
        await person.fails()
    for mark in (theirs, "", "nonsense", "v1.\u00e9", ours[:-2]):
        refused = await refusal(person.finish(await person.begin(), "123456", mark=mark))
        assert isinstance(refused, TooOften), mark
    assert await person.finish(await person.begin(), mark=ours) is not None
    code = person.code()
    for _ in range(signing_in.OF_ACCOUNT.free + 1):
        wrong = person.finish(await person.begin(), "000000", mark=ours)
        assert isinstance(await refusal(wrong), NotAllowed)
    assert isinstance(await refusal(person.finish(await person.begin(), code, mark=ours)), TooOften)
    person.one.clock.advance(known_browsers.LIFETIME)
    for _ in range(signing_in.OF_ACCOUNT.free + 1):
        await person.fails()
    assert isinstance(await refusal(person.finish(await person.begin(), "123456", mark=ours)), TooOften), "it is old"


async def test_an_account_that_is_not_there_slows_down_alike(person: Person) -> None:
    for _ in range(signing_in.OF_ACCOUNT.free + 1):
        halfway = await person.begin(email="nobody@example.com")
        assert isinstance(await refusal(person.finish(halfway, "123456")), NotAllowed)
    halfway = await person.begin(email="nobody@example.com")
    assert isinstance(await refusal(person.finish(halfway, "123456")), TooOften)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.7", "203.0.113.8", False),
        ("203.0.113.7", "::ffff:203.0.113.7", True),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::9", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
    ],
)
async def test_guessing_from_a_network_slows_down_over_all_accounts(
    person: Person, one: str, other: str, same: bool
) -> None:
    for number in range(signing_in.OF_ADDRESS.free + 1):
        await person.begin(email=f"nobody{number}@example.com", address=one)
    assert isinstance(await refusal(person.begin(address=one)), TooOften)
    if same:
        assert isinstance(await refusal(person.begin(address=other)), TooOften)
    else:
        assert await person.finish(await person.begin(address=other), address=other) is not None


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "", "a socket"])
async def test_behind_a_proxy_on_this_machine_nobody_waits_for_others(person: Person, address: str) -> None:
    for number in range(signing_in.OF_ADDRESS.free + 2):
        await person.begin(email=f"nobody{number}@example.com", address=address)


async def test_many_attempts_at_once_are_many(person: Person) -> None:
    begun = [await person.begin("not the password at all", address=f"203.0.113.{number}") for number in range(20)]
    said = await asyncio.gather(*(refusal(person.finish(halfway, "123456", "")) for halfway in begun))
    assert sum(isinstance(one, TooOften) for one in said) == 20 - signing_in.OF_ACCOUNT.free - 1


async def test_what_is_remembered_of_attempts_is_bounded(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guessing, "SUBJECTS_MAX", 20)
    for number in range(30):
        now = person.one.clock()
        await person.one.store.directory.write(
            lambda db, number=number, now=now: guessing.count_attempt(db, str(number), signing_in.OF_ACCOUNT, now=now)  # type: ignore[misc]
        )
    count = "SELECT count(*) FROM sign_in_pauses"
    found = await person.one.store.directory.read(lambda db: db.connection().exec_driver_sql(count).scalar_one())
    assert found <= 20


async def test_only_so_many_passwords_wait_to_be_hashed() -> None:
    hashing = Hashing(rounds=1, memory_kib=8, threads=1)
    said = await asyncio.gather(*(hashing.hash("x") for _ in range(100)), return_exceptions=True)
    assert any(isinstance(one, LimitExceeded) for one in said)
    assert any(isinstance(one, str) for one in said)


async def test_a_password_is_hashed_anew_where_the_way_has_changed(person: Person) -> None:
    stronger = Hashing(rounds=2, memory_kib=8, threads=1)
    person.one = replace(person.one, office=replace(person.one.office, hashing=stronger))
    assert await person.finish(await person.begin()) is not None
    kept = await person.one.store.directory.read(
        lambda db: db.connection().exec_driver_sql("SELECT hash FROM passwords").scalar_one()
    )
    assert (stronger.is_outdated(kept), CHEAP.is_outdated(kept)) == (False, True)
    assert await person.finish(await person.begin()) is not None


async def test_a_passkey_signs_in_its_person(person: Person) -> None:
    office = person.one.office
    answer = person.device.get(signing_in.passkey_to_sign_in(office, SITE))
    secret = await signing_in.sign_in_with_passkey(office, SITE, answer)
    found = await browsing.signed_in(person.one.store, person.one.clock, secret)
    assert found is not None
    assert (found.principal.user_id, found.method) == (office.principal.user_id, Method.PASSKEY)
    assert isinstance(await refusal(signing_in.sign_in_with_passkey(office, SITE, answer)), NotAllowed), (
        "it is replayed"
    )


async def test_a_passkey_that_counts_no_further_is_told_that_it_may_be_a_copy_once_it_has_signed(
    person: Person,
) -> None:
    office, stale = person.one.office, replace(person.device, count=0, counts=False)

    async def said(device: Device) -> str:
        answer = device.get(signing_in.passkey_to_sign_in(office, SITE))
        return str(await refusal(signing_in.sign_in_with_passkey(office, SITE, answer)))

    assert "it may have been copied" in await said(stale)
    assert "copied" not in await said(replace(stale, key=Device().key)), "it has not signed"
    answer = stale.get(signing_in.passkey_to_prove(office, person.me, SITE))
    refused = await refusal(signing_in.prove_with_passkey(office, person.me, SITE, answer))
    assert "make a new passkey" in str(refused)


async def test_a_passkey_does_not_sign_in_where_anything_is_wrong(person: Person) -> None:
    office, device = person.one.office, person.device

    async def fails(device: Device, options: str = "", site: Site = SITE) -> None:
        answer = device.get(options or signing_in.passkey_to_sign_in(office, site))
        assert isinstance(await refusal(signing_in.sign_in_with_passkey(office, site, answer)), NotAllowed)

    await fails(Device(user_handle=device.user_handle))
    await fails(replace(device, verifies=False))
    await fails(replace(device, origin="https://localhost:8750"))
    await fails(replace(device, host="evil.example"))
    await fails(replace(device, user_handle="dXNyXzA"))
    await fails(replace(device, key=Device().key))
    await fails(replace(device, count=0, counts=False))
    await fails(device, signing_in.passkey_to_prove(office, person.me, SITE))
    await fails(device, site=Site.of("https://books.example.com"))
    for sent in ("", "{}", "[]", "null", '{"id": "x", "rawId": "x", "type": "public-key", "response": {}}'):
        assert isinstance(await refusal(signing_in.sign_in_with_passkey(office, SITE, sent)), NotAllowed)
    options = signing_in.passkey_to_sign_in(office, SITE)
    person.one.clock.advance(timedelta(minutes=10))
    await fails(device, options)
    in_the_directory(person.one, "UPDATE users SET asleep_since = created_at")
    await fails(device)
    in_the_directory(person.one, "UPDATE users SET asleep_since = NULL")
    answer = device.get(signing_in.passkey_to_sign_in(office, SITE))
    assert await signing_in.sign_in_with_passkey(office, SITE, answer)


async def test_an_answer_that_somebody_has_made_up_is_none(person: Person) -> None:
    office = person.one.office
    for said in made_up(person.device.get(signing_in.passkey_to_sign_in(office, SITE))):
        assert isinstance(await refusal(signing_in.sign_in_with_passkey(office, SITE, said)), NotAllowed)
        async with AsyncExitStack() as stack:
            proving = stack.enter_async_context(signed_by_passkey(office, SITE, said, b"challenge", nonce="n"))
            assert isinstance(await refusal(proving), NotAllowed)


async def test_one_answer_of_a_passkey_signs_in_once_however_often_it_is_sent_at_once(person: Person) -> None:
    office = person.one.office
    answer = person.device.get(signing_in.passkey_to_sign_in(office, SITE))
    said = await asyncio.gather(
        *(signing_in.sign_in_with_passkey(office, SITE, answer) for _ in range(10)), return_exceptions=True
    )
    assert sum(isinstance(one, str) for one in said) == 1


async def test_whoever_is_signed_in_proves_it_anew(person: Person) -> None:
    office, me = person.one.office, person.me
    person.one.clock.advance(timedelta(hours=1))
    answer = person.device.get(signing_in.passkey_to_prove(office, me, SITE, what="approve 1"))
    assert isinstance(
        await refusal(signing_in.prove_with_passkey(office, me, SITE, answer, what="approve 2")), NotAllowed
    )
    await signing_in.prove_with_passkey(office, me, SITE, answer, what="approve 1")
    assert (await proved(person)) == (Method.PASSKEY.value, person.one.clock())
    with_password = signing_in.prove_with_password
    code = person.code()
    for password, given in (("not the password at all", code), (GOOD_PASSWORD, "000000")):
        assert isinstance(await refusal(with_password(office, me, password, given)), NotAllowed)
    await with_password(office, me, GOOD_PASSWORD, code)
    assert (await proved(person)) == (Method.PASSWORD.value, person.one.clock())


async def test_what_strangers_try_keeps_nobody_from_proving_it(person: Person) -> None:
    for _ in range(signing_in.OF_ACCOUNT.free + 1):
        await person.fails()
    assert isinstance(await refusal(person.finish(await person.begin(), "123456")), TooOften)
    await signing_in.prove_with_password(person.one.office, person.me, GOOD_PASSWORD, person.code())
    assert (await proved(person)) == (Method.PASSWORD.value, person.one.clock())
    code = person.code()
    for _ in range(signing_in.OF_ACCOUNT.free + 1):
        wrong = signing_in.prove_with_password(person.one.office, person.me, GOOD_PASSWORD, "000000")
        assert isinstance(await refusal(wrong), NotAllowed)
    right = signing_in.prove_with_password(person.one.office, person.me, GOOD_PASSWORD, code)
    assert isinstance(await refusal(right), TooOften), "whoever has found an open browser guesses no longer"


async def test_a_password_that_was_changed_meanwhile_leads_no_further(person: Person) -> None:
    halfway = await person.begin()
    await ways.set_password(person.one.office, person.me, GOOD_PASSWORD + "!")
    assert isinstance(await refusal(person.finish(halfway)), NotAllowed)
    assert await person.finish(await person.begin(GOOD_PASSWORD + "!")) is not None
    halfway = await person.begin(GOOD_PASSWORD + "!")
    await ways.set_password(person.one.office, person.me, GOOD_PASSWORD + "!")
    assert isinstance(await refusal(person.finish(halfway)), NotAllowed), "though it is the same anew"


async def proved(person: Person) -> tuple[str, object]:
    user_id, now = person.one.principal.user_id, person.one.clock()
    found = await person.one.store.directory.read(lambda db: browsers.sessions_of_user(db, user_id, now=now))
    return next((one.method, one.proved_at) for one in found if one.session_id == person.me.session_id)


async def test_nobody_proves_it_with_somebody_elses_passkey(person: Person) -> None:
    office, stranger = person.one.office, replace(person.me, principal=replace(person.me.principal, user_id="usr_0"))
    answer = person.device.get(signing_in.passkey_to_prove(office, stranger, SITE))
    assert isinstance(await refusal(signing_in.prove_with_passkey(office, stranger, SITE, answer)), NotAllowed)
