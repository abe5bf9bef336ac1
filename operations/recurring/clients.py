"""The clients that an act covers: each named in the call, and within the reach of whoever makes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from invoicing.organizations import OrganizationRef
from invoicing.refusals import LimitExceeded, NotFound
from operations.access import Office, require
from operations.naming import client_named
from operations.onboarding import find_partner
from operations.rights import Right
from storage.directory import access_queries, organizations

CLIENTS_MAX = 1_000
"""How many clients one call covers."""


@dataclass(frozen=True, slots=True)
class Covered:
    """A practice and those of its clients that an act covers, by their handles."""

    practice: OrganizationRef
    clients: tuple[OrganizationRef, ...]


async def covered_clients(office: Office, *, partner: str, handles: Sequence[str]) -> Covered:
    """The practice that is named, or the only one, and the clients of these handles; without any, all that are in use.

    Raises:
        OrganizationRequired, NotFound: no such practice, or no such client of it within reach.
        NotAllowed: the principal does not act for clients.
    """
    if len(handles) > CLIENTS_MAX:
        raise LimitExceeded(f"clients: at most {CLIENTS_MAX} in one call. Split them.", field="clients")
    practice = await find_partner(office, partner)
    require(Right.ACT_FOR_CLIENTS, practice, office.principal)
    directory, reach = office.store.directory, office.principal.reach
    if not handles:
        everyone = await directory.read(lambda db: organizations.every_client(db, reach, practice.id))
        return Covered(practice, tuple(_by_handle(everyone)))
    found = await directory.read(lambda db: [client_named(db, reach, practice, handle) for handle in handles])
    return Covered(practice, tuple(_by_handle({one.id: one for one in found}.values())))


async def clients_within_reach(office: Office, practice: OrganizationRef) -> dict[str, OrganizationRef]:
    """The practice's clients that the principal reaches, archived ones too, by their ids."""
    reach = office.principal.reach
    everyone = await office.store.directory.read(
        lambda db: organizations.every_client(db, reach, practice.id, archived=True)
    )
    return {one.id: one for one in everyone}


async def as_it_is_now(office: Office, organization: OrganizationRef) -> OrganizationRef:
    """The organization as the directory has it now for the principal: role, policy and whether it is archived may have
    changed since the call began.

    Raises:
        NotFound: it is not within reach any more.
    """
    reach, directory = office.principal.reach, office.store.directory
    found = await directory.read(lambda db: access_queries.reachable_by_id(db, reach, organization.id))
    if found is None:
        raise NotFound(f"{organization.handle} went out of reach during this call: nothing more is done there.")
    return found


def _by_handle(found: Iterable[OrganizationRef]) -> list[OrganizationRef]:
    return sorted(found, key=lambda one: one.handle)
