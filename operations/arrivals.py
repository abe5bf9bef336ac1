"""Who arrives at the HTTP door: credential, organization and session, looked up together, anew for each request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from invoicing.organizations import READ_ONLY, Clock, CredentialKind, OrganizationRef, Role, Scopes
from operations.access import Principal
from operations.credentials import digest_of, principal_of
from operations.naming import Connection, DedicatedConnection, PracticeConnection
from storage.directory import access_queries, credentials, sessions
from storage.directory.credentials import Bearer, Lapse
from storage.directory.sessions import OpenSession
from storage.folder.store import Store


@dataclass(frozen=True, slots=True)
class Door:
    """What a request brings: a secret, the handle that its URL names, whether the URL is a secret link, and the
    session it goes on with; what is empty it does not bring.
    """

    secret: str
    handle: str = ""
    is_link: bool = False
    session: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """An authenticated caller on a connection. `organization` is the dedicated connection's own; `session` the one
    that the request goes on with, where it is this caller's, on this connection, and alive.
    """

    principal: Principal
    connection: Connection
    organization: OrganizationRef | None
    session: OpenSession | None

    @property
    def scopes(self) -> Scopes:
        """What can be done over this connection at most."""
        role = self.organization.role if self.organization else None
        return READ_ONLY if role in (Role.VIEWER, Role.CLIENT) else self.principal.scopes


class Unauthenticated(Exception):
    """The secret stands for nobody. `lapse` says why, to whoever has it; None where there was no secret."""

    def __init__(self, lapse: Lapse | None) -> None:
        super().__init__()
        self.lapse = lapse


class NotYours(Exception):
    """There is no such organization, or it is not the caller's."""


@dataclass(frozen=True, slots=True)
class _Found:
    arrival: Arrival
    stale_credential: str

    @property
    def stale_session(self) -> str:
        session = self.arrival.session
        return session.id if session is not None and session.stale else ""


async def arrive(store: Store, clock: Clock, door: Door) -> Arrival:
    """Look everything up in one transaction, and record the uses that are due.

    Raises:
        Unauthenticated, NotYours.
    """
    now = store.moments.no_earlier(clock())
    found = await store.directory.read(lambda db: _find(db, door, now))
    if found.stale_credential or found.stale_session:
        await store.directory.note(lambda db: _record_use(db, found, now))
    return found.arrival


async def user_behind(store: Store, clock: Clock, credential_id: str, organization_id: str) -> str:
    """The user whom a credential stands for that gave out a link to something of this organization. The link lives no
    longer than the credential, and than its user can reach the organization.

    Raises:
        Unauthenticated, NotYours.
    """
    now = store.moments.no_earlier(clock())

    def work(db: Session) -> str:
        bearer = credentials.bearer_by_id(db, credential_id, now=now)
        if isinstance(bearer, Lapse):
            raise Unauthenticated(bearer)
        if access_queries.reachable_by_id(db, bearer.user_id, organization_id) is None:
            raise NotYours
        return bearer.user_id

    return await store.directory.read(work)


async def open_session(store: Store, clock: Clock, arrival: Arrival, session: OpenSession) -> None:
    """Open a session for the caller."""
    now, principal, connection = store.moments.no_earlier(clock()), arrival.principal.user_id, arrival.connection.name
    await store.directory.write(
        lambda db: sessions.open_session(
            db, session.id, session.client, principal=principal, connection=connection, now=now
        )
    )


async def end_session(store: Store, session_id: str) -> None:
    """End a session that `arrive` found open."""
    await store.directory.write(lambda db: sessions.end_session(db, session_id))


def _find(db: Session, door: Door, now: datetime) -> _Found:
    bearer = credentials.bearer_of(db, digest_of(door.secret), now=now) if door.secret else None
    if bearer is None or isinstance(bearer, Lapse):
        raise Unauthenticated(bearer)
    # A secret link is for its URL alone, where it is known to be visible; the others are for the header alone.
    if (bearer.kind is CredentialKind.LINK) is not door.is_link:
        raise Unauthenticated(Lapse.UNKNOWN)
    organization = _organization(db, bearer, door.handle)
    connection = DedicatedConnection(organization.id) if organization else PracticeConnection()
    session = None
    if door.session:
        session = sessions.find_open(db, door.session, principal=bearer.user_id, connection=connection.name, now=now)
    return _Found(
        Arrival(principal_of(bearer), connection, organization, session),
        stale_credential=bearer.credential_id if bearer.stale else "",
    )


def _organization(db: Session, bearer: Bearer, handle: str) -> OrganizationRef | None:
    """The connection's own organization; None on the practice connection of a personal token."""
    if handle:
        found = access_queries.reachable_by_handle(db, bearer.user_id, handle)
    elif bearer.organization_id:
        found = access_queries.reachable_by_id(db, bearer.user_id, bearer.organization_id)
    else:
        return None
    if found is None:
        raise NotYours
    return found


def _record_use(db: Session, found: _Found, now: datetime) -> None:
    if found.stale_credential:
        credentials.touch(db, found.stale_credential, now=now)
    if found.stale_session:
        sessions.touch(db, found.stale_session, now=now)
