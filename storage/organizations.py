"""Queries of the directory on organizations. Every query for a user sees only what that user can reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import Row, func
from sqlmodel import Session, col, select

from invoicing.documents import Environment
from invoicing.handles import with_suffix
from invoicing.text import fold, search_key
from storage.books import OrganizationRef
from storage.paging import Page, decode_cursor, encode_cursor, like_pattern, page_of
from storage.reach import ORDER, REACHABLE_NOW, ref
from storage.tables.directory import Organization
from storage.tuples import after

_NAMED_MAX = 10
_PARTNERS_MAX = 50


def reachable_by_name(session: Session, user_id: str, name: str) -> list[OrganizationRef]:
    """The organizations of exactly this name, in any case, at most ten."""
    query = REACHABLE_NOW.where(col(Organization.name_key) == fold(name)).order_by(col(Organization.handle))
    return [ref(row) for row in session.execute(query.limit(_NAMED_MAX), {"user_id": user_id})]


def reachable_handles(session: Session, user_id: str, *, limit: int) -> list[str]:
    """Handles to choose from, partners first, then by name."""
    rows = session.execute(REACHABLE_NOW.order_by(*ORDER).limit(limit), {"user_id": user_id})
    return [ref(row).handle for row in rows]


def list_reachable(
    session: Session, user_id: str, *, query: str, cursor: str, limit: int, partner_id: str = ""
) -> Page[OrganizationRef]:
    """A page of what the user can reach, partners first, then by name; with `partner_id` only its clients."""
    wanted = REACHABLE_NOW
    if partner_id:
        wanted = wanted.where(col(Organization.partner_id) == partner_id)
    for word in fold(query).split():
        wanted = wanted.where(col(Organization.search_key).like(like_pattern(word), escape="\\"))
    if (position := decode_cursor(cursor, int, str, str)) is not None:
        wanted = wanted.where(after(ORDER, position))
    user = {"user_id": user_id}
    rows = session.execute(wanted.order_by(*ORDER).limit(limit + 1), user).all()

    def matching() -> int:
        return int(session.execute(select(func.count()).select_from(wanted.subquery()), user).scalar_one())

    return page_of(rows, limit=limit, count=matching, cursor_of=_cursor).map(ref)


def partners_of(session: Session, user_id: str) -> list[OrganizationRef]:
    """The practices that the user is a member of, by name."""
    query = REACHABLE_NOW.where(col(Organization.kind) == "partner").order_by(*ORDER)
    return [ref(row) for row in session.execute(query.limit(_PARTNERS_MAX), {"user_id": user_id})]


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


def all_profiles(session: Session) -> dict[str, tuple[str, str, str]]:
    """Name, country and currency of every organization as the directory has them, by id."""
    rows = session.execute(select(Organization.id, Organization.name, Organization.country, Organization.currency))
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


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
            name_key=fold(new.name),
            search_key=search_key(new.name, handle),
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


def rename(session: Session, organization_id: str, name: str) -> None:
    row = session.get_one(Organization, organization_id)
    row.name, row.name_key, row.search_key = name, fold(name), search_key(name, row.handle)


def settle(session: Session, organization_id: str, *, country: str, currency: str) -> None:
    """Record country and currency of an organization that had none yet."""
    row = session.get_one(Organization, organization_id)
    row.country, row.currency = country, currency


def set_named_writes(session: Session, organization_id: str, policy: str) -> None:
    session.get_one(Organization, organization_id).named_writes = policy


def _is_taken(session: Session, handle: str) -> bool:
    return session.execute(select(Organization.id).where(col(Organization.handle) == handle)).first() is not None


def _cursor(row: Row[*tuple[Any, ...]]) -> str:
    organization = ref(row)
    return encode_cursor(0 if organization.kind == "partner" else 1, row[0], organization.handle)
