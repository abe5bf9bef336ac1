"""Queries of the directory for going live, archiving, and bringing back what was archived."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Table, bindparam, literal, select
from sqlmodel import Session

from invoicing.organizations import CredentialKind
from invoicing.refusals import Conflict
from storage.directory import tables
from storage.queries.statements import execute, table_of

_ORGANIZATIONS = table_of(tables.Organization)
_MEMBERS, _LIMITS = table_of(tables.Membership), table_of(tables.MembershipClient)
_CREDENTIALS = table_of(tables.Credential)
# An API key or a secret link acts as a user of its own, which goes nowhere.
_OF_CREDENTIALS = select(_CREDENTIALS.c.user_id).where(
    _CREDENTIALS.c.kind.in_([CredentialKind.KEY.value, CredentialKind.LINK.value])
)
_ARCHIVE = _ORGANIZATIONS.update().where(_ORGANIZATIONS.c.id == bindparam("of_id"))
_SUCCESSORS = select(_ORGANIZATIONS.c.id, _ORGANIZATIONS.c.successor_id).where(
    _ORGANIZATIONS.c.partner_id == bindparam("partner_id"),
    _ORGANIZATIONS.c.successor_id.is_not(None),
)
# What the directory keeps of an organization's policy.
_POLICY = ("named_writes", "client_may", "human_approval")


def check_may_go_live(session: Session, organization_id: str) -> None:
    """Refuse an organization that was archived meanwhile, such as by another call that let it go live, and one that was
    brought back while the live one that it became is in use: a business has one set of live books.

    Raises:
        Conflict
    """
    row = session.get_one(tables.Organization, organization_id, populate_existing=True)
    if row.archived_at is not None:
        raise Conflict(f"{row.handle} is archived: it went live, or was put away, already.", field="organization")
    if row.successor_id is None:
        return
    successor = session.get_one(tables.Organization, row.successor_id, populate_existing=True)
    if successor.archived_at is None:
        raise Conflict(
            f"{row.handle} went live already, and the live organization that it became is in use: archive that one"
            " first.",
            field="organization",
        )


def succeed(session: Session, sandbox_id: str, *, by: str, at: datetime) -> None:
    """Let the organization `by` take the place of a sandbox one: its people with their roles and limits, and the policy
    that the directory keeps. The sandbox one is archived, and its people can still read it.
    """
    session.flush()
    _copy_people(session, sandbox_id, by)
    before = session.get_one(tables.Organization, sandbox_id)
    execute(session, _ARCHIVE, {"of_id": by, **{name: getattr(before, name) for name in _POLICY}})
    before.successor_id = by
    set_archived(session, sandbox_id, at=at)


def set_archived(session: Session, organization_id: str, *, at: datetime | None) -> None:
    """Archive an organization, or with no moment bring it back."""
    row = session.get_one(tables.Organization, organization_id)
    row.archived_at = at
    session.flush()


def _copy_people(session: Session, sandbox_id: str, organization_id: str) -> None:
    present = select(_MEMBERS.c.user_id).where(_MEMBERS.c.organization_id == organization_id)
    people = _MEMBERS.c.user_id.not_in(_OF_CREDENTIALS) & _MEMBERS.c.user_id.not_in(present)
    _copy(session, _MEMBERS, (_MEMBERS.c.organization_id == sandbox_id) & people, organization_id)
    _copy(session, _LIMITS, _LIMITS.c.organization_id == sandbox_id, organization_id)


def _copy(session: Session, table: Table, which: ColumnElement[bool], organization_id: str) -> None:
    names = [column.name for column in table.c]
    selected = [literal(organization_id) if name == "organization_id" else table.c[name] for name in names]
    execute(session, table.insert().inline().from_select(names, select(*selected).where(which)))


def successors(session: Session, partner_id: str) -> dict[str, str]:
    """The live organization that each sandbox client of a practice became, by the sandbox one's id: archived or brought
    back, it is one business, which is billed once.
    """
    return {row[0]: row[1] for row in execute(session, _SUCCESSORS, {"partner_id": partner_id})}
