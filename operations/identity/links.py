"""Sign-in links: whoever opens one first, and presses the button there, is signed in, once. They are the way in where
there is no other yet, or no other any more.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from invoicing.organizations import OrganizationRef
from invoicing.refusals import NotAllowed, NotFound
from invoicing.remedies import Act
from operations.access import Office, require
from operations.identity.browsing import Method, begin, secret_digest
from operations.identity.passkeys import Site
from operations.identity.ways import ways_in
from operations.rights import Right
from storage.directory import access_queries, identity, sign_in_links, users
from storage.directory.sign_in_links import KnownLink
from storage.ids import new_id

SIGN_IN_LIFETIME = timedelta(minutes=15)
INVITATION_LIFETIME = timedelta(days=7)
_SECRET_BYTES = 32
_SECRET_LENGTH_MAX = 100


@dataclass(frozen=True, slots=True)
class MadeLink:
    """A link that was made, as a path with the secret in it, and until when it signs in."""

    path: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link has opened: the secret of a new session's cookie, or, where that is empty, nothing: the person was
    invited, and signs in as before.
    """

    secret: str
    has_ways: bool


async def make_sign_in_link(office: Office, email: str) -> MadeLink:
    """A link that signs the person with this address in. Whoever runs the program on the server's own machine can have
    one; nobody gets one over a connection or a page.

    Raises:
        NotAllowed: over a connection or a page, or by somebody who does not say who belongs to the person's
            organization.
        NotFound: nobody has this address.
    """
    if office.with_credential:
        raise NotAllowed("A link that signs somebody in is made on the server's own machine.")
    now = office.latest()

    def work(db: Session) -> MadeLink:
        user_id = users.person_id_of(db, email.strip())
        if not user_id:
            raise NotFound("No user has this e-mail address.", field="email", remedy=Act.FIND_USER)
        if user_id != office.principal.user_id:
            home = access_queries.reachable_by_id(db, office.principal.reach, users.home_of(db, user_id))
            if home is None:
                raise NotAllowed("Only an owner of the user's organization lets the user in.")
            require(Right.MANAGE_PEOPLE, home, office.principal)
        return _add(db, user_id, None, now=now, lifetime=SIGN_IN_LIFETIME)

    return await office.store.directory.write(work)


async def make_invitation(office: Office, organization: OrganizationRef, email: str) -> MadeLink:
    """A link for somebody who was invited to the organization. It signs in only whoever never signed in, in whatever
    way, has never had a token or a connection, and belongs to nothing else: nobody becomes somebody else by inviting
    them.

    Raises:
        NotAllowed: by anyone whose right it is not.
        NotFound: the person does not belong to the organization.
    """
    require(Right.MANAGE_PEOPLE, organization, office.principal)
    now = office.latest()

    def work(db: Session) -> MadeLink:
        member = users.member(db, organization.id, email.strip())
        if member is None:
            raise NotFound(f"Nobody with this e-mail address belongs to {organization.handle}.", field="email")
        return _add(db, member.user_id, organization.id, now=now, lifetime=INVITATION_LIFETIME)

    return await office.store.directory.write(work)


async def use_link(office: Office, site: Site, secret: str) -> Opened | None:
    """Use a link up; None where there is none, it was used before or has expired. A person who slept wakes by it."""
    now, digest = office.latest(), secret_digest(secret[:_SECRET_LENGTH_MAX])

    def work(db: Session) -> Opened | None:
        link = sign_in_links.open_link(db, digest, now=now)
        if link is None or not sign_in_links.use_link(db, link.id, now=now):
            return None
        ways = ways_in(db, link.user_id, site)
        if link.organization_id is not None and not _is_new(db, link):
            return Opened("", has_ways=ways.are_enough)
        sign_in_links.forget_links_of(db, link.user_id)
        identity.wake(db, link.user_id)
        return Opened(begin(db, link.user_id, Method.LINK, now=now), has_ways=ways.are_enough)

    return await office.store.directory.write(work)


def _is_new(db: Session, link: KnownLink) -> bool:
    """Whether the person who was invited never was here, and belongs to nothing else."""
    return not identity.was_here(db, link.user_id) and users.organizations_of(db, link.user_id) == [
        link.organization_id
    ]


def _add(db: Session, user_id: str, organization_id: str | None, *, now: datetime, lifetime: timedelta) -> MadeLink:
    secret, expires_at = secrets.token_urlsafe(_SECRET_BYTES), (now + lifetime).replace(microsecond=0)
    sign_in_links.add_link(
        db,
        KnownLink(
            id=new_id("sil"),
            digest=secret_digest(secret),
            user_id=user_id,
            organization_id=organization_id,
            created_at=now,
            expires_at=expires_at,
        ),
    )
    return MadeLink(f"/sign-in/link/{secret}", expires_at)
