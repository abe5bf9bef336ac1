"""Queries of the directory on organizations. Every query for a user sees only what that user can reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import count
from typing import Any

from sqlalchemy import BigInteger, Row, Select, bindparam, func
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from invoicing.master_data.handles import with_suffix
from invoicing.organizations import (
    ClientMay,
    Environment,
    HumanApproval,
    NamedWrites,
    NewOrganization,
    OrganizationKind,
    OrganizationRef,
    Role,
    client_may_of,
    client_may_text,
)
from invoicing.text.codes import small_letters
from invoicing.text.typed import fold, search_key
from storage.books.searching import most_fragments
from storage.directory.access_queries import (
    ORDER,
    ORGANIZATION,
    REACHABLE,
    REACHABLE_NOW,
    Reach,
    count_reachable_now,
    reachable_by_handle,
    ref,
)
from storage.directory.tables import Organization
from storage.paging import Page, decode_cursor, encode_cursor, like_pattern, page_of, search_words
from storage.queries.cache import remembered
from storage.queries.statements import STATEMENTS_KEPT, execute
from storage.queries.tuples import after

_NAMED_MAX = 10
_PARTNERS_MAX = 50
_AFTER: tuple[Any, ...] = (bindparam("after_0", type_=BigInteger), bindparam("after_1"), bindparam("after_2"))
"""Values of `ORDER`; a number that somebody sends may be larger than any rank."""


_BY_NAME = (
    REACHABLE_NOW.where(ORGANIZATION.name_key == bindparam("name_key")).order_by(ORGANIZATION.handle).limit(_NAMED_MAX)
)
_IN_ORDER = REACHABLE_NOW.order_by(*ORDER)
_FIRST = _IN_ORDER.limit(bindparam("at_most"))
_WITHOUT_PARTNER = _IN_ORDER.where(ORGANIZATION.partner_id.is_(None)).limit(bindparam("at_most"))
_PARTNERS = _IN_ORDER.where(ORDER[0] == 0).limit(_PARTNERS_MAX)


def reachable_by_name(session: Session, reach: Reach, name: str) -> list[OrganizationRef]:
    """The organizations of exactly this name, in any case, at most ten."""
    return [ref(row) for row in execute(session, _BY_NAME, {**reach.values, "name_key": fold(name)})]


def reachable_handles(session: Session, reach: Reach, *, limit: int) -> list[str]:
    """Handles to choose from, partners first, then by name."""
    return [ref(row).handle for row in execute(session, _FIRST, {**reach.values, "at_most": limit})]


def list_reachable(
    session: Session, reach: Reach, *, query: str, cursor: str, limit: int, partner_id: str = ""
) -> Page[OrganizationRef]:
    """A page of what the user can reach, partners first, then by name; with `partner_id` only its clients."""
    words = [like_pattern(word) for word in search_words(query)]
    position = decode_cursor(cursor, int, str, str)
    values: dict[str, Any] = {**reach.values} | {f"word_{index}": word for index, word in enumerate(words)}
    if partner_id:
        values["partner_id"] = partner_id
    if position is not None:
        values |= {f"after_{index}": value for index, value in enumerate(position)}
    wanted = _listed(len(words), of_partner=bool(partner_id), goes_on=position is not None)
    rows = execute(session, _page(wanted), {**values, "at_most": limit + 1}).all()

    def matching() -> int:
        if wanted is _EVERYTHING:
            return count_reachable_now(session, reach)
        return int(execute(session, _counting(wanted), values).scalar_one())

    return page_of(rows, limit=limit, count=matching, cursor_of=_cursor).map(ref)


def reachable_to_compare(
    session: Session, reach: Reach, fragments: Sequence[str], *, limit: int, partner_id: str = ""
) -> list[OrganizationRef]:
    """What the user can reach, with `partner_id` only its clients; of more than `limit` those whose name or handle
    holds most of the fragments.
    """
    wanted = _listed(0, of_partner=bool(partner_id), goes_on=False)
    values = {**reach.values, "partner_id": partner_id} if partner_id else reach.values
    rows = execute(session, wanted.order_by(*ORDER).limit(limit + 1), values).all()
    if len(rows) > limit:
        rows = execute(session, most_fragments(wanted, ORGANIZATION.search_key, fragments).limit(limit), values).all()
    return [ref(row) for row in rows]


def every_reachable(session: Session, reach: Reach, *, archived: bool) -> list[OrganizationRef]:
    """All that the user can reach, partners first, then by name; with `archived` the archived ones too."""
    wanted = (REACHABLE if archived else REACHABLE_NOW).order_by(*ORDER)
    return list(_every(session, wanted, ("reachable", archived, reach), reach.values))


def every_client(session: Session, reach: Reach, partner_id: str, *, archived: bool = False) -> list[OrganizationRef]:
    """All clients of a practice that the user can reach, by name; with `archived` the archived ones too."""
    wanted = _EVERY_CLIENT if archived else _EVERY_CLIENT_NOW
    values = {**reach.values, "partner_id": partner_id}
    return list(_every(session, wanted, ("clients", archived, partner_id, reach), values))


def _every(
    session: Session, wanted: Select[*tuple[Any, ...]], what: tuple[Any, ...], values: Mapping[str, Any]
) -> tuple[OrganizationRef, ...]:
    """All that the statement finds. Until the directory changes, it is what was found last time."""
    return remembered(session, what, lambda db: tuple([ref(row) for row in execute(db, wanted, values).all()]))


def partners_of(session: Session, reach: Reach) -> list[OrganizationRef]:
    """The practices that the user is a member of, by name."""
    return [ref(row) for row in execute(session, _PARTNERS, reach.values)]


def without_partner(session: Session, reach: Reach, *, limit: int) -> list[OrganizationRef]:
    """The practices, and the businesses of their own, that the user is a member of, practices first, then by name."""
    return [ref(row) for row in execute(session, _WITHOUT_PARTNER, {**reach.values, "at_most": limit})]


@lru_cache(STATEMENTS_KEPT)
def _listed(words: int, *, of_partner: bool, goes_on: bool) -> Select[*tuple[Any, ...]]:
    wanted = REACHABLE_NOW
    if of_partner:
        wanted = wanted.where(ORGANIZATION.partner_id == bindparam("partner_id"))
    for index in range(words):
        wanted = wanted.where(ORGANIZATION.search_key.like(bindparam(f"word_{index}"), escape="\\"))
    if goes_on:
        wanted = wanted.where(after(ORDER, _AFTER))
    return wanted


_EVERYTHING = _listed(0, of_partner=False, goes_on=False)
_EVERY_CLIENT_NOW = _listed(0, of_partner=True, goes_on=False).order_by(*ORDER)
_EVERY_CLIENT = REACHABLE.where(ORGANIZATION.partner_id == bindparam("partner_id")).order_by(*ORDER)


@lru_cache(STATEMENTS_KEPT)
def _page(wanted: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return wanted.order_by(*ORDER).limit(bindparam("at_most"))


@lru_cache(STATEMENTS_KEPT)
def _counting(wanted: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return sql_select(func.count()).select_from(wanted.subquery())


def free_handle(session: Session, base: str, environment: Environment) -> str:
    """The first of `base`, `base-2`, ... that no organization has."""
    attempts = (with_suffix(base, environment=environment, attempt=number) for number in count(1))
    return next(handle for handle in attempts if not _is_taken(session, handle))


def handle_free_within_reach(session: Session, reach: Reach, base: str, environment: Environment) -> str:
    """The first of `base`, `base-2`, ... that no organization has which the user can reach. What others have is
    neither told nor looked at.
    """
    attempts = (with_suffix(base, environment=environment, attempt=number) for number in count(1))
    return next(handle for handle in attempts if reachable_by_handle(session, reach, handle) is None)


def has_clients(session: Session, partner_id: str) -> bool:
    """Whether a practice has clients that are not archived, whoever can reach them."""
    wanted = select(Organization.id).where(
        col(Organization.partner_id) == partner_id, col(Organization.archived_at).is_(None)
    )
    return session.exec(wanted.limit(1)).first() is not None


def is_archived(session: Session, organization_id: str) -> bool:
    """Whether it is archived, as this transaction sees it."""
    return session.get_one(Organization, organization_id, populate_existing=True).archived_at is not None


def count_all(session: Session) -> int:
    """How many organizations the installation has."""
    return session.exec(select(func.count()).select_from(Organization)).one()


def all_ids(session: Session) -> list[tuple[str, str]]:
    """Id and handle of every organization, archived ones too, for verification and backups."""
    rows = session.execute(select(Organization.id, Organization.handle).order_by(col(Organization.handle)))
    return [(row[0], row[1]) for row in rows]


def every_one(session: Session, *, handle: str = "") -> list[OrganizationRef]:
    """Every organization of the installation in the order of their handles, or the one with this handle: for whoever
    operates the server, to look at. It is nobody's reach: each is as a viewer has it.
    """
    wanted = select(Organization).order_by(col(Organization.handle))
    if handle:
        wanted = wanted.where(col(Organization.handle) == small_letters(handle))
    return [
        OrganizationRef(
            id=row.id,
            handle=row.handle,
            name=row.name,
            kind=OrganizationKind(row.kind),
            environment=Environment(row.environment),
            country=row.country,
            currency=row.currency,
            partner_id=row.partner_id or "",
            named_writes=NamedWrites(row.named_writes),
            archived=row.archived_at is not None,
            role=Role.VIEWER,
            client_may=client_may_of(row.client_may),
            human_approval=HumanApproval(row.human_approval),
        )
        for row in session.exec(wanted)
    ]


def is_known(session: Session, organization_id: str) -> bool:
    """Whether there is an organization of this id, whoever can reach it."""
    return session.get(Organization, organization_id) is not None


def all_profiles(session: Session) -> dict[str, tuple[str, str, str]]:
    """Name, country and currency of every organization as the directory has them, by id."""
    rows = session.execute(select(Organization.id, Organization.name, Organization.country, Organization.currency))
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


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
            kind=new.kind.value,
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


def set_named_writes(session: Session, organization_id: str, policy: NamedWrites) -> None:
    session.get_one(Organization, organization_id).named_writes = policy.value


def set_human_approval(session: Session, organization_id: str, policy: HumanApproval) -> None:
    session.get_one(Organization, organization_id).human_approval = policy.value


def set_client_may(session: Session, organization_id: str, let: frozenset[ClientMay]) -> None:
    session.get_one(Organization, organization_id).client_may = client_may_text(let)


def _is_taken(session: Session, handle: str) -> bool:
    return session.execute(select(Organization.id).where(col(Organization.handle) == handle)).first() is not None


def _cursor(row: Row[*tuple[Any, ...]]) -> str:
    organization = ref(row)
    return encode_cursor(0 if organization.kind is OrganizationKind.PARTNER else 1, row[0], organization.handle)
