"""Queries of the directory on users and their memberships."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from invoicing.organizations import Role
from invoicing.text.codes import small_letters
from storage.directory.tables import Membership, MembershipClient, Organization, User
from storage.sqlite.cache import remembered

SERVICE_ADDRESS = "@credential"
"""What the e-mail address of a user ends with that a key or link acts as."""


@dataclass(frozen=True, slots=True)
class Person:
    """A user who is a person; `organization` is the handle of the one that the role is in."""

    email: str
    role: Role
    organization: str


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


def people(session: Session) -> list[Person]:
    """The users who are people, each with every membership, by e-mail address."""
    query = (
        select(User.email, Membership.role, Organization.handle)
        .join(Membership, col(Membership.user_id) == col(User.id))
        .join(Organization, col(Organization.id) == col(Membership.organization_id))
        .where(col(User.email).not_like(f"%{SERVICE_ADDRESS}"))
        .order_by(col(User.email), col(Organization.handle))
    )
    return [Person(email, Role(role), handle) for email, role, handle in session.execute(query)]


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
    """Id and e-mail address of the installation's first owner, who is also the local one."""
    query = (
        select(User.id, User.email)
        .join(Membership, col(Membership.user_id) == col(User.id))
        .where(col(Membership.role) == Role.OWNER.value)
        .order_by(col(User.created_at), col(User.id))
        .limit(1)
    )
    row = session.execute(query).first()
    return None if row is None else (row[0], row[1])


def set_clients(session: Session, user_id: str, clients: Sequence[str]) -> None:
    """Limit a partner's member, whose membership is not of all clients, to the clients of these ids."""
    session.execute(delete(MembershipClient).where(col(MembershipClient.user_id) == user_id))
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
