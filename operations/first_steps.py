"""Whether an organization has only just begun, so that whoever comes to it is led through its first steps."""

from __future__ import annotations

from invoicing.organizations import OrganizationKind, OrganizationRef
from operations.access import Office
from operations.known_credentials import is_connected
from operations.organizations import count_clients
from operations.summaries import standings


async def has_just_begun(office: Office, organization: OrganizationRef) -> bool:
    """Whether nothing was issued there and nothing is connected to it; a practice begins until it has clients."""
    if organization.kind is OrganizationKind.PARTNER and not await count_clients(office, organization):
        return True
    (standing,) = await standings(office, [organization])
    issued = standing.summary is None or standing.summary.documents > 0
    return not issued and not await is_connected(office, organization)
