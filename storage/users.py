"""Queries of the directory on users and their memberships."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from storage.tables.directory import Membership, User


def user_id_of(session: Session, email: str) -> str | None:
    return session.execute(select(User.id).where(col(User.email) == email.strip().casefold())).scalar_one_or_none()


def first_owner(session: Session) -> tuple[str, str] | None:
    """Id and e-mail address of the installation's first owner, who is also the local one."""
    query = (
        select(User.id, User.email)
        .join(Membership, col(Membership.user_id) == col(User.id))
        .where(col(Membership.role) == "owner")
        .order_by(col(User.created_at), col(User.id))
        .limit(1)
    )
    row = session.execute(query).first()
    return None if row is None else (row[0], row[1])


def add_user(session: Session, user_id: str, email: str, *, name: str = "", now: datetime) -> None:
    session.add(User(id=user_id, email=email.strip().casefold(), name=name, created_at=now))
    session.flush()


def add_membership(
    session: Session, user_id: str, organization_id: str, role: str, *, all_clients: bool = True
) -> None:
    session.add(Membership(user_id=user_id, organization_id=organization_id, role=role, all_clients=all_clients))
    session.flush()
