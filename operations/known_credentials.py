"""Credentials that there are: listed without their secrets, revoked, and woken after a restore."""

from __future__ import annotations

from sqlmodel import Session

from invoicing.organizations import CredentialKind, OrganizationRef
from invoicing.refusals import Conflict, NotFound
from operations.access import Office, is_allowed, require
from operations.rights import Right
from storage.directory import access_queries, credentials, users
from storage.directory.credentials import KnownCredential

_RIGHTS = {
    CredentialKind.TOKEN: Right.REVOKE_TOKEN,
    CredentialKind.CONNECTION: Right.REVOKE_TOKEN,
    CredentialKind.KEY: Right.REVOKE_CREDENTIAL,
    CredentialKind.LINK: Right.REVOKE_CREDENTIAL,
}


async def list_credentials(
    office: Office, *, kind: CredentialKind, organization: OrganizationRef | None
) -> list[KnownCredential]:
    """Credentials of a kind, without their secrets, newest first."""
    organization_id = organization.id if organization else ""
    return await office.store.directory.read(
        lambda db: credentials.list_credentials(db, kind=kind, organization_id=organization_id)
    )


async def list_openings(office: Office, organization: OrganizationRef) -> list[KnownCredential]:
    """What opens the organization, newest first, without its secrets, as far as the principal may end it: keys, links,
    and the connections of client programs.
    """
    found = await office.store.directory.read(lambda db: credentials.opening(db, organization.id))
    principal = office.principal
    return [
        one
        for one in found
        if is_allowed(_RIGHTS[one.kind], organization, principal)
        or (principal.is_person and one.user == principal.label)
    ]


async def is_connected(office: Office, organization: OrganizationRef) -> bool:
    """Whether anything opens the organization that the principal knows of: what `list_openings` answers, or a client
    program of the principal's own that opens all that is in reach.
    """
    user_id = office.principal.user_id
    own = await office.store.directory.read(
        lambda db: credentials.list_credentials(db, kind=CredentialKind.CONNECTION, user_id=user_id)
    )
    everywhere = any(not one.revoked_at and not one.organization for one in own)
    return everywhere or bool(await list_openings(office, organization))


async def revoke_opening(office: Office, organization: OrganizationRef, prefix: str) -> KnownCredential:
    """Revoke the one with this prefix of those that `list_openings` answers.

    Raises:
        NotFound: it is none of them.
    """
    for one in await list_openings(office, organization):
        if one.prefix == prefix:
            return await revoke_credential(office, kind=one.kind, key=one.id)
    raise NotFound("There is no such connection, key or link.", field="prefix")


async def revoke_credential(office: Office, *, kind: CredentialKind, key: str) -> KnownCredential:
    """Revoke a credential by its id or prefix; from now on it opens nothing. Answers it as it was before.

    Raises:
        NotFound: there is none within the principal's reach.
        NotAllowed: it is not the principal's to revoke. Everybody may revoke their own token.
    """

    def work(db: Session) -> KnownCredential:
        found, place = _find(db, office, kind, key)
        if not _is_own_token(db, office, found):
            require(_RIGHTS[kind], place, office.principal)
        credentials.revoke(db, found.id, now=office.now())
        return found

    return await office.store.directory.write(work)


async def wake_credential(office: Office, *, kind: CredentialKind, key: str) -> KnownCredential:
    """Let a credential open again what it opened before the folder was restored. Answers it as it was before.

    Raises:
        NotFound: there is none within the principal's reach.
        NotAllowed: it is not the principal's to wake; their own token may be one that was taken from them.
        Conflict: it is revoked, which is for good.
    """

    def work(db: Session) -> KnownCredential:
        found, place = _find(db, office, kind, key)
        require(_RIGHTS[kind], place, office.principal)
        if found.revoked_at:
            raise Conflict(f"The {kind} {found.prefix} is revoked, which is for good: create another one.", field="id")
        credentials.wake(db, found.id)
        return found

    return await office.store.directory.write(work)


async def wake_all_credentials(office: Office, *, kind: CredentialKind) -> int:
    """Let all credentials of a kind that sleep, and are the principal's to wake, open again what they opened; answers
    how many those are.

    Raises:
        NotAllowed: some sleep, and none of them is the principal's to wake.
    """

    def work(db: Session) -> int:
        asleep = [one for one in credentials.list_credentials(db, kind=kind) if one.asleep_since and not one.revoked_at]
        known = [(one, place) for one in asleep if (place := _place(db, office, one)) is not None]
        theirs = [one for one, place in known if is_allowed(_RIGHTS[kind], place, office.principal)]
        if known and not theirs:
            require(_RIGHTS[kind], known[0][1], office.principal)
        for one in theirs:
            credentials.wake(db, one.id)
        return len(theirs)

    return await office.store.directory.write(work)


def _find(db: Session, office: Office, kind: CredentialKind, key: str) -> tuple[KnownCredential, OrganizationRef]:
    found = credentials.find_credential(db, kind=kind, key=key.strip())
    place = None if found is None else _place(db, office, found)
    if found is None or place is None:
        raise NotFound(f"There is no {kind} with this id or prefix.", field="id")
    return found, place


def _place(db: Session, office: Office, one: KnownCredential) -> OrganizationRef | None:
    """The organization where it is asked who may end a credential: the one that it opens, or the first that the
    person of a token belongs to. None where that is out of reach.
    """
    reach = office.principal.reach
    if one.organization:
        return access_queries.reachable_by_handle(db, reach, one.organization)
    return access_queries.reachable_by_id(db, reach, users.home_of(db, users.person_id_of(db, one.user)))


def _is_own_token(db: Session, office: Office, one: KnownCredential) -> bool:
    principal = office.principal
    return principal.is_person and bool(one.user) and users.person_id_of(db, one.user) == principal.user_id
