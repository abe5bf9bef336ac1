"""What a person has: a name, browsers in which it is signed in, connections of AI clients that it allowed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from invoicing.organizations import CredentialKind
from invoicing.refusals import NotFound
from invoicing.text.typed import clean_line
from operations.access import Office
from operations.identity.passkeys import Site
from operations.identity.ways import Ways, ways_in
from storage.directory import browsers, credentials, users
from storage.directory.browsers import KnownBrowser
from storage.directory.credentials import KnownCredential

NAME_LENGTH_MAX = 80


@dataclass(frozen=True, slots=True)
class Account:
    """What a person sees of itself."""

    email: str
    name: str
    ways: Ways
    browsers: tuple[KnownBrowser, ...]
    connections: tuple[KnownCredential, ...]


async def my_account(office: Office, site: Site) -> Account:
    """What the person has now."""
    user_id, email, now = office.principal.user_id, office.principal.label, office.latest()

    def work(db: Session) -> Account:
        found = credentials.list_credentials(db, kind=CredentialKind.CONNECTION, user_id=user_id)
        return Account(
            email=email,
            name=users.name_of(db, user_id),
            ways=ways_in(db, user_id, site),
            browsers=tuple(browsers.sessions_of_user(db, user_id, now=now)),
            connections=tuple(one for one in found if one.revoked_at is None),
        )

    return await office.store.directory.read(work)


async def set_my_name(office: Office, name: str) -> None:
    """Give the person this name.

    Raises:
        InvalidInput: it is too long, or no name.
    """
    user_id, called = office.principal.user_id, clean_line(name, field="name", limit=NAME_LENGTH_MAX)
    await office.store.directory.write(lambda db: users.set_name(db, user_id, called))


async def end_browser(office: Office, session_id: str) -> None:
    """Sign the person out in one of its browsers.

    Raises:
        NotFound: it is none of theirs.
    """
    user_id, now = office.principal.user_id, office.latest()

    def work(db: Session) -> None:
        if session_id not in {one.session_id for one in browsers.sessions_of_user(db, user_id, now=now)}:
            raise NotFound("There is no such browser.")
        browsers.end_sessions(db, [session_id])

    await office.store.directory.write(work)


async def end_connection(office: Office, credential_id: str) -> None:
    """End a connection that the person allowed an AI client.

    Raises:
        NotFound: it is none of theirs.
    """
    user_id, now = office.principal.user_id, office.now()

    def work(db: Session) -> None:
        mine = credentials.list_credentials(db, kind=CredentialKind.CONNECTION, user_id=user_id)
        if credential_id not in {one.id for one in mine}:
            raise NotFound("There is no such connection.")
        credentials.revoke(db, credential_id, now=now)

    await office.store.directory.write(work)
