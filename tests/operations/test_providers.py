"""The identity provider of an installation: who sets it, what becomes of its secret, and whom an owner links."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from invoicing.refusals import Conflict, InvalidInput, NotAllowed, NotFound
from operations.identity.providers import (
    ProviderSettings,
    link_person,
    passwords_count,
    remove_provider,
    secret_of,
    set_provider,
    the_provider,
)
from storage.directory.database import DIRECTORY_FILE
from storage.directory.providers import KnownProvider
from tests.support.people import another_practice, colleague, refusal
from tests.support.practice import Practice, practice
from tests.support.raw import kept_at, raw

SECRET = "the-providers-own-secret"  # noqa: S105  A test's own.
SETTINGS = ProviderSettings(issuer="https://login.example", client_id="counterfoil", secret=SECRET)


async def known(one: Practice) -> KnownProvider:
    found = await the_provider(one.store)
    assert found is not None
    return found


async def test_the_secret_is_read_again_and_lies_in_no_file_of_the_folder(tmp_path: Path) -> None:
    async with practice(tmp_path / "data") as one:
        await set_provider(one.office, SETTINGS)
        assert secret_of(one.store, await known(one)) == SECRET
    files = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if SECRET.encode() in path.read_bytes()]
    for database in (one.root / DIRECTORY_FILE, one.root / "organizations" / one.organization.id / "books.db"):
        assert SECRET.encode() not in kept_at(database)


async def test_a_secret_stays_with_the_provider_that_it_was_given_for(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        await set_provider(one.office, SETTINGS)
        await set_provider(one.office, replace(SETTINGS, secret=None, only=True))
        assert secret_of(one.store, await known(one)) == SECRET
        for other in ({"issuer": "https://rogue.example"}, {"client_id": "another"}, {"secret": ""}):
            await set_provider(one.office, SETTINGS)
            await set_provider(one.office, replace(SETTINGS, **{"secret": None} | other))  # type: ignore[arg-type]
            assert secret_of(one.store, await known(one)) == ""


async def test_passwords_count_unless_a_provider_alone_says_who_people_are(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        assert await passwords_count(one.store)
        await set_provider(one.office, replace(SETTINGS, only=True))
        assert not await passwords_count(one.store)
        await set_provider(one.office, SETTINGS)
        assert await passwords_count(one.store)


async def test_what_is_set_and_removed_is_on_record_without_the_secret(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        await set_provider(one.office, SETTINGS)
        await remove_provider(one.office)
        with raw(one.root / "organizations" / one.organization.id / "books.db") as connection:
            entries = list(connection.execute("SELECT act, subject, detail FROM audit_entries ORDER BY position"))
        assert [entry[:2] for entry in entries[-2:]] == [
            ("set_identity_provider", SETTINGS.issuer),
            ("remove_identity_provider", SETTINGS.issuer),
        ]
        assert SECRET not in str(entries)
        assert await the_provider(one.store) is None
        assert isinstance(await refusal(remove_provider(one.office)), NotFound)


async def test_only_owners_of_the_first_organization_set_it_and_nobody_with_a_credential(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        rival, _ = await another_practice(one)
        accountant = await colleague(one, one.organization, "accountant")
        owner = await colleague(one, one.organization, "owner")
        for office in (rival, accountant, replace(one.office, with_credential=True)):
            for act in (
                set_provider(office, SETTINGS),
                remove_provider(office),
                link_person(office, "a@b.example", "1"),
            ):
                assert isinstance(await refusal(act), NotAllowed)
        await set_provider(owner, SETTINGS)


@pytest.mark.parametrize("wrong", [{"client_id": " "}, {"client_id": "x" * 501}, {"secret": "x" * 2_001}])
async def test_what_can_be_no_client_is_refused(tmp_path: Path, wrong: dict[str, str]) -> None:
    async with practice(tmp_path) as one:
        assert isinstance(await refusal(set_provider(one.office, replace(SETTINGS, **wrong))), InvalidInput)  # type: ignore[arg-type]


async def test_a_subject_means_one_person(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        await colleague(one, one.organization, "viewer", email="ana@example.com")
        assert isinstance(await refusal(link_person(one.office, "ana@example.com", "7c1b")), NotFound)
        await set_provider(one.office, SETTINGS)
        assert isinstance(await refusal(link_person(one.office, "nobody@example.com", "7c1b")), NotFound)
        assert isinstance(await refusal(link_person(one.office, "ana@example.com", " ")), InvalidInput)
        assert await link_person(one.office, "Ana@example.com", "7c1b") == "ana@example.com"
        assert isinstance(await refusal(link_person(one.office, "owner@example.com", "7c1b")), Conflict)
        # The owner has mistaken the subject, and says it anew.
        await link_person(one.office, "ana@example.com", "9f00")
        await link_person(one.office, "owner@example.com", "7c1b")
