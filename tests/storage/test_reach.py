"""How many organizations a user can reach: counted past the rows, and always as many as there are rows."""

from __future__ import annotations

import random
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlmodel import Session

from invoicing.documents import Environment
from storage import users
from storage.directory import Directory
from storage.organizations import NewOrganization, add_organization
from storage.provisioning import ensure_directory_file
from storage.reach import REACHABLE_NOW, count_reachable_now
from storage.tables.directory import MembershipClient, Organization
from tests.support.clock import NOON

PARTNERS, CLIENTS, USERS = 3, 20, 12


def populate(db: Session, chance: random.Random) -> None:
    """Partners with clients, of which some are archived, and users who are members of this and that."""
    for number in range(PARTNERS + CLIENTS):
        partner = "" if number < PARTNERS else f"org-{chance.randrange(PARTNERS)}"
        new = NewOrganization(
            id=f"org-{number}",
            handle_base=f"organization-{number}",
            name=f"Organization {number}",
            kind="standard" if partner else "partner",
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
            users.add_membership(db, user, f"org-{organization}", "viewer", all_clients=chance.random() < 0.5)
        limits = chance.sample(range(PARTNERS, PARTNERS + CLIENTS), 6)
        db.add_all(MembershipClient(user_id=user, organization_id=f"org-{client}") for client in limits)


def counted(db: Session, user: str) -> tuple[int, int]:
    rows = db.connection().execute(select(func.count()).select_from(REACHABLE_NOW.subquery()), {"user_id": user})
    return count_reachable_now(db, user), rows.scalar_one()


@pytest.mark.parametrize("seed", range(8))
async def test_the_count_is_that_of_the_rows(tmp_path: Path, seed: int) -> None:
    ensure_directory_file(tmp_path)
    directory = Directory(tmp_path)
    try:
        await directory.write(lambda db: populate(db, random.Random(seed)))  # noqa: S311
        found = [await directory.read(partial(counted, user=f"usr-{n}")) for n in range(USERS)]
    finally:
        await directory.close()
    assert [fast for fast, _ in found] == [rows for _, rows in found]
    assert len({fast for fast, _ in found}) > 3
