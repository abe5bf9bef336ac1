"""Credentials that there are: listed without their secrets, revoked, and woken after a restore."""

from __future__ import annotations

from sqlmodel import Session

from invoicing.organizations import CredentialKind, OrganizationRef
from invoicing.refusals import Conflict, NotFound
from operations.access import Office
from storage.directory import credentials
from storage.directory.credentials import KnownCredential


async def list_credentials(
    office: Office, *, kind: CredentialKind, organization: OrganizationRef | None
) -> list[KnownCredential]:
    """Credentials of a kind, without their secrets, newest first."""
    organization_id = organization.id if organization else ""
    return await office.store.directory.read(
        lambda db: credentials.list_credentials(db, kind=kind, organization_id=organization_id)
    )


async def revoke_credential(office: Office, *, kind: CredentialKind, key: str) -> KnownCredential:
    """Revoke a credential by its id or prefix; from now on it opens nothing. Answers it as it was before.

    Raises:
        NotFound: there is none.
    """

    def work(db: Session) -> KnownCredential:
        found = credentials.find_credential(db, kind=kind, key=key.strip())
        if found is None:
            raise NotFound(f"There is no {kind} with this id or prefix.", field="id")
        credentials.revoke(db, found.id, now=office.now())
        return found

    return await office.store.directory.write(work)


async def wake_credential(office: Office, *, kind: CredentialKind, key: str) -> KnownCredential:
    """Let a credential open again what it opened before the folder was restored. Answers it as it was before.

    Raises:
        NotFound: there is none.
        Conflict: it is revoked, which is for good.
    """

    def work(db: Session) -> KnownCredential:
        found = credentials.find_credential(db, kind=kind, key=key.strip())
        if found is None:
            raise NotFound(f"There is no {kind} with this id or prefix.", field="id")
        if found.revoked_at:
            raise Conflict(f"The {kind} {found.prefix} is revoked, which is for good: create another one.", field="id")
        credentials.wake(db, found.id)
        return found

    return await office.store.directory.write(work)


async def wake_all_credentials(office: Office, *, kind: CredentialKind) -> int:
    """Let all credentials of a kind that sleep open again what they opened, and answer how many those are."""

    def work(db: Session) -> int:
        asleep = [one for one in credentials.list_credentials(db, kind=kind) if one.asleep_since and not one.revoked_at]
        for one in asleep:
            credentials.wake(db, one.id)
        return len(asleep)

    return await office.store.directory.write(work)
