"""Queries of the directory on the identity provider from elsewhere, and on whom it means by its subjects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlmodel import Session

from storage.directory.provider_tables import ExternalIdentity, IdentityProvider, UsedStatement
from storage.directory.tables import Credential, Membership, User
from storage.queries.once import Once
from storage.queries.statements import Kept, execute, flat, table_of


@dataclass(frozen=True, slots=True)
class KnownProvider:
    """The provider as it is kept."""

    issuer: str
    client_id: str
    sealed_secret: str
    only: bool
    connect_staff: bool
    set_at: datetime
    set_by: str


_PROVIDERS = Kept(IdentityProvider, KnownProvider)
_END_PROVIDER = _PROVIDERS.table.delete()
_IDENTITIES = table_of(ExternalIdentity)
_OF_ISSUER = _IDENTITIES.c.issuer == bindparam("issuer")
_USER = select(_IDENTITIES.c.user_id).where(_OF_ISSUER, _IDENTITIES.c.subject == bindparam("subject"))
_SUBJECT = select(_IDENTITIES.c.subject).where(_OF_ISSUER, _IDENTITIES.c.user_id == bindparam("user_id"))
_ADD_IDENTITY = _IDENTITIES.insert().inline()
_END_IDENTITIES = _IDENTITIES.delete().where(_OF_ISSUER)
_END_IDENTITIES_OF = _IDENTITIES.delete().where(_OF_ISSUER, _IDENTITIES.c.user_id == bindparam("user_id"))
_USERS, _MEMBERSHIPS, _CREDENTIALS = table_of(User), table_of(Membership), table_of(Credential)
_AWAKE_MEMBER = (
    select(_USERS.c.email)
    .join_from(_USERS, _MEMBERSHIPS, _MEMBERSHIPS.c.user_id == _USERS.c.id)
    .where(_USERS.c.id == bindparam("user_id"), _USERS.c.asleep_since.is_(None))
    .limit(1)
)
_CONNECTIONS = (
    _CREDENTIALS.c.client_id != "",
    _CREDENTIALS.c.created_by == bindparam("issuer"),
    _CREDENTIALS.c.revoked_at.is_(None),
)
_OPEN_CONNECTIONS = select(_CREDENTIALS.c.id).where(*_CONNECTIONS)
_OPEN_CONNECTION = (
    _OPEN_CONNECTIONS.where(
        _CREDENTIALS.c.user_id == bindparam("user_id"),
        _CREDENTIALS.c.client_id == bindparam("client_id"),
        _CREDENTIALS.c.audience == bindparam("audience"),
        _CREDENTIALS.c.scopes == bindparam("scopes"),
        _CREDENTIALS.c.asleep_since.is_(None),
    )
    .order_by(_CREDENTIALS.c.created_at.desc())
    .limit(1)
)
_STATEMENTS = Once(UsedStatement)


def the_provider(session: Session) -> KnownProvider | None:
    """The provider, if one was set."""
    return _PROVIDERS.get(session, 1)


def passwords_count(provider: KnownProvider | None) -> bool:
    """Whether people may sign in with a password: not where a provider alone says who they are."""
    return provider is None or not provider.only


def set_provider(session: Session, provider: KnownProvider) -> None:
    """Set the provider, in the place of one that was set before."""
    execute(session, _END_PROVIDER, {})
    _PROVIDERS.add(session, id=1, **flat(provider))


def remove_provider(session: Session, issuer: str) -> None:
    """Remove the provider, and whom it means by whom."""
    execute(session, _END_PROVIDER, {})
    execute(session, _END_IDENTITIES, {"issuer": issuer})


def user_meant(session: Session, issuer: str, subject: str) -> str:
    """Id of the user whom the provider means by this subject; empty where that is not known."""
    return execute(session, _USER, {"issuer": issuer, "subject": subject}).scalar_one_or_none() or ""


def subject_of(session: Session, issuer: str, user_id: str) -> str:
    """What the provider calls the user; empty where that is not known."""
    return execute(session, _SUBJECT, {"issuer": issuer, "user_id": user_id}).scalar_one_or_none() or ""


def add_identity(session: Session, issuer: str, subject: str, *, user_id: str, email: str, now: datetime) -> None:
    """Know from now on whom the provider means by this subject."""
    values = {"issuer": issuer, "subject": subject, "user_id": user_id, "email": email, "created_at": now}
    execute(session, _ADD_IDENTITY, values)


def forget_identity(session: Session, issuer: str, user_id: str) -> None:
    """Know no longer what the provider calls the user."""
    execute(session, _END_IDENTITIES_OF, {"issuer": issuer, "user_id": user_id})


def address_of_member(session: Session, user_id: str) -> str:
    """E-mail address of a user who belongs to some organization and is not asleep; empty for everybody else."""
    return execute(session, _AWAKE_MEMBER, {"user_id": user_id}).scalar_one_or_none() or ""


def connections_by(session: Session, issuer: str) -> list[str]:
    """Ids of the connections that a provider's statements have made, and that are not revoked."""
    return list(execute(session, _OPEN_CONNECTIONS, {"issuer": issuer}).scalars())


def connection_by(session: Session, issuer: str, *, user_id: str, client_id: str, audience: str, scopes: str) -> str:
    """Id of the connection that a statement of the provider has made of this user and client program already, for the
    same audience and scopes, and that was not ended; empty where there is none.
    """
    values = {
        "issuer": issuer,
        "user_id": user_id,
        "client_id": client_id,
        "audience": audience,
        "scopes": scopes,
    }
    return execute(session, _OPEN_CONNECTION, values).scalar_one_or_none() or ""


def use_statement(session: Session, digest: str, *, expires_at: datetime, now: datetime) -> bool:
    """Record that a statement was used; false where it was before. What has expired is forgotten."""
    return _STATEMENTS.use(session, digest, expires_at=expires_at, now=now)
