"""Queries of the directory on organizations. Every query for a user sees only what that user can reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_
from sqlalchemy import select as sqlalchemy_select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from invoicing.documents import Environment
from invoicing.handles import with_suffix
from invoicing.text import fold, search_key
from storage.books import OrganizationRef
from storage.paging import Page, decode_cursor, encode_cursor, like_pattern, page_of
from storage.tables.directory import Membership, MembershipClient, Organization
from storage.tuples import after

_Row = Any  # Organization, the user's role, the practice's policy; SQLAlchemy cannot type the mix.
_PARTNER = aliased(Organization, name="partner")


def reachable_by_handle(session: Session, user_id: str, handle: str) -> OrganizationRef | None:
    """The organization of this handle, archived or not, if the user can reach it."""
    query = _reachable(user_id, archived=True).where(col(Organization.handle) == handle.strip().lower())
    return _first(session, query)


def reachable_by_id(session: Session, user_id: str, organization_id: str) -> OrganizationRef | None:
    query = _reachable(user_id, archived=True).where(col(Organization.id) == organization_id)
    return _first(session, query)


def reachable_by_name(session: Session, user_id: str, name: str) -> list[OrganizationRef]:
    """The organizations of exactly this name, in any case, at most ten."""
    folded = fold(name)
    query = _reachable(user_id).where(
        or_(
            col(Organization.search_key) == folded,
            col(Organization.search_key).startswith(f"{folded} ", autoescape=True),
        )
    )
    rows = [_ref(row) for row in session.execute(query.order_by(col(Organization.handle)).limit(50))]
    return [organization for organization in rows if fold(organization.name) == folded][:10]


def only_reachable(session: Session, user_id: str) -> OrganizationRef | None:
    """The one organization that the user can reach, or None where there are none or several."""
    rows = session.execute(_reachable(user_id).limit(2)).all()
    return _ref(rows[0]) if len(rows) == 1 else None


def reachable_handles(session: Session, user_id: str, *, limit: int) -> list[str]:
    """Handles to choose from, partners first, then by name."""
    query = _reachable(user_id).order_by(_rank(), col(Organization.search_key), col(Organization.handle))
    return [row[0].handle for row in session.execute(query.limit(limit))]


def list_reachable(
    session: Session, user_id: str, *, query: str, cursor: str, limit: int, partner_id: str = ""
) -> Page[OrganizationRef]:
    """A page of what the user can reach, partners first, then by name; with `partner_id` only its clients."""
    wanted = _reachable(user_id)
    if partner_id:
        wanted = wanted.where(col(Organization.partner_id) == partner_id)
    for word in fold(query).split():
        wanted = wanted.where(col(Organization.search_key).like(like_pattern(word), escape="\\"))
    order = (_rank(), col(Organization.search_key), col(Organization.handle))
    if (position := decode_cursor(cursor, int, str, str)) is not None:
        wanted = wanted.where(after(order, position))
    matching = session.execute(select(func.count()).select_from(wanted.subquery())).scalar_one()
    rows = session.execute(wanted.order_by(*order).limit(limit + 1)).all()
    return page_of(rows, limit=limit, matching=matching, cursor_of=_cursor).map(_ref)


def partners_of(session: Session, user_id: str) -> list[OrganizationRef]:
    """The practices that the user is a member of, by name."""
    query = _reachable(user_id).where(col(Organization.kind) == "partner")
    return [_ref(row) for row in session.execute(query.order_by(col(Organization.search_key)).limit(50))]


def free_handle(session: Session, base: str, environment: Environment) -> str:
    """The first of `base`, `base-2`, ... that no organization has."""
    attempts = (with_suffix(base, environment=environment, attempt=number) for number in count(1))
    return next(handle for handle in attempts if not _is_taken(session, handle))


def count_all(session: Session) -> int:
    """How many organizations the installation has."""
    return session.exec(select(func.count()).select_from(Organization)).one()


def all_ids(session: Session) -> list[tuple[str, str]]:
    """Id and handle of every organization, archived ones too, for verification and backups."""
    rows = session.execute(select(Organization.id, Organization.handle).order_by(col(Organization.handle)))
    return [(row[0], row[1]) for row in rows]


@dataclass(frozen=True, slots=True)
class NewOrganization:
    """What the directory keeps of a new organization. `handle_base` is its handle without the sandbox suffix."""

    id: str
    handle_base: str
    name: str
    kind: str
    environment: Environment
    country: str
    currency: str
    partner_id: str = ""


def add_organization(session: Session, new: NewOrganization, *, now: datetime, by: str) -> str:
    """Make the organization known and answer its handle: the first of `base`, `base-2`, ... that is free."""
    handle = free_handle(session, new.handle_base, new.environment)
    session.add(
        Organization(
            id=new.id,
            handle=handle,
            name=new.name,
            search_key=organization_search_key(new.name, handle),
            kind=new.kind,
            partner_id=new.partner_id or None,
            environment=new.environment.value,
            country=new.country,
            currency=new.currency,
            created_at=now,
            created_by=by,
        )
    )
    session.flush()
    return handle


def organization_search_key(name: str, handle: str) -> str:
    """The folded name first, because lists are sorted by it."""
    return search_key(name, handle)


def rename(session: Session, organization_id: str, name: str) -> None:
    row = session.get_one(Organization, organization_id)
    row.name, row.search_key = name, organization_search_key(name, row.handle)


def settle(session: Session, organization_id: str, *, country: str, currency: str) -> None:
    """Record country and currency of an organization that had none yet."""
    row = session.get_one(Organization, organization_id)
    row.country, row.currency = country, currency


def set_named_writes(session: Session, organization_id: str, policy: str) -> None:
    session.get_one(Organization, organization_id).named_writes = policy


def _is_taken(session: Session, handle: str) -> bool:
    return session.execute(select(Organization.id).where(col(Organization.handle) == handle)).first() is not None


def _reachable(user_id: str, *, archived: bool = False) -> Select[Organization, Any, Any]:
    own = (
        select(Membership.role)
        .where(col(Membership.user_id) == user_id, col(Membership.organization_id) == col(Organization.id))
        .scalar_subquery()
    )
    limited_to = exists().where(
        col(MembershipClient.user_id) == user_id, col(MembershipClient.organization_id) == col(Organization.id)
    )
    through_partner = (
        select(Membership.role)
        .where(
            col(Membership.user_id) == user_id,
            col(Membership.organization_id) == col(Organization.partner_id),
            or_(col(Membership.all_clients), limited_to),
        )
        .scalar_subquery()
    )
    role = func.coalesce(own, through_partner)
    policy = func.coalesce(_PARTNER.named_writes, Organization.named_writes)
    query: Select[Organization, Any, Any] = (
        sqlalchemy_select(Organization, role, policy)
        .outerjoin(_PARTNER, and_(col(Organization.partner_id) == col(_PARTNER.id)))
        .where(role.is_not(None))
    )
    return query if archived else query.where(col(Organization.archived_at).is_(None))


def _rank() -> ColumnElement[int]:
    return case((col(Organization.kind) == "partner", 0), else_=1)


def _cursor(row: _Row) -> str:
    organization = row[0]
    rank = 0 if organization.kind == "partner" else 1
    return encode_cursor(rank, organization.search_key, organization.handle)


def _first(session: Session, query: Select[Organization, Any, Any]) -> OrganizationRef | None:
    row = session.execute(query).first()
    return None if row is None else _ref(row)


def _ref(row: _Row) -> OrganizationRef:
    organization, role, named_writes = row
    return OrganizationRef(
        id=organization.id,
        handle=organization.handle,
        name=organization.name,
        kind=organization.kind,
        environment=organization.environment,
        country=organization.country,
        currency=organization.currency,
        partner_id=organization.partner_id or "",
        named_writes=named_writes or organization.named_writes,
        archived=organization.archived_at is not None,
        role=role,
    )
