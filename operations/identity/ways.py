"""The ways in which a person signs in: a password with one-time codes, or passkeys; set up, changed and removed by the
person alone. The last of them stays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from invoicing.refusals import Conflict, InvalidInput, NotFound
from operations.access import Office
from operations.identity import codes, passkeys
from operations.identity.browsing import SignedIn
from operations.identity.codes import ShownCodes
from operations.identity.passkeys import Site
from operations.identity.passwords import check_password
from storage.directory import browsers, identity, providers
from storage.directory.identity import KnownPasskey

FRESH = timedelta(minutes=15)
"""So long after a person has proved who it is, its ways to sign in can be changed without proving it again."""


@dataclass(frozen=True, slots=True)
class Ways:
    """How a person can sign in. A password and one-time codes count together; `passkeys` are those of this host, and
    `has_passkeys_elsewhere` says that there are some of another; `is_vouched_for`, that the identity provider knows the
    person. Passwords do not count where that alone says who people are (`passwords_count`).
    """

    password_since: datetime | None = None
    codes_since: datetime | None = None
    passkeys: tuple[KnownPasskey, ...] = ()
    has_passkeys_elsewhere: bool = False
    is_vouched_for: bool = False
    passwords_count: bool = True

    @property
    def has_password_with_codes(self) -> bool:
        return self.password_since is not None and self.codes_since is not None

    @property
    def are_enough(self) -> bool:
        return bool(self.passkeys) or self.has_password_with_codes

    @property
    def are_none(self) -> bool:
        """Whether there is nothing to be proved anew: the person came by a link, and has set up nothing yet."""
        return not (self.are_enough or self.has_passkeys_elsewhere or self.is_vouched_for)


def ways_in(db: Session, user_id: str, site: Site) -> Ways:
    """How this user can sign in."""
    password, made_from = identity.password_of(db, user_id), identity.codes_of(db, user_id)
    provider, known = providers.the_provider(db), identity.passkeys_of(db, user_id)
    here = tuple(one for one in known if one.host == site.host)
    return Ways(
        password_since=None if password is None else password.changed_at,
        codes_since=None if made_from is None else made_from.confirmed_at,
        passkeys=here,
        has_passkeys_elsewhere=len(here) < len(known),
        is_vouched_for=provider is not None and bool(providers.subject_of(db, provider.issuer, user_id)),
        passwords_count=providers.passwords_count(provider),
    )


async def my_ways(office: Office, site: Site) -> Ways:
    """How the person can sign in."""
    return await office.store.directory.read(lambda db: ways_in(db, office.principal.user_id, site))


def must_prove_again(office: Office, ways: Ways, one: SignedIn) -> bool:
    """Whether the person has to prove anew who it is before its ways to sign in are changed."""
    return not ways.are_none and office.latest() - one.proved_at > FRESH


async def set_password(office: Office, one: SignedIn, password: str) -> None:
    """Give the person this password. Every other browser in which it is signed in is signed out.

    Raises:
        InvalidInput: a password that others would try first, or too short a one.
        LimitExceeded: too many wait for a password to be hashed.
    """
    check_password(password, office.principal.label)
    user_id, hashed, now = office.principal.user_id, await office.hashing.hash(password), office.latest()

    def work(db: Session) -> None:
        identity.keep_password(db, user_id, hashed, now=now)
        others = [each.session_id for each in browsers.sessions_of_user(db, user_id, now=now)]
        browsers.end_sessions(db, [each for each in others if each != one.session_id])

    await office.store.directory.write(work)


async def show_codes(office: Office, *, anew: bool = False) -> ShownCodes:
    """What the person's authenticator app is to be told, until a code has confirmed it; `anew` makes it another.

    Raises:
        Unavailable: the key that seals it is not to be had, or another than before.
    """
    user_id, email, now, store = office.principal.user_id, office.principal.label, office.latest(), office.store

    def work(db: Session) -> ShownCodes:
        waiting = None if anew else identity.codes_to_confirm(db, user_id)
        return codes.shown_codes(store, waiting or codes.begin_codes(db, store, user_id, now=now), email)

    return await store.directory.write(work)


async def confirm_codes(office: Office, code: str) -> None:
    """From now on the person's codes are those that were shown, of which this is one.

    Raises:
        InvalidInput: the code is not one of them.
        Unavailable: the key that seals them is not to be had, or another than before.
    """
    user_id, now, store = office.principal.user_id, office.latest(), office.store

    def work(db: Session) -> bool:
        waiting = identity.codes_to_confirm(db, user_id)
        if waiting is None or not codes.use_code(db, store, waiting, code, now=now):
            return False
        identity.confirm_codes(db, waiting, now=now)
        return True

    if not await store.directory.write(work):
        raise InvalidInput(
            "This code does not fit: take the one that the app shows now. Its clock must be right.", field="code"
        )


async def passkey_to_be_made(office: Office, one: SignedIn, site: Site) -> str:
    """What the person's browser is given (JSON) to make a passkey.

    Raises:
        Unavailable: there is no key to be had.
    """
    user_id = office.principal.user_id
    known = await office.store.directory.read(lambda db: identity.passkeys_of(db, user_id))
    return passkeys.creation_options(
        office.store,
        site,
        user_id=user_id,
        email=office.principal.label,
        known=known,
        purpose=_making(one),
        now=office.latest(),
    )


async def add_passkey(office: Office, one: SignedIn, site: Site, answer: str, *, name: str) -> KnownPasskey:
    """Keep the passkey that the person's browser has made.

    Raises:
        InvalidInput: it was not made for this page, or has no name.
        Conflict: it is known already, or there are very many.
    """
    user_id, now, store = office.principal.user_id, office.latest(), office.store
    try:
        return await store.directory.write(
            lambda db: passkeys.keep_passkey(
                db, store, site, answer, user_id=user_id, name=name, purpose=_making(one), now=now
            )
        )
    except passkeys.NotAnswered:
        raise InvalidInput("The passkey was not made: open the page anew and try again.", field="passkey") from None


async def remove_password(office: Office, site: Site) -> None:
    """Let the person have no password any more, nor one-time codes, which count with a password alone.

    Raises:
        Conflict: the person could not sign in any more.
    """

    def work(db: Session, user_id: str) -> None:
        identity.forget_password(db, user_id)
        identity.forget_codes(db, user_id)

    await _remove(office, site, work)


async def remove_passkey(office: Office, site: Site, passkey_id: str) -> None:
    """Let a passkey of the person count no more.

    Raises:
        Conflict: the person could not sign in any more.
        NotFound: it is none of theirs.
    """

    def work(db: Session, user_id: str) -> None:
        if not identity.forget_passkey(db, user_id, passkey_id):
            raise NotFound("There is no such passkey.")

    await _remove(office, site, work)


async def _remove(office: Office, site: Site, removal: Callable[[Session, str], None]) -> None:
    user_id = office.principal.user_id

    def work(db: Session) -> None:
        before = ways_in(db, user_id, site)
        removal(db, user_id)
        if before.are_enough and not ways_in(db, user_id, site).are_enough:
            raise Conflict("This is the only way in which you can sign in: set another one up first.")

    await office.store.directory.write(work)


def _making(one: SignedIn) -> str:
    return f"make a passkey in {one.session_id}"
