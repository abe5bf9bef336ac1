"""Consent: a person allows a client program a connection, to one organization or to those that it picks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from invoicing.organizations import CredentialKind, OrganizationRef
from invoicing.refusals import InvalidInput, NotFound
from operations.access import Office
from operations.authorization.requests import Waiting
from operations.authorization.scopes import Asked, scopes_of_words
from operations.credentials import digest_of, new_prefix, random_text
from storage.directory import (
    access_queries,
    authorization_requests,
    client_programs,
    connection_tokens,
    credentials,
    users,
)
from storage.directory.authorization_requests import KeptCode
from storage.directory.connection_tokens import NewConnection
from storage.ids import new_id

CODE = "cfo_"
CODE_LIFETIME = timedelta(seconds=60)
CONNECTIONS_MAX = 50
"""How many connections a person has at most: beyond, those go that were not used for longest."""
PICKED_MAX = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What a person lets a program do: at most `words` of what was asked. On the connection to all organizations,
    `handles` are those that were picked, None for all that the person reaches now and later.
    """

    words: frozenset[Asked]
    handles: frozenset[str] | None = None


class Decided(Exception):
    """The request does not wait any more."""


async def organization_asked(office: Office, waiting: Waiting) -> OrganizationRef | None:
    """The organization whose connection is asked for; None for the connection to all.

    Raises:
        NotFound: there is no such organization, or it is out of the person's reach.
    """
    return await office.store.directory.read(lambda db: _organization(db, office, waiting))


async def allow(office: Office, waiting: Waiting, consent: Consent) -> str:
    """Allow what waits, once, and answer the code for which the program gets its tokens.

    Raises:
        Decided: the request does not wait any more.
        NotFound: there is no such organization, it is out of the person's reach, or nothing is within it.
        InvalidInput: nothing was picked, or nothing was let.
    """
    if not consent.words or not consent.words <= waiting.words:
        raise InvalidInput("Choose what the program may do.", field="rights")
    code, now = f"{CODE}{random_text()}", office.latest()

    def work(db: Session) -> str:
        if not authorization_requests.forget_request(db, waiting.request.digest):
            raise Decided
        organization = _organization(db, office, waiting)
        picked = _picked(db, office, organization, consent)
        connection = _connection(office, waiting, organization, picked, consent)
        keep_connection(db, connection, expires_at=now + CODE_LIFETIME, now=now)
        client_programs.touch_program(db, waiting.program.id, now=now)
        authorization_requests.add_code(db, _code(waiting, connection.id, code, now))
        return code

    return await office.store.directory.write(work)


def keep_connection(db: Session, new: NewConnection, *, expires_at: datetime, now: datetime) -> None:
    """Keep a connection, in the place of the longest unused one where its person has very many."""
    connection_tokens.add_connection(db, new, expires_at=expires_at, now=now)
    for oldest in connection_tokens.beyond(db, new.user_id, most=CONNECTIONS_MAX):
        credentials.revoke(db, oldest, now=now)


def _organization(db: Session, office: Office, waiting: Waiting) -> OrganizationRef | None:
    if not waiting.request.handle:
        return None
    found = access_queries.reachable_by_handle(db, office.principal.reach, waiting.request.handle)
    if found is None:
        raise NotFound("There is no organization of this address, or it is not yours.")
    return found


def _picked(
    db: Session, office: Office, organization: OrganizationRef | None, consent: Consent
) -> tuple[str, ...] | None:
    """The ids of what the connection is limited to: the one of its own, those that were picked, or None."""
    if organization is not None:
        return (organization.id,)
    if consent.handles is None:
        # It would wake with the next invitation, of whomever.
        if not users.organizations_of(db, office.principal.user_id):
            raise NotFound("You belong to no organization: there is nothing to connect to.")
        return None
    if not 0 < len(consent.handles) <= PICKED_MAX:
        raise InvalidInput(f"Pick at least one organization, and at most {PICKED_MAX:,}.", field="organizations")
    reach = office.principal.reach
    found = [access_queries.reachable_by_handle(db, reach, handle) for handle in sorted(consent.handles)]
    if any(one is None for one in found):
        raise NotFound("One of the organizations is not there any more: look again.")
    return tuple(one.id for one in found if one is not None)


def _connection(
    office: Office,
    waiting: Waiting,
    organization: OrganizationRef | None,
    picked: tuple[str, ...] | None,
    consent: Consent,
) -> NewConnection:
    return NewConnection(
        id=new_id("crd"),
        prefix=new_prefix(CredentialKind.CONNECTION),
        client_id=waiting.program.id,
        program=waiting.program.name,
        user_id=office.principal.user_id,
        email=office.principal.label,
        organization_id=None if organization is None else organization.id,
        picked=picked,
        scopes=scopes_of_words(consent.words),
        audience=waiting.request.audience,
    )


def _code(waiting: Waiting, credential_id: str, code: str, now: datetime) -> KeptCode:
    return KeptCode(
        digest=digest_of(code),
        credential_id=credential_id,
        client_id=waiting.program.id,
        redirect_uri=waiting.request.redirect_uri,
        challenge=waiting.request.challenge,
        created_at=now,
        expires_at=now + CODE_LIFETIME,
    )
