"""The first steps of an organization: what has been done of them, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence

from invoicing.organizations import Environment, OrganizationRef
from operations.organizations import OrganizationDetails
from operations.practices import UNNAMED
from views.base import View


class Starting(View):
    """How far an organization has come. `next` is the step that comes next, empty where all are done: `name` (a
    practice without name or country), `client` (its first), `profile`, `connect` or `invoice`. `steps` are those that
    there are for it, each with whether it is done.
    """

    steps: list[tuple[str, bool]]
    next: str
    lacks: list[str]
    sources: list[tuple[str, str]]
    country: str
    documents: int
    customers: int


def starting(
    organization: OrganizationRef,
    details: OrganizationDetails,
    *,
    lacks: Sequence[str],
    clients: int | None,
    connected: bool,
    sources: Sequence[tuple[str, str]] = (),
) -> Starting:
    """The first steps of an organization; `clients` is how many a practice has, and None elsewhere.
    `lacks` is what is missing for a live invoice; it keeps a sandbox from nothing.
    """
    profile, counted = details.profile, details.counts
    if clients is None:
        sandbox = profile.environment is Environment.SANDBOX
        blocked = details.blockers if sandbox else details.live_blockers
        steps = [("profile", not blocked), ("connect", connected), ("invoice", bool(counted.documents))]
    else:
        named = organization.name != UNNAMED and bool(profile.country)
        steps = [("name", named), ("client", clients > 0), ("connect", connected)]
    return Starting(
        steps=steps,
        next=next((name for name, done in steps if not done), ""),
        lacks=list(lacks),
        sources=list(sources),
        country=profile.country,
        documents=counted.documents,
        customers=counted.customers,
    )
