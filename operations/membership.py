"""Who belongs to an organization: inviting, limiting and removing people. Signing in is another matter: somebody who is
invited can have a link for that, or a personal token.

Each act is in the audit trail of the organization that the person belongs to; one that came to nothing is followed by
an entry that says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from sqlmodel import Session

from invoicing.master_data.identifiers import check_email
from invoicing.organizations import OrganizationKind, OrganizationRef, Role
from invoicing.refusals import Conflict, InvalidInput, NotFound, Unavailable
from invoicing.remedies import Act
from invoicing.text.codes import small_letters
from operations.access import Office, open_books, require
from operations.rights import Right
from storage.books import audit
from storage.directory import access_queries, browsers, credentials, sign_in_links, users
from storage.directory.credentials import KnownCredential
from storage.directory.users import Member, Person
from storage.ids import new_id
from storage.work.completion import to_its_end

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody who belongs to an organization from now on; `clients` are the handles that a member is limited to, None
    where there is no limit.
    """

    email: str
    role: Role
    organization: str
    clients: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Removed:
    """Somebody who belongs to an organization no longer, and the API keys and links that they made there or for its
    clients: those that were `revoked` now, and those that are `left` and still open something.
    """

    email: str
    revoked: tuple[KnownCredential, ...]
    left: tuple[KnownCredential, ...]


def role_named(text: str) -> Role:
    """The role that a text names.

    Raises:
        InvalidInput: no role.
    """
    try:
        return Role(text.strip().lower())
    except ValueError:
        raise InvalidInput("role must be owner, accountant, viewer or client.", field="role") from None


async def list_members(office: Office, organization: OrganizationRef) -> list[Person]:
    """The people who belong to the organization itself, by e-mail address.

    Raises:
        NotAllowed: by anyone whose right it is not to say who they are.
    """
    require(Right.MANAGE_PEOPLE, organization, office.principal)
    return await office.store.directory.read(lambda db: users.members(db, organization.id))


async def invite_user(
    office: Office, organization: OrganizationRef, email: str, *, role: Role, clients: Sequence[str] | None = None
) -> Joined:
    """Let a person belong to the organization, in this role; of a practice, with `clients` only for these of its
    clients, which are handles.

    Raises:
        NotAllowed: by anyone whose right it is not.
        InvalidInput: no e-mail address, or a role or clients that do not fit the organization.
        NotFound: a client that the practice does not have.
        Conflict: the person belongs to it already, or it is archived.
    """
    require(Right.MANAGE_PEOPLE, organization, office.principal)
    wanted = small_letters(check_email(email))
    if role is Role.CLIENT and organization.kind is OrganizationKind.PARTNER:
        raise InvalidInput(
            "role: client is for a client's own user: give the client's organization, not the practice.", field="role"
        )
    limited = None if clients is None else await _clients(office, organization, role, clients)
    await office.store.directory.read(lambda db: _check_new(db, organization, wanted))
    handles = None if limited is None else tuple(one.handle for one in limited)
    detail: dict[str, object] = {"role": role.value} | ({} if handles is None else {"clients": list(handles)})

    def work(db: Session) -> None:
        user_id = _check_new(db, organization, wanted)
        if not user_id:
            user_id = new_id("usr")
            users.add_user(db, user_id, wanted, now=office.now())
        users.add_membership(db, user_id, organization.id, role, all_clients=limited is None)
        users.set_clients(db, user_id, organization.id, [one.id for one in limited or ()])

    await to_its_end(_on_record(office, organization, "invite_user", wanted, detail, work))
    return Joined(wanted, role, organization.handle, handles)


async def limit_user(office: Office, practice: OrganizationRef, email: str, *, clients: Sequence[str] | None) -> Joined:
    """Limit a member of a practice to these of its clients, or, with None, to none of them in particular.

    Raises:
        NotAllowed, NotFound: as `invite_user`; NotFound also where the person does not belong to the practice.
        InvalidInput: no practice, or an owner, who has all its clients.
    """
    require(Right.MANAGE_PEOPLE, practice, office.principal)
    found = await office.store.directory.read(lambda db: _member(db, practice, email))
    limited = None if clients is None else await _clients(office, practice, found.role, clients)
    handles = None if limited is None else tuple(one.handle for one in limited)
    detail: dict[str, object] = {"clients": "all" if handles is None else list(handles)}

    def work(db: Session) -> None:
        member = _member(db, practice, email)
        if limited is not None:
            _check_can_be_limited(practice, member.role)
        users.change_reach(db, member.user_id, practice.id, all_clients=limited is None)
        users.set_clients(db, member.user_id, practice.id, [one.id for one in limited or ()])

    await to_its_end(_on_record(office, practice, "limit_user", found.email, detail, work))
    return Joined(found.email, found.role, practice.handle, handles)


async def remove_user(
    office: Office, organization: OrganizationRef, email: str, *, revoke_keys: bool = False
) -> Removed:
    """Let a person belong to the organization no longer. Who belongs to nothing any more keeps no token either, and
    is signed out everywhere. API
    keys and links that they made belong to the organization: with `revoke_keys` these end too.

    Raises:
        NotAllowed: by anyone whose right it is not.
        NotFound: the person does not belong to it.
        Conflict: the last owner, without whom nobody could let anybody in again.
    """
    require(Right.MANAGE_PEOPLE, organization, office.principal)
    if revoke_keys:
        require(Right.REVOKE_CREDENTIAL, organization, office.principal)
    found, made = await office.store.directory.read(lambda db: _with_keys(db, organization, email))
    ending = made if revoke_keys else []
    detail: dict[str, object] = {"role": found.role.value}
    if ending:
        detail["revoked"] = [one.prefix for one in ending]

    def work(db: Session) -> list[KnownCredential]:
        member = _removable(db, organization, email)
        for one in ending:
            credentials.revoke(db, one.id, now=office.now())
        users.remove_membership(db, member.user_id, organization.id)
        if not users.home_of(db, member.user_id):
            credentials.revoke_all_of(db, member.user_id, now=office.now())
            browsers.end_sessions_of(db, member.user_id)
            sign_in_links.forget_links_of(db, member.user_id)
        return credentials.made_by(db, member.user_id, organization.id)

    # Books that are out of service must not keep anybody in.
    act = _on_record(office, organization, "remove_user", found.email, detail, work, with_books_alone=False)
    left = await to_its_end(act)
    return Removed(found.email, revoked=tuple(ending), left=tuple(left))


def _with_keys(db: Session, organization: OrganizationRef, email: str) -> tuple[Member, list[KnownCredential]]:
    member = _removable(db, organization, email)
    return member, credentials.made_by(db, member.user_id, organization.id)


def _check_new(db: Session, organization: OrganizationRef, email: str) -> str:
    """The id of the user with this address, who does not belong to the organization; empty where there is none yet."""
    if users.is_service_address(email):
        raise InvalidInput("That address is one of a credential, not of a person.", field="email")
    member = users.member(db, organization.id, email)
    if member is not None:
        raise Conflict(
            f"{email} is {member.role} of {organization.handle} already: remove the user first to give another role.",
            field="email",
        )
    return users.person_id_of(db, email)


def _member(db: Session, organization: OrganizationRef, email: str) -> Member:
    member = users.member(db, organization.id, small_letters(email.strip()))
    if member is None:
        raise NotFound(
            f"Nobody with this e-mail address belongs to {organization.handle}.", field="email", remedy=Act.FIND_USER
        )
    return member


def _removable(db: Session, organization: OrganizationRef, email: str) -> Member:
    member = _member(db, organization, email)
    # The owners of a practice are let into its clients by the practice.
    if member.role is Role.OWNER and not organization.partner_id and users.count_owners(db, organization.id) == 1:
        raise Conflict(
            f"{member.email} is the last owner of {organization.handle}: invite another one first.", field="email"
        )
    return member


async def _clients(
    office: Office, practice: OrganizationRef, role: Role, handles: Sequence[str]
) -> list[OrganizationRef]:
    """The practice's clients with these handles."""
    _check_can_be_limited(practice, role)
    reach = office.principal.reach

    def work(db: Session) -> list[OrganizationRef]:
        named = dict.fromkeys(handle.strip().lower() for handle in handles)
        found = [access_queries.reachable_by_handle(db, reach, handle) for handle in named]
        clients = [one for one in found if one is not None and one.partner_id == practice.id]
        if len(clients) < len(found):
            raise NotFound(
                f"clients: not each of these is the handle of a client of {practice.handle}.",
                field="clients",
                remedy=Act.FIND_ORGANIZATION,
            )
        return clients

    return await office.store.directory.read(work)


def _check_can_be_limited(practice: OrganizationRef, role: Role) -> None:
    if practice.kind is not OrganizationKind.PARTNER:
        raise InvalidInput(f"clients: {practice.handle} is no practice and has no clients.", field="clients")
    if role is Role.OWNER:
        raise InvalidInput("clients: an owner of the practice has all its clients.", field="clients")


async def _on_record(
    office: Office,
    organization: OrganizationRef,
    act: str,
    email: str,
    detail: dict[str, object],
    work: Callable[[Session], T],
    *,
    with_books_alone: bool = True,
) -> T:
    """Put an act on people into the organization's audit trail, and then let the directory follow: what is not on
    record gives no access. What the directory does not take, since somebody else was quicker, is on record as void.
    """
    on_record = False
    try:
        await _record(office, organization, act, email, detail)
        on_record = True
    except Unavailable:
        if with_books_alone:
            raise
    try:
        return await office.store.directory.write(work)
    except Exception:
        if on_record:
            with suppress(Unavailable):
                await _record(office, organization, f"void_{act}", email, {})
        raise


async def _record(
    office: Office, organization: OrganizationRef, act: str, email: str, detail: dict[str, object]
) -> None:
    now, by = office.now(), office.principal.on_record
    # Whoever goes must go from what is archived too.
    books = open_books(office, organization, Right.MANAGE_PEOPLE, even_archived=act.endswith("remove_user"))
    await books.write(lambda db: audit.record(db, act, email, at=now, by=by, detail=detail))
