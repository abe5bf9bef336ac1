"""Queries of the directory on users and their memberships."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, delete, func
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from invoicing.organizations import OrganizationKind, Role
from invoicing.text.codes import small_letters
from storage.directory import identity
from storage.directory.tables import Membership, MembershipClient, Organization, User
from storage.queries.cache import remembered

SERVICE_ADDRESS = "@credential"
"""What the e-mail address of a user ends with that a key or link acts as."""

_PEOPLE = (
    sql_select(col(User.id), col(User.email), col(Membership.role), Organization, col(Membership.all_clients))
    .join(Membership, col(Membership.user_id) == col(User.id))
    .join(Organization, col(Organization.id) == col(Membership.organization_id))
    .where(col(User.email).not_like(f"%{SERVICE_ADDRESS}"))
)


@dataclass(frozen=True, slots=True)
class Person:
    """A user who is a person; `organization` is the handle of the one that the role is in, and `clients` are those of
    the clients that a partner's member is limited to, None where there is no limit.
    """

    email: str
    role: Role
    organization: str
    clients: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A person who belongs to an organization."""

    user_id: str
    email: str
    role: Role


def is_service_address(email: str) -> bool:
    return small_letters(email).endswith(SERVICE_ADDRESS)


def person_id_of(session: Session, email: str) -> str:
    """Id of the person with this e-mail address, or empty where there is none."""
    return "" if is_service_address(email) else user_id_of(session, email) or ""


def email_of(session: Session, user_id: str) -> str:
    """E-mail address of a user; empty where there is none of this id. Until the directory changes, what was found."""

    def read(db: Session) -> str:
        return db.execute(select(User.email).where(col(User.id) == user_id)).scalar_one_or_none() or ""

    return remembered(session, ("email", user_id), read)


def name_of(session: Session, user_id: str) -> str:
    """What a user is called; empty where that is not known."""
    return session.execute(select(User.name).where(col(User.id) == user_id)).scalar_one_or_none() or ""


def set_name(session: Session, user_id: str, name: str) -> None:
    session.get_one(User, user_id).name = name
    session.flush()


def people(session: Session) -> list[Person]:
    """The users who are people, each with every membership, by e-mail address."""
    query = _PEOPLE.order_by(col(User.email), col(Organization.handle))
    return [_person(session, row) for row in session.execute(query).all()]


def members(session: Session, organization_id: str) -> list[Person]:
    """The people who belong to the organization itself, by e-mail address."""
    query = _PEOPLE.where(col(Organization.id) == organization_id).order_by(col(User.email))
    return [_person(session, row) for row in session.execute(query).all()]


def _person(session: Session, row: Row[str, str, str, Organization, bool]) -> Person:
    user_id, email, role, organization, all_clients = row
    limited = not all_clients and organization.kind == OrganizationKind.PARTNER.value
    return Person(
        email, Role(role), organization.handle, _limited_to(session, user_id, organization.id) if limited else None
    )


def _limited_to(session: Session, user_id: str, partner_id: str) -> tuple[str, ...]:
    query = (
        select(Organization.handle)
        .join(MembershipClient, col(MembershipClient.organization_id) == col(Organization.id))
        .where(col(MembershipClient.user_id) == user_id, col(Organization.partner_id) == partner_id)
        .order_by(col(Organization.handle))
    )
    return tuple(session.execute(query).scalars())


def member(session: Session, organization_id: str, email: str) -> Member | None:
    """The person of this address, if one belongs to the organization itself."""
    query = (
        select(User.id, User.email, Membership.role)
        .join(Membership, col(Membership.user_id) == col(User.id))
        .where(col(User.email) == small_letters(email), col(Membership.organization_id) == organization_id)
        .where(col(User.email).not_like(f"%{SERVICE_ADDRESS}"))
    )
    row = session.execute(query).first()
    return None if row is None else Member(row[0], row[1], Role(row[2]))


def count_owners(session: Session, organization_id: str) -> int:
    """How many owners the organization itself has."""
    owners = sql_select(func.count()).where(
        col(Membership.organization_id) == organization_id, col(Membership.role) == Role.OWNER.value
    )
    return int(session.execute(owners).scalar_one())


def home_of(session: Session, user_id: str) -> str:
    """Id of the organization that the user was first a member of; empty where there is none."""
    query = (
        select(Membership.organization_id)
        .join(Organization, col(Organization.id) == col(Membership.organization_id))
        .where(col(Membership.user_id) == user_id)
        .order_by(col(Organization.created_at), col(Organization.id))
        .limit(1)
    )
    return session.execute(query).scalar_one_or_none() or ""


def organizations_of(session: Session, user_id: str) -> list[str]:
    """Ids of the organizations that the user belongs to."""
    return list(session.exec(select(Membership.organization_id).where(col(Membership.user_id) == user_id)))


def change_email(session: Session, user_id: str, before: str, after: str) -> bool:
    """Give a user another e-mail address, where the present one is `before`; whether it was."""
    user = session.get_one(User, user_id)
    if user.email != before:
        return False
    user.email = after
    session.flush()
    return True


def user_id_of(session: Session, email: str) -> str | None:
    return session.execute(select(User.id).where(col(User.email) == small_letters(email))).scalar_one_or_none()


def first_owner(session: Session) -> tuple[str, str] | None:
    """Id and e-mail address of the installation's first owner, who is also the local one: never one of a client."""
    query = (
        select(User.id, User.email)
        .join(Membership, col(Membership.user_id) == col(User.id))
        .join(Organization, col(Organization.id) == col(Membership.organization_id))
        .where(col(Membership.role) == Role.OWNER.value, col(Organization.partner_id).is_(None))
        .order_by(col(User.created_at), col(User.id))
        .limit(1)
    )
    row = session.execute(query).first()
    return None if row is None else (row[0], row[1])


def put_all_to_sleep(session: Session, *, now: datetime) -> int:
    """Let every person's ways to sign in wait for a sign-in link, and answer how many people there are who have any."""
    people = select(User).where(col(User.email).not_like(f"%{SERVICE_ADDRESS}"))
    for user in session.exec(people):
        user.asleep_since = user.asleep_since or now
    session.flush()
    return identity.count_people(session)


def change_reach(session: Session, user_id: str, organization_id: str, *, all_clients: bool) -> None:
    """Say whether a partner's member reaches all its clients."""
    session.get_one(Membership, (user_id, organization_id)).all_clients = all_clients
    session.flush()


def remove_membership(session: Session, user_id: str, organization_id: str) -> None:
    """Let a user belong to the organization no longer, nor reach its clients through it."""
    set_clients(session, user_id, organization_id, ())
    session.delete(session.get_one(Membership, (user_id, organization_id)))
    session.flush()


def set_clients(session: Session, user_id: str, partner_id: str, clients: Sequence[str]) -> None:
    """Of the partner's clients, let these ids be the ones that a member is limited to, whose membership says so."""
    of_partner = select(Organization.id).where(col(Organization.partner_id) == partner_id)
    session.execute(
        delete(MembershipClient).where(
            col(MembershipClient.user_id) == user_id, col(MembershipClient.organization_id).in_(of_partner)
        )
    )
    session.add_all(MembershipClient(user_id=user_id, organization_id=client) for client in clients)
    session.flush()


def add_user(session: Session, user_id: str, email: str, *, name: str = "", now: datetime) -> None:
    session.add(User(id=user_id, email=small_letters(email), name=name, created_at=now))
    session.flush()


def add_membership(
    session: Session, user_id: str, organization_id: str, role: Role, *, all_clients: bool = True
) -> None:
    session.add(Membership(user_id=user_id, organization_id=organization_id, role=role.value, all_clients=all_clients))
    session.flush()
