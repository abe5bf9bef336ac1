"""Who may do what: principals, roles, and the opening of books."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import assert_never

from invoicing.approval.people import Actor
from invoicing.approval.workflows import DraftedBy
from invoicing.organizations import (
    EVERYTHING,
    OF_PERSONS,
    READ_ONLY,
    ClientMay,
    Clock,
    CredentialKind,
    OrganizationKind,
    OrganizationRef,
    Role,
    Scopes,
)
from invoicing.refusals import Conflict, NotAllowed
from invoicing.text.typed import one_line
from operations.identity.passwords import Hashing
from operations.rights import RIGHTS, Right, Standing, refusal_of
from storage.books.pool import Books
from storage.directory.access_queries import Reach
from storage.files.kept import StoredFile
from storage.folder.store import Store


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls. `label` is the name by which they are known. `credential` and `credential_id` are what the call came
    with, None and empty for the local owner, and `scopes` what may be done with that at most. An API key or a secret
    link is no person: what a person must answer for is not its to do. `made_by` is the id of the user who made it.
    `program` is the client program through which a person acts, where that is known, and `client_id` what it is known
    by, since names are its own; `limited_by` is the id of the credential where it reaches only organizations that were
    picked for it.
    """

    user_id: str
    label: str
    scopes: Scopes = EVERYTHING
    credential: CredentialKind | None = None
    credential_id: str = ""
    made_by: str = ""
    program: str = ""
    client_id: str = ""
    limited_by: str = ""

    @property
    def is_person(self) -> bool:
        return self.credential is None or self.credential in OF_PERSONS

    @property
    def on_record(self) -> str:
        """Who has done something, as audit trails and documents say it: the person, and through which program."""
        return f"{self.label} via {one_line(self.program)}" if self.program else self.label

    @property
    def reach(self) -> Reach:
        return Reach(self.user_id, self.limited_by)


@dataclass(frozen=True, slots=True)
class FileLink:
    """Where a file can be had: a path on this machine, which does not expire, or a URL, which does."""

    link: str
    expires_at: datetime | None = None


def local_path(_: Principal, books: Books, stored: StoredFile) -> FileLink:
    """The file's path, for a client on the same machine."""
    return FileLink(books.files.link(stored))


@dataclass(slots=True)
class Visits:
    """The organizations for which one call has acted, by their ids, as they were when it first came to them."""

    organizations: dict[str, OrganizationRef] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Office:
    """Where acts across organizations take place: the principal at the directory.

    `public_url` is where the server is reached from elsewhere, and `links_url` where secret links lead, without a slash
    at their end; empty where it is not reached.
    `link_to` says where a client of this connection gets a file; `with_credential` that the caller has proved by one
    who it is, and that there are pages to show. `files_folder` is where a client on the same machine has files to be
    imported, None where no folder was named. `hashing` says how passwords are hashed. `visits` notes for whom a call
    acts, None where nobody asks.
    """

    store: Store
    principal: Principal
    clock: Clock
    public_url: str = ""
    links_url: str = ""
    link_to: Callable[[Principal, Books, StoredFile], FileLink] = local_path
    with_credential: bool = False
    files_folder: Path | None = None
    hashing: Hashing = field(default_factory=Hashing)
    visits: Visits | None = None

    def arrive(self, organization: OrganizationRef) -> None:
        """Note that the call acts for this organization, whether or not it may do there what it wants."""
        if self.visits is not None:
            self.visits.organizations.setdefault(organization.id, organization)

    def now(self) -> datetime:
        return self.clock()

    def latest(self) -> datetime:
        """The moment on which is judged whether something has expired: now, or later where the clock was set back."""
        return self.store.moments.no_earlier(self.clock())

    def connection_url(self, organization: OrganizationRef) -> str:
        """The organization's own connection URL; empty where no server is reached."""
        return f"{self.public_url}/mcp/{organization.handle}" if self.public_url else ""


def standing_of(principal: Principal, organization: OrganizationRef) -> Standing:
    """What the principal is to the organization, which is as the directory answered it for this principal."""
    match principal.credential:
        case CredentialKind.KEY:
            return Standing.API_KEY
        case CredentialKind.LINK:
            return Standing.SECRET_LINK
        case CredentialKind.TOKEN | CredentialKind.CONNECTION | None:
            return _standing_in_practice(organization) or _standing_in_itself(organization)
        case _:
            assert_never(principal.credential)


def acting_at(organization: OrganizationRef, principal: Principal) -> Actor:
    """Who acts in the organization's books: behind a key or a link stands the person who made it."""
    person = principal.user_id if principal.is_person else principal.made_by
    return Actor(person, principal.label, _DRAFTS_AS[standing_of(principal, organization)])


_DRAFTS_AS: Mapping[Standing, DraftedBy] = {
    Standing.PRACTICE_OWNER: DraftedBy.OWNER,
    Standing.PRACTICE_ACCOUNTANT: DraftedBy.ACCOUNTANT,
    Standing.LIMITED_STAFF: DraftedBy.ACCOUNTANT,
    Standing.STANDALONE_OWNER: DraftedBy.OWNER,
    Standing.STANDALONE_ACCOUNTANT: DraftedBy.ACCOUNTANT,
    Standing.CLIENT_OWNER: DraftedBy.CLIENT,
    Standing.CLIENT_ACCOUNTANT: DraftedBy.CLIENT,
    Standing.CLIENT_USER: DraftedBy.CLIENT,
    Standing.VIEWER: DraftedBy.PERSON,
    Standing.API_KEY: DraftedBy.KEY,
    Standing.SECRET_LINK: DraftedBy.LINK,
}


def _standing_in_practice(organization: OrganizationRef) -> Standing | None:
    """What somebody is as one of the practice's people; None where that is nothing, or less at this organization."""
    role = organization.role if organization.kind is OrganizationKind.PARTNER else organization.practice_role
    if role is Role.OWNER and not organization.limited:
        # Whoever says who belongs to a client is not kept out of it by a lower role that stands there.
        return Standing.PRACTICE_OWNER
    match organization.role:
        case Role.VIEWER | Role.CLIENT:
            return None
        case Role.OWNER | Role.ACCOUNTANT:
            pass
        case _:
            assert_never(organization.role)
    match role:
        case Role.OWNER | Role.ACCOUNTANT:
            return Standing.LIMITED_STAFF if organization.limited else Standing.PRACTICE_ACCOUNTANT
        case Role.VIEWER | Role.CLIENT | None:
            return None
        case _:
            assert_never(role)


def _standing_in_itself(organization: OrganizationRef) -> Standing:
    is_client = bool(organization.partner_id)
    match organization.role:
        case Role.OWNER:
            return Standing.CLIENT_OWNER if is_client else Standing.STANDALONE_OWNER
        case Role.ACCOUNTANT:
            return Standing.CLIENT_ACCOUNTANT if is_client else Standing.STANDALONE_ACCOUNTANT
        case Role.VIEWER:
            return Standing.VIEWER
        case Role.CLIENT:
            return Standing.CLIENT_USER
        case _:
            assert_never(organization.role)


def require(act: Right, organization: OrganizationRef, principal: Principal, *, field: str = "") -> None:
    """Refuse what neither the credential nor the table of rights allows; `field` is what asked for it.

    Raises:
        NotAllowed: the credential's scopes or the table of rights do not allow the act.
    """
    rule = RIGHTS[act]
    if rule.scope not in principal.scopes:
        if principal.scopes == READ_ONLY:
            raise NotAllowed("This credential is read-only: it changes nothing.", field=field)
        raise NotAllowed(f"This credential lacks the scope {rule.scope}, which this needs.", field=field)
    standing = standing_of(principal, organization)
    if rule.allows(standing, organization.client_may):
        return
    if standing in (Standing.VIEWER, Standing.CLIENT_USER):
        raise NotAllowed(
            f"The role {organization.role} in {organization.handle} does not allow this. An owner or accountant can"
            " do it.",
            field=field,
        )
    raise NotAllowed(refusal_of(rule, standing), field=field)


def is_allowed(act: Right, organization: OrganizationRef, principal: Principal) -> bool:
    """Whether the credential and the table of rights allow the act, for what is shown before anybody tries it."""
    return act in _allowed(standing_of(principal, organization), organization.client_may, principal.scopes)


def scopes_at(organization: OrganizationRef, principal: Principal) -> Scopes:
    """What the credential and the table of rights let the principal do there at most."""
    allowed = _allowed(standing_of(principal, organization), organization.client_may, principal.scopes)
    return Scopes(RIGHTS[act].scope for act in allowed)


@lru_cache(256)
def _allowed(standing: Standing, let: frozenset[ClientMay], scopes: Scopes) -> frozenset[Right]:
    return frozenset(act for act, rule in RIGHTS.items() if rule.scope in scopes and rule.allows(standing, let))


def open_books(office: Office, organization: OrganizationRef, act: Right, *, even_archived: bool = False) -> Books:
    """The organization's books, opened for the principal and this act; `even_archived` is for what brings it back.

    `organization` is what the directory answered for this principal in this call: its role is of this moment.

    Raises:
        NotAllowed: the act is not the principal's to do.
        Conflict: a change in an archived organization.
    """
    office.arrive(organization)
    require(act, organization, office.principal)
    if organization.archived and act is not Right.READ and not even_archived:
        raise Conflict(f"{organization.handle} is archived: it can be read, not changed.")
    return Books(
        organization=organization,
        actor=office.principal.on_record,
        acting=acting_at(organization, office.principal),
        clock=office.clock,
        pool=office.store.pool,
        may_change=act is not Right.READ,
    )
