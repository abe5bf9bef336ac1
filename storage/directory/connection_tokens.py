"""Queries of the directory on connections of people's client programs, and on the tokens that open them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, exists, func, select
from sqlmodel import Session, col

from invoicing.organizations import CredentialKind, Scopes, scopes_text
from storage.directory.authorization_tables import AccessToken, RefreshToken
from storage.directory.tables import Credential, CredentialOrganization
from storage.queries.statements import Kept, execute, flat, table_of


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConnection:
    """A connection as a person allows it. `organization_id` is None for the connection to all that the user reaches;
    `picked` are the ids of the organizations that it is limited to, None where it is not.
    """

    id: str
    prefix: str
    client_id: str
    program: str
    user_id: str
    email: str
    organization_id: str | None
    picked: tuple[str, ...] | None
    scopes: Scopes
    audience: str


@dataclass(frozen=True, slots=True)
class KeptRefreshToken:
    """A secret for new tokens; `replaces` is the digest of the one for which it was given."""

    digest: str
    credential_id: str
    replaces: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeptAccessToken:
    """A secret that opens a connection; `scopes` as they are kept."""

    digest: str
    credential_id: str
    scopes: str
    created_at: datetime
    expires_at: datetime


_CREDENTIAL = table_of(Credential).c
_ACCESS = Kept(AccessToken, KeptAccessToken)
_REFRESH = Kept(RefreshToken, KeptRefreshToken)
_TOKEN, _REFRESHING = _ACCESS.table.c, _REFRESH.table.c
_SUCCESSORS = select(func.count(), func.count(_REFRESHING.used_at)).where(_REFRESHING.replaces == bindparam("digest"))
_SPEND_SIBLINGS = (
    _REFRESH.table.update()
    .where(_REFRESHING.replaces == bindparam("before"), _REFRESHING.replaces != "", _REFRESHING.used_at.is_(None))
    .values(used_at=_REFRESHING.created_at)
)
_FORGET_ACCESS = _ACCESS.table.delete().where(_TOKEN.expires_at <= bindparam("now"))
_FORGET_ONE = _ACCESS.table.delete().where(_TOKEN.digest == bindparam("digest"))
_FORGET_USED = _REFRESH.table.delete().where(
    _REFRESHING.credential_id == bindparam("connection"),
    _REFRESHING.used_at < bindparam("used_before"),
    _REFRESHING.digest != bindparam("keep"),
)
_FORGET_REFRESH = _REFRESH.table.delete().where(_REFRESHING.expires_at <= bindparam("now"))
_OF_PERSON = (
    select(_CREDENTIAL.id)
    .where(_CREDENTIAL.user_id == bindparam("user_id"), _CREDENTIAL.client_id != "")
    .where(_CREDENTIAL.revoked_at.is_(None))
    .order_by(func.coalesce(_CREDENTIAL.last_used_at, _CREDENTIAL.created_at).desc(), _CREDENTIAL.id.desc())
    .offset(bindparam("most"))
)


def add_connection(session: Session, new: NewConnection, *, expires_at: datetime, now: datetime) -> None:
    """Keep a connection that a person allows; until it is taken up it ends at `expires_at`."""
    session.add(
        Credential(
            id=new.id,
            kind=CredentialKind.TOKEN.value,
            name=new.program,
            prefix=new.prefix,
            user_id=new.user_id,
            organization_id=new.organization_id,
            scopes=scopes_text(new.scopes),
            audience=new.audience,
            created_at=now,
            created_by=new.email,
            made_by=new.user_id,
            expires_at=expires_at,
            client_id=new.client_id,
            limited=new.picked is not None,
        )
    )
    session.flush()
    session.add_all(CredentialOrganization(credential_id=new.id, organization_id=one) for one in new.picked or ())
    session.flush()


def pick_too(session: Session, credential_id: str, organization_id: str) -> None:
    """Let a limited connection reach one organization more."""
    session.add(CredentialOrganization(credential_id=credential_id, organization_id=organization_id))
    session.flush()


def extend_connection(session: Session, credential_id: str, *, expires_at: datetime) -> None:
    """Let a connection last until then."""
    session.get_one(Credential, credential_id).expires_at = expires_at
    session.flush()


def beyond(session: Session, user_id: str, *, most: int) -> list[str]:
    """Those connections of the user that are more than `most`, of which the longest unused ones."""
    return list(execute(session, _OF_PERSON, {"user_id": user_id, "most": most}).scalars())


def forget_connections(session: Session, ids: Iterable[str]) -> None:
    """Forget connections that were never taken up."""
    for one in ids:
        # A token may have been given out for it in between: then it was taken up.
        if session.execute(select(exists().where(_REFRESHING.credential_id == one))).scalar():
            continue
        session.execute(delete(CredentialOrganization).where(col(CredentialOrganization.credential_id) == one))
        session.execute(delete(Credential).where(col(Credential.id) == one))


def add_access_token(session: Session, token: KeptAccessToken) -> None:
    _ACCESS.add(session, **flat(token))


def find_access_token(session: Session, digest: str) -> KeptAccessToken | None:
    """The access token with this digest, expired or not."""
    return _ACCESS.get(session, digest)


def forget_access_token(session: Session, digest: str) -> None:
    execute(session, _FORGET_ONE, {"digest": digest})


def add_refresh_token(session: Session, token: KeptRefreshToken) -> None:
    _REFRESH.add(session, **flat(token))


def find_refresh_token(session: Session, digest: str) -> KeptRefreshToken | None:
    """The refresh token with this digest, used, expired or not."""
    return _REFRESH.get(session, digest)


def successors(session: Session, digest: str) -> tuple[int, int]:
    """How many refresh tokens were given out for this one, and how many of those have been used."""
    row = execute(session, _SUCCESSORS, {"digest": digest}).one()
    return row[0], row[1]


def spend_refresh_token(session: Session, token: KeptRefreshToken, *, now: datetime) -> None:
    """Note the first use of a refresh token. Others that were given out for the same one count as used since then."""
    _REFRESH.change(session, token.digest, used_at=now)
    execute(session, _SPEND_SIBLINGS, {"before": token.replaces})


def extend_refresh_token(session: Session, digest: str, *, expires_at: datetime) -> None:
    """Keep a refresh token until then."""
    _REFRESH.change(session, digest, expires_at=expires_at)


def forget_used(session: Session, credential_id: str, *, used_before: datetime, keep: str) -> None:
    """Forget the refresh tokens of a connection that were used before, but for the one with the digest `keep`."""
    execute(session, _FORGET_USED, {"connection": credential_id, "used_before": used_before, "keep": keep})


def forget_tokens(session: Session, *, now: datetime) -> None:
    """Forget tokens that have expired."""
    execute(session, _FORGET_ACCESS, {"now": now})
    execute(session, _FORGET_REFRESH, {"now": now})
