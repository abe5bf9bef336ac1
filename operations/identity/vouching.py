"""People for whom an identity provider vouches: who they are here, and their sign-in.

A person is known by the provider's own name for them (issuer and subject), which is never given to anybody else. The
first time that name is not known yet: then it is the person who was invited with an e-mail address that the provider
has confirmed. Nobody is made here, and an address that changes later, at the provider or here, changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from invoicing.refusals import NotFound
from invoicing.text.codes import small_letters
from operations.access import Office
from operations.identity.browsing import Method, begin
from operations.identity.providers import SUBJECT_LENGTH_MAX
from storage.directory import providers, users


@dataclass(frozen=True, slots=True)
class Vouched:
    """For whom a provider vouches; `email` is empty where it has confirmed none. `proved_at` is when the person has
    proved to the provider who it is, None where the provider does not say.
    """

    issuer: str
    subject: str
    email: str = ""
    proved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Who that is here."""

    user_id: str
    email: str


async def sign_in_vouched(office: Office, vouched: Vouched) -> str:
    """Sign a person in; answers the secret of the new session's cookie.

    Raises:
        NotFound: it is nobody who may sign in here.
    """
    now = office.latest()

    def work(db: Session) -> str:
        person = person_vouched_for(db, vouched, now=now)
        return begin(db, person.user_id, Method.PROVIDER, now=now, proved_at=vouched.proved_at)

    return await office.store.directory.write(work)


def person_vouched_for(db: Session, vouched: Vouched, *, now: datetime) -> Person:
    """The person whom a provider means, known by its name from now on.

    Raises:
        NotFound: nobody here is meant who belongs to an organization and is awake since the folder was restored.
    """
    if not 0 < len(vouched.subject) <= SUBJECT_LENGTH_MAX:
        raise _nobody()
    user_id = providers.user_meant(db, vouched.issuer, vouched.subject)
    is_new = not user_id
    if is_new:
        user_id = _by_address(db, vouched)
    email = providers.address_of_member(db, user_id)
    if not email:
        raise _nobody()
    if is_new:
        address = small_letters(vouched.email)
        providers.add_identity(db, vouched.issuer, vouched.subject, user_id=user_id, email=address, now=now)
    return Person(user_id, email)


def _by_address(db: Session, vouched: Vouched) -> str:
    """Id of the person who has the address that was confirmed. Whoever is known by another name of the provider is not
    meant: an address is given to somebody else once its owner has left.
    """
    user_id = users.person_id_of(db, vouched.email) if vouched.email else ""
    if not user_id or providers.subject_of(db, vouched.issuer, user_id):
        raise _nobody()
    return user_id


def _nobody() -> NotFound:
    return NotFound(
        "The identity provider has said who you are, but there is nobody here whom it means. Ask an owner to invite you"
        " with the e-mail address that the provider has confirmed, or for a link to sign in with."
    )
