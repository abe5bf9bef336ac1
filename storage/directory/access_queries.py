"""Which organizations a user can reach, and in which role: the one query that all others start from.

The statements are put together once; a user's id and the like are parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlmodel import Session

from invoicing.organizations import (
    Environment,
    HumanApproval,
    NamedWrites,
    OrganizationKind,
    OrganizationRef,
    Role,
    client_may_of,
)
from invoicing.text.codes import small_letters
from storage.directory.tables import RANK, CredentialOrganization, Membership, MembershipClient, Organization
from storage.queries.cache import remembered
from storage.queries.statements import execute, table_of

REFS_REMEMBERED = 8_192
_ORGANIZATIONS = table_of(Organization)
ORGANIZATION = _ORGANIZATIONS.c
"""The columns of the organizations that the statements below find."""
_MEMBERSHIPS = table_of(Membership)
_MEMBERSHIP = _MEMBERSHIPS.c
_LIMIT = table_of(MembershipClient).c
_PARTNER = _ORGANIZATIONS.alias("partner")
_PICKED = table_of(CredentialOrganization).c
_USER: BindParameter[str] = bindparam("user_id")
_LIMITED_BY: BindParameter[str] = bindparam("limited_by")


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose reach is asked for: a user's, and where `limited_by` is the id of a credential that is limited to some
    organizations, that of the user over it: what the user reaches, and was picked for it.
    """

    user_id: str
    limited_by: str = ""

    @property
    def values(self) -> dict[str, str]:
        """The parameters of the statements below."""
        return {"user_id": self.user_id, "limited_by": self.limited_by}


def _picked() -> ColumnElement[bool]:
    of_it = exists().where(_PICKED.credential_id == _LIMITED_BY, _PICKED.organization_id == ORGANIZATION.id)
    return or_(_LIMITED_BY == "", of_it.correlate(_ORGANIZATIONS))


def _reachable() -> Select[*tuple[Any, ...]]:
    own, through_partner = _MEMBERSHIPS.alias("own"), _MEMBERSHIPS.alias("through_partner")
    # Correlated by hand: left to itself, SQLAlchemy does so with the enclosing query only, and a member who is
    # limited to one client would reach every client of the practice.
    limited_to = (
        exists().where(_LIMIT.user_id == _USER, _LIMIT.organization_id == ORGANIZATION.id).correlate(_ORGANIZATIONS)
    )
    is_own = and_(own.c.user_id == _USER, own.c.organization_id == ORGANIZATION.id)
    leads_here = and_(
        through_partner.c.user_id == _USER,
        through_partner.c.organization_id == ORGANIZATION.partner_id,
        or_(through_partner.c.all_clients, limited_to),
    )
    role = func.coalesce(own.c.role, through_partner.c.role)
    # In the order of the fields of `OrganizationRef`, after the key that lists are sorted by.
    return (
        select(
            ORGANIZATION.name_key,
            ORGANIZATION.id,
            ORGANIZATION.handle,
            ORGANIZATION.name,
            ORGANIZATION.kind,
            ORGANIZATION.environment,
            ORGANIZATION.country,
            ORGANIZATION.currency,
            func.coalesce(ORGANIZATION.partner_id, ""),
            func.coalesce(_PARTNER.c.named_writes, ORGANIZATION.named_writes),
            ORGANIZATION.archived_at.is_not(None),
            role,
            through_partner.c.role.label("practice_role"),
            func.coalesce(through_partner.c.all_clients, own.c.all_clients).label("all_clients"),
            ORGANIZATION.client_may,
            func.coalesce(_PARTNER.c.human_approval, ORGANIZATION.human_approval),
        )
        .outerjoin(own, is_own)
        .outerjoin(through_partner, leads_here)
        .outerjoin(_PARTNER, and_(ORGANIZATION.partner_id == _PARTNER.c.id))
        .where(role.is_not(None), _picked())
    )


REACHABLE = _reachable()
REACHABLE_NOW = REACHABLE.where(ORGANIZATION.archived_at.is_(None))
"""Without the archived ones."""

_BY_HANDLE = REACHABLE.where(ORGANIZATION.handle == bindparam("handle"))
_BY_ID = REACHABLE.where(ORGANIZATION.id == bindparam("organization_id"))


def _one_of_each_standing() -> Select[*tuple[Any, ...]]:
    columns = list(REACHABLE_NOW.selected_columns)
    standing = (ORGANIZATION.kind, ORGANIZATION.partner_id.is_(None), *columns[11:14], ORGANIZATION.client_may)
    nth = func.row_number().over(partition_by=standing, order_by=ORGANIZATION.id)
    *reached, place = REACHABLE_NOW.add_columns(nth).subquery().c
    return select(*reached).where(place == 1)


_ONE_OF_EACH_STANDING = _one_of_each_standing()
_AT_MOST_TWO = REACHABLE_NOW.limit(2)
ORDER: tuple[Any, ...] = (
    literal_column(RANK.replace("kind", "organizations.kind")),
    ORGANIZATION.name_key,
    ORGANIZATION.handle,
)
"""Partners first, then by name; there is an index in this order."""


def _count_now() -> Select[*tuple[Any, ...]]:
    """How many rows `REACHABLE_NOW` has, without looking at each: own memberships, and what they lead to."""
    own = select(_MEMBERSHIP.organization_id).where(_MEMBERSHIP.user_id == _USER)
    count = select(func.count()).select_from(_MEMBERSHIPS)
    of_the_user = and_(_MEMBERSHIP.user_id == _USER, ORGANIZATION.archived_at.is_(None), _picked())
    directly = count.join(_ORGANIZATIONS, ORGANIZATION.id == _MEMBERSHIP.organization_id).where(of_the_user)
    limited_to = exists().where(_LIMIT.user_id == _USER, _LIMIT.organization_id == ORGANIZATION.id)
    through_partner = count.join(_ORGANIZATIONS, ORGANIZATION.partner_id == _MEMBERSHIP.organization_id).where(
        of_the_user,
        or_(_MEMBERSHIP.all_clients, limited_to.correlate(_ORGANIZATIONS)),
        ORGANIZATION.id.not_in(own.correlate(None)),
    )
    return select(directly.scalar_subquery() + through_partner.scalar_subquery())


_COUNT_NOW = _count_now()


def count_reachable_now(session: Session, reach: Reach) -> int:
    """How many organizations the user can reach, without the archived ones."""
    return int(execute(session, _COUNT_NOW, reach.values).scalar_one())


def reachable_by_handle(session: Session, reach: Reach, handle: str) -> OrganizationRef | None:
    """The organization of this handle, archived or not, if the user can reach it."""
    return _remembered(session, _BY_HANDLE, reach, "handle", small_letters(handle))


def reachable_by_id(session: Session, reach: Reach, organization_id: str) -> OrganizationRef | None:
    """The organization of this id, archived or not, if the user can reach it."""
    return _remembered(session, _BY_ID, reach, "organization_id", organization_id)


def only_reachable(session: Session, reach: Reach) -> OrganizationRef | None:
    """The one organization that the user can reach, or None where there are none or several."""
    rows = execute(session, _AT_MOST_TWO, reach.values).all()
    return ref(rows[0]) if len(rows) == 1 else None


def one_of_each_standing(session: Session, reach: Reach) -> list[OrganizationRef]:
    """Of the organizations that the user can reach, without the archived ones, one of each sort in which the user may
    do other things.
    """
    return [ref(row) for row in execute(session, _ONE_OF_EACH_STANDING, reach.values)]


def _remembered(
    session: Session, statement: Select[*tuple[Any, ...]], reach: Reach, name: str, value: str
) -> OrganizationRef | None:
    """The organization that the statement finds. Until the directory changes, it is what was found last time."""

    def read(db: Session) -> OrganizationRef | None:
        row = execute(db, statement, {**reach.values, name: value}).first()
        return None if row is None else ref(row)

    return remembered(session, ("reach", reach, name, value), read)


def ref(row: Row[*tuple[Any, ...]]) -> OrganizationRef:
    """A row of the statements above as a value: the same one as long as the row is the same."""
    return _ref(tuple(row))


@lru_cache(REFS_REMEMBERED)
def _ref(row: tuple[Any, ...]) -> OrganizationRef:
    _, organization_id, handle, name, kind, environment, country, currency, partner_id, policy, archived, *theirs = row
    role, practice_role, all_clients, let, approval = theirs
    return OrganizationRef(
        id=organization_id,
        handle=handle,
        name=name,
        kind=OrganizationKind(kind),
        environment=Environment(environment),
        country=country,
        currency=currency,
        partner_id=partner_id,
        named_writes=NamedWrites(policy),
        archived=bool(archived),
        role=Role(role),
        practice_role=Role(practice_role) if practice_role else None,
        limited=not all_clients,
        client_may=client_may_of(let),
        human_approval=HumanApproval(approval),
    )
