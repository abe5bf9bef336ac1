"""Connections of an organization's staff that its identity provider has decided on: nobody is asked here, and the
provider is asked again each hour, since there is no refresh token.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from invoicing.organizations import CredentialKind, OrganizationRef, scopes_text
from invoicing.refusals import NotFound
from operations.access import Office
from operations.authentication import ACCESS_TOKEN
from operations.authorization.consent import keep_connection
from operations.authorization.granting import ACCESS_LIFETIME, Denial, NotGranted
from operations.authorization.scopes import Asked, scopes_of_words
from operations.credentials import digest_of, new_prefix, random_text
from operations.identity.vouching import Person, Vouched, person_vouched_for
from storage.directory import access_queries, client_programs, connection_tokens, providers
from storage.directory.access_queries import Reach
from storage.directory.connection_tokens import KeptAccessToken, NewConnection
from storage.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffStatement:
    """What a provider has stated: that this person is to be connected with this client program. `handle` is empty for
    the connection to all that the person reaches; `statement_id` tells one statement from another.
    """

    vouched: Vouched
    statement_id: str
    expires_at: datetime
    client_id: str
    program: str
    audience: str
    handle: str
    words: frozenset[Asked]


@dataclass(frozen=True, slots=True)
class StaffToken:
    """An access token, which is shown now or never."""

    access: str
    words: frozenset[Asked]
    seconds: int = int(ACCESS_LIFETIME.total_seconds())


async def connect_staff(office: Office, statement: StaffStatement) -> StaffToken:
    """An access token for exactly the connection that the statement is for, which counts once.

    Raises:
        NotGranted: the statement was used, means nobody here, or is for an organization out of the person's reach.
    """
    now = office.latest()
    access = f"{ACCESS_TOKEN}{random_text()}"

    def work(db: Session) -> None:
        digest = digest_of(f"{statement.vouched.issuer}\n{statement.statement_id}")
        if not providers.use_statement(db, digest, expires_at=statement.expires_at, now=now):
            raise NotGranted(Denial.GRANT)
        try:
            person = person_vouched_for(db, statement.vouched, now=now)
        except NotFound:
            raise NotGranted(Denial.GRANT) from None
        connection, until = _connection(db, statement, person, now), now + ACCESS_LIFETIME
        scopes = scopes_text(scopes_of_words(statement.words))
        connection_tokens.add_access_token(db, KeptAccessToken(digest_of(access), connection, scopes, now, until))
        connection_tokens.extend_connection(db, connection, expires_at=until)
        client_programs.touch_program(db, statement.client_id, now=now)

    await office.store.directory.write(work)
    return StaffToken(access, statement.words)


def _connection(db: Session, statement: StaffStatement, person: Person, now: datetime) -> str:
    """Id of the person's connection with this program: the one that an earlier statement made, or a new one."""
    organization = _organization(db, statement, person)
    scopes = scopes_of_words(statement.words)
    found = providers.connection_by(
        db,
        statement.vouched.issuer,
        user_id=person.user_id,
        client_id=statement.client_id,
        audience=statement.audience,
        scopes=scopes_text(scopes),
    )
    if found:
        return found
    new = NewConnection(
        id=new_id("crd"),
        prefix=new_prefix(CredentialKind.CONNECTION),
        client_id=statement.client_id,
        program=statement.program,
        user_id=person.user_id,
        # What the provider has made ends with it.
        email=statement.vouched.issuer,
        organization_id=None if organization is None else organization.id,
        picked=None if organization is None else (organization.id,),
        scopes=scopes,
        audience=statement.audience,
    )
    keep_connection(db, new, expires_at=now + ACCESS_LIFETIME, now=now)
    return new.id


def _organization(db: Session, statement: StaffStatement, person: Person) -> OrganizationRef | None:
    """The organization of the connection; one out of the person's reach answers like one that never was."""
    if not statement.handle:
        return None
    found = access_queries.reachable_by_handle(db, Reach(person.user_id), statement.handle)
    if found is None:
        raise NotGranted(Denial.TARGET)
    return found
