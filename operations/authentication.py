"""Who asks: credential, organization and session of a request, looked up together, anew for each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from invoicing.organizations import Clock, CredentialKind, OrganizationRef, Scopes
from operations.access import Principal, is_allowed, scopes_at
from operations.credentials import digest_of, principal_of
from operations.naming import Connection, DedicatedConnection, PracticeConnection, bound_to
from operations.rights import RIGHTS, Right
from storage.directory import access_queries, credentials, sessions
from storage.directory.credentials import Bearer, Lapse
from storage.directory.sessions import OpenSession
from storage.folder.store import Store

ACCESS_TOKEN = "cfa_"  # noqa: S105  What one begins with.
"""What the access tokens of connections begin with."""


@dataclass(frozen=True, slots=True)
class Presented:
    """What a request brings: a secret, the handle of the organization whose own connection it comes over, the session
    that it goes on with, and the connection's address as `audience`; what is empty it does not bring.

    `in_the_open` says that the secret was part of the address, where it is known to be visible.
    """

    secret: str
    handle: str = ""
    in_the_open: bool = False
    session: str = ""
    audience: str = ""


@dataclass(frozen=True, slots=True)
class AuthenticatedRequest:
    """An authenticated caller on a connection. `session` is the one that the request goes on with, where it is this
    caller's, on this connection, of this client program, and alive.
    `digest` is that of the secret that it came with.
    """

    principal: Principal
    connection: Connection
    session: OpenSession | None
    digest: str = field(repr=False)

    @property
    def organization(self) -> OrganizationRef | None:
        """The dedicated connection's own."""
        return self.connection.organization if isinstance(self.connection, DedicatedConnection) else None

    @property
    def scopes(self) -> Scopes:
        """What can be done over this connection at most."""
        if self.organization is None:
            return self.principal.scopes
        return scopes_at(self.organization, self.principal)

    def may(self, act: Right) -> bool:
        """Whether the act can be done over this connection: in its organization, where it is one's own, or else
        wherever its bearer has the right.
        """
        if self.organization is None:
            return RIGHTS[act].scope in self.principal.scopes
        return is_allowed(act, self.organization, self.principal)


class Unauthenticated(Exception):
    """The secret stands for nobody. `lapse` says why, to whoever has it; None where there was no secret."""

    def __init__(self, lapse: Lapse | None) -> None:
        super().__init__()
        self.lapse = lapse


class NotYours(Exception):
    """There is no such organization, or it is not the caller's, which `principal` is."""

    def __init__(self, principal: Principal) -> None:
        super().__init__()
        self.principal = principal


@dataclass(frozen=True, slots=True)
class _Found:
    request: AuthenticatedRequest
    stale_credential: str

    @property
    def stale_session(self) -> str:
        session = self.request.session
        return session.id if session is not None and session.stale else ""


async def authenticate(store: Store, clock: Clock, presented: Presented) -> AuthenticatedRequest:
    """Look everything up in one transaction, and record the uses that are due.

    Raises:
        Unauthenticated, NotYours.
    """
    now = store.moments.no_earlier(clock())
    found = await store.directory.read(lambda db: _find(db, presented, now))
    if found.stale_credential or found.stale_session:
        await store.directory.note(lambda db: _record_use(db, found, now))
    return found.request


async def still_holds(
    store: Store, clock: Clock, request: AuthenticatedRequest, acted_for: Iterable[OrganizationRef]
) -> bool:
    """Whether whoever makes a request that is under way could make it now: what it came with is good and may do no
    less, and each organization for which the request has acted can be reached, with no fewer rights, and is not
    archived since.
    """
    now = store.moments.no_earlier(clock())
    organizations = [*([request.organization] if request.organization else []), *acted_for]
    return await store.directory.read(lambda db: _still_holds(db, request, organizations, now))


def _still_holds(
    db: Session, request: AuthenticatedRequest, organizations: Sequence[OrganizationRef], now: datetime
) -> bool:
    before, bearer = request.principal, _bearer_now(db, request, now)
    if isinstance(bearer, Lapse) or not before.scopes <= bearer.scopes:
        return False
    principal = principal_of(bearer)
    for one in organizations:
        found = access_queries.reachable_by_id(db, bearer.reach, one.id)
        if found is None or found.archived is not one.archived:
            return False
        if not scopes_at(one, before) <= scopes_at(found, principal):
            return False
    return bool(organizations) or access_queries.count_reachable_now(db, bearer.reach) > 0


def _bearer_now(db: Session, request: AuthenticatedRequest, now: datetime) -> Bearer | Lapse:
    """Whom it stands for that the request came with: an access token ends before its connection does."""
    if request.principal.credential is CredentialKind.CONNECTION:
        return credentials.bearer_of_access_token(db, request.digest, now=now)
    return credentials.bearer_by_id(db, request.principal.credential_id, now=now)


async def bearer_behind(store: Store, clock: Clock, credential_id: str, organization_id: str) -> Principal:
    """The principal whom a credential stands for that gave out a link to something of this organization. The link
    lives no longer than the credential, and than its user can reach the organization.

    Raises:
        Unauthenticated, NotYours.
    """
    now = store.moments.no_earlier(clock())
    principal, _ = await store.directory.read(lambda db: principal_behind(db, credential_id, organization_id, now=now))
    return principal


def principal_behind(
    db: Session, credential_id: str, organization_id: str, *, now: datetime
) -> tuple[Principal, OrganizationRef]:
    """The principal who gave out something with this credential, and the organization as it reaches it now.

    Raises:
        Unauthenticated, NotYours.
    """
    bearer = credentials.bearer_by_id(db, credential_id, now=now)
    if isinstance(bearer, Lapse):
        raise Unauthenticated(bearer)
    organization = access_queries.reachable_by_id(db, bearer.reach, organization_id)
    if organization is None:
        raise NotYours(principal_of(bearer))
    return principal_of(bearer), organization


async def open_session(store: Store, clock: Clock, request: AuthenticatedRequest, session: OpenSession) -> None:
    """Open a session for the caller."""
    now, principal = store.moments.no_earlier(clock()), request.principal
    connection = bound_to(principal, request.connection)
    await store.directory.write(
        lambda db: sessions.open_session(
            db, session.id, session.client, principal=principal.user_id, connection=connection, now=now
        )
    )


async def end_session(store: Store, session_id: str) -> None:
    """End a session that `authenticate` found open."""
    await store.directory.write(lambda db: sessions.end_session(db, session_id))


def _find(db: Session, presented: Presented, now: datetime) -> _Found:
    bearer = _bearer(db, presented.secret, now) if presented.secret else None
    if bearer is None or isinstance(bearer, Lapse):
        raise Unauthenticated(bearer)
    if not (_is_brought_as_meant(bearer, presented) and _is_for_this_connection(bearer, presented)):
        raise Unauthenticated(Lapse.UNKNOWN)
    principal, connection = principal_of(bearer), _connection(db, bearer, presented.handle)
    session = None
    if presented.session:
        session = sessions.find_open(
            db, presented.session, principal=bearer.user_id, connection=bound_to(principal, connection), now=now
        )
    return _Found(
        AuthenticatedRequest(principal, connection, session, digest_of(presented.secret)),
        stale_credential=bearer.credential_id if bearer.stale else "",
    )


def _bearer(db: Session, secret: str, now: datetime) -> Bearer | Lapse:
    if secret.startswith(ACCESS_TOKEN):
        return credentials.bearer_of_access_token(db, digest_of(secret), now=now)
    return credentials.bearer_of(db, digest_of(secret), now=now)


def _is_brought_as_meant(bearer: Bearer, presented: Presented) -> bool:
    """A secret link may be seen, and whoever chose another kind of credential counts on its not being seen."""
    return (bearer.kind is CredentialKind.LINK) is presented.in_the_open


def _is_for_this_connection(bearer: Bearer, presented: Presented) -> bool:
    """Whether it was given out for no one address, or for this one."""
    return bearer.audience in ("", presented.audience)


def _connection(db: Session, bearer: Bearer, handle: str) -> Connection:
    """The connection to one organization, or the practice connection of a personal token."""
    if handle:
        found = access_queries.reachable_by_handle(db, bearer.reach, handle)
    elif bearer.organization_id:
        found = access_queries.reachable_by_id(db, bearer.reach, bearer.organization_id)
    else:
        return PracticeConnection()
    if found is None:
        raise NotYours(principal_of(bearer))
    return DedicatedConnection(found)


def _record_use(db: Session, found: _Found, now: datetime) -> None:
    if found.stale_credential:
        credentials.touch(db, found.stale_credential, now=now)
    if found.stale_session:
        sessions.touch(db, found.stale_session, now=now)
