"""The identity provider from elsewhere: the operator's own, who says that people are who they are."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from invoicing.master_data.identifiers import check_email
from invoicing.organizations import OrganizationRef
from invoicing.refusals import Conflict, InvalidInput, NotAllowed, NotFound, Unavailable
from invoicing.text.codes import small_letters
from operations.access import Office, open_books, require
from operations.identity.browsing import Method
from operations.identity.sealing import seal, unseal
from operations.rights import Right
from storage.books import audit
from storage.directory import access_queries, browsers, credentials, providers, users
from storage.directory.providers import KnownProvider
from storage.folder.store import Store

SUBJECT_LENGTH_MAX = 255
_CLIENT_ID_LENGTH_MAX = 500
_SECRET_LENGTH_MAX = 2_000
_PURPOSE = "identity provider"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSettings:
    """What is set of a provider. `secret` is what this installation proves itself to it with: empty where it asks for
    none; None leaves it as it is.
    """

    issuer: str
    client_id: str
    secret: str | None = None
    only: bool = False
    connect_staff: bool = False


async def the_provider(store: Store) -> KnownProvider | None:
    """The provider that people sign in with, if one was set."""
    return await store.directory.read(providers.the_provider)


async def passwords_count(store: Store) -> bool:
    """Whether people may sign in with a password: not where a provider alone says who they are."""
    return providers.passwords_count(await the_provider(store))


def secret_of(store: Store, provider: KnownProvider) -> str:
    """What this installation proves itself to the provider with; empty where it asks for none.

    Raises:
        Unavailable: it cannot be read.
    """
    if not provider.sealed_secret:
        return ""
    return unseal(
        store, provider.sealed_secret, purpose=_PURPOSE, row=_row(provider.issuer, provider.client_id)
    ).decode()


async def set_provider(office: Office, wanted: ProviderSettings) -> KnownProvider:
    """Set the provider. Where it is another than before, or its statements connect nobody any more, what it has let in
    ends: browsers that are signed in through it, or connections.

    Raises:
        NotAllowed: by anyone but an owner of the first organization, or with a credential.
        InvalidInput: a client id or secret that can be none.
        Unavailable: the secret cannot be sealed.
    """
    home = await _home(office)
    _check(wanted)
    before = await the_provider(office.store)
    provider = KnownProvider(
        issuer=wanted.issuer,
        client_id=wanted.client_id,
        sealed_secret=_sealed(office.store, wanted, before),
        only=wanted.only,
        connect_staff=wanted.connect_staff,
        set_at=office.now(),
        set_by=office.principal.label,
    )
    detail: dict[str, object] = {
        "client_id": wanted.client_id,
        "only": wanted.only,
        "connect_staff": wanted.connect_staff,
    }
    await _record(office, home, "set_identity_provider", wanted.issuer, detail)

    def work(db: Session) -> None:
        former = providers.the_provider(db)
        if former is not None:
            _end(db, office, former, everything=former.issuer != wanted.issuer, connections=not wanted.connect_staff)
        providers.set_provider(db, provider)

    await office.store.directory.write(work)
    return provider


async def remove_provider(office: Office) -> KnownProvider:
    """Remove the provider, and end what it has let in. Answers it as it was.

    Raises:
        NotAllowed: as `set_provider`.
        NotFound: none was set.
    """
    home = await _home(office)
    before = await the_provider(office.store)
    if before is None:
        raise NotFound("No identity provider was set.")
    await _record(office, home, "remove_identity_provider", before.issuer, {})

    def work(db: Session) -> None:
        _end(db, office, before, everything=True, connections=True)
        providers.remove_provider(db, before.issuer)

    await office.store.directory.write(work)
    return before


async def link_person(office: Office, email: str, subject: str) -> str:
    """Say whom the provider means by a subject, where it confirms no e-mail addresses. Answers the person's address.

    Raises:
        NotAllowed: as `set_provider`.
        NotFound: no provider was set, or nobody has this address.
        InvalidInput: no address, or no subject.
        Conflict: the provider means somebody else by it.
    """
    home = await _home(office)
    wanted = small_letters(check_email(email))
    if not subject.strip() or len(subject) > SUBJECT_LENGTH_MAX:
        raise InvalidInput(f"subject must have 1 to {SUBJECT_LENGTH_MAX} characters.", field="subject")
    provider = await the_provider(office.store)
    if provider is None:
        raise NotFound("No identity provider was set.")
    issuer = provider.issuer
    user_id = await office.store.directory.read(lambda db: _linkable(db, issuer, subject, wanted))
    await _record(office, home, "link_identity", wanted, {"issuer": issuer, "subject": subject})

    def work(db: Session) -> None:
        _linkable(db, issuer, subject, wanted)
        providers.forget_identity(db, issuer, user_id)
        providers.add_identity(db, issuer, subject, user_id=user_id, email="", now=office.now())

    await office.store.directory.write(work)
    return wanted


def _linkable(db: Session, issuer: str, subject: str, email: str) -> str:
    """Id of the person of this address, whom the subject can mean."""
    user_id = users.person_id_of(db, email)
    if not user_id:
        raise NotFound("No user has this e-mail address.", field="email")
    if providers.user_meant(db, issuer, subject) not in ("", user_id):
        raise Conflict("The provider means another person by this subject.", field="subject")
    return user_id


def _check(wanted: ProviderSettings) -> None:
    if not wanted.client_id.strip() or len(wanted.client_id) > _CLIENT_ID_LENGTH_MAX:
        raise InvalidInput(f"client_id must have 1 to {_CLIENT_ID_LENGTH_MAX} characters.", field="client_id")
    if wanted.secret is not None and len(wanted.secret) > _SECRET_LENGTH_MAX:
        raise InvalidInput(f"The secret has over {_SECRET_LENGTH_MAX:,} characters.", field="client_secret")


def _sealed(store: Store, wanted: ProviderSettings, before: KnownProvider | None) -> str:
    row = _row(wanted.issuer, wanted.client_id)
    if wanted.secret is None:
        same = before is not None and row == _row(before.issuer, before.client_id)
        return before.sealed_secret if before is not None and same else ""
    return seal(store, wanted.secret.encode(), purpose=_PURPOSE, row=row) if wanted.secret else ""


def _row(issuer: str, client_id: str) -> str:
    """What the secret is bound to: put into another provider's row, it would be told to that one."""
    return f"{issuer}\n{client_id}"


def _end(db: Session, office: Office, provider: KnownProvider, *, everything: bool, connections: bool) -> None:
    """End what the provider has let in."""
    if everything:
        browsers.end_sessions_by(db, Method.PROVIDER.value)
    if everything or connections:
        for one in providers.connections_by(db, provider.issuer):
            credentials.revoke(db, one, now=office.now())


async def _home(office: Office) -> OrganizationRef:
    """The organization that the installation began with, whose owners say who vouches for its people."""
    if office.with_credential:
        raise NotAllowed("With a credential nobody says who vouches for people.")

    def find(db: Session) -> OrganizationRef | None:
        first = users.first_owner(db)
        home = users.home_of(db, first[0]) if first else ""
        return access_queries.reachable_by_id(db, office.principal.reach, home)

    home = await office.store.directory.read(find)
    if home is None:
        raise NotAllowed("Only an owner of the installation's first organization says who vouches for people.")
    require(Right.SET_IDENTITY_PROVIDER, home, office.principal)
    return home


async def _record(office: Office, home: OrganizationRef, act: str, subject: str, detail: dict[str, object]) -> None:
    now, by = office.now(), office.principal.label
    try:
        books = open_books(office, home, Right.SET_IDENTITY_PROVIDER, even_archived=True)
        await books.write(lambda db: audit.record(db, act, subject, at=now, by=by, detail=detail))
    except Unavailable:
        # Books that are out of service must not keep a provider in place that lets in whom it should not.
        return
