"""The people of an organization as they are shown."""

from __future__ import annotations

from invoicing.organizations import OrganizationKind, OrganizationRef, Role
from storage.directory.users import Person
from views.base import View


class Belonging(View):
    """Somebody who belongs to an organization. At a practice `reaches` is true, and the person reaches `clients`, or
    all of them where that is None; `may_be_limited` says that this can be changed.
    """

    email: str
    role: str
    reaches: bool
    clients: list[str] | None
    may_be_limited: bool


def roles_for(organization: OrganizationRef) -> list[Role]:
    """The roles that there are in the organization."""
    practice = organization.kind is OrganizationKind.PARTNER
    return [one for one in Role if not (practice and one is Role.CLIENT)]


def belonging(organization: OrganizationRef, one: Person) -> Belonging:
    practice = organization.kind is OrganizationKind.PARTNER
    return Belonging(
        email=one.email,
        role=one.role,
        reaches=practice,
        clients=None if one.clients is None else list(one.clients),
        may_be_limited=practice and one.role is not Role.OWNER,
    )
