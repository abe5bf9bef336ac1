"""Sign-in links: once, for a while, and nobody becomes somebody else by inviting them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from invoicing.organizations import EVERYTHING, Role
from invoicing.refusals import NotAllowed, NotFound
from operations.credentials import create_token
from operations.identity import browsing, links
from operations.identity.browsing import Method
from operations.identity.links import MadeLink, Opened
from operations.identity.passkeys import Site
from operations.identity.vouching import Vouched, sign_in_vouched
from operations.membership import invite_user, remove_user
from operations.people import acting
from storage.directory import credentials, providers
from tests.support.identity import SITE, Device, person_at, signed_in, with_passkey
from tests.support.people import another_practice, as_seen_by, colleague, in_the_directory, refusal
from tests.support.practice import Practice, practice
from tests.support.raw import kept_at

ANN = "ann@example.com"


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[Practice]:
    async with practice(tmp_path / "data") as made:
        yield made


async def opened(one: Practice, link: MadeLink) -> Opened | None:
    return await links.use_link(one.office, SITE, link.path.rpartition("/")[2])


async def test_a_link_signs_in_once(one: Practice) -> None:
    link = await links.make_sign_in_link(one.office, "Owner@example.com")
    found = await asyncio.gather(*(opened(one, link) for _ in range(10)))
    (used,) = (one for one in found if one is not None)
    me = await person_at(one.office, used.secret)
    assert (me.principal.user_id, me.method, used.has_ways) == (one.principal.user_id, Method.LINK, False)


async def test_a_link_expires_and_the_others_end_with_the_one_that_is_used(one: Practice) -> None:
    old = await links.make_sign_in_link(one.office, one.principal.label)
    one.clock.advance(links.SIGN_IN_LIFETIME)
    assert await opened(one, old) is None
    first, second = [await links.make_sign_in_link(one.office, one.principal.label) for _ in range(2)]
    assert await opened(one, first) is not None
    assert await opened(one, second) is None
    for wrong in ("", "x", "x" * 5_000):
        assert await links.use_link(one.office, SITE, wrong) is None


async def test_the_secret_is_kept_as_a_digest_alone(one: Practice) -> None:
    link = await links.make_sign_in_link(one.office, one.principal.label)
    assert link.path.rpartition("/")[2].encode() not in kept_at(one.root / "directory.db")


async def test_a_link_wakes_its_person(one: Practice) -> None:
    in_the_directory(one, "UPDATE users SET asleep_since = created_at")
    used = await opened(one, await links.make_sign_in_link(one.office, one.principal.label))
    assert used is not None
    assert await browsing.signed_in(one.store, one.clock, used.secret) is not None


async def test_links_are_made_on_the_servers_machine_by_whoever_manages_the_people(one: Practice) -> None:
    bakery = await one.client("Harbour Bakery")
    user = await colleague(one, bakery, "client", email=ANN)
    assert await opened(one, await links.make_sign_in_link(one.office, ANN)) is not None
    assert await opened(one, await links.make_sign_in_link(user, ANN)) is not None
    over_a_page = replace(one.office, with_credential=True)
    rival, _ = await another_practice(one)
    for office, email, why in (
        (over_a_page, ANN, NotAllowed),
        (user, one.principal.label, NotAllowed),
        (rival, ANN, NotAllowed),
        (one.office, "nobody@example.com", NotFound),
    ):
        assert isinstance(await refusal(links.make_sign_in_link(office, email)), why)


async def test_an_invitation_lets_a_new_person_in_for_a_week(one: Practice) -> None:
    await invite_user(one.office, one.organization, ANN, role=Role.ACCOUNTANT)
    link = await links.make_invitation(replace(one.office, with_credential=True), one.organization, ANN)
    one.clock.advance(links.INVITATION_LIFETIME - timedelta(seconds=1))
    used = await opened(one, link)
    assert used is not None
    me = await person_at(one.office, used.secret)
    assert me.principal.label == ANN


async def test_nobody_becomes_somebody_else_by_inviting_them(one: Practice) -> None:
    rival, theirs = await another_practice(one)
    place = await as_seen_by(rival, theirs)
    await invite_user(one.office, one.organization, ANN, role=Role.OWNER)
    await invite_user(rival, place, ANN, role=Role.VIEWER)
    await invite_user(rival, place, one.principal.label, role=Role.VIEWER)
    for email in (ANN, one.principal.label):
        used = await opened(one, await links.make_invitation(rival, place, email))
        assert used == Opened("", has_ways=False)
    stranger = await refusal(links.make_invitation(one.office, one.organization, "rival@example.com"))
    assert isinstance(stranger, NotFound)


async def by_provider(one: Practice) -> None:
    await sign_in_vouched(one.office, Vouched("https://login.example.com", "ann", ANN))
    # Not even the provider is there any more, nor anything that it has let in.
    await one.store.directory.write(lambda db: providers.remove_provider(db, "https://login.example.com"))
    in_the_directory(one, "DELETE FROM browser_sessions")


async def meant_by_provider(one: Practice) -> None:
    now, user_id = one.clock(), (await acting(one.office, ANN)).principal.user_id
    await one.store.directory.write(
        lambda db: providers.add_identity(db, "https://login.example.com", "ann", user_id=user_id, email="", now=now)
    )


async def with_a_token(one: Practice) -> None:
    made = await create_token(one.office, ANN, scopes=EVERYTHING)
    await one.store.directory.write(lambda db: credentials.revoke(db, made.credential_id, now=one.clock()))


async def with_an_invitation(one: Practice) -> None:
    used = await opened(one, await links.make_invitation(one.office, one.organization, ANN))
    assert used is not None
    assert used.secret


async def with_a_passkey_of_another_host(one: Practice) -> None:
    ann, site = await acting(one.office, ANN), Site.of("https://books.example.com")
    await with_passkey(ann, await signed_in(ann), Device(origin=site.origin), site)


@pytest.mark.parametrize(
    "was_here",
    [by_provider, meant_by_provider, with_a_token, with_an_invitation, with_a_passkey_of_another_host],
    ids=lambda one: one.__name__,
)
async def test_an_invitation_lets_in_nobody_who_was_here_in_any_way(
    one: Practice, was_here: Callable[[Practice], Awaitable[None]]
) -> None:
    await invite_user(one.office, one.organization, ANN, role=Role.ACCOUNTANT)
    before = await links.make_invitation(one.office, one.organization, ANN)
    await was_here(one)
    assert await opened(one, before) in (None, Opened("", has_ways=False))
    again = await links.make_invitation(one.office, one.organization, ANN)
    assert await opened(one, again) == Opened("", has_ways=False)
    # Whoever was removed and is invited again, by whomever, was here too.
    await remove_user(one.office, one.organization, ANN)
    rival, theirs = await another_practice(one)
    place = await as_seen_by(rival, theirs)
    await invite_user(rival, place, ANN, role=Role.VIEWER)
    assert await opened(one, await links.make_invitation(rival, place, ANN)) == Opened("", has_ways=False)
    assert await opened(one, await links.make_sign_in_link(one.office, one.principal.label)) is not None
