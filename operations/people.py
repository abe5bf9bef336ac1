"""The people of an installation: who acts on a local connection, and under which e-mail address that is on record.

A credential says who acts. On stdio and at the command line nobody proves who they are: whoever can run the
program acts as the owner, or as the user that they say they are. What audit trails show is always the e-mail address
of a user in the directory, and never what a call says of itself. What is on record already stays as it is.
"""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session

from invoicing.master_data.identifiers import check_email
from invoicing.organizations import OrganizationRef
from invoicing.refusals import Conflict, InvalidInput, NotAllowed, NotFound, Unavailable
from invoicing.remedies import Act
from invoicing.text.codes import small_letters
from operations.access import Office, Principal, open_books, require
from operations.rights import Right
from storage.books import audit
from storage.directory import access_queries, users
from storage.directory.access_queries import Reach
from storage.directory.users import Person

LOCAL_OWNER_EMAIL = "owner@localhost"
"""The owner of a practice that began on stdio, until somebody says who that is."""


async def named_now(office: Office) -> Office:
    """The office of a local connection, its principal under the address that the user has now: the connection may be
    older than that.
    """
    principal = office.principal
    if not principal.is_person:
        return office
    email = await office.store.directory.read(lambda db: users.email_of(db, principal.user_id))
    return office if email in ("", principal.label) else replace(office, principal=replace(principal, label=email))


async def acting(office: Office, email: str) -> Office:
    """The office of the user with this address, for a local connection whose `office` is the owner's. An owner who has
    no address yet gets this one.

    Raises:
        InvalidInput: no e-mail address.
        NotFound: nobody has it, and the owner has another.
    """
    wanted = small_letters(check_email(email, field="user"))
    user_id = await office.store.directory.read(lambda db: users.person_id_of(db, wanted))
    if user_id:
        return replace(office, principal=Principal(user_id=user_id, label=wanted))
    owner = office.principal.label
    if owner != LOCAL_OWNER_EMAIL:
        raise NotFound(
            f"No user has the e-mail address {wanted}. The owner is {owner}: leave the user out to act as the owner, or"
            " change that address.",
            field="user",
            remedy=Act.RENAME_USER,
        )
    await rename_user(office, owner, wanted)
    return replace(office, principal=replace(office.principal, label=wanted))


def lacks_address(office: Office) -> bool:
    """Whether the acts of a local connection are on record under no person's address yet."""
    return office.principal.label == LOCAL_OWNER_EMAIL and not office.with_credential


async def check_owner_email(office: Office, organization: OrganizationRef, email: str) -> str:
    """The address that the owner is to get, as it is kept; empty where the owner has it already.

    An assistant may state it once, on a local connection. With a credential nobody renames anybody: the address is
    what it vouches for.

    Raises:
        InvalidInput: no e-mail address.
        NotAllowed: with a credential, or by somebody else than the owner.
        Conflict: the owner has another address, somebody else has this one, or the organization is a client.
    """
    principal, wanted = office.principal, small_letters(check_email(email, field="owner_email"))
    if office.with_credential:
        raise NotAllowed(
            "With a credential nobody's address is changed: it says who acts.",
            field="owner_email",
            remedy=Act.RENAME_USER,
        )
    if organization.partner_id:
        raise Conflict("owner_email is the practice's: set it on the practice.", field="owner_email")
    require(Right.STATE_OWNER_ADDRESS, organization, principal, field="owner_email")
    if wanted == principal.label:
        return ""
    if principal.label != LOCAL_OWNER_EMAIL:
        raise Conflict(
            f"The owner's address is {principal.label}, and an assistant states it only once.",
            field="owner_email",
            remedy=Act.RENAME_USER,
        )
    await office.store.directory.read(lambda db: _check_free(db, wanted))
    return wanted


async def rename_user(office: Office, email: str, new: str) -> str:
    """Give the user with this address another one; answers it as it is kept.

    The change is in the audit trail of the user's organization, where its books can be opened.

    Raises:
        InvalidInput: no e-mail address.
        NotFound: nobody has the first address.
        Conflict: somebody else has the second.
        NotAllowed: by anyone but an owner of the user's organization, or with a credential.
    """
    if office.with_credential:
        raise NotAllowed("With a credential nobody's address is changed.", remedy=Act.RENAME_USER)
    before, after = small_letters(email.strip()), small_letters(check_email(new))
    user_id, home = await office.store.directory.read(lambda db: _find(db, office.principal.reach, before, after))
    require(Right.RENAME_USER, home, office.principal)
    if after == before:
        return after
    await _record(office, home, before, after)
    await office.store.directory.write(lambda db: give_address(db, user_id, before, after))
    return after


async def list_people(office: Office) -> list[Person]:
    """The users of the installation who are people, in the order of their addresses."""
    return await office.store.directory.read(users.people)


def give_address(db: Session, user_id: str, before: str, after: str) -> None:
    """Give the user another e-mail address, unless either has changed meanwhile.

    Raises:
        Conflict: somebody else has the address by now, or the user had another one than was thought.
    """
    _check_free(db, after)
    if not users.change_email(db, user_id, before, after):
        raise Conflict(f"The address is no longer {before}: somebody else changed it meanwhile.")


def _check_free(db: Session, email: str) -> None:
    if users.is_service_address(email):
        raise InvalidInput("That address is one of a credential, not of a person.")
    if users.person_id_of(db, email):
        raise Conflict(f"Another user has the e-mail address {email}.")


def _find(db: Session, acting: Reach, before: str, after: str) -> tuple[str, OrganizationRef]:
    """The user to rename, and the organization whose audit trail tells of it."""
    user_id = users.person_id_of(db, before)
    if not user_id:
        raise NotFound("No user has this e-mail address.", field="email", remedy=Act.FIND_USER)
    if after != before:
        _check_free(db, after)
    home = access_queries.reachable_by_id(db, acting, users.home_of(db, user_id))
    if home is None:
        raise NotAllowed("Only an owner of the user's organization changes the user's address.")
    return user_id, home


async def _record(office: Office, home: OrganizationRef, before: str, after: str) -> None:
    now, by = office.now(), office.principal.on_record
    try:
        books = open_books(office, home, Right.RENAME_USER, even_archived=True)
        await books.write(lambda db: audit.record(db, "rename_user", after, at=now, by=by, detail={"before": before}))
    except Unavailable:
        # Books that are out of service must not keep the people of all the others from saying who they are.
        return
