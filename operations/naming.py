"""The naming rule: which organization does a call act for? Nothing is ever guessed.

The first of these that is there decides: the connection, the call's `organization`, the session's active
organization, and, where the principal can reach only one organization, that one. A change in a live organization
wants to be named by the connection or the call, so that the person who approves a tool call sees the name in it.
Access is looked up in the directory on every call; that of a dedicated connection when its caller is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from typing import assert_never

from sqlmodel import Session

from invoicing.master_data.handles import SANDBOX_SUFFIX
from invoicing.master_data.similar_names import NAMES_COMPARED_MAX, fragments, similar_names
from invoicing.organizations import Environment, NamedWrites, OrganizationRef
from invoicing.refusals import NotFound, OrganizationMismatch, OrganizationRequired
from invoicing.remedies import Act, NameOrganization
from invoicing.text.codes import small_letters
from operations.access import Office, Principal
from storage.directory import access_queries, organizations, sessions
from storage.directory.access_queries import Reach

CANDIDATES_MAX = 20
EVERY_CLIENT = frozenset({"all", "*"})
"""Each stands for all clients in reach where clients are named; no organization has such a handle."""
_SIMILAR_MAX = 5
_HANDLE_LIKE = re.compile(r"[A-Za-z0-9-]{1,80}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PracticeConnection:
    """A connection that reaches every organization of its principal."""

    @property
    def name(self) -> str:
        return "practice"


@dataclass(frozen=True, slots=True)
class DedicatedConnection:
    """A connection to one organization, as the directory answered it in this call."""

    organization: OrganizationRef

    @property
    def name(self) -> str:
        return f"organization:{self.organization.id}"


Connection = PracticeConnection | DedicatedConnection


def bound_to(principal: Principal, connection: Connection) -> str:
    """What a session of this user belongs to: the connection, and the client program that a person allowed it. Two
    programs of one person do not move each other; one that was allowed more since goes on where it was.
    """
    return f"{connection.name} {principal.client_id}".strip()


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a call comes from. `protocol_session` is the session of protocol revisions that have them."""

    office: Office
    connection: Connection
    protocol_session: str
    protocol_has_sessions: bool

    @property
    def bound_to(self) -> str:
        """What its sessions belong to, besides its user."""
        return bound_to(self.office.principal, self.connection)


class NamedBy(Enum):
    """Which part of the rule decided, where the connection did not."""

    CALL = "call"
    SESSION = "session"
    ONLY_ONE = "only one"


@dataclass(frozen=True, slots=True)
class _Named:
    organization: OrganizationRef
    by: NamedBy
    stale_session: str = ""


@dataclass(frozen=True, slots=True)
class _Remembered:
    """A live session's active organization; `stale` says that the session's use is to be recorded anew."""

    session_id: str
    organization_id: str
    stale: bool


async def name_organization(caller: Caller, *, organization: str, session: str, changing: bool) -> OrganizationRef:
    """The organization that a call acts for.

    Raises:
        OrganizationRequired: nothing names it, or only the session does where that is not enough.
        OrganizationMismatch: the call names another one than the connection's own.
        NotFound: the call names one that does not exist or that the principal cannot reach.
    """
    match caller.connection:
        case DedicatedConnection(own):
            caller.office.arrive(own)
            return _by_connection(own, organization)
        case PracticeConnection():
            pass
        case _:
            assert_never(caller.connection)
    named = await caller.office.store.directory.read(lambda db: _decide(db, caller, organization, session))
    caller.office.arrive(named.organization)
    await _keep_alive(caller, named)
    if changing:
        _check_named_well_enough(named)
    return named.organization


async def connection_now(office: Office, connection: Connection) -> Connection:
    """A connection that lasts for many calls, with its organization as the directory answers it in this one.

    Raises:
        NotFound: the organization cannot be reached any more.
    """
    if not isinstance(connection, DedicatedConnection):
        return connection
    return DedicatedConnection(await organization_now(office, connection.organization))


async def organization_now(office: Office, organization: OrganizationRef) -> OrganizationRef:
    """The organization as the directory answers it now, with what the principal is to it.

    Raises:
        NotFound: it cannot be reached any more.
    """
    reach, known = office.principal.reach, organization.id
    found = await office.store.directory.read(lambda db: access_queries.reachable_by_id(db, reach, known))
    if found is None:
        raise NotFound("This organization cannot be reached any more.")
    return found


async def active_organization(caller: Caller, *, session: str) -> OrganizationRef | None:
    """The session's active organization, if there is one that the principal can still reach."""
    named = await caller.office.store.directory.read(lambda db: _active(db, caller, session))
    if named is None:
        return None
    await _keep_alive(caller, named)
    return named.organization


def active_before(db: Session, caller: Caller, *, session: str) -> OrganizationRef | None:
    """The same, for an act that is about to use the session anyway."""
    named = _active(db, caller, session)
    return None if named is None else named.organization


def no_such_draft() -> NotFound:
    """What a draft answers that is not in these books."""
    return NotFound(
        "draft: no such draft here; it may have been issued or deleted.", field="draft", remedy=Act.FIND_DRAFT
    )


def not_found(db: Session, reach: Reach, wanted: str, *, field: str = "organization") -> NotFound:
    """The one answer for organizations that do not exist and for those of others.

    The candidates are the user's own organizations whose handle or name is like what was sent. They follow from that
    and from the user's reach alone, so that they tell nothing of others.
    """
    text = wanted.strip()
    shown = f"the handle {text.lower()}" if _HANDLE_LIKE.fullmatch(text) else "that handle"
    candidates = similar_organizations(db, reach, text)
    how = ": use one of the candidates" if candidates else ""
    return NotFound(
        f"No organization that you can reach has {shown}. Handles are exact{how}.",
        field=field,
        candidates=candidates,
        remedy=Act.FIND_ORGANIZATION,
    )


def not_that(found: OrganizationRef, what: str, *, field: str) -> NotFound:
    """The answer for an organization in reach that is not `what` the act is for."""
    return NotFound(f"{found.handle} is {what}.", field=field)


def client_named(
    db: Session, reach: Reach, practice: OrganizationRef, handle: str, *, field: str = "clients"
) -> OrganizationRef:
    """The client of a practice that has this handle.

    Raises:
        NotFound: there is none in reach, or it is another's.
    """
    found = reached(db, reach, handle, field=field)
    if found.partner_id != practice.id:
        raise not_that(found, f"no client of {practice.handle}", field=field)
    return found


def of_practice_named(
    db: Session, reach: Reach, practice: OrganizationRef, handle: str, *, field: str
) -> OrganizationRef:
    """The practice itself or its client, whichever has this handle: another practice's things are not this one's.

    Raises:
        NotFound: there is none in reach, or it is another's.
    """
    found = reached(db, reach, handle, field=field)
    if practice.id not in (found.id, found.partner_id):
        raise not_that(found, f"neither {practice.handle} nor a client of it", field=field)
    return found


def reached(db: Session, reach: Reach, handle: str, *, field: str = "organization") -> OrganizationRef:
    """The organization of this handle.

    Raises:
        NotFound: there is none in reach.
    """
    found = access_queries.reachable_by_handle(db, reach, handle)
    if found is None:
        raise not_found(db, reach, handle, field=field)
    return found


def similar_organizations(db: Session, reach: Reach, wanted: str, *, partner_id: str = "") -> list[str]:
    """Handles of organizations that the user can reach and whose name or handle is like what is wanted, at most five;
    with `partner_id` only its clients.
    """
    text = small_letters(wanted).removesuffix(SANDBOX_SUFFIX)
    reachable = organizations.reachable_to_compare(
        db, reach, fragments(text), limit=NAMES_COMPARED_MAX, partner_id=partner_id
    )
    handles: dict[str, list[str]] = {}
    for one in reachable:
        for known_as in (one.name, one.handle.removesuffix(SANDBOX_SUFFIX)):
            handles.setdefault(known_as, []).append(one.handle)
    alike = (handle for name in similar_names(text, handles, limit=len(handles)) for handle in handles[name])
    return list(islice(dict.fromkeys(alike), _SIMILAR_MAX))


def _decide(db: Session, caller: Caller, organization: str, session: str) -> _Named:
    reach = caller.office.principal.reach
    if organization.strip():
        return _Named(reached(db, reach, organization), NamedBy.CALL)
    remembered = _remembered(db, caller, session)
    named = _by_session(db, caller, remembered)
    only = access_queries.only_reachable(db, reach)
    if only is not None and (remembered is None or (named is not None and named.organization.id == only.id)):
        return _Named(only, NamedBy.ONLY_ONE, named.stale_session if named else "")
    if named is not None:
        return named
    candidates = organizations.reachable_handles(db, reach, limit=CANDIDATES_MAX)
    # Where the protocol has no session, one who has switched already has only left out what it was told to pass on.
    by_protocol = bool(caller.protocol_session)
    raise OrganizationRequired(
        _nothing_names_it(remembered, session),
        field="organization",
        candidates=candidates,
        remedy=NameOrganization(more=len(candidates) == CANDIDATES_MAX, protocol_session=by_protocol),
    )


def _by_connection(own: OrganizationRef, organization: str) -> OrganizationRef:
    if organization.strip() and small_letters(organization) != own.handle:
        raise OrganizationMismatch(
            f"This connection belongs to {own.handle} alone: leave organization out, or use another connection.",
            field="organization",
        )
    return own


def _nothing_names_it(remembered: _Remembered | None, session: str) -> str:
    if remembered is not None:
        # What is left is not what the conversation was about, were it only one: it is never taken in its place.
        return "The organization that was active cannot be reached any more."
    if session.strip():
        return "That session is unknown or has expired."
    return "Nothing says for which organization this call acts."


def _remembered(db: Session, caller: Caller, session: str) -> _Remembered | None:
    """What the call's session remembers, if it is alive and this caller's."""
    session_id = session.strip() or caller.protocol_session
    if not session_id:
        return None
    active = sessions.active_organization(
        db,
        session_id,
        principal=caller.office.principal.user_id,
        connection=caller.bound_to,
        now=caller.office.latest(),
    )
    return None if active is None else _Remembered(session_id, *active)


def _active(db: Session, caller: Caller, session: str) -> _Named | None:
    if isinstance(caller.connection, DedicatedConnection):
        return None
    return _by_session(db, caller, _remembered(db, caller, session))


def _by_session(db: Session, caller: Caller, remembered: _Remembered | None) -> _Named | None:
    if remembered is None:
        return None
    found = access_queries.reachable_by_id(db, caller.office.principal.reach, remembered.organization_id)
    if found is None:
        return None
    return _Named(found, NamedBy.SESSION, remembered.session_id if remembered.stale else "")


async def _keep_alive(caller: Caller, named: _Named) -> None:
    if named.stale_session:
        now = caller.office.latest()
        await caller.office.store.directory.note(lambda db: sessions.touch(db, named.stale_session, now=now))


def wants_names(organization: OrganizationRef) -> bool:
    """Whether a change in the organization must name it itself: its being active is not enough."""
    match organization.named_writes:
        case NamedWrites.OFF:
            return False
        case NamedWrites.LIVE:
            return organization.environment is Environment.LIVE
        case NamedWrites.ALWAYS:
            return True
        case _:
            assert_never(organization.named_writes)


def _check_named_well_enough(named: _Named) -> None:
    if named.by is not NamedBy.SESSION:
        return
    organization = named.organization
    if not wants_names(organization):
        return
    raise OrganizationRequired(
        f"{organization.handle} is active, but a change there must name it in the call, so that"
        f' whoever approves it sees the name: repeat it with organization="{organization.handle}".',
        field="organization",
        candidates=[organization.handle],
    )
