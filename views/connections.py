"""How a client reaches one organization alone."""

from __future__ import annotations

from invoicing.organizations import OrganizationRef
from invoicing.text.typed import in_command
from operations.access import Office


def own_connection(office: Office, organization: OrganizationRef) -> str:
    """Its URL, or the command that serves it where there is no HTTP server."""
    folder = in_command(str(office.store.root))
    command = f"counterfoil stdio --data {folder} --organization {organization.handle}"
    return office.connection_url(organization) or command
