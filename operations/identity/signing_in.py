"""Signing in: by a password and a one-time code, or by a passkey.

Whether an address is known, a password right or a person asleep, nobody learns: all that does not sign in answers alike
and takes as long. Attempts are counted before they are looked at, by account and by network address, and slow down.
Nobody is ever locked out: a passkey and a sign-in link are never counted.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from invoicing.refusals import LimitExceeded, NotAllowed
from invoicing.text.codes import small_letters
from operations.access import Office
from operations.identity import codes, passkeys
from operations.identity.browsing import Method, SignedIn, begin
from operations.identity.known_browsers import account_of, counted_as
from operations.identity.passkeys import NOT_YOURS, NotAnswered, Site
from operations.identity.providers import passwords_count
from operations.identity.sealing import Unsealable, seal, unseal
from operations.networks import is_this_machine, network_of
from storage.directory import browsers, guessing, identity, providers, users
from storage.directory.guessing import Pauses
from storage.folder.store import Store

OF_ACCOUNT = Pauses(free=5, longest=timedelta(minutes=15))
OF_ADDRESS = Pauses(free=50, longest=timedelta(minutes=1))
"""Behind a proxy all come from one address: there nobody waits long for what others do."""
HALFWAY_LIFETIME = timedelta(minutes=5)
_HALFWAY, _HALFWAY_LENGTH = "halfway through a sign-in", 200
_TO_SIGN_IN = "sign in"


class TooOften(LimitExceeded):
    """Too many attempts; `seconds` says when the next one is looked at."""

    def __init__(self, seconds: int) -> None:
        wait = "1 second" if seconds == 1 else f"{seconds} seconds"
        super().__init__(f"Too many attempts: wait {wait}, or use a passkey or a sign-in link, which always work.")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class _Halfway:
    """What a password has shown, to be carried to the code; `user_id` is empty where it showed nothing. `password`
    tells it from another one of the same person.
    """

    user_id: str
    account: str
    password: str
    expires: int


def not_signed_in() -> NotAllowed:
    """The one answer to whatever does not sign in."""
    return NotAllowed(
        "This did not sign you in: address, password and code do not fit together, or the code was used before."
    )


async def begin_with_password(office: Office, email: str, password: str, *, address: str) -> str:
    """Take a password, and answer what is to be brought back with the code, whether it was right or not. `address` is
    the network address from which it comes.

    Raises:
        NotAllowed: no password signs in, since an identity provider says who people are.
        TooOften, LimitExceeded: too many attempts, of this address or at this moment.
        Unavailable: there is no key to be had.
    """
    if not await passwords_count(office.store):
        raise NotAllowed("Passwords do not sign in here: use the identity provider, or a passkey.")
    now, known_as = office.latest(), small_letters(email.strip())
    await _admit(office, {_of_address(address): OF_ADDRESS}, now=now)
    user_id, hashed = await _whose_password(office, known_as, password)
    halfway = [user_id, account_of(known_as), _mark_of(hashed), int((now + HALFWAY_LIFETIME).timestamp())]
    # Of one length: its form says nothing of what the password was.
    return seal(office.store, json.dumps(halfway).ljust(_HALFWAY_LENGTH).encode(), purpose=_HALFWAY, row="")


async def finish_with_code(office: Office, halfway: str, code: str, *, address: str, mark: str = "") -> str:
    """Sign in with the one-time code; answers the secret of the new session's cookie. `mark` is that of a browser in
    which somebody has signed in before: its attempts at that account are counted apart.

    Raises:
        NotAllowed: it did not sign in.
        TooOften: too many attempts.
        Unavailable: there is no key to be had.
    """
    now, store, begun = office.latest(), office.store, _read_halfway(office.store, halfway)
    if begun is None or begun.expires <= int(now.timestamp()):
        raise not_signed_in()
    counted = counted_as(store, begun.account, mark, now=now)
    await _admit(office, {counted: OF_ACCOUNT, _of_address(address): OF_ADDRESS}, now=now)

    def work(db: Session) -> str:
        if not _is_code_of(db, store, begun.user_id, begun.password, code, now):
            return ""
        guessing.forget_attempts(db, counted)
        return begin(db, begun.user_id, Method.PASSWORD, now=now)

    if not (secret := await store.directory.write(work)):
        raise not_signed_in()
    return secret


def passkey_to_sign_in(office: Office, site: Site) -> str:
    """What a browser is given (JSON) to ask for a passkey.

    Raises:
        Unavailable: there is no key to be had.
    """
    return passkeys.request_options(office.store, site, purpose=_TO_SIGN_IN, now=office.latest())


async def sign_in_with_passkey(office: Office, site: Site, answer: str) -> str:
    """Sign in with what a passkey has answered; answers the secret of the new session's cookie.

    Raises:
        NotAllowed: it did not sign in.
    """
    now, store = office.latest(), office.store

    def work(db: Session) -> str:
        used = passkeys.answered_by(db, store, site, answer, purpose=_TO_SIGN_IN, now=now)
        return begin(db, used.user_id, Method.PASSKEY, now=now)

    with passkeys.refused_as("This passkey did not sign you in."):
        return await store.directory.write(work)


def passkey_to_prove(office: Office, one: SignedIn, site: Site, *, what: str = "") -> str:
    """What a browser is given (JSON) to let the person prove anew who it is; `what` binds the answer to what it is
    asked for.

    Raises:
        Unavailable: there is no key to be had.
    """
    return passkeys.request_options(office.store, site, purpose=_to_prove(one, what), now=office.latest())


async def prove_with_passkey(office: Office, one: SignedIn, site: Site, answer: str, *, what: str = "") -> None:
    """Record that the person has proved anew who it is, by a passkey that was asked for with the same `what`.

    Raises:
        NotAllowed: it proves nothing.
    """
    now, store = office.latest(), office.store

    def work(db: Session) -> None:
        used = passkeys.answered_by(db, store, site, answer, purpose=_to_prove(one, what), now=now)
        if used.user_id != one.principal.user_id:
            raise NotAnswered
        browsers.prove(db, one.session_id, method=Method.PASSKEY.value, now=now)

    with passkeys.refused_as(NOT_YOURS):
        await store.directory.write(work)


async def prove_with_password(office: Office, one: SignedIn, password: str, code: str) -> None:
    """Record that the person has proved anew who it is, by the password and a one-time code.

    Raises:
        NotAllowed: it proves nothing.
        TooOften, LimitExceeded: too many attempts.
        Unavailable: there is no key to be had.
    """
    now, store, user_id = office.latest(), office.store, one.principal.user_id
    # Apart from what strangers try at the sign-in, who know no more than an address: they keep nobody from this.
    person = hashlib.sha256(f"prove\n{user_id}".encode()).hexdigest()
    await _admit(office, {person: OF_ACCOUNT}, now=now)
    found, hashed = await _whose_password(office, one.principal.label, password)

    def work(db: Session) -> bool:
        if found != user_id or not _is_code_of(db, store, user_id, _mark_of(hashed), code, now):
            return False
        guessing.forget_attempts(db, person)
        browsers.prove(db, one.session_id, method=Method.PASSWORD.value, now=now)
        return True

    if not await store.directory.write(work):
        raise NotAllowed("Password and code do not fit together, or the code was used before.")


async def _whose_password(office: Office, email: str, password: str) -> tuple[str, str]:
    """Id of the user with this address, whose password it is, and how it is hashed; empty where it is nobody's."""

    def find(db: Session) -> tuple[str, str]:
        user_id = users.person_id_of(db, email)
        known = identity.password_of(db, user_id) if user_id else None
        return ("", "") if known is None else (user_id, known.hash)

    user_id, hashed = await office.store.directory.read(find)
    if not await office.hashing.is_right(password, hashed):
        return "", ""
    if not office.hashing.is_outdated(hashed):
        return user_id, hashed
    anew, now = await office.hashing.hash(password), office.latest()
    await office.store.directory.write(lambda db: identity.keep_password(db, user_id, anew, now=now))
    return user_id, anew


def _is_code_of(db: Session, store: Store, user_id: str, mark: str, code: str, now: datetime) -> bool:
    """Use up a one-time code of a user who does not sleep and has still the password of this mark, where passwords
    count.
    """
    known, provider = identity.codes_of(db, user_id) if user_id else None, providers.the_provider(db)
    password = identity.password_of(db, user_id) if user_id else None
    if known is None or password is None or _mark_of(password.hash) != mark or identity.is_asleep(db, user_id):
        return False
    if not providers.passwords_count(provider):
        return False
    return codes.use_code(db, store, known, code, now=now)


async def _admit(office: Office, subjects: dict[str, Pauses], *, now: datetime) -> None:
    """Count an attempt of each of these subjects; the empty one is nobody's.

    Raises:
        TooOften: one of them has to wait. Then none is counted.
    """
    counted = {subject: pauses for subject, pauses in subjects.items() if subject}

    def work(db: Session) -> int:
        seconds = max((guessing.seconds_to_wait(db, one, now=now) for one in counted), default=0)
        if not seconds:
            for subject, pauses in counted.items():
                guessing.count_attempt(db, subject, pauses, now=now)
        return seconds

    if counted and (seconds := await office.store.directory.write(work)):
        raise TooOften(seconds)


def _of_address(address: str) -> str:
    """The network from which somebody comes; this machine itself is nobody."""
    network = "" if is_this_machine(address) else network_of(address)
    return hashlib.sha256(f"address\n{network}".encode()).hexdigest() if network else ""


def _read_halfway(store: Store, halfway: str) -> _Halfway | None:
    try:
        user_id, account, password, expires = json.loads(unseal(store, halfway, purpose=_HALFWAY, row=""))
    except Unsealable:
        return None
    return _Halfway(user_id, account, password, expires)


def _mark_of(hashed: str) -> str:
    """Tells a password, by its hash, from the next one; nothing is lost with it."""
    return hashlib.sha256(f"mark\n{hashed}".encode()).hexdigest()[:16] if hashed else ""


def _to_prove(one: SignedIn, what: str) -> str:
    return f"prove in {one.session_id} {what}"
