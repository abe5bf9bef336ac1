"""More people in an installation: colleagues, a second practice, and an administrator at the directory's rows."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence

import pytest
from sqlmodel import Session

from invoicing.countries import country
from invoicing.organizations import Environment, NewOrganization, OrganizationKind, OrganizationRef, Role
from invoicing.refusals import Refusal
from operations.access import Office, Principal
from operations.layer_plans import fresh_plan
from operations.onboarding import add_organization, fill_books
from operations.templates import FROM_COUNTRY, fresh_profile
from storage.directory import access_queries, users
from storage.directory.database import DIRECTORY_FILE
from storage.ids import new_id, new_organization_id
from tests.support.practice import Practice
from tests.support.raw import raw


async def refusal(act: Awaitable[object]) -> Refusal:
    """The refusal of an act that must be refused."""
    with pytest.raises(Refusal) as refused:
        await act
    return refused.value


async def colleague(
    one: Practice,
    organization: OrganizationRef,
    role: str,
    *,
    all_clients: bool = True,
    clients: Sequence[OrganizationRef] = (),
    email: str = "",
) -> Office:
    """The office of a new user with this role in the organization; where not all its clients, these `clients`."""
    user_id = new_id("usr")
    principal = Principal(user_id=user_id, label=email or f"{role}-{user_id[-12:]}@example.com")

    def join(db: Session) -> None:
        users.add_user(db, principal.user_id, principal.label, now=one.clock())
        users.add_membership(db, principal.user_id, organization.id, Role(role), all_clients=all_clients)
        users.set_clients(db, user_id, organization.id, [client.id for client in clients])

    await one.store.directory.write(join)
    return Office(store=one.store, principal=principal, clock=one.clock)


async def as_seen_by(office: Office, organization: OrganizationRef) -> OrganizationRef:
    """The organization as the directory answers it to the principal of this office."""
    reach = office.principal.reach
    seen = await office.store.directory.read(lambda db: access_queries.reachable_by_id(db, reach, organization.id))
    assert seen is not None
    return seen


async def another_practice(
    one: Practice, name: str = "Rival & Sons", *, kind: OrganizationKind = OrganizationKind.PARTNER
) -> tuple[Office, OrganizationRef]:
    """A second practice in the same installation, or a single business, with an owner of its own; its handle is
    rival-sandbox.
    """
    principal = Principal(user_id=new_id("usr"), label="rival@example.com")
    office = Office(store=one.store, principal=principal, clock=one.clock)
    profile = fresh_profile(country("GB"), name, Environment.SANDBOX, FROM_COUNTRY)
    new = NewOrganization(
        id=new_organization_id(),
        handle_base="rival",
        name=name,
        kind=kind,
        environment=Environment.SANDBOX,
        country="GB",
        currency="GBP",
    )

    def publish(db: Session) -> None:
        users.add_user(db, principal.user_id, principal.label, now=one.clock())
        users.add_membership(db, principal.user_id, new.id, Role.OWNER)

    plan = fresh_plan(profile, FROM_COUNTRY, on=one.clock().date())
    made = await add_organization(office, new, fill=lambda db: fill_books(db, plan, office), publish=publish)
    return office, made


def in_the_directory(one: Practice, statement: str, *values: str | None) -> None:
    """Change the directory as an administrator would, while it is open."""
    with raw(one.root / DIRECTORY_FILE) as connection:
        assert connection.execute(statement, values).rowcount > 0


def archive(one: Practice, organization: OrganizationRef) -> None:
    in_the_directory(one, "UPDATE organizations SET archived_at = '2026-03-01 00:00:00' WHERE id = ?", organization.id)


def bring_back(one: Practice, organization: OrganizationRef) -> None:
    in_the_directory(one, "UPDATE organizations SET archived_at = NULL WHERE id = ?", organization.id)
