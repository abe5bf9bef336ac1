"""Queries of the directory on credentials. Secrets come in as digests; none is ever kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, assert_never

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, not_, or_
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from invoicing.organizations import OF_PERSONS, CredentialKind, Environment, Scopes, scopes_of, scopes_text
from storage.directory.access_queries import Reach
from storage.directory.authorization_tables import AccessToken
from storage.directory.tables import Credential, Membership, Organization, User
from storage.queries.statements import execute, table_of

_TOUCH_INTERVAL = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class KnownCredential:
    """A credential as it is listed; `organization` is a handle, empty for a personal token."""

    id: str
    kind: CredentialKind
    name: str
    prefix: str
    organization: str
    user: str
    scopes: Scopes
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    asleep_since: datetime | None
    shown: bool


class Lapse(Enum):
    """Why a secret stands for nobody. All but the first may be told: nobody guesses a secret."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    REVOKED = "revoked"
    ASLEEP = "asleep"


@dataclass(frozen=True, slots=True)
class WaitingKey:
    """An API key or a secret link that waits on its one-time page, with what the page says of it."""

    id: str
    kind: CredentialKind
    prefix: str
    handle: str
    name: str
    environment: Environment
    scopes: Scopes
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who a valid credential stands for. `stale` says that its last use should be recorded anew; `program` is the
    client program of a person's connection, and `client_id` how that is known.
    """

    credential_id: str
    kind: CredentialKind
    user_id: str
    label: str
    organization_id: str
    scopes: Scopes
    audience: str
    stale: bool
    made_by: str
    program: str
    client_id: str
    limited: bool

    @property
    def reach(self) -> Reach:
        return Reach(self.user_id, self.credential_id if self.limited else "")


_CREDENTIALS = table_of(Credential)
_CREDENTIAL = _CREDENTIALS.c
_USERS = table_of(User)
_TOKENS = table_of(AccessToken)
_OF_CREDENTIAL = (
    _CREDENTIAL.id,
    _CREDENTIAL.kind,
    _CREDENTIAL.name,
    _CREDENTIAL.prefix,
    _CREDENTIAL.user_id,
    _CREDENTIAL.organization_id,
    _CREDENTIAL.audience,
    _CREDENTIAL.made_by,
    _CREDENTIAL.limited,
    _CREDENTIAL.client_id,
    _CREDENTIAL.last_used_at,
    _CREDENTIAL.revoked_at,
    _CREDENTIAL.asleep_since,
    _USERS.c.email,
)
_WITH_USER = _CREDENTIALS.join(_USERS, _USERS.c.id == _CREDENTIAL.user_id)
_STANDING = sql_select(*_OF_CREDENTIAL, _CREDENTIAL.scopes, _CREDENTIAL.expires_at).select_from(_WITH_USER)
_BY_DIGEST = _STANDING.where(_CREDENTIAL.digest == bindparam("digest"))
_BY_ID = _STANDING.where(_CREDENTIAL.id == bindparam("credential"))
# A connection lasts at least as long as each of its access tokens, and does not allow less.
_BY_ACCESS_TOKEN = (
    sql_select(*_OF_CREDENTIAL, _TOKENS.c.scopes, _TOKENS.c.expires_at)
    .select_from(_TOKENS.join(_WITH_USER, _CREDENTIAL.id == _TOKENS.c.credential_id))
    .where(_TOKENS.c.digest == bindparam("digest"))
)


def bearer_of(session: Session, digest: str, *, now: datetime) -> Bearer | Lapse:
    """Whom the secret with this digest stands for, or why for nobody."""
    return _standing(execute(session, _BY_DIGEST, {"digest": digest}).first(), now)


def bearer_of_access_token(session: Session, digest: str, *, now: datetime) -> Bearer | Lapse:
    """Whom the access token with this digest stands for, or why for nobody."""
    return _standing(execute(session, _BY_ACCESS_TOKEN, {"digest": digest}).first(), now)


def bearer_by_id(session: Session, credential_id: str, *, now: datetime) -> Bearer | Lapse:
    """Whom the credential stands for, or why for nobody."""
    return _standing(execute(session, _BY_ID, {"credential": credential_id}).first(), now)


def _standing(credential: Any, now: datetime) -> Bearer | Lapse:
    if credential is None:
        return Lapse.UNKNOWN
    if (lapse := _lapse(credential, now)) is not None:
        return lapse
    used = credential.last_used_at
    kind = _kind_of(credential)
    return Bearer(
        credential_id=credential.id,
        kind=kind,
        user_id=credential.user_id,
        label=credential.email if kind in OF_PERSONS else _label(credential),
        organization_id=credential.organization_id or "",
        scopes=scopes_of(credential.scopes),
        audience=credential.audience,
        stale=used is None or now - used >= _TOUCH_INTERVAL,
        made_by=credential.made_by,
        program=credential.name if kind is CredentialKind.CONNECTION else "",
        client_id=credential.client_id,
        limited=credential.limited,
    )


def _lapse(credential: Any, now: datetime) -> Lapse | None:
    """Why it is good no more."""
    if credential.revoked_at is not None:
        return Lapse.REVOKED
    if credential.asleep_since is not None:
        return Lapse.ASLEEP
    if credential.expires_at is not None and credential.expires_at <= now:
        return Lapse.EXPIRED
    return None


def _kind_of(credential: Any) -> CredentialKind:
    """A connection is kept as a token of its user that has a client program."""
    return CredentialKind.CONNECTION if credential.client_id else CredentialKind(credential.kind)


def _is_of_kind(kind: CredentialKind) -> ColumnElement[bool]:
    has_program = col(Credential.client_id) != ""
    match kind:
        case CredentialKind.CONNECTION:
            return has_program
        case CredentialKind.TOKEN | CredentialKind.KEY | CredentialKind.LINK:
            return and_(col(Credential.kind) == kind.value, not_(has_program))
        case _:
            assert_never(kind)


def _label(credential: Any) -> str:
    return f"{credential.kind} {credential.name} ({credential.prefix})"


def add_credential(
    session: Session,
    credential_id: str,
    *,
    kind: CredentialKind,
    name: str,
    prefix: str,
    digest: str | None,
    user_id: str,
    organization_id: str | None,
    scopes: Scopes,
    expires_at: datetime | None,
    now: datetime,
    by: str,
    made_by: str,
    page_digest: str | None = None,
    page_expires_at: datetime | None = None,
) -> None:
    session.add(
        Credential(
            id=credential_id,
            kind=kind.value,
            name=name,
            prefix=prefix,
            digest=digest,
            page_digest=page_digest,
            page_expires_at=page_expires_at,
            user_id=user_id,
            organization_id=organization_id,
            scopes=scopes_text(scopes),
            created_at=now,
            created_by=by,
            made_by=made_by,
            expires_at=expires_at,
        )
    )
    session.flush()


def touch(session: Session, credential_id: str, *, now: datetime) -> None:
    """Record that the credential was used."""
    session.get_one(Credential, credential_id).last_used_at = now


def waiting_on_page(session: Session, page_digest: str, *, now: datetime) -> WaitingKey | None:
    """The key that waits on this one-time page, if it may still be shown."""
    found = session.exec(
        select(Credential, Organization)
        .join(Organization, col(Organization.id) == col(Credential.organization_id))
        .where(col(Credential.page_digest) == page_digest)
    ).first()
    if found is None:
        return None
    row, organization = found
    if row.digest is not None or row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= now):
        return None
    if row.page_expires_at is None or row.page_expires_at <= now:
        return None
    return WaitingKey(
        id=row.id,
        kind=_kind_of(row),
        prefix=row.prefix,
        handle=organization.handle,
        name=organization.name,
        environment=Environment(organization.environment),
        scopes=scopes_of(row.scopes),
        expires_at=row.expires_at,
    )


def settle(session: Session, credential_id: str, digest: str) -> None:
    """Keep the digest of the key that is being shown; its page shows nothing any more."""
    row = session.get_one(Credential, credential_id)
    row.digest, row.page_digest, row.page_expires_at = digest, None, None


def revoke(session: Session, credential_id: str, *, now: datetime) -> None:
    row = session.get_one(Credential, credential_id)
    row.revoked_at = row.revoked_at or now


def revoke_all_of(session: Session, user_id: str, *, now: datetime) -> None:
    """Revoke every credential of a user."""
    for row in session.exec(select(Credential).where(col(Credential.user_id) == user_id)):
        row.revoked_at = row.revoked_at or now


def put_all_to_sleep(session: Session, *, now: datetime) -> int:
    """Let every credential that is not revoked sleep, and answer how many there are of those."""
    rows = session.exec(select(Credential).where(col(Credential.revoked_at).is_(None))).all()
    for row in rows:
        row.asleep_since = row.asleep_since or now
    return len(rows)


def count_asleep(session: Session) -> int:
    """How many credentials sleep."""
    asleep = col(Credential.revoked_at).is_(None), col(Credential.asleep_since).is_not(None)
    return session.exec(select(func.count()).select_from(Credential).where(*asleep)).one()


def wake(session: Session, credential_id: str) -> None:
    session.get_one(Credential, credential_id).asleep_since = None


def list_credentials(
    session: Session, *, kind: CredentialKind, organization_id: str = "", user_id: str = ""
) -> list[KnownCredential]:
    """Credentials of a kind, newest first, of an organization or a user or of all."""
    wanted = [_is_of_kind(kind)]
    if organization_id:
        wanted.append(col(Credential.organization_id) == organization_id)
    if user_id:
        wanted.append(col(Credential.user_id) == user_id)
    return _known_where(session, *wanted)


def opening(session: Session, organization_id: str) -> list[KnownCredential]:
    """What opens the organization and nothing else, and the connections of its own people that open all they reach;
    newest first, without what is revoked and without personal tokens.
    """
    belongs = exists().where(
        col(Membership.user_id) == col(Credential.user_id), col(Membership.organization_id) == organization_id
    )
    return _known_where(
        session,
        col(Credential.revoked_at).is_(None),
        or_(
            col(Credential.organization_id) == organization_id,
            and_(col(Credential.organization_id).is_(None), _is_of_kind(CredentialKind.CONNECTION), belongs),
        ),
    )


def count_connections_at(session: Session, url: str) -> int:
    """How many connections, not revoked, open addresses below this URL."""
    there = (_is_of_kind(CredentialKind.CONNECTION), col(Credential.revoked_at).is_(None))
    query = sql_select(func.count()).where(*there, col(Credential.audience).startswith(f"{url}/", autoescape=True))
    return int(session.execute(query).scalar_one())


def made_by(session: Session, user_id: str, organization_id: str) -> list[KnownCredential]:
    """The keys and links that the user made for the organization or a client of it and that are not revoked, newest
    first.
    """
    return _known_where(
        session,
        col(Credential.made_by) == user_id,
        col(Credential.revoked_at).is_(None),
        or_(col(Organization.id) == organization_id, col(Organization.partner_id) == organization_id),
    )


def find_credential(session: Session, *, kind: CredentialKind, key: str) -> KnownCredential | None:
    """The credential of this kind with this id or prefix."""
    return next((one for one in list_credentials(session, kind=kind) if key in (one.id, one.prefix)), None)


def _known_where(session: Session, *wanted: ColumnElement[bool]) -> list[KnownCredential]:
    query = (
        select(Credential, User.email, Organization.handle)
        .join(User, col(User.id) == col(Credential.user_id))
        .outerjoin(Organization, col(Organization.id) == col(Credential.organization_id))
        .where(*wanted)
        .order_by(col(Credential.created_at).desc(), col(Credential.id).desc())
    )
    return [_known(credential, email, handle or "") for credential, email, handle in session.exec(query)]


def _known(row: Credential, email: str, handle: str) -> KnownCredential:
    kind = _kind_of(row)
    return KnownCredential(
        id=row.id,
        kind=kind,
        name=row.name,
        prefix=row.prefix,
        organization=handle,
        user=email if kind in OF_PERSONS else "",
        scopes=scopes_of(row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
        asleep_since=row.asleep_since,
        shown=row.digest is not None or kind is CredentialKind.CONNECTION,
    )
