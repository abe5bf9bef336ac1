"""All that waits for a person, in whatever organizations are in reach."""

from __future__ import annotations

from dataclasses import dataclass

from invoicing.approval.approvals import Approval
from invoicing.organizations import OrganizationRef
from invoicing.refusals import Unavailable
from operations.access import Office, is_allowed, open_books
from operations.approval.showing import waiting_for
from operations.organizations import all_organizations
from operations.rights import Right
from operations.summaries import standings


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits in an organization for a decision of whoever asks; None where its books cannot be read."""

    organization: OrganizationRef
    approvals: list[Approval] | None


async def waiting_in_reach(office: Office, *, at_most: int | None = None) -> list[Waiting]:
    """What waits for the principal, by organization; organizations where nothing does are left out. `at_most` is as
    with `standings`.
    """
    reached = await all_organizations(office, archived=False)
    found = []
    for standing in await standings(office, reached, at_most=at_most):
        if standing.summary is None:
            if is_allowed(Right.DECIDE_APPROVAL, standing.organization, office.principal):
                found.append(Waiting(standing.organization, None))
        elif standing.summary.awaiting_approval:
            found.append(await waiting_at(office, standing.organization))
    return [one for one in found if one.approvals is None or one.approvals]


async def waiting_at(office: Office, organization: OrganizationRef) -> Waiting:
    """What waits for the principal in an organization that it reaches: nothing where it is not to decide."""
    if not is_allowed(Right.DECIDE_APPROVAL, organization, office.principal):
        return Waiting(organization, [])
    try:
        return Waiting(organization, await waiting_for(open_books(office, organization, Right.DECIDE_APPROVAL)))
    except Unavailable:
        return Waiting(organization, None)
