"""Credentials: personal tokens, and API keys and secret links of one organization each.

A secret is 160 random bits in base32, shown once and kept as its SHA-256 digest: with so many bits there is nothing
for a slower hash to protect. Letter case does not count, because some clients change it in URLs.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from invoicing.organizations import READ_ONLY, CredentialKind, OrganizationRef, Role, Scopes
from invoicing.refusals import InvalidInput, NotAllowed, NotFound, Unavailable
from invoicing.text.codes import small_letters
from invoicing.text.typed import clean_line
from operations.access import Office, Principal, is_allowed, open_books, require
from operations.naming import Caller, name_organization
from operations.rights import Right
from storage.books import audit
from storage.directory import access_queries, credentials, users
from storage.directory.credentials import Bearer, WaitingKey
from storage.ids import new_id

SECRET_BYTES = 20
EXPIRY_DAYS_MAX = 3_650
PAGE_LIFETIME = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Secret:
    """A new credential with its secret, which is shown now or never."""

    credential_id: str
    prefix: str
    secret: str


@dataclass(frozen=True, slots=True)
class _Digests:
    """How a credential is known: by its secret, or, until that is made, by its one-time page."""

    secret: str | None = None
    page: str | None = None
    page_expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PendingKey:
    """An API key or a link that its one-time page will make and show; `page` is the page's own secret."""

    prefix: str
    page: str


@dataclass(frozen=True, slots=True)
class ShownKey:
    """An API key or a link's secret that its one-time page shows now or never, and what it is for."""

    secret: str
    about: WaitingKey


@dataclass(frozen=True, slots=True)
class ClientKey:
    """A client's API key: the link of its one-time page, or, where there are no pages, the key."""

    prefix: str
    link: str = ""
    key: str = ""


async def create_client_key(
    caller: Caller, handle: str, name: str, *, scopes: Scopes, expires_in_days: int
) -> tuple[OrganizationRef, ClientKey]:
    """An API key for the organization of this handle, which the call names itself.

    Raises:
        NotFound: the principal can reach no such organization.
        NotAllowed, InvalidInput: as `create_key`.
    """
    if not handle.strip():
        raise InvalidInput("organization is required: the handle of the organization.", field="organization")
    office = caller.office
    target = await name_organization(caller, organization=handle, session="", changing=True)
    if office.with_credential:
        pending = await prepare_key(office, target, name, scopes=scopes, expires_in_days=expires_in_days)
        made = ClientKey(pending.prefix, link=f"{office.public_url}/keys/{pending.page}")
    else:
        secret = await create_key(
            office, target, name, kind=CredentialKind.KEY, scopes=scopes, expires_in_days=expires_in_days
        )
        made = ClientKey(secret.prefix, key=secret.secret)
    return target, made


async def create_token(
    office: Office, email: str, *, scopes: Scopes, name: str = "", expires_in_days: int = 0
) -> Secret:
    """A personal access token of the user with this e-mail address; it reaches what the user reaches.

    Without a `name` it is listed under the e-mail address.

    Raises:
        NotFound: there is no such user.
        InvalidInput: a name that is too long.
    """
    shown = clean_line(name, field="name", limit=80) or email
    expires_at = expiry_of(office, expires_in_days)

    def work(db: Session) -> Secret:
        user_id = users.person_id_of(db, email)
        if not user_id:
            raise NotFound("There is no user with this e-mail address.", field="user")
        made = _new_secret(CredentialKind.TOKEN)
        _add(
            db,
            office,
            made,
            _Digests(secret=digest_of(made.secret)),
            kind=CredentialKind.TOKEN,
            name=shown,
            user_id=user_id,
            scopes=scopes,
            expires_at=expires_at,
        )
        return made

    return await office.store.directory.write(work)


async def create_key(
    office: Office,
    organization: OrganizationRef,
    name: str,
    *,
    kind: CredentialKind,
    scopes: Scopes,
    expires_in_days: int = 0,
) -> Secret:
    """An API key or a secret link of the organization: it reaches that organization and no other.

    Raises:
        NotAllowed: it is not the principal's right, or the scopes are more than the principal's own.
        InvalidInput: name or days that do not fit.
    """
    made = _new_secret(kind)
    digests = _Digests(secret=digest_of(made.secret))
    await _add_key(
        office, organization, made, digests, kind=kind, name=name, scopes=scopes, expires_in_days=expires_in_days
    )
    return made


async def prepare_key(
    office: Office,
    organization: OrganizationRef,
    name: str,
    *,
    kind: CredentialKind = CredentialKind.KEY,
    scopes: Scopes,
    expires_in_days: int = 0,
) -> PendingKey:
    """An API key or a secret link that does not exist before its one-time page is opened: a secret does not belong in a
    chat.

    Raises:
        NotAllowed, InvalidInput: as `create_key`.
    """
    made, page = _new_secret(kind), random_text()
    digests = _Digests(page=digest_of(page), page_expires_at=office.now() + PAGE_LIFETIME)
    await _add_key(
        office,
        organization,
        made,
        digests,
        kind=kind,
        name=name,
        scopes=scopes,
        expires_in_days=expires_in_days,
    )
    return PendingKey(made.prefix, page)


async def show_key(office: Office, page: str) -> ShownKey | None:
    """Make and answer the key that waits on a one-time page, for somebody who could make one there. None where nothing
    waits (any more), or not for this principal.
    """

    def work(db: Session) -> ShownKey | None:
        waiting = credentials.waiting_on_page(db, digest_of(page), now=office.latest())
        if waiting is None:
            return None
        organization = access_queries.reachable_by_handle(db, office.principal.reach, waiting.handle)
        if organization is None or not is_allowed(Right.CREATE_CREDENTIAL, organization, office.principal):
            return None
        secret = _secret_of(waiting.kind, waiting.prefix)
        credentials.settle(db, waiting.id, digest_of(secret))
        return ShownKey(secret, waiting)

    return await office.store.directory.write(work)


def principal_of(bearer: Bearer) -> Principal:
    """The principal that acts with a credential."""
    return Principal(
        user_id=bearer.user_id,
        label=bearer.label,
        scopes=bearer.scopes,
        credential=bearer.kind,
        credential_id=bearer.credential_id,
        made_by=bearer.made_by,
        program=bearer.program,
        client_id=bearer.client_id,
        limited_by=bearer.reach.limited_by,
    )


def digest_of(secret: str) -> str:
    """The digest by which a secret is known."""
    return hashlib.sha256(small_letters(secret).encode()).hexdigest()


def expiry_of(office: Office, days: int) -> datetime | None:
    """When a credential ends that is made now for so many days; None where it does not.

    Raises:
        InvalidInput: less than a day, or more than ten years.
    """
    if not 0 <= days <= EXPIRY_DAYS_MAX:
        raise InvalidInput(
            f"expires_in_days must be 1 to {EXPIRY_DAYS_MAX}; left out or 0, it does not expire.",
            field="expires_in_days",
        )
    return office.now() + timedelta(days=days) if days else None


def _new_secret(kind: CredentialKind) -> Secret:
    prefix = new_prefix(kind)
    return Secret(new_id("crd"), prefix, _secret_of(kind, prefix))


def _secret_of(kind: CredentialKind, prefix: str) -> str:
    return random_text() if kind is CredentialKind.LINK else f"{prefix}_{random_text()}"


def new_prefix(kind: CredentialKind) -> str:
    """What names a credential in lists and logs without opening anything."""
    return f"cf{kind[0]}_{secrets.token_hex(5)}"


def random_text() -> str:
    """A secret that nobody guesses."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode().lower()


async def _add_key(
    office: Office,
    organization: OrganizationRef,
    made: Secret,
    digests: _Digests,
    *,
    kind: CredentialKind,
    name: str,
    scopes: Scopes,
    expires_in_days: int,
) -> None:
    """Add a key or link of the organization, with the user it acts as, and put it into the audit trail."""
    expires_at = expiry_of(office, expires_in_days)
    label = _check(office, organization, name, scopes)

    def work(db: Session) -> None:
        user_id = _service_user(db, office, organization, made.credential_id, scopes=scopes)
        _add(
            db,
            office,
            made,
            digests,
            kind=kind,
            name=label,
            user_id=user_id,
            scopes=scopes,
            expires_at=expires_at,
            organization_id=organization.id,
        )

    await office.store.directory.write(work)
    act = "create_secret_link" if kind is CredentialKind.LINK else "create_api_key"
    try:
        await _record(office, organization, act, made.prefix, label)
    except Unavailable:
        # What is not on record in the organization's own books opens nothing.
        await office.store.directory.write(lambda db: credentials.revoke(db, made.credential_id, now=office.now()))
        raise


def _check(office: Office, organization: OrganizationRef, name: str, scopes: Scopes) -> str:
    require(Right.CREATE_CREDENTIAL, organization, office.principal)
    if not scopes <= office.principal.scopes:
        raise NotAllowed("A credential cannot make one that may do more than itself.")
    if organization.archived:
        raise NotAllowed(f"{organization.handle} is archived: it gets no new credentials.")
    return clean_line(name, field="name", limit=80, required=True)


async def _record(office: Office, organization: OrganizationRef, act: str, prefix: str, name: str) -> None:
    """Put the act into the organization's own audit trail: its prefix, never its secret."""
    now, by = office.now(), office.principal.on_record
    books = open_books(office, organization, Right.CREATE_CREDENTIAL)
    await books.write(lambda db: audit.record(db, act, prefix, at=now, by=by, detail={"name": name}))


def _service_user(
    db: Session, office: Office, organization: OrganizationRef, credential_id: str, *, scopes: Scopes
) -> str:
    """The user that a key or link acts as: a member of its organization alone, never of the clients below it."""
    user_id = new_id("usr")
    users.add_user(db, user_id, f"{credential_id}{users.SERVICE_ADDRESS}", now=office.now())
    role = Role.VIEWER if scopes == READ_ONLY else Role.ACCOUNTANT
    users.add_membership(db, user_id, organization.id, role, all_clients=False)
    return user_id


def _add(
    db: Session,
    office: Office,
    made: Secret,
    digests: _Digests,
    *,
    kind: CredentialKind,
    name: str,
    user_id: str,
    scopes: Scopes,
    expires_at: datetime | None,
    organization_id: str | None = None,
) -> None:
    credentials.add_credential(
        db,
        made.credential_id,
        kind=kind,
        name=name,
        prefix=made.prefix,
        digest=digests.secret,
        page_digest=digests.page,
        page_expires_at=digests.page_expires_at,
        user_id=user_id,
        organization_id=organization_id,
        scopes=scopes,
        expires_at=expires_at,
        now=office.now(),
        by=office.principal.on_record,
        made_by=office.principal.user_id,
    )
