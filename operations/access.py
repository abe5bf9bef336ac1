"""Who may do what: principals, roles, and the opening of books."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from invoicing.organizations import Clock, OrganizationRef
from invoicing.refusals import Conflict, NotAllowed
from storage.books.pool import Books
from storage.directory import access_queries
from storage.files.kept import StoredFile
from storage.folder.store import Store


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls. `label` is the name that audit trails show; a read-only credential changes nothing. An API key or a
    secret link is no person: what a person must answer for is not its to do. `credential_id` is what the call was made
    with; empty for the local owner.
    """

    user_id: str
    label: str
    read_only: bool = False
    is_person: bool = True
    credential_id: str = ""


@dataclass(frozen=True, slots=True)
class FileLink:
    """Where a file can be had: a path on this machine, which does not expire, or a URL, which does."""

    link: str
    expires_at: datetime | None = None


def local_path(_: Principal, books: Books, stored: StoredFile) -> FileLink:
    """The file's path, for a client on the same machine."""
    return FileLink(books.files.link(stored))


@dataclass(frozen=True, slots=True)
class Office:
    """Where acts across organizations take place: the principal at the directory.

    `public_url` is where the server is reached over HTTP, without a slash at its end; empty where it is not.
    `link_to` says where a client of this connection gets a file; `over_http` that there are pages to show.
    """

    store: Store
    principal: Principal
    clock: Clock
    public_url: str = ""
    link_to: Callable[[Principal, Books, StoredFile], FileLink] = local_path
    over_http: bool = False

    def now(self) -> datetime:
        return self.clock()

    def latest(self) -> datetime:
        """The moment on which is judged whether something has expired: now, or later where the clock was set back."""
        return self.store.moments.no_earlier(self.clock())

    def connection_url(self, organization: OrganizationRef) -> str:
        """The organization's own connection URL; empty where there is no HTTP server."""
        return f"{self.public_url}/mcp/{organization.handle}" if self.public_url else ""


class Right(Enum):
    """What a call wants to do."""

    READ = "read"
    DRAFT = "draft"
    CHANGE = "change"


_RIGHTS = {
    "owner": frozenset(Right),
    "accountant": frozenset(Right),
    "viewer": frozenset({Right.READ}),
    "client": frozenset({Right.READ}),
}


def require(right: Right, role: str, *, principal: Principal, where: str) -> None:
    """Refuse what neither the principal's credential nor its role allows.

    Raises:
        NotAllowed: the principal's credential or role does not give the right.
    """
    if right is Right.READ:
        return
    if principal.read_only:
        raise NotAllowed("This credential is read-only: it changes nothing.")
    if right not in _RIGHTS.get(role, frozenset()):
        raise NotAllowed(f"The role {role} in {where} does not allow this. An owner or accountant can do it.")


async def require_person_of_practice(office: Office, organization: OrganizationRef, what: str) -> None:
    """Acts that a person of the practice answers for: of the practice that the organization is a client of, or that it
    is itself; a standalone organization has its own owner. `what` names the act in the refusal.

    Raises:
        NotAllowed: an API key or secret link, or somebody without that role.
    """
    principal, partner = office.principal, organization.partner_id
    if not principal.is_person:
        raise NotAllowed(f"{what} is for a person to do: an API key or a secret link cannot.")
    practice: OrganizationRef | None = organization
    if partner:
        practice = await office.store.directory.read(
            lambda db: access_queries.reachable_by_id(db, principal.user_id, partner)
        )
    allowed = ("owner",) if organization.kind != "partner" and not partner else ("owner", "accountant")
    if practice is None or practice.role not in allowed:
        raise NotAllowed(f"{what} is for the owner or an accountant of the practice to do.")
    require(Right.CHANGE, organization.role, principal=principal, where=organization.handle)


def open_books(office: Office, organization: OrganizationRef, right: Right) -> Books:
    """The organization's books, opened for the principal.

    `organization` is what the directory answered for this principal in this call: its role is of this moment.

    Raises:
        NotAllowed: the role does not give the right.
        Conflict: a change in an archived organization.
    """
    require(right, organization.role, principal=office.principal, where=organization.handle)
    if organization.archived and right is not Right.READ:
        raise Conflict(f"{organization.handle} is archived: it can be read, not changed.")
    return Books(
        organization=organization,
        actor=office.principal.label,
        clock=office.clock,
        shelf=office.store.shelf,
        may_change=right is not Right.READ,
    )
