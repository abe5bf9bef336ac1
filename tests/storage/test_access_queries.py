"""Which organizations a user can reach, and how many: counted past the rows, remembered, and always as the rows say."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, func, select, text
from sqlmodel import Session
from sqlmodel import select as sql_select

from invoicing.organizations import Environment, NewOrganization, OrganizationKind, OrganizationRef, Role
from storage.directory import users
from storage.directory.access_queries import (
    REACHABLE_NOW,
    Reach,
    count_reachable_now,
    reachable_by_handle,
    reachable_by_id,
)
from storage.directory.database import DIRECTORY_FILE, Directory
from storage.directory.organizations import add_organization, every_reachable
from storage.directory.tables import Credential, CredentialOrganization, MembershipClient, Organization
from storage.sqlite.engines import Mode
from storage.work import budget
from tests.support.clock import NOON
from tests.support.faults import scaled
from tests.support.pools import lone_directory
from tests.support.raw import raw

PARTNERS, CLIENTS, USERS = 3, 20, 12
FEW = 4


def populate(db: Session, chance: random.Random) -> None:
    """Partners with clients, of which some are archived, and users who are members of this and that."""
    for number in range(PARTNERS + CLIENTS):
        partner = "" if number < PARTNERS else f"org-{chance.randrange(PARTNERS)}"
        new = NewOrganization(
            id=f"org-{number}",
            handle_base=f"organization-{number}",
            name=f"Organization {number}",
            kind=OrganizationKind.STANDARD if partner else OrganizationKind.PARTNER,
            environment=Environment.SANDBOX,
            country="GB",
            currency="GBP",
            partner_id=partner,
        )
        add_organization(db, new, now=NOON, by="test")
    for number in chance.sample(range(PARTNERS + CLIENTS), 5):
        db.get_one(Organization, f"org-{number}").archived_at = NOON
    for number in range(USERS):
        user = f"usr-{number}"
        users.add_user(db, user, f"{user}@example.com", now=NOON)
        for organization in chance.sample(range(PARTNERS + CLIENTS), chance.randrange(4)):
            users.add_membership(db, user, f"org-{organization}", Role.VIEWER, all_clients=chance.random() < 0.5)
        limits = chance.sample(range(PARTNERS, PARTNERS + CLIENTS), 6)
        db.add_all(MembershipClient(user_id=user, organization_id=f"org-{client}") for client in limits)
        add_limited(db, user, f"crd-{number}", random.Random(number).sample(range(PARTNERS + CLIENTS), 9))  # noqa: S311


def add_limited(db: Session, user: str, credential: str, picked: list[int]) -> None:
    """A credential of the user that is limited to these organizations."""
    db.add(
        Credential(
            id=credential,
            kind="token",
            name="An assistant",
            prefix=credential,
            user_id=user,
            scopes="read",
            created_at=NOON,
            created_by=user,
            client_id="program",
            limited=True,
        )
    )
    db.flush()
    db.add_all(CredentialOrganization(credential_id=credential, organization_id=f"org-{one}") for one in picked)


def reaches(users: int) -> list[Reach]:
    """Of the first users, what each reaches, and what over a credential that is limited."""
    return [Reach(f"usr-{n}", limit) for n in range(users) for limit in ("", f"crd-{n}")]


def counted(db: Session, reach: Reach) -> tuple[int, int]:
    rows = db.connection().execute(select(func.count()).select_from(REACHABLE_NOW.subquery()), reach.values)
    return count_reachable_now(db, reach), rows.scalar_one()


@pytest.mark.parametrize("seed", range(8))
async def test_the_count_is_that_of_the_rows(tmp_path: Path, seed: int) -> None:
    async with lone_directory(tmp_path) as directory:
        await directory.write(lambda db: populate(db, random.Random(seed)))  # noqa: S311
        found = [await directory.read(partial(counted, reach=reach)) for reach in reaches(USERS)]
    assert [fast for fast, _ in found] == [rows for _, rows in found]
    assert len({fast for fast, _ in found}) > 3


# Of each organization, its number.
OF = "CAST(substr(organization_id, 5) AS INTEGER)"
CHANGES = (
    "DELETE FROM memberships WHERE {of} % 7 = {n} % 7 AND user_id = 'usr-{user}'",
    "UPDATE memberships SET all_clients = NOT all_clients WHERE {of} % 5 = {n} % 5",
    "UPDATE memberships SET role = 'accountant' WHERE {of} % 3 = {n} % 3",
    "UPDATE organizations SET archived_at = '2026-03-16 12:00:00.000000' WHERE id = 'org-{n}'",
    "UPDATE organizations SET name = name || '!' WHERE id IN ('org-{n}', 'org-{user}')",
    "DELETE FROM membership_clients WHERE {of} % 4 = {n} % 4",
    "INSERT INTO membership_clients (user_id, organization_id) VALUES ('usr-{user}', 'org-9') ON CONFLICT DO NOTHING",
    "DELETE FROM credential_organizations WHERE {of} % 4 = {n} % 4",
    "INSERT INTO credential_organizations (credential_id, organization_id) VALUES ('crd-{user}', 'org-9')"
    " ON CONFLICT DO NOTHING",
)


def change(db: Session, statement: str) -> None:
    db.execute(text(statement))


def reached(db: Session, users: int = USERS) -> list[OrganizationRef | None]:
    """Each organization as each of the first users reaches it, by handle and by id."""
    found: list[OrganizationRef | None] = []
    for reach in reaches(users):
        for number in range(PARTNERS + CLIENTS):
            found.append(reachable_by_handle(db, reach, f"organization-{number}-sandbox"))
            found.append(reachable_by_id(db, reach, f"org-{number}"))
    return found


@asynccontextmanager
async def changing(directory: Directory, root: Path, by: str) -> AsyncIterator[Callable[[str], Awaitable[None]]]:
    """Whoever changes the directory while it is open here, by statements."""
    match by:
        case "this process":
            yield lambda statement: directory.write(partial(change, statement=statement))
        case "a thread of it":
            yield lambda statement: directory._database.run_in_thread(Mode.WRITE, partial(change, statement=statement))
        case "another process":
            async with lone_directory(root) as other:
                yield lambda statement: other.write(partial(change, statement=statement))
        case _:
            with raw(root / DIRECTORY_FILE) as connection:

                async def execute(statement: str) -> None:
                    connection.execute(statement)

                yield execute


async def check_known_anew(root: Path, by: str) -> None:
    """What is remembered is what somebody reads who remembers nothing, whoever has changed what."""
    chance = random.Random(by)  # noqa: S311  # The same changes in every run.
    users = scaled(USERS, 2)
    asked = partial(reached, users=users)
    async with lone_directory(root) as directory:
        await directory.write(partial(populate, chance=chance))
        async with changing(directory, root, by) as act:
            seen = set()
            for step in range(24):
                statement = chance.choice(CHANGES).format(n=step, user=chance.randrange(users), of=OF)
                await act(statement)
                remembering = [await directory.read(asked), await directory.write(asked)]
                anew = await directory._database.run_in_thread(Mode.READ, asked)
                assert remembering == [anew, anew], statement
                assert await directory.read(asked) == anew
                seen.add(repr(anew))
            assert len(seen) > 6


@pytest.mark.parametrize("by", ["this process", "a thread of it", "another process"])
async def test_who_reaches_what_is_known_anew_after_every_change(tmp_path: Path, by: str) -> None:
    await check_known_anew(tmp_path, by)


async def test_what_is_changed_in_the_file_by_hand_is_known_at_once_too(tmp_path: Path) -> None:
    await check_known_anew(tmp_path, "hand")


async def test_what_is_reached_is_asked_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # On a busy machine it may take longer than one transaction may hold the event loop.
    monkeypatch.setattr(budget, "NANOSECONDS_MAX", 10**12)
    asked: list[str] = []

    @event.listens_for(Engine, "before_cursor_execute")
    def note(_: object, __: object, statement: str, *___: object) -> None:
        asked.append(statement)

    def known(db: Session) -> tuple[int, int]:
        before = len(asked)
        found = sum(one is not None for one in reached(db, FEW))
        return found, len(asked) - before

    try:
        async with lone_directory(tmp_path) as directory:
            await directory.write(partial(populate, chance=random.Random(1)))  # noqa: S311  # The same in every run.
            # On a server the first transaction sees that this is the directory.
            await directory.read(lambda _: None)
            (found, at_first), (again, later) = [await directory.read(known) for _ in range(2)]
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    everything = 4 * FEW * (PARTNERS + CLIENTS)
    assert 0 < found == again < everything
    # Whoever does not reach something is told so anew each time.
    assert (at_first, later) == (everything, everything - found)


async def test_a_limited_credential_reaches_what_was_picked_and_its_user_reaches(tmp_path: Path) -> None:
    def by_reach(db: Session) -> list[tuple[set[str], set[str], set[str]]]:
        reached = [{one.id for one in every_reachable(db, each, archived=True)} for each in reaches(USERS)]
        picked: dict[str, set[str]] = defaultdict(set)
        for row in db.exec(sql_select(CredentialOrganization)):
            picked[row.credential_id].add(row.organization_id)
        return [(reached[2 * n], reached[2 * n + 1], picked[f"crd-{n}"]) for n in range(USERS)]

    async with lone_directory(tmp_path) as directory:
        await directory.write(lambda db: populate(db, random.Random(3)))  # noqa: S311
        found = await directory.read(by_reach)
    assert all(limited == whole & picked for whole, limited, picked in found)
    assert any(limited not in (set(), whole, picked) for whole, limited, picked in found)
