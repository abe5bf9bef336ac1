"""Whose agents and skills a connection offers.

A connection of one organization offers that one's; the practice connection those of the practices, and the businesses
of their own, that its caller belongs to. No list depends on which organization is active.
"""

from __future__ import annotations

from typing import assert_never

from sqlmodel import Session

from invoicing.organizations import OrganizationRef
from operations.access import open_books
from operations.naming import Caller, DedicatedConnection, PracticeConnection
from operations.rights import Right
from storage.books.pool import Books
from storage.directory import organizations

OFFERING_MAX = 20


async def offering_organizations(caller: Caller) -> tuple[OrganizationRef, ...]:
    """The organizations whose agents and skills are offered, practices first, then by name."""
    match caller.connection:
        case DedicatedConnection(own):
            return (own,)
        case PracticeConnection():
            reach = caller.office.principal.reach

            def work(db: Session) -> tuple[OrganizationRef, ...]:
                return tuple(organizations.without_partner(db, reach, limit=OFFERING_MAX))

            return await caller.office.store.directory.read(work)
        case _:
            assert_never(caller.connection)


def is_dedicated(caller: Caller) -> bool:
    """Whether the connection belongs to one organization, so that nothing has to name it."""
    return isinstance(caller.connection, DedicatedConnection)


def books_to_read(caller: Caller, organization: OrganizationRef) -> Books:
    """The books of an organization, to read what is offered."""
    return open_books(caller.office, organization, Right.READ)
