"""Which organizations a user can reach, and in which role: the one query that all others start from.

The statements are put together once; a user's id and the like are parameters.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, Row, Select, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from storage.books import OrganizationRef
from storage.tables.directory import Membership, MembershipClient, Organization

_PARTNER = aliased(Organization, name="partner")
_USER: BindParameter[str] = bindparam("user_id")


def _reachable() -> Select[*tuple[Any, ...]]:
    own = (
        select(col(Membership.role))
        .where(col(Membership.user_id) == _USER, col(Membership.organization_id) == col(Organization.id))
        .scalar_subquery()
    )
    # Correlated by hand: left to itself, SQLAlchemy does so with the enclosing query only, and a member who is
    # limited to one client would reach every client of the practice.
    limited_to = (
        exists()
        .where(col(MembershipClient.user_id) == _USER, col(MembershipClient.organization_id) == col(Organization.id))
        .correlate(Organization)
    )
    through_partner = (
        select(col(Membership.role))
        .where(
            col(Membership.user_id) == _USER,
            col(Membership.organization_id) == col(Organization.partner_id),
            or_(col(Membership.all_clients), limited_to),
        )
        .scalar_subquery()
    )
    role = func.coalesce(own, through_partner)
    # In the order of the fields of `OrganizationRef`, after the key that lists are sorted by.
    return (
        select(
            col(Organization.name_key),
            col(Organization.id),
            col(Organization.handle),
            col(Organization.name),
            col(Organization.kind),
            col(Organization.environment),
            col(Organization.country),
            col(Organization.currency),
            func.coalesce(col(Organization.partner_id), ""),
            func.coalesce(col(_PARTNER.named_writes), col(Organization.named_writes)),
            col(Organization.archived_at).is_not(None),
            role,
        )
        .outerjoin(_PARTNER, and_(col(Organization.partner_id) == col(_PARTNER.id)))
        .where(role.is_not(None))
    )


REACHABLE = _reachable()
REACHABLE_NOW = REACHABLE.where(col(Organization.archived_at).is_(None))
"""Without the archived ones."""

_BY_HANDLE = REACHABLE.where(col(Organization.handle) == bindparam("handle"))
_BY_ID = REACHABLE.where(col(Organization.id) == bindparam("organization_id"))
_AT_MOST_TWO = REACHABLE_NOW.limit(2)

_RANK = case((col(Organization.kind) == "partner", 0), else_=1)
ORDER = (_RANK, col(Organization.name_key), col(Organization.handle))
"""Partners first, then by name."""


def reachable_by_handle(session: Session, user_id: str, handle: str) -> OrganizationRef | None:
    """The organization of this handle, archived or not, if the user can reach it."""
    row = session.execute(_BY_HANDLE, {"user_id": user_id, "handle": handle.strip().lower()}).first()
    return None if row is None else ref(row)


def reachable_by_id(session: Session, user_id: str, organization_id: str) -> OrganizationRef | None:
    """The organization of this id, archived or not, if the user can reach it."""
    row = session.execute(_BY_ID, {"user_id": user_id, "organization_id": organization_id}).first()
    return None if row is None else ref(row)


def only_reachable(session: Session, user_id: str) -> OrganizationRef | None:
    """The one organization that the user can reach, or None where there are none or several."""
    rows = session.execute(_AT_MOST_TWO, {"user_id": user_id}).all()
    return ref(rows[0]) if len(rows) == 1 else None


def ref(row: Row[*tuple[Any, ...]]) -> OrganizationRef:
    """A row of the statements above as a value."""
    _, organization_id, handle, name, kind, environment, country, currency, partner_id, policy, archived, role = row
    return OrganizationRef(
        id=organization_id,
        handle=handle,
        name=name,
        kind=kind,
        environment=environment,
        country=country,
        currency=currency,
        partner_id=partner_id,
        named_writes=policy,
        archived=bool(archived),
        role=role,
    )
