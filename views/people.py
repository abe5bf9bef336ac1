"""The people of an organization as they are shown."""

from __future__ import annotations

from invoicing.organizations import OrganizationKind, OrganizationRef, Role
from storage.directory.users import Person
from views.base import View

_ROLES = {
    Role.OWNER: "says who belongs here, and does all that can be done",
    Role.ACCOUNTANT: "works in the books",
    Role.VIEWER: "reads and renders",
    Role.CLIENT: "the client's own user: sees, and drafts where that is allowed",
}


class RoleShown(View):
    """A role that somebody can be given, with what it means."""

    name: str
    means: str


class Belonging(View):
    """Somebody who belongs to an organization. `reaches` says which of a practice's clients, empty where there are
    none; `may_be_limited` that this can be changed.
    """

    email: str
    role: str
    reaches: str
    clients: list[str]
    may_be_limited: bool


def roles_for(organization: OrganizationRef) -> list[RoleShown]:
    """The roles that there are in the organization."""
    practice = organization.kind is OrganizationKind.PARTNER
    return [RoleShown(name=one, means=means) for one, means in _ROLES.items() if not (practice and one is Role.CLIENT)]


def belonging(organization: OrganizationRef, one: Person) -> Belonging:
    practice = organization.kind is OrganizationKind.PARTNER
    return Belonging(
        email=one.email,
        role=one.role,
        reaches=_reaches(one.clients) if practice else "",
        clients=list(one.clients or ()),
        may_be_limited=practice and one.role is not Role.OWNER,
    )


def _reaches(clients: tuple[str, ...] | None) -> str:
    if clients is None:
        return "all clients"
    return ", ".join(clients) if clients else "none of the clients"
