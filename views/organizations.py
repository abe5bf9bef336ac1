"""An organization as it is shown: by its name and handle, in a list, and with what there is in it."""

from __future__ import annotations

from invoicing.organizations import OrganizationRef
from storage.books.counts import Counts
from views.base import View
from views.words import counted


class OrganizationAnswer(View):
    handle: str
    name: str
    environment: str


def heading(organization: OrganizationRef) -> str:
    """The first line of an answer."""
    return f"{organization.name} ({organization.handle})"


def named(organization: OrganizationRef) -> OrganizationAnswer:
    return OrganizationAnswer(handle=organization.handle, name=organization.name, environment=organization.environment)


def counts_text(counts: Counts) -> str:
    """How many documents and the like an organization has."""
    return ", ".join(
        counted(number, noun)
        for number, noun in (
            (counts.documents, "document"),
            (counts.drafts, "draft"),
            (counts.customers, "customer"),
            (counts.items, "item"),
        )
    )
